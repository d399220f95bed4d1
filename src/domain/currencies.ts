import type { CurrencyCode } from './units.ts'

/** Currencies whose unit is worth less than 0.05 USD: their books count hundredths, so that large sums stay within 2^52. */
const HUNDREDTHS = new Set([
  'JPY',
  'KRW',
  'INR',
  'HUF',
  'CLP',
  'COP',
  'IDR',
  'VND',
  'TWD',
  'THB',
  'PHP',
  'RUB',
  'CZK',
  'ISK',
])
/** Currencies that books may be kept in; anything else is refused rather than guessed. */
const KNOWN = new Set([
  'USD',
  'EUR',
  'GBP',
  'CHF',
  'CAD',
  'AUD',
  'NZD',
  'SEK',
  'NOK',
  'DKK',
  'SGD',
  'HKD',
  'CNY',
  'MXN',
  'BRL',
  'ZAR',
  'PLN',
  'ILS',
  'TRY',
  'USDT',
  'USDC',
  ...HUNDREDTHS,
]) // prettier-ignore

/** True where books can be kept in this currency. Coins such as BTC are positions, never money. */
export function isBookCurrency(currency: string): boolean {
  return KNOWN.has(currency)
}

/** Size of one Money count in the currency: 1e-6, or 1e-2 for currencies below 0.05 USD. */
export function bookUnit(currency: CurrencyCode): number {
  return HUNDREDTHS.has(currency) ? 0.01 : 0.000001
}

/** Money counts in one whole unit of the currency: the exact inverse of bookUnit. */
export function countsPerUnit(currency: CurrencyCode): number {
  return HUNDREDTHS.has(currency) ? 100 : 1_000_000
}
