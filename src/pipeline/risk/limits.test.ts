import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { correlationReduction } from './correlation-reduction.ts'
import { meanPairwise, stepSpike } from './correlation-spike.ts'
import { dailyLossBreached } from './daily-loss.ts'
import { leverageReduction } from './leverage-reduction.ts'
import { stepTrail } from './trail.ts'

describe('correlationReduction', () => {
  it('scales both of a pair by threshold over correlation, by their closest pair where there are several', () => {
    const matrix = [
      [1, 0.8, 0.2],
      [0.8, 1, 0.9],
      [0.2, 0.9, 1],
    ]
    expect(correlationReduction(matrix, 0.7)).toEqual([0.7 / 0.8, 0.7 / 0.9, 0.7 / 0.9])
  })
  it('leaves weights alone at the threshold and where nothing is known', () => {
    const matrix = [
      [1, 0.7, Number.NaN],
      [0.7, 1, -0.9],
      [Number.NaN, -0.9, 1],
    ]
    expect(correlationReduction(matrix, 0.7)).toEqual([1, 1, 1])
  })
})

describe('the correlation spike', () => {
  it('halts above one level, resumes below the other, and keeps still between them', () => {
    const state = { halted: false }
    const moves = [0.8, 0.81, 0.75, 0.7, Number.NaN, 0.69, 0.75].map((mean) =>
      stepSpike(state, { halt: 0.8, resume: 0.7 }, mean),
    )
    expect(moves).toEqual([null, 'halt', null, null, null, 'resume', null])
  })
  it('takes the mean of the pairs that are known', () => {
    const matrix = [
      [1, 0.5, Number.NaN],
      [0.5, 1, 0.9],
      [Number.NaN, 0.9, 1],
    ]
    expect(meanPairwise(matrix)).toBeCloseTo(0.7, 15)
    expect(meanPairwise([[1]])).toBeNaN()
  })
})

describe('leverageReduction', () => {
  it('counts both sides, and answers nothing held and no equity', () => {
    expect(leverageReduction([150, -60, 40], { equity: 100, leverageMax: 2 })).toEqual({ leverage: 2.5, factor: 0.8 })
    expect(leverageReduction([], { equity: 100, leverageMax: 2 })).toEqual({ leverage: 0, factor: 1 })
    expect(leverageReduction([10], { equity: -5, leverageMax: 2 }).factor).toBe(0)
    expect(leverageReduction([], { equity: 0, leverageMax: 2 }).factor).toBe(1)
  })
  it('brings every book to its limit', () => {
    const exposures = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 20 })
    fc.assert(
      fc.property(exposures, fc.double({ min: 1, max: 1e6, noNaN: true }), (held, equity) => {
        const { factor } = leverageReduction(held, { equity, leverageMax: 1.5 })
        const gross = held.reduce((sum, exposure) => sum + Math.abs(exposure * factor), 0)
        expect(factor).toBeLessThanOrEqual(1)
        expect(gross).toBeLessThanOrEqual(1.5 * equity * (1 + 1e-9))
      }),
      { seed: 13 },
    )
  })
})

describe('dailyLossBreached', () => {
  it('lets a loss of exactly the limit pass', () => {
    expect(dailyLossBreached({ profit: -2000, value: 100_000 }, 0.02)).toBe(false)
    expect(dailyLossBreached({ profit: -2000.01, value: 100_000 }, 0.02)).toBe(true)
    expect(dailyLossBreached({ profit: 2000, value: 0 }, 0.02)).toBe(false)
    expect(dailyLossBreached({ profit: -1, value: 0 }, 0.02)).toBe(true)
  })
})

describe('stepTrail', () => {
  it('follows the best price and is hit at its level', () => {
    expect(stepTrail(100, 120, 0.15, true)).toEqual({ extreme: 120, level: 102, hit: false })
    expect(stepTrail(120, 102, 0.15, true).hit).toBe(true)
    expect(stepTrail(100, 80, 0.25, false)).toEqual({ extreme: 80, level: 100, hit: false })
    expect(stepTrail(80, 100, 0.25, false).hit).toBe(true)
  })
})
