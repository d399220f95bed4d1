/** Answers as they are kept in a file: each long part once, rows as columns, charts no finer than they are drawn. */
import type { KeptAnswers, KeptPlace, KeptRows } from '../../api/contract/kept.ts'
import { keepExtremes, POINTS_MOST } from '../../api/views/equity.ts'
import type { Answers } from './answers.ts'

/** A text that is longer is a part of its own: another one like it costs a few characters. */
const PART_LEAST = 160
const ROWS_LEAST = 4
/** Columns of so many numbers are drawn: nobody sees more than these digits of them. */
const DRAWN_LEAST = 60
const DIGITS = 8

type Plain = Readonly<Record<string, unknown>>

interface DrawnLine extends Plain {
  readonly days: readonly string[]
  readonly values: readonly (number | null)[]
}

export function packed(answers: Answers): KeptAnswers {
  const parts: unknown[] = []
  const places = new Map<string, number>()

  const put = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const whole = Array.isArray(value)
      ? putArray(value)
      : mapped(isLine(value) ? thinned(value) : (value as Plain), put)
    const text = JSON.stringify(whole)
    if (text.length < PART_LEAST) return whole
    let place = places.get(text)
    if (place === undefined) {
      place = parts.push(whole) - 1
      places.set(text, place)
    }
    return { '~at': place } satisfies KeptPlace
  }
  const putArray = (values: readonly unknown[]): unknown => {
    if (values.length >= DRAWN_LEAST && values.every(isNumber)) return values.map(shortened)
    const keys = keysOfAll(values)
    if (keys === null) return linesAlike(values).map(put)
    const columns = Object.fromEntries(keys.map((key) => [key, put(values.map((row) => (row as Plain)[key]))]))
    return { '~rows': values.length, columns } satisfies KeptRows
  }
  return { answers: mapped(answers, put), parts }
}

function mapped(object: Plain, as: (value: unknown) => unknown): Plain {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, as(value)]))
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value === null
}

function shortened(value: unknown): unknown {
  return typeof value !== 'number' || Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS))
}

/** Keys that every row has in the same order; null where rows are few or differ. */
function keysOfAll(values: readonly unknown[]): readonly string[] | null {
  if (values.length < ROWS_LEAST || values.some((row) => typeof row !== 'object' || row === null || Array.isArray(row)))
    return null
  const text = JSON.stringify(Object.keys(values[0] as Plain))
  const isLike = (row: unknown): boolean => JSON.stringify(Object.keys(row as Plain)) === text
  return text !== '[]' && !isLine(values[0]) && values.every(isLike) ? (JSON.parse(text) as string[]) : null
}

function isLine(value: unknown): value is DrawnLine {
  const { days, values } = (value ?? {}) as Partial<DrawnLine>
  return Array.isArray(days) && Array.isArray(values) && days.length === values.length
}

/** A line by itself keeps what is lowest and highest in each stretch. */
function thinned(line: DrawnLine): Plain {
  if (line.days.length <= POINTS_MOST) return line
  const places = keepExtremes([...line.days.keys()], POINTS_MOST, (place) => line.values[place] ?? 0)
  return at(line, places)
}

/** Lines that are drawn together keep the same days. */
function linesAlike(values: readonly unknown[]): readonly unknown[] {
  const lines = values.filter(isLine)
  const length = lines[0]?.days.length ?? 0
  if (lines.length < 2 || lines.length < values.length || length <= POINTS_MOST) return values
  if (lines.some(({ days }) => days.length !== length)) return values
  const every = (length - 1) / (POINTS_MOST - 1)
  const places = Array.from({ length: POINTS_MOST }, (_, place) => Math.floor(place * every + 0.5))
  return lines.map((line) => at(line, places))
}

function at(line: DrawnLine, places: readonly number[]): Plain {
  return {
    ...line,
    days: places.map((place) => line.days[place]!),
    values: places.map((place) => line.values[place]!),
  }
}
