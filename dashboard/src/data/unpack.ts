import type { KeptAnswers, KeptPlace, KeptRows } from '../../../src/api/contract/kept.ts'

type Plain = Readonly<Record<string, unknown>>

/** Reads an answer out of a file that keeps each long part once; what was read is not read again. */
export function unpacking({ parts, answers }: KeptAnswers): (path: string) => unknown {
  const read = new Map<number, unknown>()
  const whole = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(whole)
    const { '~at': place } = value as Partial<KeptPlace>
    if (place !== undefined) return part(place)
    const { '~rows': rows, columns } = value as Partial<KeptRows>
    if (rows !== undefined && columns !== undefined) return rowsOf(rows, columns)
    return Object.fromEntries(Object.entries(value as Plain).map(([key, one]) => [key, whole(one)]))
  }
  const part = (place: number): unknown => {
    if (!read.has(place)) read.set(place, whole(parts[place]))
    return read.get(place)
  }
  const rowsOf = (count: number, columns: Plain): readonly unknown[] => {
    const named = Object.entries(columns).map(([key, column]) => [key, whole(column) as readonly unknown[]] as const)
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(named.flatMap(([key, column]) => (column[row] === undefined ? [] : [[key, column[row]]]))),
    )
  }
  return (path) => whole(answers[path])
}
