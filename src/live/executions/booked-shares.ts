/** What each sleeve got of every execution, as it was booked: kept with the execution, for the day it is taken back. */
import type { BookedShare } from '../../domain/corrections.ts'
import type { ExecutionRecord } from '../../domain/order-records.ts'
import type { Money, Price, Quantity } from '../../domain/units.ts'
import type { Observer, Posting } from '../../engine/records/observer.ts'
import { createRecording } from '../../engine/records/recording.ts'
import type { Runtime } from '../../engine/runtime.ts'

export interface BookedShares {
  readonly observer: Pick<Observer, 'posting' | 'amended'> & { attach(runtime: Runtime): void }
  /** By the number of the execution, of everything that was booked since it was last asked. */
  take(): ReadonlyMap<number, readonly BookedShare[]>
  /** The records with what was booked of them since it was last asked. */
  complete(records: readonly ExecutionRecord[]): readonly ExecutionRecord[]
}

export function bookedShares(): BookedShares {
  const recording = createRecording()
  let booked = new Map<number, BookedShare[]>()

  function posting(posting: Posting): void {
    const { kind, execution, sleeve, instrument, quantity, price, cash, fee } = posting
    if (kind !== 'fill' || execution === 0) return
    const isForeign = recording.runtime().state.books.currency[instrument] !== 0
    const share: BookedShare = {
      sleeve: recording.sleeveAt(sleeve),
      quantity: quantity as Quantity,
      price: price as Price,
      cash: cash as Money,
      fee: fee as Money,
      realised: isForeign ? (posting.gain ?? 0) : posting.realised,
    }
    const known = booked.get(execution)
    if (known === undefined) booked.set(execution, [share])
    else known.push(share)
  }

  function take(): ReadonlyMap<number, readonly BookedShare[]> {
    const taken = booked
    booked = new Map()
    return taken
  }

  return {
    observer: {
      attach: recording.attach,
      posting,
      amended: ({ number, shares }) => {
        booked.set(number, [...shares])
      },
    },
    take,
    complete(records) {
      const taken = take()
      return records.map((record) => ({ ...record, shares: taken.get(record.number) ?? record.shares }))
    },
  }
}
