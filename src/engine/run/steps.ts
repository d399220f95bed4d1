/** A run that is taken one instant at a time: between two of them it can be put away and taken up again. */
import type { Sessions } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import type { Observer } from '../records/observer.ts'
import type { Runtime } from '../runtime.ts'
import { give, type Run } from './drive.ts'
import { takeInstant } from './instant.ts'
import { openBooks, type RunInput, startRun } from './run.ts'
import { type RunState, runState, takeUp } from './run-state.ts'
import { nextInstant } from './timeline.ts'

export interface SteppedRun {
  readonly run: Run
  /** When the next instant is; null at the end of the market. */
  next(): Instant | null
  /** Takes the next instant with all that it brings; false at the end of the market. */
  advance(): boolean
  state(): RunState
}

/**
 * @param from where an earlier run on the same market and configuration stood; left out: before its first event
 * @param told calendars as the first events told them, where those reach less far than the market by now
 */
export function stepRun(
  input: RunInput,
  from?: RunState,
  observer?: Observer & { attach?(runtime: Runtime): void },
  told: readonly Sessions[] = input.market.sessions,
): SteppedRun {
  const run = startRun(input, observer, null, from)
  observer?.attach?.(run.kernel.runtime)
  if (from === undefined) openBooks(run, { ...input, market: { ...input.market, sessions: told } })
  else takeUp(run, from)
  return {
    run,
    next: () => nextInstant(run.cursors),
    advance: () => takeInstant(run),
    state: () => runState(run),
  }
}

/** Tells the kernel of calendars that reach further than those it knows: the market has gone on since it was put away. */
export function renewCalendars(run: Run): void {
  for (const sessions of run.market.sessions) {
    const known = run.kernel.runtime.sessions.get(sessions.calendar)
    // A market that is told up to an earlier day takes nothing back.
    if (known !== undefined && (known.dates.at(-1) ?? 0) >= (sessions.dates.at(-1) ?? 0)) continue
    give(run, { kind: 'sessions', calendar: sessions.calendar, sessions })
  }
}
