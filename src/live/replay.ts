/** A kernel rebuilt from a journal alone: no market, no broker, no clock. */
import type { EngineEvent } from '../domain/events.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { Store } from '../domain/store.ts'
import type { Strategy } from '../domain/strategy.ts'
import { decodeEvent } from '../engine/journal/codec.ts'
import { createKernel, type Kernel } from '../engine/kernel.ts'

/** Told of an event when the kernel has taken it. */
export type Watcher = (event: EngineEvent, kernel: Kernel) => void

/**
 * Gives a new kernel every event up to and with the one numbered `to`, in the order in which they were journalled.
 *
 * @returns null where the store holds no event of this portfolio
 */
export async function replay(
  store: Store,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
  to: number,
  watch: Watcher = () => {},
): Promise<Kernel | null> {
  const listed: Instrument[] = []
  let kernel: Kernel | null = null
  for await (const row of store.read(portfolio, 0)) {
    if (row.seq > to) break
    const event = decodeEvent(row.payload, (index) => listed[index]!.id)
    if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
    kernel ??= createKernel({ strategies })
    kernel.apply(event)
    watch(event, kernel)
  }
  return kernel
}
