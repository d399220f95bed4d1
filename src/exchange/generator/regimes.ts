/**
 * Regimes: the market's mood, a Markov chain over days.
 * In:    regimes, a random stream   Out: one regime per day
 * Keeps: a regime ends each day with chance 1 / days, so its length is memoryless
 *
 * Source: Hamilton (1989), "A New Approach to the Economic Analysis of Nonstationary Time Series"; that crises raise
 * correlations: Longin & Solnik (2001), "Extreme Correlation of International Equity Markets".
 */
import { assert } from '../../domain/assert.ts'
import { fromDays } from '../../domain/sessions.ts'
import type { Random } from '../../numerics/random.ts'
import type { RegimeOptions, RegimeSpell } from './options.ts'
import type { Timeline } from './timeline.ts'

export const DEFAULT_REGIMES: readonly RegimeOptions[] = [
  {
    name: 'calm',
    days: 120,
    volatility: 0.75,
    ownVolatility: 0.9,
    drift: 0.02,
    next: { bull: 0.6, bear: 0.25, crisis: 0.15 },
  },
  {
    name: 'bull',
    days: 150,
    volatility: 0.85,
    ownVolatility: 1,
    drift: 0.09,
    next: { calm: 0.6, bear: 0.3, crisis: 0.1 },
  },
  {
    name: 'bear',
    days: 75,
    volatility: 1.25,
    ownVolatility: 1.05,
    drift: -0.1,
    next: { calm: 0.45, bull: 0.4, crisis: 0.15 },
  },
  {
    name: 'crisis',
    days: 28,
    volatility: 2.4,
    ownVolatility: 1.35,
    drift: -0.2,
    next: { bear: 0.3, bull: 0.5, calm: 0.2 },
  },
]

/** The index into `regimes` for each day of the timeline. */
export function regimePath(random: Random, regimes: readonly RegimeOptions[], length: number): Uint8Array {
  assert(regimes.length > 0 && regimes.length < 256, `regimes must be 1 to 255, were "${regimes.length}"`)
  const places = new Map(regimes.map((regime, index) => [regime.name, index]))
  const path = new Uint8Array(length)
  let current = 0
  for (let day = 0; day < length; day += 1) {
    path[day] = current
    const ends = random.uniform() * regimes[current]!.days < 1
    const chance = random.uniform()
    if (ends) current = following(regimes[current]!, places, chance)
  }
  return path
}

function following(regime: RegimeOptions, places: ReadonlyMap<string, number>, chance: number): number {
  const entries = Object.entries(regime.next)
  let left = chance * entries.reduce((sum, [, weight]) => sum + weight, 0)
  let chosen = regime.name
  for (const [name, weight] of entries) {
    chosen = name
    left -= weight
    if (left < 0) break
  }
  const place = places.get(chosen)
  assert(place !== undefined, `regime "${regime.name}" is followed by "${chosen}", which is not among the regimes`)
  return place
}

/** The path as spells with dates, for reports. */
export function regimeSpells(path: Uint8Array, regimes: readonly RegimeOptions[], timeline: Timeline): RegimeSpell[] {
  const spells: RegimeSpell[] = []
  let start = 0
  for (let day = 1; day <= path.length; day += 1) {
    if (day < path.length && path[day] === path[start]) continue
    spells.push({
      name: regimes[path[start]!]!.name,
      from: fromDays(timeline.firstDay + start),
      to: fromDays(timeline.firstDay + day - 1),
    })
    start = day
  }
  return spells
}
