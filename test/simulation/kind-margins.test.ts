import { describe, expect, it } from 'vitest'
import { type Quantity, quantity } from '../../src/domain/units.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { type Act, type HandBar, handRun } from './hand-run.ts'

describe('margins of futures in a portfolio', () => {
  const flat = (price: number, bars: number): HandBar[] => Array.from({ length: bars }, () => ({ open: price }))
  const root = { root: 'ES' as never, expiry: 20_250_321 as never }
  const future = { kind: 'future', unitsPerWhole: 1, unit: 1, step: 1 as Quantity, roundLot: 1 as Quantity } as const
  const terms = { ...future, multiplier: 10, future: root }
  const asks: Act = (_, out, at) => {
    if (at === 0) out.target(0, quantity(600), 'future')
    if (at === 1) out.target(1, quantity(5_000_000_000), 'shares')
  }
  function playedWith(prices: { readonly ESH: HandBar[]; readonly A: HandBar[] }) {
    return runBacktest(
      handRun({
        prices,
        instruments: { ESH: terms },
        sleeves: { one: { capital: 100_000, act: asks } },
        limits: { leverageMax: 20 },
      }),
    )
  }

  it('decide how much an entry may still bind, before the broker is asked', () => {
    const { positions, refusals } = playedWith({ ESH: flat(100, 5), A: flat(100, 5) })
    // 600 contracts of 1,000 dollars bind 60,000; the 40,000 that are left carry shares of 80,000.
    expect(positions.map(({ instrument, quantity: held }) => [instrument, held])).toEqual([
      ['ESH', 600],
      ['A', 800],
    ])
    expect(refusals.map(({ rule, end, allowed }) => [rule, end, allowed])).toEqual([['buyingPower', 'trimmed', 800]])
  })
  it('are called by the broker, who reduces at the next open, and the books agree', () => {
    const falling = [100, 100, 91, 91, 91].map((open): HandBar => ({ open }))
    const { positions, orders, invariants } = playedWith({ ESH: falling, A: flat(100, 5) })
    const called = orders.filter(({ shares }) => shares[0]!.reason === 'margin call')
    expect(called.map(({ instrument }) => instrument)).toContain('ESH')
    expect(positions.find(({ instrument }) => instrument === 'ESH')!.quantity).toBeLessThan(600)
    expect(invariants.violated).toEqual([])
  })
})
