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
  const day = utcDate(state.at as Instant)
  for (const sleeve of runtime.sleeves) {
    const own = state.sleeves[sleeve.ordinal]!
    // Equity at the first look of a UTC day is what the day's loss is measured from.
    if (own.day === day) continue
    own.day = day
    own.dayStartEquity = sleeve.equity
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
