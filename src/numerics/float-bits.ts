const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0
const LOW = 1 - HIGH

/** A positive finite number other than zero as `fraction * 2^exponent` with `1 <= fraction < 2`. */
export function binaryExponent(x: number): number {
  float[0] = x
  const exponent = (words[HIGH]! >>> 20) & 0x7ff
  if (exponent !== 0) return exponent - 1_023
  float[0] = x * 18_014_398_509_481_984
  return ((words[HIGH]! >>> 20) & 0x7ff) - 1_077
}

/** The fraction that belongs to `binaryExponent(x)`: at least 1 and below 2. */
export function binaryFraction(x: number): number {
  float[0] = x
  if (((words[HIGH]! >>> 20) & 0x7ff) === 0) float[0] = x * 18_014_398_509_481_984
  words[HIGH] = (words[HIGH]! & 0x000f_ffff) | 0x3ff0_0000
  return float[0]!
}

/** The 53-bit integer `binaryFraction(x) * 2^52`. */
export function binaryDigits(x: number): bigint {
  float[0] = binaryFraction(x)
  return (BigInt((words[HIGH]! & 0x000f_ffff) | 0x0010_0000) << 32n) | BigInt(words[LOW]!)
}

/** `2^exponent` for -1022 <= exponent <= 1023. */
export function powerOfTwo(exponent: number): number {
  words[LOW] = 0
  words[HIGH] = (exponent + 1_023) << 20
  return float[0]!
}

/** `x * 2^exponent`; overflows to infinity and underflows through the subnormal numbers to zero. */
export function scaleByPowerOfTwo(x: number, exponent: number): number {
  if (exponent >= -1_022 && exponent <= 1_023) return x * powerOfTwo(exponent)
  if (exponent > 1_023)
    return exponent > 2_046 ? x * powerOfTwo(1_023) * powerOfTwo(1_023) * 2 : scaledTwice(x, 1_023, exponent)
  return exponent < -2_044 ? 0 * x : scaledTwice(x, -1_022, exponent)
}

function scaledTwice(x: number, first: number, exponent: number): number {
  return x * powerOfTwo(first) * powerOfTwo(exponent - first)
}

/** `x` with the lower half of its fraction cleared, so that its square is exact. */
export function upperHalf(x: number): number {
  float[0] = x
  words[LOW] = 0
  return float[0]!
}
