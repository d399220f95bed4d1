/** What an open violation keeps out, and how entries return afterwards: in steps, over sessions without a breach. */

import type { Violation } from '../../domain/risk.ts'
import { beginReentry, endReentrySession, haltReentry, reentryFactor } from '../../pipeline/risk/re-entry.ts'
import type { Runtime } from '../runtime.ts'
import { isHalting, reactionOf, violationRules } from './rules.ts'
import type { OpenViolation, Reentry, Subject, WatchState } from './state.ts'
import { covers, isSame } from './subjects.ts'

/** Rounding of a product that must not cost a whole step. */
const STEP_SLACK = 1e-9

function reentryOf(watch: WatchState, subject: Subject): Reentry | undefined {
  return watch.reentries.find((reentry) => isSame(reentry.subject, subject))
}

/** A breach that halts: back to nothing, however far entries had returned. */
export function haltReturn({ state }: Runtime, watch: WatchState, { kind, subject }: OpenViolation): void {
  const { reentry, rules } = violationRules(state.config!)
  if (reentry === null || rules[kind]?.reentry === false) return
  let own = reentryOf(watch, subject)
  if (own === undefined) {
    own = { subject, step: 0, sessions: 0, skips: true }
    watch.reentries.push(own)
  }
  own.skips = true
  haltReentry(own)
}

/** The halt is over: entries begin at the first step, unless something else still halts the same subject. */
export function beginReturn({ state }: Runtime, watch: WatchState, { subject }: OpenViolation): void {
  const own = reentryOf(watch, subject)
  if (own === undefined) return
  const config = state.config!
  const halted = watch.open.some(
    (open) => isSame(open.subject, subject) && isHalting(reactionOf(config, open.kind, open.liquidating)),
  )
  if (halted) return
  own.skips = true
  beginReentry(own)
}

/** Once a portfolio day: returns advance; what has its full size again is forgotten. */
export function endReturnSession({ state }: Runtime, watch: WatchState): void {
  const { reentry: rule } = violationRules(state.config!)
  if (rule === null || watch.reentries.length === 0) return
  for (const reentry of watch.reentries) {
    if (!reentry.skips) endReentrySession(reentry, rule)
    reentry.skips = false
  }
  watch.reentries = watch.reentries.filter(({ step }) => step < rule.steps.length)
}

/** Factor on the size of an entry: the smallest of the returns that it is part of; 1 where there is none. */
export function entryFactor(runtime: Runtime, sleeve: number, instrument: number): number {
  const { watch, config } = runtime.state
  if (watch === undefined || watch.reentries.length === 0) return 1
  const { reentry: rule } = violationRules(config!)
  let factor = 1
  for (const reentry of watch.reentries) {
    // While the halt lasts the open violation itself refuses.
    if (rule === null || reentry.step < 0 || !covers(runtime, reentry.subject, sleeve, instrument)) continue
    factor = Math.min(factor, reentryFactor(reentry, rule))
  }
  return factor
}

/** Signed units of an entry that have returned, in whole steps; all of them where nothing was halted. */
export function returnedUnits(runtime: Runtime, sleeve: number, instrument: number, units: number): number {
  const factor = entryFactor(runtime, sleeve, instrument)
  if (factor === 1) return units
  const { step } = runtime.state.instruments[instrument]!
  const size = Math.floor((Math.abs(units) * factor) / step + STEP_SLACK) * step
  return units < 0 ? 0 - size : size
}

/** The open violation that keeps an entry out; null where none does. Drawdowns have rules of their own, which say so. */
export function blockingViolation(runtime: Runtime, sleeve: number, instrument: number): Violation | null {
  const { watch, config, violations, breaker, sleeveBreakers } = runtime.state
  if (watch === undefined || watch.open.length === 0) return null
  for (const { id, kind, liquidating, subject } of watch.open) {
    if (reactionOf(config!, kind, liquidating) === 'alert_only') continue
    if (kind === 'portfolio_drawdown' && breaker?.halted) continue
    if (kind === 'strategy_drawdown' && sleeveBreakers?.[subject.sleeve]?.halted) continue
    if (covers(runtime, subject, sleeve, instrument)) return violations[id - 1]!
  }
  return null
}
