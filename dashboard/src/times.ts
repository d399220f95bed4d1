/**
 * How instants and trade dates read. One zone a reader: the exchange's, UTC, or that of this machine. A trade date is
 * text (`2024-02-01`) and is never turned into an instant: west of UTC it would slide a day.
 */

export type ZoneChoice = 'exchange' | 'utc' | 'local'
/** Of the portfolio's exchange, as the server names it; until it has, that of most. */
let exchangeZone = 'America/New_York'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MINUTE_MS = 60_000

function zoneName(choice: ZoneChoice): string {
  if (choice === 'utc') return 'UTC'
  return choice === 'exchange' ? exchangeZone : Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** From here on `exchange` is this zone. */
export function exchangeIsIn(zone: string): void {
  exchangeZone = zone
}

/** `New York`, `UTC`, `Berlin`. */
export function zoneLabel(choice: ZoneChoice): string {
  const name = zoneName(choice)
  return (name.split('/').at(-1) ?? name).replaceAll('_', ' ')
}

interface Wall {
  readonly year: string
  readonly month: string
  readonly day: string
  readonly hour: string
  readonly minute: string
  readonly second: string
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    const two = '2-digit' as const
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    })
    formats.set(zone, format)
  }
  return format
}

function wallOf(ms: number, zone: string): Wall {
  const parts: Record<string, string> = {}
  for (const { type, value } of formatOf(zone).formatToParts(ms)) parts[type] = value
  return parts as unknown as Wall
}

/** Milliseconds of an ISO instant; null for what is none. */
export function instantOf(iso: string | null | undefined): number | null {
  if (iso === null || iso === undefined) return null
  const ms = Date.parse(iso)
  return Number.isNaN(ms) ? null : ms
}

/** `10:42:07` today, `9 Nov 10:42` this year, `2025-11-09` before. */
export function moment(iso: string | null | undefined, choice: ZoneChoice, nowMs: number): string {
  const ms = instantOf(iso)
  if (ms === null) return 'n/a'
  const zone = zoneName(choice)
  const [then, now] = [wallOf(ms, zone), wallOf(nowMs, zone)]
  if (then.year !== now.year) return `${then.year}-${then.month}-${then.day}`
  if (then.month === now.month && then.day === now.day) return `${then.hour}:${then.minute}:${then.second}`
  return `${Number(then.day)} ${MONTHS[Number(then.month) - 1]} ${then.hour}:${then.minute}`
}

/** `10:42:07` on the clock of the zone. */
export function clock(ms: number, choice: ZoneChoice): string {
  const { hour, minute, second } = wallOf(ms, zoneName(choice))
  return `${hour}:${minute}:${second}`
}

/** `2026-11-09 10:42:07` in the zone, for tables. */
export function stamp(iso: string | null | undefined, choice: ZoneChoice): string {
  const ms = instantOf(iso)
  if (ms === null) return 'n/a'
  const { year, month, day, hour, minute, second } = wallOf(ms, zoneName(choice))
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`
}

/** Minutes that the zone is ahead of UTC at an instant. */
function offsetMinutes(ms: number, choice: ZoneChoice): number {
  const wall = wallOf(ms, zoneName(choice))
  const local = Date.UTC(+wall.year, +wall.month - 1, +wall.day, +wall.hour, +wall.minute, +wall.second)
  return Math.round((local - Math.floor(ms / 1000) * 1000) / MINUTE_MS)
}

/** `UTC\u22125`, `UTC+5:30`. */
export function zoneOffset(ms: number, choice: ZoneChoice): string {
  const offset = offsetMinutes(ms, choice)
  if (offset === 0) return 'UTC'
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  return `UTC${offset < 0 ? '\u2212' : '+'}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`
}

/** An instant as a point on an axis that is drawn as UTC: it shows the zone's wall time. */
export function wallPoint(ms: number, choice: ZoneChoice): number {
  return ms + offsetMinutes(ms, choice) * MINUTE_MS
}

/** The instant with its offset, for titles and copies: `2026-11-09T10:42:07-05:00`. */
export function isoInZone(iso: string, choice: ZoneChoice): string {
  const ms = instantOf(iso)
  if (ms === null) return iso
  const wall = wallOf(ms, zoneName(choice))
  const offset = offsetMinutes(ms, choice)
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  const { year, month, day, hour, minute, second } = wall
  const tail = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${tail}`
}

/** `9 Nov 2025` of a trade date, which is text and stays text. */
export function tradeDate(date: string | null | undefined): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(date ?? '')
  return parts === null ? 'n/a' : `${Number(parts[3])} ${MONTHS[Number(parts[2]) - 1]} ${parts[1]}`
}

/** `2 s`, `14 min`, `3 h`, `2 d`: for age chips alone. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** `2 h 10 min`, `11 min`, `40 s`: what is left of a term. */
export function remaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
