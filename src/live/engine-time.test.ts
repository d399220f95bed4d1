import { describe, expect, it } from 'vitest'
import type { Clock } from '../domain/clock.ts'
import type { Instant } from '../domain/units.ts'
import { engineTime, untilFirst } from './engine-time.ts'

const MINUTE = 60_000

describe('the time of an engine', () => {
  it('counts ages on, however its clock is set, and writes what the clock says', () => {
    let [wall, counted] = [1_000_000_000, 500]
    const clock: Clock = { now: () => wall as Instant, monotonic: () => counted, wait: () => Promise.resolve() }
    const time = engineTime(clock, () => 5 as Instant)
    const steps: number[][] = []
    for (const step of [0, -10 * MINUTE, 0, 20 * MINUTE, -10 * MINUTE]) {
      counted += 1_000
      wall += 1_000 + step
      steps.push([time.steady() - 1_000_000_000, time.now() - wall])
    }
    expect(steps).toEqual([1_000, 2_000, 3_000, 4_000, 5_000].map((age) => [age, 0]))
  })

  it('is that of the market where there is no clock, and is never written as before it', () => {
    let market = 7
    const bars = engineTime(null, () => market as Instant)
    market = 9
    expect([bars.now(), bars.steady()]).toEqual([9, 9])
    const late: Clock = { now: () => 3 as Instant, monotonic: () => 0, wait: () => Promise.resolve() }
    expect(engineTime(late, () => market as Instant).now()).toBe(9)
  })

  it('waits for the first of several moments', () => {
    expect(untilFirst([null, 30 as Instant, 20 as Instant], 5 as Instant)).toBe(15)
    expect(untilFirst([null], 5 as Instant)).toBe(Number.POSITIVE_INFINITY)
  })
})
