/**
 * One event as bytes and back: what a journal keeps. Equal events have equal bytes on every machine.
 *
 *   u32  length of the head
 *   head canonical text of everything but columns of prices and fills; typed arrays in it are tagged lists
 *   0..7 bytes of padding, to the next multiple of 8
 *   the columns that the head announces, one after the other, as little-endian float64
 */
import { assert } from '../../domain/assert.ts'
import { type FillColumns, fillColumns, quoteColumns } from '../../domain/columns.ts'
import type { OpenShare } from '../../domain/corrections.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { OptionChain, Slice } from '../../domain/market.ts'
import type { InstrumentId } from '../../domain/units.ts'
import { chainFrom } from '../../pipeline/market/chain-data.ts'
import { canonicalBytes, freeze, revive } from '../canonical.ts'

/** Bytes of another version are refused: they are only read by the code that knows their form. */
export const CODEC_VERSION = 1

const SLICE_COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const
const QUOTE_COLUMNS = ['first', 'low', 'high', 'last'] as const
const FILL_COLUMNS = ['order', 'execution', 'instrument', 'quantity', 'price', 'fee'] as const
const HEAD_LENGTH_BYTES = 4
const ALIGNMENT = 8

type Column = Float64Array | Int32Array
type Head = Record<string, unknown>

/** Tells the name of a dense index: fills are records by id where somebody asks for one. */
export type InstrumentNames = (index: number) => InstrumentId

export function encodeEvent(event: EngineEvent): Uint8Array {
  const columns: { readonly values: Column; readonly count: number }[] = []
  const head = headOf(event, (values, count) => columns.push({ values, count }))
  return bytesOf(canonicalBytes(freeze(head)), columns)
}

/** @throws where the bytes are no event of this version: a journal checks its hashes first */
export function decodeEvent(bytes: Uint8Array, nameOf: InstrumentNames): EngineEvent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(0, true)
  const text = new TextDecoder().decode(bytes.subarray(HEAD_LENGTH_BYTES, HEAD_LENGTH_BYTES + length))
  const head = revive(JSON.parse(text)) as Head
  let offset = aligned(HEAD_LENGTH_BYTES + length)
  const next = (count: number): Float64Array => {
    const column = new Float64Array(count)
    for (let row = 0; row < count; row += 1) column[row] = view.getFloat64(offset + row * ALIGNMENT, true)
    offset += count * ALIGNMENT
    return column
  }
  const event = eventOf(head, next, nameOf)
  assert(offset === bytes.byteLength, `an event of kind "${event.kind}" ends at ${offset} of ${bytes.byteLength} bytes`)
  return event
}

function headOf(event: EngineEvent, put: (values: Column, count: number) => void): Head {
  switch (event.kind) {
    case 'slices':
      return { ...event, slices: event.slices.map((slice) => sliceHead(slice, put)) }
    case 'quotes': {
      const { quotes, chains, ...rest } = event
      put(quotes.instrument, quotes.count)
      for (const name of QUOTE_COLUMNS) put(quotes[name], quotes.count)
      if (quotes.volume !== undefined) put(quotes.volume, quotes.count)
      return { ...rest, count: quotes.count, hasVolume: quotes.volume !== undefined, chains: chains.map(dataOf) }
    }
    case 'fills': {
      const { fills, ...rest } = event
      for (const name of FILL_COLUMNS) put(fills[name], fills.count)
      const head = { ...rest, account: fills.account, moment: fills.moment, count: fills.count }
      return fills.shares === undefined ? head : { ...head, shares: attachedTo(fills) }
    }
    default:
      return { ...event }
  }
}

function sliceHead(slice: Slice, put: (values: Column, count: number) => void): Head {
  // Named one by one: a slice may be a row that is read through getters, and those no spread copies.
  const { clock, at, tradeDate, instruments, open, high, low, close, volume, factor, chains, records } = slice
  const columns = { open, high, low, close, volume, factor }
  put(instruments, instruments.length)
  for (const name of SLICE_COLUMNS) put(columns[name], instruments.length)
  return { clock, at, tradeDate, records, count: instruments.length, chains: chains.map(dataOf) }
}

/** Shares that go with single fills, by row. */
function attachedTo(fills: FillColumns): readonly (readonly [number, readonly OpenShare[]])[] {
  const rows: (readonly [number, readonly OpenShare[]])[] = []
  for (let row = 0; row < fills.count; row += 1) {
    const shares = fills.shares?.[row]
    if (shares !== undefined) rows.push([row, shares])
  }
  return rows
}

function dataOf(chain: OptionChain): unknown {
  return chain.data()
}

function eventOf(head: Head, next: (count: number) => Float64Array, nameOf: InstrumentNames): EngineEvent {
  switch (head['kind']) {
    case 'slices': {
      const slices = (head['slices'] as Head[]).map((slice) => sliceOf(slice, next))
      return { ...head, slices } as unknown as EngineEvent
    }
    case 'quotes': {
      const { count, hasVolume, chains, ...rest } = head as Head & { count: number; chains: unknown[] }
      const instrument = Int32Array.from(next(count))
      const [first, low, high, last] = QUOTE_COLUMNS.map(() => next(count)) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ]
      const volume = hasVolume === true ? { volume: next(count) } : {}
      const quotes = quoteColumns(instrument, { first, low, high, last, ...volume })
      return { ...rest, quotes, chains: chains.map((data) => chainFrom(data)) } as unknown as EngineEvent
    }
    case 'fills': {
      const { account: _account, moment: _moment, count: _count, shares: _shares, ...rest } = head
      return { ...rest, fills: fillsOf(head, next, nameOf) } as unknown as EngineEvent
    }
    default:
      return head as unknown as EngineEvent
  }
}

function sliceOf(head: Head, next: (count: number) => Float64Array): Slice {
  const { count, chains, ...rest } = head as Head & { count: number; chains: unknown[] }
  const instruments = Int32Array.from(next(count))
  const columns = Object.fromEntries(SLICE_COLUMNS.map((name) => [name, next(count)]))
  return { ...rest, instruments, ...columns, chains: chains.map((data) => chainFrom(data)) } as unknown as Slice
}

function fillsOf(head: Head, next: (count: number) => Float64Array, nameOf: InstrumentNames): FillColumns {
  const count = head['count'] as number
  const columns = FILL_COLUMNS.map(() => next(count))
  const [order, execution, instrument, quantity, price, fee] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const fills = fillColumns(head['account'] as never, nameOf, Math.max(1, count))
  fills.clear(head['moment'] as never)
  const shares = new Map((head['shares'] ?? []) as [number, readonly OpenShare[]][])
  for (let row = 0; row < count; row += 1) {
    fills.push(order[row]!, execution[row]!, instrument[row]!, quantity[row]!, price[row]!, fee[row]!)
    const own = shares.get(row)
    if (own !== undefined) fills.attach(own)
  }
  return fills
}

function bytesOf(
  head: Uint8Array,
  columns: readonly { readonly values: Column; readonly count: number }[],
): Uint8Array {
  const start = aligned(HEAD_LENGTH_BYTES + head.length)
  let rows = 0
  for (const { count } of columns) rows += count
  const bytes = new Uint8Array(start + rows * ALIGNMENT)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, head.length, true)
  bytes.set(head, HEAD_LENGTH_BYTES)
  let offset = start
  for (const { values, count } of columns) {
    for (let row = 0; row < count; row += 1) view.setFloat64(offset + row * ALIGNMENT, values[row]!, true)
    offset += count * ALIGNMENT
  }
  return bytes
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT
}
