import { assert } from '../../domain/assert.ts'
import type { ChainSource, OptionChain, OptionQuote } from '../../domain/market.ts'
import type { OptionRecord } from '../../domain/recorded.ts'
import { daysBetween, startOfDay } from '../../domain/sessions.ts'
import type { Instant, InstrumentId, Json, TradeDate } from '../../domain/units.ts'
import { americanImpliedVolatility, americanQuote } from '../../numerics/options/american.ts'
import { type OptionTerms, optionGreeks } from '../../numerics/options/black-scholes.ts'
import { type ImpliedVolatility, impliedVolatility } from '../../numerics/options/implied-volatility.ts'

/** How contracts of one style are priced. */
interface Pricing {
  quote(terms: OptionTerms, volatility: number): { readonly price: number; readonly delta: number }
  volatility(terms: OptionTerms, price: number): ImpliedVolatility
}

const EUROPEAN: Pricing = { quote: optionGreeks, volatility: impliedVolatility }
const AMERICAN: Pricing = { quote: americanQuote, volatility: americanImpliedVolatility }

const MS_PER_YEAR = 365 * 86_400_000
const CLOSE_MS = 21 * 3_600_000
/** At the open the last recorded chain may be this many calendar days old. */
const STALE_DAYS = 5
/** A spot that moved by more than this since the chain was recorded was split in between. */
const SPLIT_RATIO = 1.6
/** Strikes further from the spot than this are left-overs from before a split. */
const STRIKE_RATIO = 4
/** How far, as a fraction of the spot, an ask may stand below what exercise pays before the quote is stale. */
const STALE_QUOTE = 0.02
/** Files write an implied volatility of almost zero where the vendor's solver found none. */
const VOLATILITY_MIN = 1e-3
/** A file's volatility must give back its own mid within the largest of these, else it belongs to another price. */
const BELIEVED_SPREADS = 2
const BELIEVED_FRACTION = 0.25
const BELIEVED_MONEY = 0.1
/** Split-adjusted strikes are written in cents: 645 becomes 92.14, not 92.142857. */
const STRIKE_ROUNDING = 0.006

export interface RecordedChains {
  readonly records: readonly OptionRecord[]
  /** Instrument of each underlying as the files name it. */
  readonly instruments: ReadonlyMap<string, InstrumentId>
  /** Underlyings whose contracts are European; all others are American. */
  readonly european?: ReadonlySet<InstrumentId>
  readonly rate: number
  readonly dividendYield: number
  /** Half-spread around a mid that was recorded without two sides: money, and fraction of the mid. */
  readonly halfSpreadMin: number
  readonly halfSpreadFraction: number
}

interface RecordedDay {
  readonly date: TradeDate
  readonly records: readonly OptionRecord[]
  /** Where it is known without asking the records. */
  readonly spot?: number
}

type ChainPricing = Pick<RecordedChains, 'rate' | 'dividendYield' | 'halfSpreadMin' | 'halfSpreadFraction'>

/** Everything a recorded chain is built from, and can be built again from. */
export interface RecordedChainData extends Moment {
  readonly origin: 'recorded'
  readonly recordedOn: TradeDate
  readonly recordedSpot: number
  readonly pricing: ChainPricing
  readonly isEuropean: boolean
  /** Rows as `contractData` writes them. */
  readonly contracts: readonly (readonly [TradeDate, 'call' | 'put', number, ...(number | null)[]])[]
}

/**
 * Chains as they were recorded at closes. At a close quotes are the file's own; at an open they are yesterday's
 * volatilities at the spot of the open, with yesterday's spreads. Where the file gives no volatility, or one that does
 * not give back its mid, it is taken from the mid; where it gives no delta that goes with it, it is computed.
 */
export function recordedChainSource(recorded: RecordedChains): ChainSource {
  const days = new Map<InstrumentId, RecordedDay[]>()
  for (const record of recorded.records) {
    const id = recorded.instruments.get(record.underlying)
    if (id === undefined) continue
    const known = days.get(id) ?? []
    days.set(id, known)
    let day = known.find(({ date }) => date === record.quoteDate)
    if (day === undefined) {
      day = { date: record.quoteDate, records: [] }
      known.push(day)
    }
    ;(day.records as OptionRecord[]).push(record)
  }
  for (const known of days.values()) known.sort((one, other) => one.date - other.date)
  const latest = new Map<InstrumentId, OptionChain>()
  return {
    underlyings: [...days.keys()],
    chain(underlying, at, tradeDate, phase, spot) {
      const before = latest.get(underlying)
      if (before !== undefined && before.at === at && before.spot === spot) return before
      const day = days
        .get(underlying)
        ?.findLast(({ date }) => (phase === 'close' ? date === tradeDate : date < tradeDate))
      if (day === undefined || daysBetween(day.date, tradeDate) > STALE_DAYS) return null
      const chain = recordedChain({ underlying, at, tradeDate, spot, isClose: phase === 'close' }, day, recorded)
      if (chain !== null) latest.set(underlying, chain)
      return chain
    },
  }
}

interface Moment {
  readonly underlying: InstrumentId
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly spot: number
  readonly isClose: boolean
}

/** The chain that gave this data. */
export function recordedChainFrom(data: RecordedChainData): OptionChain {
  const { recordedOn, recordedSpot, pricing, isEuropean, contracts, underlying } = data
  const records = contracts.map(([expiry, right, strike, ...known]): OptionRecord => {
    const [bid, ask, mid, impliedVolatility, delta, underlyingPrice] = known.map((value) => value ?? Number.NaN)
    return {
      underlying,
      quoteDate: recordedOn,
      expiry,
      right,
      strike,
      bid: bid!,
      ask: ask!,
      mid: mid!,
      impliedVolatility: impliedVolatility!,
      delta: delta!,
      underlyingPrice: underlyingPrice!,
      line: 0,
    }
  })
  const rules = isEuropean ? { ...pricing, european: new Set([underlying]) } : pricing
  const chain = recordedChain(data, { date: recordedOn, records, spot: recordedSpot }, rules)
  assert(chain !== null, `the data of a chain on "${underlying}" gives no chain`)
  return chain
}

function pricingOf({ rate, dividendYield, halfSpreadMin, halfSpreadFraction }: ChainPricing): ChainPricing {
  return { rate, dividendYield, halfSpreadMin, halfSpreadFraction }
}

function recordedChain(
  moment: Moment,
  day: RecordedDay,
  recorded: ChainPricing & Pick<RecordedChains, 'european'>,
): OptionChain | null {
  const { underlying, at, tradeDate, spot, isClose } = moment
  const spotThen = day.spot ?? day.records.find(({ underlyingPrice }) => underlyingPrice > 0)?.underlyingPrice ?? spot
  if (spot / spotThen > SPLIT_RATIO || spotThen / spot > SPLIT_RATIO) return null
  const isEuropean = recorded.european?.has(underlying) ?? false
  const pricing = isEuropean ? EUROPEAN : AMERICAN
  const contracts = new Map<string, OptionRecord>()
  for (const record of day.records) {
    if (!isPlausible(record, spotThen, recorded)) continue
    const key = keyOf(record.expiry, record.right, record.strike)
    // Where two files know a contract, two sides say more than a mid.
    if (!contracts.has(key) || record.bid > 0) contracts.set(key, record)
  }
  const listed = [...contracts.values()]
  const quotes = new Map<string, OptionQuote | null>()
  const expiries = [...new Set(listed.map(({ expiry }) => expiry))]
    .filter((expiry) => expiry > tradeDate)
    .sort((one, other) => one - other)
  return {
    underlying,
    at,
    tradeDate,
    spot,
    origin: 'recorded',
    ...(isEuropean ? { style: 'european' } : {}),
    expiries: () => expiries,
    strikes: (expiry, right) =>
      Float64Array.from(
        listed.filter((record) => record.expiry === expiry && record.right === right),
        ({ strike }) => strike,
      ).sort((one, other) => one - other),
    quote(expiry, right, strike) {
      const key = keyOf(expiry, right, strike)
      const known = quotes.get(key)
      if (known !== undefined) return known
      const record = contracts.get(key) ?? listed.find((other) => isRounded(other, { expiry, right, strike }))
      const quote =
        record === undefined || expiry < tradeDate
          ? null
          : quoteOf(record, { at, spot, spotThen, isClose, pricing }, recorded)
      quotes.set(key, quote)
      return quote
    },
    sensitivities(expiry, right, strike) {
      const quote = this.quote(expiry, right, strike)
      if (quote === null) return null
      const years = Math.max(0, (startOfDay(expiry) + CLOSE_MS - at) / MS_PER_YEAR)
      const { rate, dividendYield } = recorded
      return optionGreeks({ right, spot, strike, years, rate, dividendYield }, quote.impliedVolatility)
    },
    data: () => ({
      origin: 'recorded',
      underlying,
      at,
      tradeDate,
      spot,
      isClose,
      recordedOn: day.date,
      recordedSpot: spotThen,
      pricing: pricingOf(recorded),
      isEuropean,
      contracts: listed.map(contractData),
    }),
  }
}

/**
 * Whether a recorded price can have been a price: a call is worth less than its share, a put less than its strike, and
 * neither less than what exercise pays.
 */
function isPlausible(record: OptionRecord, spot: number, recorded: ChainPricing): boolean {
  const { right, strike } = record
  const { mid, half } = sidesOf(record, recorded)
  if (strike > spot * STRIKE_RATIO || strike < spot / STRIKE_RATIO) return false
  const exercise = right === 'call' ? spot - strike : strike - spot
  return mid < (right === 'call' ? spot : strike) && mid + half > exercise - STALE_QUOTE * spot
}

/** A record as plain data; what the file does not say is null. */
function contractData(record: OptionRecord): Json {
  const { expiry, right, strike, bid, ask, mid, impliedVolatility, delta, underlyingPrice } = record
  const known = [bid, ask, mid, impliedVolatility, delta, underlyingPrice].map((value) =>
    Number.isNaN(value) ? null : value,
  )
  return [expiry, right, strike, ...known]
}

function isRounded(
  record: OptionRecord,
  asked: { readonly expiry: TradeDate; readonly right: 'call' | 'put'; readonly strike: number },
): boolean {
  const { expiry, right, strike } = asked
  return record.expiry === expiry && record.right === right && Math.abs(record.strike - strike) <= STRIKE_ROUNDING
}

function keyOf(expiry: TradeDate, right: 'call' | 'put', strike: number): string {
  return `${expiry}${right}${strike}`
}

interface QuoteMoment {
  readonly at: Instant
  readonly spot: number
  /** Spot when the chain was recorded. */
  readonly spotThen: number
  readonly isClose: boolean
  readonly pricing: Pricing
}

interface Sides {
  readonly bid: number
  readonly ask: number
  readonly mid: number
  readonly half: number
}

/** The two sides that were recorded, or the mid with the stated half-spread around it. */
function sidesOf(record: OptionRecord, recorded: ChainPricing): Sides {
  const { bid, ask, mid } = record
  if (bid > 0 && ask > 0) return { bid, ask, mid: (bid + ask) / 2, half: (ask - bid) / 2 }
  const half = Math.max(recorded.halfSpreadMin, recorded.halfSpreadFraction * mid)
  return { bid: Math.max(0, mid - half), ask: mid + half, mid, half }
}

function termsAt(record: OptionRecord, spot: number, at: number, recorded: ChainPricing): OptionTerms {
  const { right, strike, expiry } = record
  const years = Math.max(0, (startOfDay(expiry) + CLOSE_MS - at) / MS_PER_YEAR)
  return { right, spot, strike, years, rate: recorded.rate, dividendYield: recorded.dividendYield }
}

function quoteOf(record: OptionRecord, moment: QuoteMoment, recorded: ChainPricing): OptionQuote | null {
  const { bid, ask, mid, half } = sidesOf(record, recorded)
  if (!(mid > 0)) return null
  const then = termsAt(record, moment.spotThen, startOfDay(record.quoteDate) + CLOSE_MS, recorded)
  const known = volatilityOf(record, then, { mid, half }, moment.pricing)
  if (known === null) return null
  const { volatility, isFiles } = known
  if (moment.isClose) {
    const delta = isFiles && !Number.isNaN(record.delta) ? record.delta : moment.pricing.quote(then, volatility).delta
    return { bid, ask, mid, impliedVolatility: volatility, delta }
  }
  const now = moment.pricing.quote(termsAt(record, moment.spot, moment.at, recorded), volatility)
  return {
    bid: Math.max(0, now.price - half),
    ask: now.price + half,
    mid: now.price,
    impliedVolatility: volatility,
    delta: now.delta,
  }
}

interface KnownVolatility {
  readonly volatility: number
  /** Given by the file, not taken from the mid. */
  readonly isFiles: boolean
}

/**
 * The file's own volatility where it gives back the mid, else the one that the mid implies: 0 where nothing but exercise
 * is paid for, null where there is none.
 */
function volatilityOf(
  record: OptionRecord,
  terms: OptionTerms,
  price: { readonly mid: number; readonly half: number },
  pricing: Pricing,
): KnownVolatility | null {
  const { mid, half } = price
  if (record.impliedVolatility > VOLATILITY_MIN) {
    const miss = Math.abs(pricing.quote(terms, record.impliedVolatility).price - mid)
    if (miss <= Math.max(BELIEVED_SPREADS * half, BELIEVED_FRACTION * mid, BELIEVED_MONEY)) {
      return { volatility: record.impliedVolatility, isFiles: true }
    }
  }
  const implied = pricing.volatility(terms, mid)
  if (implied.ok) return { volatility: implied.volatility, isFiles: false }
  // Deep in the money nothing but exercise is paid for: the contract moves as its share does.
  const isExercise = ['belowIntrinsic', 'noTimeValue', 'lostInRounding', 'expired'].includes(implied.reason)
  return isExercise ? { volatility: 0, isFiles: false } : null
}
