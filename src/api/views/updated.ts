/** When the figures of a portfolio's pages were completed, and when the next ones are due. */
import type { Heartbeat } from '../../domain/control.ts'
import type { Basis } from './basis.ts'

/** Figures of the whole run as they were last computed. */
export interface Computed {
  /** Number of the event that they follow from; -1: there are none yet. */
  readonly seq: number
  readonly isUnderWay: boolean
  /** Null: none were yet. */
  readonly completedAt: number | null
  /** Before this nobody computes them anew. */
  readonly freeAt: number
}

/**
 * @param computed null: nothing is computed here beyond what an engine writes with its cycles
 * @param beat of an engine that runs; null: none does
 * @param seq of the last event
 */
export function updatedOf(
  computed: Computed | null,
  beat: Pick<Heartbeat, 'lastCycleAt' | 'nextCycleAt'> | null,
  seq: number,
  now: number,
): Basis['updated'] {
  const cycle = beat?.nextCycleAt ?? null
  if (computed === null) return { last: beat?.lastCycleAt ?? null, next: cycle }
  const { completedAt: last, freeAt } = computed
  if (computed.isUnderWay || computed.seq < seq) return { last, next: Math.max(now, freeAt) }
  return { last, next: cycle === null ? null : Math.max(cycle, freeAt) }
}
