import { exp, log, normalCdf, normalQuantile } from '../elementary.ts'
import type { OptionTerms } from './black-scholes.ts'

/** Why a price has no implied volatility. */
export const NO_VOLATILITY_REASONS = [
  'notFinite',
  'expired',
  'belowIntrinsic',
  'noTimeValue',
  'aboveUpperBound',
  'lostInRounding',
] as const
export type NoVolatilityReason = (typeof NO_VOLATILITY_REASONS)[number]

export type ImpliedVolatility =
  | { readonly ok: true; readonly volatility: number }
  | { readonly ok: false; readonly reason: NoVolatilityReason }

/** With less time value than this, in the currency of the spot, rounding hides the volatility. */
const TIME_VALUE_MIN = 1e-8
/** A volatility that the last bit of its price moves by more than this is none. */
const PRECISION = 1e-8
const LAST_BIT = Number.EPSILON
const ONE_OVER_ROOT_TWO_PI = 0.3989422804014327
const STEPS_MAX = 100
const CONVERGED = 4 * LAST_BIT

function refused(reason: NoVolatilityReason): ImpliedVolatility {
  return { ok: false, reason }
}

/**
 * The volatility at which `optionPrice` gives `price`. Solved for the out-of-the-money twin, whose price has no intrinsic
 * value to lose digits in, on a scale on which the wings are nearly straight; every step stays inside a bracket.
 *
 * @returns a named reason where no volatility is recoverable: a price at or below the discounted intrinsic value (time
 *   value below 1e-8), one at or above its upper bound, one whose last bit moves the volatility by more than 1e-8, an
 *   expired option, or a number that is not finite.
 * @see Jäckel (2015), "Let's Be Rational"; Manaster and Koehler (1982)
 */
export function impliedVolatility(terms: OptionTerms, price: number): ImpliedVolatility {
  const { spot, strike, years, rate, dividendYield } = terms
  if (![price, spot, strike, years, rate, dividendYield].every(Number.isFinite)) return refused('notFinite')
  if (years <= 0 || spot <= 0 || strike <= 0) return refused('expired')
  const spotValue = spot * exp(-dividendYield * years)
  const strikeValue = strike * exp(-rate * years)
  const side = terms.right === 'call' ? 1 : -1
  const intrinsic = Math.max(0, side * (spotValue - strikeValue))
  if (price < intrinsic - TIME_VALUE_MIN) return refused('belowIntrinsic')
  const timeValue = price - intrinsic
  if (timeValue < TIME_VALUE_MIN) return refused('noTimeValue')
  if (price >= (side > 0 ? spotValue : strikeValue)) return refused('aboveUpperBound')

  const scale = Math.sqrt(spotValue * strikeValue)
  const moneyness = -Math.abs(log(spot / strike) + (rate - dividendYield) * years)
  const deviation = impliedDeviation(moneyness, timeValue / scale)
  if (Number.isNaN(deviation)) return refused('aboveUpperBound')
  const noise = LAST_BIT * termsOfPrice(side * log(spotValue / strikeValue), deviation) * scale
  const vega = slopeAt(moneyness, deviation) * scale * Math.sqrt(years)
  if (!(noise < PRECISION * vega)) return refused('lostInRounding')
  return { ok: true, volatility: deviation / Math.sqrt(years) }
}

/** Sum of the two terms whose difference the price is, over the root of spot and strike: what rounds. */
function termsOfPrice(moneyness: number, deviation: number): number {
  const [spotTerm, strikeTerm] = bothTerms(moneyness, deviation)
  return spotTerm + strikeTerm
}

function bothTerms(moneyness: number, deviation: number): readonly [number, number] {
  const far = moneyness / deviation
  const half = 0.5 * deviation
  const root = exp(0.5 * moneyness)
  return [root * normalCdf(far + half), normalCdf(far - half) / root]
}

/** Price of an out-of-the-money call over the root of spot and strike value. */
function priceAt(moneyness: number, deviation: number): number {
  const [spotTerm, strikeTerm] = bothTerms(moneyness, deviation)
  return Math.max(0, spotTerm - strikeTerm)
}

function slopeAt(moneyness: number, deviation: number): number {
  const far = moneyness / deviation
  return ONE_OVER_ROOT_TWO_PI * exp(-0.5 * far * far - 0.125 * deviation * deviation)
}

/** Volatility times the root of time that gives a scaled price; NaN where no finite one does. */
function impliedDeviation(moneyness: number, price: number): number {
  const bound = exp(0.5 * moneyness)
  if (!(price < bound)) return Number.NaN
  // The price bends here: below, one over its logarithm is nearly a parabola; far above, the gap to the bound decays.
  const inflection = Math.sqrt(-2 * moneyness)
  const atInflection = inflection === 0 ? 0 : priceAt(moneyness, inflection)
  const isLow = price < atInflection
  const isHigh = !isLow && price > 0.5 * (atInflection + bound)
  let low = isLow ? 0 : inflection
  let high = isLow ? inflection : Number.POSITIVE_INFINITY
  let guess = isLow
    ? inflection * Math.sqrt(log(atInflection) / log(price))
    : isHigh
      ? -2 * normalQuantile((bound - price) / (bound + 1 / bound))
      : inflection + (price - atInflection) / ONE_OVER_ROOT_TWO_PI
  if (!(guess > low && guess < high)) guess = isLow ? 0.5 * inflection : inflection + 1
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const value = priceAt(moneyness, guess)
    if (value > price) high = guess
    else low = guess
    const slope = slopeAt(moneyness, guess)
    const bend = (moneyness * moneyness) / (guess * guess * guess) - 0.25 * guess
    const moved = stepOf(value, price, bound, slope, bend, isLow ? 'low' : isHigh ? 'high' : 'middle')
    let next = guess + moved
    if (!(next > low && next < high)) next = high < Number.POSITIVE_INFINITY ? 0.5 * (low + high) : 2 * guess
    if (Math.abs(next - guess) <= CONVERGED * guess) return next
    guess = next
  }
  return guess
}

/** Halley's step of an objective that straightens the branch; `bend` is the second derivative over the first. */
function stepOf(
  value: number,
  price: number,
  bound: number,
  slope: number,
  bend: number,
  branch: 'low' | 'middle' | 'high',
): number {
  let newton = 0
  let curve = bend
  if (branch === 'low') {
    const logValue = log(value)
    // Objective 1 / log(value) - 1 / log(price).
    newton = ((logValue * (logValue - log(price))) / log(price)) * (value / slope) * -1
    curve = bend - (slope / value) * (1 + 2 / logValue)
  } else if (branch === 'high') {
    // Objective log of the gap to the bound.
    newton = (log((bound - value) / (bound - price)) * (bound - value)) / slope
    curve = bend + slope / (bound - value)
  } else newton = (price - value) / slope
  const halley = newton / (1 + 0.5 * newton * curve)
  return Number.isFinite(halley) && halley * newton > 0 ? halley : newton
}
