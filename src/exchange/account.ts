import { AssertionError } from '../domain/assert.ts'
import type { CostRules, PortfolioConfig } from '../domain/config.ts'
import type { Instrument } from '../domain/instruments.ts'
import { countsPerPrice } from '../domain/traded-cash.ts'
import { type CurrencyCode, type InstrumentId, MAGNITUDE_MAX } from '../domain/units.ts'
import { SCHEDULES } from './schedules.ts'

const FREE_COSTS: CostRules = { commission: SCHEDULES.none, slippage: { kind: 'none' }, participationMax: null }

/**
 * The broker's own books: one account, one currency. Kept by the exchange from its own fills and corporate actions, so
 * that they audit the kernel's books rather than copy them. Columns are by Instrument.index and grow with `list`.
 */
export interface BrokerAccount {
  /** Money counts; whole. */
  cash: number
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
  readonly currency: CurrencyCode
  readonly instruments: (Instrument | undefined)[]
  readonly costs: CostRules[]
  readonly indexOf: Map<InstrumentId, number>
  /** Money counts per unit and price. */
  scale: Float64Array
  perWhole: Float64Array
  step: Float64Array
  /** 1 for options: they fill at quotes, not at bars. */
  isOption: Uint8Array
  /** 1 for equities and ETFs: they count towards the month's share tiers. */
  isShare: Uint8Array
  /** 1 where costs are simple enough for the fast lane of an auction. */
  plain: Uint8Array
  multiplier: Float64Array
  /** Place in `held`, -1 when flat. */
  heldAt: Int32Array
}

export function createListings(currency: CurrencyCode, cash: number): Listings {
  return {
    account: {
      cash,
      positions: new Float64Array(0),
      marks: new Float64Array(0),
      held: new Int32Array(16),
      heldCount: 0,
    },
    currency,
    instruments: [],
    costs: [],
    indexOf: new Map(),
    scale: new Float64Array(0),
    perWhole: new Float64Array(0),
    step: new Float64Array(0),
    isOption: new Uint8Array(0),
    isShare: new Uint8Array(0),
    plain: new Uint8Array(0),
    multiplier: new Float64Array(0),
    heldAt: new Int32Array(0),
  }
}

/**
 * Costs that the fast lane of an auction can reckon without looking further: basis points only, and slippage that does
 * not depend on the order's size.
 */
function isPlain({ commission, slippage }: CostRules): boolean {
  const { perShare, minimumPerOrder, maximumFraction, tiers, saleFraction, salePerShare } = commission
  const fees = perShare === 0 && minimumPerOrder === 0 && maximumFraction === null && tiers.length === 0
  return fees && saleFraction === 0 && salePerShare === 0 && slippage.kind !== 'participation'
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
  listings.perWhole = widened(listings.perWhole, new Float64Array(size))
  listings.step = widened(listings.step, new Float64Array(size))
  listings.isOption = widened(listings.isOption, new Uint8Array(size))
  listings.isShare = widened(listings.isShare, new Uint8Array(size))
  listings.plain = widened(listings.plain, new Uint8Array(size))
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
  listings.scale[index] = countsPerPrice(instrument, listings.currency)
  listings.perWhole[index] = instrument.unitsPerWhole
  listings.step[index] = instrument.step
  listings.isOption[index] = instrument.option === null ? 0 : 1
  listings.isShare[index] = instrument.kind === 'equity' || instrument.kind === 'etf' ? 1 : 0
  listings.plain[index] = instrument.option === null && isPlain(listings.costs[index]!) ? 1 : 0
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

/** Changes a position and keeps the list of held instruments. */
export function movePosition(listings: Listings, index: number, units: number): void {
  const { account, heldAt } = listings
  const before = account.positions[index]!
  const after = before + units
  if (!(after <= MAGNITUDE_MAX && after >= -MAGNITUDE_MAX)) {
    throw new AssertionError(`a position must stay within 2^52 units, was "${after}"`)
  }
  account.positions[index] = after
  if (before === 0 && after !== 0) hold(account, heldAt, index)
  else if (after === 0 && before !== 0) release(account, heldAt, index)
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

/** Market value of a position in money counts at its mark; 0 before the first mark. */
export function markedValue(listings: Listings, index: number): number {
  const mark = listings.account.marks[index]!
  return Number.isNaN(mark) ? 0 : listings.account.positions[index]! * mark * listings.scale[index]!
}

/** Cash and every position at its mark, in money counts (a valuation: not rounded). */
export function accountEquity(listings: Listings): number {
  const { account } = listings
  let equity = account.cash
  for (let place = 0; place < account.heldCount; place += 1) equity += markedValue(listings, account.held[place]!)
  return equity
}
