/** Worked cases of option pricing and of vertical spreads: rows in, the product's own prices, greeks and outcomes out. */

import { americanQuote } from '../../src/numerics/options/american.ts'
import {
  distances,
  type OptionRight,
  type OptionTerms,
  optionGreeks,
  optionPrice,
} from '../../src/numerics/options/black-scholes.ts'
import { impliedVolatility } from '../../src/numerics/options/implied-volatility.ts'
import { breakevens, highestPayoff, lowestPayoff, type PayoffLeg, payoffAt } from '../../src/numerics/options/payoff.ts'
import { quadraticPrice } from '../../src/numerics/options/quadratic-premium.ts'
import { strikeForDelta } from '../../src/numerics/options/strike-for-delta.ts'
import { closeAtLoss, closeAtProfit, isStopReachable } from '../../src/pipeline/strategies/structures/premium.ts'
import type { RunCase } from './run-case.ts'

type Row = Readonly<Record<string, unknown>>

const DAYS_PER_YEAR = 365

function numberOf(row: Row, ...names: readonly string[]): number {
  const name = names.find((one) => row[one] !== undefined)
  if (name === undefined) throw new Error(`the case has no "${names[0]}"`)
  return Number(row[name])
}

function termsOf(row: Row, right: OptionRight = (row['type'] as OptionRight | undefined) ?? 'call'): OptionTerms {
  return {
    right,
    spot: numberOf(row, 'S', 'spot'),
    strike: Number(row['K'] ?? row['strike'] ?? Number.NaN),
    years: row['T'] === undefined ? numberOf(row, 'days') / DAYS_PER_YEAR : Number(row['T']),
    rate: Number(row['r'] ?? 0),
    dividendYield: Number(row['q'] ?? 0),
  }
}

const volatilityOf = (row: Row): number => numberOf(row, 'vol', 'sigma', 'volatility')

function greeksOf(row: Row): Record<string, number> {
  const { dividendRho, ...greeks } = optionGreeks(termsOf(row), volatilityOf(row))
  return { ...greeks, dividend_rho: dividendRho, dividendRho, ...distances(termsOf(row), volatilityOf(row)) }
}

function impliedOf(row: Row): Record<string, unknown> {
  const terms = termsOf(row)
  const found = impliedVolatility(terms, numberOf(row, 'price'))
  const volatility = found.ok ? found.volatility : null
  const vega = volatility === null ? 0 : optionGreeks(terms, volatility).vega
  return { iv: volatility, recoverable: found.ok, vega }
}

function optionRow(row: Row): Record<string, unknown> {
  if (row['price'] !== undefined) return impliedOf(row)
  const terms = termsOf(row)
  const volatility = volatilityOf(row)
  const european = optionPrice(terms, volatility)
  const american = americanQuote(terms, volatility).price
  return {
    ...greeksOf(row),
    european,
    american,
    early_exercise_premium: american - european,
    baw_published: quadraticPrice(terms, volatility),
  }
}

function strikesOf(input: Row, row: Row): Record<string, number> {
  const right = (input['type'] as OptionRight | undefined) ?? 'put'
  const merged = { ...input, ...row }
  const terms = termsOf(merged, right)
  const volatility = volatilityOf(merged)
  const side = right === 'put' ? -1 : 1
  const strikeAt = (delta: number): number => strikeForDelta(terms, volatility, side * delta)
  const [near, far] = [strikeAt(0.3), strikeAt(0.15)]
  const away = (strike: number): number => (side * (strike - terms.spot)) / terms.spot
  return {
    vol: volatility,
    days: Number(merged['days']),
    K30: near,
    K15: far,
    otm30_pct: away(near),
    otm15_pct: away(far),
    further_pct: away(far) - away(near),
  }
}

const DISTANT_DELTA = /^(put|call)_delta_at_(\d+)pct_otm_vol(\d+)_(\d+)d$/

/** Delta of a contract so many percent out of the money, as a key of the case names it. */
function distantDelta(input: Row, key: string): number {
  const [, right, percent, volatility, days] = DISTANT_DELTA.exec(key)!
  const away = (right === 'put' ? -1 : 1) * Number(percent)
  const strike = (numberOf(input, 'S') * (100 + away)) / 100
  return optionGreeks(termsOf({ ...input, K: strike, days }, right as OptionRight), Number(volatility) / 100).delta
}

function strikesCase(input: Row, rows: readonly Row[], expected: Row): Record<string, unknown> {
  const distant = Object.keys(expected).filter((key) => DISTANT_DELTA.test(key))
  return {
    rows: rows.map((row) => strikesOf(input, row)),
    ...Object.fromEntries(distant.map((key) => [key, distantDelta(input, key)])),
  }
}

function rowsCase(rows: readonly Row[]): Record<string, unknown> {
  const parity = (row: Row): number =>
    optionPrice(termsOf(row, 'call'), volatilityOf(row)) - optionPrice(termsOf(row, 'put'), volatilityOf(row))
  const priced = rows.every((row) => row['price'] === undefined)
  return {
    rows: rows.map(optionRow),
    value: priced ? rows.map((row) => optionPrice(termsOf(row), volatilityOf(row))) : [],
    c_minus_p: priced ? rows.map(parity) : [],
  }
}

function legsOf(input: Row): readonly PayoffLeg[] {
  const legs: PayoffLeg[] = []
  const add = (right: OptionRight, ratio: number, strike: unknown): void => {
    if (strike !== undefined) legs.push({ right, strike: Number(strike), ratio })
  }
  for (const right of ['put', 'call'] as const) {
    add(right, -1, input[`short_${right}`])
    add(right, 1, input[`long_${right}`])
  }
  const right = (input['type'] as OptionRight | undefined) ?? 'put'
  add(right, -1, input['short_strike'])
  add(right, 1, input['long_strike'])
  return legs
}

function structureCase(input: Row): Record<string, unknown> {
  const legs = legsOf(input)
  const credit = input['credit'] === undefined ? 0 - numberOf(input, 'debit') : Number(input['credit'])
  const size = Number(input['contracts'] ?? 1) * Number(input['multiplier'] ?? 100)
  const fees = Number(input['fees'] ?? 0)
  const profitAt = (spot: number): number => (payoffAt(legs, spot) + credit) * size - fees
  const profit = (highestPayoff(legs) + credit) * size - fees
  const loss = (lowestPayoff(legs) + credit) * size - fees
  const width = 0 - lowestPayoff(legs)
  const closing = (closeCost: number) => ({ close_debit: closeCost, pnl: (credit - closeCost) * size - fees })
  const stopped = (multiple: number) => ({
    ...closing(closeAtLoss(credit, multiple)),
    reachable: isStopReachable(multiple, credit, width),
  })
  const even = breakevens(legs, credit)
  return {
    pnl: (input['expiry_prices'] as readonly number[]).map(profitAt),
    max_profit: profit,
    max_loss: loss,
    breakeven: even[0],
    breakevens: even,
    breakeven_low: even[0],
    breakeven_high: even.at(-1),
    margin_requirement: 0 - loss,
    return_on_risk: profit / (0 - loss),
    profit_target_50pct: closing(closeAtProfit(credit, 0.5)),
    stop_loss_200pct_of_credit_as_LOSS: stopped(2),
    stop_close_debit_2x_credit: stopped(1),
  }
}

/** Answers every shape of an option case: rows of contracts, one contract, or a structure at its expiry. */
export const runOptionsCase: RunCase = (input, _, { name, expected }) => {
  if (input['expiry_prices'] !== undefined) return structureCase(input)
  const rows = input['rows'] as readonly Row[] | undefined
  if (rows !== undefined) return rows[0]?.['S'] === undefined ? strikesCase(input, rows, expected) : rowsCase(rows)
  if (input['price'] !== undefined) return impliedOf(input)
  const prices = Object.fromEntries(
    (['call', 'put'] as const).map((right) => [right, optionPrice(termsOf(input, right), volatilityOf(input))]),
  )
  const greek = greeksOf(input)
  // A case of one greek carries its name at its end.
  const asked = Object.keys(greek).findLast((one) => name.endsWith(`_${one}`))
  return { ...optionRow(input), ...prices, ...greek, all: greek, greek: asked }
}
