/**
 * Episodes: what happens to one asset over several sessions: news, sell-offs that recover, breakouts with a crowd.
 * In:    the asset's own moves, a rate per session, a random stream   Out: the same columns, with the episodes added
 * Keeps: sizes are in units of the asset's usual daily deviation
 *
 * Jumps: Merton (1976). Transitory falls: Summers (1986), "Does the Stock Market Rationally Reflect Fundamental
 * Values?"; Lehmann (1990), "Fads, Martingales, and Market Efficiency". Volume at breakouts: Karpoff (1987), "The
 * Relation between Price Changes and Trading Volume".
 */
import type { Random } from '../../numerics/random.ts'

interface Story {
  readonly moves: Float64Array
  readonly jumps: Float64Array
  readonly crowd: Float64Array
}

/** The largest leap: beyond it, two leaps on one day would pass for a correlation. */
const LEAP_MAX = 5.5

/** Calls `happen` for each session at which an episode starts; at most one at a time. */
function arrivals(length: number, rate: number, random: Random, happen: (session: number) => number): void {
  if (rate <= 0) return
  let session = Math.floor(random.exponential(rate))
  while (session < length) {
    const duration = happen(session)
    session += duration + Math.floor(random.exponential(rate))
  }
}

/** Sudden news of two to five deviations, a little more often bad than good. */
export function addJumps(story: Story, rate: number, random: Random): void {
  arrivals(story.moves.length, rate, random, (session) => {
    const size = (random.uniform() < 0.53 ? -1 : 1) * Math.min(LEAP_MAX, 2 + random.exponential(0.8))
    story.moves[session]! += size
    story.jumps[session]! += size
    story.crowd[session]! *= 1.8
    return 1
  })
}

/** Four to seven sessions down, then a slower way back of most of the loss. */
export function addSelloffs(story: Story, rate: number, random: Random): void {
  arrivals(story.moves.length, rate, random, (session) => {
    const falling = random.integer(4, 7)
    const rising = random.integer(5, 10)
    const depth = falling * (1.2 + 0.5 * random.uniform())
    const recovered = 0.8 + 0.4 * random.uniform()
    for (let step = 0; step < falling; step += 1) add(story.moves, session + step, -depth / falling)
    for (let step = 0; step < rising; step += 1)
      add(story.moves, session + falling + step, (depth * recovered) / rising)
    for (let step = 0; step < falling + 2; step += 1) scale(story.crowd, session + step, 1.35)
    return falling + rising
  })
}

/** A leap on three to six times the usual volume, some sessions of follow-through, then part of it fades. */
export function addBursts(story: Story, rate: number, random: Random): void {
  arrivals(story.moves.length, rate, random, (session) => {
    const leap = Math.min(LEAP_MAX, 2.2 + random.exponential(1))
    const following = random.integer(3, 8)
    const carry = 0.1 + 0.4 * random.uniform()
    const fading = random.integer(8, 15)
    const volume = 2 + 3 * random.uniform()
    story.moves[session]! += leap
    scale(story.crowd, session, 1 + volume)
    for (let step = 1; step <= following; step += 1) {
      add(story.moves, session + step, carry)
      scale(story.crowd, session + step, 1 + (volume * 0.6) / step)
    }
    const faded = (leap + carry * following) * (0.3 + 0.5 * random.uniform())
    for (let step = 1; step <= fading; step += 1) add(story.moves, session + following + step, -faded / fading)
    return following + fading
  })
}

function add(column: Float64Array, session: number, amount: number): void {
  if (session < column.length) column[session]! += amount
}

function scale(column: Float64Array, session: number, factor: number): void {
  if (session < column.length) column[session]! *= factor
}
