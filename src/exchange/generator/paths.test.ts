import { describe, expect, it } from 'vitest'
import { fiveYears } from '../../../test/five-years.ts'
import { createRandom } from '../../numerics/random.ts'
import { addBursts, addJumps, addSelloffs } from './episodes.ts'
import { DEFAULT_REGIMES, regimePath } from './regimes.ts'
import { isWeekend, timelineOf } from './timeline.ts'
import { volatilityPath } from './volatility.ts'

const LENGTH = 200_000

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function story(length: number) {
  return { moves: new Float64Array(length), jumps: new Float64Array(length), crowd: new Float64Array(length).fill(1) }
}

describe('volatilityPath', () => {
  const shape = { deviation: 0.5, slowShare: 0.6, leverage: -0.4, degrees: 8 }
  const { shocks, logVolatility } = volatilityPath(createRandom(1), LENGTH, shape)

  it('gives shocks of unit variance and a log volatility of the stated deviation', () => {
    expect(Math.abs(mean(shocks.map((shock) => shock * shock)) - 1)).toBeLessThan(0.03)
    expect(Math.abs(Math.sqrt(mean(logVolatility.map((level) => level * level))) - 0.5)).toBeLessThan(0.03)
  })

  it('remembers for long: 0.6 * 0.988^k + 0.4 * 0.9^k', () => {
    for (const lag of [1, 20, 60]) {
      const products = logVolatility.subarray(lag).map((level, index) => level * logVolatility[index]!)
      expect(Math.abs(mean(products) / 0.25 - (0.6 * 0.988 ** lag + 0.4 * 0.9 ** lag))).toBeLessThan(0.12)
    }
  })

  it('raises volatility after a fall and tells a shock nothing of its own day', () => {
    const own = mean(shocks.map((shock, day) => shock * logVolatility[day]!))
    const next = mean(shocks.subarray(0, -1).map((shock, day) => shock * logVolatility[day + 1]!))
    expect(Math.abs(own)).toBeLessThan(0.01)
    // leverage times the fast component's daily step: -0.4 * 0.5 * sqrt(0.4) * sqrt(1 - 0.9^2)
    expect(Math.abs(next + 0.0551)).toBeLessThan(0.01)
  })
})

describe('regimePath', () => {
  it('stays in each regime as long as stated, on average', () => {
    const path = regimePath(createRandom(2), DEFAULT_REGIMES, LENGTH)
    for (const [place, regime] of DEFAULT_REGIMES.entries()) {
      const days = path.filter((one) => one === place).length
      const spells = path.filter((one, day) => one === place && path[day - 1] !== place).length
      expect(Math.abs(days / spells / regime.days - 1)).toBeLessThan(0.2)
    }
  })
})

describe('episodes', () => {
  it('come as often as stated', () => {
    const news = story(LENGTH)
    addJumps(news, 0.01, createRandom(3))
    const count = news.jumps.filter((jump) => jump !== 0).length
    expect(Math.abs(count / LENGTH - 0.01)).toBeLessThan(0.001)
    expect(news.jumps.every((jump) => Math.abs(jump) <= 5.5)).toBe(true)
    expect(news.moves).toEqual(news.jumps)
  })

  it('do not come at a rate of zero', () => {
    const quiet = story(1_000)
    addJumps(quiet, 0, createRandom(1))
    addSelloffs(quiet, 0, createRandom(1))
    addBursts(quiet, 0, createRandom(1))
    expect(quiet).toEqual(story(1_000))
  })

  it('sell off for days and give most of it back', () => {
    const one = story(400)
    addSelloffs(one, 0.004, createRandom(5))
    const levels = one.moves.map((_, day) => one.moves.slice(0, day + 1).reduce((sum, move) => sum + move, 0))
    const depth = Math.min(...levels)
    expect(depth).toBeLessThan(-4)
    expect(one.moves.filter((move) => move < 0).length).toBeGreaterThanOrEqual(4)
    expect(Math.abs(levels.at(-1)!)).toBeLessThan(-depth)
  })

  it('burst on at least three times the volume, then fade in part', () => {
    const one = story(LENGTH)
    addBursts(one, 0.005, createRandom(6))
    const leaps = [...one.moves.keys()].filter((day) => one.moves[day]! > 2)
    expect(leaps.length).toBeGreaterThan(500)
    expect(leaps.every((day) => one.crowd[day]! >= 3)).toBe(true)
    expect(mean(one.moves)).toBeGreaterThan(0)
  })

  it('stop at the end of the path', () => {
    const short = story(3)
    addSelloffs(short, 0.9, createRandom(7))
    addBursts(short, 0.9, createRandom(7))
    expect(short.moves).toHaveLength(3)
    expect(short.moves.every(Number.isFinite)).toBe(true)
  })
})

describe('timelineOf', () => {
  it('spans every calendar and finds each session among its days', () => {
    const timeline = timelineOf(fiveYears())
    expect(timeline.length).toBe(1827)
    expect([...timeline.sessionDays.get('always')!]).toEqual(Array.from({ length: 1827 }, (_, day) => day))
    expect(timeline.sessionDays.get('exchange')!.some((day) => isWeekend(timeline.firstDay + day))).toBe(false)
  })

  it('refuses a calendar without sessions, and no calendar at all', () => {
    expect(() => timelineOf({ empty: [] })).toThrow('calendar "empty" has no session')
    expect(() => timelineOf({})).toThrow('at least one calendar')
  })
})
