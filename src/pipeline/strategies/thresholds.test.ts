import { describe, expect, it } from 'vitest'
import { above, atLeast, below } from './thresholds.ts'

describe('thresholds', () => {
  it('are strict, and blind to the noise of the last bits', () => {
    expect([above(27.1, 27), above(27, 27), above(0.1 + 0.2, 0.3)]).toEqual([true, false, false])
    expect([below(26.9, 27), below(27, 27), below(0.3, 0.1 + 0.2)]).toEqual([true, false, false])
    expect([atLeast(27, 27), atLeast(0.3, 0.1 + 0.2), atLeast(26.9, 27)]).toEqual([true, true, false])
  })
  it('are false where a value is missing', () => {
    expect([above(Number.NaN, 1), below(Number.NaN, 1), atLeast(1, Number.NaN)]).toEqual([false, false, false])
  })
})
