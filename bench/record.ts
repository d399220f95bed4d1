/** What a timed run keeps: every booking, every day's equities, weights and correlations, as growing columns. */
import type { Observer } from '../src/engine/observer.ts'
import type { Runtime } from '../src/engine/runtime.ts'

interface Column<T extends Float64Array | Int32Array> {
  values: T
  count: number
}

const reals = (): Column<Float64Array> => ({ values: new Float64Array(65_536), count: 0 })
const wholes = (): Column<Int32Array> => ({ values: new Int32Array(65_536), count: 0 })

function makeRoom(column: Column<Float64Array>, more: number): void {
  if (column.count + more <= column.values.length) return
  const wider = new Float64Array(column.values.length * 2 + more)
  wider.set(column.values)
  column.values = wider
}

function append(column: Column<Float64Array>, row: Float64Array): void {
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

export function createRecords(): Records {
  let count = 0
  let room = 65_536
  const whole = { kind: wholes(), sleeve: wholes(), instrument: wholes() }
  const real = { quantity: reals(), price: reals(), cash: reals(), fee: reals(), realised: reals() }
  const curve = reals()
  const weights = reals()
  const correlations = reals()
  let runtime: Runtime | null = null
  function grow(): void {
    room *= 2
    for (const column of Object.values(whole)) {
      const wider = new Int32Array(room)
      wider.set(column.values)
      column.values = wider
    }
    for (const column of Object.values(real)) {
      const wider = new Float64Array(room)
      wider.set(column.values)
      column.values = wider
    }
  }
  const nothing = (): void => {}
  return {
    observer: {
      attach: (kernel) => {
        runtime = kernel
      },
      posting: (posting) => {
        if (count === room) grow()
        whole.kind.values[count] = posting.kind === 'cross' ? 1 : 0
        whole.sleeve.values[count] = posting.sleeve
        whole.instrument.values[count] = posting.instrument
        real.quantity.values[count] = posting.quantity
        real.price.values[count] = posting.price
        real.cash.values[count] = posting.cash
        real.fee.values[count] = posting.fee
        real.realised.values[count] = posting.realised
        count += 1
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
    count: () => count,
    checksum: () => {
      let hash = 2_166_136_261 | 0
      for (const column of Object.values(whole)) hash = hashWords(hash, column.values.subarray(0, count))
      for (const column of Object.values(real)) hash = hashReals(hash, column.values.subarray(0, count))
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

/** Zeros have no sign. */
function hashReals(start: number, values: Float64Array): number {
  const plain = values.map((value) => value + 0)
  return hashWords(start, new Int32Array(plain.buffer))
}
