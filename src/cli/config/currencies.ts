import type { SleeveConfig } from '../../domain/config.ts'
import { currencyPair, isBookCurrency, rateSource } from '../../domain/currencies.ts'
import { type CurrencyCode, currencyCode } from '../../domain/units.ts'
import type { Problems } from './problems.ts'
import type { RawInstrument } from './schema/instruments.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import type { RawSleeve } from './schema/sleeve.ts'

type Declared = Pick<RawPortfolio, 'instruments' | 'currency' | 'parity'>

/** The currency an instrument trades in: the one stated, the right side of a pair, else the portfolio's. */
export function currencyOf(id: string, raw: RawInstrument, base: string): string {
  const pair = raw.kind === 'fx' ? currencyPair(raw.symbol ?? id) : null
  return raw.currency ?? pair?.right ?? base
}

/** The first pair with a file that gives each currency its rate against the portfolio's: currency -> instrument. */
function ratePairs(raw: Declared): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  for (const [id, { kind, symbol, file }] of Object.entries(raw.instruments)) {
    if (file === undefined) continue
    const pair = { kind, symbol: symbol ?? id, index: 0 }
    const source = rateSource(pair, raw.currency as CurrencyCode, parityOf(raw))
    if (source !== null && !pairs.has(source.currency)) pairs.set(source.currency, id)
  }
  return pairs
}

function parityOf({ parity }: Declared): Readonly<Record<string, CurrencyCode>> {
  return parity as Readonly<Record<string, CurrencyCode>>
}

/** Pairs that a portfolio needs for what it trades and for the money its sleeves begin with. */
export function neededPairs(
  raw: Declared,
  used: ReadonlySet<string>,
  sleeves: readonly RawSleeve[],
): readonly string[] {
  const pairs = ratePairs(raw)
  const currencies = sleeves.flatMap((sleeve) => Object.keys(sleeve.capital_in ?? {}))
  for (const id of used) {
    const entry = raw.instruments[id]
    if (entry !== undefined) currencies.push(currencyOf(id, entry, raw.currency))
  }
  return [...new Set(currencies)].flatMap((currency) => pairs.get(currency) ?? [])
}

/** Every currency in use is the portfolio's, equal to it by statement, or has a pair that gives its rate. */
export function checkCurrencies(raw: RawPortfolio, sleeves: readonly RawSleeve[], problems: Problems): void {
  const base = raw.currency
  const pairs = ratePairs(raw)
  const isKept = (currency: string): boolean =>
    currency === base || raw.parity[currency] !== undefined || pairs.has(currency) || !isBookCurrency(currency)
  const rate = (currency: string): string => `"${currency}/${base}: {kind: fx, file: FILE.csv}"`
  for (const [id, entry] of Object.entries(raw.instruments)) {
    const currency = currencyOf(id, entry, base)
    if (entry.file === undefined || isKept(currency)) continue
    const equal = `state "parity: {${currency}: ${base}}" if you take them as equal`
    problems.at(
      ['instruments', id, 'currency'],
      `${currency} is not ${base}; ${equal}, or declare their rate: ${rate(currency)}`,
    )
  }
  for (const id of Object.keys(raw.options?.underlyings ?? {})) {
    const entry = raw.instruments[id]
    const currency = entry === undefined ? base : currencyOf(id, entry, base)
    if (currency === base || raw.parity[currency] !== undefined) continue
    const reason = `is traded in ${currency}; options are kept in the portfolio's currency ${base} only, so remove it here`
    problems.at(['options', 'underlyings', id], reason)
  }
  sleeves.forEach((sleeve, index) => {
    const parts = Object.entries(sleeve.capital_in ?? {})
    for (const [currency] of parts) {
      const path = ['sleeves', index, 'capital_in', currency]
      if (!isBookCurrency(currency)) problems.at(path, `books cannot be kept in "${currency}"; use one such as EUR`)
      else if (currency === base || raw.parity[currency] !== undefined)
        problems.at(path, `${currency} needs no change: what is not listed stays in ${base}; remove it`)
      else if (!pairs.has(currency)) problems.at(path, `has no rate; declare it: ${rate(currency)}`)
    }
    const sum = parts.reduce((total, [, fraction]) => total + fraction, 0)
    if (sum > 1 + 1e-9)
      problems.at(
        ['sleeves', index, 'capital_in'],
        `fractions add up to ${Number(sum.toPrecision(12))}, above 1; lower them`,
      )
  })
}

/** A sleeve's part of capital in other currencies as the kernel's configuration holds it; nothing where there is none. */
export function capitalInOf(raw: RawSleeve): Pick<SleeveConfig, 'capitalIn'> {
  const parts = Object.entries(raw.capital_in ?? {})
  if (parts.length === 0) return {}
  return { capitalIn: parts.map(([currency, fraction]) => ({ currency: currencyCode(currency), fraction })) }
}
