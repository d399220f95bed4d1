import type { AccountRules } from '../domain/config.ts'
import type { Instrument } from '../domain/instruments.ts'
import { marginOf } from '../domain/margins.ts'
import type { InstrumentId } from '../domain/units.ts'
import { lowestPayoff } from '../numerics/options/payoff.ts'
import { foreignCash, type Listings, listedInstrument } from './account.ts'

/**
 * What the account must keep and what it has to show for it, both in money counts. Options carry no loan value: their
 * market value is left out of `available`, and what they bind is their requirement.
 */
export interface MarginState {
  /** Cash and the market value of everything but options. */
  available: number
  required: number
}

/** The part of a market value that must be covered. Coins and everything in a cash account are paid in full; futures and perpetuals have margins of their own. */
export function requirementFraction(
  account: AccountRules,
  instrument: Instrument,
  short: boolean,
  purpose: 'initial' | 'maintenance',
): number {
  const marginable = instrument.kind !== 'crypto' && account.kind === 'margin'
  if (!marginable) return 1
  const own = marginOf(account, instrument.kind)
  if (own !== null) return own[purpose]
  if (purpose === 'initial') return account.initialMargin
  return short ? account.shortMaintenanceMargin : account.maintenanceMargin
}

/**
 * The account's standing under Regulation T (`initial`) or the maintenance rule. Instruments without a mark yet count
 * for nothing. Cash of other currencies counts where the account lends against it; a cash account pays each currency out of
 * its own purse. Option positions of one underlying and expiry are judged together by `optionRequirement`.
 *
 * @see 12 CFR 220 (Regulation T); FINRA Rule 4210
 */
export function marginState(
  listings: Listings,
  account: AccountRules,
  purpose: 'initial' | 'maintenance',
  out: MarginState,
): MarginState {
  const { held, heldCount, cash, positions, marks } = listings.account
  const { isOption, isShare, baseScale, instruments } = listings
  const ofLong = purpose === 'initial' ? account.initialMargin : account.maintenanceMargin
  const ofShort = purpose === 'initial' ? account.initialMargin : account.shortMaintenanceMargin
  const lends = account.kind === 'margin'
  let available: number = lends ? cash + foreignCash(listings) : cash
  let required = 0
  let options = false
  for (let place = 0; place < heldCount; place += 1) {
    const index = held[place]!
    if (isOption[index] === 1) {
      options = true
      continue
    }
    const mark = marks[index]!
    const value = Number.isNaN(mark) ? 0 : positions[index]! * mark * baseScale[index]!
    available += value
    // Of shares as requirementFraction says, without asking it for each position.
    const share = lends ? (value < 0 ? ofShort : ofLong) : 1
    const part = isShare[index] === 1 ? share : requirementFraction(account, instruments[index]!, value < 0, purpose)
    required += Math.abs(value) * part
  }
  out.available = available
  out.required = required
  if (options) for (const group of optionGroups(listings)) out.required += optionRequirement(listings, account, group)
  return out
}

/** Option positions on one underlying that end on one day; sorted by strike. */
export interface OptionGroup {
  readonly underlying: InstrumentId
  readonly expiry: number
  readonly contracts: {
    readonly index: number
    readonly right: 'call' | 'put'
    readonly strike: number
    count: number
  }[]
}

/** The account's option positions by underlying and expiry, the soonest first. */
export function optionGroups(listings: Listings): OptionGroup[] {
  const groups = new Map<string, OptionGroup>()
  const { held, heldCount, positions } = listings.account
  for (let place = 0; place < heldCount; place += 1) {
    const index = held[place]!
    const terms = listedInstrument(listings, index).option
    if (terms === null) continue
    const key = `${terms.underlying} ${terms.expiry}`
    const group = groups.get(key) ?? { underlying: terms.underlying, expiry: terms.expiry, contracts: [] }
    groups.set(key, group)
    group.contracts.push({ index, right: terms.right, strike: terms.strike, count: positions[index]! })
  }
  for (const group of groups.values()) group.contracts.sort((a, b) => a.strike - b.strike || a.index - b.index)
  return [...groups.values()].sort(
    (a, b) => a.expiry - b.expiry || (a.underlying < b.underlying ? -1 : a.underlying > b.underlying ? 1 : 0),
  )
}

/**
 * What an option group binds, in money counts. Shorts that longs of the same right and expiry cover bind the largest
 * loss that the whole group can make at expiry: the width for a vertical spread, the wider side for a condor. A short
 * call is also covered by shares held. What is left naked binds its market value plus the larger of 20 % of the
 * underlying less the amount out of the money and 10 % of the underlying (of the strike for puts); in a cash account a
 * naked put binds its strike and a naked call can not be held. A long that ends sooner than the short covers nothing.
 *
 * @see FINRA Rule 4210(f)(2); Cboe (2021), "Strategy-based margin"
 */
export function optionRequirement(listings: Listings, account: AccountRules, group: OptionGroup): number {
  const contracts = group.contracts.map((contract) => ({ ...contract }))
  const first = contracts[0]
  if (first === undefined) return 0
  const scale = listings.scale[first.index]!
  let required = 0
  let covered = callsCoveredByShares(listings, group)
  let nakedPuts = uncovered(contracts, 'put')
  let nakedCalls = uncovered(contracts, 'call')
  // The dearest to hold go naked: the highest strikes of puts, the lowest of calls.
  for (let place = contracts.length - 1; place >= 0 && nakedPuts > 0; place -= 1) {
    const taken = takeShort(contracts[place]!, 'put', nakedPuts)
    nakedPuts -= taken
    if (taken > 0) required += taken * nakedRequirement(listings, account, contracts[place]!, group) * scale
  }
  for (let place = 0; place < contracts.length && nakedCalls > 0; place += 1) {
    const taken = takeShort(contracts[place]!, 'call', nakedCalls)
    nakedCalls -= taken
    const byShares = Math.min(covered, taken)
    covered -= byShares
    if (taken > byShares) {
      required += (taken - byShares) * nakedRequirement(listings, account, contracts[place]!, group) * scale
    }
  }
  return required + largestLoss(contracts) * scale
}

type Contract = OptionGroup['contracts'][number]

function uncovered(contracts: readonly Contract[], right: 'call' | 'put'): number {
  let count = 0
  for (const contract of contracts) if (contract.right === right) count += contract.count
  return Math.max(0, -count)
}

function takeShort(contract: Contract, right: 'call' | 'put', wanted: number): number {
  if (contract.right !== right || contract.count >= 0) return 0
  const taken = Math.min(wanted, -contract.count)
  contract.count += taken
  return taken
}

/** Contracts that the shares held could be delivered for. */
function callsCoveredByShares(listings: Listings, group: OptionGroup): number {
  const index = listings.indexOf.get(group.underlying)
  const first = group.contracts[0]
  if (index === undefined || first === undefined) return 0
  const shares = listings.account.positions[index]! / listings.perWhole[index]!
  return Math.max(0, Math.floor(shares / listedInstrument(listings, first.index).multiplier))
}

/** Per share of the underlying. */
function nakedRequirement(listings: Listings, account: AccountRules, contract: Contract, group: OptionGroup): number {
  const { strike, right } = contract
  if (account.kind === 'cash') return right === 'put' ? strike : Number.POSITIVE_INFINITY
  const underlying = listings.indexOf.get(group.underlying)
  const known = underlying === undefined ? Number.NaN : listings.account.marks[underlying]!
  const spot = Number.isNaN(known) ? strike : known
  const premium = listings.account.marks[contract.index]!
  const out = Math.max(0, right === 'put' ? spot - strike : strike - spot)
  const floor = 0.1 * (right === 'put' ? strike : spot)
  return (Number.isNaN(premium) ? 0 : premium) + Math.max(0.2 * spot - out, floor)
}

/** The deepest loss at expiry over all prices of the underlying. Per share. */
function largestLoss(contracts: readonly Contract[]): number {
  return Math.max(0, 0 - lowestPayoff(contracts.map(({ right, strike, count }) => ({ right, strike, ratio: count }))))
}
