/** What stands behind the options of the command line: each text is read once, or refused with what to write. */
import { InvalidArgumentError, Option } from 'commander'
import type { DaySchedule } from '../domain/capital.ts'
import { parseDate } from '../domain/sessions.ts'
import type { TradeDate } from '../domain/units.ts'

export function date(text: string): TradeDate {
  const value = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseDate(text) : null
  if (value === null) throw new InvalidArgumentError('Write an existing date as YYYY-MM-DD.')
  return value
}

export function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Write a number such as 0.02.')
  return value
}

export function notNegative(text: string): number {
  const value = number(text)
  if (value < 0) throw new InvalidArgumentError('Write a number of at least 0.')
  return value
}

export function aboveZero(text: string): number {
  const value = number(text)
  if (!(value > 0)) throw new InvalidArgumentError('Write a number above 0.')
  return value
}

export function bounds(text: string): readonly [number, number] {
  const [lower = Number.NaN, upper = Number.NaN, ...more] = text.split(',').map(number)
  if (more.length > 0 || !(lower >= 0 && lower <= upper)) {
    throw new InvalidArgumentError('Write the lower and the upper bound, such as 0.15,0.30.')
  }
  return [lower, upper]
}

export function count(text: string): number {
  const value = number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Write a whole number above 0.')
  return value
}

/** The longest that a timer can wait: 2^31 - 1 milliseconds. */
const SECONDS_MAX = 2_147_483

export function seconds(text: string): number {
  const value = number(text)
  if (!(value >= 0 && value <= SECONDS_MAX)) {
    throw new InvalidArgumentError(`Write seconds from 0 to ${SECONDS_MAX}.`)
  }
  return value
}

export function schedule(text: string): DaySchedule {
  if (text === 'week' || text === 'month' || text === 'quarter') return { kind: 'calendar', unit: text }
  const every = Number(text)
  if (!Number.isInteger(every) || every < 1) {
    throw new InvalidArgumentError('Write a whole number of rows above 0, or week, month or quarter.')
  }
  return { kind: 'days', every }
}

export function seed(text: string): number {
  const value = number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Write a whole number such as 7.')
  return value
}

export function degrees(text: string): number {
  const value = number(text)
  if (!(value > 4)) throw new InvalidArgumentError('Write a number above 4: below it the tails have no size.')
  return value
}

export function share(text: string): number {
  const value = number(text)
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError('Write a fraction from 0 to below 1, such as 0.5.')
  return value
}

export function shares(text: string): readonly number[] {
  return text.split(',').map(share)
}

export function folder(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Name a folder.')
  return text
}

export function busAddress(text: string): string {
  if (!/^rediss?:\/\/\S+$/.test(text))
    throw new InvalidArgumentError('Write an address such as redis://127.0.0.1:6379.')
  return text
}

export const dataOption = (): Option =>
  new Option('--data <folder>', 'folder of market data; files in the configuration are relative to it')
export const outOption = (): Option =>
  new Option('--out <folder>', 'where the report is written').argParser(folder).default('polyfolio-report')
export const jsonOption = (): Option => new Option('--json', 'print one JSON document on stdout and nothing else')
export const fromOption = (): Option => new Option('--from <date>', 'first day, YYYY-MM-DD').argParser(date)
export const toOption = (): Option => new Option('--to <date>', 'last day, YYYY-MM-DD').argParser(date)
