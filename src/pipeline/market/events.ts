/** What the rows of event files say together: refused where they contradict each other or time itself. */
import { type Fault, fault } from '../../domain/faults.ts'
import type { EarningsSession, MarketRecord } from '../../domain/market-records.ts'
import type { EventRecords } from '../../domain/recorded.ts'
import {
  formatDate,
  formatInstant,
  lastClosed,
  type Sessions,
  sessionAt,
  sessionAtOrAfter,
  startOfDay,
} from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'

const DAY_MS = 86_400_000

/** Kinds that tell of what has happened: nobody knows them before. */
const AFTER_THE_FACT: readonly MarketRecord['kind'][] = ['earnings', 'news', 'flow']
/** Kinds of which an instrument has one at a time. */
const ONE_AT_A_TIME: readonly MarketRecord['kind'][] = ['funding', 'borrow', 'split']

/**
 * Judges the event files of one kind.
 *
 * @param today the last day that can have happened
 * @returns the first thing that is wrong, by file and line; null where nothing is
 */
export function eventsProblem(files: readonly EventRecords[], today: TradeDate): Fault | null {
  const seen = new Map<string, string>()
  for (const { source, records, lines } of files) {
    for (const [row, record] of records.entries()) {
      const line = lines[row]!
      const reason = timeProblem(record, today) ?? repetition(record, seen)
      if (reason !== null) return fault('DATA_REFUSED', { file: source, line, reason })
      for (const key of keysOf(record)) seen.set(key, `line ${line}${files.length > 1 ? ` of "${source}"` : ''}`)
    }
  }
  return null
}

function timeProblem(record: MarketRecord, today: TradeDate): string | null {
  const { eventAt, publishedAt } = record
  if (publishedAt >= startOfDay(today) + DAY_MS)
    return `published_at ${formatInstant(publishedAt)} is in the future; correct the time`
  if (AFTER_THE_FACT.includes(record.kind) && publishedAt < eventAt) {
    return `published_at ${formatInstant(publishedAt)} is before event_at ${formatInstant(eventAt)}: nobody knew it before it happened; correct one of them`
  }
  if ((record.kind === 'dividend' || record.kind === 'split') && publishedAt >= eventAt + DAY_MS) {
    return `published_at ${formatInstant(publishedAt)} is after the ex_date ${formatDate(record.exDate)}: what was not announced cannot have gone ex; correct one of them`
  }
  return null
}

function keysOf(record: MarketRecord): readonly string[] {
  const id = `id "${record.id}"`
  if (!ONE_AT_A_TIME.includes(record.kind)) return [id]
  return [id, `${record.kind} of "${record.instrument}" at ${formatInstant(record.eventAt)}`]
}

function repetition(record: MarketRecord, seen: ReadonlyMap<string, string>): string | null {
  for (const key of keysOf(record)) {
    const where = seen.get(key)
    if (where !== undefined) return `${key} stands already on ${where}; keep one`
  }
  return null
}

/** Announcements of one evening or morning lie within so many hours of the close before or the open after. */
const HALF_NIGHT_MS = 14 * 3_600_000

/** What contradicts the sessions of the instrument's calendar: where in the day an announcement was made; null where nothing does. */
export function sessionProblem(record: MarketRecord, sessions: Sessions): string | null {
  if (record.kind !== 'earnings' || record.session === null) return null
  const { eventAt, session } = record
  const isRight = sessionAt(sessions, eventAt) >= 0 ? session === 'during' : isOutside(eventAt, session, sessions)
  return isRight
    ? null
    : `session "${session}" contradicts event_at ${formatInstant(eventAt)} on calendar "${sessions.calendar}"; correct one of them`
}

function isOutside(at: Instant, session: EarningsSession, sessions: Sessions): boolean {
  if (session === 'during') return false
  if (session === 'after_close') {
    const before = lastClosed(sessions, at)
    return before < 0 || at - sessions.closes[before]! <= HALF_NIGHT_MS
  }
  const next = sessionAtOrAfter(sessions, at)
  return next < 0 || sessions.opens[next]! - at <= HALF_NIGHT_MS
}
