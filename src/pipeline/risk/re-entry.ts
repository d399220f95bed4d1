/** Gradual return after a halt: entries grow in steps while no new breach happens. */
import type { ReentryRule } from '../../domain/violations.ts'

export const REENTRY_RULE: ReentryRule = { steps: [0.25, 0.5, 0.75, 1], sessionsPerStep: 5 }

/** Persisted. `step` is -1 while halted, and beyond the last step where nothing holds entries back. */
export interface ReentryState {
  step: number
  sessions: number
}

export function startReentry(): ReentryState {
  return { step: Number.MAX_SAFE_INTEGER, sessions: 0 }
}

/** Factor on entries now: 0 while halted, 1 after the last step. */
export function reentryFactor(state: ReentryState, rule: ReentryRule): number {
  if (state.step < 0) return 0
  return rule.steps[state.step] ?? 1
}

/** A breach, new or repeated: back to nothing. */
export function haltReentry(state: ReentryState): void {
  state.step = -1
  state.sessions = 0
}

/** The halt is over: entries begin at the first step. */
export function beginReentry(state: ReentryState): void {
  if (state.step >= 0) return
  state.step = 0
  state.sessions = 0
}

/** Once a session that ended without a breach. */
export function endReentrySession(state: ReentryState, rule: ReentryRule): void {
  if (state.step < 0 || state.step >= rule.steps.length) return
  state.sessions += 1
  if (state.sessions < rule.sessionsPerStep) return
  state.sessions = 0
  state.step += 1
}
