/** What is booked to the external sleeve is told once, and until it is gone again. */
import type { Severity } from '../../domain/violations.ts'
import { bookPart, type Part } from '../orders/booking.ts'
import { type Runtime, setMark } from '../runtime.ts'
import { recordViolation, resolveViolation } from '../watch/records.ts'
import { instrumentSubject, subjectText } from '../watch/subjects.ts'
import { externalOf, externalUnits } from './sleeve.ts'

/** Why something came to the external sleeve: `foreignFill` of an order of somebody else, `overfill` beyond what was ordered. */
export const EXTERNAL_RULES = ['foreignFill', 'found', 'unknownOrder', 'overfill'] as const
export type ExternalRule = (typeof EXTERNAL_RULES)[number]

/** An execution was taken back, changed or told too late: sleeves hold what they did not decide on, until an operator has looked. */
export const AMENDED = 'amended'

/** Books what no sleeve asked for, and alerts once as long as nobody has answered. */
export function bookExternal(runtime: Runtime, part: Part, rule: ExternalRule): void {
  part.sleeve = externalOf(runtime)
  part.protection = null
  part.reason = rule
  // What nobody here trades may have no bar yet: it is worth what was paid.
  if (Number.isNaN(runtime.state.mark[part.instrument]!)) setMark(runtime, part.instrument, part.price)
  bookPart(runtime, part)
  alertExternal(runtime, part.instrument, rule)
}

/** One open alert for an instrument and rule: it ends when the external sleeve holds nothing of it any more. */
export function alertExternal(runtime: Runtime, instrument: number, rule: ExternalRule): void {
  const severity = rule === 'foreignFill' || rule === 'found' ? 'low' : 'medium'
  const value = externalUnits(runtime, instrument) / runtime.state.instruments[instrument]!.unitsPerWhole
  alertOnce(runtime, instrument, { rule, severity, value, action: 'booked to external' })
  endExternalAlerts(runtime, instrument)
}

/** @param value whole shares, contracts or coins that the account holds less, negative for more */
export function alertAmended(runtime: Runtime, instrument: number, value: number, severity: Severity): void {
  alertOnce(runtime, instrument, { rule: AMENDED, severity, value, action: 'booked to the sleeves that had it' })
}

/** What came late, a fill or a fee in kind, may leave a sleeve short of what nobody can be short of: somebody must know. */
export function alertUnholdable(runtime: Runtime, instrument: number): void {
  const { books, instruments } = runtime.state
  const { shortable, unitsPerWhole } = instruments[instrument]!
  if (shortable) return
  const external = externalOf(runtime)
  let least = 0
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1)
    if (sleeve !== external) least = Math.min(least, books.quantity[sleeve * books.width + instrument]!)
  if (least < 0) alertAmended(runtime, instrument, (0 - least) / unitsPerWhole, 'low')
}

export function isAmended(runtime: Runtime, instrument: number): boolean {
  return isTold(runtime, instrument, AMENDED)
}

function alertOnce(
  runtime: Runtime,
  instrument: number,
  told: { readonly rule: string; readonly severity: Severity; readonly value: number; readonly action: string },
): void {
  if (isTold(runtime, instrument, told.rule)) return
  recordViolation(runtime, { ...told, subject: instrumentSubject(instrument), limit: 0 })
}

function isTold(runtime: Runtime, instrument: number, rule: string): boolean {
  const name = subjectText(runtime, instrumentSubject(instrument))
  return runtime.state.violations.some((one) => one.rule === rule && one.subject === name && one.resolvedAt === null)
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
