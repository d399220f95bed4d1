import type { Instrument } from './instruments.ts'
import type { CurrencyCode, Money, SleeveId } from './units.ts'

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

/** Money counts in one whole unit of the currency: a million, or a hundred for currencies below 0.05 USD. */
export function countsPerUnit(currency: CurrencyCode): number {
  return HUNDREDTHS.has(currency) ? 100 : 1_000_000
}

/** A pair of currencies: the price is what one `left` costs in `right`. */
export interface CurrencyPair {
  readonly left: CurrencyCode
  readonly right: CurrencyCode
}

/** The pair that a symbol such as `EUR/USD` names; null where a side is no currency that books are kept in. */
export function currencyPair(symbol: string): CurrencyPair | null {
  const [left, right, rest] = symbol.split('/')
  if (left === undefined || right === undefined || rest !== undefined || left === right) return null
  return isBookCurrency(left) && isBookCurrency(right)
    ? { left: left as CurrencyCode, right: right as CurrencyCode }
    : null
}

/** A part of a sleeve's capital that is meant for another currency. */
export interface CapitalAbroad {
  readonly sleeve: SleeveId
  readonly currency: CurrencyCode
  readonly amount: Money
}

/** How an instrument's price tells what one unit of `currency` is worth in the base: as it is, or as 1 / price. */
export interface RateSource {
  readonly currency: CurrencyCode
  readonly instrument: number
  readonly inverse: boolean
}

/**
 * The rate that a currency pair gives against the base currency; null for everything else, cross pairs included.
 *
 * @param parity currencies taken as equal to the base
 */
export function rateSource(
  instrument: Pick<Instrument, 'kind' | 'symbol' | 'index'>,
  base: CurrencyCode,
  parity: Readonly<Record<string, CurrencyCode>>,
): RateSource | null {
  if (instrument.kind !== 'fx') return null
  const pair = currencyPair(instrument.symbol)
  if (pair === null) return null
  const left = parity[pair.left] ?? pair.left
  const right = parity[pair.right] ?? pair.right
  if (left === right || (left !== base && right !== base)) return null
  const inverse = left === base
  return { currency: inverse ? right : left, instrument: instrument.index, inverse }
}
