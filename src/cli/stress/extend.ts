import { CALENDARS } from '../../adapters/calendars/calendars.ts'
import type { Series } from '../../domain/series.ts'
import { addDays, daysBetween, startOfDay, WEEKDAY, weekday } from '../../domain/sessions.ts'
import type { CalendarId, TradeDate } from '../../domain/units.ts'
import { createRandom } from '../../numerics/random.ts'
import { quantile } from '../../numerics/statistics.ts'
import type { DatedValues } from '../../pipeline/market/implied-volatility.ts'
import { FLAT, type RelativeBar } from '../../research/stress/futures.ts'
import type { History } from '../market/market.ts'
import type { MarketPast } from '../market/past.ts'
import { barsWithin } from '../market/simulated.ts'

/** Bars of a future have the median volume of this many days. */
const VOLUME_BARS = 20
/** A series without a row for longer has ended: it has no future. */
const DAYS_SILENT_MAX = 10
/**
 * Implied volatility rises by this part of itself for the fall of the underlying below its high of the days before, at
 * most fourfold: 5 means that a fall of 10 % makes it half as high again.
 */
const IMPLIED_PER_FALL = 5
const IMPLIED_FACTOR_MAX = 4
const HIGH_BARS = 20

/** The future of a market: sessions, and on each of them a bar for every history. */
export interface Future {
  readonly days: readonly TradeDate[]
  readonly bars: readonly (readonly RelativeBar[])[]
  /** Every implied volatility is this many times as high. */
  readonly impliedFactor: number
}

/** Rows of a series up to a day. */
export function rowsUntil({ dates }: Series, today: number): number {
  let rows = dates.length
  while (rows > 0 && dates[rows - 1]! > today) rows -= 1
  return rows
}

/** The next sessions after a day, as many as asked for; weekdays where the calendar has no table. */
export function sessionsAfter(calendar: CalendarId, today: TradeDate, count: number): readonly TradeDate[] {
  const table = CALENDARS.get(calendar)?.(addDays(today, 1), addDays(today, count * 2 + 20)) ?? null
  if (table !== null && table.dates.length >= count) {
    return Array.from({ length: count }, (_, at) => table.dates[at] as TradeDate)
  }
  const days: TradeDate[] = []
  for (let day = addDays(today, 1); days.length < count; day = addDays(day, 1)) {
    if (weekday(day) !== WEEKDAY.saturday && weekday(day) !== WEEKDAY.sunday) days.push(day)
  }
  return days
}

/**
 * A past that ends today and goes on with the bars of a future. Instruments whose calendar has more days stand still
 * between those of the future; those that ended before today stay ended.
 */
export function extendPast(past: MarketPast, today: TradeDate, future: Future): MarketPast {
  const histories = past.histories.map((history, index) =>
    extended(
      history,
      today,
      future,
      future.bars.map((day) => day[index]!),
    ),
  )
  const volatilities =
    past.volatilities === null
      ? null
      : new Map(
          [...past.volatilities].map(([id, known]) => {
            const { series } = histories.find(({ instrument }) => instrument.id === id)!
            return [id, impliedAfter(known, series, { today, factor: future.impliedFactor })] as const
          }),
        )
  return { ...past, histories, volatilities }
}

function extended(history: History, today: TradeDate, { days }: Future, bars: readonly RelativeBar[]): History {
  const { series, instrument } = history
  const rows = rowsUntil(series, today)
  const past = { ...history, impliedVolatility: null }
  const lastRow = series.dates[rows - 1]
  if (lastRow === undefined || daysBetween(lastRow as TradeDate, today) > DAYS_SILENT_MAX)
    return { ...past, series: cutTo(series, rows), intraday: untilDay(history.intraday, today) }
  const barOn = new Map(days.map((day, index) => [day, bars[index]!]))
  const future = appended(series, rows, datesUntil(instrument.calendar, today, days), barOn)
  const within = barsWithin(instrument, fromRow(future, rows), PRICE_STEP, createRandom(instrument.id))
  const before = untilDay(history.intraday, today)
  return {
    ...past,
    ...factorsTo(history, rows, future.dates.length),
    series: future,
    intraday: within === null || before === null ? before : joinedSeries(before, within),
  }
}

/** What comes stays on the scale of today. */
function factorsTo({ factors }: History, rows: number, length: number): Pick<History, 'factors'> {
  if (factors === undefined) return {}
  return { factors: Float64Array.from({ length }, (_, row) => factors[Math.min(row, rows - 1)]!) }
}

/** Prices of a future are no quotes of an exchange: they have more digits than any. */
const PRICE_STEP = 1e-8

function untilDay(bars: Series | null, today: TradeDate): Series | null {
  return bars === null ? null : cutTo(bars, rowsUntil(bars, today))
}

function fromRow(series: Series, row: number): Series {
  const { dates, times, open, high, low, close, volume, lines } = series
  return {
    ...series,
    dates: dates.slice(row),
    times: times.slice(row),
    open: open.slice(row),
    high: high.slice(row),
    low: low.slice(row),
    close: close.slice(row),
    volume: volume.slice(row),
    lines: lines.slice(row),
  }
}

/** Bars of one length, then bars of another: what puts them together takes each as it comes. */
function joinedSeries(past: Series, more: Series): Series {
  const both = (field: 'times' | 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array =>
    joined(past[field], [...more[field]])
  return {
    ...past,
    dates: Int32Array.from([...past.dates, ...more.dates]),
    times: both('times'),
    open: both('open'),
    high: both('high'),
    low: both('low'),
    close: both('close'),
    volume: both('volume'),
    adjustedClose: null,
    dividend: null,
    split: null,
    lines: Int32Array.from([...past.lines, ...more.lines]),
  }
}

/** Days of the instrument's own calendar up to the last one of the future. */
function datesUntil(calendar: CalendarId, today: TradeDate, days: readonly TradeDate[]): readonly TradeDate[] {
  const table = CALENDARS.get(calendar)?.(addDays(today, 1), days.at(-1)!) ?? null
  return table === null || table.dates.length < days.length ? days : Array.from(table.dates, (day) => day as TradeDate)
}

function cutTo(series: Series, rows: number): Series {
  return {
    ...series,
    dates: series.dates.slice(0, rows),
    times: series.times.slice(0, rows),
    open: series.open.slice(0, rows),
    high: series.high.slice(0, rows),
    low: series.low.slice(0, rows),
    close: series.close.slice(0, rows),
    volume: series.volume.slice(0, rows),
    adjustedClose: series.adjustedClose?.slice(0, rows) ?? null,
    dividend: series.dividend?.slice(0, rows) ?? null,
    split: series.split?.slice(0, rows) ?? null,
    lines: series.lines.slice(0, rows),
  }
}

function appended(
  series: Series,
  rows: number,
  days: readonly TradeDate[],
  barOn: ReadonlyMap<TradeDate, RelativeBar>,
): Series {
  const before = cutTo(series, rows)
  const bars = days.map((day) => barOn.get(day) ?? FLAT)
  const closes: number[] = []
  let close = before.close[rows - 1]!
  for (const bar of bars) {
    closes.push(close)
    close *= bar.close
  }
  const adjusted = before.adjustedClose
  const ratio = adjusted === null ? 1 : adjusted[rows - 1]! / before.close[rows - 1]!
  const point = (past: Float64Array, pick: (bar: RelativeBar) => number): Float64Array =>
    joined(
      past,
      bars.map((bar, at) => closes[at]! * pick(bar)),
    )
  return {
    ...before,
    dates: Int32Array.from([...before.dates, ...days]),
    times: joined(before.times, days.map(startOfDay)),
    open: point(before.open, ({ open }) => open),
    high: point(before.high, ({ high }) => high),
    low: point(before.low, ({ low }) => low),
    close: point(before.close, (bar) => bar.close),
    volume: joined(
      before.volume,
      days.map(() => quantile(before.volume.slice(-VOLUME_BARS), 0.5)),
    ),
    adjustedClose:
      adjusted === null
        ? null
        : joined(
            adjusted,
            bars.map((bar, at) => closes[at]! * bar.close * ratio),
          ),
    dividend:
      before.dividend === null
        ? null
        : joined(
            before.dividend,
            days.map(() => 0),
          ),
    split:
      before.split === null
        ? null
        : joined(
            before.split,
            days.map(() => 1),
          ),
    lines: Int32Array.from([...before.lines, ...days.map((_, at) => (before.lines[rows - 1] ?? 0) + at + 1)]),
  }
}

function joined(past: Float64Array, more: readonly number[]): Float64Array {
  const out = new Float64Array(past.length + more.length)
  out.set(past)
  out.set(more, past.length)
  return out
}

/** What is known of an implied volatility today goes on, raised by how far its underlying has fallen. */
function impliedAfter(
  known: DatedValues,
  { dates, high, close }: Series,
  { today, factor }: { readonly today: TradeDate; readonly factor: number },
): DatedValues {
  let rows = known.dates.length
  while (rows > 0 && (known.dates[rows - 1]! > today || Number.isNaN(known.values[rows - 1]!))) rows -= 1
  const last = known.values[rows - 1] ?? Number.NaN
  const later: number[] = []
  const values: number[] = []
  for (let row = 0; row < dates.length; row += 1) {
    if (dates[row]! <= today) continue
    let highest = close[row]!
    for (let back = Math.max(0, row - HIGH_BARS); back < row; back += 1) highest = Math.max(highest, high[back]!)
    const fall = 1 - close[row]! / highest
    later.push(dates[row]!)
    values.push(last * Math.min(IMPLIED_FACTOR_MAX, factor * (1 + IMPLIED_PER_FALL * fall)))
  }
  return {
    dates: Int32Array.from([...known.dates.slice(0, rows), ...later]),
    values: joined(known.values.slice(0, rows), values),
  }
}
