import type { ClockBlock, DatedAction } from '../../domain/market.ts'
import type { Finding, Series } from '../../domain/series.ts'
import { formatDate, type Sessions, sessionAt, sessionOf } from '../../domain/sessions.ts'
import type { ClockId, Instant, InstrumentId, Price, TradeDate } from '../../domain/units.ts'

export interface ClockMember {
  readonly instrument: InstrumentId
  readonly series: Series
  /** Forward factor per row of the series. */
  readonly factors: Float64Array
}

export interface AlignRequest {
  readonly clock: ClockId
  readonly sessions: Sessions
  readonly members: readonly ClockMember[]
  readonly from: TradeDate
  readonly to: TradeDate
  /** Length of a bar in ms for intraday clocks; null: one bar per session. */
  readonly barMs: number | null
  /** Last date on which anything in the whole run has a price; null: of these members. Rows behind it are cut. */
  readonly dataEnd: TradeDate | null
}

/** Something about how an instrument lies on the clock; `instrument` null concerns the clock. */
export interface AlignNote extends Finding {
  readonly instrument: InstrumentId | null
  /** Name of the file concerned; null for the clock. */
  readonly source: string | null
}

export interface Alignment {
  readonly block: ClockBlock
  /** `ended` actions of instruments whose file ends before the run does. */
  readonly actions: readonly DatedAction[]
  readonly notes: readonly AlignNote[]
}

interface Timeline {
  readonly tradeDates: Int32Array
  readonly opens: Float64Array
  readonly closes: Float64Array
  /** Row of the timeline by session date or bar start. */
  readonly rowOf: ReadonlyMap<number, number>
}

/**
 * Lays the bars of several instruments on one clock: a row per session (or per bar start), a column per instrument, NaN
 * where an instrument has no bar. Nothing is filled in or carried over. An instrument that lists later or ends earlier
 * is noted; behind an earlier end stands an `ended` action at its last close.
 */
export function alignClock(request: AlignRequest): Alignment {
  const { members } = request
  const timeline = request.barMs === null ? sessionRows(request) : barRows(request, request.barMs)
  const count = timeline.tradeDates.length
  const width = members.length
  const column = (): Float64Array => new Float64Array(count * width).fill(Number.NaN)
  const block: ClockBlock = {
    clock: request.clock,
    calendar: request.sessions.calendar,
    instruments: members.map(({ instrument }) => instrument),
    tradeDates: timeline.tradeDates,
    opens: timeline.opens,
    closes: timeline.closes,
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    factor: column(),
  }
  const actions: DatedAction[] = []
  const notes: AlignNote[] = []
  for (const [index, member] of members.entries()) {
    const placed = placeMember(block, index, member, timeline.rowOf, request)
    notes.push(...placed.notes)
    if (placed.ended !== null) actions.push(placed.ended)
  }
  actions.sort((one, other) => one.at - other.at)
  return { block, actions, notes }
}

/** The last date of any member, no later than the run's end. */
function lastDataDate(request: AlignRequest): number {
  let last = 0
  for (const { series } of request.members) last = Math.max(last, series.dates.at(-1) ?? 0)
  return Math.min(request.to, request.dataEnd ?? last)
}

function sessionRows(request: AlignRequest): Timeline {
  const { sessions, from } = request
  const last = lastDataDate(request)
  const rows: number[] = []
  for (const [index, date] of sessions.dates.entries()) {
    if (date >= from && date <= last) rows.push(index)
  }
  return {
    tradeDates: Int32Array.from(rows, (index) => sessions.dates[index]!),
    opens: Float64Array.from(rows, (index) => sessions.opens[index]!),
    closes: Float64Array.from(rows, (index) => sessions.closes[index]!),
    rowOf: new Map(rows.map((index, row) => [sessions.dates[index]!, row])),
  }
}

/** Every bar of every session, whether anybody has it or not: a day ends with its last one also where it is missing. */
function barRows(request: AlignRequest, barMs: number): Timeline {
  const { sessions, from } = request
  const last = lastDataDate(request)
  const dates: number[] = []
  const opens: number[] = []
  const closes: number[] = []
  for (const [index, date] of sessions.dates.entries()) {
    if (date < from || date > last) continue
    const close = sessions.closes[index]!
    for (let start = sessions.opens[index]!; start < close; start += barMs) {
      dates.push(date)
      opens.push(start)
      closes.push(Math.min(start + barMs, close))
    }
  }
  return {
    tradeDates: Int32Array.from(dates),
    opens: Float64Array.from(opens),
    closes: Float64Array.from(closes),
    rowOf: new Map(opens.map((start, row) => [start, row])),
  }
}

interface Placed {
  readonly ended: DatedAction | null
  readonly notes: readonly AlignNote[]
}

function placeMember(
  block: ClockBlock,
  column: number,
  member: ClockMember,
  rowOf: ReadonlyMap<number, number>,
  request: AlignRequest,
): Placed {
  const { series, factors } = member
  const width = block.instruments.length
  const outside: number[] = []
  let firstRow = -1
  let lastRow = -1
  let lastIndex = -1
  let bars = 0
  for (let index = 0; index < series.dates.length; index += 1) {
    const date = series.dates[index]!
    if (date < request.from || date > request.to) continue
    const row = rowOf.get(request.barMs === null ? date : series.times[index]!)
    if (row === undefined) {
      if (!isInSession(request, series, index)) outside.push(series.lines[index]!)
      continue
    }
    const cell = row * width + column
    block.open[cell] = series.open[index]!
    block.high[cell] = series.high[index]!
    block.low[cell] = series.low[index]!
    block.close[cell] = series.close[index]!
    block.volume[cell] = series.volume[index]!
    if (firstRow === -1) firstRow = row
    lastRow = row
    lastIndex = index
    bars += 1
  }
  fillFactors(block, column, factorRows(member, rowOf, request), factors)
  const notes = notesOf(block, member, { firstRow, lastRow, bars, outside })
  return { ended: endedAction(block, member, lastRow, lastIndex), notes }
}

function isInSession(request: AlignRequest, series: Series, index: number): boolean {
  return request.barMs === null
    ? sessionOf(request.sessions, series.dates[index] as TradeDate) !== -1
    : sessionAt(request.sessions, series.times[index] as Instant) !== -1
}

/** Pairs of (row of the block, row of the series) at which the series has a bar; -1 stands for before the block. */
function factorRows(
  member: ClockMember,
  rowOf: ReadonlyMap<number, number>,
  request: AlignRequest,
): readonly (readonly [number, number])[] {
  const { series } = member
  const pairs: (readonly [number, number])[] = []
  for (let index = 0; index < series.dates.length; index += 1) {
    const row = rowOf.get(request.barMs === null ? series.dates[index]! : series.times[index]!)
    if (row !== undefined) pairs.push([row, index])
    else if (series.dates[index]! < request.from) pairs[0] = [-1, index]
  }
  return pairs
}

/** The factor holds from its bar until the next one: a day without a bar keeps the last. Before any bar it is 1. */
function fillFactors(
  block: ClockBlock,
  column: number,
  pairs: readonly (readonly [number, number])[],
  factors: Float64Array,
): void {
  const width = block.instruments.length
  let factor = 1
  let next = 0
  for (let row = 0; row < block.tradeDates.length; row += 1) {
    while (next < pairs.length && pairs[next]![0] <= row) {
      factor = factors[pairs[next]![1]]!
      next += 1
    }
    block.factor[row * width + column] = factor
  }
}

function endedAction(block: ClockBlock, member: ClockMember, lastRow: number, lastIndex: number): DatedAction | null {
  if (lastRow === -1 || block.tradeDates[lastRow] === block.tradeDates.at(-1)) return null
  const date = block.tradeDates[lastRow] as TradeDate
  return {
    at: block.closes[lastRow] as Instant,
    tradeDate: date,
    action: {
      kind: 'ended',
      instrument: member.instrument,
      price: member.series.close[lastIndex] as Price,
      cause: `no data after ${formatDate(date)}: delisted, or the file ends`,
    },
  }
}

interface Extent {
  readonly firstRow: number
  readonly lastRow: number
  readonly bars: number
  /** Lines of rows on which the calendar is closed. */
  readonly outside: readonly number[]
}

function notesOf(block: ClockBlock, member: ClockMember, extent: Extent): readonly AlignNote[] {
  const { instrument, series } = member
  const { firstRow, lastRow, bars, outside } = extent
  const notes: AlignNote[] = []
  const add = (code: string, text: string, line: number, count: number): void => {
    notes.push({ kind: 'note', code, text, line, count, instrument, source: series.source })
  }
  const day = (row: number): string => formatDate(block.tradeDates[row] as TradeDate)
  if (outside.length > 0) {
    const text = `rows on which the calendar "${block.calendar}" is closed are left out`
    add('outside-calendar', text, outside[0]!, outside.length)
  }
  if (firstRow === -1) {
    add('no-bars', 'no bar within the run', series.lines[0] ?? 1, 0)
    return notes
  }
  if (firstRow > 0) add('listed-later', `not yet listed until ${day(firstRow)}`, series.lines[0]!, firstRow)
  const rest = block.tradeDates.length - 1 - lastRow
  if (rest > 0 && block.tradeDates[lastRow] !== block.tradeDates.at(-1)) {
    const text = `ends on ${day(lastRow)}: positions close at the last close`
    add('ends-earlier', text, series.lines.at(-1)!, rest)
  }
  const missing = lastRow - firstRow + 1 - bars
  const what = series.resolution === 'day' ? 'sessions without a bar' : 'bars of the clock missing'
  if (missing > 0) add('missing-bars', `${what} between its first and last`, series.lines[0]!, missing)
  return notes
}
