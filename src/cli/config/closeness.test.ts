import { describe, expect, it } from 'vitest'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { History } from '../market/market.ts'
import { closenessOf } from './closeness.ts'

const config = (universes: readonly (readonly string[])[]): PortfolioConfig =>
  ({ sleeves: universes.map((universe, index) => ({ id: `s${index + 1}`, universe })) }) as unknown as PortfolioConfig

/** Prices of 100 that move by what is given, on days from `first` on. */
function history(id: string, moves: readonly number[], first = 0): History {
  const close = [100]
  for (const move of moves) close.push(close.at(-1)! * (1 + move))
  const dates = Int32Array.from(close, (_, day) => 20_240_100 + first + day)
  return { instrument: { id }, series: { dates, close: Float64Array.from(close) } } as unknown as History
}

const wave = Array.from({ length: 30 }, (_, day) => (day % 2 === 0 ? 0.02 : -0.01))
const slow = Array.from({ length: 30 }, (_, day) => (day % 4 < 2 ? 0.01 : -0.01))

describe('the closeness of sleeves', () => {
  it('is the correlation of what they trade, on days that all have', () => {
    const found = closenessOf(config([['A'], ['B', 'C'], ['S']]), [
      history('A', wave),
      history(
        'B',
        wave.map((move) => move * 3),
      ),
      history('C', wave),
      history('S', slow, 3),
    ])!
    expect(found.days).toBe(27)
    expect(found.sleeves).toEqual(['s1', 's2', 's3'])
    expect(found.matrix[0]![1]).toBeCloseTo(1, 12)
    expect(Math.abs(found.matrix[0]![2]!)).toBeLessThan(0.2)
    expect(found.close.map(({ sleeves }) => sleeves)).toEqual([['s1', 's2']])
  })

  it('is not said of one sleeve, or of too few common days', () => {
    expect(closenessOf(config([['A'], []]), [history('A', wave)])).toBeNull()
    expect(closenessOf(config([['A'], ['S']]), [history('A', wave), history('S', slow, 20)])).toBeNull()
  })
})
