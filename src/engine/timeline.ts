/** Where each clock stands in its block of bars, and its columns as the kernel and the exchange read them. */
import { type QuoteColumns, quoteColumns } from '../domain/columns.ts'
import type { ClockBlock, MarketData, OptionChain, Slice } from '../domain/market.ts'
import type { Instant, TradeDate } from '../domain/units.ts'
import type { BarColumns } from '../exchange/desk.ts'

export interface BlockCursor {
  readonly block: ClockBlock
  /** Instrument.index of each column: the same array for the whole run. */
  readonly instruments: Int32Array
  row: number
  /** The bar of `row` has opened and not yet closed. */
  isOpen: boolean
  /** This row's columns; views, nothing is copied. */
  bars(): BarColumns
}

export function cursorsOf(market: MarketData): readonly BlockCursor[] {
  const indexOf = new Map(market.instruments.map((instrument) => [instrument.id, instrument.index]))
  return market.blocks.map((block) => {
    const instruments = Int32Array.from(block.instruments, (id) => indexOf.get(id)!)
    const width = instruments.length
    let made = -1
    let bars: BarColumns | null = null
    const cursor: BlockCursor = {
      block,
      instruments,
      row: 0,
      isOpen: false,
      bars: () => {
        if (bars !== null && made === cursor.row) return bars
        made = cursor.row
        const from = cursor.row * width
        const to = from + width
        bars = {
          instrument: instruments,
          open: block.open.subarray(from, to),
          high: block.high.subarray(from, to),
          low: block.low.subarray(from, to),
          close: block.close.subarray(from, to),
          volume: block.volume.subarray(from, to),
        }
        return bars
      },
    }
    return cursor
  })
}

/** The next instant at which any clock opens or closes; null at the end of the data. */
export function nextInstant(cursors: readonly BlockCursor[]): Instant | null {
  let next = Number.POSITIVE_INFINITY
  for (const { block, row, isOpen } of cursors) {
    if (row >= block.tradeDates.length) continue
    const at = isOpen ? block.closes[row]! : block.opens[row]!
    if (at < next) next = at
  }
  return next === Number.POSITIVE_INFINITY ? null : (next as Instant)
}

export function sliceAt(cursor: BlockCursor, at: Instant, chains: readonly OptionChain[]): Slice {
  const { block, row } = cursor
  const { open, high, low, close, volume } = cursor.bars()
  const width = cursor.instruments.length
  return {
    clock: block.clock,
    at,
    tradeDate: block.tradeDates[row] as TradeDate,
    instruments: cursor.instruments,
    open,
    high,
    low,
    close,
    volume,
    factor: block.factor.subarray(row * width, row * width + width),
    chains,
    records: [],
  }
}

/** The auction shows one price; the range shows the whole bar. */
export function quotesAt(cursor: BlockCursor, phase: 'auction' | 'range'): QuoteColumns {
  const { open, high, low, close } = cursor.bars()
  return phase === 'auction'
    ? quoteColumns(cursor.instruments, { first: open, low: open, high: open, last: open })
    : quoteColumns(cursor.instruments, { first: open, low, high, last: close })
}
