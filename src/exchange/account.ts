import { AssertionError } from '../domain/assert.ts'
import type { CostRules, PortfolioConfig } from '../domain/config.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import type { Instrument } from '../domain/instruments.ts'
import { countsPerPrice } from '../domain/traded-cash.ts'
import { type CurrencyCode, type InstrumentId, MAGNITUDE_MAX } from '../domain/units.ts'
import { SCHEDULES } from './schedules.ts'
import { slippageFraction } from './slippage.ts'

const FREE_COSTS: CostRules = { commission: SCHEDULES.none, slippage: { kind: 'none' }, participationMax: null }

/**
 * The broker's own books: one account, a purse per currency. Kept by the exchange from its own fills and corporate actions, so
 * that they audit the kernel's books rather than copy them. Columns are by Instrument.index and grow with `list`.
 */
export interface BrokerAccount {
  /** Money counts of the base currency; whole. */
  cash: number
  /** Money counts of the other currencies, in the order of `Listings.currencies`; the base's place stays 0. */
  readonly purses: number[]
  /** Money counts of a currency; 0 of one that the account never had. */
  cashOf(currency: string): number
  /** Signed units. */
  positions: Float64Array
  /** Last known price of one whole share, contract or coin; NaN before the first. */
  marks: Float64Array
  /** Indices with a position, in no particular but always the same order; the first `heldCount` count. */
  held: Int32Array
  heldCount: number
}

/** What the exchange knows of each instrument, as columns for the hot loop. */
export interface Listings {
  readonly account: BrokerAccount
  /** How many positions could bring a margin call although nothing was borrowed for them: sold short, or options. */
  exposed: number
  /** The base currency first. */
  readonly currencies: CurrencyCode[]
  /** Counts of the base currency that one count of each currency is worth; NaN before its first rate. */
  readonly toBase: number[]
  /** Currencies taken as equal to the base. */
  readonly parity: Readonly<Record<string, CurrencyCode>>
  readonly instruments: (Instrument | undefined)[]
  readonly costs: CostRules[]
  readonly indexOf: Map<InstrumentId, number>
  /** Money counts per unit and price: in the instrument's currency, and worth in the base; 0 before its first rate. */
  scale: Float64Array
  baseScale: Float64Array
  /** Place of the instrument's currency in `currencies`. */
  currencyOf: Int32Array
  perWhole: Float64Array
  step: Float64Array
  /** 1 for options: they fill at quotes, not at bars. */
  isOption: Uint8Array
  /** 1 for equities and ETFs: they count towards the month's share tiers. */
  isShare: Uint8Array
  /** 1 where costs are simple enough for the fast lane of an auction. */
  plain: Uint8Array
  /** What the fast lane needs of an instrument, TERMS numbers side by side: an order looks at one place of memory. */
  terms: Float64Array
  multiplier: Float64Array
  /** Place in `held`, -1 when flat. */
  heldAt: Int32Array
  /** Indices that nobody can sell short anew for now. */
  readonly unborrowable: Set<number>
}

export function createListings(
  currency: CurrencyCode,
  cash: number,
  parity: Readonly<Record<string, CurrencyCode>> = {},
): Listings {
  const currencies = [currency]
  const account: BrokerAccount = {
    cash,
    purses: [0],
    cashOf: (code) =>
      code === currency ? account.cash : (account.purses[currencies.indexOf(code as CurrencyCode)] ?? 0),
    positions: new Float64Array(0),
    marks: new Float64Array(0),
    held: new Int32Array(16),
    heldCount: 0,
  }
  return {
    account,
    exposed: 0,
    currencies,
    toBase: [1],
    parity,
    instruments: [],
    costs: [],
    indexOf: new Map(),
    scale: new Float64Array(0),
    baseScale: new Float64Array(0),
    currencyOf: new Int32Array(0),
    perWhole: new Float64Array(0),
    step: new Float64Array(0),
    isOption: new Uint8Array(0),
    isShare: new Uint8Array(0),
    plain: new Uint8Array(0),
    terms: new Float64Array(0),
    multiplier: new Float64Array(0),
    heldAt: new Int32Array(0),
    unborrowable: new Set(),
  }
}

/**
 * Costs that the fast lane of an auction can reckon without looking further: basis points only, and slippage that does
 * not depend on the order's size, at the bar's own prices.
 */
function isPlain({ commission, slippage, halfSpread = 0 }: CostRules): boolean {
  const { perShare, minimumPerOrder, maximumFraction, tiers, saleFraction, salePerShare } = commission
  const fees = perShare === 0 && minimumPerOrder === 0 && maximumFraction === null && tiers.length === 0
  return fees && saleFraction === 0 && salePerShare === 0 && slippage.kind !== 'participation' && halfSpread === 0
}

/** Numbers per instrument in `Listings.terms`, and what stands where. */
export const TERMS = 8
export const TERM = {
  scale: 0,
  perWhole: 1,
  step: 2,
  multiplier: 3,
  /** Part of the traded value, and the money step that it is rounded to. */
  feeFraction: 4,
  feeStep: 5,
  /** Part of the price by which an order slips. */
  slip: 6,
  /** Part of a bar's volume that an order may take; NaN without a cap. */
  volumePart: 7,
} as const

function termsOf(
  instrument: Instrument,
  scale: number,
  { commission, slippage, participationMax }: CostRules,
): number[] {
  const { unitsPerWhole, step, multiplier } = instrument
  const slip = slippage.kind === 'participation' ? Number.NaN : slippageFraction(slippage, 0, 0)
  const feeFraction = commission.bps / 10_000
  return [scale, unitsPerWhole, step, multiplier, feeFraction, commission.step, slip, participationMax ?? Number.NaN]
}

function widened<T extends Float64Array | Int32Array | Uint8Array>(old: T, next: T): T {
  next.set(old as never)
  return next
}

function grow(listings: Listings, length: number): void {
  const size = Math.max(length, listings.scale.length * 2, 16)
  const { account } = listings
  const known = listings.scale.length
  account.positions = widened(account.positions, new Float64Array(size))
  account.marks = widened(account.marks, new Float64Array(size).fill(Number.NaN))
  listings.scale = widened(listings.scale, new Float64Array(size))
  listings.baseScale = widened(listings.baseScale, new Float64Array(size))
  listings.currencyOf = widened(listings.currencyOf, new Int32Array(size))
  listings.perWhole = widened(listings.perWhole, new Float64Array(size))
  listings.step = widened(listings.step, new Float64Array(size))
  listings.isOption = widened(listings.isOption, new Uint8Array(size))
  listings.isShare = widened(listings.isShare, new Uint8Array(size))
  listings.plain = widened(listings.plain, new Uint8Array(size))
  listings.terms = widened(listings.terms, new Float64Array(size * TERMS))
  listings.multiplier = widened(listings.multiplier, new Float64Array(size))
  listings.heldAt = widened(listings.heldAt, new Int32Array(size))
  listings.heldAt.fill(-1, known)
}

/** Makes an instrument tradable. Listing it again changes nothing. */
export function listInstrument(listings: Listings, instrument: Instrument, costs: PortfolioConfig['costs']): void {
  const { index } = instrument
  if (listings.instruments[index] !== undefined) return
  if (index >= listings.scale.length) grow(listings, index + 1)
  listings.instruments[index] = instrument
  listings.costs[index] = costs[instrument.kind] ?? FREE_COSTS
  listings.indexOf.set(instrument.id, index)
  const currency = currencyPlace(listings, instrument.currency)
  listings.currencyOf[index] = currency
  listings.scale[index] = countsPerPrice(instrument, listings.currencies[currency]!)
  takeBaseScale(listings, index)
  listings.perWhole[index] = instrument.unitsPerWhole
  listings.step[index] = instrument.step
  listings.isOption[index] = instrument.option === null ? 0 : 1
  listings.isShare[index] = instrument.kind === 'equity' || instrument.kind === 'etf' ? 1 : 0
  const simple = instrument.option === null && currency === 0
  listings.plain[index] = simple && isPlain(listings.costs[index]!) ? 1 : 0
  listings.terms.set(termsOf(instrument, listings.scale[index]!, listings.costs[index]!), index * TERMS)
  listings.multiplier[index] = instrument.multiplier
}

export function listedInstrument(listings: Listings, index: number): Instrument {
  const instrument = listings.instruments[index]
  if (instrument === undefined) {
    throw new AssertionError(`instrument index "${index}" must be listed before it trades`)
  }
  return instrument
}

export function moveCash(account: BrokerAccount, counts: number): void {
  const cash = account.cash + counts
  if (!(cash <= MAGNITUDE_MAX && cash >= -MAGNITUDE_MAX)) {
    throw new AssertionError(`account cash must stay within 2^52 counts, was "${cash}"`)
  }
  account.cash = cash
}

/** Place of a currency, or of what it is taken as equal to, in `currencies`; a new one gets the next, without a rate. */
export function currencyPlace(listings: Listings, currency: CurrencyCode): number {
  const code = listings.parity[currency] ?? currency
  const found = listings.currencies.indexOf(code)
  if (found >= 0) return found
  listings.currencies.push(code)
  listings.toBase.push(Number.NaN)
  return listings.account.purses.push(0) - 1
}

/** Takes what one unit of the instrument is worth in the base, at the rate known now. */
export function takeBaseScale(listings: Listings, index: number): void {
  const toBase = listings.toBase[listings.currencyOf[index]!]!
  listings.baseScale[index] = Number.isNaN(toBase) ? 0 : listings.scale[index]! * toBase
}

/** What one unit of a currency is worth in the base from now on: revalues every instrument in it. */
export function takeRate(listings: Listings, currency: CurrencyCode, rate: number): void {
  const place = currencyPlace(listings, currency)
  const { currencies } = listings
  listings.toBase[place] = rate * (countsPerUnit(currencies[0]!) / countsPerUnit(currencies[place]!))
  for (const instrument of listings.instruments) {
    if (instrument !== undefined && listings.currencyOf[instrument.index] === place)
      takeBaseScale(listings, instrument.index)
  }
}

/** Moves cash in the currency at a place of `currencies`. */
export function movePurse(listings: Listings, place: number, counts: number): void {
  const { account } = listings
  if (place === 0) {
    moveCash(account, counts)
    return
  }
  const cash = account.purses[place]! + counts
  if (!(cash <= MAGNITUDE_MAX && cash >= -MAGNITUDE_MAX)) {
    throw new AssertionError(
      `account cash in "${listings.currencies[place]}" must stay within 2^52 counts, was "${cash}"`,
    )
  }
  account.purses[place] = cash
}

/** Moves cash in the instrument's currency. */
export function moveCashFor(listings: Listings, index: number, counts: number): void {
  movePurse(listings, listings.currencyOf[index]!, counts)
}

/** All cash of other currencies in counts of the base. */
export function foreignCash(listings: Listings): number {
  const { purses } = listings.account
  let total = 0
  for (let place = 1; place < purses.length; place += 1) {
    if (purses[place] === 0) continue
    const value = purses[place]! * listings.toBase[place]!
    if (Number.isNaN(value)) throw new AssertionError(`cash in "${listings.currencies[place]}" must have a rate`)
    total += value
  }
  return total
}

/** Changes a position and keeps the list of held instruments. */
export function movePosition(listings: Listings, index: number, units: number): void {
  const { account, heldAt } = listings
  const before = account.positions[index]!
  const after = before + units
  if (!(after <= MAGNITUDE_MAX && after >= -MAGNITUDE_MAX)) {
    throw new AssertionError(`a position must stay within 2^52 units, was "${after}"`)
  }
  account.positions[index] = after
  if (isExposed(listings, index, before)) listings.exposed -= 1
  if (isExposed(listings, index, after)) listings.exposed += 1
  if (before === 0 && after !== 0) hold(account, heldAt, index)
  else if (after === 0 && before !== 0) release(account, heldAt, index)
}

function isExposed({ isOption }: Listings, index: number, units: number): boolean {
  return units < 0 || (units > 0 && isOption[index] === 1)
}

function hold(account: BrokerAccount, heldAt: Int32Array, index: number): void {
  if (account.heldCount === account.held.length) {
    account.held = widened(account.held, new Int32Array(account.held.length * 2))
  }
  account.held[account.heldCount] = index
  heldAt[index] = account.heldCount
  account.heldCount += 1
}

function release(account: BrokerAccount, heldAt: Int32Array, index: number): void {
  const place = heldAt[index]!
  const last = account.held[account.heldCount - 1]!
  account.held[place] = last
  heldAt[last] = place
  heldAt[index] = -1
  account.heldCount -= 1
}

/** Market value of a position in counts of the base currency at its mark; 0 before the first mark. */
export function markedValue(listings: Listings, index: number): number {
  const mark = listings.account.marks[index]!
  return Number.isNaN(mark) ? 0 : listings.account.positions[index]! * mark * listings.baseScale[index]!
}

/** Cash of every currency and every position at its mark, in counts of the base (a valuation: not rounded). */
export function accountEquity(listings: Listings): number {
  const { account } = listings
  let equity = account.cash + foreignCash(listings)
  for (let place = 0; place < account.heldCount; place += 1) equity += markedValue(listings, account.held[place]!)
  return equity
}
