import { parse } from 'csv-parse/sync'
import { FaultError, fault } from '../../domain/faults.ts'
import { parseSource, type SourceFile } from './document.ts'

/*
 * A universe kept in a file of its own: one symbol a line (.txt), a column of them (.csv, .tsv), or a list (.yaml).
 */

const SYMBOL_COLUMNS = ['symbol', 'ticker', 'id', 'instrument']

/** The names of a file in their order; each stands at its own line. @throws FaultError CONFIG_INVALID, CONFIG_SYNTAX */
export function readUniverseFile(file: string, text: string): SourceFile {
  if (/\.(ya?ml|json)$/i.test(file)) return ofYaml(file, text)
  return /\.(csv|tsv)$/i.test(file) ? ofTable(file, text) : ofLines(file, text)
}

function refuse(file: string, line: number, reason: string): never {
  throw new FaultError(fault('CONFIG_INVALID', { file, line, column: 1, path: 'universe_file', reason }))
}

/** A list, or a block with a list under `universe`. */
function ofYaml(file: string, text: string): SourceFile {
  const source = parseSource(file, text)
  if (Array.isArray(source.value)) return source
  const inner = (source.value as Readonly<Record<string, unknown>> | null)?.['universe']
  if (!Array.isArray(inner)) refuse(file, 1, 'must be a list of symbols, or a block with one under "universe:"')
  return { file, value: inner, find: (path, part) => source.find(['universe', ...path], part) }
}

interface Named {
  readonly name: string
  readonly line: number
}

function named(file: string, names: readonly Named[]): SourceFile {
  if (names.length === 0) refuse(file, 1, 'names nothing; write one symbol a line')
  return {
    file,
    value: names.map(({ name }) => name),
    find: ([place]) => ({ file, line: names[typeof place === 'number' ? place : 0]?.line ?? 1, column: 1 }),
  }
}

/** What follows # is a remark. */
function ofLines(file: string, text: string): SourceFile {
  const names = text.split(/\r?\n/).flatMap((row, at) => {
    const name = row
      .replace(/^\uFEFF/, '')
      .replace(/#.*$/, '')
      .trim()
    if (/[\p{Cc}\uFFFD]/u.test(name)) refuse(file, at + 1, 'is no text; write one symbol a line')
    if (/[\s,;]/.test(name)) refuse(file, at + 1, `"${name}" is more than one symbol; write one a line`)
    return name === '' ? [] : [{ name, line: at + 1 }]
  })
  return named(file, names)
}

function ofTable(file: string, text: string): SourceFile {
  let rows: { readonly record: readonly string[]; readonly info: { readonly lines: number } }[] = []
  try {
    rows = parse(text, { bom: true, info: true, skip_empty_lines: true, trim: true, delimiter: [',', '\t'] }) as never
  } catch (cause) {
    refuse(file, (cause as { lines?: number }).lines ?? 1, `cannot be read as a table: ${(cause as Error).message}`)
  }
  const header = (rows[0]?.record ?? []).map((name) => name.toLowerCase())
  const column = header.findIndex((name) => SYMBOL_COLUMNS.includes(name))
  if (column === -1) refuse(file, 1, 'the table has no column "symbol"; add one')
  const names = rows.slice(1).flatMap(({ record, info }) => {
    const name = record[column] ?? ''
    return name === '' ? [] : [{ name, line: info.lines }]
  })
  return named(file, names)
}
