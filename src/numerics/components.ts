import { exp, log } from './elementary.ts'
import { cholesky, diagonalOf, dot, scaled, solveCholesky, subMatrix, times, withRidge } from './linear.ts'

/**
 * The standard deviation of a weighted sum and its parts: sqrt(w' C w), the derivative by each weight (marginal), and
 * weight times marginal (component). Components add up to the deviation.
 */
export interface DeviationParts {
  readonly deviation: number
  readonly marginal: Float64Array
  readonly component: Float64Array
}

/** Parts of the deviation of a weighted sum; all zero where the sum does not move. */
export function deviationParts(covariance: Float64Array, size: number, weights: Float64Array): DeviationParts {
  return partsOfDeviation(times(covariance, size, weights), weights)
}

/** The same from the covariance of each part with the sum. */
export function partsOfDeviation(withSum: Float64Array, weights: Float64Array): DeviationParts {
  const variance = dot(withSum, weights)
  const deviation = variance > 0 ? Math.sqrt(variance) : 0
  const marginal = withSum.map((value) => (deviation > 0 ? value / deviation : 0))
  return { deviation, marginal, component: marginal.map((value, index) => value * weights[index]!) }
}

const STEPS_MAX = 200
/** Below this squared decrement (for the smallest share) whole steps converge quadratically. */
const NEAR = 0.05

/** x' C x / 2 - sum of budgets times log x: its minimum has components in the proportion of the budgets. */
function barrier(covariance: Float64Array, budgets: Float64Array, x: Float64Array): number {
  let value = dot(times(covariance, x.length, x), x) / 2
  for (let index = 0; index < x.length; index += 1) value -= budgets[index]! * log(x[index]!)
  return value
}

/** Added to each correlation of 1 where a mix without any movement exists: no weights have the wanted components then. */
const HEDGED_RIDGE = 1e-6
/**
 * A largest miss above this, relative to a budget, says that such a mix exists. Smaller ones are rounding: of 1e-10 of the
 * risk, where all else can be hedged away, a contribution is known to about a thousandth.
 */
const HEDGED_MISS = 1e-2

/**
 * Positive weights that add up to 1 and whose components of the deviation stand in the proportion of the budgets:
 * Newton's method on the convex barrier, over the correlations. Where the parts can cancel each other out to nothing, a
 * ridge of a millionth on the correlations decides.
 *
 * @param covariance positive semidefinite, every entry of its diagonal above 0
 * @param budgets each above 0
 * @see Spinu (2013), "An algorithm for computing risk parity weights"
 */
export function weightsOfComponents(covariance: Float64Array, size: number, budgets: Float64Array): Float64Array {
  const scale = diagonalOf(covariance, size).map((variance) => 1 / Math.sqrt(variance))
  const correlation = scaled(covariance, size, scale)
  let whole = 0
  let smallest = Number.POSITIVE_INFINITY
  for (const budget of budgets) {
    whole += budget
    smallest = Math.min(smallest, budget)
  }
  const shares = budgets.map((budget) => budget / whole)
  smallest /= whole
  const plain = solvedBarrier(correlation, shares, smallest)
  const found =
    plain.miss <= HEDGED_MISS ? plain : solvedBarrier(withRidge(correlation, size, HEDGED_RIDGE), shares, smallest)
  return normalised(found.x.map((value, index) => value * scale[index]!))
}

interface BarrierMinimum {
  readonly x: Float64Array
  /** Largest distance of a component from its share, relative to the share. */
  readonly miss: number
}

function solvedBarrier(correlation: Float64Array, shares: Float64Array, smallest: number): BarrierMinimum {
  const size = shares.length
  // the answer for one common correlation of 1/2, a point inside for every other
  let x: Float64Array = shares.map((share) => Math.sqrt(share))
  const start = Math.sqrt(Math.max(0, dot(times(correlation, size, x), x)))
  if (start > 0) x = x.map((value) => value / start)
  let best: BarrierMinimum = { x, miss: Number.POSITIVE_INFINITY }
  let stalled = 0
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const slope = times(correlation, size, x)
    const gradient = slope.map((value, index) => value - shares[index]! / x[index]!)
    let miss = 0
    for (let index = 0; index < size; index += 1) {
      miss = Math.max(miss, Math.abs(gradient[index]! * x[index]!) / shares[index]!)
    }
    stalled = miss < best.miss ? 0 : stalled + 1
    if (stalled === 0) best = { x, miss }
    else if (best.miss < 1e-12 || (stalled > 8 && best.miss < 1e-3)) break // rounding has the last word
    if (miss < 1e-15) break
    const next = newtonStep(correlation, shares, x, gradient, smallest)
    if (next === null) break
    x = next
  }
  return best
}

function newtonStep(
  correlation: Float64Array,
  shares: Float64Array,
  x: Float64Array,
  gradient: Float64Array,
  smallest: number,
): Float64Array | null {
  const size = x.length
  const hessian = Float64Array.from(correlation)
  for (let index = 0; index < size; index += 1) {
    hessian[index * size + index] = hessian[index * size + index]! + shares[index]! / (x[index]! * x[index]!)
  }
  const lower = cholesky(hessian, size)
  if (lower === null) return null
  const direction = solveCholesky(lower, size, gradient)
  const decrement = dot(direction, gradient)
  let length = 1
  for (let index = 0; index < size; index += 1) {
    // never past nine tenths of the way to zero
    if (direction[index]! * length > 0.9 * x[index]!) length = (0.9 * x[index]!) / direction[index]!
  }
  if (decrement > NEAR * smallest) {
    const before = barrier(correlation, shares, x)
    for (let halving = 0; halving < 40; halving += 1) {
      const value = barrier(
        correlation,
        shares,
        x.map((at, index) => at - length * direction[index]!),
      )
      if (value <= before - 1e-4 * length * decrement) break
      length /= 2
    }
  }
  return x.map((value, index) => value - length * direction[index]!)
}

function normalised(values: Float64Array): Float64Array {
  let whole = 0
  for (const value of values) whole += value
  return values.map((value) => value / whole)
}

/**
 * The same within bounds: what is held at a bound has the component that it gets there; those in between keep the
 * proportion of their budgets. For each strength of the barrier the bounded minimum is found by projected Newton steps,
 * and the strength is the one at which the weights add up to 1.
 *
 * @returns null where no strength does: the bounds leave no such weights
 * @see Richard and Roncalli (2019), "Constrained risk budgeting portfolios"
 */
export function weightsOfComponentsWithin(
  covariance: Float64Array,
  budgets: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
): Float64Array | null {
  const size = budgets.length
  const free = weightsOfComponents(covariance, size, budgets)
  if (free.every((weight, index) => weight >= lower[index]! && weight <= upper[index]!)) return free
  const variance = dot(times(covariance, size, free), free)
  if (!(variance > 0)) return null
  const whole = budgets.reduce((total, budget) => total + budget, 0)
  const shares = budgets.map((budget) => budget / whole)
  let start: Float64Array = free.map((weight, index) => Math.max(lower[index]!, Math.min(weight, upper[index]!)))
  const excess = (strength: number): number => {
    const found = boundedMinimum(covariance, shares, variance * exp(strength), { lower, upper, start })
    start = found
    let total = -1
    for (const weight of found) total += weight
    return total
  }
  const strength = rootOf(excess, -40, 40)
  if (strength === null) return null
  return boundedMinimum(covariance, shares, variance * exp(strength), { lower, upper, start })
}

/** Where a non-decreasing function crosses zero: the Illinois form of false position; null where it does not. */
function rootOf(target: (at: number) => number, from: number, to: number): number | null {
  // grow outwards from 0: solutions are near it, and far out the steps are slow
  let [low, high] = [0, 0]
  const middle = target(0)
  let [below, above] = [middle, middle]
  for (let width = 0.25; above < 0 && high < to; width *= 2) {
    ;[low, below] = [high, above]
    high = Math.min(to, high + width)
    above = target(high)
  }
  for (let width = 0.25; below > 0 && low > from; width *= 2) {
    ;[high, above] = [low, below]
    low = Math.max(from, low - width)
    below = target(low)
  }
  if (below > 0 || above < 0) return Math.abs(below) < 1e-12 ? low : Math.abs(above) < 1e-12 ? high : null
  let side = 0
  for (let step = 0; step < 200 && high - low > 1e-14; step += 1) {
    if (below === 0) return low
    if (above === 0) return high
    const between = step % 8 === 7 ? (low + high) / 2 : low + (below * (high - low)) / (below - above)
    if (!(between > low && between < high)) break
    const value = target(between)
    if (Math.abs(value) < 1e-13) return between
    if (value < 0) {
      ;[low, below] = [between, value]
      if (side === -1) above /= 2
      side = -1
    } else {
      ;[high, above] = [between, value]
      if (side === 1) below /= 2
      side = 1
    }
  }
  return (low + high) / 2
}

interface Box {
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly start: Float64Array
}

/** Minimum of x' C x / 2 - strength * sum of shares times log x between the bounds, by projected Newton steps. */
function boundedMinimum(covariance: Float64Array, shares: Float64Array, strength: number, box: Box): Float64Array {
  const size = shares.length
  const { lower, upper } = box
  const weights = shares.map((share) => share * strength)
  const floor = lower.map((bound, index) => Math.max(bound, 1e-12 * upper[index]!))
  const clip = (value: number, index: number): number => Math.max(floor[index]!, Math.min(value, upper[index]!))
  let x: Float64Array = box.start.map(clip)
  let last = Number.POSITIVE_INFINITY
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const slope = times(covariance, size, x)
    const gradient = slope.map((value, index) => value - weights[index]! / x[index]!)
    const open: number[] = []
    let residual = 0
    for (let index = 0; index < size; index += 1) {
      const held =
        (x[index]! <= floor[index]! && gradient[index]! >= 0) || (x[index]! >= upper[index]! && gradient[index]! <= 0)
      if (held) continue
      open.push(index)
      residual = Math.max(residual, Math.abs(gradient[index]! * x[index]!) / weights[index]!)
    }
    if (open.length === 0 || residual < 1e-14 || (residual < 1e-9 && residual >= last)) break // rounding has the last word
    last = residual
    const hessian = subMatrix(covariance, size, open)
    open.forEach((index, place) => {
      const at = place * open.length + place
      hessian[at] = hessian[at]! + weights[index]! / (x[index]! * x[index]!)
    })
    const triangle = cholesky(hessian, open.length)
    if (triangle === null) break
    const direction = solveCholesky(
      triangle,
      open.length,
      Float64Array.from(open, (index) => gradient[index]!),
    )
    const next = lineSearch(covariance, weights, x, { open, direction, gradient, clip })
    if (next === null) break
    x = next
  }
  return x
}

function lineSearch(
  covariance: Float64Array,
  weights: Float64Array,
  x: Float64Array,
  move: {
    readonly open: readonly number[]
    readonly direction: Float64Array
    readonly gradient: Float64Array
    readonly clip: (value: number, index: number) => number
  },
): Float64Array | null {
  const { open, direction, gradient, clip } = move
  const before = barrier(covariance, weights, x)
  for (let length = 1, halving = 0; halving < 50; length /= 2, halving += 1) {
    const next = Float64Array.from(x)
    let gain = 0
    let change = 0
    open.forEach((index, place) => {
      // never past nine tenths of the way to zero
      const to = clip(Math.max(x[index]! - length * direction[place]!, 0.1 * x[index]!), index)
      next[index] = to
      gain += gradient[index]! * (x[index]! - to)
      change = Math.max(change, Math.abs(to - x[index]!) / x[index]!)
    })
    if (change === 0) return null
    // near the minimum the value is all rounding: a whole step converges there
    if (change < 1e-5 && halving === 0) return next
    if (barrier(covariance, weights, next) <= before - 1e-4 * gain) return next
  }
  return null
}
