/** Multi-leg positions: contracts listed when first wished for, worst loss from the strikes, marks from the chain. */
import type { Instrument } from '../../domain/instruments.ts'
import type { OptionChain } from '../../domain/market.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { OptionLeg, StructureHolding } from '../../domain/strategy.ts'
import {
  type Instant,
  type InstrumentId,
  instrumentId,
  type Quantity,
  quantity,
  type TradeDate,
} from '../../domain/units.ts'
import { lowestPayoff } from '../../numerics/options/payoff.ts'
import { structuresToCome } from '../orders/working-structures.ts'
import { indexInstrument, type Runtime, setMark } from '../runtime.ts'
import { type StructurePosition, widenState } from '../state.ts'
import { isHeld } from './holders.ts'
import { recall, strikeOff } from './roster.ts'

/** Shares that one listed contract stands for. */
export const CONTRACT_SIZE = 100

/** The contract of a leg; a contract not seen before is listed now and announced. */
export function listContract(runtime: Runtime, underlying: Instrument, leg: OptionLeg): number {
  const id = contractId(underlying.id, leg)
  const known = runtime.byId.get(id)
  if (known !== undefined) {
    recall(runtime, known)
    return known
  }
  const { state } = runtime
  const index = state.instruments.length
  const style = runtime.chains.get(underlying.id)?.style ?? 'american'
  const contract: Instrument = {
    id,
    index,
    symbol: id,
    name: `${underlying.symbol} ${formatDate(leg.expiry)} ${leg.strike} ${leg.right}`,
    kind: 'option',
    assetClass: underlying.assetClass,
    sector: underlying.sector,
    industry: underlying.industry,
    currency: underlying.currency,
    calendar: underlying.calendar,
    clocks: [],
    multiplier: CONTRACT_SIZE,
    unit: 1,
    unitsPerWhole: 1,
    step: quantity(1),
    roundLot: quantity(1),
    ticks: [{ from: 0, tick: 0.01 }],
    shortable: true,
    option: { underlying: underlying.id, right: leg.right, strike: leg.strike, expiry: leg.expiry, style },
  }
  addInstrument(runtime, contract)
  runtime.commands.push({ kind: 'list', instrument: contract })
  return index
}

export function addInstrument(runtime: Runtime, instrument: Instrument): void {
  widenState(runtime.state, instrument.index + 1)
  runtime.state.instruments.push(instrument)
  indexInstrument(runtime, instrument)
}

/** 'SPY 2024-01-19 470P' */
export function contractId(underlying: InstrumentId, leg: OptionLeg): InstrumentId {
  return instrumentId(`${underlying} ${formatDate(leg.expiry)} ${leg.strike}${leg.right === 'put' ? 'P' : 'C'}`)
}

/** 'SPY 2024-01-19 -470P +455P' */
export function structureLabel(underlying: string, legs: readonly OptionLeg[]): string {
  const expiry = legs[0] === undefined ? '' : formatDate(legs[0].expiry)
  const parts = legs.map((leg) => {
    const size = Math.abs(leg.ratio) === 1 ? '' : `${Math.abs(leg.ratio)}x`
    return `${leg.ratio < 0 ? '-' : '+'}${size}${leg.strike}${leg.right === 'put' ? 'P' : 'C'}`
  })
  return `${underlying} ${expiry} ${parts.join(' ')}`
}

/** Largest loss at expiry per structure in money, for legs of one expiry. Infinity where short calls are uncovered. */
export function worstLoss(legs: readonly OptionLeg[], credit: number, multiplier: number): number {
  const worst = lowestPayoff(legs) + credit
  return worst < 0 ? -worst * multiplier : 0
}

/** Net premium per share that closing at mid prices costs now; null where a leg has no quote. */
function costToClose(chain: OptionChain | undefined, legs: readonly OptionLeg[]): number | null {
  if (chain === undefined) return null
  let cost = 0
  for (const leg of legs) {
    const quote = chain.quote(leg.expiry, leg.right, leg.strike)
    if (quote === null) return null
    cost -= leg.ratio * quote.mid
  }
  return cost
}

export function structureHoldings(runtime: Runtime, sleeve: number): readonly StructureHolding[] {
  const { state } = runtime
  const holdings: StructureHolding[] = []
  for (const position of state.structures) {
    if (position.sleeve !== sleeve) continue
    const underlying = state.instruments[position.underlying]!.id
    holdings.push({
      id: position.id,
      underlying,
      legs: position.legs,
      quantity: position.quantity as Quantity,
      credit: position.credit,
      costToClose: costToClose(runtime.chains.get(underlying), position.legs),
      maximumLoss: position.maximumLoss,
      expiry: position.legs[0]!.expiry as TradeDate,
      openedAt: position.openedAt as Instant,
      pending: position.pending,
    })
  }
  for (const waiting of structuresToCome(state)) {
    if (waiting.sleeve !== sleeve || waiting.structure !== 0) continue
    holdings.push({
      id: 0,
      underlying: state.instruments[waiting.underlying]!.id,
      legs: waiting.legs,
      quantity: waiting.quantity as Quantity,
      credit: 0,
      costToClose: null,
      maximumLoss: waiting.maximumLoss,
      expiry: waiting.legs[0]!.expiry as TradeDate,
      openedAt: 0 as Instant,
      pending: true,
    })
  }
  return holdings
}

/** Marks held contracts at the mid of their chain; without a quote the last mark stays, and a first one is intrinsic value. */
export function markContracts(runtime: Runtime): void {
  const { state } = runtime
  strikeOff(runtime)
  for (const index of runtime.roster.contracts) {
    if (!isHeld(runtime, index)) continue
    const terms = state.instruments[index]!.option!
    const quote = runtime.chains.get(terms.underlying)?.quote(terms.expiry, terms.right, terms.strike) ?? null
    if (quote !== null) setMark(runtime, index, quote.mid)
    else if (Number.isNaN(state.mark[index]!)) {
      const spot = state.mark[runtime.byId.get(terms.underlying)!]!
      setMark(runtime, index, Math.max(0, terms.right === 'put' ? terms.strike - spot : spot - terms.strike))
    }
  }
}

export function findStructure(runtime: Runtime, id: number): StructurePosition | undefined {
  return runtime.state.structures.find((position) => position.id === id)
}
