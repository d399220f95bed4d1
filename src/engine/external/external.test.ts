import { describe, expect, it } from 'vitest'
import { counts, type OutsideRun, outsideRun } from '../../../test/fixtures/outside-rig.ts'
import { type Act, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import { type OrderId, type Price, type Quantity, sleeveId } from '../../domain/units.ts'
import { isToldFirst, TOLD_MOST } from './told-once.ts'

/** Two sleeves of 10,000 that buy 10 and 20 shares of A at the open of the second day, at 100. */
const buys =
  (shares: number): Act =>
  (_, out, bar) => {
    if (bar === 0) out.target(0, (shares * SHARE) as Quantity, 'entry')
  }

function twoSleeves(prices: readonly number[] = [100, 100, 110, 120, 130]): OutsideRun {
  const bars = prices.map((open) => ({ open }))
  return outsideRun(
    handRun({
      prices: { A: bars, B: bars.map(() => ({ open: 50 })) },
      sleeves: { one: { capital: 10_000, act: buys(10) }, two: { capital: 10_000, act: buys(20) } },
    }),
  )
}

function takeUntilHeld(outside: OutsideRun): void {
  for (let step = 0; step < 10 && outside.held('one', 0) === 0; step += 1) outside.next()
}

const A = 'A' as never

describe('an execution of a foreign order', () => {
  it('is booked to the external sleeve, cash and fee included, and alerts once', () => {
    const outside = twoSleeves()
    outside.next()
    outside.fill({ instrument: 0, quantity: 5 * SHARE, price: 90, fee: counts(1) })
    outside.fill({ instrument: 0, quantity: 2 * SHARE, price: 90 })
    expect(outside.held('external', 0)).toBe(7 * SHARE)
    expect(outside.cash('external')).toBe(counts(-631))
    expect(outside.cash('one')).toBe(counts(10_000))
    const alerts = outside.run.kernel.runtime.state.violations.filter(({ rule }) => rule === 'foreignFill')
    expect(alerts).toMatchObject([{ subject: 'A', value: 5, resolvedAt: null, action: 'booked to external' }])
    expect(outside.problems()).toEqual([])
  })

  it('counts in the limits on what the portfolio may hold', () => {
    const bars = [100, 100, 100].map((open) => ({ open }))
    const outside = outsideRun(
      handRun({
        prices: { A: bars },
        sleeves: { one: { capital: 10_000, act: buys(60) } },
        limits: { leverageMax: 1 },
      }),
    )
    outside.next()
    outside.fill({ instrument: 0, quantity: 70 * SHARE, price: 100 })
    for (let step = 0; step < 4; step += 1) outside.next()
    // 10,000 of equity carry 10,000 of positions, 7,000 of which are external.
    expect(outside.held('one', 0)).toBe(30 * SHARE)
  })
})

describe('an execution beyond what was ordered', () => {
  it('gives the order what it wants and the external sleeve the rest, rounded once', () => {
    const outside = twoSleeves()
    takeUntilHeld(outside)
    const { order } = outside.booked[0]!
    const before = outside.account()
    outside.fill({ order, instrument: 0, quantity: 3 * SHARE, price: 100.01, fee: counts(0.07) })
    expect(outside.held('one', 0)).toBe(10 * SHARE)
    expect(outside.held('external', 0)).toBe(3 * SHARE)
    expect(outside.account().cash).toBe(before.cash - 300_030_000 - 70_000)
    const { violations } = outside.run.kernel.runtime.state
    expect(violations).toMatchObject([{ rule: 'overfill', severity: 'medium', subject: 'A' }])
  })

  it('is one on the other side than its order, too', () => {
    const outside = twoSleeves()
    takeUntilHeld(outside)
    outside.fill({ order: outside.booked[0]!.order, instrument: 0, quantity: -4 * SHARE, price: 100 })
    expect([outside.held('one', 0), outside.held('external', 0)]).toEqual([10 * SHARE, -4 * SHARE])
  })

  it('is the whole execution where nobody knows its order', () => {
    const outside = twoSleeves()
    outside.next()
    outside.fill({ order: 77, instrument: 0, quantity: 4 * SHARE, price: 100 })
    expect(outside.held('external', 0)).toBe(4 * SHARE)
    expect(outside.run.kernel.runtime.state.violations).toMatchObject([{ rule: 'unknownOrder' }])
  })
})

describe('an execution of an order that was let go', () => {
  const shares = [
    { sleeve: sleeveId('one'), open: (2 * SHARE) as Quantity },
    { sleeve: sleeveId('two'), open: (4 * SHARE) as Quantity },
  ]

  it('is dealt by the shares that come with it', () => {
    const outside = twoSleeves()
    outside.next()
    outside.fill({ order: 77, instrument: 0, quantity: 3 * SHARE, price: 100, fee: counts(0.1), shares })
    expect([outside.held('one', 0), outside.held('two', 0)]).toEqual([1 * SHARE, 2 * SHARE])
    expect([outside.cash('one'), outside.cash('two')]).toEqual([counts(9_899.97), counts(9_799.93)])
    expect(outside.held('external', 0)).toBe(0)
  })

  it('gives the external sleeve what its shares do not want any more', () => {
    const outside = twoSleeves()
    outside.next()
    outside.fill({ order: 77, instrument: 0, quantity: 10 * SHARE, price: 100, shares })
    expect([outside.held('one', 0), outside.held('two', 0), outside.held('external', 0)]).toEqual([
      2 * SHARE,
      4 * SHARE,
      4 * SHARE,
    ])
  })
})

describe('a finding at the broker', () => {
  it('enters the external sleeve in kind and in money, and is no return of anybody', () => {
    const outside = twoSleeves()
    outside.next()
    outside.next()
    const before = outside.run.kernel.runtime.equity
    outside.find({
      instrument: 1,
      quantity: (3 * SHARE) as Quantity,
      price: 40 as Price,
      cash: [{ currency: 'USD' as never, amount: counts(500) }],
    })
    expect(outside.held('external', 1)).toBe(3 * SHARE)
    expect(outside.cash('external')).toBe(counts(500))
    expect(outside.run.kernel.runtime.equity).toBe(before + 650)
    const { state } = outside.run.kernel.runtime
    expect(state.previousEquity[2]).toBe(650)
    while (outside.next());
    const { flows, equity } = outside.recorder.days.series.sleeves[2]!
    expect(flows.reduce((sum, flow) => sum + flow, 0)).toBe(650)
    expect(equity.at(-1)).toBe(650)
  })

  it('counts foreign orders as on their way', () => {
    const outside = twoSleeves()
    outside.next()
    outside.next()
    const working = { buys: (7 * SHARE) as Quantity, sells: 0 as Quantity }
    outside.find({ instrument: 0, working })
    outside.find({ instrument: 0, working: { ...working, buys: (2 * SHARE) as Quantity } })
    const { state } = outside.run.kernel.runtime
    expect(state.pendingBuys[2 * state.books.width]).toBe(2 * SHARE)
    // The entries of both sleeves wait beside them.
    expect(state.accountBuys[0]).toBe(32 * SHARE)
  })
})

describe('what is external', () => {
  it('is sold by no command, no reaction and no rebalancing', () => {
    const outside = twoSleeves()
    outside.next()
    outside.fill({ instrument: 0, quantity: 5 * SHARE, price: 90 })
    outside.order({ kind: 'flatten', sleeve: null, reason: 'test' })
    outside.order({ kind: 'reduce', instrument: A, quantity: (-50 * SHARE) as Quantity, reason: 'test' })
    while (outside.next());
    expect(outside.held('external', 0)).toBe(5 * SHARE)
    expect(outside.held('one', 0)).toBe(0)
    const declined = outside.order({ kind: 'remove', sleeve: sleeveId('external') })
    expect(declined).toMatchObject([{ kind: 'declined', reason: 'what is external is held, and never traded' }])
  })

  it('takes part in splits and dividends', () => {
    const bars = [100, 100, 50, 50].map((open, bar) => ({ open, factor: bar >= 2 ? 2 : 1 }))
    const outside = outsideRun(handRun({ prices: { A: bars }, sleeves: { one: { capital: 1_000, act: null } } }))
    outside.next()
    outside.fill({ instrument: 0, quantity: 5 * SHARE, price: 100 })
    const { runtime } = outside.run.kernel
    const split = { kind: 'split', instrument: runtime.state.instruments[0]!.id, numerator: 2, denominator: 1 } as const
    outside.say({ kind: 'corporateAction', tradeDate: outside.run.tradeDate, action: split as never })
    expect(outside.held('external', 0)).toBe(10 * SHARE)
  })
})

describe('an assignment by the operator', () => {
  function holding(): OutsideRun {
    const outside = twoSleeves()
    outside.next()
    outside.fill({ instrument: 0, quantity: 5 * SHARE, price: 90 })
    return outside
  }
  const assign = (outside: OutsideRun, quantity: number, rest: object = {}) =>
    outside.order({
      kind: 'assign',
      to: sleeveId('one'),
      instrument: A,
      quantity: (quantity * SHARE) as Quantity,
      price: 90 as Price,
      ...rest,
    })

  it('moves position and money to the sleeve, and nothing of the account', () => {
    const outside = holding()
    const before = outside.account()
    expect(assign(outside, 5)).toEqual([])
    expect(outside.account()).toEqual(before)
    expect([outside.held('one', 0), outside.held('external', 0)]).toEqual([5 * SHARE, 0])
    expect([outside.cash('one'), outside.cash('external')]).toEqual([counts(9_550), 0])
    const { violations } = outside.run.kernel.runtime.state
    expect(violations).toMatchObject([{ rule: 'foreignFill', resolution: { how: 'recovered' } }])
  })

  it('moves it back, at the money that was agreed', () => {
    const outside = holding()
    assign(outside, 5)
    expect(assign(outside, -3, { cash: counts(-100) })).toEqual([])
    expect([outside.held('one', 0), outside.held('external', 0)]).toEqual([2 * SHARE, 3 * SHARE])
    expect([outside.cash('one'), outside.cash('external')]).toEqual([counts(9_650), counts(-100)])
  })

  it.each([
    ['more than is there', 6, {}, 'external holds 5 and "one" 0 of "A"'],
    ['nothing', 0, {}, 'nothing is moved'],
    ['a part of a step', 0.5, {}, 'finer is never traded'],
    ['to nobody', 5, { to: sleeveId('nobody') }, 'there is no sleeve "nobody"'],
    ['to itself', 5, { to: sleeveId('external') }, 'it is external already'],
    ['at a price below 0', 5, { price: -1 }, 'the price must be 0 or more'],
    ['what is not listed', 5, { instrument: 'X' }, 'no instrument "X" is listed'],
    ['from a sleeve that has none', -5, {}, 'external holds 5 and "one" 0'],
  ])('of %s is declined', (_, quantity, rest, reason) => {
    const outside = holding()
    expect(assign(outside, quantity, rest)).toMatchObject([{ kind: 'declined' }])
    const [declined] = assign(outside, quantity, rest)
    expect(declined?.kind === 'declined' ? declined.reason : '').toContain(reason)
    expect(outside.held('external', 0)).toBe(5 * SHARE)
  })

  it('moves money alone as far as there is some, or a debt to pay', () => {
    const outside = holding()
    const give = (amount: number) =>
      outside.order({ kind: 'assignCash', to: sleeveId('one'), currency: 'USD' as never, amount: counts(amount) })
    expect(give(10)).toMatchObject([{ kind: 'declined', reason: '10 USD cannot move: external has -450' }])
    expect(give(-450)).toEqual([])
    expect([outside.cash('one'), outside.cash('external')]).toEqual([counts(9_550), 0])
    expect(give(-20_000)).toMatchObject([{ kind: 'declined' }])
  })
})

describe('the order number of nobody', () => {
  it('is refused where the portfolio has no external sleeve', () => {
    const outside = twoSleeves()
    outside.next()
    const { state } = outside.run.kernel.runtime
    const { config } = state
    state.config = { ...config!, sleeves: config!.sleeves.slice(0, 2) }
    outside.run.kernel.runtime.sleeves.pop()
    expect(() => outside.fill({ order: 0 as OrderId, instrument: 0, quantity: 1, price: 1 })).toThrow(
      'a fill of a foreign order came',
    )
  })
})

describe('what a broker says of an account without an order', () => {
  it('is booked once, however often it is said', () => {
    const outside = twoSleeves()
    outside.next()
    outside.next()
    const finding = {
      id: 'd1',
      instrument: null,
      quantity: 0 as Quantity,
      price: 0 as Price,
      cash: [{ currency: 'USD' as never, amount: counts(500) }],
      evidence: 'deposit',
    }
    const { account, currency } = outside.run.kernel.runtime.state.config!
    const fee = {
      kind: 'cash',
      account: account.id,
      currency,
      amount: counts(-2),
      cause: 'fee',
      sleeve: sleeveId('two'),
      brokerEvent: 'f1',
    } as const
    for (let time = 0; time < 3; time += 1) {
      outside.say({ kind: 'external', finding, brokerEvent: 'd1' })
      outside.say(fee)
    }
    expect([outside.cash('external'), outside.cash('two')]).toEqual([counts(500), counts(9_998)])
    expect(outside.run.kernel.runtime.state.told).toEqual(['d1', 'f1'])
    outside.say({ ...fee, brokerEvent: 'f2' })
    expect(outside.cash('two')).toBe(counts(9_996))
    expect(outside.problems()).toEqual([])
  })

  it('is remembered for so many of them, the oldest forgotten first', () => {
    const state = { told: Array.from({ length: TOLD_MOST }, (_, at) => `t${at}`) }
    expect(isToldFirst(state, 't0')).toBe(false)
    expect(isToldFirst(state, 'new')).toBe(true)
    expect(state.told).toHaveLength(TOLD_MOST)
    expect([state.told[0], state.told.at(-1)]).toEqual(['t1', 'new'])
    expect(isToldFirst(state, undefined)).toBe(true)
  })
})
