/**
 * The only source of chance: seeded, and the same bits on every machine.
 * In:    a seed (number or text)   Out: Random, a stream of draws
 * Keeps: a fork depends on the seed and its label alone, never on what was drawn before it
 *
 * Generator: xoshiro128** (Blackman & Vigna 2021, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4)),
 * period 2^128 - 1. Seeds are spread over the 128 bits by four murmur3-like lanes.
 */
import { assert } from '../domain/assert.ts'
import { exp, log } from './elementary.ts'

/** Where a stream stands: four words of its origin, then four words of its state. Plain numbers, safe in JSON. */
export type RandomSnapshot = readonly number[]

export interface Random {
  /** 32 random bits, as an integer in [0, 2^32). */
  word(): number
  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** Uniform integer in [min, max], both ends included; every value equally likely. */
  integer(min: number, max: number): number
  /** Waiting time of a Poisson process with `rate` events per unit of time; its mean is 1 / rate. */
  exponential(rate: number): number
  /** Number of events when `mean` are expected. */
  poisson(mean: number): number
  /** Gamma with `shape` and scale 1; its mean and its variance are `shape`. */
  gamma(shape: number): number
  /** Student's t with `degrees` of freedom, unscaled: its variance is degrees / (degrees - 2) beyond two. */
  studentT(degrees: number): number
  /** An independent stream; the same label always gives the same one, whatever was drawn before. */
  fork(label: string): Random
  snapshot(): RandomSnapshot
  /** Continues exactly where `snapshot` was taken, forks included. */
  restore(snapshot: RandomSnapshot): void
}

const WORDS = 4
const TWO_TO_MINUS_53 = 1 / 9007199254740992
const TWO_TO_32 = 4294967296
/** One draw per event: a mean beyond this is a mistake of the caller, not a wish. */
const POISSON_MEAN_MAX = 1_000_000

/**
 * A stream from a seed. The number 7 and the text "7" name the same stream.
 *
 * @throws AssertionError for a seed that is not a finite number or a text
 */
export function createRandom(seed: number | string): Random {
  assert(typeof seed === 'string' || Number.isFinite(seed), `seed must be a finite number or a text, was "${seed}"`)
  return randomFrom(spread(`${seed}`, Uint32Array.of(1779033703, 3144134277, 1013904242, 2773480762)))
}

/** Spreads a text over 128 bits: four lanes, each mixing every character with its neighbour's state, then finalised. */
function spread(text: string, lanes: Uint32Array): Uint32Array {
  let [a, b, c, d] = [lanes[0]!, lanes[1]!, lanes[2]!, lanes[3]!]
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    a = b ^ Math.imul(a ^ unit, 597399067)
    b = c ^ Math.imul(b ^ unit, 2869860233)
    c = d ^ Math.imul(c ^ unit, 951274213)
    d = a ^ Math.imul(d ^ unit, 2716044179)
  }
  const total = a ^ b ^ c ^ d ^ text.length
  const words = Uint32Array.of(finalise(a), finalise(b ^ total), finalise(c + total), finalise(d ^ finalise(total)))
  // xoshiro never leaves the all-zero state
  if (words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] === 0) words[0] = 1
  return words
}

/** Murmur3's 32-bit finaliser: every input bit reaches every output bit. */
function finalise(word: number): number {
  let mixed = word ^ (word >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A stream whose 128 bits of state are given; exported for the generator's published test vector. */
export function randomFrom(words: Uint32Array): Random {
  assert(words.length === WORDS, `a random state has four words, had "${words.length}"`)
  assert(
    words.some((word) => word !== 0),
    'a random state must not be all zero',
  )
  const origin = Uint32Array.from(words)
  let [a, b, c, d] = [words[0]! | 0, words[1]! | 0, words[2]! | 0, words[3]! | 0]

  function word(): number {
    const product = Math.imul(b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }

  function uniform(): number {
    const high = word() >>> 5
    const low = word() >>> 6
    return (high * 67108864 + low) * TWO_TO_MINUS_53
  }

  // Marsaglia's polar method; the second of each pair is dropped, so that the state stays four words
  function normal(): number {
    for (;;) {
      const x = 2 * uniform() - 1
      const y = 2 * uniform() - 1
      const radius = x * x + y * y
      if (radius > 0 && radius < 1) return x * Math.sqrt((-2 * log(radius)) / radius)
    }
  }

  return {
    word,
    uniform,
    normal,
    integer: (min, max) => integerFrom(word, min, max),
    exponential(rate) {
      assert(rate > 0, `rate must be above 0, was "${rate}"`)
      return -log(1 - uniform()) / rate
    },
    poisson: (mean) => poissonFrom(uniform, mean),
    gamma: (shape) => gammaFrom({ uniform, normal }, shape),
    studentT(degrees) {
      assert(degrees > 0, `degrees of freedom must be above 0, were "${degrees}"`)
      const numerator = normal()
      return numerator / Math.sqrt((2 * gammaFrom({ uniform, normal }, degrees / 2)) / degrees)
    },
    fork: (label) => randomFrom(spread(label, origin)),
    snapshot: () => [...origin, a >>> 0, b >>> 0, c >>> 0, d >>> 0],
    restore(snapshot) {
      assert(snapshot.length === 2 * WORDS, `a random snapshot has eight words, had "${snapshot.length}"`)
      origin.set(snapshot.slice(0, WORDS))
      a = snapshot[4]! | 0
      b = snapshot[5]! | 0
      c = snapshot[6]! | 0
      d = snapshot[7]! | 0
    },
  }
}

/** Rejection: words beyond the last whole multiple of the span are drawn again, so no value is favoured. */
function integerFrom(word: () => number, min: number, max: number): number {
  const span = max - min + 1
  assert(Number.isSafeInteger(min) && Number.isSafeInteger(max), `bounds must be integers, were "${min}" and "${max}"`)
  assert(span >= 1 && span <= TWO_TO_32, `bounds must be 1 to 2^32 values apart, were "${min}" and "${max}"`)
  const usable = TWO_TO_32 - (TWO_TO_32 % span)
  for (;;) {
    const drawn = word()
    if (drawn < usable) return min + (drawn % span)
  }
}

/** Counts unit-rate waiting times that fit into `mean`. */
function poissonFrom(uniform: () => number, mean: number): number {
  assert(mean >= 0 && mean <= POISSON_MEAN_MAX, `mean must be 0 to ${POISSON_MEAN_MAX}, was "${mean}"`)
  let waited = -log(1 - uniform())
  let count = 0
  while (waited < mean) {
    count += 1
    waited -= log(1 - uniform())
  }
  return count
}

interface Draws {
  uniform(): number
  normal(): number
}

/** Marsaglia & Tsang (2000), "A simple method for generating gamma variables"; below shape 1 by their step from shape + 1. */
function gammaFrom(draws: Draws, shape: number): number {
  assert(shape > 0, `shape must be above 0, was "${shape}"`)
  if (shape < 1) return gammaFrom(draws, shape + 1) * exp(log(1 - draws.uniform()) / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = draws.normal()
    const root = 1 + c * x
    if (root <= 0) continue
    const v = root * root * root
    const u = 1 - draws.uniform()
    if (log(u) < 0.5 * x * x + d - d * v + d * log(v)) return d * v
  }
}
