/** What each sleeve got of each execution, for the records that a correction reverses. */

import type { BookedShare } from '../domain/corrections.ts'
import type { ExecutionRecord } from '../domain/order-records.ts'
import type { Money, Quantity } from '../domain/units.ts'
import type { Observer, Posting } from '../engine/records/observer.ts'
import type { Runtime } from '../engine/runtime.ts'

export interface DealtParts {
  readonly observer: Pick<Observer, 'posting'> & { attach(runtime: Runtime): void }
  /** The records with what was dealt since it was last asked. */
  complete(records: readonly ExecutionRecord[]): readonly ExecutionRecord[]
}

export function dealtParts(): DealtParts {
  let runtime: Runtime | null = null
  const dealt = new Map<number, BookedShare[]>()
  return {
    observer: {
      attach: (own) => {
        runtime = own
      },
      posting({ kind, execution, sleeve, quantity, cash, fee, realised }: Posting) {
        if (kind !== 'fill' || execution === 0) return
        const parts = dealt.get(execution) ?? []
        if (parts.length === 0) dealt.set(execution, parts)
        const id = runtime!.sleeves[sleeve]!.config.id
        parts.push({ sleeve: id, quantity: quantity as Quantity, cash: cash as Money, fee: fee as Money, realised })
      },
    },
    complete(records) {
      const complete = records.map((record) => ({ ...record, shares: dealt.get(record.number) ?? record.shares }))
      dealt.clear()
      return complete
    },
  }
}
