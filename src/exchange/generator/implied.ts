/**
 * Implied volatility: what options on an asset cost, as one at-the-money level per session.
 * In:    the volatility of each session   Out: annual implied volatility at the close
 * Keeps: above what is expected to be realised, on average; reverts to the long run as the horizon does
 *
 * The expected volatility of the next 30 days times a premium: Carr & Wu (2009), "Variance Risk Premiums"; the market
 * learns the current level from the recent sessions. Off the money a fixed skew per unit of delta is added.
 */
import { exp } from '../../numerics/elementary.ts'
import type { Random } from '../../numerics/random.ts'
import type { AssetOptions } from './options.ts'
import { type AssetMoves, sessionsPerYear } from './returns.ts'

export const DEFAULT_IV_SKEW = 0.15

const PREMIUM = 1.12
/** Weight of today in the market's view of the current variance. */
const LEARNING = 0.35
/** How much of today's distance from the long run is left, on average, over the next 30 days. */
const PERSISTENCE = 0.6
const NOISE = 0.03
const NOISE_MEMORY = 0.85
const LOWEST = 0.05
const HIGHEST = 4

export function impliedVolatility(asset: AssetOptions, path: AssetMoves, random: Random): Float64Array {
  const perYear = sessionsPerYear(asset)
  const longRun = asset.volatility * asset.volatility
  const step = NOISE * Math.sqrt(1 - NOISE_MEMORY * NOISE_MEMORY)
  let current = longRun
  let noise = NOISE * random.normal()
  return path.volatility.map((level, session) => {
    const move = path.moves[session]!
    // half what the day's news meant for volatility, half what the day showed
    const seen = perYear * (0.7 * level * level + 0.3 * Math.min(move * move, 9 * level * level))
    current += LEARNING * (seen - current)
    const expected = longRun + PERSISTENCE * (current - longRun)
    noise = NOISE_MEMORY * noise + step * random.normal()
    return Math.min(HIGHEST, Math.max(LOWEST, PREMIUM * Math.sqrt(expected) * exp(noise)))
  })
}
