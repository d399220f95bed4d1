/**
 * The correlation bench: of two sleeves that have moved together for long, the one that paid less for its risk sits out.
 * Whom it names takes no entry from the next bar and has no weight from the next recomputation; positions ride out.
 */
import { assert } from '../../domain/assert.ts'

export interface BenchRule {
  /** A correlation above this is too high; at it, it is not. */
  readonly threshold: number
  /** Days in a row, both for going and for coming back. */
  readonly days: number
}

/** Persisted: run lengths as plain numbers. Pairs are numbered (0,1), (0,2), ... (1,2), ... */
export interface BenchState {
  readonly sleeves: number
  /** Per pair: days in a row above the threshold, up to today. */
  readonly above: number[]
  /** Per benched sleeve: days in a row on which no correlation to an active sleeve was above the threshold. */
  readonly calm: number[]
  readonly benched: boolean[]
}

export interface BenchMove {
  readonly kind: 'bench' | 'return'
  readonly sleeve: number
  /** The pair that was too close; null for a return. */
  readonly pair: readonly [number, number] | null
  readonly correlation: number
}

const EPSILON = 1e-12

export function startBench(sleeves: number): BenchState {
  return {
    sleeves,
    above: Array.from({ length: (sleeves * (sleeves - 1)) / 2 }, () => 0),
    calm: Array.from({ length: sleeves }, () => 0),
    benched: Array.from({ length: sleeves }, () => false),
  }
}

/** Where a pair's run stands in `above`; `left` is declared before `right`. */
export function pairAt(sleeves: number, left: number, right: number): number {
  assert(left < right && right < sleeves, `no pair "${left}", "${right}" among ${sleeves} sleeves`)
  return left * sleeves - (left * (left + 1)) / 2 + right - left - 1
}

/**
 * One day. A day without a correlation (NaN) ends every run it would have belonged to.
 *
 * @param correlation of the rolling window, between two sleeves
 * @param sharpe over the same window, per sleeve; one that is undefined is the lower one
 * @returns who is benched and who returns today, returns first
 */
export function stepBench(
  state: BenchState,
  rule: BenchRule,
  correlation: (left: number, right: number) => number,
  sharpe: readonly number[],
): readonly BenchMove[] {
  const moves: BenchMove[] = []
  for (let sleeve = 0; sleeve < state.sleeves; sleeve += 1) {
    if (!state.benched[sleeve]) continue
    const highest = highestToActive(state, sleeve, correlation)
    state.calm[sleeve] = highest <= rule.threshold + EPSILON ? state.calm[sleeve]! + 1 : 0
    if (state.calm[sleeve]! < rule.days) continue
    state.benched[sleeve] = false
    state.calm[sleeve] = 0
    moves.push({ kind: 'return', sleeve, pair: null, correlation: highest })
  }
  for (let left = 0; left < state.sleeves; left += 1) {
    for (let right = left + 1; right < state.sleeves; right += 1) {
      const value = correlation(left, right)
      const at = pairAt(state.sleeves, left, right)
      state.above[at] = stepRun(state.above[at]!, value, rule.threshold)
      if (state.above[at]! < rule.days || state.benched[left] || state.benched[right]) continue
      const sleeve = lowerSharpe(left, right, sharpe)
      state.benched[sleeve] = true
      state.calm[sleeve] = 0
      moves.push({ kind: 'bench', sleeve, pair: [left, right], correlation: value })
    }
  }
  return moves
}

/** Length of a run of days above a threshold after one more day; NaN ends it. */
export function stepRun(run: number, value: number, threshold: number): number {
  return value > threshold + EPSILON ? run + 1 : 0
}

/** NaN where one of them is not known; below every threshold where nobody else is active. */
function highestToActive(state: BenchState, sleeve: number, correlation: (l: number, r: number) => number): number {
  let highest = -1
  for (let other = 0; other < state.sleeves; other += 1) {
    if (other === sleeve || state.benched[other]) continue
    const value = other < sleeve ? correlation(other, sleeve) : correlation(sleeve, other)
    if (!(value <= highest)) highest = value
    if (Number.isNaN(highest)) return highest
  }
  return highest
}

/** The lower one of the two; equal ones: the one declared later. */
function lowerSharpe(left: number, right: number, sharpe: readonly number[]): number {
  const of = (sleeve: number): number => {
    const value = sharpe[sleeve]!
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value
  }
  return of(left) < of(right) ? left : right
}

/** First recomputation after a day, for weights that are computed anew every `every` days, counted from 0. */
export function nextRecomputation(day: number, every: number): number {
  return (Math.floor(day / every) + 1) * every
}
