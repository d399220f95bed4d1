import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../numerics/random.ts'
import { type DayBars, intradayBars } from './intraday.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const cents = (value: number): number => Math.round(value * 100) / 100

/** Days of whole cents: a price, how far the close lies from it, how far low and high lie beyond. */
const dayBars = fc
  .array(
    fc.record({
      open: fc.integer({ min: 100, max: 5_000_000 }),
      move: fc.integer({ min: -20, max: 20 }),
      above: fc.integer({ min: 0, max: 15 }),
      below: fc.integer({ min: 0, max: 15 }),
      volume: fc.integer({ min: 0, max: 5_000_000 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((days): DayBars => {
    const open = days.map((day) => day.open / 100)
    const close = days.map((day, at) => cents(open[at]! * (1 + day.move / 100)))
    return {
      dates: Int32Array.from(days, (_, at) => 20240101 + at),
      open: Float64Array.from(open),
      close: Float64Array.from(close),
      high: Float64Array.from(days, (day, at) => cents(Math.max(open[at]!, close[at]!) * (1 + day.above / 100))),
      low: Float64Array.from(days, (day, at) => cents(Math.min(open[at]!, close[at]!) * (1 - day.below / 100))),
      volume: Float64Array.from(days, ({ volume }) => volume),
    }
  })

const rulesOf = (days: DayBars, barMs: number, length = DAY) => {
  const opens = Array.from(days.dates, (_, at) => at * DAY)
  return { opens, closes: opens.map((open) => open + length), barMs, tick: 0.01 }
}

describe('bars within simulated days', () => {
  it('are the very days again when they are put together', () => {
    fc.assert(
      fc.property(dayBars, fc.constantFrom(HOUR, 4 * HOUR, HOUR / 4), fc.nat(), (days, barMs, seed) => {
        const bars = intradayBars(days, rulesOf(days, barMs), createRandom(seed))
        const count = DAY / barMs
        for (const day of days.dates.keys()) {
          const span = <T extends Float64Array | Int32Array>(column: T) =>
            column.subarray(day * count, (day + 1) * count)
          expect([span(bars.open)[0], span(bars.close).at(-1)]).toEqual([days.open[day], days.close[day]])
          expect([Math.max(...span(bars.high)), Math.min(...span(bars.low))]).toEqual([days.high[day], days.low[day]])
          expect([...span(bars.volume)].reduce((sum, one) => sum + one, 0)).toBeCloseTo(days.volume[day]!, 6)
          expect(new Set(span(bars.dates))).toEqual(new Set([days.dates[day]]))
          span(bars.low).forEach((low, at) => {
            const [open, close, high] = [span(bars.open)[at]!, span(bars.close)[at]!, span(bars.high)[at]!]
            expect(low <= Math.min(open, close) && high >= Math.max(open, close)).toBe(true)
            if (at > 0) expect(open).toBe(span(bars.close)[at - 1])
          })
        }
      }),
      { seed: 20_000_101, numRuns: 60 },
    )
  })

  it('move, and depend on nothing but the seed', () => {
    const days: DayBars = {
      dates: Int32Array.of(20240101),
      open: Float64Array.of(100),
      high: Float64Array.of(106),
      low: Float64Array.of(97),
      close: Float64Array.of(103),
      volume: Float64Array.of(24_000),
    }
    const rules = rulesOf(days, HOUR)
    const [one, same, other] = [4, 4, 5].map((seed) => intradayBars(days, rules, createRandom(seed)))
    expect(one).toEqual(same)
    expect([...one!.close]).not.toEqual([...other!.close])
    expect(new Set(one!.close).size).toBeGreaterThan(12)
    expect(new Set(one!.volume).size).toBeGreaterThan(12)
  })

  it('end with a shorter bar where the session is no multiple of their length', () => {
    const days: DayBars = {
      dates: Int32Array.of(20240101),
      open: Float64Array.of(100),
      high: Float64Array.of(101),
      low: Float64Array.of(99),
      close: Float64Array.of(100),
      volume: Float64Array.of(700),
    }
    const { times } = intradayBars(days, rulesOf(days, HOUR, 6.5 * HOUR), createRandom(1))
    expect([...times].map((time) => time / HOUR)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})
