import { exp, normalQuantile } from '../elementary.ts'
import type { OptionTerms } from './black-scholes.ts'

/**
 * The strike at which a European option has the given delta: spot delta, signed, negative for puts.
 *
 * @returns NaN where no strike has it: a delta of the wrong sign, or one beyond the dividend discount.
 */
export function strikeForDelta(terms: Omit<OptionTerms, 'strike'>, volatility: number, delta: number): number {
  const { right, spot, years, rate, dividendYield } = terms
  const side = right === 'call' ? 1 : -1
  const share = side * delta * exp(dividendYield * years)
  if (!(share > 0 && share < 1)) return Number.NaN
  const d1 = side * normalQuantile(share)
  const deviation = volatility * Math.sqrt(years)
  return spot * exp((rate - dividendYield + 0.5 * volatility * volatility) * years - d1 * deviation)
}
