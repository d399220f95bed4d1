import { describe, expect, it } from 'vitest'
import { type Act, dayOf, type HandBar, handRun, openOf, SHARE } from '../../../test/simulation/hand-run.ts'
import type { RoutingTable } from '../../domain/routing.ts'
import { instrumentId, type Price, type Quantity, quantity, type TradeDate } from '../../domain/units.ts'
import { runBacktest } from '../run/run.ts'

/*
 * A sleeve for a future, ten dollars a point, that may trade SPY instead while the account is below 25,000. It buys whatever its
 * universe begins with, for all of its money, and leaves it on the bars that are named.
 */

const TABLE: RoutingTable = {
  brokers: { alpaca: ['short'], ibkr: ['short'] },
  upgradeAt: 25_000,
  downgradeBelow: 22_500,
  lower: { equity: ['alpaca'] },
  upper: { equity: ['alpaca'], future: ['ibkr'] },
}

const terms = {
  kind: 'future',
  multiplier: 10,
  unitsPerWhole: 1,
  unit: 1,
  step: 1 as Quantity,
  roundLot: 1 as Quantity,
} as const

interface Scene {
  readonly capital: number
  /** Closes of both, bar by bar; each bar opens at the close before. */
  readonly closes: readonly number[]
  /** Bars on which everything is left. */
  readonly leaves?: readonly number[]
  readonly substitute?: readonly string[]
}

function played({ capital, closes, leaves = [], substitute }: Scene) {
  const bars = closes.map((close, bar): HandBar => ({ open: closes[Math.max(0, bar - 1)]!, close }))
  const universes: string[] = []
  const act: Act = (view, out, bar) => {
    const [column] = view.universe
    universes.push([...view.universe].map((one) => view.instrument(one).symbol).join(' '))
    if (leaves.includes(bar)) out.exit(column!, 'out')
    else if (view.projected(column!) === 0) out.enter(column!, 1, 'in')
  }
  const input = handRun({
    prices: { SPY: bars, ES: bars, ESH: bars },
    instruments: {
      SPY: { kind: 'etf' },
      ES: terms,
      ESH: { ...terms, future: { root: instrumentId('ES'), expiry: 20_250_321 as TradeDate } },
    },
    actions: [
      {
        at: openOf(0),
        tradeDate: dayOf(0),
        action: { kind: 'roll', instrument: instrumentId('ES'), from: null, to: instrumentId('ESH') },
      },
    ],
    sleeves: { trend: { capital, act } },
  })
  const sleeves = input.config.sleeves.map((sleeve) => ({
    ...sleeve,
    universe: [instrumentId('ES')],
    ...(substitute === undefined ? {} : { universeBelow: substitute.map(instrumentId) }),
    sizing: { kind: 'percent', fraction: 0.95, of: 'sleeve' } as const,
  }))
  const result = runBacktest({ ...input, config: { ...input.config, sleeves, routing: TABLE } })
  expect(result.invariants.violated).toEqual([])
  const orders = result.orders.map(({ tradeDate, instrument, net, shares }) => [
    tradeDate,
    instrument,
    Math.sign(net),
    shares[0]!.reason,
  ])
  return { result, universes, orders }
}

describe('the size of the account', () => {
  it('gives a small one the substitute, and the future once it is large enough: what it held before is closed', () => {
    // 220 shares at 100 are worth 2,850 more at 113: 26,850 at the close of bar 3.
    const { orders, universes, result } = played({
      capital: 24_000,
      closes: [100, 100, 100, 113, 113, 113],
      substitute: ['SPY'],
    })
    expect(universes).toEqual(['SPY', 'SPY', 'SPY', 'ESH', 'ESH', 'ESH'])
    expect(orders).toEqual([
      [dayOf(1), 'SPY', 1, 'in'],
      [dayOf(4), 'SPY', -1, 'account size'],
      [dayOf(4), 'ESH', 1, 'in'],
    ])
    expect(result.refusals).toEqual([])
    expect(result.notes).toContain('trend: while the account is below 25000 USD it trades SPY instead of ES')
    expect(result.notes).toContain(
      'account: begins as one below 25000 USD; from 2024-01-05 on, with 26964, as one of 25000 USD and more',
    )
  })
  it('takes back an entry that rests for the substitute when the account has grown', () => {
    const act: Act = (view, out, bar) => {
      const terms = { type: 'limit', force: 'gtc', limit: 90 as Price } as const
      if (bar === 0) out.change(view.universe[0]!, quantity(10 * SHARE), 'in', { terms })
    }
    const grows: Act = (view, out, bar) => {
      if (bar === 0) out.target(view.universe[0]!, quantity(200 * SHARE), 'hold')
    }
    const run = (capital: number) => {
      const bars = [100, 100, 120, 120, 120, 85, 85].map((open): HandBar => ({ open }))
      const input = handRun({
        prices: { SPY: bars, ES: bars },
        instruments: { SPY: { kind: 'etf' }, ES: terms },
        sleeves: { trend: { capital: 1_000, act }, rich: { capital, act: grows } },
      })
      const [trend, rich] = input.config.sleeves
      const spy = [instrumentId('SPY')]
      const sleeves = [
        { ...trend!, universe: [instrumentId('ES')], universeBelow: spy },
        { ...rich!, universe: spy },
      ]
      return runBacktest({ ...input, config: { ...input.config, sleeves, routing: TABLE } })
    }
    const restedOf = (capital: number): unknown =>
      run(capital).orders.flatMap(({ type, state }) => (type === 'limit' ? [state] : []))
    expect([restedOf(22_000), restedOf(15_000)]).toEqual([['cancelled'], ['filled']])
  })
  it('falls below the lower threshold only, and never while a future is open', () => {
    // 25 contracts lose a quarter of 26,000; the account is too small from bar 2 on, but the future is left on bar 4.
    const { universes, orders } = played({
      capital: 26_000,
      closes: [100, 100, 80, 80, 80, 80, 80, 80],
      leaves: [4, 5],
      substitute: ['SPY'],
    })
    expect(universes).toEqual(['ESH', 'ESH', 'ESH', 'ESH', 'ESH', 'SPY', 'SPY', 'SPY'])
    expect(orders).toEqual([
      [dayOf(1), 'ESH', 1, 'in'],
      [dayOf(5), 'ESH', -1, 'out'],
      [dayOf(7), 'SPY', 1, 'in'],
    ])
    // A fall to 23,500 changes nothing.
    expect(new Set(played({ capital: 26_000, closes: [100, 100, 90, 90], substitute: ['SPY'] }).universes)).toEqual(
      new Set(['ESH']),
    )
  })
  it('refuses the future by name where the sleeve has no substitute', () => {
    const { result, universes } = played({ capital: 20_000, closes: [100, 100, 100] })
    expect(universes).toEqual(['ESH', 'ESH', 'ESH'])
    expect(result.refusals.map(({ rule, instrument, value, limit }) => [rule, instrument, value, limit])).toEqual(
      Array.from({ length: 3 }, () => ['accountSize', 'ESH', 20_000, 25_000]),
    )
    expect(result.orders).toEqual([])
    expect(result.notes).toContain('trend: while the account is below 25000 USD it is refused ES')
    expect(played({ capital: 25_000, closes: [100, 100] }).orders).toHaveLength(1)
  })
})
