import { describe, expect, it } from 'vitest'
import { createRandom } from '../../numerics/random.ts'
import { removeEcho, removeShadow, standardise } from './sample.ts'

function noise(label: string, length: number = 500): Float64Array {
  const random = createRandom(label)
  return Float64Array.from({ length }, () => random.normal())
}

function product(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0) / left.length
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

describe('standardise', () => {
  it('scales to unit variance, carries the volatility along and keeps the stated part of the mean', () => {
    const moves = noise('a').map((move) => 3 * move + 1)
    const before = { mean: mean(moves), volatility: new Float64Array(500).fill(3) }
    const scale = standardise({ moves, volatility: before.volatility }, 0.25)
    const center = mean(moves)
    expect(mean(moves.map((move) => (move - center) ** 2))).toBeCloseTo(1, 12)
    expect(center).toBeCloseTo(0.25 * before.mean * scale, 12)
    expect(before.volatility[7]).toBeCloseTo(3 * scale, 12)
  })

  it('leaves a path of one session its size', () => {
    expect(standardise({ moves: Float64Array.of(2), volatility: Float64Array.of(1) }, 1)).toBe(1)
  })
})

describe('removeShadow', () => {
  it('leaves no correlation with the factor and nothing else changed', () => {
    const factor = noise('factor')
    const own = noise('own')
    const moves = own.map((move, index) => move + 0.7 * factor[index]!)
    removeShadow(moves, factor)
    const centered = factor.map((move) => move - mean(factor))
    expect(product(moves, centered)).toBeCloseTo(0, 12)
    removeShadow(own, factor)
    for (const [index, move] of moves.entries()) expect(move - own[index]!).toBeCloseTo(0.7 * mean(factor), 10)
  })

  it('leaves a handful of sessions alone, and a factor that never moves', () => {
    const few = noise('few', 5)
    const kept = few.slice()
    removeShadow(few, noise('other', 5))
    expect(few).toEqual(kept)
    const many = noise('many')
    const same = many.slice()
    removeShadow(many, new Float64Array(500).fill(2))
    expect(many).toEqual(same)
  })
})

describe('removeEcho', () => {
  it('takes a momentum of 0.4 down to nearly none', () => {
    const moves = noise('echo')
    for (let index = 1; index < moves.length; index += 1) moves[index]! += 0.4 * moves[index - 1]!
    const echo = () => product(moves.subarray(1), moves.subarray(0, -1)) / product(moves, moves)
    expect(echo()).toBeGreaterThan(0.3)
    removeEcho(moves)
    expect(Math.abs(echo())).toBeLessThan(0.06)
  })
})
