import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes, freeze, revive } from './canonical.ts'

const canonicalText = (value: unknown): string => new TextDecoder().decode(canonicalBytes(value))

describe('canonical text', () => {
  it('sorts keys, leaves out what is undefined, and knows one zero and one NaN', () => {
    expect(canonicalText({ b: 1, a: [-0, Number.NaN], c: undefined })).toBe('{"a":[0,"NaN"],"b":1}')
  })
  it('writes typed arrays as their numbers, and infinities by name', () => {
    expect(canonicalText([Float64Array.of(1, Number.POSITIVE_INFINITY), Int32Array.of(-2), Uint8Array.of(3)])).toBe(
      '[[1,"Infinity"],[-2],[3]]',
    )
  })
  it('is the same for equal records, however they were put together', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const turned = Object.fromEntries(Object.entries(record).reverse())
        expect(canonicalText(turned)).toBe(canonicalText(record))
      }),
      { seed: 5, numRuns: 200 },
    )
  })
})

describe('freeze and revive', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -0, Number.NEGATIVE_INFINITY, 2 ** 52, 5e-324))
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      number,
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.array(number).map((all) => Float64Array.from(all)),
      fc.array(fc.integer()).map((all) => Int32Array.from(all)),
      fc.array(fc.nat(255)).map((all) => Uint8Array.from(all)),
      fc.array(tie('any')),
      fc.dictionary(fc.stringMatching(/^[a-z]+$/), tie('any'), { noNullPrototype: true }),
    ),
  })).any

  it('give back what they took, through JSON text, to the last bit', () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(revive(JSON.parse(JSON.stringify(freeze(one))))).toEqual(one)
      }),
      { seed: 5, numRuns: 500 },
    )
  })
})
