import { exp } from '../elementary.ts'
import { type OptionTerms, optionGreeks, optionPrice } from './black-scholes.ts'

/** Steps of the coarse tree; the fine one has twice as many. */
const STEPS = 200

/** What a lattice says of an American option, in the currency of the spot. */
export interface LatticeValue {
  readonly price: number
  readonly delta: number
  /** What keeping it for one more step is worth; where exercise pays as much, the holder gains nothing by waiting. */
  readonly waiting: number
}

/**
 * An American option by a binomial tree whose last step is the European price, at two sizes extrapolated: within 0.001 of
 * the true value for a spot of 100. At expiry, and where the drift outruns the volatility, it is worth the better of
 * exercise now and the European price.
 *
 * @see Broadie and Detemple (1996), "American option valuation: new bounds, approximations, and a comparison"
 */
export function latticeValue(terms: OptionTerms, volatility: number): LatticeValue {
  const { right, spot, strike, years } = terms
  const exercise = Math.max(0, (right === 'call' ? 1 : -1) * (spot - strike))
  const coarse = years > 0 && volatility > 0 ? treeValue(terms, volatility, STEPS) : null
  const fine = coarse === null ? null : treeValue(terms, volatility, 2 * STEPS)
  if (coarse === null || fine === null) {
    const { price, delta } = optionGreeks(terms, volatility)
    return { price: Math.max(exercise, price), delta, waiting: price }
  }
  return {
    price: Math.max(exercise, 2 * fine.price - coarse.price),
    delta: 2 * fine.delta - coarse.delta,
    waiting: 2 * fine.waiting - coarse.waiting,
  }
}

/** One tree; null where a step's drift is larger than its deviation and no probability fits. */
function treeValue(terms: OptionTerms, volatility: number, steps: number): LatticeValue | null {
  const { right, spot, strike, years, rate, dividendYield } = terms
  const step = years / steps
  const up = exp(volatility * Math.sqrt(step))
  const down = 1 / up
  const rising = (exp((rate - dividendYield) * step) - down) / (up - down)
  if (!(rising > 0 && rising < 1)) return null
  const discount = exp(-rate * step)
  const onRise = discount * rising
  const onFall = discount * (1 - rising)
  const side = right === 'call' ? 1 : -1
  const twoUp = up * up
  const values = new Float64Array(steps)
  let lowest = spot
  for (let at = 1; at < steps; at += 1) lowest *= down
  let node = lowest
  for (let at = 0; at < steps; at += 1) {
    const waiting = optionPrice({ ...terms, spot: node, years: step }, volatility)
    values[at] = Math.max(side * (node - strike), waiting)
    node *= twoUp
  }
  let delta = 0
  let waiting = 0
  for (let level = steps - 2; level >= 0; level -= 1) {
    if (level === 0) delta = (values[1]! - values[0]!) / (spot * (up - down))
    lowest *= up
    node = lowest
    let fallen = values[0]!
    for (let at = 0; at <= level; at += 1) {
      const risen = values[at + 1]!
      waiting = onRise * risen + onFall * fallen
      const exercise = side * (node - strike)
      values[at] = exercise > waiting ? exercise : waiting
      fallen = risen
      node *= twoUp
    }
  }
  return { price: values[0]!, delta, waiting }
}
