import { AssertionError } from '../domain/assert.ts'

const LARGEST = Number.MAX_SAFE_INTEGER

/**
 * `a * b / c` for integers, exact for every input: the quotient's magnitude is truncated toward zero and its sign kept,
 * so for a quotient that is not negative this is the floor.
 *
 * Only products above 2^53 go through BigInt.
 *
 * @example mulDiv(7, 3, 2) // => 10
 * @example mulDiv(-7, 3, 2) // => -10
 * @throws AssertionError when an input is not a safe integer, `c` is zero, or the quotient leaves the safe integers.
 */
export function mulDiv(a: number, b: number, c: number): number {
  const product = a * b
  // A product beyond the safe integers rounds to at least 2^53, so this test never lets an inexact one through.
  if (Math.abs(product) <= LARGEST && c !== 0 && Number.isInteger(a) && Number.isInteger(b) && Number.isInteger(c)) {
    const quotient = floorQuotient(Math.abs(product), Math.abs(c))
    return product < 0 === c < 0 ? quotient : 0 - quotient
  }
  return mulDivWide(a, b, c)
}

/**
 * Exact floor of a quotient of two safe integers of at least 0. The rounded quotient is never below the true floor,
 * since rounding keeps order; where it is one too high, its product with the divisor passes the dividend.
 */
function floorQuotient(dividend: number, divisor: number): number {
  const quotient = Math.floor(dividend / divisor)
  return quotient * divisor > dividend ? quotient - 1 : quotient
}

function mulDivWide(a: number, b: number, c: number): number {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b) || !Number.isSafeInteger(c) || c === 0) {
    throw new AssertionError(`mulDiv needs safe integers and a divisor other than zero, was "${a}" * "${b}" / "${c}"`)
  }
  const quotient = Number((BigInt(a) * BigInt(b)) / BigInt(c))
  if (Math.abs(quotient) > LARGEST) {
    throw new AssertionError(`"${a}" * "${b}" / "${c}" leaves the safe integers`)
  }
  return quotient
}

/**
 * Rounds half away from zero: 2.5 is 3 and -2.5 is -3. What brokers call "half up".
 *
 * The fraction is taken before it is compared, so 0.49999999999999994 is 0 and values above 2^52 stay as they are.
 */
export function roundHalfUp(x: number): number {
  const magnitude = Math.abs(x)
  const whole = Math.floor(magnitude)
  const rounded = magnitude - whole >= 0.5 ? whole + 1 : whole
  return x < 0 ? 0 - rounded : rounded
}

let remainders = new Float64Array(16)

/**
 * Splits the integer `total` over the first `count` weights in proportion: each share is the proportional part
 * truncated, and what is left goes one unit each to the largest remainders, ties to the earliest index. Shares add up
 * to `total` exactly; a negative total gives the same shares with the sign turned. `out` may be `weights`.
 *
 * Allocates nothing unless `total * weight` or the sum of the weights passes 2^53, where BigInt keeps it exact.
 *
 * @throws AssertionError when an input is not a safe integer, a weight is negative, or a total other than zero meets
 *   weights that are all zero.
 * @see Hamilton's method of apportionment
 */
export function splitByLargestRemainderInto(
  total: number,
  weights: Float64Array,
  count: number,
  out: Float64Array,
): void {
  let sum = 0
  let largest = 0
  for (let index = 0; index < count; index += 1) {
    const weight = weights[index]!
    if (!(weight >= 0 && weight <= LARGEST && Number.isInteger(weight))) {
      throw new AssertionError(`a weight must be a safe integer of at least 0, was "${weight}" at index "${index}"`)
    }
    sum += weight
    if (weight > largest) largest = weight
  }
  const magnitude = Math.abs(total)
  if (!(magnitude <= LARGEST && Number.isInteger(total))) {
    throw new AssertionError(`the total must be a safe integer, was "${total}"`)
  }
  if (sum === 0) {
    if (total !== 0) throw new AssertionError(`a total of "${total}" cannot be split over weights that are all zero`)
    out.fill(0, 0, count)
    return
  }
  if (largest === sum) {
    // One weight alone takes it all.
    for (let index = 0; index < count; index += 1) out[index] = weights[index] === 0 ? 0 : total
    return
  }
  if (sum > LARGEST || magnitude * largest > LARGEST) {
    splitWide(total, weights, count, out)
    return
  }
  if (remainders.length < count) remainders = new Float64Array(count * 2)
  let left = magnitude
  for (let index = 0; index < count; index += 1) {
    const product = magnitude * weights[index]!
    const share = floorQuotient(product, sum)
    remainders[index] = product - share * sum
    out[index] = share
    left -= share
  }
  for (; left > 0; left -= 1) {
    let best = 0
    for (let index = 1; index < count; index += 1) if (remainders[index]! > remainders[best]!) best = index
    remainders[best] = -1
    out[best] = out[best]! + 1
  }
  if (total < 0) for (let index = 0; index < count; index += 1) out[index] = 0 - out[index]!
}

function splitWide(total: number, weights: Float64Array, count: number, out: Float64Array): void {
  const wide = Array.from(weights.subarray(0, count), BigInt)
  const sum = wide.reduce((running, weight) => running + weight, 0n)
  const magnitude = BigInt(Math.abs(total))
  const shares = wide.map((weight) => (magnitude * weight) / sum)
  const rests = wide.map((weight) => (magnitude * weight) % sum)
  const order = rests.map((_, index) => index)
  order.sort((left, right) => (rests[left]! > rests[right]! ? -1 : rests[left]! < rests[right]! ? 1 : left - right))
  let left = magnitude - shares.reduce((running, share) => running + share, 0n)
  for (const index of order) {
    if (left === 0n) break
    shares[index] = shares[index]! + 1n
    left -= 1n
  }
  for (let index = 0; index < count; index += 1) {
    const share = Number(shares[index]!)
    out[index] = total < 0 ? 0 - share : share
  }
}

/**
 * As `splitByLargestRemainderInto`, for plain arrays; writes to `out` when given, else to a new array.
 *
 * @example splitByLargestRemainder(10, [1, 1, 1]) // => [4, 3, 3]
 */
export function splitByLargestRemainder(total: number, weights: ArrayLike<number>, out: number[] = []): number[] {
  const lanes = Float64Array.from(weights)
  splitByLargestRemainderInto(total, lanes, lanes.length, lanes)
  out.length = lanes.length
  for (let index = 0; index < lanes.length; index += 1) out[index] = lanes[index]!
  return out
}
