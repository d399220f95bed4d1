import { describe, expect, it } from 'vitest'
import { sharpeTargets } from './attainable-sharpe.ts'

describe('sharpeTargets', () => {
  it('is consistent where the whole is asked for more than every part', () => {
    expect(sharpeTargets([0.3, null, 0.4], 0.5)).toEqual({ consistent: true, attainable: 0.5 })
    expect(sharpeTargets([0.5], 0.5).consistent).toBe(false)
  })
})
