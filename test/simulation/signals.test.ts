import { describe, expect, it } from 'vitest'
import type { SleeveConfig } from '../../src/domain/config.ts'
import type { MarketRegime } from '../../src/domain/regimes.ts'
import { instrumentId, type Quantity } from '../../src/domain/units.ts'
import { type RunInput, runBacktest } from '../../src/engine/run/run.ts'
import { type Act, dayOf, type HandBar, handRun, openOf } from './hand-run.ts'

/*
 * What a strategy says of an entry: how sure it is, the levels at which it leaves, and in which state of the market the
 * sleeve enters at all.
 */

const bar = (open: number, high = open + 1, low = open - 1, close = open): HandBar => ({ open, high, low, close })
const FLAT = bar(100)

describe('levels of an entry', () => {
  const played = (bars: readonly HandBar[], protection: object, side: 1 | -1 = 1) =>
    runBacktest(
      handRun({
        prices: { AAA: bars },
        sleeves: {
          one: {
            capital: 1_000_000,
            act: (view, out, at) => {
              if (at === 0) out.enter(view.universe[0]!, side, 'in', { confidence: 1, protection })
            },
          },
        },
      }),
    )

  it('close where they were set, whatever the entry was filled at', () => {
    // Decided at 100, filled at 104: a distance would move with it, a level does not.
    const { trades } = played([FLAT, bar(104, 105, 103), bar(104, 104, 94)], { stopAt: 97, targetAt: 112 })
    expect(trades.map(({ entryPrice, exitPrice, exitReason }) => [entryPrice, exitPrice, exitReason])).toEqual([
      [104, 97, 'stop'],
    ])
    const reached = played([FLAT, bar(104, 105, 103), bar(104, 115, 103)], { stopAt: 97, targetAt: 112 })
    expect(reached.trades.map(({ exitPrice, exitReason }) => [exitPrice, exitReason])).toEqual([[112, 'target']])
  })

  it('are a stop where one bar touches both, and fill at the open where it gapped through', () => {
    const both = played([FLAT, FLAT, bar(100, 120, 90)], { stopAt: 97, targetAt: 112 })
    expect(both.trades.map(({ exitPrice, exitReason }) => [exitPrice, exitReason])).toEqual([[97, 'stop']])
    const gap = played([FLAT, FLAT, bar(90, 91, 89)], { stopAt: 97, targetAt: 112 })
    expect(gap.trades.map(({ exitPrice, exitReason }) => [exitPrice, exitReason])).toEqual([[90, 'stop']])
  })

  it('lie on the other side of a short position', () => {
    const { trades } = played([FLAT, FLAT, bar(100, 104, 99)], { stopAt: 103, targetAt: 90 }, -1)
    expect(trades.map(({ exitPrice, exitReason }) => [exitPrice, exitReason])).toEqual([[103, 'stop']])
  })

  it('give way to a distance that is nearer', () => {
    const near = played([FLAT, FLAT, bar(100, 101, 90)], { stopAt: 95, stop: 0.02 })
    expect(near.trades[0]!.exitPrice).toBe(98)
    const far = played([FLAT, FLAT, bar(100, 101, 90)], { stopAt: 99, stop: 0.08 })
    expect(far.trades[0]!.exitPrice).toBe(99)
  })

  it('follow a split: they are levels of the signal scale', () => {
    const half = { ...bar(50, 50.5, 47), factor: 2 }
    const { trades } = runBacktest(
      handRun({
        prices: { AAA: [FLAT, FLAT, half] },
        actions: [
          {
            at: openOf(2),
            tradeDate: dayOf(2),
            action: { kind: 'split', instrument: 'AAA' as never, numerator: 2, denominator: 1, priceAfter: null },
          },
        ],
        sleeves: {
          one: {
            capital: 1_000_000,
            act: (view, out, at) => {
              if (at === 0) out.enter(view.universe[0]!, 1, 'in', { protection: { stopAt: 96 } })
            },
          },
        },
      }),
    )
    expect(trades.map(({ exitPrice, exitReason }) => [exitPrice, exitReason])).toEqual([[48, 'stop']])
  })

  it('count as the stop that a sleeve asks for, and are drawn in to the widest that it allows', () => {
    const limits = {
      position: {
        weightMax: null,
        of: 'sleeve',
        notionalMax: null,
        sizeMin: null,
        stop: { required: true, standard: null, widest: 0.02 },
        volume: null,
      },
    } as never
    const run = (protection: object | undefined) =>
      runBacktest(
        handRun({
          prices: { AAA: [FLAT, FLAT, bar(100, 101, 90)] },
          sleeves: {
            one: {
              capital: 1_000_000,
              limits,
              act: (view, out, at) => {
                if (at === 0) out.enter(view.universe[0]!, 1, 'in', protection === undefined ? {} : { protection })
              },
            },
          },
        }),
      )
    expect(run({ stopAt: 95 }).trades[0]!.exitPrice).toBe(98)
    expect(run({ stopAt: 99 }).trades[0]!.exitPrice).toBe(99)
    expect(run(undefined).refusals.map(({ rule }) => rule)).toEqual(['stopMissing'])
  })
})

describe('confidence', () => {
  const played = (options: object) =>
    runBacktest(
      handRun({
        prices: { AAA: [FLAT, FLAT, FLAT] },
        sleeves: {
          one: {
            capital: 1_000_000,
            act: (view, out, at) => {
              if (at === 0) out.enter(view.universe[0]!, 1, 'in', options)
            },
          },
        },
      }),
    )

  it('scales the size, beside the strength, and is recorded with price, stop and target', () => {
    const { signals, positions } = played({ confidence: 0.6, strength: 2, protection: { stopAt: 95, target: 0.1 } })
    expect(positions[0]!.quantity).toBe(120)
    expect(signals).toEqual([
      {
        at: expect.any(Number),
        tradeDate: dayOf(0),
        sleeve: 'one',
        instrument: 'AAA',
        quantity: 120,
        confidence: 0.6,
        price: 100,
        stop: 95,
        target: expect.closeTo(110, 9),
        regime: '',
        reason: 'in',
      },
    ])
  })
  it('is recorded of no entry that says nothing of it', () => {
    const { signals, positions } = played({})
    expect([signals.length, positions[0]!.quantity]).toEqual([0, 100])
  })
  it.each([1.2, -0.1, Number.NaN])('of %s pauses the sleeve', (confidence) => {
    const { sleeves } = played({ confidence })
    expect(sleeves[0]!.paused?.cause).toBe(`a confidence must lie between 0 and 1, was "${confidence}"`)
  })
})

describe('regimes', () => {
  /** Seventy days that rise, then a fall, and days that go on falling. */
  const bars = Array.from({ length: 140 }, (_, day) => {
    const close = day < 70 ? 100 + day : 240 - 2 * Math.min(day, 105) + (day > 105 ? 0.2 * (day % 2) : 0)
    return bar(close)
  })

  function limited(regimes: readonly MarketRegime[] | null): RunInput {
    const input = handRun({
      prices: { AAA: bars },
      sleeves: {
        one: {
          capital: 1_000_000,
          act: (view, out) => {
            const column = view.universe[0]!
            if (view.position(column) !== 0) out.exit(column, 'out')
            else if (view.projected(column) === 0) out.enter(column, 1, 'in', { confidence: 1 })
          },
        },
      },
    })
    const sleeves = input.config.sleeves.map(
      (sleeve): SleeveConfig => (regimes === null ? sleeve : { ...sleeve, regimes }),
    )
    return { ...input, config: { ...input.config, sleeves } }
  }

  it('let entries pass in those that are allowed, and exits in any', () => {
    const up = runBacktest(limited(['up_normal']))
    const refused = up.refusals.filter(({ rule }) => rule === 'regime')
    expect(up.signals.length).toBeGreaterThan(2)
    // Nothing is known before the 61st close, and from where it falls nothing is entered.
    expect(up.signals[0]!.tradeDate).toBe(dayOf(60))
    expect(new Set(up.signals.map(({ regime }) => regime))).toEqual(new Set(['up_normal']))
    expect(refused.length + up.signals.length).toBeGreaterThan(100)
    expect(up.trades.map(({ exitReason }) => exitReason)).toEqual(up.trades.map(() => 'out'))
    const down = runBacktest(limited(['down_normal', 'down_high']))
    expect(down.signals.length).toBeGreaterThan(2)
    expect(down.signals.every(({ tradeDate }) => tradeDate >= dayOf(70))).toBe(true)
    expect(runBacktest(limited(null)).refusals).toEqual([])
  })

  it.each([
    ['a substitute that a small account trades', 10_000, 'SPY'],
    ['the contract of a chain', 1_000_000, 'ESH'],
  ])('are known of %s', (_, capital, symbol) => {
    const act: Act = (view, out) => {
      for (const column of view.universe) if (view.projected(column) === 0) out.enter(column, 1, 'in')
    }
    const future = { kind: 'future', unitsPerWhole: 1, unit: 1, step: 1 as Quantity, roundLot: 1 as Quantity } as const
    const root = instrumentId('ES')
    const action = { kind: 'roll', instrument: root, from: null, to: instrumentId('ESH') } as const
    const input = handRun({
      prices: { SPY: bars, ES: bars, ESH: bars },
      instruments: { SPY: { kind: 'etf' }, ES: future, ESH: { ...future, future: { root, expiry: dayOf(300) } } },
      actions: [{ at: openOf(0), tradeDate: dayOf(0), action }],
      sleeves: { one: { capital, act } },
    })
    const sleeves = input.config.sleeves.map(
      (sleeve): SleeveConfig => ({
        ...sleeve,
        universe: [root],
        universeBelow: [instrumentId('SPY')],
        regimes: ['up_normal'],
        sizing: { kind: 'quantity', quantity: 10 },
      }),
    )
    const routing = {
      brokers: { alpaca: [], ibkr: [] },
      upgradeAt: 25_000,
      downgradeBelow: 22_500,
      lower: { equity: ['alpaca'] },
      upper: { equity: ['alpaca'], future: ['ibkr'] },
    }
    const { positions, refusals } = runBacktest({ ...input, config: { ...input.config, sleeves, routing } })
    expect(positions.map(({ instrument }) => instrument)).toEqual([symbol])
    expect(refusals.every(({ rule, tradeDate }) => rule === 'regime' && tradeDate < dayOf(60))).toBe(true)
  })

  it('leave invariants alone and nothing behind in the books of a portfolio without them', () => {
    expect(runBacktest(limited(['range_normal'])).invariants.violated).toEqual([])
  })
})
