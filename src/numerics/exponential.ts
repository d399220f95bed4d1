import { binaryExponent, binaryFraction, powerOfTwo, scaleByPowerOfTwo } from './float-bits.ts'

// ln 2 in two parts: the first has 32 bits, so an exponent times it is exact.
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const SPLITTER = 134_217_729
const THIRD_LOW = 1.850371707708594e-17

/** `(e^r - 1 - r) / r^2` by its Taylor series; below 1e-17 off for |r| <= ln(2) / 2. */
function exponentialTail(r: number): number {
  let sum = 1.6059043836821613e-10
  sum = 2.08767569878681e-9 + r * sum
  sum = 2.505210838544172e-8 + r * sum
  sum = 2.755731922398589e-7 + r * sum
  sum = 2.7557319223985893e-6 + r * sum
  sum = 2.48015873015873e-5 + r * sum
  sum = 0.0001984126984126984 + r * sum
  sum = 0.001388888888888889 + r * sum
  sum = 0.008333333333333333 + r * sum
  sum = 0.041666666666666664 + r * sum
  sum = 0.16666666666666666 + r * sum
  return 0.5 + r * sum
}

/** `e^(x + low)` for a `low` that is tiny beside `x`. */
function exponentialOf(x: number, low: number): number {
  if (x > 709.8) return Number.POSITIVE_INFINITY
  if (x < -745.2) return 0
  const exponent = Math.floor(x * Math.LOG2E + 0.5)
  const high = x - exponent * LN2_HIGH
  const rest = exponent * LN2_LOW - low
  const r = high - rest
  const lost = high - r - rest
  // 1 + r is split exactly, so that only the last addition rounds.
  const head = 1 + r
  const tail = 1 - head + r
  return scaleByPowerOfTwo(head + (tail + (r * r * exponentialTail(r) + lost)), exponent)
}

/** `e^x`, within 1 unit in the last place, the same bits on every engine. NaN stays NaN. */
export function exp(x: number): number {
  return Number.isNaN(x) ? x : exponentialOf(x, 0)
}

/** `e^x - 1` without the loss of digits near zero. */
export function expm1(x: number): number {
  if (Number.isNaN(x) || x === 0) return x
  if (x > -0.35 && x < 0.35) return x + x * x * exponentialTail(x)
  if (x < -38) return -1
  if (x > 38) return exp(x)
  const exponent = Math.floor(x * Math.LOG2E + 0.5)
  const high = x - exponent * LN2_HIGH
  const rest = exponent * LN2_LOW
  const r = high - rest
  const small = r + (r * r * exponentialTail(r) + (high - r - rest))
  const scale = powerOfTwo(exponent)
  const head = 1 - powerOfTwo(-exponent)
  return scale * (head + small)
}

/** `log(1 + f)` plus `exponent * ln 2`, for 1 + f between sqrt(1/2) and sqrt(2). */
function logarithmOf(f: number, exponent: number): number {
  const s = f / (2 + f)
  const z = s * s
  let sum = 0.09523809523809523
  sum = 0.10526315789473684 + z * sum
  sum = 0.11764705882352941 + z * sum
  sum = 0.13333333333333333 + z * sum
  sum = 0.15384615384615385 + z * sum
  sum = 0.18181818181818182 + z * sum
  sum = 0.2222222222222222 + z * sum
  sum = 0.2857142857142857 + z * sum
  sum = 0.4 + z * sum
  sum = z * (0.6666666666666666 + z * sum)
  const half = 0.5 * f * f
  return exponent * LN2_HIGH - (half - (s * (half + sum) + exponent * LN2_LOW) - f)
}

/** Natural logarithm, within 1 unit in the last place. Zero gives minus infinity, a negative number NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  const fraction = binaryFraction(x)
  const exponent = binaryExponent(x)
  return fraction > Math.SQRT2 ? logarithmOf(0.5 * fraction - 1, exponent + 1) : logarithmOf(fraction - 1, exponent)
}

/** `log(1 + x)` without the loss of digits near zero. */
export function log1p(x: number): number {
  if (Number.isNaN(x) || x === 0 || x === Number.POSITIVE_INFINITY) return x
  if (x > -0.29 && x < 0.41) return logarithmOf(x, 0)
  const sum = 1 + x
  if (!(sum > 0)) return log(sum)
  const lost = x > 1 ? 1 - (sum - x) : x - (sum - 1)
  return log(sum) + lost / sum
}

/** The rounding error of `a * b`, given the rounded product. */
function productError(a: number, b: number, product: number): number {
  const wideA = SPLITTER * a
  const highA = wideA - (wideA - a)
  const lowA = a - highA
  const wideB = SPLITTER * b
  const highB = wideB - (wideB - b)
  const lowB = b - highB
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB)
}

/** The rounding error of `a + b`, given the rounded sum. */
function sumError(a: number, b: number, sum: number): number {
  const shadow = sum - a
  return a - (sum - shadow) + (b - shadow)
}

/**
 * `x^y` for a positive finite `x`: y * log(x) is carried in twice the precision (Dekker 1971), because the exponential
 * multiplies its relative error by up to 745.
 */
function positivePower(x: number, y: number): number {
  let fraction = binaryFraction(x)
  let exponent = binaryExponent(x)
  if (fraction > Math.SQRT2) {
    fraction *= 0.5
    exponent += 1
  }
  const f = fraction - 1
  const below = 2 + f
  const belowLow = f - (below - 2)
  const s = f / below
  const product = s * below
  const sLow = (f - product - productError(s, below, product) - s * belowLow) / below
  const z = s * s
  const zLow = productError(s, s, z) + 2 * s * sLow
  let sum = 0.043478260869565216
  for (let term = 21; term >= 5; term -= 2) sum = 1 / term + z * sum
  sum *= z
  const third = 1 / 3
  const t = third + sum
  const tLow = third - t + sum + THIRD_LOW
  const w = z * t
  const wLow = productError(z, t, w) + (z * tLow + zLow * t)
  const cube = s * w
  const cubeLow = productError(s, w, cube) + (s * wLow + sLow * w)
  const near = 2 * (s + cube)
  const nearLow = 2 * (sumError(s, cube, 0.5 * near) + sLow + cubeLow)
  const shift = exponent * LN2_HIGH
  const high = shift + near
  const low = sumError(shift, near, high) + (nearLow + exponent * LN2_LOW)
  const total = y * high
  if (total > 710) return Number.POSITIVE_INFINITY
  if (total < -746) return 0
  return exponentialOf(total, productError(y, high, total) + y * low)
}

/**
 * `x` to the power `y`, within 1 unit in the last place; edges as in ECMAScript (`pow(1, Infinity)` is NaN,
 * a negative base to a power that is not whole is NaN).
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  const size = Math.abs(x)
  if (Math.abs(y) === Number.POSITIVE_INFINITY) {
    if (size === 1) return Number.NaN
    return size > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0
  }
  if (y === 1) return x
  const negative = x < 0 || (x === 0 && 1 / x < 0)
  const odd = Math.abs(y % 2) === 1
  const sign = negative && odd ? -1 : 1
  if (size === 0) return y > 0 ? sign * 0 : sign * Number.POSITIVE_INFINITY
  if (size === Number.POSITIVE_INFINITY) return y > 0 ? sign * size : sign * 0
  if (negative && !Number.isInteger(y)) return Number.NaN
  if (size === 1) return sign
  if (Math.abs(y) > 1e20) return size > 1 === y > 0 ? sign * Number.POSITIVE_INFINITY : sign * 0
  return sign * positivePower(size, y)
}
