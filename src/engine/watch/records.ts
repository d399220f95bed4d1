/** The record of violations: how one is written down, and how it ends. */
import type { Violation } from '../../domain/risk.ts'
import type { Instant, Json } from '../../domain/units.ts'
import type { Resolution, Severity } from '../../domain/violations.ts'
import type { Runtime } from '../runtime.ts'
import type { Subject } from './state.ts'
import { sleevesOf, subjectText } from './subjects.ts'

/** The rule of a violation that is no limit's: a sleeve that failed and was paused. */
export const SLEEVE_FAULT = 'sleeveFault'

export interface Recorded {
  readonly rule: string
  readonly severity: Severity
  readonly subject: Subject
  readonly value: number
  readonly limit: number
  readonly action: string
  readonly review?: Violation['review']
}

/** Writes a violation down, open, and alerts whoever listens. */
export function recordViolation(runtime: Runtime, recorded: Recorded): Violation {
  const { state } = runtime
  const { rule, severity, subject, value, limit, action, review = null } = recorded
  const violation: Violation = {
    id: state.violations.length + 1,
    at: state.at as Instant,
    severity,
    rule,
    about: subject.about,
    subject: subjectText(runtime, subject),
    value,
    limit,
    action,
    resolvedAt: null,
    resolution: null,
    review,
    parameters: severity === 'low' ? null : { before: parametersOf(runtime, subject), after: null },
  }
  state.violations.push(violation)
  runtime.commands.push({ kind: 'alert', violation })
  return violation
}

/** Ends an open violation; what a record says of the parameters afterwards waits for the operator's note. */
export function resolveViolation({ state }: Pick<Runtime, 'state'>, id: number, resolution: Resolution): void {
  const violation = state.violations[id - 1]!
  state.violations[id - 1] = { ...violation, resolvedAt: state.at as Instant, resolution }
}

/** The operator's note on a violation, with what its subject is run with now. */
export function noteViolation(runtime: Runtime, id: number, note: string, subject: Subject | null): void {
  const { violations } = runtime.state
  const violation = violations[id - 1]!
  const { resolution, parameters } = violation
  violations[id - 1] = {
    ...violation,
    resolution: resolution === null ? null : { ...resolution, note },
    parameters:
      parameters === null || subject === null
        ? parameters
        : { before: parameters.before, after: parametersOf(runtime, subject) },
  }
}

/** What the subject is run with: the limits that it is under, and the parameters of its sleeves. */
function parametersOf(runtime: Runtime, subject: Subject): Json {
  const config = runtime.state.config!
  const own = subject.about === 'portfolio' ? [] : sleevesOf(runtime, subject)
  const sleeves = Object.fromEntries(
    own.map((ordinal) => {
      const { id, parameters, limits } = runtime.sleeves[ordinal]!.config
      return [id, { parameters, limits }]
    }),
  )
  const plain = own.length === 0 ? { limits: config.limits } : { sleeves }
  return plain as unknown as Json
}
