import { describe, expect, it } from 'vitest'
import { strategyContract } from '../../../../test/contracts/strategy.ts'
import { logOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import { returnStream } from './return-stream.ts'

strategyContract(returnStream)

describe('returnStream', () => {
  it('targets its whole capital at every price, at the very close, and nothing where there is no price', () => {
    const market = drawnMarket(11, 1, 200)
    const log = logOf(returnStream, {}, market)
    const wished = log.filter(({ wish }) => wish !== null)
    expect(log.length).toBeLessThan(200)
    expect(wished.length).toBeGreaterThan(150)
    for (const { bar, projected, wish } of log) {
      const held = 100_000 - projected * (market.close[bar]! / 1_000_000)
      if (wish === null) expect(Math.abs(held)).toBeLessThan(market.close[bar]! / 400_000)
    }
    for (const { bar, wish } of wished) {
      const unit = market.close[bar]! / 1_000_000
      const left = 100_000 - wish!.value * unit
      expect(left).toBeGreaterThan(-1e-9)
      expect(left).toBeLessThan(unit + 1e-9)
      expect([wish!.kind, wish!.options?.terms]).toEqual(['target', { type: 'close', force: 'day' }])
    }
  })
})
