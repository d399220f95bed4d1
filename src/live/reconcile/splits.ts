/** Splits of the last day: until the broker shows what one came to, nothing of its instrument is sent. */
import type { BrokerPosition } from '../../domain/broker.ts'
import type { InstrumentId } from '../../domain/units.ts'
import type { Runtime } from '../../engine/runtime.ts'

export interface RecentSplit {
  /** New units for one old one. */
  readonly ratio: number
  /** The account keeps whole steps, in units. */
  readonly step: number
  /** What the broker showed before it; NaN: nobody here has seen that. */
  readonly shown: number
  /** The broker has said nothing of it yet. */
  readonly isUntold: boolean
}

export interface SplitWatch {
  /** Instruments that were split since the last look. @param now of the clock that only goes on */
  look(runtime: Runtime, now: number): readonly InstrumentId[]
  /** What the broker shows now. */
  saw(positions: readonly BrokerPosition[]): void
  /** A broker has booked the split of an instrument: what it shows is of after it. */
  told(instrument: InstrumentId, now: number): void
  /** Those that are new, and whether the broker may still be late with them. */
  recent(now: number): ReadonlyMap<InstrumentId, RecentSplit>
}

/** Brokers post splits late, some by half a session. */
const LATE_MOST_MS = 86_400_000

export function splitWatch(): SplitWatch {
  let factors: readonly number[] | null = null
  let shown: ReadonlyMap<InstrumentId, number> | null = null
  const known = new Map<InstrumentId, RecentSplit & { readonly since: number }>()
  const heard = new Map<InstrumentId, number>()
  const isHeard = (id: InstrumentId, now: number): boolean => now - (heard.get(id) ?? -LATE_MOST_MS) < LATE_MOST_MS
  return {
    look({ state }, now) {
      const before = factors
      if (before !== null && state.factor.length === before.length && !isChanged(before, state.factor)) return []
      factors = Array.from(state.factor)
      if (before === null) return []
      return factors.flatMap((factor, index) => {
        const was = before[index]
        if (was === undefined || was === factor) return []
        const { id, step } = state.instruments[index]!
        const seen = shown === null ? Number.NaN : (shown.get(id) ?? 0)
        known.set(id, { ratio: factor / was, step, shown: seen, since: now, isUntold: !isHeard(id, now) })
        return [id]
      })
    },
    saw(positions) {
      const held = new Map<InstrumentId, number>()
      for (const { instrument, quantity } of positions) if (instrument !== null) held.set(instrument, quantity)
      shown = held
    },
    told(id, now) {
      heard.set(id, now)
      const split = known.get(id)
      if (split !== undefined) known.set(id, { ...split, isUntold: false })
    },
    recent(now) {
      for (const [id, { since }] of known) if (now - since > LATE_MOST_MS) known.delete(id)
      return known
    },
  }
}

function isChanged(before: readonly number[], factor: Float64Array | readonly number[]): boolean {
  for (let index = 0; index < before.length; index += 1) if (before[index] !== factor[index]) return true
  return false
}

/** Whether a broker's count is still the one of before a split that ours has been through. */
export function isBeforeSplit(theirs: number, ours: number, split: RecentSplit): boolean {
  const { ratio, step, shown, isUntold } = split
  return isUntold && theirs === shown && theirs !== ours && Math.abs(theirs * ratio - ours) < step
}
