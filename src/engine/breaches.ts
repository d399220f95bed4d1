import type { Violation } from '../domain/risk.ts'
import { utcDate } from '../domain/sessions.ts'
import type { Instant } from '../domain/units.ts'
import { drawdownOf, stepBreaker } from '../pipeline/risk/breaker.ts'
import type { Runtime } from './runtime.ts'

/** Breaker and day start: every cycle. */
export function stepPortfolio(runtime: Runtime): void {
  const { state } = runtime
  const rule = state.config!.limits.drawdown
  if (rule !== null && state.breaker !== null) {
    const drawdown = Math.max(drawdownOf(state.breaker, runtime.equity), 0)
    const move = stepBreaker(state.breaker, rule, runtime.equity)
    if (move === 'halt') breach(runtime, drawdown, rule.halt)
    else if (move === 'resume') resolveBreach(runtime)
  }
  // A close at midnight ends the day before: the daily bar of a Saturday is judged as Saturday's.
  const day = utcDate((state.at - 1) as Instant)
  for (const sleeve of runtime.sleeves) {
    const own = state.sleeves[sleeve.ordinal]!
    if (own.day !== day) {
      own.day = day
      own.dayStartEquity = own.equityBefore
    }
    own.equityBefore = sleeve.equity
  }
}

function breach(runtime: Runtime, value: number, limit: number): void {
  const violation: Violation = {
    at: runtime.state.at as Instant,
    severity: 'critical',
    rule: 'drawdownBreaker',
    subject: 'portfolio',
    value,
    limit,
    action: 'halt new positions',
    resolvedAt: null,
  }
  runtime.state.violations.push(violation)
  runtime.commands.push({ kind: 'alert', violation })
}

export function resolveBreach(runtime: Runtime): void {
  const { state } = runtime
  state.violations = state.violations.map((violation) =>
    violation.resolvedAt === null && violation.rule === 'drawdownBreaker'
      ? { ...violation, resolvedAt: state.at as Instant }
      : violation,
  )
}
