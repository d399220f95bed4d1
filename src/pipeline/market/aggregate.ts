/**
 * Bars of a file laid on the bars of a clock: those of one bar of the clock become one, open first, high max, low min,
 * close last, volume sum.
 * In:    a series of intraday bars, sessions, length of the clock's bars   Out: a series of one row per bar of the clock
 * Keeps: no bar reaches beyond the bar of the clock that it is part of, so nothing is known before its close
 */
import { type Fault, fault, type Result } from '../../domain/faults.ts'
import type { Finding, Series } from '../../domain/series.ts'
import { type Sessions, sessionAt, startOfDay } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'

const MINUTE_MS = 60_000

/** Length in ms of the bars of an intraday file: the smallest distance of two that follow each other; null below two. */
export function barLengthOf({ times }: Series): number | null {
  let shortest = Number.POSITIVE_INFINITY
  for (let row = 1; row < times.length; row += 1) {
    const distance = times[row]! - times[row - 1]!
    if (distance > 0 && distance < shortest) shortest = distance
  }
  return Number.isFinite(shortest) ? shortest : null
}

/** How long a bar is, in words. */
export function barText(lengthMs: number): string {
  const minutes = lengthMs / MINUTE_MS
  if (minutes % 60 === 0) return minutes === 60 ? 'an hour' : `${minutes / 60} hours`
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}

interface Places {
  /** Rows of the file, per row of the clock. */
  readonly members: number[][]
  /** Session and start of each row of the clock. */
  readonly dates: number[]
  readonly starts: number[]
  readonly expected: number[]
  /** Rows outside of every session. */
  readonly outside: number[]
}

/**
 * The bars of an intraday file as bars of a clock.
 *
 * @param barMs length of the clock's bars; null: one per session
 * @param reach first and last date of the rows that are taken; all of them where left out
 * @returns DATA_REFUSED where the file's bars are longer than the clock's, or lie across the border of two of them
 */
export function aggregateBars(
  series: Series,
  sessions: Sessions,
  barMs: number | null,
  reach: { readonly from: TradeDate; readonly to: TradeDate } | null = null,
): Result<Series> {
  const own = barLengthOf(series) ?? barMs ?? MINUTE_MS
  const refuse = (line: number, reason: string): { readonly ok: false; readonly error: Fault } => ({
    ok: false,
    error: fault('DATA_REFUSED', { file: series.source, line, reason }),
  })
  if (barMs !== null && own > barMs) {
    const reason = `bars of ${barText(own)} cannot be cut into bars of ${barText(barMs)}; give a finer file or a longer timeframe`
    return refuse(series.lines[0] ?? 1, reason)
  }
  const places: Places = { members: [], dates: [], starts: [], expected: [], outside: [] }
  for (let row = 0; row < series.times.length; row += 1) {
    if (reach !== null && (series.dates[row]! < reach.from || series.dates[row]! > reach.to)) continue
    const crossing = placeRow(places, series, row, { sessions, barMs, own })
    if (crossing) {
      const whole =
        barMs === null ? 'its session' : `the bars of ${barText(barMs)} of the calendar "${sessions.calendar}"`
      return refuse(
        series.lines[row]!,
        `a bar of ${barText(own)} lies across the border of ${whole}: bars begin at the open and follow each other; give a finer file`,
      )
    }
  }
  return { ok: true, value: built(series, places, { sessions, barMs, own }) }
}

interface Clock {
  readonly sessions: Sessions
  readonly barMs: number | null
  /** Length of the file's own bars. */
  readonly own: number
}

/** Puts a row of the file into its bar of the clock; true where it is part of two. */
function placeRow(places: Places, series: Series, row: number, { sessions, barMs, own }: Clock): boolean {
  const time = series.times[row]!
  const session = sessionAt(sessions, time as Instant)
  if (session === -1) {
    places.outside.push(row)
    return false
  }
  const open = sessions.opens[session]!
  const close = sessions.closes[session]!
  const length = barMs ?? close - open
  const start = open + Math.floor((time - open) / length) * length
  // The last bar of a session may be named longer than the session lasts: nothing trades behind its close.
  if (time + own > start + length && start + length < close) return true
  const last = places.starts.length - 1
  if (places.starts[last] === start) places.members[last]!.push(row)
  else {
    places.members.push([row])
    places.starts.push(start)
    places.dates.push(sessions.dates[session]!)
    places.expected.push(Math.ceil((Math.min(start + length, close) - start) / own))
  }
  return false
}

function built(series: Series, places: Places, { barMs, own }: Clock): Series {
  const { members, dates, starts } = places
  const first = (column: Float64Array): Float64Array => Float64Array.from(members, (rows) => column[rows[0]!]!)
  const last = (column: Float64Array): Float64Array => Float64Array.from(members, (rows) => column[rows.at(-1)!]!)
  const folded = (column: Float64Array, fold: (one: number, other: number) => number): Float64Array =>
    Float64Array.from(members, (rows) => rows.map((row) => column[row]!).reduce((one, other) => fold(one, other)))
  const sum = (one: number, other: number): number => one + other
  const ratio = (one: number, other: number): number => (isNoSplit(other) ? one : isNoSplit(one) ? other : one * other)
  return {
    source: series.source,
    layout: series.layout,
    resolution: barMs === null ? 'day' : 'intraday',
    dates: Int32Array.from(dates),
    times: Float64Array.from(barMs === null ? dates.map((date) => startOfDay(date as TradeDate)) : starts),
    open: first(series.open),
    high: folded(series.high, Math.max),
    low: folded(series.low, Math.min),
    close: last(series.close),
    volume: folded(series.volume, sum),
    adjustedClose: series.adjustedClose === null ? null : last(series.adjustedClose),
    dividend: series.dividend === null ? null : folded(series.dividend, sum),
    split: series.split === null ? null : folded(series.split, ratio),
    lines: Int32Array.from(members, (rows) => series.lines[rows[0]!]!),
    findings: [...series.findings, ...findingsOf(series, places, { barMs, own })],
  }
}

/** Vendors write 1, 0 or nothing where there is no split. */
const isNoSplit = (coefficient: number): boolean => coefficient === 1 || coefficient === 0 || Number.isNaN(coefficient)

function findingsOf(series: Series, places: Places, { barMs, own }: Omit<Clock, 'sessions'>): Finding[] {
  const { members, expected, outside } = places
  const found: Finding[] = []
  const short = members.flatMap((rows, row) => (rows.length < expected[row]! ? [series.lines[rows[0]!]!] : []))
  if (short.length > 0) {
    const whole = barMs === null ? 'a day' : barText(barMs)
    const text = `bars of ${whole} of which bars of ${barText(own)} are missing: made of those that there are`
    found.push({ kind: 'note', code: 'incomplete-bars', text, line: short[0]!, count: short.length })
  }
  if (outside.length > 0) {
    const text = 'bars outside of the sessions of the calendar are left out'
    const line = series.lines[outside[0]!]!
    found.push({ kind: 'note', code: 'outside-sessions', text, line, count: outside.length })
  }
  return found
}
