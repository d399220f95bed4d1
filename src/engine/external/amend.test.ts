import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Booked, counts, type OutsideRun, outsideRun } from '../../../test/fixtures/outside-rig.ts'
import { propertyRuns } from '../../../test/profile.ts'
import { drawnPortfolio, runInputOf } from '../../../test/simulation/drawn-portfolio.ts'
import { type Act, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import type { Amendment } from '../../domain/corrections.ts'
import type { EngineEvent } from '../../domain/events.ts'
import {
  type InstrumentId,
  type Money,
  money,
  type Price,
  type Quantity,
  quantity,
  type TradeDate,
} from '../../domain/units.ts'
import { averagePrice } from '../../pipeline/ledger/books.ts'
import { decodeEvent, encodeEvent } from '../journal/codec.ts'
import { type Kernel, restoreKernel } from '../kernel.ts'
import type { Runtime } from '../runtime.ts'
import type { Snapshot } from '../snapshot.ts'

const shares = (count: number): Quantity => (count * SHARE) as Quantity

/** A sleeve of 10,000 and one of 20,000; the second asks for twice what the first does, at the open after each bar. */
function traded(
  wishes: readonly number[],
  prices: readonly number[],
  protection?: { readonly stop: number },
  instruments: Parameters<typeof handRun>[0]['instruments'] = {},
): OutsideRun {
  const act =
    (factor: number): Act =>
    (_, out, bar) => {
      const wish = wishes[bar]
      const options = protection === undefined ? undefined : { protection }
      if (wish !== undefined) out.target(0, shares(wish * factor), `bar ${bar}`, options)
    }
  const outside = outsideRun(
    handRun({
      prices: { A: prices.map((open) => ({ open })) },
      instruments,
      sleeves: { one: { capital: 10_000, act: act(1) }, two: { capital: 20_000, act: act(2) } },
    }),
  )
  return outside
}

/** Plays on until as many executions are booked. */
function playUntil(outside: OutsideRun, executions: number): readonly Booked[] {
  while (outside.booked.length < executions && outside.next());
  expect(outside.booked).toHaveLength(executions)
  return [...outside.booked]
}

function standing({ run }: OutsideRun, sleeve = 0) {
  const { books } = run.kernel.runtime.state
  const at = sleeve * books.width
  return {
    held: books.quantity[at]! / SHARE,
    price: averagePrice(books, sleeve, 0),
    realised: books.realised[at]!,
    cash: books.cash[sleeve]! / 1_000_000,
    fees: books.fees[sleeve]! / 1_000_000,
  }
}

describe('a bust', () => {
  it('takes back an entry to the last count, and the round trip with it', () => {
    const outside = traded([10], [100, 100, 110, 120])
    const [entry] = playUntil(outside, 1)
    expect(entry!.shares.map(({ quantity: own }) => own)).toEqual([shares(10), shares(20)])
    outside.amend(entry!, { kind: 'bust' })
    expect(standing(outside)).toEqual({ held: 0, price: Number.NaN, realised: 0, cash: 10_000, fees: 0 })
    expect(outside.account()).toEqual({ cash: counts(30_000), positions: [0] })
    expect(outside.recorder.trades.trades).toEqual([])
    expect(outside.booked).toEqual([])
    expect(outside.problems()).toEqual([])
  })

  it('of what an exit waits for takes the exit back: nothing that is not held is sold', () => {
    const outside = traded([10, 0], [100, 100, 110, 120])
    const [entry] = playUntil(outside, 1)
    outside.next()
    const { state } = outside.run.kernel.runtime
    outside.amend(entry!, { kind: 'replaced', quantity: shares(12), price: 100 as Price, fee: null })
    // The sleeves have 4 and 8 of it.
    expect([standing(outside).held, standing(outside, 1).held]).toEqual([4, 8])
    expect(state.pendingSells[0]).toBe(shares(4))
    outside.next()
    expect([standing(outside).held, standing(outside, 1).held]).toEqual([0, 0])
    expect(outside.problems()).toEqual([])

    const busted = traded([10, 0], [100, 100, 110, 120])
    const [whole] = playUntil(busted, 1)
    busted.next()
    busted.amend(whole!, { kind: 'bust' })
    while (busted.next());
    expect([standing(busted).held, standing(busted, 1).held, busted.booked.length]).toEqual([0, 0, 0])
    expect(busted.problems()).toEqual([])
  })

  it('leaves the average price of the other entries', () => {
    const outside = traded([10, 30], [100, 100, 130, 130])
    const [first] = playUntil(outside, 2)
    expect(standing(outside).price).toBe(120)
    outside.amend(first!, { kind: 'bust' })
    expect(standing(outside)).toMatchObject({ held: 20, price: 130, realised: 0, cash: 7_400 })
  })

  it('gives a position that was sold its price back, and takes the profit away', () => {
    const outside = traded([10, 4], [100, 100, 120, 120])
    const [, exit] = playUntil(outside, 2)
    expect(standing(outside)).toMatchObject({ held: 4, realised: 120 })
    outside.amend(exit!, { kind: 'bust' })
    expect(standing(outside)).toEqual({ held: 10, price: 100, realised: 0, cash: 9_000, fees: 0 })
  })

  it('opens a round trip again that its execution had ended', () => {
    const outside = traded([10, 0], [100, 100, 120, 120])
    const [, exit] = playUntil(outside, 2)
    expect(outside.recorder.trades.trades).toMatchObject([{ pnl: 200 }, { pnl: 400 }])
    outside.amend(exit!, { kind: 'bust' })
    expect(outside.recorder.trades.trades).toEqual([])
    expect(standing(outside)).toMatchObject({ held: 10, price: 100, realised: 0 })
  })

  it('of an entry that was sold since keeps the sum of realised and open profit, at a sensible price', () => {
    const outside = traded([10, 20, 5], [100, 100, 140, 120, 120])
    const [, second] = playUntil(outside, 3)
    expect(standing(outside)).toMatchObject({ held: 5, price: 120, realised: 0 })
    outside.amend(second!, { kind: 'bust' })
    // Bought 10 at 100, sold 15 at 120: short 5, turned over at the price that was taken back.
    const { held, price, realised, cash } = standing(outside)
    expect({ held, price, cash }).toEqual({ held: -5, price: 140, cash: 10_800 })
    expect(realised + held * (120 - price)).toBeCloseTo(200, 9)
  })

  it('takes an order not up again that was filled whole, whether its cycle is still open or not', () => {
    const kept = [false, true].map((isClosed) => {
      const outside = traded([10], [100, 100, 110, 120])
      const [entry] = playUntil(outside, 1)
      const { kernel } = outside.run
      if (isClosed) kernel.snapshot()
      outside.amend(entry!, { kind: 'bust' })
      return new TextDecoder().decode(kernel.canonical())
    })
    expect(kept[1]).toBe(kept[0])
  })

  it('of an execution from before a split books nothing: its instrument is frozen, and somebody must look', () => {
    const outside = traded([10], [100, 100, 110, 120])
    const { run } = outside
    const { state, tradeDate } = run.kernel.runtime
    const [entry] = playUntil(outside, 1)
    const boughtAt = run.at
    const before = standing(outside)
    while (run.at === boughtAt) outside.next()
    const split = { kind: 'split', instrument: state.instruments[0]!.id, numerator: 2, denominator: 1 } as const
    outside.say({ kind: 'corporateAction', tradeDate: tradeDate as TradeDate, action: { ...split, priceAfter: null } })
    outside.amend(entry!, { kind: 'bust' }, boughtAt)
    expect(standing(outside)).toMatchObject({ held: 20, cash: before.cash })
    expect(state.gates?.shut).toMatchObject([{ gate: 'frozen', instrument: 0 }])
    expect(state.violations).toMatchObject([{ rule: 'amended', severity: 'high', resolvedAt: null }])
    // What was traded since counts in the new units, and is taken back as ever.
    outside.fill({ instrument: 0, quantity: shares(3), price: 50 })
    const late = outside.booked.at(-1)!
    outside.amend(late, { kind: 'bust' }, run.at)
    expect([outside.held('external', 0), outside.problems()]).toEqual([0, []])
  })

  it('binds the money of an order again that still works', () => {
    const outside = partly()
    const { state } = outside.run.kernel.runtime
    const [part] = playUntil(outside, 1)
    const before = state.pendingBuys[0]!
    expect(part!.shares.map(({ quantity: own }) => own)).toEqual([shares(2), shares(4)])
    expect(before).toBe(shares(8))
    outside.amend(part!, { kind: 'bust' })
    expect(state.pendingBuys[0]).toBe(shares(10))
    outside.fill({ order: part!.order, instrument: 0, quantity: shares(30), price: 99 })
    expect([outside.held('one', 0), outside.held('external', 0)]).toEqual([shares(10), 0])
    expect(state.pendingBuys[0]).toBe(0)
    expect(outside.problems()).toEqual([])
  })
})

/** An order of 30 shares at a limit of which a bar's volume lets 6 through. */
function partly(): OutsideRun {
  const act =
    (factor: number): Act =>
    (_, out, bar) => {
      if (bar === 0)
        out.target(0, shares(10 * factor), 'limit', { terms: { type: 'limit', limit: 100 as Price, force: 'gtc' } })
    }
  return outsideRun(
    handRun({
      prices: { A: [100, 99, 99, 99, 99].map((open) => ({ open })) },
      sleeves: { one: { capital: 10_000, act: act(1) }, two: { capital: 20_000, act: act(2) } },
      volume: 60,
      participationMax: 0.1,
    }),
  )
}

describe('a correction', () => {
  it('books other units at another price by the same shares, and keeps the exits of the position', () => {
    const outside = traded([10], [100, 100, 110, 120], { stop: 0.1 })
    const [entry] = playUntil(outside, 1)
    const { state } = outside.run.kernel.runtime
    const [guards, opened] = [structuredClone(state.guards), state.openedAt[0]]
    outside.next()
    outside.amend(entry!, { kind: 'replaced', quantity: shares(27), price: 101 as Price, fee: null })
    expect(standing(outside)).toEqual({ held: 9, price: 101, realised: 0, cash: 9_091, fees: 0 })
    expect(standing(outside, 1)).toEqual({ held: 18, price: 101, realised: 0, cash: 18_182, fees: 0 })
    expect(state.guards.map(({ sleeve, protection }) => [sleeve, protection])).toEqual(
      guards.map(({ sleeve, protection }) => [sleeve, protection]),
    )
    expect(state.openedAt[0]).toBe(opened)
    expect(outside.booked).toMatchObject([
      { execution: 2, shares: [{ quantity: shares(9) }, { quantity: shares(18) }] },
    ])
    expect(outside.problems()).toEqual([])
  })

  it('may be corrected and busted itself', () => {
    const outside = traded([10], [100, 100, 110, 120])
    const [entry] = playUntil(outside, 1)
    outside.amend(entry!, { kind: 'replaced', quantity: shares(30), price: 90 as Price, fee: counts(3) })
    outside.amend(outside.booked[0]!, { kind: 'fee', fee: counts(1) })
    expect(standing(outside)).toMatchObject({ held: 10, price: 90, fees: 0.33 })
    outside.amend(outside.booked[0]!, { kind: 'bust' })
    expect(standing(outside)).toEqual({ held: 0, price: Number.NaN, realised: 0, cash: 10_000, fees: 0 })
    expect(outside.counts['9']).toBeGreaterThan(3)
    expect(outside.problems()).toEqual([])
  })
})

describe('a fee that is told later', () => {
  it('takes the place of the one that was charged, by whole cents, in books and round trips', () => {
    const outside = traded([10, 0], [100, 100, 120, 120])
    const [, exit] = playUntil(outside, 2)
    outside.amend(exit!, { kind: 'fee', fee: counts(1) })
    expect([standing(outside).fees, standing(outside, 1).fees]).toEqual([0.33, 0.67])
    expect(standing(outside)).toMatchObject({ held: 0, realised: 200, cash: 10_199.67 })
    expect(outside.recorder.trades.trades).toMatchObject([
      { pnl: 199.67, fees: 0.33 },
      { pnl: 399.33, fees: 0.67 },
    ])
    expect(outside.account().cash).toBe(counts(30_599))
    expect(outside.problems()).toEqual([])
  })

  it('is of the round trip of its execution, though another is open by now', () => {
    const outside = traded([10, 0, 5], [100, 100, 120, 130, 130])
    const [, exit] = playUntil(outside, 3)
    expect(standing(outside).held).toBe(5)
    outside.amend(exit!, { kind: 'fee', fee: counts(1) })
    expect(outside.recorder.trades.trades).toMatchObject([
      { pnl: 199.67, fees: 0.33 },
      { pnl: 399.33, fees: 0.67 },
    ])
    expect(outside.problems()).toEqual([])
  })

  it('in kind of what was sold since is told: nobody can be short of a coin', () => {
    const outside = traded([10, 0], [100, 100, 110, 120, 120], undefined, { A: { shortable: false } })
    const [entry] = playUntil(outside, 2)
    const { state } = outside.run.kernel.runtime
    outside.amend(entry!, { kind: 'feeInKind', quantity: shares(3), price: 110 as Price })
    expect([standing(outside).held, standing(outside, 1).held]).toEqual([-1, -2])
    expect(state.violations).toMatchObject([{ rule: 'amended', severity: 'low', value: 2, resolvedAt: null }])
    expect(outside.problems()).toEqual([])
  })

  it('in kind is a sale whose proceeds are the fee', () => {
    const outside = traded([10], [100, 100, 110, 120])
    const [entry] = playUntil(outside, 1)
    outside.amend(entry!, { kind: 'feeInKind', quantity: shares(3), price: 110 as Price })
    expect(standing(outside)).toEqual({ held: 9, price: 100, realised: 10, cash: 9_000, fees: 110 })
    expect(outside.account()).toEqual({ cash: counts(27_000), positions: [shares(27)] })
    expect(outside.problems()).toEqual([])
  })
})

/** Money that no correction may make or lose: cash and cost, less what was realised, plus what was charged. */
function footing({ state }: Runtime, sleeve: number): number {
  const { books, instruments } = state
  let sum = (books.cash[sleeve]! + books.fees[sleeve]!) / 1_000_000
  for (const { index, multiplier } of instruments) {
    const at = sleeve * books.width + index
    sum += books.cost[at]! * multiplier - books.realised[at]!
  }
  return sum
}

interface Step {
  readonly kind: 'foreign' | 'over' | 'bust' | 'replaced' | 'fee' | 'feeInKind' | 'assign' | 'find'
  readonly pick: number
  readonly size: number
  readonly side: 1 | -1
  readonly price: number
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>('foreign', 'over', 'bust', 'replaced', 'fee', 'feeInKind', 'assign', 'find'),
    pick: fc.nat(50),
    size: fc.integer({ min: 1, max: 40 }),
    side: fc.constantFrom(1, -1),
    price: fc.integer({ min: 1, max: 40_000 }).map((cents) => cents / 100),
  }),
  { minLength: 5, maxLength: 25 },
)

/** What the account must have afterwards: units of the instrument, and counts. */
interface Expected {
  readonly instrument: number
  readonly units: number
  readonly cash: number
}

describe('whatever is done to an account from outside', () => {
  it('leaves sums that are exact, and a state that a restart finds again', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(drawnPortfolio, steps, fc.nat(30), (drawn, done, cutAt) => {
        const tail: Uint8Array[] = []
        let snapshot: string | null = null
        const outside = outsideRun({
          ...runInputOf(drawn),
          journal: (event: EngineEvent) => void (snapshot === null ? 0 : tail.push(encodeEvent(event))),
        })
        const { kernel } = outside.run
        let left = [...done]
        for (let instant = 0; outside.next(); instant += 1) {
          if (instant === cutAt) snapshot = JSON.stringify(kernel.snapshot())
          if (instant % 2 === 1) continue
          const [step, ...rest] = left
          left = rest
          if (step !== undefined && take(outside, step)) seen.set(step.kind, (seen.get(step.kind) ?? 0) + 1)
        }
        expect(outside.problems()).toEqual([])
        if (snapshot !== null) expect(replayed(outside, JSON.parse(snapshot) as Snapshot, tail)).toBe(true)
      }),
      propertyRuns(150, 10_000),
    )
    for (const kind of ['foreign', 'over', 'bust', 'replaced', 'fee', 'feeInKind', 'assign', 'find'])
      expect([kind, (seen.get(kind) ?? 0) > 5]).toEqual([kind, true])
  })
})

/** Whether a kernel that goes on from the snapshot with the journalled events stands where the run does. */
function replayed({ run }: OutsideRun, snapshot: Snapshot, tail: readonly Uint8Array[]): boolean {
  const { runtime } = run.kernel
  const again: Kernel = restoreKernel(snapshot, { strategies: runtime.strategies })
  const nameOf = (index: number): InstrumentId => runtime.state.instruments[index]!.id
  for (const bytes of tail) again.apply(decodeEvent(bytes, nameOf))
  return Buffer.compare(again.canonical(), run.kernel.canonical()) === 0
}

/** Does it, and holds the account against what it must be; false where nothing was there to do it to. */
function take(outside: OutsideRun, step: Step): boolean {
  const { runtime } = outside.run.kernel
  const before = outside.account()
  const footed = runtime.sleeves.map((_, sleeve) => footing(runtime, sleeve))
  const expected = act(outside, step)
  if (expected === null) return false
  const after = outside.account()
  const positions = [...before.positions]
  positions[expected.instrument]! += expected.units
  expect(after).toEqual({ cash: before.cash + expected.cash, positions })
  if (step.kind === 'bust' || step.kind === 'replaced' || step.kind === 'fee' || step.kind === 'feeInKind')
    runtime.sleeves.forEach((_, sleeve) => {
      // Cash is whole counts, cost is not: a few of them, and what doubles of that size can tell.
      const scale = Math.max(1, Math.abs(footed[sleeve]!))
      expect(Math.abs(footing(runtime, sleeve) - footed[sleeve]!)).toBeLessThan(1e-5 + scale * 1e-9)
    })
  return true
}

function act(outside: OutsideRun, step: Step): Expected | null {
  const { runtime } = outside.run.kernel
  const { instruments } = runtime.state
  const instrument = step.pick % instruments.length
  const { step: unit } = instruments[instrument]!
  const units = unit * step.size * step.side
  const booked = outside.booked[step.pick % Math.max(1, outside.booked.length)]
  switch (step.kind) {
    case 'foreign':
      return filled(outside, { instrument, quantity: units, price: step.price, fee: step.size * 10_000 })
    case 'over':
      if (booked === undefined) return null
      return filled(outside, {
        order: booked.order,
        instrument: booked.instrument,
        quantity: instruments[booked.instrument]!.step * step.size * step.side,
        price: step.price,
        fee: 0,
      })
    case 'find': {
      const cash = [{ currency: 'USD' as never, amount: units as Money }]
      outside.find({ instrument, quantity: quantity(units), price: step.price as Price, cash })
      return { instrument, units, cash: units }
    }
    case 'assign':
      return assigned(outside, instrument)
    default:
      return booked === undefined ? null : amended(outside, booked, step)
  }
}

function filled(
  outside: OutsideRun,
  fill: {
    readonly order?: number
    readonly instrument: number
    readonly quantity: number
    readonly price: number
    readonly fee: number
  },
): Expected {
  const { perPrice } = outside.run.kernel.runtime
  const cash = Math.floor(Math.abs(fill.quantity) * fill.price * perPrice[fill.instrument]! + 0.5)
  outside.fill(fill)
  const { instrument, quantity: units, fee } = fill
  return { instrument, units, cash: (units > 0 ? 0 - cash : cash) - fee }
}

function assigned(outside: OutsideRun, from: number): Expected | null {
  const { state, sleeves } = outside.run.kernel.runtime
  const external = sleeves.length - 1
  for (let turn = 0; turn < state.instruments.length; turn += 1) {
    const { id, index } = state.instruments[(from + turn) % state.instruments.length]!
    const held = state.books.quantity[external * state.books.width + index]!
    const to = sleeves.find(
      ({ ordinal }) => ordinal !== external && state.books.quantity[ordinal * state.books.width + index] === 0,
    )
    if (held === 0 || to === undefined) continue
    const command = {
      kind: 'assign',
      to: to.config.id,
      instrument: id,
      quantity: quantity(held),
      price: 7 as Price,
    } as const
    if (outside.order(command).length === 0) return { instrument: index, units: 0, cash: 0 }
  }
  return null
}

function amended(outside: OutsideRun, booked: Booked, step: Step): Expected {
  const { runtime } = outside.run.kernel
  const { instrument } = booked
  const parts = booked.shares.filter(({ isFee }) => step.kind === 'bust' || isFee !== true)
  const sum = (read: (share: (typeof parts)[number]) => number): number =>
    parts.reduce((total, one) => total + read(one), 0)
  const [units, cash, fee] = [sum((one) => one.quantity), sum((one) => one.cash), sum((one) => one.fee)]
  const counted = (size: number, price: number): number =>
    Math.floor(size * price * runtime.perPrice[instrument]! + 0.5)
  const size = runtime.state.instruments[instrument]!.step * step.size
  switch (step.kind) {
    case 'replaced': {
      const side = units < 0 ? -1 : 1
      const worth = counted(size, step.price) * side
      const amendment: Amendment = {
        kind: 'replaced',
        quantity: quantity(size * side),
        price: step.price as Price,
        fee: money(step.size),
      }
      outside.amend(booked, amendment)
      return { instrument, units: size * side - units, cash: 0 - worth - step.size - (cash - fee) }
    }
    case 'fee':
      outside.amend(booked, { kind: 'fee', fee: money(step.size * 10_000) })
      return { instrument, units: 0, cash: fee - step.size * 10_000 }
    case 'feeInKind': {
      const most = Math.min(size, Math.abs(units))
      outside.amend(booked, { kind: 'feeInKind', quantity: quantity(most), price: step.price as Price })
      return { instrument, units: units < 0 ? most : 0 - most, cash: 0 }
    }
    default:
      outside.amend(booked, { kind: 'bust' })
      return { instrument, units: 0 - units, cash: 0 - (cash - fee) }
  }
}
