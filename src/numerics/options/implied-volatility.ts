import { exp } from '../elementary.ts'
import { type OptionTerms, optionGreeks, optionPrice } from './black-scholes.ts'

/** Why a price has no implied volatility. */
export const NO_VOLATILITY_REASONS = [
  'notFinite',
  'expired',
  'belowIntrinsic',
  'noTimeValue',
  'aboveUpperBound',
] as const
export type NoVolatilityReason = (typeof NO_VOLATILITY_REASONS)[number]

export type ImpliedVolatility =
  | { readonly ok: true; readonly volatility: number }
  | { readonly ok: false; readonly reason: NoVolatilityReason }

/** With less time value than this, in the currency of the spot, rounding hides the volatility. */
const TIME_VALUE_MIN = 1e-8
const VOLATILITY_MAX = 100
const STEPS_MAX = 200

function refused(reason: NoVolatilityReason): ImpliedVolatility {
  return { ok: false, reason }
}

/**
 * The volatility at which `optionPrice` gives `price`: Newton steps kept inside a bracket that always holds the answer,
 * halving it where a step would leave it, so the wings converge too.
 *
 * @returns a named reason where no volatility is recoverable: a price at or below the discounted intrinsic value (time
 *   value below 1e-8), one at or above its upper bound, an expired option, or a number that is not finite.
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
  if (price - intrinsic < TIME_VALUE_MIN) return refused('noTimeValue')
  if (price >= (side > 0 ? spotValue : strikeValue)) return refused('aboveUpperBound')

  // The out-of-the-money twin has the same volatility and no intrinsic value to lose digits in.
  const mirrored = intrinsic > 0
  const twin: OptionTerms = mirrored ? { ...terms, right: side > 0 ? 'put' : 'call' } : terms
  const target = mirrored ? price - side * (spotValue - strikeValue) : price
  let low = 0
  let high = 1
  while (optionPrice(twin, high) < target && high < VOLATILITY_MAX) high *= 2
  if (optionPrice(twin, high) < target) return refused('aboveUpperBound')
  let guess = Math.min(high, 0.5)
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const greeks = optionGreeks(twin, guess)
    const miss = greeks.price - target
    if (miss === 0) return { ok: true, volatility: guess }
    if (miss > 0) high = guess
    else low = guess
    const newton = guess - miss / greeks.vega
    const next = newton >= low && newton <= high ? newton : 0.5 * (low + high)
    if (Math.abs(next - guess) <= 1e-15 * guess) return { ok: true, volatility: next }
    guess = next
  }
  return { ok: true, volatility: guess }
}
