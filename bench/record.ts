/** What a timed run keeps: every booking, every day's equities, weights and correlations, as growing columns. */
import type { Observer } from '../src/engine/records/observer.ts'
import type { Runtime } from '../src/engine/runtime.ts'

interface Column {
  values: Float64Array
  count: number
}

const reals = (): Column => ({ values: new Float64Array(65_536), count: 0 })

function makeRoom(column: Column, more: number): void {
  if (column.count + more <= column.values.length) return
  const wider = new Float64Array(column.values.length * 2 + more)
  wider.set(column.values)
  column.values = wider
}

function append(column: Column, row: Float64Array): void {
  makeRoom(column, row.length)
  column.values.set(row, column.count)
  column.count += row.length
}

export interface Records {
  readonly observer: Observer & { attach(runtime: Runtime): void }
  /** Bookings so far. */
  count(): number
  /** FNV-1a over all columns: bookings column by column, then equities, weights, correlations. */
  checksum(): string
}

/** Bookings side by side as columns; a full block is put aside, never copied. */
interface Block {
  readonly kind: Int32Array
  readonly sleeve: Int32Array
  readonly instrument: Int32Array
  readonly quantity: Float64Array
  readonly price: Float64Array
  readonly cash: Float64Array
  readonly fee: Float64Array
  readonly realised: Float64Array
}

const BLOCK_ROWS = 65_536

/**
 * Room for what runs keep, one run after the other: as the C loop's `malloc` gives its second run the room of the first,
 * no run after the first asks for memory, has it cleared or leaves it behind.
 */
export interface Room {
  readonly blocks: Block[]
  readonly curve: Column
  readonly weights: Column
  readonly correlations: Column
}

export function createRoom(): Room {
  return { blocks: [emptyBlock()], curve: reals(), weights: reals(), correlations: reals() }
}

function emptyBlock(): Block {
  const wholes = (): Int32Array => new Int32Array(BLOCK_ROWS)
  const reals = (): Float64Array => new Float64Array(BLOCK_ROWS)
  return {
    kind: wholes(),
    sleeve: wholes(),
    instrument: wholes(),
    quantity: reals(),
    price: reals(),
    cash: reals(),
    fee: reals(),
    realised: reals(),
  }
}

/** Records of a run, in `room`, whose former records are gone from now on. */
export function createRecords(room: Room): Records {
  const { blocks, curve, weights, correlations } = room
  for (const column of [curve, weights, correlations]) column.count = 0
  /** The block at hand, and its rows. */
  let place = 0
  let block = blocks[0]!
  let row = 0
  let runtime: Runtime | null = null
  const nothing = (): void => {}
  const filled = () => blocks.slice(0, place + 1)
  const rowsOf = (at: number): number => (at === place ? row : BLOCK_ROWS)
  return {
    observer: {
      attach: (kernel) => {
        runtime = kernel
      },
      posting: (posting) => {
        if (row === BLOCK_ROWS) {
          place += 1
          if (place === blocks.length) blocks.push(emptyBlock())
          block = blocks[place]!
          row = 0
        }
        block.kind[row] = posting.kind === 'cross' ? 1 : 0
        block.sleeve[row] = posting.sleeve
        block.instrument[row] = posting.instrument
        block.quantity[row] = posting.quantity
        block.price[row] = posting.price
        block.cash[row] = posting.cash
        block.fee[row] = posting.fee
        block.realised[row] = posting.realised
        row += 1
      },
      day: () => {
        const { sleeves } = runtime!
        makeRoom(curve, sleeves.length)
        for (let ordinal = 0; ordinal < sleeves.length; ordinal += 1) {
          curve.values[curve.count + ordinal] = sleeves[ordinal]!.equity
        }
        curve.count += sleeves.length
      },
      allocated: (weight, correlation) => {
        append(weights, weight)
        append(correlations, correlation)
      },
      executed: nothing,
      reduced: nothing,
      ordered: nothing,
      orderFilled: nothing,
      orderEnded: nothing,
      refused: nothing,
      structureOpened: nothing,
      structureClosed: nothing,
    },
    count: () => place * BLOCK_ROWS + row,
    checksum: () => {
      let hash = 2_166_136_261 | 0
      for (const field of ['kind', 'sleeve', 'instrument'] as const)
        for (const [at, one] of filled().entries()) hash = hashWords(hash, one[field].subarray(0, rowsOf(at)))
      for (const field of ['quantity', 'price', 'cash', 'fee', 'realised'] as const)
        for (const [at, one] of filled().entries()) hash = hashReals(hash, one[field].subarray(0, rowsOf(at)))
      for (const column of [curve, weights, correlations])
        hash = hashReals(hash, column.values.subarray(0, column.count))
      return (hash >>> 0).toString(16).padStart(8, '0')
    },
  }
}

function hashWords(start: number, words: Int32Array): number {
  let hash = start
  for (let index = 0; index < words.length; index += 1) hash = Math.imul(hash ^ words[index]!, 16_777_619)
  return hash
}

const plain = new Float64Array(4_096)
const words = new Int32Array(plain.buffer)

/** Zeros have no sign. Hashed through one small array: what a round leaves behind would be cleared away in the next one's time. */
function hashReals(start: number, values: Float64Array): number {
  let hash = start
  for (let from = 0; from < values.length; from += plain.length) {
    const count = Math.min(plain.length, values.length - from)
    for (let place = 0; place < count; place += 1) plain[place] = values[from + place]! + 0
    hash = hashWords(hash, words.subarray(0, count * 2))
  }
  return hash
}
