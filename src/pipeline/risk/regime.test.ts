import { describe, expect, it } from 'vitest'
import { REGIME_CLOSES, regimeOf } from './regime.ts'

/** Closes that grow by the daily returns, from 100 on. */
function closesOf(returns: readonly number[]): number[] {
  const closes = [100]
  for (const one of returns) closes.push(closes.at(-1)! * (1 + one))
  return closes
}
/** Up and down in turns: much travelled, nowhere gone. */
const zigzag = (days: number, size: number): number[] =>
  Array.from({ length: days }, (_, day) => (day % 2 === 0 ? size : -size / (1 + size)))
const steady = (days: number, move: number, noise = 0.001): number[] =>
  Array.from({ length: days }, (_, day) => move + (day % 2 === 0 ? noise : -noise))

describe('regimeOf', () => {
  it('is not known before there are closes for it', () => {
    const closes = closesOf(steady(REGIME_CLOSES, 0.01))
    expect(regimeOf(closes.slice(0, REGIME_CLOSES - 1))).toBeNull()
    expect(regimeOf(closes.slice(0, REGIME_CLOSES))).toBe('up_normal')
  })
  it('tells a market that goes somewhere from one that does not', () => {
    expect(regimeOf(closesOf(steady(60, 0.01)))).toBe('up_normal')
    expect(regimeOf(closesOf(steady(60, -0.01)))).toBe('down_normal')
    expect(regimeOf(closesOf(zigzag(60, 0.02)))).toBe('range_normal')
  })
  it('is a trend from an efficiency of 0.3 on: 13 days of 20 up, 7 down, of the same size', () => {
    const days = (ups: number): number[] => {
      const closes = closesOf(zigzag(40, 0.01))
      for (let day = 0; day < 20; day += 1) closes.push(closes.at(-1)! + (day < ups ? 1 : -1))
      return closes
    }
    expect(regimeOf(days(13))).toMatch(/^up_/)
    expect(regimeOf(days(12))).toMatch(/^range_/)
    expect(regimeOf(days(7))).toMatch(/^down_/)
  })
  it('is wild where the last 20 days moved more than 1.25 times as much as the last 60', () => {
    expect(regimeOf(closesOf([...zigzag(40, 0.01), ...zigzag(20, 0.03)]))).toBe('range_high')
    expect(regimeOf(closesOf([...zigzag(40, 0.01), ...zigzag(20, 0.012)]))).toBe('range_normal')
    expect(regimeOf(closesOf([...zigzag(40, 0.03), ...zigzag(20, 0.01)]))).toBe('range_normal')
  })
  it('has a word for a market that stands still', () => {
    expect(regimeOf(Array.from({ length: 61 }, () => 100))).toBe('range_normal')
  })
})
