/** One row of a block at a time, as the slice that sleeves see and as the bars that the exchange fills from. */
import type { ClockBlock, OptionChain, Slice } from '../../domain/market.ts'
import { NO_RECORDS } from '../../domain/market-records.ts'
import type { ClockId, Instant, TradeDate } from '../../domain/units.ts'
import type { BarColumns } from '../../exchange/desk.ts'

const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const
/** Up to this width a row is copied into lasting columns; wider ones are cheaper to look at in place. */
const COPIED_WIDTH_MAX = 16
const NO_CHAINS: readonly OptionChain[] = []

const known = new WeakMap<Float64Array, boolean>()

/** Whether nothing was ever split. Each array is looked at once, so it must not be written to afterwards. */
function isRaw(factor: Float64Array): boolean {
  let answer = known.get(factor)
  if (answer === undefined) {
    answer = factor.every((one) => one === 1)
    known.set(factor, answer)
  }
  return answer
}

/**
 * The row that it was last aimed at. Each column is taken from the block when somebody asks for it: most closes ask for one or
 * two, and a part of the block that lies far from the one before is slow to reach.
 */
export class RowOfBlock implements Slice, BarColumns {
  readonly clock: ClockId
  readonly instruments: Int32Array
  at = Number.NaN as Instant
  chains = NO_CHAINS
  records = NO_RECORDS
  readonly #block: ClockBlock
  readonly #columns: Float64Array[]
  /** The row that each column is of. */
  readonly #rowOf = new Int32Array(FIELDS.length).fill(-1)
  /** Every row's factors are 1: one column of them serves all. */
  readonly #isRaw: boolean
  #row = 0

  constructor(block: ClockBlock, instruments: Int32Array) {
    this.clock = block.clock
    this.instruments = instruments
    this.#block = block
    this.#columns = FIELDS.map(() => new Float64Array(instruments.length))
    this.#isRaw = isRaw(block.factor)
    if (this.#isRaw) this.#columns[5]!.fill(1)
  }

  aim(row: number): void {
    this.#row = row
  }

  get tradeDate(): TradeDate {
    return this.#block.tradeDates[this.#row] as TradeDate
  }

  /** What the exchange calls `instruments`. */
  get instrument(): Int32Array {
    return this.instruments
  }

  get open(): Float64Array {
    return this.#rowOf[0] === this.#row ? this.#columns[0]! : this.#take(0)
  }

  get high(): Float64Array {
    return this.#rowOf[1] === this.#row ? this.#columns[1]! : this.#take(1)
  }

  get low(): Float64Array {
    return this.#rowOf[2] === this.#row ? this.#columns[2]! : this.#take(2)
  }

  get close(): Float64Array {
    return this.#rowOf[3] === this.#row ? this.#columns[3]! : this.#take(3)
  }

  get volume(): Float64Array {
    return this.#rowOf[4] === this.#row ? this.#columns[4]! : this.#take(4)
  }

  get factor(): Float64Array {
    return this.#isRaw || this.#rowOf[5] === this.#row ? this.#columns[5]! : this.#take(5)
  }

  #take(place: number): Float64Array {
    const whole = this.#block[FIELDS[place]!]
    const width = this.instruments.length
    const from = this.#row * width
    this.#rowOf[place] = this.#row
    if (width > COPIED_WIDTH_MAX) this.#columns[place] = whole.subarray(from, from + width)
    else for (let column = 0; column < width; column += 1) this.#columns[place]![column] = whole[from + column]!
    return this.#columns[place]!
  }
}
