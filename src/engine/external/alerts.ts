/** What is booked to the external sleeve is told once, and until it is gone again. */
import { bookPart, type Part } from '../orders/booking.ts'
import type { Runtime } from '../runtime.ts'
import { recordViolation, resolveViolation } from '../watch/records.ts'
import { instrumentSubject, subjectText } from '../watch/subjects.ts'
import { externalOf, externalUnits } from './sleeve.ts'

/** Why something came to the external sleeve: `foreignFill` of an order of somebody else, `overfill` beyond what was ordered. */
export const EXTERNAL_RULES = ['foreignFill', 'overfill', 'unknownOrder', 'found', 'amended'] as const
export type ExternalRule = (typeof EXTERNAL_RULES)[number]

/** Books what no sleeve asked for, and alerts once as long as nobody has answered. */
export function bookExternal(runtime: Runtime, part: Part, rule: ExternalRule): void {
  part.sleeve = externalOf(runtime)
  part.protection = null
  part.reason = rule
  bookPart(runtime, part)
  alertExternal(runtime, part.instrument, rule)
}

/** One open alert for an instrument and rule: it ends when the external sleeve holds nothing of it any more. */
export function alertExternal(runtime: Runtime, instrument: number, rule: ExternalRule): void {
  const { state } = runtime
  const subject = instrumentSubject(instrument)
  const name = subjectText(runtime, subject)
  const isOpen = state.violations.some((one) => one.rule === rule && one.subject === name && one.resolvedAt === null)
  if (isOpen) return
  const value = externalUnits(runtime, instrument) / state.instruments[instrument]!.unitsPerWhole
  const severity = rule === 'foreignFill' || rule === 'found' ? 'low' : 'medium'
  recordViolation(runtime, { rule, severity, subject, value, limit: 0, action: 'booked to external' })
  endExternalAlerts(runtime, instrument)
}

/** An instrument of which the external sleeve holds nothing any more asks nobody's attention. */
export function endExternalAlerts(runtime: Runtime, instrument: number): void {
  if (externalUnits(runtime, instrument) !== 0) return
  const name = subjectText(runtime, instrumentSubject(instrument))
  const rules: readonly string[] = EXTERNAL_RULES
  for (const { id, rule, subject, resolvedAt } of runtime.state.violations)
    if (resolvedAt === null && subject === name && rules.includes(rule))
      resolveViolation(runtime, id, { how: 'recovered', value: 0, note: '' })
}
