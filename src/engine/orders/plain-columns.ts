/** The columns of the plain lane, which `plain.ts` explains. */
import { widened } from './share-columns.ts'

/** Waiting wishes of one instant, of type market, force day, without exits of their own. Their units are reserved. */
export interface PlainWishes {
  /** Whether wishes may stand here: a run that shows them to nobody between its events says so. */
  isOpen: boolean
  count: number
  /** When they were allowed. */
  at: number
  /**
   * Whether nothing was reserved when the wishes of this cycle were taken up, and each of them is the only one of its sleeve
   * for its instrument: they stand in the order of sleeves and instruments. Then none needs to look for others.
   */
  isClear: boolean
  intent: Float64Array
  sleeve: Int32Array
  instrument: Int32Array
  /** Signed units. */
  quantity: Float64Array
  reducing: Uint8Array
  readonly reason: string[]
  /** What each sleeve's entries are judged by, for the sleeves given here. */
  entries: readonly (PlainEntries | null)[]
  entriesOf: readonly unknown[]
}

/** What a plain sleeve's entries are judged by; a limit is infinite where there is none. */
export interface PlainEntries {
  /** Part of the sleeve's equity that one position takes. */
  readonly fraction: number
  readonly positionWeightMax: number
  readonly leverageMax: number
  /** Whether purchases need buying power. */
  readonly isFunded: boolean
}

export function plainWishes(capacity = 256): PlainWishes {
  return {
    isOpen: false,
    count: 0,
    at: 0,
    isClear: false,
    intent: new Float64Array(capacity),
    sleeve: new Int32Array(capacity),
    instrument: new Int32Array(capacity),
    quantity: new Float64Array(capacity),
    reducing: new Uint8Array(capacity),
    reason: [],
    entries: [],
    entriesOf: [],
  }
}

/** Makes room for `more` wishes. */
export function makeRoom(plain: PlainWishes, more: number): void {
  const needed = plain.count + more
  if (needed <= plain.intent.length) return
  const capacity = Math.max(needed, plain.intent.length * 2)
  plain.intent = widened(plain.intent, new Float64Array(capacity))
  plain.sleeve = widened(plain.sleeve, new Int32Array(capacity))
  plain.instrument = widened(plain.instrument, new Int32Array(capacity))
  plain.quantity = widened(plain.quantity, new Float64Array(capacity))
  plain.reducing = widened(plain.reducing, new Uint8Array(capacity))
}
