/** Amounts as text for people: never added up by whoever reads them, so what belongs together adds up to the digit. */
import { countsPerUnit } from '../../domain/currencies.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import type { Amount } from '../contract/answers.ts'

/** Quantities are kept to this many digits behind the point. */
const QUANTITY_DIGITS = 8
const PRICE_DIGITS_MOST = 10

/** Digits behind the point of money: cents, or none where the unit itself is small. */
function moneyDigits(currency: string): number {
  return countsPerUnit(currency as CurrencyCode) === 100 ? 0 : 2
}

export function money(value: number, currency: string): Amount {
  return fixed(value, moneyDigits(currency))
}

export function moneyOrNull(value: number | null, currency: string): Amount | null {
  return value === null || !Number.isFinite(value) ? null : money(value, currency)
}

/** Without trailing zeros and without a sign of zero. */
export function quantity(value: number): Amount {
  return trimmed(fixed(value, QUANTITY_DIGITS))
}

/** All the digits that the price has. */
export function price(value: number): Amount {
  return trimmed(fixed(Number(value.toPrecision(12)), PRICE_DIGITS_MOST))
}

export function priceOrNull(value: number | null): Amount | null {
  return value === null || !Number.isFinite(value) ? null : price(value)
}

/** Digits behind the point that a price of this size is shown with: that of its tick where it is unknown. */
export function priceDecimals(value: number | null, kind: string): number {
  const own = value === null ? 2 : (price(value).split('.')[1] ?? '').length
  if (kind === 'crypto' || kind === 'forex') return Math.min(8, Math.max(2, own))
  return value !== null && Math.abs(value) < 1 ? 4 : 2
}

/**
 * Parts of a sum, each to the last digit, that add up to the sum as it is shown: what rounding leaves goes to the parts
 * that it was taken from.
 */
export function addingUp(parts: readonly number[], total: number, currency: string): readonly Amount[] {
  const scale = 10 ** moneyDigits(currency)
  const exact = parts.map((part) => part * scale)
  const rounded = exact.map((part) => Math.round(part))
  const sum = rounded.reduce((all, part) => all + part, 0)
  const left = Math.round(total * scale) - sum
  // More than rounding: the parts are not those of the sum, and are shown as they are.
  if (Math.abs(left) <= parts.length) {
    const step = Math.sign(left)
    const order = exact
      .map((part, index) => ({ index, owed: (part - rounded[index]!) * step }))
      .sort((one, other) => other.owed - one.owed || one.index - other.index)
    for (const { index } of order.slice(0, Math.abs(left))) rounded[index]! += step
  }
  return rounded.map((part) => fixed(part / scale, moneyDigits(currency)))
}

function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return /[1-9]/.test(text) ? text : text.replace('-', '')
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

const SIGNS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' }

/** Money within a sentence: `$34,776.57`, `34,776.57 CHF`. */
export function moneyText(value: number, currency: string): string {
  const [whole, fraction] = money(Math.abs(value), currency).split('.') as [string, string | undefined]
  const grouped = `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction === undefined ? '' : `.${fraction}`}`
  const sign = value < 0 ? '\u2212' : ''
  return SIGNS[currency] === undefined ? `${sign}${grouped} ${currency}` : `${sign}${SIGNS[currency]}${grouped}`
}
