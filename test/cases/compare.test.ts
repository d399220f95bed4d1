import { describe, expect, it } from 'vitest'
import { compare } from './compare.ts'

const differs = (actual: unknown, expected: unknown, tolerance = {}): readonly string[] =>
  compare(actual, expected, tolerance).differences.map(({ path }) => path)

describe('comparison of worked cases', () => {
  it('takes |x - y| <= abs + rel |y|, the bound included', () => {
    expect(differs({ a: 1.5 }, { a: 1 }, { abs: 0.5 })).toEqual([])
    expect(differs({ a: 1.5000001 }, { a: 1 }, { abs: 0.5 })).toEqual(['a'])
    expect(differs({ a: 220 }, { a: 200 }, { rel: 0.1 })).toEqual([])
    expect(differs({ a: 221 }, { a: 200 }, { rel: 0.1 })).toEqual(['a'])
  })
  it('takes another tolerance for what stands under a key', () => {
    const tolerance = { abs: 0.1, coarse: { abs: 2 }, note: 'text' }
    expect(differs({ coarse: [3], fine: 3 }, { coarse: [2], fine: 2 }, tolerance)).toEqual(['fine'])
    expect(differs({ rows: [{ coarse: 3 }] }, { rows: [{ coarse: 2 }] }, tolerance)).toEqual([])
  })
  it('tells null from absent and from zero', () => {
    expect(differs({ a: null }, { a: null })).toEqual([])
    expect(differs({}, { a: null })).toEqual(['a'])
    expect(differs({ a: 0 }, { a: null })).toEqual(['a'])
    expect(differs({ a: null }, { a: 0 })).toEqual(['a'])
    expect(differs({ a: Number.NaN }, { a: 0 }, { abs: 1 })).toEqual(['a'])
  })
  it('compares truth values, dates and statuses exactly', () => {
    expect(differs({ a: true, d: '2024-01-02', s: 'filled' }, { a: true, d: '2024-01-02', s: 'filled' })).toEqual([])
    expect(differs({ a: false, d: '2024-01-03', s: 'partial' }, { a: true, d: '2024-01-02', s: 'filled' })).toEqual([
      'a',
      'd',
      's',
    ])
  })
  it('compares decimal strings as numbers, and those rounded to twelve places within 1e-9', () => {
    expect(differs({ a: '10' }, { a: '10.0' })).toEqual([])
    expect(differs({ a: 10 }, { a: '10.0' })).toEqual([])
    expect(differs({ a: '10.1' }, { a: '10.0' })).toEqual(['a'])
    expect(differs({ a: '0.33333333333333' }, { a: '0.333333333333' })).toEqual([])
    expect(differs({ a: 'ten' }, { a: '10' })).toEqual(['a'])
  })
  it('leaves commentary aside at every depth', () => {
    const expected = { published: 9, note: 'x', wrong_a: 1, seed_b: 2, inner: { published_c: 1, why: 'a b c', v: 1 } }
    expect(compare({ inner: { v: 1 } }, expected, {})).toEqual({ compared: 1, differences: [] })
  })
  it('compares lists by length and entry, typed ones too', () => {
    expect(differs({ a: [1, 2] }, { a: [1, 2, 3] })).toEqual(['a.length'])
    expect(differs({ a: Float64Array.of(1, 3) }, { a: [1, 2] })).toEqual(['a[1]'])
    expect(differs({ a: [] }, { a: [] })).toEqual([])
    expect(differs({ a: [1] }, { a: [] })).toEqual(['a.length'])
    expect(differs({}, { a: {} })).toEqual(['a'])
  })
})
