import { describe, expect, it } from 'vitest'
import { logOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { buyAndHold } from './buy-and-hold.ts'

const strategy = buyAndHold as unknown as Strategy
const market = drawnMarket(11, 3, 100)

describe('buyAndHold', () => {
  it('buys each instrument on its first bar and never wishes again', () => {
    const wished = logOf(strategy, { retryBars: 20 }, market).filter(({ wish }) => wish !== null)
    expect(wished.map(({ bar, column, wish }) => [bar, column, wish!.kind])).toEqual([
      [0, 0, 'enter'],
      [0, 1, 'enter'],
      [0, 2, 'enter'],
    ])
  })
  it('asks again after some bars while nothing comes of it', () => {
    // An instrument that closes but never opens: the entry waits for an open that never comes, then the rig forgets it.
    const halted = { ...market, volume: market.volume.map((volume, at) => (at < 30 ? 0 : volume)) }
    const first = logOf(strategy, { retryBars: 20 }, halted).find(({ wish }) => wish !== null)!
    expect(first.bar).toBe(10)
  })
})
