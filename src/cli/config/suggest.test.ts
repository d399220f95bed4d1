import { describe, expect, it } from 'vitest'
import { hint, nearest } from './suggest.ts'

describe('did you mean', () => {
  it.each([
    ['captial', 'capital'],
    ['strat', null],
    ['strategyy', 'strategy'],
    ['positionsMax', 'positions_max'],
    ['positions-max', 'positions_max'],
    ['x', null],
  ])('"%s" is taken for %s', (word, meant) => {
    expect(nearest(word, ['capital', 'strategy', 'positions_max'])).toBe(meant)
  })
  it('names what is known where nothing is near', () => {
    expect(hint('zzz', ['a1', 'b2'])).toBe('; known here: a1, b2')
    expect(hint('zzz', [])).toBe('; remove it')
    expect(
      hint(
        'zzz',
        Array.from({ length: 20 }, (_, index) => `name${index}`),
      ),
    ).toMatch(/name11, \.\.\.$/)
  })
})
