/** Sensitivities of the structures that are open at the end, at the last chain of their underlying. */
import type { MarketData, OptionChain } from '../../domain/market.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { deltaUnits } from '../positions/deltas.ts'
import { structureLabel } from '../positions/structures.ts'
import type { Runtime } from '../runtime.ts'
import type { StructurePosition } from '../state.ts'
import type { OptionRisk, StructureRisk, UnderlyingDelta } from './result.ts'

const DAYS_PER_YEAR = 365
const POINTS = 100

/** Null where no structure is open. */
export function optionRisk(runtime: Runtime, market: MarketData): OptionRisk | null {
  const { state } = runtime
  if (state.structures.length === 0) return null
  const chains = new Map<number, OptionChain | null>()
  const chainOn = (underlying: number): OptionChain | null => {
    const known = chains.get(underlying)
    if (known !== undefined) return known
    const chain = lastChain(runtime, market, underlying)
    chains.set(underlying, chain)
    return chain
  }
  return {
    structures: state.structures.map((position) => structureRisk(runtime, position, chainOn(position.underlying))),
    underlyings: underlyingDeltas(runtime),
  }
}

/** The chain at the last close at which the underlying had a price; null where none is known. */
function lastChain({ state }: Runtime, { blocks, chains }: MarketData, underlying: number): OptionChain | null {
  const { id } = state.instruments[underlying]!
  if (chains === null) return null
  for (const { instruments, closes, tradeDates, close } of blocks) {
    const column = instruments.indexOf(id)
    if (column < 0) continue
    for (let bar = closes.length - 1; bar >= 0; bar -= 1) {
      const spot = close[bar * instruments.length + column]!
      if (closes[bar]! > state.at || Number.isNaN(spot)) continue
      return chains.chain(id, closes[bar] as Instant, tradeDates[bar] as TradeDate, 'close', spot)
    }
  }
  return null
}

function structureRisk(runtime: Runtime, position: StructurePosition, chain: OptionChain | null): StructureRisk {
  const { state, sleeves } = runtime
  const underlying = state.instruments[position.underlying]!
  const delta = (deltaUnits(runtime, position) * position.quantity) / underlying.unitsPerWhole
  let gamma = 0
  let vega = 0
  let theta = 0
  for (const [leg, { expiry, right, strike, ratio }] of position.legs.entries()) {
    const size = ratio * position.quantity * state.instruments[position.contracts[leg]!]!.multiplier
    const own = chain?.sensitivities?.(expiry, right, strike) ?? null
    gamma += own === null ? Number.NaN : own.gamma * size
    vega += own === null ? Number.NaN : (own.vega * size) / POINTS
    theta += own === null ? Number.NaN : (own.theta * size) / DAYS_PER_YEAR
  }
  return {
    sleeve: sleeves[position.sleeve]!.config.id,
    underlying: underlying.symbol,
    structure: structureLabel(underlying.symbol, position.legs),
    quantity: position.quantity,
    maximumLoss: position.maximumLoss * position.quantity,
    delta,
    gamma,
    vega,
    theta,
    chain: chain?.origin ?? null,
  }
}

/** Of the account, all sleeves netted: every underlying on which a structure is open. */
function underlyingDeltas(runtime: Runtime): UnderlyingDelta[] {
  const { state, unitValue } = runtime
  const byUnderlying = new Map<number, number>()
  for (const position of state.structures) {
    const units = deltaUnits(runtime, position) * position.quantity
    byUnderlying.set(position.underlying, (byUnderlying.get(position.underlying) ?? 0) + units)
  }
  return [...byUnderlying].map(([index, units]) => {
    const { symbol, unitsPerWhole } = state.instruments[index]!
    const held = state.books.accountQuantity[index]!
    return {
      underlying: symbol,
      shares: held / unitsPerWhole,
      options: units / unitsPerWhole,
      net: (held + units) / unitsPerWhole,
      value: (held + units) * unitValue[index]!,
    }
  })
}
