/** How entries came to their sizes: the last one that was allowed, for each sleeve and instrument. */
import type { JudgedEntry, SizedEntry, Witness } from '../../engine/records/witness.ts'

export interface SizedBook {
  readonly witness: Witness
  /** @param sleeve ordinal @param instrument index; of a structure, its underlying */
  find(sleeve: number, instrument: number): WitnessedEntry | undefined
}

export interface WitnessedEntry {
  /** Null where the strategy named the quantity itself. */
  readonly sized: SizedEntry | null
  readonly judged: JudgedEntry
}

export function sizedBook(): SizedBook {
  const waiting = new Map<string, SizedEntry>()
  const kept = new Map<string, WitnessedEntry>()
  const keyOf = (sleeve: number, instrument: number): string => `${sleeve} ${instrument}`
  return {
    witness: {
      sized(entry) {
        const { sleeve, instrument, terms, factors } = entry
        waiting.set(keyOf(sleeve, instrument), { ...entry, terms: { ...terms }, factors: { ...factors } })
      },
      judged(judged) {
        const key = keyOf(judged.sleeve, judged.instrument)
        const sized = waiting.get(key) ?? null
        waiting.delete(key)
        if (judged.allowed !== 0) kept.set(key, { sized, judged })
      },
    },
    find: (sleeve, instrument) => kept.get(keyOf(sleeve, instrument)),
  }
}
