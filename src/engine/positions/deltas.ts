/** What structures stand for by the deltas of their contracts: units of the underlying that gain and lose as they do. */
import type { OptionChain } from '../../domain/market.ts'
import type { OptionLeg } from '../../domain/strategy.ts'
import { structuresToCome } from '../orders/working-structures.ts'
import type { Runtime } from '../runtime.ts'
import type { StructurePosition, WaitingStructure } from '../state.ts'
import { CONTRACT_SIZE } from './structures.ts'

/** Legs on one underlying, with their deltas as they were last quoted. */
export type Leaning = Pick<StructurePosition, 'underlying' | 'legs' | 'contracts' | 'deltas'>

/** Once a close: the deltas of all structures that are held or wait. A leg without a quote keeps its last one. */
export function takeDeltas(runtime: Runtime): void {
  const { state } = runtime
  for (const structure of state.structures) takeOwn(runtime, structure)
  for (const waiting of structuresToCome(state)) takeOwn(runtime, waiting)
}

function takeOwn(runtime: Runtime, structure: StructurePosition | WaitingStructure): void {
  const chain = runtime.chains.get(runtime.state.instruments[structure.underlying]!.id)
  if (chain !== undefined) structure.deltas = quotedDeltas(chain, structure.legs, structure.deltas)
}

/** By leg; NaN where neither the chain nor a look before it knows one. */
function quotedDeltas(chain: OptionChain, legs: readonly OptionLeg[], known: readonly number[] | undefined): number[] {
  return legs.map(
    ({ expiry, right, strike }, leg) => chain.quote(expiry, right, strike)?.delta ?? known?.[leg] ?? Number.NaN,
  )
}

/** A contract of which nothing is known moves as its share does where exercise pays, else not at all. */
function exerciseDelta({ right, strike }: OptionLeg, spot: number): number {
  if (right === 'call') return spot > strike ? 1 : 0
  return spot < strike ? -1 : 0
}

/** Units of the underlying that one structure stands for: positive where it gains as the underlying rises. */
export function deltaUnits(runtime: Runtime, { underlying, legs, contracts, deltas }: Leaning): number {
  const { instruments, mark } = runtime.state
  const spot = mark[underlying]!
  let shares = 0
  for (let leg = 0; leg < legs.length; leg += 1) {
    const quoted = deltas?.[leg] ?? Number.NaN
    const delta = Number.isNaN(quoted) ? exerciseDelta(legs[leg]!, spot) : quoted
    shares += legs[leg]!.ratio * delta * (instruments[contracts[leg]!]?.multiplier ?? CONTRACT_SIZE)
  }
  return shares * instruments[underlying]!.unitsPerWhole
}

/** The same of legs that are wished for now. */
export function deltaUnitsOf(runtime: Runtime, underlying: number, legs: readonly OptionLeg[]): number {
  const chain = runtime.chains.get(runtime.state.instruments[underlying]!.id)
  const quoted = chain === undefined ? {} : { deltas: quotedDeltas(chain, legs, undefined) }
  return deltaUnits(runtime, { underlying, legs, contracts: [], ...quoted })
}
