import { describe, expect, it } from 'vitest'
import type { MarketRecord } from '../../../domain/market-records.ts'
import { addDays, startOfDay, tradeDate, weekday } from '../../../domain/sessions.ts'
import { type Instant, instrumentId, type TradeDate } from '../../../domain/units.ts'
import { createRandom } from '../../../numerics/random.ts'
import { type DayBars, lastClosedDay, standardisedMove } from './day-bars.ts'
import { syntheticEarnings } from './earnings.ts'
import { syntheticBorrow, syntheticFunding } from './financing.ts'
import { syntheticNews } from './news.ts'

const HOUR_MS = 3_600_000

/** A random walk over weekdays, or over all days round the clock. */
function walk(
  name: string,
  from: TradeDate,
  count: number,
  { volatility = 0.02, roundTheClock = false } = {},
): DayBars {
  const random = createRandom(name)
  const dates: TradeDate[] = []
  for (let date = from; dates.length < count; date = addDays(date, 1))
    if (roundTheClock || (weekday(date) !== 0 && weekday(date) !== 6)) dates.push(date)
  let price = 100
  const close = Float64Array.from(dates, () => {
    price *= 1 + volatility * random.normal()
    return price
  })
  const at = (hours: number) => dates.map((date) => (startOfDay(date) + hours * HOUR_MS) as Instant)
  const [opens, closes] = roundTheClock ? [at(0), at(24)] : [at(14.5), at(21)]
  return { instrument: instrumentId(name), dates, opens, closes, close, rawClose: close }
}

const from = (bars: DayBars, first: number): DayBars => ({
  ...bars,
  dates: bars.dates.slice(first),
  opens: bars.opens.slice(first),
  closes: bars.closes.slice(first),
  close: bars.close.slice(first),
  rawClose: bars.rawClose.slice(first),
})

const FIRST = tradeDate(20_100_104)
const ONE = walk('ONE', FIRST, 1_500)

const feeds: Readonly<Record<string, (bars: DayBars) => readonly MarketRecord[]>> = {
  earnings: (bars) => syntheticEarnings(bars, { seed: 3, reaction: 0.5 }),
  news: (bars) => syntheticNews(bars, { seed: 3, storiesPerYear: 80, echo: 0.4 }),
  funding: (bars) => syntheticFunding(bars, null, 3),
  'funding of a premium': (bars) =>
    syntheticFunding(bars, { ...bars, rawClose: bars.rawClose.map((one) => one / 1.001) }, 3),
  borrow: (bars) => syntheticBorrow(bars, 3),
}

describe.each(Object.entries(feeds))('synthetic %s', (_, feed) => {
  const records = feed(ONE)
  it('are many, in the order of publication, with ids of their own, and marked', () => {
    expect(records.length).toBeGreaterThan(20)
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
    expect(records.every(({ origin }) => origin === 'synthetic')).toBe(true)
    const times = records.map(({ publishedAt }) => publishedAt)
    expect(times).toEqual([...times].sort((one, other) => one - other))
    expect(feed(ONE)).toEqual(records)
  })
  it('know nothing of prices that come after their publication', () => {
    const stride = Math.max(1, Math.floor(records.length / 40))
    for (const record of records.filter((_, at) => at % stride === 0)) {
      const day = lastClosedDay(ONE, record.publishedAt)
      const close = ONE.close.map((price, at) => (at <= day ? price : price * (1.3 + 0.2 * Math.sin(at))))
      const known = (all: readonly MarketRecord[]) => all.filter(({ publishedAt }) => publishedAt <= record.publishedAt)
      expect(known(feed({ ...ONE, close, rawClose: close }))).toEqual(known(records))
    }
  })
  it('are the same whatever day the bars begin on, once a volatility is known', () => {
    const first = 300
    const late = feed(from(ONE, first)).filter(({ publishedAt }) => publishedAt > ONE.closes[first + 70]!)
    const same = records.filter(({ publishedAt }) => publishedAt > ONE.closes[first + 70]!)
    expect(late).toEqual(same)
  })
})

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (side: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length
  const [left, right] = [mean(0), mean(1)]
  const product = (a: 0 | 1, b: 0 | 1): number =>
    pairs.reduce((sum, pair) => sum + (pair[a] - [left, right][a]!) * (pair[b] - [left, right][b]!), 0)
  return product(0, 1) / Math.sqrt(product(0, 0) * product(1, 1))
}

describe('synthetic earnings', () => {
  it('come once a quarter and surprise as the price has answered, with no drift planted after it', () => {
    const answers: (readonly [number, number])[] = []
    const drifts: (readonly [number, number])[] = []
    for (let company = 0; company < 150; company += 1) {
      const bars = walk(`C${company}`, FIRST, 1_500)
      const records = syntheticEarnings(bars, { seed: 9, reaction: 0.5 })
      expect(records.length).toBeGreaterThanOrEqual(22)
      expect(records.length).toBeLessThanOrEqual(24)
      for (const { publishedAt, surprise, eventAt, session, actual, estimate } of records) {
        const day = bars.closes.indexOf(publishedAt)
        expect(day).toBeGreaterThan(0)
        expect(eventAt).toBeLessThan(bars.opens[day]!)
        expect(session).toBe(eventAt > bars.opens[day]! - 2 * HOUR_MS ? 'before_open' : 'after_close')
        expect(eventAt > bars.closes[day - 1]!).toBe(true)
        expect(Math.sign(actual - estimate!) * Math.sign(surprise!)).toBeGreaterThanOrEqual(0)
        if (day < 100 || day > 1_470) continue
        answers.push([surprise!, standardisedMove(bars, day, 1)])
        drifts.push([surprise!, bars.close[day + 20]! / bars.close[day]! - 1])
      }
    }
    expect(correlation(answers)).toBeCloseTo(0.5, 1)
    expect(Math.abs(correlation(drifts))).toBeLessThan(0.05)
  })
})

describe('synthetic news', () => {
  it('come within sessions, as often as asked, with a tone between -1 and 1', () => {
    const years = ONE.dates.length / 261
    const records = syntheticNews(ONE, { seed: 1, storiesPerYear: 365, echo: 0.5 })
    // Of seven days five have a session.
    expect(records.length / years / 261).toBeCloseTo(1, 1)
    for (const { publishedAt, eventAt, sentiment, relevance, novelty } of records) {
      const day = ONE.closes.findIndex((close) => close >= publishedAt)
      expect(publishedAt).toBeGreaterThanOrEqual(ONE.opens[day]!)
      expect(eventAt).toBeLessThanOrEqual(publishedAt)
      for (const [value, least] of [
        [sentiment, -1],
        [relevance, 0],
        [novelty, 0],
      ] as const) {
        expect(value).toBeGreaterThanOrEqual(least)
        expect(value).toBeLessThanOrEqual(1)
      }
    }
  })
  it('repeat the days before by as much as is asked: nothing for no echo', () => {
    const pairs = (echo: number) =>
      syntheticNews(ONE, { seed: 1, storiesPerYear: 365, echo }).flatMap(({ publishedAt, sentiment }) => {
        const known = ONE.closes.findIndex((close) => close > publishedAt) - 1
        return known < 100 ? [] : [[sentiment, standardisedMove(ONE, known, 5)] as const]
      })
    expect(Math.abs(correlation(pairs(0)))).toBeLessThan(0.08)
    expect(correlation(pairs(1))).toBeGreaterThan(0.4)
  })
})

describe('synthetic funding', () => {
  const perpetual = walk('PERP', tradeDate(20_230_101), 30, { roundTheClock: true })
  const rates = (premium: number): ReadonlySet<string> => {
    const spot = { ...perpetual, rawClose: perpetual.rawClose.map((price) => price / (1 + premium)) }
    return new Set(syntheticFunding(perpetual, spot, 1).map(({ rate }) => rate.toFixed(7)))
  }
  it('is paid every eight hours after the first close, by the formula of premium and interest', () => {
    expect(syntheticFunding(perpetual, null, 1)).toHaveLength(29 * 3 + 1)
    expect(rates(0)).toEqual(new Set(['0.0001000']))
    expect(rates(0.0004)).toEqual(new Set(['0.0001000']))
    expect(rates(0.002)).toEqual(new Set(['0.0015000']))
    expect(rates(-0.002)).toEqual(new Set(['-0.0015000']))
    expect(rates(0.05)).toEqual(new Set(['0.0075000']))
  })
  it('draws the premium on days on which the spot has no price', () => {
    const late = from(perpetual, 10)
    const records = syntheticFunding(perpetual, { ...late, rawClose: late.rawClose.map((one) => one / 1.002) }, 1)
    const own = syntheticFunding(perpetual, null, 1)
    expect(records.slice(0, 27)).toEqual(own.slice(0, 27))
    expect(new Set(records.slice(30).map(({ rate }) => rate.toFixed(7)))).toEqual(new Set(['0.0015000']))
  })
})

describe('synthetic borrowing', () => {
  it('has one rate a week, dearer and at times gone for what moves much', () => {
    const quiet = syntheticBorrow(ONE, 1)
    expect(quiet).toHaveLength(300)
    for (const { rate, available } of quiet) {
      expect(rate).toBeGreaterThanOrEqual(0.003)
      expect(rate).toBeLessThanOrEqual(0.005)
      expect(available).toBe(true)
    }
    const wild = syntheticBorrow(walk('WILD', FIRST, 1_500, { volatility: 0.08 }), 1).slice(10)
    expect(wild.every(({ rate }) => rate > 0.02)).toBe(true)
    expect(wild.filter(({ available }) => !available).length).toBeGreaterThan(3)
  })
})
