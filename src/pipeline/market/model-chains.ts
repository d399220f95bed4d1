import type { ChainSource, OptionChain, OptionQuote } from '../../domain/market.ts'
import {
  addDays,
  civilDate,
  nthWeekday,
  type Sessions,
  sessionAtIndex,
  sessionOf,
  sessionOnOrBefore,
  startOfDay,
  WEEKDAY,
  weekday,
} from '../../domain/sessions.ts'
import type { Instant, InstrumentId, Json, TradeDate } from '../../domain/units.ts'
import { type OptionTerms, optionGreeks } from '../../numerics/options/black-scholes.ts'
import { strikeForDelta } from '../../numerics/options/strike-for-delta.ts'

const MS_PER_YEAR = 365 * 86_400_000
/** Where the calendar does not reach, an expiry ends at 16:00 of New York's winter. */
const CLOSE_MS = 21 * 3_600_000
const VOLATILITY_MIN = 0.01

/** How listed strikes stand: `step` apart below the price `below`; null: at every price above the ones before. */
export interface StrikeStep {
  readonly below: number | null
  readonly step: number
}

/** What a model chain states. Fractions per year; half-spreads in money and as a fraction of the mid. */
export interface ChainModel {
  readonly rate: number
  /** What a put of delta d adds to the at-the-money volatility is skew x (0.5 - |d|); both rights of a strike share it. */
  readonly skew: number
  readonly horizonDays: number
  readonly halfSpreadMin: number
  readonly halfSpreadFraction: number
  /** Strikes reach at least from a put of this delta to a call of this delta. */
  readonly deltaMin: number
  readonly strikeSteps: readonly StrikeStep[]
}

export const CHAIN_MODEL: ChainModel = {
  rate: 0.03,
  skew: 0.15,
  horizonDays: 90,
  halfSpreadMin: 0.02,
  halfSpreadFraction: 0.02,
  deltaMin: 0.05,
  strikeSteps: [
    { below: 100, step: 1 },
    { below: 250, step: 2.5 },
    { below: null, step: 5 },
  ],
}

export interface ModelUnderlying {
  readonly id: InstrumentId
  /** Every Friday expires; else the third one of each month. */
  readonly weekly: boolean
  /** At-the-money volatility known at that moment of that day; null: no chain. */
  volatility(tradeDate: TradeDate, phase: 'open' | 'close'): number | null
  /** Of this underlying alone; left out: the model's. */
  readonly skew?: number
  /** Left out: American. */
  readonly style?: 'european'
  /** Dividends of the trailing year over the spot. */
  dividendYield(tradeDate: TradeDate, spot: number): number
}

/** Everything a model chain is built from, and can be built again from. */
export interface ModelChainData {
  readonly origin: 'model'
  readonly underlying: InstrumentId
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly spot: number
  readonly volatility: number
  readonly dividendYield: number
  readonly model: ChainModel
  readonly style?: 'european'
  /** Dates and closing instants of listed expiries, today's included. */
  readonly expiries: readonly { readonly date: TradeDate; readonly close: Instant }[]
}

/**
 * Listed expiries from a date on: Fridays, every one or the third of the month; where the exchange is closed on that
 * Friday, the session before.
 */
export function listedExpiries(request: {
  readonly tradeDate: TradeDate
  readonly weekly: boolean
  readonly horizonDays: number
  readonly sessions: Sessions
}): readonly TradeDate[] {
  const { tradeDate, weekly, horizonDays, sessions } = request
  const last = addDays(tradeDate, horizonDays)
  const found: TradeDate[] = []
  const toFriday = (WEEKDAY.friday - weekday(tradeDate) + 7) % 7
  for (let friday = addDays(tradeDate, toFriday); friday <= last; friday = addDays(friday, 7)) {
    const { year, month } = civilDate(friday)
    if (!weekly && nthWeekday({ year, month, weekday: WEEKDAY.friday, nth: 3 }) !== friday) continue
    const session = sessionOnOrBefore(sessions, friday)
    if (session !== null && session >= tradeDate && session > addDays(friday, -7)) found.push(session)
  }
  return found
}

/** Strikes of the stated steps from the last one at or below `low` to the first one at or above `high`. */
export function strikesBetween(low: number, high: number, steps: readonly StrikeStep[]): Float64Array {
  const stepAt = (price: number): number =>
    (steps.find(({ below }) => below === null || price < below) ?? steps.at(-1)!).step
  const strikes: number[] = []
  const lowStep = stepAt(low)
  let strike = Math.max(lowStep, Math.floor(low / lowStep) * lowStep)
  while (strike < high) {
    strikes.push(strike)
    strike += stepAt(strike)
  }
  strikes.push(strike)
  return Float64Array.from(strikes)
}

type StrikeQuotes = Map<number, OptionQuote | null>

/**
 * A chain priced by Black-Scholes-Merton off one stated volatility. Contracts are priced when asked for. A contract
 * that is held is priced at any strike and on its expiry day, though no new one would be listed there; far out of the
 * money its bid is 0.
 */
export function modelChain(data: ModelChainData): OptionChain {
  const { tradeDate, spot, model } = data
  const closes = new Map(data.expiries.map(({ date, close }) => [date, close]))
  const quotes = { call: new Map<TradeDate, StrikeQuotes>(), put: new Map<TradeDate, StrikeQuotes>() }
  const strikeLists = new Map<TradeDate, Float64Array>()
  const years = (expiry: TradeDate): number =>
    Math.max(0, ((closes.get(expiry) ?? startOfDay(expiry) + CLOSE_MS) - data.at) / MS_PER_YEAR)
  const terms = (expiry: TradeDate): Omit<OptionTerms, 'strike' | 'right'> => ({
    spot,
    years: years(expiry),
    rate: model.rate,
    dividendYield: data.dividendYield,
  })
  return {
    underlying: data.underlying,
    at: data.at,
    tradeDate,
    spot,
    origin: 'model',
    ...(data.style === undefined ? {} : { style: data.style }),
    expiries: () => data.expiries.map(({ date }) => date).filter((date) => date > tradeDate),
    strikes(expiry) {
      if (!closes.has(expiry) || expiry <= tradeDate) return new Float64Array(0)
      const known = strikeLists.get(expiry)
      if (known !== undefined) return known
      // No skewed volatility is higher, so deltas at the edges are no larger than asked for.
      const edge = data.volatility + Math.abs(model.skew) * 0.5
      const low = strikeForDelta({ ...terms(expiry), right: 'put' }, edge, -model.deltaMin)
      const high = strikeForDelta({ ...terms(expiry), right: 'call' }, edge, model.deltaMin)
      const strikes = strikesBetween(low, high, model.strikeSteps)
      strikeLists.set(expiry, strikes)
      return strikes
    },
    quote(expiry, right, strike) {
      if (expiry < tradeDate || !(strike > 0)) return null
      const ofExpiry: StrikeQuotes = quotes[right].get(expiry) ?? new Map()
      quotes[right].set(expiry, ofExpiry)
      const known = ofExpiry.get(strike)
      if (known !== undefined) return known
      const quote = modelQuote(data, { ...terms(expiry), right, strike })
      ofExpiry.set(strike, quote)
      return quote
    },
    sensitivities(expiry, right, strike) {
      const quote = this.quote(expiry, right, strike)
      return quote === null ? null : optionGreeks({ ...terms(expiry), right, strike }, quote.impliedVolatility)
    },
    data: () => data as unknown as Json,
  }
}

function modelQuote(data: ModelChainData, terms: OptionTerms): OptionQuote {
  const { model, volatility } = data
  const putDelta = Math.abs(optionGreeks({ ...terms, right: 'put' }, volatility).delta)
  const skewed = Math.max(VOLATILITY_MIN, volatility + model.skew * (0.5 - putDelta))
  const { price, delta } = optionGreeks(terms, skewed)
  const half = Math.max(model.halfSpreadMin, model.halfSpreadFraction * price)
  return { bid: Math.max(0, price - half), ask: price + half, mid: price, impliedVolatility: skewed, delta }
}

/** The first source that knows a chain gives it: recorded chains before the model. */
export function firstKnown(sources: readonly ChainSource[]): ChainSource {
  return {
    underlyings: [...new Set(sources.flatMap(({ underlyings }) => underlyings))],
    chain(underlying, at, tradeDate, phase, spot) {
      for (const source of sources) {
        const chain = source.chain(underlying, at, tradeDate, phase, spot)
        if (chain !== null) return chain
      }
      return null
    },
  }
}

/** Model chains of several underlyings. Asking twice for one moment gives the same chain. */
export function modelChainSource(request: {
  readonly underlyings: readonly ModelUnderlying[]
  readonly sessions: Sessions
  readonly model?: ChainModel
}): ChainSource {
  const { sessions, model = CHAIN_MODEL } = request
  const byId = new Map(request.underlyings.map((underlying) => [underlying.id, underlying]))
  const latest = new Map<InstrumentId, OptionChain>()
  return {
    underlyings: request.underlyings.map(({ id }) => id),
    chain(id, at, tradeDate, phase, spot) {
      const underlying = byId.get(id)
      const known = latest.get(id)
      if (known !== undefined && known.at === at && known.spot === spot) return known
      const volatility = underlying?.volatility(tradeDate, phase) ?? null
      if (underlying === undefined || volatility === null || !(volatility > 0) || !(spot > 0)) return null
      const expiries = listedExpiries({
        tradeDate,
        weekly: underlying.weekly,
        horizonDays: model.horizonDays,
        sessions,
      }).map((date) => ({ date, close: sessionAtIndex(sessions, sessionOf(sessions, date)).close }))
      const dividendYield = underlying.dividendYield(tradeDate, spot)
      const chain = modelChain({
        origin: 'model',
        underlying: id,
        at,
        tradeDate,
        spot,
        volatility,
        dividendYield,
        model: underlying.skew === undefined ? model : { ...model, skew: underlying.skew },
        expiries,
        ...(underlying.style === undefined ? {} : { style: underlying.style }),
      })
      latest.set(id, chain)
      return chain
    },
  }
}
