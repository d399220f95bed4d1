const EMPTY: ReadonlySet<string> = new Set(['', '-', 'nan', 'null', 'none', 'n/a', 'na', '#n/a'])
const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const GROUPED = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/
const DECIMAL_COMMA = /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d*)?$/

/**
 * Reads a number as people write them: '1,234,567.8', '$12.30', 'NULL'.
 *
 * @returns NaN for an empty cell and for the words that mean one; null for anything that is no number.
 */
export function parseNumber(text: string, decimalComma: boolean): number | null {
  if (PLAIN.test(text)) return Number(text)
  if (EMPTY.has(text.toLowerCase())) return Number.NaN
  const bare = text.startsWith('$') ? text.slice(1) : text
  if (decimalComma && DECIMAL_COMMA.test(bare)) return Number(bare.replaceAll('.', '').replace(',', '.'))
  if (GROUPED.test(bare)) return Number(bare.replaceAll(',', ''))
  return PLAIN.test(bare) ? Number(bare) : null
}
