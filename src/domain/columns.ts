import { assert } from './assert.ts'
import type { OpenShare } from './corrections.ts'
import type { Quote } from './market.ts'
import { type Fill, type Leg, type NetOrder, ORDER_TYPES, type OrderType, type Share, type Terms } from './orders.ts'
import type { AccountId, Instant, InstrumentId, Money, OrderId, Price, Quantity, Rows } from './units.ts'

/** Batches that cross the kernel as columns; a record is built only where a port or a test asks for one. */

export const TYPE_CODE: Readonly<Record<OrderType, number>> = {
  market: 0,
  limit: 1,
  stop: 2,
  stopLimit: 3,
  open: 4,
  close: 5,
}
const FORCES = ['cycle', 'day', 'gtc'] as const
export const FORCE_CODE: Readonly<Record<Terms['force'], number>> = { cycle: 0, day: 1, gtc: 2 }

function grown<T extends Float64Array | Int32Array | Uint8Array>(old: T, make: (length: number) => T): T {
  const next = make(old.length * 2)
  next.set(old as never)
  return next
}

/** Net orders of one cycle. */
export interface OrderColumns extends Rows<NetOrder> {
  count: number
  cycle: number
  account: AccountId
  id: Float64Array
  /** Instrument index; -1 for a structure, whose legs stand in `legs`. */
  instrument: Int32Array
  quantity: Float64Array
  crossed: Float64Array
  type: Uint8Array
  force: Uint8Array
  /** NaN where the type has none. */
  limit: Float64Array
  stop: Float64Array
  reducing: Uint8Array
  readonly legs: (readonly Leg[] | null)[]
  clear(cycle: number): void
  push(order: {
    id: number
    instrument: number
    quantity: number
    crossed: number
    type: number
    force: number
    limit: number
    stop: number
    reducing: boolean
    legs: readonly Leg[] | null
  }): number
  /** Makes room for `count` rows in all. */
  makeRoom(count: number): void
}

/** Reads what a record needs beyond the columns: ids of instruments and the shares of a row. */
export interface OrderDetails {
  instrumentId(index: number): InstrumentId
  shares(row: number): readonly Share[]
}

export function orderColumns(account: AccountId, details: OrderDetails, capacity = 64): OrderColumns {
  const f64 = (length: number): Float64Array => new Float64Array(length)
  const i32 = (length: number): Int32Array => new Int32Array(length)
  const u8 = (length: number): Uint8Array => new Uint8Array(length)
  const widen = (): void => {
    columns.id = grown(columns.id, f64)
    columns.instrument = grown(columns.instrument, i32)
    columns.quantity = grown(columns.quantity, f64)
    columns.crossed = grown(columns.crossed, f64)
    columns.type = grown(columns.type, u8)
    columns.force = grown(columns.force, u8)
    columns.limit = grown(columns.limit, f64)
    columns.stop = grown(columns.stop, f64)
    columns.reducing = grown(columns.reducing, u8)
  }
  const columns: OrderColumns = {
    count: 0,
    cycle: 0,
    account,
    id: f64(capacity),
    instrument: i32(capacity),
    quantity: f64(capacity),
    crossed: f64(capacity),
    type: u8(capacity),
    force: u8(capacity),
    limit: f64(capacity),
    stop: f64(capacity),
    reducing: u8(capacity),
    legs: [],
    makeRoom(count) {
      while (columns.id.length < count) widen()
    },
    clear(cycle) {
      columns.count = 0
      columns.cycle = cycle
    },
    push(order) {
      const row = columns.count
      if (row === columns.id.length) widen()
      columns.id[row] = order.id
      columns.instrument[row] = order.instrument
      columns.quantity[row] = order.quantity
      columns.crossed[row] = order.crossed
      columns.type[row] = order.type
      columns.force[row] = order.force
      columns.limit[row] = order.limit
      columns.stop[row] = order.stop
      columns.reducing[row] = order.reducing ? 1 : 0
      columns.legs[row] = order.legs
      columns.count = row + 1
      return row
    },
    at(row) {
      assert(row >= 0 && row < columns.count, `row must be below ${columns.count}, was "${row}"`)
      const type = ORDER_TYPES[columns.type[row]!]!
      const force = FORCES[columns.force[row]!]!
      const limit = columns.limit[row]!
      const stop = columns.stop[row]!
      return {
        id: columns.id[row] as OrderId,
        cycle: columns.cycle,
        account: columns.account,
        legs: columns.legs[row] ?? [{ instrument: details.instrumentId(columns.instrument[row]!), ratio: 1 }],
        terms: {
          type,
          force,
          ...(Number.isNaN(limit) ? {} : { limit: limit as Price }),
          ...(Number.isNaN(stop) ? {} : { stop: stop as Price }),
        },
        quantity: columns.quantity[row] as Quantity,
        crossed: columns.crossed[row] as Quantity,
        shares: details.shares(row),
        reducing: columns.reducing[row] === 1,
      }
    },
  }
  return columns
}

/** Executions of one moment. The execution number is unique within the exchange. */
export interface FillColumns extends Rows<Fill> {
  count: number
  account: AccountId
  moment: Instant
  order: Float64Array
  execution: Float64Array
  instrument: Int32Array
  quantity: Float64Array
  price: Float64Array
  fee: Float64Array
  /** What the shares of the order of a row still want: by row, where the kernel has let the order go. Absent: nowhere. */
  shares?: (readonly OpenShare[] | undefined)[]
  clear(at: Instant): void
  push(order: number, execution: number, instrument: number, quantity: number, price: number, fee: number): void
  /** Adds the shares of the order to the last row. */
  attach(shares: readonly OpenShare[]): void
}

export function fillColumns(
  account: AccountId,
  instrumentId: (index: number) => InstrumentId,
  capacity = 64,
): FillColumns {
  const f64 = (length: number): Float64Array => new Float64Array(length)
  const i32 = (length: number): Int32Array => new Int32Array(length)
  const columns: FillColumns = {
    count: 0,
    account,
    moment: Number.NaN as Instant,
    order: f64(capacity),
    execution: f64(capacity),
    instrument: i32(capacity),
    quantity: f64(capacity),
    price: f64(capacity),
    fee: f64(capacity),
    clear(at) {
      columns.count = 0
      columns.moment = at
      if (columns.shares !== undefined) delete columns.shares
    },
    attach(shares) {
      columns.shares ??= []
      columns.shares[columns.count - 1] = shares
    },
    push(order, execution, instrument, quantity, price, fee) {
      const row = columns.count
      if (row === columns.order.length) {
        columns.order = grown(columns.order, f64)
        columns.execution = grown(columns.execution, f64)
        columns.instrument = grown(columns.instrument, i32)
        columns.quantity = grown(columns.quantity, f64)
        columns.price = grown(columns.price, f64)
        columns.fee = grown(columns.fee, f64)
      }
      columns.order[row] = order
      columns.execution[row] = execution
      columns.instrument[row] = instrument
      columns.quantity[row] = quantity
      columns.price[row] = price
      columns.fee[row] = fee
      columns.count = row + 1
    },
    at(row) {
      assert(row >= 0 && row < columns.count, `row must be below ${columns.count}, was "${row}"`)
      return {
        order: columns.order[row] as OrderId,
        execution: `E${columns.execution[row]}`,
        account: columns.account,
        instrument: instrumentId(columns.instrument[row]!),
        quantity: columns.quantity[row] as Quantity,
        price: columns.price[row] as Price,
        fee: columns.fee[row] as Money,
        at: columns.moment,
        ...(columns.shares?.[row] === undefined ? {} : { shares: columns.shares[row] }),
      }
    },
  }
  return columns
}

/** What several instruments traded between two looks. */
export interface QuoteColumns extends Rows<Quote> {
  count: number
  instrument: Int32Array
  first: Float64Array
  low: Float64Array
  high: Float64Array
  last: Float64Array
  /** What a simulated market can fill at most: volume of the bar that opens. Absent: not known. No strategy sees it. */
  volume?: Float64Array
}

/** A view over columns that the caller owns: nothing is copied. */
export function quoteColumns(
  instrument: Int32Array,
  prices: {
    first: Float64Array
    low: Float64Array
    high: Float64Array
    last: Float64Array
    volume?: Float64Array
  },
): QuoteColumns {
  const columns: QuoteColumns = {
    count: instrument.length,
    instrument,
    ...prices,
    at: (row) => ({
      instrument: columns.instrument[row]!,
      first: columns.first[row] as Price,
      low: columns.low[row] as Price,
      high: columns.high[row] as Price,
      last: columns.last[row] as Price,
    }),
  }
  return columns
}
