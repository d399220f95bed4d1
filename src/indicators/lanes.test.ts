import { describe, expect, it } from 'vitest'
import { decodeNumbers, encodeNumbers, stateOf, WHOLE } from './lanes.ts'

describe('numbers in a snapshot', () => {
  it('come back from JSON with every bit', () => {
    const numbers = Float64Array.of(0, -0, Number.NaN, Infinity, -Infinity, 5e-324, 0.1 + 0.2, -1.7e308)
    const back = new Float64Array(numbers.length)
    decodeNumbers(JSON.parse(JSON.stringify(encodeNumbers(numbers))), back, 'sample')
    numbers.forEach((value, index) => {
      expect(Object.is(back[index], value)).toBe(true)
    })
  })

  it('are refused when missing or of another number', () => {
    expect(() => decodeNumbers(undefined, new Float64Array(1), 'sample')).toThrow('lacks the numbers of "sample"')
    expect(() => decodeNumbers([1, 2], new Float64Array(1), 'sample')).toThrow('needs "1" numbers')
  })
})

describe('a state', () => {
  const counter = () => stateOf('counter', { count: WHOLE }, 2, () => undefined)

  it('refuses to shrink', () => expect(() => counter().widen(1)).toThrow('from "2" columns to "1"'))

  it('tells its key, width and memory', () => {
    expect(counter().snapshot()).toEqual({ key: 'counter', width: 2, lanes: { count: [0, 0] } })
  })
})
