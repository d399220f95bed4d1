/**
 * A perpetual on a coin whose prices are known: the same price, and a premium that wanders around its mean.
 * In:    daily bars of the spot, mean and standard deviation of the premium, a random stream   Out: daily bars
 * Keeps: every bar is a bar; a longer history begins with the same bars
 *
 * Premium: Ornstein-Uhlenbeck by the day, as deviations of perpetuals from spot revert within days (He, Manela, Ross &
 * von Wachter 2022, "Fundamentals of Perpetual Futures").
 */
import type { Random } from '../../numerics/random.ts'

interface Bars {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

export interface PremiumRules {
  /** Fractions of the spot. */
  readonly mean: number
  readonly deviation: number
  /** Prices are whole multiples of this. */
  readonly tick: number
}

/** Part of yesterday's deviation that is left today. */
const PERSISTENCE = 0.7

export function withPremium(spot: Bars, { mean, deviation, tick }: PremiumRules, random: Random): Bars {
  const count = spot.close.length
  const bars = {
    open: new Float64Array(count),
    high: new Float64Array(count),
    low: new Float64Array(count),
    close: new Float64Array(count),
  }
  const shock = deviation * Math.sqrt(1 - PERSISTENCE * PERSISTENCE)
  const priced = (price: number, premium: number): number => Math.floor((price * (1 + premium)) / tick + 0.5) * tick
  let before = mean
  for (let row = 0; row < count; row += 1) {
    const now = mean + PERSISTENCE * (before - mean) + shock * random.normal()
    const [open, close] = [priced(spot.open[row]!, before), priced(spot.close[row]!, now)]
    bars.open[row] = open
    bars.close[row] = close
    bars.high[row] = Math.max(open, close, priced(spot.high[row]!, Math.max(before, now)))
    bars.low[row] = Math.min(open, close, priced(spot.low[row]!, Math.min(before, now)))
    before = now
  }
  return bars
}
