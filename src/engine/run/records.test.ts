import { describe, expect, it } from 'vitest'
import type { MarketData } from '../../domain/market.ts'
import type { MarketRecord, RecordKind } from '../../domain/market-records.ts'
import { type Instant, instrumentId } from '../../domain/units.ts'
import { defineStrategy } from '../../pipeline/strategies/define.ts'
import { earningsDrift } from '../../pipeline/strategies/earnings-drift/earnings-drift.ts'
import { newsSentiment } from '../../pipeline/strategies/news-sentiment/news-sentiment.ts'
import { unusualFlow } from '../../pipeline/strategies/unusual-flow/unusual-flow.ts'
import { marketByHand, portfolioByHand } from '../by-hand.ts'
import { runBacktest } from './run.ts'
import { cursorsOf, sliceAt } from './timeline.ts'

const CLOSE = Date.UTC(2024, 0, 3, 21)

const news = (symbol: string, id: string, publishedAt: number): MarketRecord => ({
  id,
  instrument: instrumentId(symbol),
  eventAt: publishedAt as Instant,
  publishedAt: publishedAt as Instant,
  origin: 'recorded',
  kind: 'news',
  source: 'wire',
  sentiment: 1,
  relevance: 1,
  novelty: 1,
  topic: 'company',
})

const bar = (date: string) => ({ date, open: 10, high: 10, low: 10, close: 10 })
const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05']

function seenOn(
  records: readonly MarketRecord[] | undefined,
  symbols: readonly string[] = ['ACME', 'OTHER'],
  reads: readonly RecordKind[] = ['news'],
): string[] {
  const bars = marketByHand(Object.fromEntries(symbols.map((symbol) => [symbol, dates.map(bar)])))
  const market: MarketData = records === undefined ? bars : { ...bars, records }
  const seen: string[] = []
  const reader = defineStrategy({
    name: 'reader',
    parameters: {},
    reads,
    decide: (view) => {
      for (const column of view.universe) {
        seen.push(
          `${view.slice.tradeDate % 100} ${symbols[column]}: ${view
            .records(column)
            .map(({ id }) => id)
            .join()}`,
        )
      }
      return view.memory
    },
  })
  const sleeve = { id: 's', strategy: reader, weight: 1, universe: [...symbols] }
  const sizing = { kind: 'percent', fraction: 0.1, of: 'sleeve' } as const
  const portfolio = portfolioByHand({ capital: 1_000, sleeves: [{ ...sleeve, sizing }] })
  runBacktest({ ...portfolio, market, checks: false })
  return seen.filter((line) => !line.endsWith(': '))
}

describe('records of a run', () => {
  it('reach the first close at or after their publication, and only that one', () => {
    const at = [
      news('ACME', 'long before', Date.UTC(2023, 0, 1)),
      news('ACME', 'at the close', CLOSE),
      news('OTHER', 'a millisecond later', CLOSE + 1),
      news('ACME', 'in the night', CLOSE + 3_600_000),
      news('ACME', 'after the end', Date.UTC(2024, 5, 1)),
    ]
    expect(seenOn(at)).toEqual([
      '2 ACME: long before',
      '3 ACME: at the close',
      '4 ACME: in the night',
      '4 OTHER: a millisecond later',
    ])
  })
  it('are none where the market has none, and none of instruments that no clock holds', () => {
    expect(seenOn(undefined)).toEqual([])
    expect(seenOn([news('ELSEWHERE', 'unheard', CLOSE)])).toEqual([])
  })
  it('are the same for a run that goes on where another left off', () => {
    const bars = marketByHand({ ACME: dates.map(bar) })
    const at = [1, 2, 3, 4, 5].map((day) => news('ACME', `of ${day}`, Date.UTC(2024, 0, day, 20)))
    const [cursor] = cursorsOf({ ...bars, records: at })
    cursor!.row = 2
    const third = () => sliceAt(cursor!, cursor!.block.closes[2] as Instant, []).records.map(({ id }) => id)
    expect(third()).toEqual(['of 4'])
    expect(third()).toEqual(['of 4'])
    cursor!.row = 3
    expect(sliceAt(cursor!, cursor!.block.closes[3] as Instant, []).records.map(({ id }) => id)).toEqual(['of 5'])
  })
  it('wait for the first bar of their instrument while it is halted, in the order of publication', () => {
    const series = { ACME: ['2024-01-02', '2024-01-05'], OTHER: dates }
    const bars = marketByHand(Object.fromEntries(Object.entries(series).map(([id, days]) => [id, days.map(bar)])))
    const records = [
      news('ACME', 'halted', CLOSE),
      news('OTHER', 'traded', CLOSE),
      news('ACME', 'still', CLOSE + 86_400_000),
      { ...news('ACME', 'screened', CLOSE), kind: 'fundamentals' } as unknown as MarketRecord,
    ]
    const shown = (row: number) => {
      const [cursor] = cursorsOf({ ...bars, records })
      cursor!.row = row
      return sliceAt(cursor!, cursor!.block.closes[row] as Instant, []).records.map(({ id }) => id)
    }
    expect([0, 1, 2, 3].map(shown)).toEqual([[], ['traded', 'screened'], [], ['halted', 'still']])
    // Without a later bar nobody could act on it.
    const late = news('ACME', 'over', CLOSE + 3 * 86_400_000)
    expect(cursorsOf({ ...bars, records: [late] })[0]!.records).toEqual([])
  })
  it.each([
    [
      'earnings',
      earningsDrift,
      { kind: 'earnings', actual: 2, estimate: 1, surprise: 5, session: 'after_close', period: '2023Q4' },
    ],
    ['news', newsSentiment, { kind: 'news', source: 'wire', sentiment: 1, relevance: 1, novelty: 1, topic: 'company' }],
    ['flow', unusualFlow, { kind: 'flow', measure: 'volume', ratio: 50, side: 1, premium: null }],
  ] as const)('of %s reach their strategy after a halt', (_, strategy, own) => {
    const days = Array.from({ length: 80 }, (_bar, at) =>
      new Date(Date.UTC(2024, 0, 2 + at)).toISOString().slice(0, 10),
    )
    // It jumps with the news, or where it trades again.
    const rising = days.map((date, at) => {
      const close = at < 70 ? 10 + (at % 2) / 50 : 12
      return { ...bar(date), open: close, high: close, low: close, close, volume: 1_000_000 }
    })
    const entered = (halted: readonly number[]): string[] => {
      const bars = marketByHand({ ACME: rising.filter((_bar, at) => !halted.includes(at)), OTHER: rising })
      const publishedAt = Date.UTC(2024, 0, 2 + 70, 20)
      const record = { ...news('ACME', 'r', publishedAt), ...own } as unknown as MarketRecord
      const sleeve = { id: 's', strategy: strategy as never, weight: 1, universe: ['ACME', 'OTHER'] }
      const sizing = { kind: 'percent', fraction: 0.1, of: 'sleeve' } as const
      const portfolio = portfolioByHand({ capital: 10_000, sleeves: [{ ...sleeve, sizing }] })
      const { attribution } = runBacktest({ ...portfolio, market: { ...bars, records: [record] }, checks: false })
      return attribution.slice(0, 1).map(({ tradeDate, instrument }) => `${tradeDate} ${instrument}`)
    }
    const day = (at: number): string => `${days[at]!.replaceAll('-', '')} ACME`
    expect(entered([])).toEqual([day(71)])
    expect(entered([70])).toEqual([day(72)])
  })
  it('are shown to a strategy that reads their kind alone', () => {
    expect(seenOn([news('ACME', 'one', CLOSE)], ['ACME'], ['earnings', 'flow'])).toEqual([])
    expect(seenOn([news('ACME', 'one', CLOSE)], ['ACME'], ['earnings', 'news'])).toEqual(['3 ACME: one'])
  })
  it('are seen by a strategy that would let the bars of its only instrument pass many at a time', () => {
    expect(decidedOn([])).toBeLessThan(10)
    const at = MINUTES_FROM + 777 * MINUTE_MS
    expect(decidedOn([news('ACME', 'one', at)])).toBeGreaterThan(1_000)
    expect(heard).toEqual([[at, 'one']])
  })
})

const MINUTE_MS = 60_000
const MINUTES_FROM = Date.UTC(2024, 0, 2, 14, 30)
let heard: (readonly [number, string])[] = []

/** Closes on which a strategy decided that says it is idle, in a day of minutes of one share. */
function decidedOn(records: readonly MarketRecord[]): number {
  const daily = marketByHand({ ACME: [bar('2024-01-02')] })
  const count = 1_500
  const flat = new Float64Array(count).fill(10)
  const [sessions] = daily.sessions
  const closesAt = MINUTES_FROM + count * MINUTE_MS
  const minutes = {
    ...daily.blocks[0]!,
    tradeDates: new Int32Array(count).fill(20_240_102),
    opens: Float64Array.from(flat, (_, row) => MINUTES_FROM + row * MINUTE_MS),
    closes: Float64Array.from(flat, (_, row) => MINUTES_FROM + (row + 1) * MINUTE_MS),
    open: flat,
    high: flat,
    low: flat,
    close: flat,
    volume: flat,
    factor: new Float64Array(count).fill(1),
  }
  let decisions = 0
  heard = []
  const idler = defineStrategy({
    name: 'idler',
    parameters: {},
    reads: ['news'],
    decide: (view) => {
      decisions += 1
      for (const { id } of view.records(0)) heard.push([view.slice.at, id])
      return view.memory
    },
    idle: (outlook) => outlook.count,
  })
  const sizing = { kind: 'percent', fraction: 0.1, of: 'sleeve' } as const
  const sleeve = { id: 's', strategy: idler, weight: 1, universe: ['ACME'], sizing }
  const portfolio = portfolioByHand({ capital: 1_000, sleeves: [sleeve] })
  const open = { ...sessions!, closes: Float64Array.of(closesAt) }
  const market: MarketData = { ...daily, sessions: [open], blocks: [minutes], records }
  runBacktest({ ...portfolio, market, checks: false })
  return decisions
}
