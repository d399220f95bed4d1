/** What the sleeves hold of an instrument that was split: what their orders traded, in the counts of today. */
import { isExternal } from '../../src/domain/external.ts'
import type { InstrumentId } from '../../src/domain/units.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import type { World } from './history.ts'

export interface SplitLog {
  /** Told of every transaction. */
  wrote(batch: {
    readonly rows: readonly { readonly payload: Uint8Array }[]
    readonly executions: readonly Booked[]
  }): void
  /** Whether an execution was booked, and before the split of its instrument. */
  isBefore(id: string): boolean
}

interface Booked {
  readonly id: string
  readonly instrument: InstrumentId | null
}

const SPLIT = /"instrument":"([^"]+)","kind":"split"/

export function splitLog(): SplitLog {
  const split = new Set<string>()
  const before = new Set<string>()
  return {
    wrote({ rows, executions }) {
      for (const { id, instrument } of executions) if (instrument !== null && !split.has(instrument)) before.add(id)
      for (const { payload } of rows) {
        const found = SPLIT.exec(new TextDecoder().decode(payload))
        if (found !== null) split.add(found[1]!)
      }
    },
    isBefore: (id) => before.has(id),
  }
}

/** Every sleeve's whole shares are rounded, and the account's. */
const ROUNDED_BEYOND = 2

/** Who heard of a trade on the other side of the split is not judged: it is a difference that an operator is shown. */
export function judgeOwnUnits({ scene, venue, watch, splitLog: log }: World, { runtime }: Kernel): void {
  const { books, instruments, config } = runtime.state
  for (const { at, action } of scene.market.data.actions) {
    if (action.kind !== 'split') continue
    const index = runtime.byId.get(action.instrument)!
    const { unitsPerWhole, step, symbol } = instruments[index]!
    let expected = 0
    // What is taken back in counts of before it is held back as well.
    const isHeardInTime = venue.books.executions.every(
      ({ id, at: moment, instrument, clientId }) =>
        instrument !== action.instrument || clientId === null || moment < at === log.isBefore(id),
    )
    for (const [first, { clientId, instrument, quantity }] of venue.books.standing()) {
      if (instrument !== action.instrument || clientId === null) continue
      const traded = venue.books.executions.find(({ id }) => id === first)!
      expected += traded.at < at ? (quantity * action.numerator) / action.denominator : quantity
    }
    let own = 0
    for (const [sleeve, held] of config!.sleeves.entries())
      if (!isExternal(held)) own += books.quantity[sleeve * books.width + index]!
    const rounding = (config!.sleeves.length + ROUNDED_BEYOND) * Math.max(step, unitsPerWhole)
    if (isHeardInTime && Math.abs(own - expected) > rounding)
      watch.report(`own sleeves hold ${own} of ${symbol} after its split, their orders come to ${expected}`)
  }
}
