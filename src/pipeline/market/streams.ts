/**
 * Recorded streams of returns as something that can be held: an index that begins at 100 before the first return, on the
 * dates of its file.
 */
import type { ClockBlock, DatedAction } from '../../domain/market.ts'
import { formatDate, type Session, type Sessions, sessionOf, sessionsFrom, startOfDay } from '../../domain/sessions.ts'
import type { CalendarId, ClockId, Instant, InstrumentId, Price, TradeDate } from '../../domain/units.ts'

export const INDEX_START = 100
const HOUR_MS = 3_600_000
/** Where the portfolio's own calendar has no session, a day opens and closes at these hours of UTC. */
const OPENS_MS = 14.5 * HOUR_MS
const CLOSES_MS = 21 * HOUR_MS

/** The first row whose return loses everything or more, so that no index can go on from it; -1: none. */
export function ruinousRow(returns: Float64Array): number {
  return returns.findIndex((value) => value <= -1)
}

/**
 * Levels of the index: element r is the level before row r, element r + 1 the one after it. A row without a return (NaN)
 * holds the level. NaN before the first return begins and after the last one.
 */
export function returnIndex(returns: Float64Array): Float64Array {
  const levels = new Float64Array(returns.length + 1).fill(Number.NaN)
  const first = returns.findIndex((value) => !Number.isNaN(value))
  if (first < 0) return levels
  const last = returns.findLastIndex((value) => !Number.isNaN(value))
  let level = INDEX_START
  levels[first] = level
  for (let row = first; row <= last; row += 1) {
    const value = returns[row]!
    if (!Number.isNaN(value)) level *= 1 + value
    levels[row + 1] = level
  }
  return levels
}

/** A calendar that is open on the dates of a file; on days that `day` trades, at its hours: both close as one. */
export function streamSessions(calendar: CalendarId, dates: ArrayLike<number>, day: Sessions | null): Sessions {
  const rows = Array.from(dates, (value): Session => {
    const date = value as TradeDate
    const at = day === null ? -1 : sessionOf(day, date)
    const midnight = startOfDay(date)
    return at < 0
      ? { date, open: (midnight + OPENS_MS) as Instant, close: (midnight + CLOSES_MS) as Instant }
      : { date, open: day!.opens[at] as Instant, close: day!.closes[at] as Instant }
  })
  return sessionsFrom(calendar, rows)
}

export interface StreamMember {
  readonly instrument: InstrumentId
  /** As `returnIndex` gives them, for the dates of the sessions. */
  readonly levels: Float64Array
}

export interface StreamRequest {
  readonly clock: ClockId
  readonly sessions: Sessions
  readonly members: readonly StreamMember[]
  readonly from: TradeDate
  readonly to: TradeDate
}

export interface StreamAlignment {
  readonly block: ClockBlock
  /** `ended` actions of streams whose last return is before the last date. */
  readonly actions: readonly DatedAction[]
}

/**
 * Streams of one file on their clock. The first bar of the block closes when its first day opens, at the level before that
 * day's return: who buys there earns that return.
 */
export function alignStreams({ clock, sessions, members, from, to }: StreamRequest): StreamAlignment {
  const { dates, opens, closes, calendar } = sessions
  const first = dates.findIndex((date) => date >= from)
  const end = dates.findLastIndex((date) => date <= to) + 1
  const days = first < 0 ? 0 : Math.max(0, end - first)
  const rows = days === 0 ? 0 : days + 1
  const width = members.length
  const column = (): Float64Array => new Float64Array(rows * width).fill(Number.NaN)
  const block: ClockBlock = {
    clock,
    calendar,
    instruments: members.map(({ instrument }) => instrument),
    tradeDates: Int32Array.from({ length: rows }, (_, row) => dates[first + Math.max(0, row - 1)]!),
    opens: Float64Array.from({ length: rows }, (_, row) =>
      row === 0 ? opens[first]! - HOUR_MS : opens[first + row - 1]!,
    ),
    closes: Float64Array.from({ length: rows }, (_, row) => (row === 0 ? opens[first]! : closes[first + row - 1]!)),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    factor: new Float64Array(rows * width).fill(1),
  }
  const actions: DatedAction[] = []
  for (const [index, member] of members.entries()) {
    const last = placeLevels(block, index, member.levels, first)
    if (last >= 0 && last < rows - 1) actions.push(endedAt(block, last, member))
  }
  return { block, actions }
}

/** Writes a column; returns its last row with a level, -1 where there is none. */
function placeLevels(block: ClockBlock, column: number, levels: Float64Array, first: number): number {
  const width = block.instruments.length
  let last = -1
  for (let row = 0; row < block.tradeDates.length; row += 1) {
    const close = levels[first + row]!
    if (Number.isNaN(close)) continue
    const before = row === 0 ? close : levels[first + row - 1]!
    const open = Number.isNaN(before) ? close : before
    const cell = row * width + column
    block.open[cell] = open
    block.high[cell] = Math.max(open, close)
    block.low[cell] = Math.min(open, close)
    block.close[cell] = close
    last = row
  }
  return last
}

function endedAt(block: ClockBlock, row: number, { instrument, levels }: StreamMember): DatedAction {
  const tradeDate = block.tradeDates[row] as TradeDate
  const price = levels.findLast((level) => !Number.isNaN(level)) as Price
  const cause = `no return after ${formatDate(tradeDate)}: the recorded stream ends`
  return { at: block.closes[row] as Instant, tradeDate, action: { kind: 'ended', instrument, price, cause } }
}
