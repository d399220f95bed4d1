/** Where each clock stands in its block of bars, and its columns as the kernel and the exchange read them. */
import { type QuoteColumns, quoteColumns } from '../../domain/columns.ts'
import type { ClockBlock, MarketData, OptionChain, Slice } from '../../domain/market.ts'
import { type MarketRecord, NO_RECORDS } from '../../domain/market-records.ts'
import { endsSessionAt, type Sessions } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { BarColumns } from '../../exchange/desk.ts'
import { blankBars, pickColumns, quotedColumns } from './quoted.ts'
import { RowOfBlock } from './row.ts'

export interface BlockCursor {
  readonly block: ClockBlock
  /** Of the market's calendar where more bars will come; null: the bars themselves say where a session ends. */
  readonly sessions: Sessions | null
  /** Instrument.index of each column: the same array for the whole run. */
  readonly instruments: Int32Array
  row: number
  /** The bar of `row` has opened and not yet closed. */
  isOpen: boolean
  /**
   * This row's columns of the instruments whose prices come from this clock, as exchange and stops see them: one object
   * for the whole run, filled anew for each row.
   */
  bars(): BarColumns
  /** The slice over those columns: likewise one object, aimed by `sliceAt`. */
  readonly slice: RowOfBlock
  /** What an auction shows: likewise one object, filled by `quotesAt`. */
  readonly auction: QuoteColumns
  /** What is published of the block's instruments in the whole run, in the order in which it is shown; */
  readonly records: readonly MarketRecord[]
  /** the close at which each is shown; those before `published` are known since earlier rows. */
  readonly shownAt: Float64Array
  published: number
}

/** How far an instant has come. */
export interface InstantProgress {
  closing: readonly BlockCursor[]
  opening: readonly BlockCursor[]
  chains: readonly OptionChain[]
  /** Which of the cursors a step is at. */
  turn: number
  /** Executions when the exits of a bar were last looked at; NaN before the first look. */
  looked: number
}

/** Before the first instant. */
export function noProgress(): InstantProgress {
  return { closing: [], opening: [], chains: [], turn: 0, looked: Number.NaN }
}

export function cursorsOf(market: MarketData): readonly BlockCursor[] {
  const byId = new Map(market.instruments.map((instrument) => [instrument.id, instrument]))
  return market.blocks.map((block) => {
    const listed = block.instruments.map((id) => byId.get(id)!)
    const instruments = Int32Array.from(listed, ({ index }) => index)
    const slice = new RowOfBlock(block, instruments)
    const quoted = quotedColumns(listed, block.clock)
    const bars: BarColumns = quoted === null ? slice : blankBars(instruments, quoted)
    let picked = -1
    const cursor: BlockCursor = {
      block,
      sessions: sessionsOf(market, block),
      instruments,
      row: 0,
      isOpen: false,
      slice,
      auction: quoteColumns(bars.instrument, opensOf(bars)),
      ...recordsOn(block, market),
      published: 0,
      bars: () => {
        slice.aim(cursor.row)
        if (quoted !== null && picked !== cursor.row) {
          picked = cursor.row
          pickColumns(bars, slice, quoted)
        }
        return bars
      },
    }
    return cursor
  })
}

function sessionsOf({ isOngoing, sessions }: MarketData, { calendar }: ClockBlock): Sessions | null {
  return isOngoing === true ? (sessions.find((table) => table.calendar === calendar) ?? null) : null
}

/**
 * What is published is shown at the first close at or after it at which its instrument has a bar: while trading in it is
 * halted nobody can act on it. Without a later bar it is not shown. What companies report to screens is not held up.
 */
function recordsOn(block: ClockBlock, { records = NO_RECORDS }: MarketData): Pick<BlockCursor, 'records' | 'shownAt'> {
  const columns = new Map(block.instruments.map((id, column) => [id, column]))
  const shown: { readonly record: MarketRecord; readonly row: number }[] = []
  for (const record of records) {
    const column = columns.get(record.instrument)
    if (column === undefined) continue
    const published = firstRow(block.closes, record.publishedAt)
    const row = record.kind === 'fundamentals' ? published : tradedRow(block, column, published)
    if (row < block.closes.length) shown.push({ record, row })
  }
  // Stable: what is shown at one close stays in the order of publication.
  shown.sort((left, right) => left.row - right.row)
  return {
    records: shown.map(({ record }) => record),
    shownAt: Float64Array.from(shown, ({ row }) => block.closes[row]!),
  }
}

/** The first row that closes at or after an instant; the count of rows where none does. */
function firstRow(closes: Float64Array, at: number): number {
  let low = 0
  let high = closes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (closes[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

/** The first row from one on in which a column has a bar; the count of rows where none has. */
function tradedRow({ closes, close, instruments }: ClockBlock, column: number, from: number): number {
  let row = from
  while (row < closes.length && Number.isNaN(close[row * instruments.length + column]!)) row += 1
  return row
}

/** An auction shows one price. */
function opensOf({
  open,
  volume,
}: Pick<BarColumns, 'open' | 'volume'>): Pick<QuoteColumns, 'first' | 'low' | 'high' | 'last' | 'volume'> {
  return { first: open, low: open, high: open, last: open, volume }
}

/** The next instant at which any clock opens or closes; null at the end of the data. */
export function nextInstant(cursors: readonly BlockCursor[]): Instant | null {
  let next = Number.POSITIVE_INFINITY
  for (let index = 0; index < cursors.length; index += 1) {
    const { block, row, isOpen } = cursors[index]!
    if (row >= block.tradeDates.length) continue
    const at = isOpen ? block.closes[row]! : block.opens[row]!
    if (at < next) next = at
  }
  return next === Number.POSITIVE_INFINITY ? null : (next as Instant)
}

/** Whether the row's bar is the last one of its session. */
export function endsSession({ block, row, sessions }: BlockCursor): boolean {
  if (sessions !== null)
    return endsSessionAt(sessions, block.tradeDates[row] as TradeDate, block.closes[row] as Instant)
  return block.tradeDates[row + 1] !== block.tradeDates[row]
}

/** The cursor's slice at its row and this instant. */
export function sliceAt(cursor: BlockCursor, at: Instant, chains: readonly OptionChain[]): Slice {
  const { slice } = cursor
  cursor.bars()
  slice.at = at
  slice.chains = chains
  if (cursor.records.length > 0) slice.records = publishedSince(cursor, at)
  return slice
}

/** What nobody could act on at the close of the row before and everybody can at this one. */
function publishedSince(cursor: BlockCursor, at: Instant): readonly MarketRecord[] {
  const { records, shownAt, row, block } = cursor
  const before = row === 0 ? Number.NEGATIVE_INFINITY : block.closes[row - 1]!
  // A run that goes on where another left off begins behind the first rows.
  while (cursor.published < records.length && shownAt[cursor.published]! <= before) cursor.published += 1
  const from = cursor.published
  let until = from
  while (until < records.length && shownAt[until]! <= at) until += 1
  return until === from ? NO_RECORDS : records.slice(from, until)
}

/** The auction shows one price; the range shows the whole bar. */
export function quotesAt(cursor: BlockCursor, phase: 'auction' | 'range'): QuoteColumns {
  const bars = cursor.bars()
  const { open, volume } = bars
  if (phase === 'range') {
    const { instrument, high, low, close } = bars
    return quoteColumns(instrument, { first: open, low, high, last: close })
  }
  const { auction } = cursor
  // Wide rows lie elsewhere each time.
  if (auction.first !== open) {
    auction.first = open
    auction.low = open
    auction.high = open
    auction.last = open
    auction.volume = volume
  }
  return auction
}
