/** Deposits and withdrawals: whose they are, and whether the money is there. */
import { assert } from '../../domain/assert.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { Money, SleeveId } from '../../domain/units.ts'
import { splitByLargestRemainder } from '../../numerics/exact.ts'
import { tellCapital } from '../capital/record.ts'
import { valueAll } from '../positions/valuation.ts'
import { currencyColumn, type Runtime } from '../runtime.ts'
import { baseUnit, freeCash, reserveOf, weightsInForce } from './free-cash.ts'
import { bookFlow, recordMove } from './move-money.ts'

/** Each sleeve's part of a flow, in counts; or why it cannot be made. */
export type FlowShares = { readonly shares: readonly number[] } | { readonly refusal: string }

/** Weights are read as billionths, as the configuration reads them. */
const WEIGHT_SCALE = 1_000_000_000

/**
 * Deals money from or to outside of the base currency. Without a sleeve, by the weights in force, the rest to the
 * reserve. A withdrawal takes free cash only: what a sleeve's part lacks comes from the reserve, then from the others in
 * proportion to what they can spare. Where all of it is not enough, nothing is withdrawn.
 */
export function flowShares(runtime: Runtime, amount: Money, sleeve: SleeveId | null): FlowShares {
  const ordinal = sleeve === null ? -1 : runtime.sleeveOrdinal.get(sleeve)!
  const alone = (): number[] => runtime.sleeves.map((_, place) => (place === ordinal ? amount : 0))
  if (amount >= 0) return { shares: ordinal < 0 ? byWeights(runtime, amount) : alone() }
  const free = runtime.sleeves.map((_, place) => (ordinal < 0 || place === ordinal ? freeCash(runtime, place) : 0))
  const most = free.reduce((sum, counts) => sum + counts, 0)
  if (most < 0 - amount) {
    const whose = sleeve === null ? 'the portfolio has' : `"${sleeve}" has`
    return {
      refusal: `a withdrawal of ${text(runtime, 0 - amount)} is more than the ${text(runtime, most)} of free cash that ${whose}`,
    }
  }
  return { shares: ordinal < 0 ? taken(runtime, 0 - amount, free) : alone() }
}

function text(runtime: Runtime, counts: number): string {
  return `${counts / baseUnit(runtime)} ${runtime.state.config!.currency}`
}

function byWeights(runtime: Runtime, amount: number): readonly number[] {
  const weights = Array.from(weightsInForce(runtime), (weight) => Math.floor(weight * WEIGHT_SCALE + 0.5))
  const dealt = weights.reduce((sum, weight) => sum + weight, 0)
  const reserve = reserveOf(runtime)
  if (reserve >= 0) weights[reserve] = Math.max(0, WEIGHT_SCALE - dealt)
  // Where nobody has a weight and nobody keeps a reserve, the first sleeve takes it: it must be somewhere.
  else if (dealt === 0) weights[0] = 1
  return splitByLargestRemainder(amount, weights)
}

function taken(runtime: Runtime, amount: number, free: readonly number[]): readonly number[] {
  const parts = byWeights(runtime, amount).map((part, sleeve) => Math.min(part, free[sleeve]!))
  const missing = (): number => amount - parts.reduce((sum, part) => sum + part, 0)
  const reserve = reserveOf(runtime)
  if (reserve >= 0) parts[reserve] = parts[reserve]! + Math.min(missing(), free[reserve]! - parts[reserve]!)
  const spare = free.map((counts, sleeve) => counts - parts[sleeve]!)
  const rest = missing()
  const more = rest === 0 ? spare.map(() => 0) : splitByLargestRemainder(rest, spare)
  return parts.map((part, sleeve) => 0 - part - more[sleeve]!)
}

/** Books a deposit or withdrawal; one that cannot be made leaves a record and nothing else. */
export function onFlow(runtime: Runtime, event: Extract<EngineEvent, { kind: 'cash' }>): void {
  const currency = currencyColumn(runtime, event.currency)
  const dealt = event.cause === 'deposit' || event.cause === 'withdrawal'
  if (!dealt || currency !== 0) {
    const sleeve = event.sleeve === undefined ? 0 : runtime.sleeveOrdinal.get(event.sleeve)!
    bookFlow(runtime, sleeve, currency, event.amount, event.cause)
    return
  }
  assert((event.cause === 'deposit') === event.amount >= 0, `a ${event.cause} of ${event.amount} has the wrong sign`)
  const found = flowShares(runtime, event.amount, event.sleeve ?? null)
  if ('refusal' in found) {
    tellCapital(runtime, {
      cause: 'flow',
      sleeve: null,
      before: null,
      after: null,
      reason: `refused: ${found.refusal}`,
    })
    return
  }
  found.shares.forEach((share, sleeve) => {
    if (share !== 0) bookFlow(runtime, sleeve, 0, share, event.cause)
  })
  valueAll(runtime)
  found.shares.forEach((share, sleeve) => {
    if (share !== 0) recordMove(runtime, sleeve, share, 'flow', event.cause)
  })
}
