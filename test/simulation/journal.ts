import type { EngineEvent } from '../../src/domain/events.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import { decodeEvent, encodeEvent } from '../../src/engine/journal/codec.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import { type RunInput, runAudited } from '../../src/engine/run/run.ts'
import { bookkeeper } from './bookkeeper.ts'

/** Plays the portfolio once and keeps every event that its kernel was given, read back from its bytes, and its final bytes. */
export function journalOf(input: RunInput): { readonly events: readonly EngineEvent[]; readonly bytes: string } {
  const events: EngineEvent[] = []
  const listed: Instrument[] = []
  const journal = (event: EngineEvent): void => {
    if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
    events.push(decodeEvent(encodeEvent(event), (index) => listed[index]!.id))
  }
  const books = bookkeeper()
  const run = runAudited({ ...input, journal }, books, books.observer)
  return { events, bytes: textOf(run.kernel) }
}

export const textOf = (kernel: Kernel): string => new TextDecoder().decode(kernel.canonical())
