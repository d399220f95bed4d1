import { describe, expect, it } from 'vitest'
import type { Slice } from '../../domain/market.ts'
import type { PriceBarRow } from '../../domain/price-bar-row.ts'
import { clockId, instant, type TradeDate } from '../../domain/units.ts'
import type { Recording } from '../../engine/records/recording.ts'
import { barRows } from './bar-rows.ts'
import { rowBuffer } from './rows.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 5)

/** A portfolio that looks at so many instruments. */
function watching(count: number) {
  const instruments = Array.from({ length: count }, (_, index) => ({ id: `I${index}` }))
  const recording = { runtime: () => ({ state: { instruments } }), instrumentAt: (index: number) => instruments[index] }
  const rows = rowBuffer()
  return { rows, bars: barRows(recording as unknown as Recording, rows) }
}

function slice(clock: string, at: number, columns: readonly number[], close = at % 97): Slice {
  const column = (value: number): Float64Array => Float64Array.from(columns, () => value)
  return {
    clock: clockId(clock),
    at: instant(at),
    tradeDate: 20_260_105 as TradeDate,
    instruments: Int32Array.from(columns),
    open: column(close - 1),
    high: column(close + 2),
    low: column(close - 2),
    close: column(close),
    volume: column(0.1),
    factor: column(1),
    chains: [],
    records: [],
  }
}

function lastOf(rows: readonly PriceBarRow[] = []): ReadonlyMap<string, PriceBarRow> {
  return new Map(rows.map((row) => [`${row.instrument} ${row.grain} ${row.bucket}`, row]))
}

/** Bars of five minutes over two days, from one of them on. */
function minutes(first: number, count: number): readonly Slice[] {
  return Array.from({ length: count }, (_, place) => slice('utc/5m', START + (first + place + 1) * 5 * MINUTE, [0]))
}

describe('bars for charts', () => {
  it('add up by hour and day of UTC: the bar that ends with the hour belongs to it', () => {
    const { rows, bars } = watching(1)
    const played = minutes(0, 13)
    for (const one of played) bars.slices([one])
    const last = lastOf(rows.take().priceBar)
    const closes = played.slice(0, 12).map(({ close }) => close[0]!)
    expect(last.get(`I0 hour ${START}`)).toMatchObject({
      at: START + HOUR,
      open: closes[0]! - 1,
      high: Math.max(...closes) + 2,
      low: Math.min(...closes) - 2,
      close: closes.at(-1),
      volume: expect.closeTo(1.2, 9),
    })
    expect(last.get(`I0 hour ${START + HOUR}`)).toMatchObject({ at: START + 65 * MINUTE })
    expect(last.get(`I0 day ${START}`)).toMatchObject({ volume: expect.closeTo(1.3, 9) })
    expect([...last.keys()].filter((key) => key.includes(' 5m '))).toHaveLength(13)
  })

  it('go on from what the tables hold as if nobody had stopped', () => {
    const whole = watching(1)
    for (const one of minutes(0, 400)) whole.bars.slices([one])
    const all = lastOf(whole.rows.take().priceBar)
    for (const end of [1, 5, 12, 287, 288, 300]) {
      const first = watching(1)
      for (const one of minutes(0, end)) first.bars.slices([one])
      const held = lastOf(first.rows.take().priceBar)
      const second = watching(1)
      const rolled = [...held.values()].filter(({ grain }) => grain === 'hour' || grain === 'day')
      const latest = ['hour', 'day'].map((grain) => rolled.filter((row) => row.grain === grain).at(-1)!)
      // What was told again before the tables went on must leave nothing behind.
      second.bars.slices([slice('utc/5m', START, [0], 999)])
      second.rows.take()
      second.bars.resume(latest, ['I0'])
      for (const one of minutes(end, 400 - end)) second.bars.slices([one])
      const both = new Map([...held, ...lastOf(second.rows.take().priceBar)])
      expect(both, String(end)).toEqual(all)
    }
    expect(all.get(`I0 day ${START + DAY}`)).toBeDefined()
  })

  it('of a session stand for themselves, and what has no close has no bar', () => {
    const { rows, bars } = watching(2)
    bars.slices([slice('nyse/1d', START + DAY, [0]), slice('nyse/1d', START + DAY, [1], Number.NaN)])
    expect((rows.take().priceBar ?? []).map(({ instrument, grain }) => [instrument, grain])).toEqual([['I0', '1d']])
  })

  it('are kept of what was signalled, ordered or held, where a portfolio looks at many', () => {
    const { rows, bars } = watching(151)
    const kept = (): readonly string[] => (rows.take().priceBar ?? []).map(({ instrument }) => instrument)
    bars.slices([slice('nyse/1d', START + DAY, [0, 7, 150])])
    expect(kept()).toEqual([])
    bars.touched(7)
    bars.slices([slice('nyse/1d', START + 2 * DAY, [0, 7, 150])])
    expect(kept()).toEqual(['I7'])
    bars.resume([], ['I150'])
    bars.slices([slice('nyse/1d', START + 3 * DAY, [0, 7, 150])])
    expect(kept()).toEqual(['I150'])
  })
})
