import { describe, expect, it } from 'vitest'
import { type Act, dayOf, type HandBar, type HandRun, handRun, openOf } from '../../../test/simulation/hand-run.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { DatedAction } from '../../domain/market.ts'
import type { Holding } from '../../domain/strategy.ts'
import { instrumentId, type Price, type Quantity, quantity, type TradeDate } from '../../domain/units.ts'
import { runBacktest } from '../run/run.ts'

/*
 * A chain ES of two contracts, ten dollars a point. H costs 100 and gains 1 a bar; M always costs a tenth more. The chain
 * stands for H until the open of bar 3, for M from then on.
 */

const BARS = 7
const ROLL_BAR = 3
const FACTOR = 1 / 1.1
const far = (bar: number): HandBar => ({ open: (100 + bar) * 1.1, close: (100.5 + bar) * 1.1, factor: FACTOR })
const near = (bar: number): HandBar => ({ open: 100 + bar, close: 100.5 + bar })
const rows = (of: (bar: number) => HandBar): HandBar[] => Array.from({ length: BARS }, (_, bar) => of(bar))

const terms: Partial<Instrument> = {
  kind: 'future',
  multiplier: 10,
  unitsPerWhole: 1,
  unit: 1,
  step: 1 as Quantity,
  roundLot: 1 as Quantity,
}
const contract = (expiry: number): Partial<Instrument> => ({
  ...terms,
  future: { root: instrumentId('ES'), expiry: expiry as TradeDate },
})
const roll = (bar: number, from: string | null, to: string): DatedAction => ({
  at: openOf(bar),
  tradeDate: dayOf(bar),
  action: {
    kind: 'roll',
    instrument: instrumentId('ES'),
    from: from === null ? null : instrumentId(from),
    to: instrumentId(to),
  },
})

function runOf(
  sleeves: Readonly<Record<string, Act>>,
  changed: Partial<HandRun> = {},
  volumes: readonly number[] = [],
  contractsOf: 1 | 2 = 1,
) {
  const input = handRun({
    prices: { ES: rows((bar) => (bar < ROLL_BAR ? near(bar) : far(bar))), ESH: rows(near), ESM: rows(far) },
    instruments: { ES: terms, ESH: contract(20_240_108), ESM: contract(20_240_322) },
    actions: [roll(0, null, 'ESH'), roll(ROLL_BAR, 'ESH', 'ESM')],
    sleeves: Object.fromEntries(Object.entries(sleeves).map(([id, act]) => [id, { capital: 100_000, act }])),
    account: { initialMargin: 0.5 },
    ...changed,
  })
  for (const { volume } of input.market.blocks)
    for (const [bar, contracts] of volumes.entries()) volume.fill(contracts, bar * 3 + 1, bar * 3 + 1 + contractsOf)
  return runBacktest(input)
}

const enters =
  (
    contracts: number,
    protection?: { readonly stop?: number; readonly trail?: { fraction: number; intrabar: boolean } },
  ): Act =>
  (_, out, bar) => {
    if (bar === 0) out.target(0, quantity(contracts), 'in', protection === undefined ? {} : { protection })
  }

describe('a chain of futures', () => {
  it('is traded as the contract of the day', () => {
    const result = runOf({ one: enters(10) }, { actions: [roll(0, null, 'ESH')] })
    expect(result.positions.map(({ instrument, quantity: held, value }) => [instrument, held, value])).toEqual([
      ['ESH', 10, 10 * 10 * 106.5],
    ])
    // 10 contracts, 10 dollars a point, from the open of bar 1 at 101 to the last close at 106.5.
    expect(result.equity.at(-1)).toBeCloseTo(100_000 + 100 * 5.5, 6)
    expect(result.invariants.violated).toEqual([])
  })
  it('takes no order before its first contract', () => {
    const { refusals, positions } = runOf({ one: enters(10) }, { actions: [] })
    expect(refusals.map(({ rule, instrument }) => [rule, instrument])).toEqual([['notListed', 'ES']])
    expect(positions).toEqual([])
  })
  it('rolls with two orders at one auction, netted as any, and without a profit of its own', () => {
    const result = runOf({ long: enters(10), short: enters(-4) })
    const rolled = result.orders.filter(({ tradeDate }) => tradeDate === dayOf(ROLL_BAR))
    expect(
      rolled.map(({ instrument, net, filled, price, crossed }) => [instrument, net, filled, price, crossed]),
    ).toEqual([
      ['ESH', -6, -6, 103, 4],
      ['ESM', 6, 6, expect.closeTo(113.3, 9), 4],
    ])
    expect(rolled.flatMap(({ shares }) => shares.map(({ reason }) => reason))).toEqual(['roll', 'roll', 'roll', 'roll'])
    expect(result.positions.map(({ sleeve, instrument, quantity: held }) => [sleeve, instrument, held])).toEqual([
      ['long', 'ESM', 10],
      ['short', 'ESM', -4],
    ])
    // H from 101 to 103, then M from 113.3 to 117.15: what the two contracts moved while each was held.
    const moved = 2 + (106.5 * 1.1 - 103 * 1.1)
    expect(result.sleeves.map(({ equity }) => equity.at(-1)!)).toEqual([
      expect.closeTo(100_000 + 100 * moved, 6),
      expect.closeTo(100_000 - 40 * moved, 6),
    ])
    const [day, before] = [ROLL_BAR, ROLL_BAR - 1].map((at) => result.equity[at]!)
    // On the day of the roll: H from the last close to the open, M from the open to the close.
    expect(day! - before!).toBeCloseTo(60 * (103 - 102.5 + (103.5 - 103) * 1.1), 6)
    expect(result.invariants.violated).toEqual([])
    expect(result.maxOrdersPerInstrumentCycle).toBe(1)
  })
  it('shows the strategy one position, as old as its first contract', () => {
    const seen: (Holding | null)[] = []
    const watching: Act = (view, out, bar) => {
      enters(10)(view, out, bar)
      seen.push(view.holding(0))
      expect(view.projected(0)).toBe(10 * (view.position(0) === 0 ? 0 : 1))
    }
    runOf({ one: watching })
    expect(seen.map((held) => [held?.quantity ?? 0, held?.bars ?? 0])).toEqual([
      [0, 0],
      ...Array.from({ length: BARS - 1 }, (_, bar) => [10, bar + 1]),
    ])
  })
  it('keeps the exits of a position where they were on the signal scale', () => {
    // The stop of 1 % below the entry of 101 is at 99.99; on the new contract at 109.989, not 1 % below 113.3.
    const dip = (bar: number): HandBar => (bar === 5 ? { ...far(bar), low: 110 } : far(bar))
    const protection = { stop: 0.01 }
    const prices = { ES: rows((bar) => (bar < ROLL_BAR ? near(bar) : dip(bar))), ESH: rows(near), ESM: rows(dip) }
    expect(runOf({ one: enters(10, protection) }, { prices }).positions).toHaveLength(1)
    const deep = (bar: number): HandBar => (bar === 5 ? { ...far(bar), low: 109.9 } : far(bar))
    const lower = { ...prices, ESM: rows(deep) }
    const { trades } = runOf({ one: enters(10, protection) }, { prices: lower })
    expect(trades.map(({ instrument, exitReason, exitPrice }) => [instrument, exitReason, exitPrice])).toEqual([
      ['ESH', 'roll', 103],
      ['ESM', 'stop', expect.closeTo(109.98, 6)],
    ])
    // A trail knows the best price of the old contract: 4 % below 102.5 of the signal, before the roll.
    const fall = (bar: number): HandBar => ({ open: 103 * 1.1, close: (bar === 4 ? 98 : 103) * 1.1, factor: FACTOR })
    const falling = { ...prices, ESM: rows(fall) }
    const trailed = runOf({ one: enters(10, { trail: { fraction: 0.04, intrabar: false } }) }, { prices: falling })
    expect(trailed.trades.map(({ exitReason }) => exitReason)).toEqual(['roll', 'trail'])
  })
  it('sends an entry that waits over the roll to the new contract', () => {
    const late: Act = (_, out, bar) => {
      if (bar === ROLL_BAR - 1) out.target(0, quantity(3), 'late')
    }
    const { positions, orders } = runOf({ one: late })
    expect(positions.map(({ instrument, quantity: held }) => [instrument, held])).toEqual([['ESM', 3]])
    expect(orders).toHaveLength(1)
  })
  it('sells what leaves at the roll once', () => {
    const leaves: Act = (view, out, bar) => {
      enters(10)(view, out, bar)
      if (bar === ROLL_BAR - 1) out.exit(0, 'out')
    }
    const { orders, positions } = runOf({ one: leaves })
    expect(orders.map(({ instrument, filled }) => [instrument, filled])).toEqual([
      ['ESH', 10],
      ['ESH', -10],
    ])
    expect(positions).toEqual([])
  })
  it.each([
    ['rests at the broker', 1, -10],
    ['rests for a part', 1, -4],
    ['waits for its auction', ROLL_BAR - 1, -10],
  ])('rolls all of a position whose exit at a price %s: that exit ends with the old contract', (_, from, exit) => {
    const act: Act = (view, out, bar) => {
      enters(10)(view, out, bar)
      const terms = { type: 'limit', force: 'gtc', limit: 500 as Price } as const
      if (bar === from) out.change(0, quantity(exit), 'far away', { terms })
    }
    const { positions, invariants } = runOf({ one: act })
    expect(positions.map(({ instrument, quantity: held }) => [instrument, held])).toEqual([['ESM', 10]])
    expect(invariants.violated).toEqual([])
  })
  it('never holds more than before where the old contract finds its buyers later than the new one its sellers', () => {
    const again = [roll(0, null, 'ESH'), roll(ROLL_BAR, 'ESH', 'ESM'), roll(ROLL_BAR + 1, 'ESH', 'ESM')]
    const volumes = [100, 100, 100, 4, 100, 100, 100]
    const held: number[] = []
    const watching: Act = (view, out, bar) => {
      enters(10)(view, out, bar)
      held.push(view.position(0))
    }
    const { positions, invariants } = runOf({ one: watching }, { actions: again, participationMax: 1 }, volumes)
    expect(positions.map(({ instrument, quantity: now }) => [instrument, now])).toEqual([['ESM', 10]])
    expect(held.slice(ROLL_BAR)).toEqual([16, 10, 10, 10])
    expect(invariants.violated).toEqual([])
  })
  it('counts contracts that could not be sold yet towards a target, and gives up those first', () => {
    const again = [roll(0, null, 'ESH'), roll(ROLL_BAR, 'ESH', 'ESM'), roll(ROLL_BAR + 1, 'ESH', 'ESM')]
    const volumes = [100, 100, 100, 4, 100, 100, 100]
    const held: number[] = []
    const wanting =
      (then: number): Act =>
      (view, out, bar) => {
        out.target(0, quantity(bar < ROLL_BAR ? 10 : then), 'want')
        held.push(view.position(0))
      }
    const endOf = (then: number): unknown => {
      const { positions, invariants } = runOf(
        { one: wanting(then) },
        { actions: again, participationMax: 1 },
        volumes,
        2,
      )
      expect(invariants.violated).toEqual([])
      return positions.map(({ instrument, quantity: held }) => [instrument, held])
    }
    expect([10, 4, 0, -2].map(endOf)).toEqual([[['ESM', 10]], [['ESM', 4]], [], [['ESM', -2]]])
    const lastBars = [10, 4, 0, -2].map((_, run) => held.slice(run * BARS + ROLL_BAR, run * BARS + ROLL_BAR + 3))
    expect(lastBars).toEqual([
      [10, 10, 10],
      [10, 4, 4],
      [10, 0, 0],
      [10, -2, -2],
    ])
  })
  it('rolls on the next day what found no buyer, and closes what is left with the contract', () => {
    const again = [roll(0, null, 'ESH'), roll(ROLL_BAR, 'ESH', 'ESM'), roll(ROLL_BAR + 1, 'ESH', 'ESM')]
    const thin = { actions: again, volume: 6, participationMax: 1 }
    const two: Act = (_, out, bar) => {
      if (bar < 2) out.target(0, quantity(6 * (bar + 1)), 'in')
    }
    const result = runOf({ one: two }, thin)
    expect(result.positions.map(({ instrument, quantity: held }) => [instrument, held])).toEqual([['ESM', 12]])
    expect(result.invariants.violated).toEqual([])
    const end: DatedAction = {
      at: openOf(5),
      tradeDate: dayOf(5),
      action: { kind: 'ended', instrument: instrumentId('ESH'), price: 104.5 as never, cause: 'expiry' },
    }
    const settled = runOf({ one: enters(10) }, { actions: [roll(0, null, 'ESH'), end] })
    expect(settled.trades.map(({ exitReason, exitPrice }) => [exitReason, exitPrice])).toEqual([['expiry', 104.5]])
  })
})
