import { describe, expect, it } from 'vitest'
import type { PortfolioConfig } from '../../domain/config.ts'
import { overlapsOf } from './overlaps.ts'

const config = (sleeves: readonly (readonly [string, string, readonly string[]])[]): PortfolioConfig =>
  ({ sleeves: sleeves.map(([id, clock, universe]) => ({ id, clock, universe })) }) as unknown as PortfolioConfig

describe('instruments of several sleeves', () => {
  it('are listed with their sleeves, and marked where these decide at different times', () => {
    const overlaps = overlapsOf(
      config([
        ['a', 'nyse/1d', ['SPY', 'QQQ', 'TLT']],
        ['b', 'nyse/1h', ['SPY']],
        ['c', 'nyse/1d', ['QQQ']],
      ]),
    )
    expect(overlaps).toEqual([
      { instrument: 'SPY', sleeves: ['a', 'b'], mixedTimeframes: true },
      { instrument: 'QQQ', sleeves: ['a', 'c'], mixedTimeframes: false },
    ])
  })
})
