import { FaultError, fault } from '../../domain/faults.ts'
import type { Finding } from '../../domain/series.ts'
import { isTradeDate, startOfDay, utcDate } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { type Table, unreadable } from './table.ts'

/** When each row of a table happened. */
export interface Moments {
  /** Epoch ms UTC. A time without a zone is taken as UTC. */
  readonly times: Float64Array
  /** yyyymmdd as written: a day's date is the one on the paper, whatever its zone. */
  readonly dates: Int32Array
  readonly hasTime: boolean
  readonly findings: readonly Finding[]
}

const MS_PER_HOUR = 3_600_000
const MS_PER_MINUTE = 60_000
const MS_PER_DAY = 86_400_000

const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/
const HALF_DAY_HOUR = /^(\d{4})-(\d{2})-(\d{2}) (\d{1,2})-(AM|PM)$/
const SLASHED = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/
const EPOCH = /^\d{9,17}(?:\.\d+)?$/

type Form = 'iso' | 'half-day' | 'slashed' | 'compact' | 'epoch'
const FORM_NAME: Readonly<Record<Form, string>> = {
  iso: 'year-month-day',
  'half-day': 'year-month-day hour-AM/PM',
  slashed: 'day and month before the year',
  compact: 'yyyymmdd',
  epoch: 'an epoch number',
}

/** One cell read: its parts before day and month are told apart. */
interface Stamp {
  readonly form: Form
  readonly time: number
  readonly date: number
  readonly hasTime: boolean
}

/**
 * Reads the date or time column. Every row must write dates the same way; epoch numbers may mix seconds, milliseconds,
 * microseconds and nanoseconds, which their size tells apart.
 *
 * @throws FaultError ROW_UNREADABLE for a date that does not exist, DATA_REFUSED for mixed or ambiguous writing
 */
export function readMoments(table: Table, column: number): Moments {
  const times = new Float64Array(table.count)
  const dates = new Int32Array(table.count)
  const field = table.header[column] || 'date'
  const dayFirst = slashedOrder(table, column)
  const units = new Map<number, number>()
  let form: Form | null = null
  let hasTime = false
  for (let row = 0; row < table.count; row += 1) {
    const text = table.cell(row, column)
    const stamp = readStamp(text, dayFirst, units, table.lines[row]!)
    if (stamp === null) throw unreadable(table.source, table.lines[row]!, field, text, 'a date that exists')
    if (form !== null && form !== stamp.form) {
      const reason = `${field} "${text}" is written as ${FORM_NAME[stamp.form]}, the rows before as ${FORM_NAME[form]}; write all dates one way`
      throw new FaultError(fault('DATA_REFUSED', { file: table.source, line: table.lines[row]!, reason }))
    }
    form = stamp.form
    times[row] = stamp.time
    dates[row] = stamp.date
    hasTime ||= stamp.hasTime
  }
  return { times, dates, hasTime, findings: findingsOf(form, units, table) }
}

function findingsOf(form: Form | null, units: ReadonlyMap<number, number>, table: Table): readonly Finding[] {
  const line = table.lines[0] ?? 1
  if (form === 'slashed') {
    return [{ kind: 'note', code: 'local-dates', text: 'dates put the year last', line, count: table.count }]
  }
  if (units.size < 2) return []
  const text = `epoch numbers change their unit ${units.size - 1} time(s); all were brought to milliseconds`
  return [{ kind: 'repair', code: 'epoch-units', text, line: Math.max(...units.values()), count: units.size }]
}

function readStamp(text: string, dayFirst: boolean | null, units: Map<number, number>, line: number): Stamp | null {
  const iso = ISO.exec(text)
  if (iso !== null) {
    const date = existing(Number(iso[1]), Number(iso[2]), Number(iso[3]))
    if (date === null) return null
    if (iso[4] === undefined) return { form: 'iso', date, time: startOfDay(date), hasTime: false }
    const ofDay = clockTime(iso[4], iso[5]!, iso[6], iso[7])
    if (ofDay === null) return null
    return { form: 'iso', date, time: startOfDay(date) + ofDay - zoneMs(iso[8]), hasTime: true }
  }
  const compact = COMPACT.exec(text)
  if (compact !== null) {
    const date = existing(Number(compact[1]), Number(compact[2]), Number(compact[3]))
    return date === null ? null : { form: 'compact', date, time: startOfDay(date), hasTime: false }
  }
  if (EPOCH.test(text)) return readEpoch(Number(text), units, line)
  const slashed = SLASHED.exec(text)
  if (slashed !== null) return readSlashed(slashed, dayFirst)
  const half = HALF_DAY_HOUR.exec(text)
  return half === null ? null : readHalfDay(half)
}

function readEpoch(value: number, units: Map<number, number>, line: number): Stamp {
  const perMs = value < 1e11 ? 1e-3 : value < 1e14 ? 1 : value < 1e17 ? 1e3 : 1e6
  if (!units.has(perMs)) units.set(perMs, line)
  const time = Math.floor(perMs === 1e-3 ? value * 1_000 : value / perMs)
  return { form: 'epoch', time, date: utcDate(time as Instant), hasTime: time % MS_PER_DAY !== 0 }
}

function readSlashed(parts: RegExpExecArray, dayFirst: boolean | null): Stamp | null {
  const [first, second, year] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const date = dayFirst === true ? existing(year, second, first) : existing(year, first, second)
  if (date === null) return null
  if (parts[4] === undefined) return { form: 'slashed', date, time: startOfDay(date), hasTime: false }
  const ofDay = clockTime(parts[4], parts[5]!, parts[6], undefined)
  return ofDay === null ? null : { form: 'slashed', date, time: startOfDay(date) + ofDay, hasTime: true }
}

/** '2017-08-17 04-AM': twelve hours, 12-AM is midnight. */
function readHalfDay(parts: RegExpExecArray): Stamp | null {
  const date = existing(Number(parts[1]), Number(parts[2]), Number(parts[3]))
  const hour = Number(parts[4])
  if (date === null || hour < 1 || hour > 12) return null
  const ofDay = ((hour % 12) + (parts[5] === 'PM' ? 12 : 0)) * MS_PER_HOUR
  return { form: 'half-day', date, time: startOfDay(date) + ofDay, hasTime: true }
}

function existing(year: number, month: number, day: number): TradeDate | null {
  const value = year * 10_000 + month * 100 + day
  return isTradeDate(value) ? value : null
}

function clockTime(
  hours: string,
  minutes: string,
  seconds: string | undefined,
  fraction: string | undefined,
): number | null {
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return null
  const ms = Math.floor(Number(`0.${fraction ?? 0}`) * 1_000)
  return Number(hours) * MS_PER_HOUR + Number(minutes) * MS_PER_MINUTE + Number(seconds ?? 0) * 1_000 + ms
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'UTC') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * MS_PER_MINUTE
}

/**
 * Whether slashed dates put the day first, from the rows that can only be read one way.
 *
 * @returns null where the column has no slashed dates
 * @throws FaultError DATA_REFUSED where rows contradict each other, or none tells
 */
function slashedOrder(table: Table, column: number): boolean | null {
  let dayFirst = 0
  let monthFirst = 0
  let seen = 0
  let others = false
  for (let row = 0; row < table.count; row += 1) {
    const parts = SLASHED.exec(table.cell(row, column))
    if (parts === null) {
      others = true
      continue
    }
    seen ||= table.lines[row]!
    if (Number(parts[1]) > 12) dayFirst ||= table.lines[row]!
    if (Number(parts[2]) > 12) monthFirst ||= table.lines[row]!
  }
  if (seen === 0) return null
  if (others) return dayFirst > 0 // Mixed writing is refused where it begins.
  const refuse = (line: number, reason: string): FaultError =>
    new FaultError(fault('DATA_REFUSED', { file: table.source, line, reason }))
  if (dayFirst > 0 && monthFirst > 0) {
    throw refuse(Math.max(dayFirst, monthFirst), 'some dates put the day first, others the month; write all one way')
  }
  if (dayFirst === 0 && monthFirst === 0) {
    throw refuse(seen, 'no date tells whether the day or the month stands first; write dates as year-month-day')
  }
  return dayFirst > 0
}
