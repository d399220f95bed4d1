import { FaultError, fault } from '../../domain/faults.ts'
import { bytesOf, decode } from './delimited.ts'
import { type Table, tableOf } from './table.ts'

/**
 * Reads a file of one flat JSON object a line as a table: the columns are the names of all objects in the order of their
 * first appearance, what an object leaves out or states as null is an empty cell.
 *
 * @throws FaultError FILE_MISSING, FILE_UNREADABLE, FILE_EMPTY; DATA_REFUSED for a line that is no flat object, or is cut off
 */
export async function readNdjson(path: string, source: string): Promise<Table> {
  const { text, findings } = decode(await bytesOf(path, source), source)
  return { ...parseNdjson(text, source), findings }
}

/** The same for text that is already here. */
export function parseNdjson(text: string, source: string): Table {
  const written = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const lines = written.flatMap((line, index) => (line.trim() === '' ? [] : [index + 1]))
  if (lines.length === 0) throw new FaultError(fault('FILE_EMPTY', { file: source }))
  const isEnded = /[\r\n]\s*$/.test(text)
  const objects = lines.map((line) => {
    const isLast = line === lines.at(-1) && !isEnded
    return flatObject(written[line - 1]!, { source, line, isLast })
  })
  const header = [...new Set(objects.flatMap((object) => [...object.keys()]))]
  return tableOf({
    source,
    header,
    headerLine: lines[0]!,
    rows: objects.map((object) => header.map((name) => object.get(name) ?? '')),
    lines: Int32Array.from(lines),
    findings: [],
    decimalComma: false,
  })
}

interface Where {
  readonly source: string
  readonly line: number
  /** The file ends in this line, without a line end. */
  readonly isLast: boolean
}

function flatObject(text: string, where: Where): ReadonlyMap<string, string> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const cut = 'is cut off: the file was not written to its end; export it again'
    throw refused(where, where.isLast ? cut : 'is no JSON; write one object a line', cause)
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw refused(where, 'is no JSON object; write {"id": ..., ...} on every line')
  }
  const names = [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].map(([, name]) => name!)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  const entries = Object.entries(value)
  if (twice !== undefined && entries.length < names.length) throw refused(where, `states "${twice}" twice; keep one`)
  return new Map(entries.map(([name, inner]) => [name, cellOf(name, inner, where)]))
}

function cellOf(name: string, value: unknown, where: Where): string {
  if (value === null) return ''
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw refused(where, `"${name}" holds ${Array.isArray(value) ? 'a list' : 'an object'}; write plain values`)
}

function refused({ source, line }: Where, what: string, cause?: unknown): FaultError {
  return new FaultError(fault('DATA_REFUSED', { file: source, line, reason: `the line ${what}` }), cause)
}
