import { exp, normalCdf, normalPdf, pow } from '../elementary.ts'
import { distances, type OptionTerms, optionPrice } from './black-scholes.ts'

const STEPS_MAX = 60
const PRECISION = 1e-12

/**
 * Price of an American option by the quadratic approximation: quick, and good to a few tenths of a percent.
 *
 * @see Barone-Adesi and Whaley (1987), "Efficient analytic approximation of American option values"
 */
export function quadraticPrice(terms: OptionTerms, volatility: number): number {
  const { right, spot, strike, years, rate, dividendYield } = terms
  const side = right === 'call' ? 1 : -1
  const european = optionPrice(terms, volatility)
  const exercise = Math.max(0, side * (spot - strike))
  if (!(years > 0) || !(volatility > 0)) return Math.max(exercise, european)
  // Waiting costs a call nothing without a dividend, a put nothing without interest.
  if (right === 'call' ? dividendYield <= 0 && rate >= 0 : rate <= 0 && dividendYield >= 0) return european
  const root = rootOf(terms, volatility)
  const critical = criticalSpot(terms, volatility, root)
  if (Number.isNaN(critical)) return Math.max(exercise, european)
  if (side * (spot - critical) >= 0) return exercise
  const { d1 } = distances({ ...terms, spot: critical }, volatility)
  const slope = 1 - exp(-dividendYield * years) * normalCdf(side * d1)
  const premium = ((side * critical) / root) * slope * pow(spot / critical, root)
  return Math.max(exercise, european + premium)
}

/** What the right to exercise early adds, by the quadratic approximation; in the currency of the spot. */
export function earlyExercisePremium(terms: OptionTerms, volatility: number): number {
  return quadraticPrice(terms, volatility) - optionPrice(terms, volatility)
}

/** Power of the spot with which the premium grows: above 1 for calls, below 0 for puts. */
function rootOf({ right, years, rate, dividendYield }: OptionTerms, volatility: number): number {
  const variance = volatility * volatility
  const carry = (2 * (rate - dividendYield)) / variance
  // 2 r / variance over 1 - e^(-r T), which at no interest is 2 / (variance T).
  const aged = 1 - exp(-rate * years)
  const interest = Math.abs(rate * years) < 1e-9 ? 2 / (variance * years) : (2 * rate) / variance / aged
  const square = Math.sqrt((carry - 1) * (carry - 1) + 4 * interest)
  return 0.5 * (1 - carry + (right === 'call' ? square : -square))
}

/** Where exercise now is worth what waiting is: Newton's steps, halved where they would leave the side of the strike. */
function criticalSpot(terms: OptionTerms, volatility: number, root: number): number {
  const { right, strike, years, rate, dividendYield } = terms
  const side = right === 'call' ? 1 : -1
  const carried = exp(-dividendYield * years)
  const deviation = volatility * Math.sqrt(years)
  let spot = seedOf(terms, volatility)
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const here = { ...terms, spot }
    const { d1 } = distances(here, volatility)
    const delta = carried * normalCdf(side * d1)
    const left = side * (spot - strike)
    const value = optionPrice(here, volatility) + ((1 - delta) * side * spot) / root
    const slope = side * delta * (1 - 1 / root) + (side * (1 - (side * carried * normalPdf(d1)) / deviation)) / root
    const next = spot - (value - left) / (slope - side)
    if (!Number.isFinite(next)) return Number.NaN
    const kept = side * (next - strike) > 0 && next > 0 ? next : 0.5 * (spot + strike)
    if (Math.abs(kept - spot) <= PRECISION * strike) return kept
    spot = kept
  }
  return rate === 0 && dividendYield === 0 ? Number.NaN : spot
}

/** The perpetual boundary drawn towards the strike, as its authors start. */
function seedOf({ right, strike, years, rate, dividendYield }: OptionTerms, volatility: number): number {
  const variance = volatility * volatility
  const carry = rate - dividendYield
  const reach = (2 * carry) / variance - 1
  const square = Math.sqrt(reach * reach + (8 * rate) / variance)
  const side = right === 'call' ? 1 : -1
  const perpetual = strike / (1 - 2 / (-reach + side * square))
  if (!(perpetual > 0) || !Number.isFinite(perpetual) || side * (perpetual - strike) <= 0)
    return strike * (1 + 0.1 * side)
  const spread = 2 * volatility * Math.sqrt(years)
  if (side > 0) {
    const h = (-(carry * years + spread) * strike) / (perpetual - strike)
    return strike + (perpetual - strike) * (1 - exp(h))
  }
  const h = ((carry * years - spread) * strike) / (strike - perpetual)
  return perpetual + (strike - perpetual) * exp(h)
}
