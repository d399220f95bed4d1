import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mulDiv, roundHalfUp, splitByLargestRemainder, splitByLargestRemainderInto } from './exact.ts'

const settings = { seed: 20_260_101, numRuns: 2_000 }
const safe = fc.maxSafeInteger()
const natural = fc.oneof(fc.nat({ max: 1_000 }), fc.maxSafeNat(), fc.integer({ min: 2 ** 52 - 50, max: 2 ** 52 + 50 }))

/** The same apportionment with BigInt only, by repeated search for the largest remainder not yet served. */
function oracle(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((running, weight) => running + BigInt(weight), 0n)
  if (sum === 0n) return weights.map(() => 0)
  const magnitude = BigInt(Math.abs(total))
  const shares = weights.map((weight) => (magnitude * BigInt(weight)) / sum)
  const rests = weights.map((weight) => (magnitude * BigInt(weight)) % sum)
  let left = magnitude - shares.reduce((running, share) => running + share, 0n)
  while (left > 0n) {
    const best = rests.reduce((winner, rest, index) => (rest > rests[winner]! ? index : winner), 0)
    shares[best] = shares[best]! + 1n
    rests[best] = -1n
    left -= 1n
  }
  return shares.map((share) => (total < 0 ? 0 - Number(share) : Number(share)))
}

describe('mulDiv', () => {
  it('equals BigInt division on every safe input', () => {
    fc.assert(
      fc.property(safe, fc.oneof(fc.integer({ min: -1000, max: 1000 }), safe), safe, (a, b, c) => {
        fc.pre(c !== 0)
        const wanted = (BigInt(a) * BigInt(b)) / BigInt(c)
        fc.pre(wanted <= 9_007_199_254_740_991n && wanted >= -9_007_199_254_740_991n)
        expect(mulDiv(a, b, c)).toBe(Number(wanted))
      }),
      settings,
    )
  })
  it('equals BigInt division on small inputs', () => {
    const small = fc.integer({ min: -100_000, max: 100_000 })
    fc.assert(
      fc.property(small, small, small, (a, b, c) => {
        fc.pre(c !== 0)
        expect(mulDiv(a, b, c)).toBe(Number((BigInt(a) * BigInt(b)) / BigInt(c)))
      }),
      settings,
    )
  })
  it('equals BigInt division where the product is just below 2^53 and the quotient just below an integer', () => {
    const divisor = fc.integer({ min: 1, max: 2 ** 27 })
    fc.assert(
      fc.property(divisor, fc.nat({ max: 2 ** 26 }), fc.integer({ min: -2, max: 2 }), (c, quotient, off) => {
        const product = c * quotient + off
        fc.pre(Math.abs(product) <= Number.MAX_SAFE_INTEGER)
        const wanted = Number(BigInt(product) / BigInt(c))
        expect(mulDiv(product, 1, c)).toBe(wanted)
        expect(mulDiv(-product, 1, c)).toBe(0 - wanted)
      }),
      { ...settings, numRuns: 20_000 },
    )
  })
  it('is exact at the largest products', () => {
    for (let below = 0; below < 2_000; below += 1) {
      const product = Number.MAX_SAFE_INTEGER - below
      for (const c of [1, 2, 3, 7, 4_503_599_627_370_495, 3_002_399_751_580_330, 94_906_265, 94_906_267]) {
        if (mulDiv(product, 1, c) !== Number(BigInt(product) / BigInt(c))) throw new Error(`${product} / ${c}`)
      }
    }
  })
  it('truncates toward zero on both sides', () => {
    expect([mulDiv(7, 3, 2), mulDiv(-7, 3, 2), mulDiv(7, -3, -2), mulDiv(0, -5, 3)]).toEqual([10, -10, 10, 0])
  })
  it('is exact where the product passes 2^53', () => {
    expect(mulDiv(2 ** 52 - 1, 2 ** 52 - 3, 2 ** 52 - 2)).toBe(2 ** 52 - 3)
  })
  it('refuses a zero divisor, fractions and quotients that do not fit', () => {
    expect(() => mulDiv(1, 2, 0)).toThrow('divisor')
    expect(() => mulDiv(1.5, 1.5, 1)).toThrow('safe integers')
    expect(() => mulDiv(2 ** 52, 4, 1)).toThrow('leaves the safe integers')
  })
})

describe('splitByLargestRemainder', () => {
  it('equals the BigInt apportionment, with quantities near 2^52', () => {
    fc.assert(
      fc.property(fc.oneof(natural, safe), fc.array(natural, { minLength: 1, maxLength: 20 }), (total, weights) => {
        fc.pre(total === 0 || weights.some((weight) => weight > 0))
        const shares = splitByLargestRemainder(total, weights)
        expect(shares).toEqual(oracle(total, weights))
        expect(shares.reduce((running, share) => running + BigInt(share), 0n)).toBe(BigInt(total))
      }),
      settings,
    )
  })
  it('equals the BigInt apportionment on small inputs, where no BigInt is used', () => {
    const small = fc.nat({ max: 300 })
    fc.assert(
      fc.property(small, fc.array(small, { minLength: 1, maxLength: 40 }), (total, weights) => {
        fc.pre(total === 0 || weights.some((weight) => weight > 0))
        expect(splitByLargestRemainder(total, weights)).toEqual(oracle(total, weights))
      }),
      settings,
    )
  })
  it('equals the BigInt apportionment over two weights, and where the weights add up to the total', () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 26 }))
    const total = fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -(2 ** 27), max: 2 ** 27 }))
    fc.assert(
      fc.property(total, size, size, fc.nat({ max: 40 }), (amount, first, second, third) => {
        for (const weights of [
          [first, second],
          [first, second, third],
        ]) {
          const sum = weights.reduce((running, weight) => running + weight, 0)
          for (const drawn of [amount, sum, 0 - sum])
            expect(splitByLargestRemainder(drawn, weights)).toEqual(oracle(drawn, weights))
        }
      }),
      settings,
    )
  })
  it('gives ties to the earliest index', () => {
    expect(splitByLargestRemainder(1, [3, 3])).toEqual([1, 0])
    expect(splitByLargestRemainder(10, [1, 1, 1])).toEqual([4, 3, 3])
    expect(splitByLargestRemainder(-11, [1, 1, 1])).toEqual([-4, -4, -3])
  })
  it('gives nothing to a zero weight', () => expect(splitByLargestRemainder(5, [0, 3, 0])).toEqual([0, 5, 0]))
  it('splits nothing over nothing', () => {
    expect(splitByLargestRemainder(0, [])).toEqual([])
    expect(splitByLargestRemainder(0, [0, 0])).toEqual([0, 0])
    expect(() => splitByLargestRemainder(1, [0, 0])).toThrow('all zero')
  })
  it('refuses negative and broken weights and totals', () => {
    expect(() => splitByLargestRemainder(1, [1, -1])).toThrow('at index "1"')
    expect(() => splitByLargestRemainder(1, [0.5])).toThrow('weight')
    expect(() => splitByLargestRemainder(0.5, [1])).toThrow('total')
  })
  it('writes only the counted lanes and may write over its weights', () => {
    const lanes = Float64Array.of(1, 2, 99)
    splitByLargestRemainderInto(4, lanes, 2, lanes)
    expect([...lanes]).toEqual([1, 3, 99])
  })
})

describe('roundHalfUp', () => {
  it('takes halves away from zero', () => {
    expect([0.5, 1.5, 2.4999, -0.5, -2.5, -0.2, 0].map(roundHalfUp)).toEqual([1, 2, 2, -1, -3, 0, 0])
  })
  it('does not lift the largest number below one half', () => expect(roundHalfUp(0.49999999999999994)).toBe(0))
  it('leaves large integers alone', () => expect(roundHalfUp(2 ** 52 + 1)).toBe(2 ** 52 + 1))
})
