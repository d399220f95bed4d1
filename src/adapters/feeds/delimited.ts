import { readFile } from 'node:fs/promises'
import { CsvError, parse } from 'csv-parse/sync'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Finding } from '../../domain/series.ts'
import { type Table, tableOf } from './table.ts'

const DELIMITERS = [',', ';', '\t', '|'] as const
const DELIMITER_NAME: Readonly<Record<string, string>> = { ';': 'semicolons', '\t': 'tabs', '|': 'bars' }
const NUMBER_WITH_COMMA = /^[+-]?\d+,\d+$/
const SNIFFED_BYTES = 8_192
const CONTROL_SHARE_MAX = 0.01

/**
 * Reads a delimited text file: UTF-8 or UTF-16 with or without its mark, any line ends, quoted fields, commas,
 * semicolons, tabs or bars between the cells. The first line that holds anything is the header; a file may end there.
 *
 * @throws FaultError FILE_MISSING, FILE_UNREADABLE, FILE_EMPTY, DATA_REFUSED (a row with more or fewer cells)
 */
export async function readDelimited(path: string, source: string): Promise<Table> {
  const { text, findings } = decode(await bytesOf(path, source), source)
  return parseDelimited(text, source, findings)
}

/** The same for text that is already here. */
export function parseDelimited(text: string, source: string, before: readonly Finding[] = []): Table {
  const findings = [...before]
  const delimiter = delimiterOf(text)
  if (delimiter !== ',') {
    findings.push(note('delimiter', `cells are parted by ${DELIMITER_NAME[delimiter]}, not by commas`, 1))
  }
  const cut = text.includes('"') ? quotedRows(text, delimiter, source) : plainRows(text, delimiter)
  const first = cut.rows.findIndex(isFilled)
  if (first === -1) throw new FaultError(fault('FILE_EMPTY', { file: source }))
  const header = cut.rows[first]!.map((name) => name.trim())
  const body = bodyRows(cut, first, header, source, findings)
  const decimalComma = delimiter !== ',' && writesDecimalCommas(body.rows)
  if (decimalComma) findings.push(note('decimal-comma', 'numbers are written with a decimal comma', body.lines[0] ?? 1))
  return tableOf({ source, header, headerLine: cut.lines[first]!, ...body, findings, decimalComma })
}

interface CutRows {
  readonly rows: readonly (readonly string[])[]
  readonly lines: Int32Array
}

/** What the system says in codes, in words. */
const READ_REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder; name a file in it',
  EACCES: 'you have no right to read it',
}

/** The bytes of a file that the user named. @throws FaultError FILE_MISSING, FILE_UNREADABLE */
export async function bytesOf(path: string, source: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    const missing = code === 'ENOENT'
    const reason = READ_REASONS[code] ?? code
    throw new FaultError(
      missing ? fault('FILE_MISSING', { file: source }) : fault('FILE_UNREADABLE', { file: source, reason }),
      cause,
    )
  }
}

/** Bytes as text. UTF-16 is recognised by its mark; what is no text is refused. */
export function decode(bytes: Uint8Array, source: string): { readonly text: string; readonly findings: Finding[] } {
  if (bytes.length === 0) throw new FaultError(fault('FILE_EMPTY', { file: source }))
  const little = bytes[0] === 0xff && bytes[1] === 0xfe
  const big = bytes[0] === 0xfe && bytes[1] === 0xff
  try {
    if (little || big) {
      const text = new TextDecoder(little ? 'utf-16le' : 'utf-16be', { fatal: true }).decode(bytes)
      return { text, findings: [note('utf-16', 'the file is written in UTF-16, not in UTF-8', 1)] }
    }
    if (looksBinary(bytes)) throw new TypeError('control bytes')
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), findings: [] }
  } catch (cause) {
    const reason = looksBinary(bytes)
      ? 'it holds binary data, not text; export it as CSV in UTF-8, or as Parquet named .parquet'
      : 'its text is not written in UTF-8; save it in UTF-8'
    throw new FaultError(fault('FILE_UNREADABLE', { file: source, reason }), cause)
  }
}

/** Control bytes other than white space do not occur in text. */
function looksBinary(bytes: Uint8Array): boolean {
  const sniffed = bytes.subarray(0, SNIFFED_BYTES)
  const controls = sniffed.reduce((count, byte) => count + (byte < 9 || (byte > 13 && byte < 32) ? 1 : 0), 0)
  return sniffed.includes(0) || controls > sniffed.length * CONTROL_SHARE_MAX
}

/** The delimiter that occurs most in the first line that holds anything, outside quotes. */
function delimiterOf(text: string): string {
  const header = (/[^\r\n]*[^\s][^\r\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '')
  let best: string = ','
  let most = 0
  for (const delimiter of DELIMITERS) {
    const count = header.split(delimiter).length - 1
    if (count > most) {
      best = delimiter
      most = count
    }
  }
  return best
}

/** Without a quote a line is a row, and splitting is all that the format asks for. */
function plainRows(text: string, delimiter: string): CutRows {
  const lines = text.split(/\r\n|\n|\r/)
  return {
    rows: lines.map((line) => line.split(delimiter)),
    lines: Int32Array.from(lines, (_, index) => index + 1),
  }
}

interface ParsedRow {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function quotedRows(text: string, delimiter: string, source: string): CutRows {
  try {
    const parsed = parse(text, { delimiter, info: true, relax_column_count: true }) as unknown as readonly ParsedRow[]
    return {
      rows: parsed.map(({ record }) => record),
      lines: Int32Array.from(parsed, ({ info }) => info.lines),
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    const line = Number((cause as unknown as { readonly lines?: number }).lines ?? 1)
    const reason = 'a quotation mark on or before this line is out of place; close it or write it twice'
    throw new FaultError(fault('DATA_REFUSED', { file: source, line, reason }), cause)
  }
}

/** The rows below the header: blank lines and repeated headers are left out and said, other lengths are refused. */
function bodyRows(
  cut: CutRows,
  first: number,
  header: readonly string[],
  source: string,
  findings: Finding[],
): CutRows {
  const width = header.length
  const kept: number[] = []
  const blank: number[] = []
  const headers: number[] = []
  const last = cut.rows.findLastIndex(isFilled)
  for (let row = first + 1; row <= last; row += 1) {
    const cells = cut.rows[row]!
    if (!isFilled(cells)) blank.push(row)
    else if (cells.length === width && cells.every((cell, column) => cell.trim() === header[column])) headers.push(row)
    else if (cells.length === width) kept.push(row)
    else {
      const reason = `${cells.length} cells stand under ${width} columns; correct the row or the header`
      throw new FaultError(fault('DATA_REFUSED', { file: source, line: cut.lines[row]!, reason }))
    }
  }
  if (blank.length > 0) {
    findings.push({
      ...note('blank-lines', 'lines without any cell filled in', cut.lines[blank[0]!]!),
      count: blank.length,
    })
  }
  if (headers.length > 0) {
    const text = 'repeated header lines were dropped'
    findings.push({
      kind: 'repair',
      code: 'repeated-header',
      text,
      line: cut.lines[headers[0]!]!,
      count: headers.length,
    })
  }
  return {
    rows: kept.map((row) => cut.rows[row]!),
    lines: Int32Array.from(kept, (row) => cut.lines[row]!),
  }
}

function isFilled(cells: readonly string[]): boolean {
  return cells.some((cell) => cell.trim() !== '')
}

/** Decimal commas are taken for what they are only where no cell writes a decimal point. */
function writesDecimalCommas(rows: readonly (readonly string[])[]): boolean {
  let commas = false
  for (const cells of rows) {
    for (const cell of cells) {
      const text = cell.trim()
      if (/^[+-]?\d+\.\d+$/.test(text)) return false
      commas ||= NUMBER_WITH_COMMA.test(text)
    }
  }
  return commas
}

function note(code: string, text: string, line: number): Finding {
  return { kind: 'note', code, text, line, count: 1 }
}
