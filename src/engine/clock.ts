/**
 * One clock's columns and its indicators: computed once per (indicator, parameters) for all instruments and shared by
 * every sleeve that asks for the same key.
 */
import { assert } from '../domain/assert.ts'
import type { BarRow, IndicatorRequest, IndicatorState } from '../domain/indicator-request.ts'
import type { Slice } from '../domain/market.ts'

export interface IndicatorRows {
  readonly request: IndicatorRequest
  readonly state: IndicatorState
  /** One row per output: the current bar. */
  readonly rows: Float64Array[]
  /** Rings of past rows for `ago`, bar-major: [output][slot * width + column]. Empty without lookback. */
  rings: Float64Array[]
  depth: number
  /** Per output, the values of coming bars while they are read ahead. */
  ahead: Float64Array[]
}

export interface ClockRuntime {
  readonly id: string
  /** Instrument index of each column, and the way back; -1 = not on this clock. */
  columns: Int32Array
  columnOf: Int32Array
  width: number
  bars: number
  readonly indicators: Map<string, IndicatorRows>
  /** The same in the order they were asked for. */
  readonly entries: IndicatorRows[]
  /** While it is asked anew who wants which: those that were there. */
  former: ReadonlyMap<string, IndicatorRows> | null
  /**
   * What the entries have read ahead: bars `from` to `until - 1`, when `taken` bars had been taken. Null bars: nothing. The
   * memories of the indicators hold `held` of these bars; those after them up to the clock's own count are owed to them.
   */
  readonly read: { bars: BarRow | null; from: number; until: number; taken: number; held: number }
  /** The session of every column's bar, and the bar as indicators read it; reused from bar to bar. */
  session: Float64Array
  readonly row: { -readonly [Field in keyof BarRow]: BarRow[Field] }
  /** Scratch for signal prices where a factor is not 1. */
  signal: { open: Float64Array; high: Float64Array; low: Float64Array; close: Float64Array; volume: Float64Array }
}

export function createClock(id: string): ClockRuntime {
  const none = new Float64Array(0)
  return {
    id,
    columns: new Int32Array(0),
    columnOf: new Int32Array(0),
    width: 0,
    bars: 0,
    indicators: new Map(),
    entries: [],
    former: null,
    read: { bars: null, from: 0, until: 0, taken: 0, held: 0 },
    session: none,
    row: { open: none, high: none, low: none, close: none, volume: none },
    signal: { open: none, high: none, low: none, close: none, volume: none },
  }
}

/** Registers an indicator; a request with a longer lookback deepens the ring. */
export function requestIndicator(clock: ClockRuntime, request: IndicatorRequest, lookback: number): IndicatorRows {
  let entry = clock.indicators.get(request.key)
  if (entry === undefined) {
    catchUp(clock)
    const known = clock.former?.get(request.key)
    entry = {
      request,
      state: known?.state ?? request.create(clock.width),
      rows: known?.rows ?? request.outputs.map(() => new Float64Array(clock.width).fill(Number.NaN)),
      rings: [],
      depth: 0,
      ahead: [],
    }
    clock.indicators.set(request.key, entry)
    clock.entries.push(entry)
  }
  if (lookback > 0 && entry.depth < lookback + 1) deepen(clock, entry, lookback + 1)
  return entry
}

/** Makes room for more past rows; those that are known stay. */
function deepen(clock: ClockRuntime, entry: IndicatorRows, depth: number): void {
  const { width, bars, former } = clock
  const past = former?.get(entry.request.key) ?? entry
  entry.rings = entry.request.outputs.map((_, output) => {
    const ring = new Float64Array(depth * width).fill(Number.NaN)
    for (let bar = Math.max(0, bars - Math.min(past.depth, depth)); bar < bars; bar += 1) {
      const slot = (bar % past.depth) * width
      ring.set(past.rings[output]!.subarray(slot, slot + width), (bar % depth) * width)
    }
    return ring
  })
  entry.depth = depth
}

/** From now on indicators are asked for anew: one that was there goes on, with as many past rows as are asked for now. */
export function askAnew(clock: ClockRuntime): void {
  catchUp(clock)
  clock.read.bars = null
  clock.former = new Map(clock.indicators)
  clock.indicators.clear()
  clock.entries.length = 0
}

/** All were asked for: what nobody wants any more is forgotten. */
export function endAsking(clock: ClockRuntime): void {
  clock.former = null
}

/** Sets which instruments the clock's columns are. Columns may be added at the end, never moved. */
export function setColumns(clock: ClockRuntime, instruments: Int32Array): void {
  if (clock.columns === instruments) return
  catchUp(clock)
  const same =
    clock.columns.length <= instruments.length && clock.columns.every((index, column) => instruments[column] === index)
  assert(same, `columns of clock "${clock.id}" must not move`)
  clock.columns = instruments
  if (clock.width === instruments.length) return
  const width = instruments.length
  for (const entry of clock.indicators.values()) {
    entry.state.widen(width)
    for (let output = 0; output < entry.rows.length; output += 1) {
      const row = new Float64Array(width).fill(Number.NaN)
      row.set(entry.rows[output]!)
      entry.rows[output] = row
    }
    entry.rings = entry.rings.map((ring) => {
      const next = new Float64Array(entry.depth * width).fill(Number.NaN)
      for (let slot = 0; slot < entry.depth; slot += 1) {
        next.set(ring.subarray(slot * clock.width, (slot + 1) * clock.width), slot * width)
      }
      return next
    })
  }
  clock.width = width
  let top = -1
  for (const index of instruments) if (index > top) top = index
  clock.columnOf = new Int32Array(top + 1).fill(-1)
  for (let column = 0; column < width; column += 1) clock.columnOf[instruments[column]!] = column
  clock.session = new Float64Array(width)
  clock.signal = {
    open: new Float64Array(width),
    high: new Float64Array(width),
    low: new Float64Array(width),
    close: new Float64Array(width),
    volume: new Float64Array(width),
  }
}

/** Runs every indicator over the slice, on signal prices: raw x factor, volume / factor. */
export function advanceClock(clock: ClockRuntime, slice: Slice): void {
  const row = signalRow(clock, slice)
  catchUp(clock)
  clock.read.held += 1
  for (const entry of clock.entries) {
    entry.state.advance(row, entry.rows)
    if (entry.depth > 0) {
      const slot = clock.bars % entry.depth
      for (let output = 0; output < entry.rows.length; output += 1) {
        entry.rings[output]!.set(entry.rows[output]!, slot * clock.width)
      }
    }
  }
  clock.bars += 1
}

/**
 * Reads every indicator ahead over bars `from` to `until - 1`, on a clock of one column whose signal prices are the raw
 * ones. Nothing is taken: `takeAhead` does that. What was read before serves again while its bars come in turn: what
 * becomes of the sleeves changes no indicator.
 *
 * @returns the place of bar `from` in what was read; -1 where an indicator cannot read ahead, or keeps past rows
 */
export function readAhead(clock: ClockRuntime, bars: BarRow, from: number, until: number): number {
  const { read } = clock
  const place = from - read.from
  if (read.bars === bars && place >= 0 && clock.bars - read.taken === place && read.until >= until) return place
  catchUp(clock)
  const count = until - from
  read.bars = null
  for (const entry of clock.entries) {
    if (entry.depth > 0 || entry.state.ahead === undefined) return -1
    if (entry.ahead.length === 0 || entry.ahead[0]!.length < count)
      entry.ahead = roomFor(entry.request.outputs.length, count)
    if (!entry.state.ahead(bars, from, count, entry.ahead)) return -1
  }
  read.bars = bars
  read.from = from
  read.until = until
  read.taken = clock.bars
  read.held = 0
  return 0
}

/** Columns of `count` places, in a row that is filled one by one: so it is of one kind in memory, whoever makes it. */
function roomFor(columns: number, count: number): Float64Array[] {
  const room: Float64Array[] = []
  for (let column = 0; column < columns; column += 1) room.push(new Float64Array(count))
  return room
}

/**
 * Takes `count` bars that were read ahead, the first of them at `place`, as `advanceClock` would have one by one; their
 * values count at once, and `catchUp` moves them into the memories of the indicators.
 */
export function takeAhead(clock: ClockRuntime, place: number, count: number): void {
  const { entries } = clock
  const last = place + count - 1
  for (let at = 0; at < entries.length; at += 1) {
    const { rows, ahead } = entries[at]!
    for (let output = 0; output < rows.length; output += 1) rows[output]![0] = ahead[output]![last]!
  }
  clock.bars += count
}

/** Gives the indicators' memories the bars that were taken ahead: before anything looks at them or adds to them. */
export function catchUp({ read, bars, entries }: ClockRuntime): void {
  if (read.bars === null) return
  const owed = bars - read.taken - read.held
  if (owed === 0) return
  for (const entry of entries) entry.state.take!(read.bars, read.from + read.held, owed)
  read.held += owed
}

function signalRow(clock: ClockRuntime, slice: Slice): BarRow {
  const { factor } = slice
  const { signal, row, session } = clock
  if (session[0] !== slice.tradeDate) session.fill(slice.tradeDate)
  row.session = session
  if (isRaw(factor)) return readInto(row, slice)
  for (let column = 0; column < clock.width; column += 1) {
    const scale = factor[column]!
    signal.open[column] = slice.open[column]! * scale
    signal.high[column] = slice.high[column]! * scale
    signal.low[column] = slice.low[column]! * scale
    signal.close[column] = slice.close[column]! * scale
    signal.volume[column] = slice.volume[column]! / scale
  }
  return readInto(row, signal)
}

/** Whether the signal scale is the raw one in every column. */
function isRaw(factor: Float64Array): boolean {
  const width = factor.length
  let column = 0
  // Four at a time until one of them is scaled.
  for (; column + 3 < width; column += 4) {
    if (factor[column] !== 1 || factor[column + 1] !== 1) return false
    if (factor[column + 2] !== 1 || factor[column + 3] !== 1) return false
  }
  for (; column < width; column += 1) if (factor[column] !== 1) return false
  return true
}

function readInto(row: ClockRuntime['row'], bar: BarRow): BarRow {
  row.open = bar.open
  row.high = bar.high
  row.low = bar.low
  row.close = bar.close
  row.volume = bar.volume
  return row
}

/** The value of an output `bars` bars ago. */
export function agoOf(clock: ClockRuntime, entry: IndicatorRows, output: number, column: number, bars: number): number {
  assert(
    bars >= 0 && bars < entry.depth,
    `"${entry.request.key}" keeps ${entry.depth - 1} bars, asked for "${bars}"; raise the lookback`,
  )
  if (bars >= clock.bars) return Number.NaN
  const slot = (clock.bars - 1 - bars) % entry.depth
  return entry.rings[output]![slot * clock.width + column]!
}
