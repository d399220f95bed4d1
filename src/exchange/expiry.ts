import { assert } from '../domain/assert.ts'
import type { CorporateAction, OptionQuote } from '../domain/market.ts'
import { daysBetween } from '../domain/sessions.ts'
import { tradedCash } from '../domain/traded-cash.ts'
import type { InstrumentId, Price, TradeDate } from '../domain/units.ts'
import { isExercisedNow } from '../numerics/options/american.ts'
import { type Listings, listedInstrument, moveCashFor, movePosition } from './account.ts'

/** In the money by at least this much, an expiring contract is exercised without instruction (OCC Rule 805). */
const EXERCISE_MIN = 0.01
const DAYS_PER_YEAR = 365

/** What decides whether the holder of the other side exercises early. */
export interface AssignmentFacts {
  /** Raw close of the underlying; NaN where it did not trade. */
  priceOf(underlying: InstrumentId): number
  /** The contract's quote at the close; null where there is none. */
  quoteOf(contract: InstrumentId): OptionQuote | null
  /** Cash per share that goes ex on the next session; 0 for none. */
  dividendOf(underlying: InstrumentId): number
  /** Riskless rate per year, as a fraction. */
  readonly rate: number
}

function intrinsic(right: 'call' | 'put', strike: number, spot: number): number {
  return Math.max(0, right === 'call' ? spot - strike : strike - spot)
}

function heldOptions(listings: Listings): number[] {
  const { held, heldCount } = listings.account
  const options: number[] = []
  for (let place = 0; place < heldCount; place += 1) {
    if (listings.isOption[held[place]!] === 1) options.push(held[place]!)
  }
  return options.sort((a, b) => a - b)
}

/** One `expiry` action for every held contract whose last day is `tradeDate` or has passed, by instrument index. */
export function expiriesOf(
  listings: Listings,
  tradeDate: TradeDate,
  priceOf: (underlying: InstrumentId) => number,
): CorporateAction[] {
  const actions: CorporateAction[] = []
  for (const index of heldOptions(listings)) {
    const { id, option } = listedInstrument(listings, index)
    if (option === null || option.expiry > tradeDate) continue
    const spot = priceOf(option.underlying)
    assert(!Number.isNaN(spot), `"${option.underlying}" must have a price when "${id}" expires`)
    actions.push({ kind: 'expiry', instrument: id, underlyingPrice: spot as Price })
  }
  return actions
}

/**
 * One `assignment` action for every short American contract that expires today out of the money, but within a band of its
 * strike, as a fraction of it: its holder may still exercise on what the price does after the close. The stated outcome
 * is the one that is worse for who sold it. A band of 0 pins nothing.
 */
export function pinnedOf(
  listings: Listings,
  tradeDate: TradeDate,
  priceOf: (underlying: InstrumentId) => number,
  band: number,
): CorporateAction[] {
  const actions: CorporateAction[] = []
  if (band <= 0) return actions
  for (const index of heldOptions(listings)) {
    const { id, option } = listedInstrument(listings, index)
    if (option === null || option.style !== 'american' || option.expiry > tradeDate) continue
    const spot = priceOf(option.underlying)
    if (listings.account.positions[index]! >= 0 || Number.isNaN(spot)) continue
    if (intrinsic(option.right, option.strike, spot) >= EXERCISE_MIN) continue
    if (Math.abs(spot - option.strike) <= band * option.strike) {
      actions.push({ kind: 'assignment', instrument: id, underlyingPrice: spot as Price })
    }
  }
  return actions
}

/** One cash-settled `expiry` action for every held contract on an underlying that trades no more. */
export function endedContractsOf(listings: Listings, underlying: InstrumentId, price: number): CorporateAction[] {
  return heldOptions(listings).flatMap((index): CorporateAction[] => {
    const { id, option } = listedInstrument(listings, index)
    if (option?.underlying !== underlying) return []
    return [{ kind: 'expiry', instrument: id, underlyingPrice: price as Price, settlement: 'cash' }]
  })
}

/**
 * One `assignment` action for every short American contract that its holder gains by exercising tonight: a call whose
 * time value is below the dividend that goes ex tomorrow; a put of which a lattice at its own volatility says that
 * waiting is worth no more than exercise, unless a dividend tomorrow makes it worth more. Contracts that are not in the
 * money by a cent, or expire today, are left alone.
 *
 * @see Hull (2018), Options, Futures, and Other Derivatives, sections 11.5 to 11.7
 */
export function assignmentsOf(listings: Listings, tradeDate: TradeDate, facts: AssignmentFacts): CorporateAction[] {
  const actions: CorporateAction[] = []
  for (const index of heldOptions(listings)) {
    const { id, option } = listedInstrument(listings, index)
    if (option === null || option.style !== 'american' || option.expiry <= tradeDate) continue
    if (listings.account.positions[index]! >= 0) continue
    const spot = facts.priceOf(option.underlying)
    const quote = facts.quoteOf(id)
    if (Number.isNaN(spot) || quote === null) continue
    const value = intrinsic(option.right, option.strike, spot)
    if (value < EXERCISE_MIN) continue
    const dividend = facts.dividendOf(option.underlying)
    const years = daysBetween(tradeDate, option.expiry) / DAYS_PER_YEAR
    const terms = { ...option, spot, years, rate: facts.rate, dividendYield: 0 }
    const gains =
      option.right === 'call'
        ? quote.mid - value < dividend
        : dividend === 0 && isExercisedNow(terms, quote.impliedVolatility)
    if (gains) actions.push({ kind: 'assignment', instrument: id, underlyingPrice: spot as Price })
  }
  return actions
}

/**
 * Ends a contract on the broker's books: shares at the strike, money for cash-settled ones, nothing out of the money. An
 * underlying that trades no more cannot be delivered: money, whatever the contract.
 */
export function settleOption(
  listings: Listings,
  index: number,
  underlyingPrice: number,
  how: 'expiry' | 'cash' | 'assignment',
): void {
  const assigned = how === 'assignment'
  const { option, multiplier, id } = listedInstrument(listings, index)
  assert(option !== null, `"${id}" must be an option to expire`)
  const { account } = listings
  const contracts = account.positions[index]!
  if (contracts === 0 || (assigned && contracts > 0)) return
  movePosition(listings, index, -contracts)
  account.marks[index] = 0
  const value = intrinsic(option.right, option.strike, underlyingPrice)
  if (!assigned && value < EXERCISE_MIN) return
  if (option.style === 'european' || how === 'cash') {
    const cash = tradedCash(contracts, value, listings.scale[index]!)
    moveCashFor(listings, index, contracts > 0 ? cash : -cash)
    return
  }
  const underlying = listings.indexOf.get(option.underlying)
  assert(underlying !== undefined, `"${option.underlying}" must be listed when "${id}" is exercised`)
  const direction = option.right === 'call' ? 1 : -1
  const units = contracts * direction * multiplier * listings.perWhole[underlying]!
  const cash = tradedCash(units, option.strike, listings.scale[underlying]!)
  moveCashFor(listings, underlying, units > 0 ? -cash : cash)
  movePosition(listings, underlying, units)
  account.marks[underlying] = underlyingPrice
}
