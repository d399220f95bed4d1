import { describe, expect, it } from 'vitest'
import { type Act, dayOf, handRun, openOf, SHARE } from '../../../test/simulation/hand-run.ts'
import type { CorporateAction, DatedAction } from '../../domain/market.ts'
import { instrumentId, type Price, quantity } from '../../domain/units.ts'
import { runBacktest } from '../run/run.ts'

const A = instrumentId('A')
const flat = (price: number, bars: number) => Array.from({ length: bars }, () => ({ open: price }))
const on = (bar: number, action: CorporateAction): DatedAction => ({ at: openOf(bar), tradeDate: dayOf(bar), action })
const funding = (rate: number, price: number | null = null): CorporateAction => ({
  kind: 'funding',
  instrument: A,
  rate,
  price: price as Price | null,
})
const borrow = (rate: number, days: number, isAvailable = true): CorporateAction => ({
  kind: 'borrow',
  instrument: A,
  rate,
  days,
  isAvailable,
  price: null,
})
/** Holds so many shares from the second bar on. */
const holds =
  (shares: number): Act =>
  (_, out, bar) => {
    if (bar === 0) out.target(0, quantity(shares * SHARE), 'hold')
  }

function runOf(sleeves: Readonly<Record<string, Act>>, actions: readonly DatedAction[], bars = 4) {
  return runBacktest(
    handRun({
      prices: { A: flat(100, bars) },
      actions,
      sleeves: Object.fromEntries(Object.entries(sleeves).map(([id, act]) => [id, { capital: 100_000, act }])),
    }),
  )
}

describe('funding', () => {
  it('goes from longs to shorts on what each sleeve holds, and the other way round where the rate is negative', () => {
    const sleeves = { long: holds(30), short: holds(-10), flat: () => {} }
    const result = runOf(sleeves, [on(2, funding(0.001)), on(3, funding(-0.0004, 125))])
    // 30 x 100 x 0.1 % less 30 x 125 x 0.04 %, and the same a third as large on the other side.
    expect(result.sleeves.map(({ financing }) => financing)).toEqual([-3 + 1.5, 1 - 0.5, 0])
    expect(result.sleeves.map(({ equity }) => equity.at(-1))).toEqual([99_998.5, 100_000.5, 100_000])
    expect(result.invariants.violated).toEqual([])
    const told = result.attribution.filter(({ kind }) => kind === 'funding')
    expect(told.map(({ sleeve, price, cash }) => [sleeve, price, cash])).toEqual([
      ['long', 0.001, -3],
      ['short', 0.001, 1],
      ['long', -0.0004, 1.5],
      ['short', -0.0004, -0.5],
    ])
  })
  it('is part of the trade that it was paid on', () => {
    const act: Act = (view, out, bar) => {
      holds(-10)(view, out, bar)
      if (bar === 2) out.exit(0, 'out')
    }
    const { trades } = runOf({ one: act }, [on(2, funding(0.002))])
    expect(trades.map(({ side, pnl }) => [side, pnl])).toEqual([['short', 2]])
  })
  it('asks nobody who opens at the auction that follows it', () => {
    const { sleeves } = runOf({ one: holds(10) }, [on(1, funding(0.01))])
    expect(sleeves[0]!.financing).toBe(0)
  })
})

describe('borrowed shares', () => {
  it('cost the short by the day, whatever is held long pays nothing', () => {
    const result = runOf({ short: holds(-365), idle: () => {} }, [on(2, borrow(0.1, 1)), on(3, borrow(0.1, 3))])
    expect(result.sleeves.map(({ financing }) => financing)).toEqual([-10 - 30, 0])
    expect(runOf({ long: holds(365) }, [on(2, borrow(0.1, 1))]).sleeves[0]!.financing).toBe(0)
    expect(result.invariants.violated).toEqual([])
  })
  it('are paid to the peer that they come from, as far as the account holds them', () => {
    const result = runOf({ short: holds(-365), long: holds(146) }, [on(2, borrow(0.1, 1))])
    // The broker lends 219 of 365: 6 of 10 dollars; the rest is the peer's.
    expect(result.sleeves.map(({ financing }) => financing)).toEqual([-10, 4])
    const inside = runOf({ short: holds(-100), long: holds(365) }, [on(2, borrow(0.365, 1))])
    expect(inside.sleeves.map(({ financing }) => financing)).toEqual([-10, 10])
    expect([...result.invariants.violated, ...inside.invariants.violated]).toEqual([])
  })
  it('are refused by name while nobody lends them; what is short stays, and may be covered', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, quantity(-10 * SHARE), 'more')
      if (bar === 2 || bar === 4) out.change(0, quantity(-5 * SHARE), 'more')
      if (bar === 3) out.change(0, quantity(4 * SHARE), 'less')
    }
    const terms = [on(2, borrow(0, 1, false)), on(4, borrow(0, 1, true))]
    const result = runOf({ one: act }, terms, 7)
    expect(result.refusals.map(({ rule, tradeDate }) => [rule, tradeDate])).toEqual([['notBorrowable', dayOf(2)]])
    expect(result.positions.map(({ quantity: held }) => held)).toEqual([-11])
  })
  it('cannot be sold by an order that was on its way when they ran out', () => {
    const { orders, positions } = runOf({ one: holds(-10) }, [on(1, borrow(0, 1, false))])
    expect(orders.map(({ state, filled }) => [state, filled])).toEqual([['rejected', 0]])
    expect(positions).toEqual([])
  })
})
