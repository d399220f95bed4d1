import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Tolerances } from './compare.ts'

/** Worked cases on disk and the tables that they name. */

export interface WorkedCase {
  readonly name: string
  readonly topic: string
  readonly input: Readonly<Record<string, unknown>>
  readonly expected: unknown
  readonly tolerance: Tolerances
}

export type Cell = number | string | null
export interface CaseTable {
  readonly header: readonly string[]
  readonly columns: ReadonlyMap<string, readonly Cell[]>
}
/** Reads a table by the name that a case gives it. */
export type ReadTable = (file: string) => CaseTable

/** Every case file below a folder, in the order of their names. */
export function caseFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((left, right) => (left < right ? -1 : 1))
}

/** A case file; null for JSON that is no case (it has no `expected`). */
export function readCase(file: string): WorkedCase | null {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<WorkedCase> | null
  if (value === null || typeof value !== 'object' || !('expected' in value)) return null
  return {
    name: value.name ?? file,
    topic: value.topic ?? dirname(file).split(/[\\/]/).at(-1) ?? '',
    input: value.input ?? {},
    expected: value.expected,
    tolerance: value.tolerance ?? {},
  }
}

/** Finds tables from the case's own folder upwards, so that a run may begin at one topic; `rows` [a, b) are taken. */
export function tableReader(caseFile: string, rows: unknown): ReadTable {
  return (name) => {
    for (let folder = dirname(resolve(caseFile)); ; folder = dirname(folder)) {
      const file = join(folder, name)
      if (existsSync(file)) return readCsv(file, rows)
      if (folder === dirname(folder)) throw new Error(`no file "${name}" in the folder of the case or above it`)
    }
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

function readCsv(file: string, range: unknown): CaseTable {
  const rows = parse(readFileSync(file, 'utf8'), { bom: true, skip_empty_lines: true, trim: true }) as string[][]
  // a table of numbers alone has no header: its columns are called by their place
  const isBare = rows[0]?.every((text) => NUMBER.test(text)) === true && rows[0].some((text) => !/^\d+$/.test(text))
  const [header = [], ...all] = isBare ? [rows[0]!.map((_, column) => String(column)), ...rows] : rows
  const [from, to] = Array.isArray(range) ? (range as number[]) : [0, all.length]
  const body = all.slice(from, to)
  const cell = (text: string | undefined): Cell =>
    text === undefined || text === '' || text === 'NA' ? null : NUMBER.test(text) ? Number(text) : text
  return { header, columns: new Map(header.map((name, column) => [name, body.map((row) => cell(row[column]))])) }
}
