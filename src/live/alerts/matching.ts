/** Which rules an alert falls under, and when what they say may be told. */
import type { Alert, AlertRule, QuietHours } from '../../domain/alerts.ts'
import type { Instant } from '../../domain/units.ts'
import { SEVERITIES, type Severity } from '../../domain/violations.ts'

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440

/** Minutes since midnight in a time zone. */
export type MinuteOf = (at: Instant, zone: string) => number

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least)
}

export function highestOf(alerts: readonly Alert[]): Severity {
  return SEVERITIES.find((severity) => alerts.some((alert) => alert.severity === severity)) ?? 'low'
}

export function fits(rule: AlertRule, alert: Alert): boolean {
  if (!rule.isEnabled || !isAtLeast(alert.severity, rule.severity)) return false
  if (rule.rules.length > 0 && !rule.rules.some((pattern) => isLike(alert.rule, pattern))) return false
  return rule.sleeves.length === 0 || (alert.sleeve !== null && rule.sleeves.includes(alert.sleeve))
}

/** `*` stands for any characters, also for none. */
export function isLike(text: string, pattern: string): boolean {
  const [first, ...rest] = pattern.split('*')
  if (!text.startsWith(first!)) return false
  if (rest.length === 0) return text === pattern
  let from = first!.length
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, from)
    if (found === -1) return false
    from = found + part.length
  }
  const last = rest.at(-1)!
  return text.length - last.length >= from && text.endsWith(last)
}

/** When quiet hours that hold back something of this severity now will end; null: nothing holds it back. */
export function quietUntil(
  quiet: QuietHours | null,
  severity: Severity,
  at: Instant,
  minuteOf: MinuteOf,
): Instant | null {
  if (quiet === null || isAtLeast(severity, quiet.except)) return null
  const minute = minuteOf(at, quiet.zone)
  const { from, to } = quiet
  const isQuiet = from <= to ? minute >= from && minute < to : minute >= from || minute < to
  if (!isQuiet) return null
  const left = (to - minute + DAY_MINUTES) % DAY_MINUTES
  return ((Math.floor(at / MINUTE_MS) + left) * MINUTE_MS) as Instant
}
