import { binaryDigits, binaryExponent } from './float-bits.ts'

// A quarter turn in three parts; the first two have 33 bits, so that a count below 2^20 times them is exact.
const QUARTER_HIGH = 1.5707963267341256
const QUARTER_MIDDLE = 6.077100506303966e-11
const QUARTER_LOW = 2.0222662487959506e-21
const QUARTER = 1.5707963267948966
const QUARTER_REST = 6.123233995736766e-17
const QUARTERS_PER_RADIAN = 0.6366197723675814
/** floor(2 / pi * 2^1280). */
const QUARTERS_WIDE = BigInt(
  '0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73e' +
    'e88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f' +
    '463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361d',
)
const WIDE_BITS = 1_280
const KEPT_BITS = 160
const KEPT_UNIT = 6.842277657836021e-49

interface Angle {
  /** Whole quarter turns taken off, modulo 4. */
  quarters: number
  /** What is left, between -pi/4 and pi/4. */
  rest: number
  /** The part of what is left that `rest` could not hold. */
  low: number
}
const reduced: Angle = { quarters: 0, rest: 0, low: 0 }

function reduce(x: number): Angle {
  const size = Math.abs(x)
  if (size <= 0.7853981633974483) {
    reduced.quarters = 0
    reduced.rest = x
    reduced.low = 0
    return reduced
  }
  if (size > 1_000_000) return reduceWide(x)
  const count = Math.floor(x * QUARTERS_PER_RADIAN + 0.5)
  const first = x - count * QUARTER_HIGH
  const step = count * QUARTER_MIDDLE
  const second = first - step
  const shadow = second - first
  const lost = first - (second - shadow) - (step + shadow)
  const rest = second + (lost - count * QUARTER_LOW)
  reduced.quarters = ((count % 4) + 4) % 4
  reduced.low = second - rest + (lost - count * QUARTER_LOW)
  reduced.rest = rest
  return reduced
}

/** Large angles: multiplied by 1,280 bits of 2 / pi, so no digit of the rest is lost (Payne and Hanek 1983). */
function reduceWide(x: number): Angle {
  const size = Math.abs(x)
  const shift = BigInt(WIDE_BITS + 52 - binaryExponent(size))
  const turns = binaryDigits(size) * QUARTERS_WIDE
  const half = 1n << (shift - 1n)
  const count = (turns + half) >> shift
  const fraction = (turns - (count << shift)) >> (shift - BigInt(KEPT_BITS))
  const high = Number(fraction)
  const low = Number(fraction - BigInt(high)) * KEPT_UNIT
  const share = high * KEPT_UNIT
  const rest = share * QUARTER
  const sign = x < 0 ? -1 : 1
  const quarters = Number(count & 3n)
  reduced.quarters = sign > 0 ? quarters : (4 - quarters) % 4
  reduced.low = sign * (exactError(share, QUARTER, rest) + share * QUARTER_REST + low * QUARTER)
  reduced.rest = sign * rest
  return reduced
}

function exactError(a: number, b: number, product: number): number {
  const wideA = 134_217_729 * a
  const highA = wideA - (wideA - a)
  const lowA = a - highA
  const wideB = 134_217_729 * b
  const highB = wideB - (wideB - b)
  const lowB = b - highB
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB)
}

function sineOf(r: number, low: number): number {
  const z = r * r
  let sum = 2.8114572543455206e-15
  sum = -7.647163731819816e-13 + z * sum
  sum = 1.6059043836821613e-10 + z * sum
  sum = -2.505210838544172e-8 + z * sum
  sum = 2.7557319223985893e-6 + z * sum
  sum = -1.984126984126984e-4 + z * sum
  sum = 0.008333333333333333 + z * sum
  sum = -0.16666666666666666 + z * sum
  return r + (r * z * sum + low * (1 - 0.5 * z))
}

function cosineOf(r: number, low: number): number {
  const z = r * r
  let sum = -1.5619206968586225e-16
  sum = 4.779477332387385e-14 + z * sum
  sum = -1.1470745597729725e-11 + z * sum
  sum = 2.08767569878681e-9 + z * sum
  sum = -2.755731922398589e-7 + z * sum
  sum = 2.48015873015873e-5 + z * sum
  sum = -0.001388888888888889 + z * sum
  sum = 0.041666666666666664 + z * sum
  const half = 0.5 * z
  const head = 1 - half
  return head + (1 - head - half + (z * z * sum - r * low))
}

/** Sine of an angle in radians, within 1 unit in the last place at any size. Infinity and NaN give NaN. */
export function sin(x: number): number {
  if (x === 0) return x
  if (!Number.isFinite(x)) return Number.NaN
  const { quarters, rest, low } = reduce(x)
  const value = quarters % 2 === 0 ? sineOf(rest, low) : cosineOf(rest, low)
  return quarters < 2 ? value : -value
}

/** Cosine of an angle in radians, within 1 unit in the last place at any size. Infinity and NaN give NaN. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN
  const { quarters, rest, low } = reduce(x)
  const value = quarters % 2 === 0 ? cosineOf(rest, low) : sineOf(rest, low)
  return quarters === 0 || quarters === 3 ? value : -value
}
