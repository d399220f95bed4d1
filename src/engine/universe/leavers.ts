/** Entries on their way into what a sleeve may not open any more: those that wait end, those that rest are cancelled. */
import { chainOf } from '../positions/rolling.ts'
import type { Runtime } from '../runtime.ts'
import { withdrawEntries } from '../watch/reduce.ts'
import { positionSubject } from '../watch/subjects.ts'

/** @param instrument as universes name it: a chain of futures stands for its contracts */
export function withdrawLeaver(runtime: Runtime, sleeve: number, instrument: number, rule: string): void {
  const { state } = runtime
  const { width } = state.books
  for (const index of runtime.roster.live) {
    const at = sleeve * width + index
    if (state.pendingBuys[at] === 0 && state.pendingSells[at] === 0) continue
    if (chainOf(runtime, index) === instrument)
      withdrawEntries(runtime, positionSubject(sleeve, index), { rule, rolls: 'stay' })
  }
}
