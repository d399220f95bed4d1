import { describe, expect, it } from 'vitest'
import { exchangeRig, instrumentOf, MARGIN_ACCOUNT } from '../../test/fixtures/exchange-rig.ts'
import type { AccountRules } from '../domain/config.ts'
import { STANDARD_MARGINS } from '../domain/margins.ts'
import type { Quantity } from '../domain/units.ts'

/* A future of ten dollars a point and a perpetual, in an account of 100,000 beside shares. */

const ES = instrumentOf('ESH', 0, { kind: 'future', multiplier: 10, step: 1 as Quantity, roundLot: 1 as Quantity })
const PERP = instrumentOf('PERP', 1, { kind: 'perpetual' })
const SHARE = instrumentOf('A', 2)
const bar = (price: number) => [price, price, price, price, 1e9] as const
const rigOf = (account: AccountRules = MARGIN_ACCOUNT) => exchangeRig([ES, PERP, SHARE], { account })

describe('margins of futures and perpetuals at the broker', () => {
  it('let ten times the equity of a future be held, five times of a perpetual, twice of shares', () => {
    expect([STANDARD_MARGINS.future.initial, STANDARD_MARGINS.perpetual.initial]).toEqual([0.1, 0.2])
    for (const [of, most] of [
      [ES, 1_000],
      [PERP, 5_000],
      [SHARE, 2_000],
    ] as const) {
      for (const side of [1, -1]) {
        const rig = rigOf()
        rig.day([bar(100), bar(100), bar(100)])
        const { fills, states } = rig.send([{ of, shares: (most + 10) * side }])
        expect(fills.map(({ symbol, shares }) => [symbol, shares])).toEqual([[of.symbol, most * side]])
        expect(states[0]!.state).toBe('cancelled')
        expect(rig.exchange.buyingPower()).toBe(0)
      }
    }
  })
  it('leave the rest to what else is bought', () => {
    const rig = rigOf()
    rig.day([bar(100), bar(100), bar(100)])
    // 500 contracts bind 50,000, 1,250 coins sold short 25,000: half of 50,000 is left for shares.
    rig.send([
      { of: ES, shares: 500 },
      { of: PERP, shares: -1_250 },
    ])
    expect(rig.exchange.buyingPower()).toBe(25_000_000_000)
    expect(rig.send([{ of: SHARE, shares: 600 }]).fills.map(({ shares }) => shares)).toEqual([500])
  })
  it('are what the account states, where it does', () => {
    const margins = { future: { initial: 0.25, maintenance: 0.2 } }
    const rig = rigOf({ ...MARGIN_ACCOUNT, margins })
    rig.day([bar(100), bar(100), bar(100)])
    expect(rig.send([{ of: ES, shares: 999 }]).fills.map(({ shares }) => shares)).toEqual([400])
  })
  it('call once the maintenance part is gone, for as much as is missing', () => {
    const rig = rigOf()
    rig.day([bar(100), bar(100), bar(100)])
    rig.send([{ of: ES, shares: 1_000 }])
    rig.close()
    expect(rig.exchange.marginCall()).toBeNull()
    // At 97.9 are 79,000 left of 979,000, of which 78,320 must stay; at 97 are 70,000 of 970,000: 7,600 too few.
    rig.day([bar(97.9), bar(100), bar(100)])
    rig.close()
    expect(rig.exchange.marginCall()).toBeNull()
    rig.day([bar(97), bar(100), bar(100)])
    rig.close()
    expect(rig.exchange.marginCall()).toEqual({ deficit: 7_600_000_000 })
    // A contract frees 77.6: 98 of them do it.
    expect(rig.exchange.forcedReduction().map(({ legs }) => legs[0]!.quantity)).toEqual([-98])
  })
})
