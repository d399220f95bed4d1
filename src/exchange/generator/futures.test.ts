import { describe, expect, it } from 'vitest'
import { addDays, tradeDate, weekday } from '../../domain/sessions.ts'
import { exp, log } from '../../numerics/elementary.ts'
import { createRandom } from '../../numerics/random.ts'
import { type DailyBars, type FuturesRules, generateFutures, thirdFriday } from './futures.ts'

const RULES: FuturesRules = { seed: 7, scale: 10, carry: 0.03, noise: 0.01, tick: 0.25 }

/** Weekdays from 2020-01-02, a walk around 300. */
function barsOf(count: number): DailyBars {
  const random = createRandom(3)
  const dates: number[] = []
  for (let date = tradeDate(20_200_102); dates.length < count; date = addDays(date, 1))
    if (weekday(date) % 6 !== 0) dates.push(date)
  const close = Float64Array.from(dates, () => 300 * (1 + 0.05 * random.normal()))
  const open = close.map((price) => price * 0.999)
  const [high, low] = [close.map((price) => price * 1.01), close.map((price) => price * 0.99)]
  return { dates: Int32Array.from(dates), open, high, low, close, volume: close.map(() => 1_000_000) }
}

describe('generateFutures', () => {
  const bars = barsOf(520)
  const contracts = generateFutures(bars, RULES)

  it('lists a contract a quarter, each with half a year of life, to its third Friday', () => {
    expect(contracts.slice(0, 3).map(({ year, month, expiry }) => [year, month, expiry])).toEqual([
      [2020, 3, 20_200_320],
      [2020, 6, 20_200_619],
      [2020, 9, 20_200_918],
    ])
    expect([thirdFriday(2021, 1), thirdFriday(2024, 3)]).toEqual([20_210_115, 20_240_315])
    const whole = contracts[2]!
    expect([whole.dates[0], whole.dates.at(-1)]).toEqual([20_200_312, 20_200_918])
    // On every day one can roll: two contracts trade.
    for (const date of bars.dates) {
      const alive = contracts.filter(({ dates }) => dates.includes(date))
      expect(alive.length).toBeGreaterThanOrEqual(2)
    }
  })
  it('is worth its underlying at the end, and the cost of carry more before', () => {
    const { rows, close, dates } = contracts[3]!
    const left = (at: number): number => bars.close[rows[at]!]! * RULES.scale
    expect(Math.abs(close.at(-1)! - left(close.length - 1))).toBeLessThanOrEqual(RULES.tick / 2)
    let total = 0
    const count = dates.length - 40
    for (let at = 0; at < count; at += 1) total += log(close[at]! / left(at))
    // Over 100 days of mean life the mean carry of 3 % is 0.8 %; noise moves it by a quarter.
    expect(total / count).toBeGreaterThan(0.004)
    expect(total / count).toBeLessThan(0.02)
    expect(exp(0)).toBe(1)
  })
  it('gives bars on the tick that are bars, and volume that changes over to the next contract', () => {
    for (const { open, high, low, close, volume } of contracts) {
      for (let at = 0; at < close.length; at += 1) {
        expect(high[at]!).toBeGreaterThanOrEqual(Math.max(open[at]!, close[at]!))
        expect(low[at]!).toBeLessThanOrEqual(Math.min(open[at]!, close[at]!))
        expect(close[at]! % RULES.tick).toBe(0)
        expect(Number.isInteger(volume[at]!) && volume[at]! > 0).toBe(true)
      }
    }
    const [old, next] = [contracts[1]!, contracts[2]!]
    const traded = (one: typeof old, date: number): number => one.volume[one.dates.indexOf(date)]!
    expect(traded(old, 20_200_609)).toBeGreaterThan(traded(next, 20_200_609))
    expect(traded(old, 20_200_618)).toBeLessThan(traded(next, 20_200_618))
  })
  it('is the same for the same seed, and begins the same in a longer history', () => {
    expect(generateFutures(bars, RULES)).toEqual(contracts)
    expect(generateFutures(barsOf(700), RULES)[1]).toEqual(contracts[1])
    expect(generateFutures(bars, { ...RULES, seed: 8 })[1]!.close).not.toEqual(contracts[1]!.close)
  })
})
