/** What the shares of an order that the kernel has let go still want: they go with a fill that comes after all. */
import type { OpenShare } from '../../domain/corrections.ts'
import type { ExecutionRecord, OrderRecord } from '../../domain/order-records.ts'
import { type InstrumentId, type Quantity, quantity, type SleeveId } from '../../domain/units.ts'

/**
 * One share per sleeve, in the order in which the order names them. Of executions that were corrected the last word
 * counts.
 *
 * @param executions every one of the order
 * @param instrument of the fill: a leg of a structure counts its contracts
 */
export function openShares(
  { legs, shares }: Pick<OrderRecord, 'legs' | 'shares'>,
  executions: readonly Pick<ExecutionRecord, 'id' | 'corrects' | 'instrument' | 'shares'>[],
  instrument: InstrumentId,
): readonly OpenShare[] {
  const ratio = legs.find((leg) => leg.instrument === instrument)?.ratio ?? 0
  const open = new Map<SleeveId, number>()
  for (const { sleeve, wanted, crossed } of shares)
    open.set(sleeve, (open.get(sleeve) ?? 0) + (wanted - crossed) * ratio)
  const replaced = new Set(executions.flatMap(({ corrects }) => (corrects === null ? [] : [corrects])))
  for (const execution of executions) {
    if (replaced.has(execution.id) || execution.instrument !== instrument) continue
    for (const { sleeve, quantity: got, isFee } of execution.shares ?? []) {
      const wanted = open.get(sleeve)
      if (wanted !== undefined && isFee !== true) open.set(sleeve, wanted - got)
    }
  }
  return [...open].map(([sleeve, left]) => ({ sleeve, open: quantity(left) as Quantity }))
}
