/*
 * Numbers as people read them, without the machine's language settings: the same text on every computer.
 * A true minus sign, thousands separators, a narrow space before the percent sign; a value that rounds to zero has no sign.
 */

const MINUS = '\u2212'
const NARROW = '\u202f'
const UNDEFINED = 'n/a'
const SYMBOLS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' }
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** A figure of a machine-readable document: finite or null, no negative zero, no noise behind the 15th digit. */
export function finite(value: number | null | undefined): number | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null
  return value === 0 ? 0 : Number(value.toPrecision(15))
}

/** The same for a figure that the books always hold. */
export function known(value: number): number {
  return finite(value) ?? 0
}

type Sign = 'minus' | 'both'

function signed(value: number, digits: string, sign: Sign, prefix: string): string {
  const isZero = !/[1-9]/.test(digits)
  if (isZero) return prefix + digits
  if (value < 0) return MINUS + prefix + digits
  return (sign === 'both' ? '+' : '') + prefix + digits
}

function grouped(value: number, decimals: number): string {
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.')
  const head = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? head : `${head}.${fraction}`
}

/** A plain number with thousands separators. */
export function decimal(value: number | null, decimals: number): string {
  return value === null ? UNDEFINED : signed(value, grouped(value, decimals), 'minus', '')
}

/** A whole count. */
export function count(value: number): string {
  return decimal(value, 0)
}

/** A quantity, exact, without trailing zeros. */
export function quantityText(value: number): string {
  const [whole, fraction = ''] = grouped(value, 8).split('.')
  const rest = fraction.replace(/0+$/, '')
  return signed(value, rest === '' ? `${whole}` : `${whole}.${rest}`, 'minus', '')
}

/** What stands before an amount of the currency: `$`, or the code and a space. */
function currencyPrefix(currency: string): string {
  return SYMBOLS[currency] ?? `${currency} `
}

/** Money: cents below 10,000, whole above. */
export function money(value: number | null, currency: string, sign: Sign = 'minus'): string {
  if (value === null) return UNDEFINED
  return signed(value, grouped(value, Math.abs(value) < 10_000 ? 2 : 0), sign, currencyPrefix(currency))
}

/** Money with whole units only, for columns that are compared by length. */
export function moneyWhole(value: number | null, currency: string, sign: Sign = 'minus'): string {
  return value === null ? UNDEFINED : signed(value, grouped(value, 0), sign, currencyPrefix(currency))
}

/** Money on an axis: `$1.5M`, `$250k`. `step` is the distance of two ticks and decides the decimals. */
export function moneyAxis(value: number, currency: string, step: number): string {
  if (value === 0) return `${currencyPrefix(currency)}0`
  const [unit, letter] = Math.abs(value) >= 1e6 || step >= 1e6 ? [1e6, 'M'] : step >= 100 ? [1e3, 'k'] : [1, '']
  return signed(value, grouped(value / unit, decimalsOf(step / unit)) + letter, 'minus', currencyPrefix(currency))
}

/** Decimals that tell apart values one `step` from each other: 0.25 needs two. */
export function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 8; decimals += 1) {
    if (Math.abs(Number(step.toFixed(decimals)) - step) <= step * 1e-6) return decimals
  }
  return 8
}

/** A fraction as percent: two decimals, one from 10 % upward. */
export function percent(value: number | null, sign: Sign = 'minus'): string {
  if (value === null) return UNDEFINED
  return percentTo(value, Math.abs(value) < 0.09995 ? 2 : 1, sign)
}

/** A fraction as percent with stated decimals. */
export function percentTo(value: number | null, decimals: number, sign: Sign = 'minus'): string {
  return value === null ? UNDEFINED : `${signed(value, grouped(value * 100, decimals), sign, '')}${NARROW}%`
}

/** Sharpe and the like: two decimals. */
export function ratio(value: number | null): string {
  return decimal(value, 2)
}

/** Exposure over equity. */
export function leverage(value: number | null): string {
  return value === null ? UNDEFINED : `${decimal(value, 2)}×`
}

/** How a signed result is coloured: a value that rounds to zero at the shown precision has no colour. */
export function tone(value: number | null, smallest = 0.00005): 'up' | 'down' | '' {
  if (value === null || Math.abs(value) < smallest) return ''
  return value > 0 ? 'up' : 'down'
}

/** `2 Jan 2020` from `2020-01-02`. */
export function longDate(date: string): string {
  return `${Number(date.slice(8, 10))} ${monthName(date)} ${date.slice(0, 4)}`
}

/** `Jan` from `2020-01` or `2020-01-02`. */
export function monthName(date: string): string {
  return MONTHS[Number(date.slice(5, 7)) - 1] ?? ''
}
