/**
 * How figures, money and times read, everywhere on the pages. Money arrives as decimal text and is never summed here;
 * fractions arrive as fractions (0.05 reads "5.00 %"). A value that rounds to zero has no sign.
 */

/** A decimal text or a number; null where the figure is not defined. */
export type Figure = string | number | null | undefined

export const MINUS = '\u2212'
export const NARROW = '\u202f'
/** What is printed where a figure is not defined; the reason stands beside it. */
export const UNDEFINED = 'n/a'

const CENTS_BELOW = 10_000
const COARSE_PERCENT = 0.1 // from 10 % upward one decimal is enough
const BPS = 10_000

/** The number that a figure stands for; null when there is none, never NaN. */
export function numberOf(figure: Figure): number | null {
  if (figure === null || figure === undefined || figure === '') return null
  const value = typeof figure === 'number' ? figure : Number(figure)
  return Number.isFinite(value) ? value : null
}

type Signing = 'minus' | 'always'

/** Digits of an absolute value, grouped by thousands. */
function digits(value: number, decimals: number): string {
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.') as [string, string | undefined]
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

function signOf(value: number, decimals: number, signing: Signing): string {
  if (Number(Math.abs(value).toFixed(decimals)) === 0) return ''
  if (value < 0) return MINUS
  return signing === 'always' ? '+' : ''
}

const SYMBOLS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' }

/** "$" for dollars, "CHF " for a currency without a sign of its own. */
function currencySign(currency: string): string {
  return SYMBOLS[currency] ?? `${currency}${NARROW}`
}

export interface MoneyStyle {
  readonly currency?: string
  /** Cents are for the headline, prices, and amounts under 10,000; asked for or left out they override that. */
  readonly cents?: boolean
  readonly signed?: boolean
}

/** Money: `$1,506,650`, `+$148.20`. */
export function money(figure: Figure, style: MoneyStyle = {}): string {
  const value = numberOf(figure)
  if (value === null) return UNDEFINED
  const decimals = (style.cents ?? Math.abs(value) < CENTS_BELOW) ? 2 : 0
  const sign = signOf(value, decimals, style.signed === true ? 'always' : 'minus')
  return `${sign}${currencySign(style.currency ?? 'USD')}${digits(value, decimals)}`
}

const SCALES: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
]

/** Money on an axis or a card: `$1.5M`, `$449k`. */
export function moneyShort(figure: Figure, currency = 'USD'): string {
  const value = numberOf(figure)
  if (value === null) return UNDEFINED
  const [divisor, unit] = SCALES.find(([least]) => Math.abs(value) >= least) ?? [1, '']
  const scaled = value / divisor
  const decimals = divisor === 1 || Number.isInteger(scaled) || (divisor === 1e3 && Math.abs(scaled) >= 10) ? 0 : 1
  return `${signOf(scaled, decimals, 'minus')}${currencySign(currency)}${digits(scaled, decimals)}${unit}`
}

export interface PercentStyle {
  readonly signed?: boolean
  readonly decimals?: number
}

/** A fraction as percent: `+0.39 %`, one decimal from 10 % upward. */
export function percent(figure: Figure, style: PercentStyle = {}): string {
  const value = numberOf(figure)
  if (value === null) return UNDEFINED
  const decimals = style.decimals ?? (Math.abs(value) >= COARSE_PERCENT ? 1 : 2)
  const scaled = value * 100
  return `${signOf(scaled, decimals, style.signed === true ? 'always' : 'minus')}${digits(scaled, decimals)}${NARROW}%`
}

/** A ratio such as Sharpe: two decimals. */
export function ratio(figure: Figure, decimals = 2): string {
  const value = numberOf(figure)
  return value === null ? UNDEFINED : `${signOf(value, decimals, 'minus')}${digits(value, decimals)}`
}

/** Leverage: `0.78×`. */
export function leverage(figure: Figure): string {
  const value = numberOf(figure)
  return value === null ? UNDEFINED : `${ratio(value)}×`
}

/** A fraction in whole basis points: `12 bps`. */
export function basisPoints(figure: Figure): string {
  const value = numberOf(figure)
  return value === null ? UNDEFINED : `${signOf(value * BPS, 0, 'minus')}${digits(value * BPS, 0)} bps`
}

/** A whole count: `1,204`. */
export function count(figure: Figure): string {
  const value = numberOf(figure)
  return value === null ? UNDEFINED : `${signOf(value, 0, 'minus')}${digits(value, 0)}`
}

/** A quantity exactly as it is: every digit of the text, grouped. */
export function quantity(figure: Figure): string {
  const value = numberOf(figure)
  if (value === null) return UNDEFINED
  const text = typeof figure === 'string' ? figure.trim() : plain(value)
  const [whole, fraction] = text.replace(/^[+-]/, '').split('.') as [string, string | undefined]
  const kept = fraction?.replace(/0+$/, '') ?? ''
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return `${value < 0 ? MINUS : ''}${grouped}${kept === '' ? '' : `.${kept}`}`
}

/** A number in digits, never in powers of ten. */
function plain(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(12) : text
}

const DECIMALS_MAX = 10

/** A price to its tick: `268.14` on cents, `1.15280` on 0.00001. Without a tick: two decimals, more below 10. */
export function price(figure: Figure, tick?: Figure): string {
  const value = numberOf(figure)
  if (value === null) return UNDEFINED
  const step = numberOf(tick)
  const decimals = step === null || step <= 0 ? (Math.abs(value) < 10 ? 4 : 2) : decimalsOf(step)
  return `${signOf(value, decimals, 'minus')}${digits(value, decimals)}`
}

function decimalsOf(step: number): number {
  const fraction = plain(step).split('.')[1]?.replace(/0+$/, '') ?? ''
  return Math.min(DECIMALS_MAX, Math.max(2, fraction.length))
}

/** Which way a result points; zero as printed with two decimals points nowhere. */
export function direction(figure: Figure, decimals = 2): 'up' | 'down' | 'flat' {
  const value = numberOf(figure)
  if (value === null || Number(Math.abs(value).toFixed(decimals)) === 0) return 'flat'
  return value > 0 ? 'up' : 'down'
}
