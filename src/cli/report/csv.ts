/*
 * Comma-separated files as RFC 4180 states them: CRLF line ends, quotes doubled, a header in the first line.
 * Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers are never touched.
 */

export type Cell = string | number | null

/** One column: its header and how a row fills it. An empty cell says that the figure is undefined. */
export interface Column<Row> {
  readonly name: string
  cell(row: Row): Cell
}

const FORMULA = /^[=+\-@\t\r]/
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/

/** A cell as it stands in a line, quoted where it must be. */
export function field(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return numberText(cell)
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Shortest decimal text that reads back as the same number, never in exponent form; empty when not finite. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (value === 0) return '0'
  const text = String(value)
  if (!text.includes('e')) return text
  return Math.abs(value) < 1 ? smallText(text) : BigInt(value).toString()
}

/** `1.25e-9` as `0.00000000125`. */
function smallText(text: string): string {
  const [mantissa = '', exponent = ''] = text.split('e-')
  const digits = mantissa.replace('-', '').replace('.', '')
  return `${text.startsWith('-') ? '-' : ''}0.${'0'.repeat(Number(exponent) - 1)}${digits}`
}

/** A whole file: header and rows, the last line ended too. */
export function csvText<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const header = columns.map((column) => field(column.name)).join(',')
  const lines = rows.map((row) => columns.map((column) => field(column.cell(row))).join(','))
  return `${[header, ...lines].join('\r\n')}\r\n`
}
