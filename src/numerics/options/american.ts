import { type OptionTerms, optionGreeks, optionPrice } from './black-scholes.ts'
import { type ImpliedVolatility, impliedVolatility } from './implied-volatility.ts'
import { latticeValue } from './lattice.ts'
import { earlyExercisePremium } from './quadratic-premium.ts'

/** As a part of the spot: an early-exercise premium below this is no reason to build a lattice. */
const PREMIUM_MIN = 1e-5
/** Of a price as a part of the spot, and of a volatility. */
const PRECISION = 1e-9
/** As a part of the spot: a hundred times what the lattice may be wrong by. */
const CLEAR = 1e-3
const STEPS_MAX = 60
const VOLATILITY_MIN = 1e-3
const VOLATILITY_MAX = 8

/** Whether early exercise is worth anything that a quote would show. */
function mattersAt(terms: OptionTerms, volatility: number): boolean {
  return earlyExercisePremium(terms, volatility) > PREMIUM_MIN * terms.spot
}

/** Price and delta of an American option: the European ones where early exercise adds nothing, else the lattice's. */
export function americanQuote(
  terms: OptionTerms,
  volatility: number,
): { readonly price: number; readonly delta: number } {
  return mattersAt(terms, volatility) ? latticeValue(terms, volatility) : optionGreeks(terms, volatility)
}

/**
 * The volatility at which an American option has this price: that of the European one where early exercise adds nothing,
 * else found on the lattice, whose price never falls below what exercise pays.
 *
 * @returns reasons as `impliedVolatility` names them; 'noTimeValue' where exercise at once explains the whole price
 */
export function americanImpliedVolatility(terms: OptionTerms, price: number): ImpliedVolatility {
  const european = impliedVolatility(terms, price)
  const exercise = terms.right === 'call' ? terms.spot - terms.strike : terms.strike - terms.spot
  if (!european.ok && european.reason !== 'belowIntrinsic' && european.reason !== 'noTimeValue') return european
  if (!(price > exercise)) return { ok: false, reason: 'noTimeValue' }
  // An American option is worth no less, so its volatility is at most the European one's.
  const high = european.ok ? european.volatility : VOLATILITY_MAX
  if (european.ok && !mattersAt(terms, high)) return european
  return latticeVolatility(terms, price, high)
}

/** False position between no volatility and one that is too much, the end that stays halved in weight (Illinois). */
function latticeVolatility(terms: OptionTerms, price: number, most: number): ImpliedVolatility {
  const missAt = (volatility: number): number => latticeValue(terms, volatility).price - price
  let low = 0
  let high = most
  let missLow = missAt(VOLATILITY_MIN)
  let missHigh = missAt(high)
  if (missLow > 0) return { ok: false, reason: 'noTimeValue' }
  if (missHigh < 0) return { ok: true, volatility: high }
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const guess = missHigh === missLow ? 0.5 * (low + high) : high - (missHigh * (high - low)) / (missHigh - missLow)
    const miss = missAt(guess)
    if (Math.abs(miss) <= PRECISION * terms.spot || high - low <= PRECISION) return { ok: true, volatility: guess }
    if (miss > 0) {
      high = guess
      missHigh = miss
      missLow *= 0.5
    } else {
      low = guess
      missLow = miss
      missHigh *= 0.5
    }
  }
  return { ok: true, volatility: 0.5 * (low + high) }
}

/**
 * Whether the holder of an American option gains by exercising now: what he would keep by waiting is worth no more than
 * exercise pays. Without volatility the European price is what waiting is worth.
 */
export function isExercisedNow(terms: OptionTerms, volatility: number): boolean {
  const exercise = terms.right === 'call' ? terms.spot - terms.strike : terms.strike - terms.spot
  if (!(exercise > 0)) return false
  // Waiting is worth no less than the European price: where that is clearly more, no lattice says otherwise.
  const european = optionPrice(terms, volatility)
  if (european > exercise + CLEAR * terms.spot) return false
  const waiting = mattersAt(terms, volatility) ? latticeValue(terms, volatility).waiting : european
  return waiting <= exercise
}
