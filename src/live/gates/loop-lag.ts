/** Whether this process keeps up: one whose timers come late hears late, too, and enters on what is over. */
import { isDoubtful } from '../../domain/discrepancies.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import type { KernelState } from '../../engine/state.ts'
import { engineAlert } from '../engine-rules.ts'
import { BOOKS_DIFFER } from '../reconcile/told.ts'
import type { Moment } from './moment.ts'

/** Timers that come later than this make the account only reduce, */
export const LATE_MOST_MS = 2_000
/** until none was this late for so long. */
export const CALM_MS = 60_000

/** Begins every reason that is ours: modes that others set, others lift. */
const LATE = 'event loop'

/** When timers came too late last, by the clock that only goes on; null: never, or not since it was lifted. */
export type LagWatch = number | null

export interface LagStep {
  readonly watch: LagWatch
  readonly bodies: readonly EventBody[]
}

/** @param late milliseconds by which timers came late, at most, since the last look */
export function stepLag(
  watch: LagWatch,
  late: number,
  { gates, reconciliation }: Pick<KernelState, 'gates' | 'reconciliation'>,
  { monotonic }: Moment,
): LagStep {
  const isOurs = gates?.mode === 'reducing' && gates.modeReason.startsWith(LATE)
  if (late > LATE_MOST_MS) {
    if (gates?.mode === 'reducing') return { watch: monotonic, bodies: [] }
    const reason = `${LATE}: timers came ${Math.floor(late)} ms late`
    return { watch: monotonic, bodies: [{ kind: 'mode', mode: 'reducing', reason }, engineAlert('loopLag', reason)] }
  }
  // A process before this one may have been the late one.
  if (!isOurs) return { watch: null, bodies: [] }
  if (watch === null) return { watch: monotonic, bodies: [] }
  if (monotonic - watch < CALM_MS) return { watch, bodies: [] }
  const isDiffering = reconciliation?.open.some(isDoubtful) === true
  const kept = { kind: 'mode', mode: 'reducing', reason: BOOKS_DIFFER } as const
  const lifted = { kind: 'mode', mode: 'active', reason: `${LATE}: timers come in time again` } as const
  return { watch: null, bodies: [isDiffering ? kept : lifted] }
}
