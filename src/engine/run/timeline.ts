/** Where each clock stands in its block of bars, and its columns as the kernel and the exchange read them. */
import { type QuoteColumns, quoteColumns } from '../../domain/columns.ts'
import type { ClockBlock, MarketData, OptionChain, Slice } from '../../domain/market.ts'
import { type MarketRecord, NO_RECORDS } from '../../domain/market-records.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { BarColumns } from '../../exchange/desk.ts'
import { blankBars, pickColumns, quotedColumns } from './quoted.ts'

export interface BlockCursor {
  readonly block: ClockBlock
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
  readonly slice: Slice
  /** What the auction of this row shows: likewise one object. */
  readonly auction: QuoteColumns
  /** What is published of the block's instruments in the whole run, earliest first, and how much of it was handed out. */
  readonly records: readonly MarketRecord[]
  published: number
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] }

const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const
/** Up to this width a row is copied into lasting columns; wider ones are cheaper to look at in place. */
const COPIED_WIDTH_MAX = 16
const NO_CHAINS: readonly OptionChain[] = []

export function cursorsOf(market: MarketData): readonly BlockCursor[] {
  const byId = new Map(market.instruments.map((instrument) => [instrument.id, instrument]))
  return market.blocks.map((block) => {
    const listed = block.instruments.map((id) => byId.get(id)!)
    const instruments = Int32Array.from(listed, ({ index }) => index)
    let made = -1
    const slice = blankSlice(block, instruments)
    const quoted = quotedColumns(listed, block.clock)
    const bars: Writable<BarColumns> =
      quoted === null ? { instrument: instruments, ...pricesOf(slice) } : blankBars(instruments, quoted)
    const auction = quoteColumns(bars.instrument, opensOf(bars))
    const cursor: BlockCursor = {
      block,
      instruments,
      row: 0,
      isOpen: false,
      slice,
      auction,
      records: recordsOn(block, market),
      published: 0,
      bars: () => {
        if (made === cursor.row) return bars
        made = cursor.row
        if (instruments.length <= COPIED_WIDTH_MAX) copyRow(block, made, slice)
        else lookAtRow(block, made, slice)
        if (quoted !== null) pickColumns(bars, slice, quoted)
        else if (instruments.length > COPIED_WIDTH_MAX) {
          Object.assign(bars, pricesOf(slice))
          Object.assign(auction, opensOf(slice))
        }
        return bars
      },
    }
    return cursor
  })
}

function blankSlice(block: ClockBlock, instruments: Int32Array): Writable<Slice> {
  const column = (): Float64Array => new Float64Array(instruments.length)
  return {
    clock: block.clock,
    at: 0 as Instant,
    tradeDate: 0 as TradeDate,
    instruments,
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    factor: column(),
    chains: NO_CHAINS,
    records: NO_RECORDS,
  }
}

function recordsOn(block: ClockBlock, { records = NO_RECORDS }: MarketData): readonly MarketRecord[] {
  if (records.length === 0) return NO_RECORDS
  const own = new Set(block.instruments)
  return records.filter(({ instrument }) => own.has(instrument))
}

function pricesOf({ open, high, low, close, volume }: Slice): Omit<BarColumns, 'instrument'> {
  return { open, high, low, close, volume }
}

/** An auction shows one price. */
function opensOf({ open, volume }: Pick<Slice, 'open' | 'volume'>): Pick<QuoteColumns, 'first' | 'low' | 'high' | 'last' | 'volume'> {
  return { first: open, low: open, high: open, last: open, volume }
}

function copyRow(block: ClockBlock, row: number, slice: Slice): void {
  const width = slice.instruments.length
  const from = row * width
  for (let column = 0; column < width; column += 1) {
    const at = from + column
    slice.open[column] = block.open[at]!
    slice.high[column] = block.high[at]!
    slice.low[column] = block.low[at]!
    slice.close[column] = block.close[at]!
    slice.volume[column] = block.volume[at]!
    slice.factor[column] = block.factor[at]!
  }
}

function lookAtRow(block: ClockBlock, row: number, slice: Writable<Slice>): void {
  const width = slice.instruments.length
  for (const field of FIELDS) slice[field] = block[field].subarray(row * width, row * width + width)
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
export function endsSession({ block, row }: BlockCursor): boolean {
  return block.tradeDates[row + 1] !== block.tradeDates[row]
}

/** The cursor's slice at its row and this instant. */
export function sliceAt(cursor: BlockCursor, at: Instant, chains: readonly OptionChain[]): Slice {
  cursor.bars()
  const slice: Writable<Slice> = cursor.slice
  slice.at = at
  slice.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
  slice.chains = chains
  if (cursor.records.length > 0) slice.records = publishedSince(cursor, at)
  return slice
}

/** What nobody could know at the previous close and everybody can at this one; handed out once. */
function publishedSince(cursor: BlockCursor, at: Instant): readonly MarketRecord[] {
  const { records, published } = cursor
  let until = published
  while (until < records.length && records[until]!.publishedAt <= at) until += 1
  if (until === published) return NO_RECORDS
  cursor.published = until
  return records.slice(published, until)
}

/** The auction shows one price; the range shows the whole bar. */
export function quotesAt(cursor: BlockCursor, phase: 'auction' | 'range'): QuoteColumns {
  const { instrument, open, high, low, close } = cursor.bars()
  return phase === 'auction' ? cursor.auction : quoteColumns(instrument, { first: open, low, high, last: close })
}
