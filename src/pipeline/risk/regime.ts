/**
 * The state of a market from its closes: which way it goes, and whether it is wilder than usual.
 * In:    closes of an instrument at the end of portfolio days, oldest first   Out: a regime; null before there are enough
 * Keeps: a regime depends on nothing that came after the close that it is asked for
 *
 * Direction by the efficiency ratio: Kaufman (1995), *Smarter Trading*. High volatility: the last month's against the last
 * quarter's, as volatility clusters (Engle 1982, "Autoregressive Conditional Heteroscedasticity").
 */
import type { MarketRegime } from '../../domain/regimes.ts'
import { sampleDeviation } from '../../numerics/statistics.ts'

const TREND_DAYS = 20
const USUAL_DAYS = 60
/** Part of the way travelled that a trend keeps. */
const EFFICIENCY_MIN = 0.3
/** Volatility of the short window over that of the long one. */
const WILD_RATIO = 1.25
const EPSILON = 1e-12

/** Closes that a regime is made of. */
export const REGIME_CLOSES = USUAL_DAYS + 1

export function regimeOf(closes: readonly number[]): MarketRegime | null {
  if (closes.length < REGIME_CLOSES) return null
  const last = closes.slice(-REGIME_CLOSES)
  const returns = Float64Array.from({ length: USUAL_DAYS }, (_, day) => last[day + 1]! / last[day]! - 1)
  const usual = sampleDeviation(returns)
  const isWild = sampleDeviation(returns.subarray(USUAL_DAYS - TREND_DAYS)) - WILD_RATIO * usual > EPSILON
  const direction = directionOf(last.slice(-TREND_DAYS - 1))
  return isWild ? `${direction}_high` : `${direction}_normal`
}

function directionOf(closes: readonly number[]): 'up' | 'down' | 'range' {
  let travelled = 0
  for (let day = 1; day < closes.length; day += 1) travelled += Math.abs(closes[day]! - closes[day - 1]!)
  const gone = closes.at(-1)! - closes[0]!
  if (!(Math.abs(gone) - EFFICIENCY_MIN * travelled >= -EPSILON) || travelled === 0) return 'range'
  return gone > 0 ? 'up' : 'down'
}
