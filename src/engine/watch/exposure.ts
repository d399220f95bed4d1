/** Exposures as limits on them count: netted between sleeves, structures by their maximum loss or by their deltas. */
import type { ViolationKind } from '../../domain/violations.ts'
import { deltaUnits } from '../positions/deltas.ts'
import type { Runtime } from '../runtime.ts'
import { exitRoom } from '../wishes/waiting.ts'
import type { Subject } from './state.ts'
import { covers } from './subjects.ts'

/** As filled, or as it will be when the exits on their way have filled. */
export type Look = 'held' | 'remaining'

/** What a structure counts: the most that it can lose, or what it gains and loses with its underlying now. */
export type Measure = 'loss' | 'delta'

const BY_DELTA: ReadonlySet<ViolationKind> = new Set<ViolationKind>([
  'portfolio_net_leverage',
  'portfolio_exposure',
  'asset_class_weight',
  'sector_weight',
  'currency_weight',
  'group_exposure',
])

export function measureOf(kind: ViolationKind): Measure {
  return BY_DELTA.has(kind) ? 'delta' : 'loss'
}

/** Kinds whose value shrinks with the positions at once: their reductions are measured again at every look. */
const EXPOSURES: ReadonlySet<ViolationKind> = new Set<ViolationKind>([
  'portfolio_leverage',
  'portfolio_net_leverage',
  'portfolio_exposure',
  'concentration',
  'asset_class_weight',
  'sector_weight',
  'currency_weight',
  'ticker_weight',
  'group_exposure',
  'strategy_leverage',
  'strategy_exposure',
  'position_size',
])

export function isExposure(kind: ViolationKind): boolean {
  return EXPOSURES.has(kind)
}

/** Signed units of one sleeve. */
export function unitsOf({ state }: Runtime, sleeve: number, instrument: number, look: Look): number {
  const quantity = state.books.quantity[sleeve * state.books.width + instrument]!
  if (look === 'held' || quantity === 0) return quantity
  return quantity > 0 ? exitRoom(state, sleeve, instrument, -1) : 0 - exitRoom(state, sleeve, instrument, 1)
}

/** Signed value of one instrument over the sleeves of the subject, netted; contracts count as their structures. */
function netValue(runtime: Runtime, subject: Subject, instrument: number, look: Look): number {
  if (runtime.isOption[instrument] === 1) return 0
  if (look === 'held' && isOfAllSleeves(subject)) {
    const held = runtime.state.books.accountQuantity[instrument]!
    return held === 0 || !covers(runtime, subject, 0, instrument) ? 0 : held * runtime.unitValue[instrument]!
  }
  let units = 0
  for (const { ordinal } of runtime.sleeves) {
    if (!covers(runtime, subject, ordinal, instrument)) continue
    units += unitsOf(runtime, ordinal, instrument, look)
  }
  return units === 0 ? 0 : units * runtime.unitValue[instrument]!
}

function isOfAllSleeves({ about }: Subject): boolean {
  return about !== 'sleeve' && about !== 'position' && about !== 'pair' && about !== 'group'
}

/** Signed delta-adjusted value of the subject's structures on one underlying. */
function deltaValue(runtime: Runtime, subject: Subject, underlying: number, look: Look): number {
  let units = 0
  for (const position of runtime.state.structures) {
    if (position.underlying !== underlying || (look === 'remaining' && position.pending)) continue
    if (covers(runtime, subject, position.sleeve, underlying))
      units += position.quantity * deltaUnits(runtime, position)
  }
  return units === 0 ? 0 : units * runtime.unitValue[underlying]!
}

/** Signed value of one instrument and, where deltas count, of the structures on it. */
export function signedValue(
  runtime: Runtime,
  subject: Subject,
  instrument: number,
  look: Look,
  measure: Measure,
): number {
  const plain = netValue(runtime, subject, instrument, look)
  if (measure === 'loss' || runtime.state.structures.length === 0) return plain
  return plain + deltaValue(runtime, subject, instrument, look)
}

/** Maximum loss of the subject's structures on one underlying; -1: on all. */
export function structureValue(runtime: Runtime, subject: Subject, underlying: number, look: Look): number {
  let total = 0
  for (const position of runtime.state.structures) {
    if (underlying >= 0 && position.underlying !== underlying) continue
    if (look === 'remaining' && position.pending) continue
    if (covers(runtime, subject, position.sleeve, position.underlying))
      total += position.quantity * position.maximumLoss
  }
  return total
}

/** Absolute exposure of the subject to one instrument: its net value and the structures on it. */
export function exposureTo(
  runtime: Runtime,
  subject: Subject,
  instrument: number,
  look: Look,
  measure: Measure,
): number {
  const value = Math.abs(signedValue(runtime, subject, instrument, look, measure))
  if (measure === 'delta' || runtime.state.structures.length === 0) return value
  return value + structureValue(runtime, subject, instrument, look)
}

/** Exposures that add up to the subject's gross one: signed of each instrument, and of the structures together. */
export function exposuresOf(runtime: Runtime, subject: Subject, look: Look): readonly number[] {
  const values = [structureValue(runtime, subject, -1, look)]
  for (const { index } of runtime.state.instruments) values.push(netValue(runtime, subject, index, look))
  return values
}

/** Exposure of everything that the subject covers, summed over instruments. */
function grossExposure(runtime: Runtime, subject: Subject, look: Look, measure: Measure): number {
  let total = 0
  for (const instrument of runtime.roster.live) {
    total += Math.abs(signedValue(runtime, subject, instrument, look, measure))
  }
  return measure === 'delta' ? total : total + structureValue(runtime, subject, -1, look)
}

/** Long less short, options by their deltas. */
export function netExposure(runtime: Runtime, subject: Subject, look: Look): number {
  let total = 0
  for (const instrument of runtime.roster.live) total += signedValue(runtime, subject, instrument, look, 'delta')
  return total
}

/** Indices of the instruments with the largest exposures, the largest first; equal ones in the order of listing. */
export function largest(
  runtime: Runtime,
  subject: Subject,
  most: number,
  look: Look,
  measure: Measure,
): readonly number[] {
  const exposures = runtime.state.instruments.map(({ index }) => exposureTo(runtime, subject, index, look, measure))
  const held = exposures.flatMap((exposure, index) => (exposure > 0 ? [index] : []))
  return held.sort((left, right) => exposures[right]! - exposures[left]! || left - right).slice(0, most)
}

/** Over an equity; without equity whatever is held is too much. */
export function overEquity(exposure: number, equity: number): number {
  if (equity > 0) return exposure / equity
  return exposure > 0 ? Number.POSITIVE_INFINITY : 0
}

/** The value that a limit on exposure is held against. */
export function exposureValue(runtime: Runtime, kind: ViolationKind, subject: Subject, look: Look): number {
  const { equity, sleeves, state } = runtime
  const measure = measureOf(kind)
  switch (kind) {
    case 'portfolio_net_leverage':
      return overEquity(Math.abs(netExposure(runtime, subject, look)), equity)
    case 'concentration': {
      const most = state.config!.limits.concentration?.positions ?? 0
      let total = 0
      for (const instrument of largest(runtime, subject, most, look, measure))
        total += exposureTo(runtime, subject, instrument, look, measure)
      return overEquity(total, equity)
    }
    case 'position_size':
    case 'strategy_leverage':
      return overEquity(grossExposure(runtime, subject, look, measure), sleeves[subject.sleeve]!.equity)
    default:
      return overEquity(grossExposure(runtime, subject, look, measure), equity)
  }
}
