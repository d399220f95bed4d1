import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instrumentOf, optionOf } from '../../test/fixtures/exchange-rig.ts'
import type { CommissionSchedule } from '../domain/commissions.ts'
import { currencyCode } from '../domain/units.ts'
import { commission, type Traded } from './commission.ts'
import { SCHEDULES, type ScheduleName } from './schedules.ts'
import { slippageFraction, slipped } from './slippage.ts'

const USD = currencyCode('USD')
const share = instrumentOf('SPY', 0)
const option = optionOf('SPY', 1, 'put', 470)
const coin = instrumentOf('BTC', 2, { kind: 'crypto' })
const future = instrumentOf('ESH', 3, { kind: 'future', multiplier: 50 })

function fee(name: ScheduleName, shares: number, price: number, side: 1 | -1, monthly = 0): number {
  const coins = name.startsWith('binance') || name === 'alpaca_crypto'
  const of = name.endsWith('options') ? option : name.endsWith('futures') ? future : coins ? coin : share
  const value = shares * price * of.multiplier
  const sold = side < 0 ? 1 : 0
  const traded: Traded = { shares, value, soldShares: sold * shares, soldValue: sold * value }
  return commission(SCHEDULES[name], of, traded, monthly, USD) / 1_000_000
}

describe('commission', () => {
  it('prices one order in each named schedule', () => {
    const priced = {
      none: [fee('none', 1_000, 50, 1), fee('none', 1_000, 50, -1)],
      // Sale: 50,000 x 27.80 / 1,000,000 = 1.39, and 1,000 x 0.000166 = 0.166.
      alpaca: [fee('alpaca', 1_000, 50, 1), fee('alpaca', 1_000, 50, -1)],
      // 2 x 0.04685 = 0.0937; the sale adds 500 x 0.0000278 and 2 x 0.00279.
      alpaca_options: [fee('alpaca_options', 2, 2.5, 1), fee('alpaca_options', 2, 2.5, -1)],
      alpaca_crypto: [fee('alpaca_crypto', 0.02, 50_000, 1), fee('alpaca_crypto', 0.02, 50_000, -1)],
      ibkr_lite: [fee('ibkr_lite', 1_000, 50, 1), fee('ibkr_lite', 1_000, 50, -1)],
      ibkr_pro_tiered: [fee('ibkr_pro_tiered', 1_000, 50, 1), fee('ibkr_pro_tiered', 1_000, 50, -1)],
      ibkr_options: [fee('ibkr_options', 2, 2.5, 1), fee('ibkr_options', 2, 2.5, -1)],
      binance_spot: [fee('binance_spot', 0.0213, 50_000.3, 1), fee('binance_spot', 0.0213, 50_000.3, -1)],
      ibkr_futures: [fee('ibkr_futures', 3, 5_000, 1), fee('ibkr_futures', 3, 5_000, -1)],
      ibkr_micro_futures: [fee('ibkr_micro_futures', 3, 5_000, 1), fee('ibkr_micro_futures', 3, 5_000, -1)],
      binance_perpetual: [
        fee('binance_perpetual', 0.0213, 50_000.3, 1),
        fee('binance_perpetual', 0.0213, 50_000.3, -1),
      ],
    } satisfies Record<ScheduleName, number[]>
    expect(priced).toEqual({
      none: [0, 0],
      alpaca: [0, 1.56],
      alpaca_options: [0.09, 0.11],
      alpaca_crypto: [2.5, 2.5],
      ibkr_lite: [0, 1.56],
      ibkr_pro_tiered: [3.5, 5.06],
      ibkr_options: [1.3, 1.32],
      binance_spot: [1.065006, 1.065006],
      ibkr_futures: [2.55, 2.55],
      ibkr_micro_futures: [0.75, 0.75],
      binance_perpetual: [0.532503, 0.532503],
    })
  })
  it('charges the minimum on a small order and the cap where one per cent is less than the minimum', () => {
    expect(fee('ibkr_pro_tiered', 10, 50, 1)).toBe(0.35)
    expect(fee('ibkr_pro_tiered', 10, 2, 1)).toBe(0.2)
  })
  it('prices the tiers marginally: the part of the order beyond the tier costs less', () => {
    expect(fee('ibkr_pro_tiered', 200_000, 50, 1, 200_000)).toBeCloseTo(100_000 * 0.0035 + 100_000 * 0.002, 9)
    expect(fee('ibkr_pro_tiered', 1_000, 50, 1, 200_000_000)).toBe(0.5)
  })
  it('caps the activity fee of one sale', () => {
    const big = fee('alpaca', 100_000, 1, -1)
    expect(big).toBeCloseTo(8.3 + 2.78, 9)
  })
  it('takes a decimal half up although it is not exact in binary', () => {
    const bps: CommissionSchedule = { ...SCHEDULES.none, bps: 10 }
    const traded = (value: number): Traded => ({ shares: 1, value, soldShares: 0, soldValue: 0 })
    expect(commission(bps, share, traded(1_005), 0, USD)).toBe(1_010_000)
    expect(commission(bps, share, traded(1_004.9), 0, USD)).toBe(1_000_000)
  })
  it('never falls when an order trades more, so no fill has a negative fee', () => {
    const amounts = fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }))
    fc.assert(
      fc.property(amounts, fc.double({ min: 0.01, max: 500, noNaN: true }), ([first, more], price) => {
        for (const name of ['ibkr_pro_tiered', 'alpaca', 'ibkr_options'] as const) {
          expect(fee(name, first + more, price, -1)).toBeGreaterThanOrEqual(fee(name, first, price, -1))
        }
      }),
      { seed: 20_260_101, numRuns: 500 },
    )
  })
})

describe('slippageFraction', () => {
  it('is what each model says', () => {
    expect(slippageFraction({ kind: 'none' }, 100, 1_000)).toBe(0)
    expect(slippageFraction({ kind: 'bps', bps: 5 }, 100, 1_000)).toBe(0.0005)
    expect(slippageFraction({ kind: 'spread', fraction: 0.002 }, 100, 1_000)).toBe(0.002)
    expect(slippageFraction({ kind: 'participation', impact: 0.1 }, 100, 1_000)).toBeCloseTo(0.01, 15)
    expect(slippageFraction({ kind: 'participation', impact: 0.1 }, 5_000, 1_000)).toBe(0.1)
  })
  it('is always against the trader', () => {
    expect(slipped(100, 1, 0.01)).toBeCloseTo(101, 12)
    expect(slipped(100, -1, 0.01)).toBeCloseTo(99, 12)
    expect(slipped(100, -1, 2)).toBe(0)
  })
})
