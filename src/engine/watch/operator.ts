/** What an operator says about violations: a drawdown is acknowledged, a violation closed with a note. */
import type { OperatorCommand } from '../../domain/events.ts'
import type { Violation } from '../../domain/risk.ts'
import { acknowledgeBreaker } from '../../pipeline/risk/breaker.ts'
import type { Runtime } from '../runtime.ts'
import { noteViolation, resolveViolation, SLEEVE_FAULT } from './records.ts'
import { setPeak } from './review.ts'
import type { Subject } from './state.ts'
import { PORTFOLIO, sleeveSubject } from './subjects.ts'
import { resolveAll } from './violations.ts'

/** Today's equity is the portfolio's new peak; what its drawdown halted may return. */
export function acknowledgeDrawdown(runtime: Runtime, note = ''): void {
  const { state } = runtime
  if (state.breaker === null) return
  acknowledgeBreaker(state.breaker, runtime.equity)
  if (state.watch !== undefined) setPeak(runtime, state.watch)
  resolveAll(runtime, 'portfolio_drawdown', PORTFOLIO, { how: 'operator', value: Number.NaN, note })
}

function acknowledgeSleeve(runtime: Runtime, sleeve: number, note: string): void {
  const breaker = runtime.state.sleeveBreakers?.[sleeve] ?? null
  if (breaker !== null) acknowledgeBreaker(breaker, runtime.sleeves[sleeve]!.equity)
  resolveAll(runtime, 'strategy_drawdown', sleeveSubject(sleeve), { how: 'operator', value: Number.NaN, note })
}

/** Closes a violation, or adds the review of one that is over. What is still beyond its limit opens anew at the next look. */
export function closeViolation(
  runtime: Runtime,
  command: Extract<OperatorCommand, { readonly kind: 'closeViolation' }>,
): void {
  const { watch, violations } = runtime.state
  const { id, note } = command
  const violation = violations[id - 1]
  const reason = objectionTo(violation, command, violations.length)
  if (violation === undefined || reason !== null) {
    runtime.commands.push({ kind: 'declined', command, reason: reason ?? '' })
    return
  }
  const open = watch?.open.find((candidate) => candidate.id === id)
  if (open?.kind === 'portfolio_drawdown') acknowledgeDrawdown(runtime, note)
  else if (open?.kind === 'strategy_drawdown') acknowledgeSleeve(runtime, open.subject.sleeve, note)
  else if (open !== undefined)
    resolveAll(runtime, open.kind, open.subject, { how: 'operator', value: Number.NaN, note })
  else if (violation.resolvedAt === null) resolveViolation(runtime, id, { how: 'operator', value: Number.NaN, note })
  noteViolation(runtime, id, note, subjectOf(runtime, id, open?.subject))
}

/** A sleeve decides again: what paused it as a fault is over. */
export function endFaults({ state, sleeves }: Runtime, sleeve: number): void {
  const { id } = sleeves[sleeve]!.config
  for (const violation of state.violations) {
    if (violation.rule !== SLEEVE_FAULT || violation.subject !== id || violation.resolvedAt !== null) continue
    resolveViolation({ state }, violation.id, { how: 'operator', value: Number.NaN, note: '' })
  }
}

/** Why a violation cannot be closed so; null where it can. */
function objectionTo(
  violation: Violation | undefined,
  { id, note }: { readonly id: number; readonly note: string },
  last: number,
): string | null {
  if (violation === undefined) return `there is no violation ${id}; the last one is ${last}`
  if (violation.severity === 'low' || note.trim() !== '') return null
  return `violation ${id} is ${violation.severity}: say in a note what its review found and what was changed`
}

/** What the violation was about, for the parameters of now. */
function subjectOf({ state, sleeveOrdinal }: Runtime, id: number, open: Subject | undefined): Subject {
  if (open !== undefined) return open
  const { about, subject } = state.violations[id - 1]!
  const sleeve = about === 'sleeve' ? subject : about === 'position' || about === 'pair' ? subject.split('/')[0]! : null
  const ordinal = sleeve === null ? undefined : sleeveOrdinal.get(sleeve)
  return ordinal === undefined ? PORTFOLIO : sleeveSubject(ordinal)
}
