/** The readable tables made again from the journal alone. */
import type { Instrument } from '../../domain/instruments.ts'
import type { Projected } from '../../domain/projections.ts'
import type { Store } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { decodeEvent } from '../../engine/journal/codec.ts'
import { createKernel } from '../../engine/kernel.ts'
import { projectionWriter } from './writer.ts'

/** Events whose rows are given at a time. */
const EVENTS = 2_000

/** Plays a portfolio's journal, as far as it was told, and gives its rows in the order in which they were written. */
export async function* projectedAgain(
  store: Pick<Store, 'read' | 'toldTo'>,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
): AsyncIterable<Projected> {
  const listed: Instrument[] = []
  const writer = projectionWriter()
  const kernel = createKernel({ strategies, observer: writer.observer })
  writer.observer.attach(kernel.runtime)
  const last = await store.toldTo(portfolio)
  let events = 0
  for await (const { seq, payload } of store.read(portfolio, 0)) {
    if (seq > last) break
    const event = decodeEvent(payload, (index) => listed[index]!.id)
    if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
    writer.event(event)
    kernel.apply(event)
    events += 1
    if (events % EVENTS === 0) yield writer.take()
  }
  if (events > 0) yield writer.take()
}
