/** Scored returns: what weights and overlays judge a sleeve by. */
import { assert } from '../../domain/assert.ts'
import { correlation, mean, NO_DEVIATION, sampleDeviation } from '../../numerics/statistics.ts'
import type { Runtime } from '../runtime.ts'
import { type CapitalState, isRecorded } from './state.ts'

/**
 * What a sleeve is scored by in place of its own book: the index of a recorded stream, which earns whatever the sleeve
 * holds of it, or the equity of its shadow. Null where neither is kept, or the shadow ended: then its own book is scored,
 * flows taken out.
 */
export function scoredEquity({ shadows, sleeves, state, byId }: Runtime, sleeve: number): number | null {
  const { config } = sleeves[sleeve]!
  if (isRecorded(config)) return state.mark[byId.get(config.universe[0]!) ?? -1] ?? Number.NaN
  const shadow = shadows?.books[sleeve] ?? null
  return shadow === null || shadow.fault !== '' ? null : shadow.equity
}

/** A recorded stream is scored from the first level that is known of it, though no day ends there. */
export function beginScores(runtime: Runtime): void {
  const { capital } = runtime.state
  if (capital === undefined) return
  for (const { config, ordinal } of runtime.sleeves)
    if (isRecorded(config) && Number.isNaN(capital.scored[ordinal]!))
      capital.scored[ordinal] = scoredEquity(runtime, ordinal)!
}

/** Takes the day's scored returns into the ring. Asked before the equity that own returns are measured from moves on. */
export function takeScores(runtime: Runtime, capital: CapitalState): void {
  const { state, sleeves } = runtime
  const row = (capital.days % capital.capacity) * sleeves.length
  for (let sleeve = 0; sleeve < sleeves.length; sleeve += 1) {
    const shadow = scoredEquity(runtime, sleeve)
    const before = shadow === null ? state.previousEquity[sleeve]! : capital.scored[sleeve]!
    const equity = shadow ?? sleeves[sleeve]!.equity
    capital.scored[sleeve] = shadow ?? Number.NaN
    // Without money of its own a sleeve has no return: that is not the same as a calm day.
    capital.returns[row + sleeve] = before > 0 ? equity / before - 1 : Number.NaN
  }
  capital.days += 1
}

/** The scored return of the day that has just ended; NaN where a sleeve had none. */
export function lastScore(capital: CapitalState, sleeve: number): number {
  return capital.returns[((capital.days - 1) % capital.capacity) * capital.scored.length + sleeve]!
}

/** Scored returns of the last days of a sleeve, oldest first: fewer where there are not as many yet. */
export function scoredReturns(capital: CapitalState, sleeve: number, window: number): Float64Array {
  assert(window <= capital.capacity, `${window} days of returns were asked for, ${capital.capacity} are kept`)
  const count = Math.min(window, capital.days)
  const sleeves = capital.scored.length
  const out = new Float64Array(count)
  for (let index = 0; index < count; index += 1) {
    const day = capital.days - count + index
    out[index] = capital.returns[(day % capital.capacity) * sleeves + sleeve]!
  }
  return out
}

/** Annual Sharpe ratio over exactly `window` days; NaN with fewer, or while nothing moves. */
export function scoredSharpe(returns: Float64Array, window: number, periods: number): number {
  if (returns.length < window) return Number.NaN
  const deviation = sampleDeviation(returns)
  return deviation >= NO_DEVIATION ? (mean(returns) / deviation) * Math.sqrt(periods) : Number.NaN
}

/** Correlations over exactly `window` days, square by place in `columns`; NaN where one is not known. */
export function correlations(columns: readonly Float64Array[], window: number): readonly (readonly number[])[] {
  const known = columns.map((column) => column.length >= window)
  const square = columns.map(() => columns.map(() => Number.NaN))
  columns.forEach((left, row) => {
    square[row]![row] = 1
    for (let other = 0; other < row; other += 1) {
      if (!(known[row]! && known[other]!)) continue
      const value = correlation(left, columns[other]!)
      square[row]![other] = value
      square[other]![row] = value
    }
  })
  return square
}
