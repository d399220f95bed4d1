/** A flow changes equity without a gain or a loss: peaks and starting equities move with it. Base currency. */
import type { Runtime } from '../runtime.ts'

/** Money that comes into a sleeve, negative for what leaves, before the equity of the last look is moved by it. */
export function shiftWatch({ state }: Runtime, sleeve: number, amount: number): void {
  const { watch } = state
  const breaker = state.sleeveBreakers?.[sleeve] ?? null
  if (breaker !== null) breaker.peak *= growthOf(state.sleeves[sleeve]!.equityBefore, amount)
  if (watch === undefined) return
  watch.dayStart[sleeve] = watch.dayStart[sleeve]! + amount
  watch.peakEquity[sleeve] = watch.peakEquity[sleeve]! + amount
}

/** A sleeve that is closed has nothing left to lose: what was charged since the last look is no fall of an empty one. */
export function forgetSleeve({ state }: Runtime, sleeve: number): void {
  const breaker = state.sleeveBreakers?.[sleeve] ?? null
  if (breaker !== null) breaker.peak = 0
  if (state.watch !== undefined) state.watch.dayStart[sleeve] = 0
  state.previousEquity[sleeve] = 0
}

/** A flow of the whole portfolio: money from or to outside. */
export function shiftPortfolioPeak({ state }: Runtime, amount: number): void {
  let equity = 0
  for (const { equityBefore } of state.sleeves) equity += equityBefore
  const growth = growthOf(equity, amount)
  if (state.breaker !== null) state.breaker.peak *= growth
  if (state.watch !== undefined) state.watch.peak *= growth
}

/** Factor that leaves a drawdown as it was; what has no equity has no drawdown to keep. */
function growthOf(equity: number, amount: number): number {
  return equity > 0 ? Math.max(0, (equity + amount) / equity) : 1
}
