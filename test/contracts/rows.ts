import type { JournalRow } from '../../src/domain/store.ts'
import type { Instant } from '../../src/domain/units.ts'

/** Rows of a journal from a number on, each of its own. */
export function rowsFrom(first: number, count: number): JournalRow[] {
  return Array.from({ length: count }, (_, place) => ({
    seq: first + place,
    at: (1_700_000_000_000 + first + place) as Instant,
    kind: (first + place) % 2 === 0 ? 'slices' : 'fills',
    version: 1,
    payload: Uint8Array.from([(first + place) % 256, 255, 0, (first + place) % 251]),
  }))
}
