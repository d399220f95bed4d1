/** Two calendars of one exchange, ours and the broker's: where they disagree, nobody knows when it trades. */
import { formatDate, type Session, type Sessions, sessionOf } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'

/** One day on which they differ, and how. */
export interface CalendarDisagreement {
  readonly date: TradeDate
  readonly reason: string
}

/**
 * Days from one to another, both included, on which only one of them trades, or both at other hours.
 *
 * @param theirs in any order
 */
export function calendarDisagreements(
  own: Sessions,
  theirs: readonly Session[],
  from: TradeDate,
  to: TradeDate,
): readonly CalendarDisagreement[] {
  const found: CalendarDisagreement[] = []
  const named = new Set<number>()
  for (const { date, open, close } of theirs) {
    if (date < from || date > to) continue
    named.add(date)
    const index = sessionOf(own, date)
    if (index === -1) found.push({ date, reason: 'the broker trades, our table does not' })
    else if (own.opens[index] !== open || own.closes[index] !== close) {
      const [ours, brokers] = [hours(own.opens[index]!, own.closes[index]!), hours(open, close)]
      found.push({ date, reason: `the broker trades ${brokers} UTC, our table says ${ours}` })
    }
  }
  for (const date of own.dates) {
    if (date < from || date > to || named.has(date)) continue
    found.push({ date: date as TradeDate, reason: 'our table trades, the broker does not' })
  }
  return found.sort((left, right) => left.date - right.date)
}

function hours(open: number, close: number): string {
  return `${timeOfDay(open as Instant)} to ${timeOfDay(close as Instant)}`
}

function timeOfDay(at: Instant): string {
  const minutes = Math.floor(at / 60_000) % 1_440
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** What is said of the next disagreement; empty: there is none. */
export function disagreementText(found: readonly CalendarDisagreement[]): string {
  const [first, ...more] = found
  if (first === undefined) return ''
  const others = more.length === 0 ? '' : ` and ${more.length} more`
  return `${formatDate(first.date)}: ${first.reason}${others}`
}
