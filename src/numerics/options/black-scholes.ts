import { exp, log, normalCdf, normalPdf } from '../elementary.ts'

export type OptionRight = 'call' | 'put'

/** What the Black-Scholes-Merton model needs to know about a European option. */
export interface OptionTerms {
  readonly right: OptionRight
  readonly spot: number
  readonly strike: number
  /** Years to expiry. */
  readonly years: number
  /** Continuously compounded interest rate per year. */
  readonly rate: number
  /** Continuously compounded dividend yield per year. */
  readonly dividendYield: number
}

/** Sensitivities per unit: vega and rhos per 1.00 (not per one percent), theta per year. */
export interface Greeks {
  readonly price: number
  readonly delta: number
  readonly gamma: number
  readonly vega: number
  readonly theta: number
  readonly rho: number
  readonly dividendRho: number
}

export interface Distances {
  readonly d1: number
  readonly d2: number
}

/** The two standardised distances of spot from strike. At expiry or without volatility they are infinite or zero. */
export function distances(terms: OptionTerms, volatility: number): Distances {
  const { spot, strike, years, rate, dividendYield } = terms
  const deviation = volatility * Math.sqrt(years)
  const moneyness = log(spot / strike) + (rate - dividendYield) * years
  if (deviation === 0) {
    const side = moneyness === 0 ? 0 : moneyness > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    return { d1: side, d2: side }
  }
  const d1 = moneyness / deviation + 0.5 * deviation
  return { d1, d2: d1 - deviation }
}

/**
 * Price of a European option, in the currency of the spot, for one unit of the underlying.
 *
 * @param volatility per year, as a fraction: 0.2 is 20 %.
 * @returns at expiry, and without volatility, the discounted value of exercising at the forward.
 * @see Black and Scholes (1973); Merton (1973)
 */
export function optionPrice(terms: OptionTerms, volatility: number): number {
  const { d1, d2 } = distances(terms, volatility)
  const spotValue = terms.spot * exp(-terms.dividendYield * terms.years)
  const strikeValue = terms.strike * exp(-terms.rate * terms.years)
  const value =
    terms.right === 'call'
      ? spotValue * normalCdf(d1) - strikeValue * normalCdf(d2)
      : strikeValue * normalCdf(-d2) - spotValue * normalCdf(-d1)
  return Math.max(0, value)
}

/** Price and all first sensitivities, and gamma. */
export function optionGreeks(terms: OptionTerms, volatility: number): Greeks {
  const { spot, years, rate, dividendYield } = terms
  const { d1, d2 } = distances(terms, volatility)
  const carried = exp(-dividendYield * years)
  const strikeValue = terms.strike * exp(-rate * years)
  const root = Math.sqrt(years)
  const density = normalPdf(d1)
  const side = terms.right === 'call' ? 1 : -1
  const atSpot = normalCdf(side * d1)
  const atStrike = normalCdf(side * d2)
  const deviation = volatility * root
  const decay = root === 0 ? 0 : (-spot * carried * density * volatility) / (2 * root)
  return {
    price: optionPrice(terms, volatility),
    delta: side * carried * atSpot,
    gamma: deviation === 0 ? 0 : (carried * density) / (spot * deviation),
    vega: spot * carried * density * root,
    theta: decay - side * rate * strikeValue * atStrike + side * dividendYield * spot * carried * atSpot,
    rho: side * years * strikeValue * atStrike,
    dividendRho: -side * years * spot * carried * atSpot,
  }
}
