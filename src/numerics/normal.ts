import { exp, log } from './exponential.ts'
import { upperHalf } from './float-bits.ts'

const ONE_OVER_ROOT_TWO_PI = 0.3989422804014327

/** Taylor coefficients of erf(x) / x in x^2. */
const ERF_SERIES = Float64Array.of(
  1.1283791670955126,
  -0.37612638903183754,
  0.11283791670955126,
  -0.026866170645131252,
  0.005223977625442188,
  -0.0008548327023450853,
  0.00012055332981789664,
  -1.492565035840625e-5,
  1.6462114365889248e-6,
  -1.6365844691234924e-7,
  1.4807192815879218e-8,
  -1.2290555301717928e-9,
  9.422759064650411e-11,
  -6.7113668551641105e-12,
)

/**
 * Chebyshev coefficients of (1 + 2x) e^(x^2) erfc(x) for x from 0.5 to infinity, in t = (x - 3) / (x + 3), which runs
 * from START to 1 and is stretched to -1 .. 1. The first one is already halved.
 */
const ERFC_SERIES = Float64Array.of(
  1.2131177209271748,
  -0.07225473646563542,
  -0.02632189276459184,
  0.019186588533428105,
  -0.006682350310928109,
  0.0015522847050575515,
  -0.00023571658348154882,
  1.5690562205135226e-5,
  2.153875719667181e-6,
  -6.012574627859283e-7,
  1.3854950323746626e-8,
  1.3575814484993745e-8,
  -1.3070972098097831e-9,
  -3.06373327557849e-10,
  5.062873791614194e-11,
  8.050230187118965e-12,
  -1.74987484220058e-12,
  -2.6365750400882025e-13,
  5.909950702659242e-14,
  1.0548914766564293e-14,
  -1.9235530211488676e-15,
  -4.764157943707682e-16,
  5.502036001020429e-17,
  2.2407847347890268e-17,
)
const START = -5 / 7

/** e^(-x^2): the square is split, because the exponential multiplies its rounding error by x^2. */
function gaussian(x: number): number {
  const head = upperHalf(x)
  return exp(-head * head) * exp(-(x - head) * (x + head))
}

/** e^(x^2) erfc(x) for x >= 0.5 (Shepherd and Laframboise 1981, with a series fitted to this range). */
function scaledComplement(x: number): number {
  const t = (x - 3) / (x + 3)
  const u = (2 * (t - START)) / (1 - START) - 1
  let ahead = 0
  let here = 0
  for (let index = ERFC_SERIES.length - 1; index > 0; index -= 1) {
    const next = 2 * u * here - ahead + ERFC_SERIES[index]!
    ahead = here
    here = next
  }
  return (u * here - ahead + ERFC_SERIES[0]!) / (1 + 2 * x)
}

function series(x: number): number {
  const z = x * x
  let sum = 0
  for (let index = ERF_SERIES.length - 1; index >= 0; index -= 1) sum = ERF_SERIES[index]! + z * sum
  return x * sum
}

/** Error function, relative error below 1e-15. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > -0.75 && x < 0.75) return series(x)
  if (x > 6) return 1
  if (x < -6) return -1
  return x > 0 ? 1 - gaussian(x) * scaledComplement(x) : gaussian(x) * scaledComplement(-x) - 1
}

/** Complementary error function `1 - erf(x)`, its relative accuracy kept far into the upper tail. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x
  if (x < 0.5) return x < -6 ? 2 : 1 - erf(x)
  return x > 27.3 ? 0 : gaussian(x) * scaledComplement(x)
}

/** Density of the standard normal distribution. */
export function normalPdf(x: number): number {
  if (x > 39 || x < -39) return 0
  const head = upperHalf(x)
  return ONE_OVER_ROOT_TWO_PI * exp(-0.5 * head * head) * exp(-0.5 * (x - head) * (x + head))
}

/** Probability that a standard normal variable is at most `x`; absolute error below 1e-15, the lower tail relative. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > 8.3) return 1
  if (x < -38.5) return 0
  const size = Math.abs(x)
  if (size * Math.SQRT1_2 < 0.5) return 0.5 + 0.5 * series(x * Math.SQRT1_2)
  const head = upperHalf(size)
  const tail =
    0.5 * exp(-0.5 * head * head) * exp(-0.5 * (size - head) * (size + head)) * scaledComplement(size * Math.SQRT1_2)
  return x > 0 ? 1 - tail : tail
}

function rational(r: number, above: Float64Array, below: Float64Array): number {
  let top = 0
  let bottom = 0
  for (let index = 7; index >= 0; index -= 1) {
    top = top * r + above[index]!
    bottom = bottom * r + below[index]!
  }
  return top / bottom
}

// The published coefficients of algorithm AS 241 (PPND16), lowest power first.
const CENTRE_ABOVE = Float64Array.of(
  3.3871328727963665,
  133.14166789178438,
  1971.5909503065513,
  13731.69376550946,
  45921.95393154987,
  67265.7709270087,
  33430.57558358813,
  2509.0809287301227,
)
const CENTRE_BELOW = Float64Array.of(
  1,
  42.31333070160091,
  687.1870074920579,
  5394.196021424751,
  21213.794301586597,
  39307.89580009271,
  28729.085735721943,
  5226.495278852854,
)
const MIDDLE_ABOVE = Float64Array.of(
  1.4234371107496835,
  4.630337846156546,
  5.769497221460691,
  3.6478483247632045,
  1.2704582524523684,
  0.2417807251774506,
  0.022723844989269184,
  0.0007745450142783414,
)
const MIDDLE_BELOW = Float64Array.of(
  1,
  2.053191626637759,
  1.6763848301838038,
  0.6897673349851,
  0.14810397642748008,
  0.015198666563616457,
  0.0005475938084995345,
  1.0507500716444169e-9,
)
const TAIL_ABOVE = Float64Array.of(
  6.657904643501103,
  5.463784911164114,
  1.7848265399172913,
  0.29656057182850487,
  0.026532189526576124,
  0.0012426609473880784,
  2.7115555687434876e-5,
  2.0103343992922881e-7,
)
const TAIL_BELOW = Float64Array.of(
  1,
  0.599832206555888,
  0.1369298809227358,
  0.014875361290850615,
  0.0007868691311456133,
  1.8463183175100548e-5,
  1.421511758316446e-7,
  2.0442631033899397e-15,
)

/**
 * The value that a standard normal variable stays at or below with probability `p`; about 1e-16 relative.
 *
 * @returns infinities at 0 and 1, NaN outside.
 * @see Wichura (1988), "Algorithm AS 241: The Percentage Points of the Normal Distribution"
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p === 0) return Number.NEGATIVE_INFINITY
  if (p === 1) return Number.POSITIVE_INFINITY
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) return q * rational(0.180625 - q * q, CENTRE_ABOVE, CENTRE_BELOW)
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p))
  const size = r <= 5 ? rational(r - 1.6, MIDDLE_ABOVE, MIDDLE_BELOW) : rational(r - 5, TAIL_ABOVE, TAIL_BELOW)
  return q < 0 ? -size : size
}
