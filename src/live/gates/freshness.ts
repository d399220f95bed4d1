/** Whether prices are stale: judged from the closes of bars that should be there, in trading time, never from an open. */
import { lastClosed, type Sessions, sessionAt } from '../../domain/sessions.ts'
import type { Instant, InstrumentId } from '../../domain/units.ts'
import { type GateChange, open, shut } from './moment.ts'

/** Bars of one length in one calendar. */
export interface BarClock {
  readonly sessions: Sessions
  /** Null: a bar is a whole session. */
  readonly barMs: number | null
}

export interface FreshnessRules {
  /** A bar is due so many ms after its close. */
  readonly graceMs: number
  /** So many bars that are due and not there make a price stale. */
  readonly barsMissed: number
}

/** What is known of one instrument's bars. */
export interface Seen {
  /** Close of its last bar; null: none was seen. */
  readonly closedAt: Instant | null
  /** The most bars that ever lay between two of its own: what is quiet for that long is not stale. */
  readonly quiet: number
}

export const UNSEEN: Seen = { closedAt: null, quiet: 0 }

/** The close of the last bar that has closed by an instant; null before the first. */
export function lastBarClose({ sessions, barMs }: BarClock, at: Instant): Instant | null {
  const current = barMs === null ? -1 : sessionAt(sessions, at)
  if (current !== -1) {
    const whole = Math.floor((at - sessions.opens[current]!) / barMs!)
    if (whole > 0) return (sessions.opens[current]! + whole * barMs!) as Instant
  }
  const before = lastClosed(sessions, at)
  return before === -1 ? null : (sessions.closes[before] as Instant)
}

/** How many bars close after one instant up to and with another. */
export function barsBetween(clock: BarClock, after: Instant, until: Instant): number {
  const { sessions, barMs } = clock
  let bars = 0
  for (let index = lastClosed(sessions, after) + 1; index < sessions.closes.length; index += 1) {
    if (sessions.opens[index]! >= until) break
    bars += closesBy(sessions, index, barMs, until) - closesBy(sessions, index, barMs, after)
  }
  return bars
}

/** Bars of a session that have closed by an instant; the last one may be cut short by the session's end. */
function closesBy({ opens, closes }: Sessions, index: number, barMs: number | null, at: number): number {
  const [from, to] = [opens[index]!, closes[index]!]
  if (barMs === null) return at >= to ? 1 : 0
  if (at >= to) return Math.ceil((to - from) / barMs)
  return at <= from ? 0 : Math.floor((at - from) / barMs)
}

/** Milliseconds during which the calendar traded between two instants: what the age of a price is measured in. */
export function tradingTime(sessions: Sessions, after: Instant, until: Instant): number {
  let sum = 0
  for (let index = lastClosed(sessions, after) + 1; index < sessions.closes.length; index += 1) {
    if (sessions.opens[index]! >= until) break
    sum += Math.min(until, sessions.closes[index]!) - Math.max(after, sessions.opens[index]!)
  }
  return sum
}

/** A bar has arrived. One that is older than the last changes nothing. */
export function sawBar(seen: Seen, clock: BarClock, closedAt: Instant): Seen {
  if (seen.closedAt === null) return { ...seen, closedAt }
  if (closedAt <= seen.closedAt) return seen
  const between = barsBetween(clock, seen.closedAt, closedAt) - 1
  return { closedAt, quiet: Math.max(seen.quiet, Math.min(between, sessionBars(clock, closedAt))) }
}

/** Bars of the session that an instant ends or lies in: nobody is quiet for longer than that without being stale. */
function sessionBars({ sessions, barMs }: BarClock, at: Instant): number {
  const index = Math.max(0, lastClosed(sessions, at))
  return closesBy(sessions, index, barMs, Number.POSITIVE_INFINITY)
}

/** Why an instrument's price is stale; empty: it is not. */
export function staleness(seen: Seen, clock: BarClock, rules: FreshnessRules, now: Instant): string {
  if (seen.closedAt === null) return 'it has no price yet'
  const due = lastBarClose(clock, (now - rules.graceMs) as Instant)
  if (due === null || due <= seen.closedAt) return ''
  const missed = barsBetween(clock, seen.closedAt, due)
  if (missed < rules.barsMissed + 2 * seen.quiet) return ''
  return missed === 1 ? 'its last bar is due and not there' : `its last ${missed} bars are due and not there`
}

export interface FreshnessOf {
  readonly instrument: InstrumentId
  readonly seen: Seen
  readonly clock: BarClock
}

/**
 * What changed since the last look.
 *
 * @param stale instruments that were stale then; changed to those that are now
 */
export function freshnessChanges(
  all: readonly FreshnessOf[],
  stale: Set<InstrumentId>,
  rules: FreshnessRules,
  now: Instant,
): readonly GateChange[] {
  const changes: GateChange[] = []
  for (const { instrument, seen, clock } of all) {
    const reason = staleness(seen, clock, rules, now)
    if ((reason !== '') === stale.has(instrument)) continue
    if (reason === '') stale.delete(instrument)
    else stale.add(instrument)
    changes.push(reason === '' ? open('fresh', 'its prices go on', instrument) : shut('fresh', reason, instrument))
  }
  return changes
}

/** Trading time since the last bar of whatever waits longest; null where nothing was seen yet. */
export function oldestAge(all: readonly FreshnessOf[], now: Instant): number | null {
  let oldest: number | null = null
  for (const { seen, clock } of all) {
    if (seen.closedAt === null) continue
    oldest = Math.max(oldest ?? 0, tradingTime(clock.sessions, seen.closedAt, now))
  }
  return oldest
}
