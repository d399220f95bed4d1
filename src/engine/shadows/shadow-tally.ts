/** Counts what a shadow does: the figures that netting is measured against. */
import type { Observer, OrderRow, Posting, PostingKind } from '../records/observer.ts'
import type { Runtime } from '../runtime.ts'
import type { ShadowTally } from '../state.ts'

type Counts = { -readonly [Field in keyof ShadowTally]: ShadowTally[Field] }

export interface Tally {
  readonly counts: ShadowTally
  readonly observer: Observer
  attach(runtime: Runtime): void
}

const nothing = (): void => {}
/** Bookings on a position that neither open nor close one. */
const NO_TRADES: ReadonlySet<PostingKind> = new Set(['dividend', 'split', 'funding', 'borrow'])

export function createTally(from: ShadowTally | null): Tally {
  const counts: Counts = from === null ? { orders: 0, units: 0, notional: 0, trades: 0 } : { ...from }
  let runtime: Runtime
  /** The last order for a contract alone: what a structure left behind. */
  let contractOrder = 0

  function ordered({ id, instrument, net, reference }: OrderRow): void {
    if (instrument < 0) {
      count(Math.abs(net), Number.isNaN(reference) ? 0 : reference)
      return
    }
    const { instruments, books, rate } = runtime.state
    const { option, unitsPerWhole, multiplier } = instruments[instrument]!
    if (option !== null) contractOrder = id
    const value = Number.isNaN(reference) ? 0 : reference * multiplier * rate[books.currency[instrument]!]!
    count(Math.abs(net) / unitsPerWhole, value)
  }

  function count(units: number, value: number): void {
    if (units === 0) return
    counts.orders += 1
    counts.units += units
    counts.notional += units * value
  }

  function posting({ kind, order, instrument, quantity, before }: Posting): void {
    if (instrument < 0 || before === 0 || NO_TRADES.has(kind)) return
    const isContract = runtime.state.instruments[instrument]!.option !== null
    if (isContract && (kind !== 'fill' || order !== contractOrder)) return
    const after = before + quantity
    if (isContract || after === 0 || after > 0 !== before > 0) counts.trades += 1
  }

  return {
    counts,
    attach: (next) => {
      runtime = next
    },
    observer: {
      posting,
      ordered,
      structureClosed: () => {
        counts.trades += 1
      },
      executed: nothing,
      reduced: nothing,
      orderFilled: nothing,
      orderEnded: nothing,
      refused: nothing,
      structureOpened: nothing,
      day: nothing,
      allocated: nothing,
    },
  }
}
