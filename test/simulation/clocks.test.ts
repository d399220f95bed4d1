import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClockBlock } from '../../src/domain/market.ts'
import type { Price } from '../../src/domain/units.ts'
import { createKernel, restoreKernel } from '../../src/engine/kernel.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { type RunInput, runAudited, runBacktest } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { propertyRuns } from '../profile.ts'
import { bookkeeper } from './bookkeeper.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { finer } from './finer.ts'
import { handRun } from './hand-run.ts'
import { journalOf, textOf } from './journal.ts'

/*
 * Runs in which instruments stand on two clocks and sleeves decide on either: drawn portfolios whose every second
 * instrument also has bars of a third of its session.
 */

/** What happened up to an instant: orders, bookings, refusals. */
function until({ orders, attribution, refusals }: RunResult, at: number): string {
  return JSON.stringify([
    orders.filter((one) => one.at <= at).map(({ id, at: when, net, crossed }) => ({ id, when, net, crossed })),
    attribution.filter((one) => one.at <= at),
    refusals.filter((one) => one.at <= at),
  ])
}

/**
 * What was traded, in an order that does not tell on which clock of the instant an instrument opened first. Finer prices
 * may call margin within the session: that is no trade of a sleeve.
 */
function tradesOf({ attribution }: RunResult): string[] {
  return attribution
    .filter(({ kind, reason }) => (kind === 'fill' || kind === 'cross') && reason !== 'margin call')
    .map(({ at, sleeve, instrument, kind, quantity, price, reason }) =>
      [at, sleeve, instrument, kind, quantity, price, reason].join(' '),
    )
    .sort((one, other) => (one < other ? -1 : 1))
}

/** Whether what the account is worth decided on an order: finer prices tell that sooner, between closes of other clocks. */
function isCut({ refusals }: RunResult): boolean {
  return refusals.some(({ rule }) => rule === 'leverage' || rule.startsWith('needs '))
}

/** The same market with every price behind the close of a bar a tenth higher, on all clocks. */
function raisedAfter(input: RunInput, at: number): RunInput {
  const raised = (block: ClockBlock): ClockBlock => {
    const column = (prices: Float64Array): Float64Array =>
      prices.map((price, place) =>
        block.opens[Math.floor(place / block.instruments.length)]! >= at ? price * 1.1 : price,
      )
    const { open, high, low, close } = block
    return { ...block, open: column(open), high: column(high), low: column(low), close: column(close) }
  }
  return { ...input, market: { ...input.market, blocks: input.market.blocks.map(raised) } }
}

describe('sleeves on clocks of different length', () => {
  it('keep every invariant, audited after every event', () => {
    let fine = 0
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const input = finer(runInputOf(drawn), drawn.seed)
        const books = bookkeeper()
        runAudited(input, books, books.observer)
        expect(books.problems).toEqual([])
        const result = runBacktest(input)
        expect(result.invariants.violated).toEqual([])
        const clockOf = new Map(input.config.sleeves.map(({ id, clock }) => [String(id), String(clock)]))
        fine += result.attribution.filter(({ sleeve }) => clockOf.get(sleeve)?.endsWith('/finer')).length
      }),
      propertyRuns(125, 5_000),
    )
    expect(fine).toBeGreaterThan(500)
  })

  it('end a portfolio day once, with the last close of its session', () => {
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const plain = runBacktest(runInputOf(drawn))
        const { days } = runBacktest(finer(runInputOf(drawn), drawn.seed))
        expect([...days]).toEqual([...plain.days])
      }),
      propertyRuns(30, 1_000),
    )
  })

  it('see nothing of what comes later on any clock', () => {
    fc.assert(
      fc.property(drawnPortfolio, fc.nat(999), (drawn, thousandths) => {
        const input = finer(runInputOf(drawn), drawn.seed)
        const instants = [...new Set(input.market.blocks.flatMap(({ closes }) => [...closes]))].sort((a, b) => a - b)
        const at = instants[Math.floor((thousandths / 1_000) * instants.length)]!
        // An order is made when the next bar opens: what is compared lies before.
        expect(until(runBacktest(raisedAfter(input, at)), at - 1)).toBe(until(runBacktest(input), at - 1))
      }),
      propertyRuns(75, 3_000),
    )
  })

  it('trade as before where a sleeve decides on the slower clock and only its prices come from the finer one', () => {
    let traded = 0
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const wishes = drawn.wishes.map((one) => ({ ...one, type: 'market' as const, protection: null }))
        const instruments = drawn.instruments.map((one) => ({ ...one, quietBar: -1 }))
        const input = runInputOf({
          ...drawn,
          wishes,
          instruments,
          participationMax: null,
          margin: true,
          tight: false,
          wild: false,
        })
        const [slow, fast] = [runBacktest(input), runBacktest(finer(input, drawn.seed, false))]
        if (isCut(slow) || isCut(fast)) return
        expect(tradesOf(fast)).toEqual(tradesOf(slow))
        traded += tradesOf(slow).length
      }),
      propertyRuns(75, 3_000),
    )
    expect(traded).toBeGreaterThan(200)
  })

  it('invariant 11: go on byte for byte from a snapshot, also in the middle of a session', () => {
    let cuts = 0
    fc.assert(
      fc.property(drawnPortfolio, fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }), (drawn, thousandths) => {
        const input = finer(runInputOf(drawn), drawn.seed)
        const { events, bytes } = journalOf(input)
        const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
        const places = new Set(thousandths.map((part) => 1 + Math.floor((part * (events.length - 1)) / 1_000)))
        let kernel = createKernel({ strategies })
        for (const [place, event] of events.entries()) {
          if (places.has(place)) {
            kernel = restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot, { strategies })
            cuts += 1
          }
          kernel.apply(event)
        }
        expect(textOf(kernel)).toBe(bytes)
      }),
      propertyRuns(60, 3_000),
    )
    expect(cuts).toBeGreaterThan(120)
  })
})

/** One share, on bars of a session and on thirds of it; the prices of both are the same path. */
function onTwoClocks(act: Parameters<typeof handRun>[0]['sleeves'][string]['act']): RunInput {
  const hand = handRun({
    prices: {
      NONE: [100, 100, 100, 100].map((open) => ({ open })),
      BTC: [
        { open: 100, high: 101, low: 99, close: 100 },
        { open: 100, high: 120, low: 80, close: 110 },
        { open: 110, high: 111, low: 109, close: 110 },
        { open: 110, high: 111, low: 109, close: 110 },
      ],
    },
    sleeves: { daily: { capital: 100_000, act } },
  })
  return finer(hand, 7, false)
}

describe('a stop of a sleeve on the slower clock', () => {
  /** The bar of the second day that touches the level first. */
  const touching = (input: RunInput, isTouched: (low: number, high: number) => boolean): number => {
    const block = input.market.blocks.find(({ clock }) => clock.endsWith('/finer'))!
    for (let row = 3; row < 6; row += 1) if (isTouched(block.low[row]!, block.high[row]!)) return block.closes[row]!
    return Number.NaN
  }

  it('is judged on the finer bars, in which its level is touched, and fills there', () => {
    const input = onTwoClocks((view, out, bar) => {
      if (bar === 0) out.enter(view.universe[1]!, 1, 'in', { protection: { stop: 0.1, target: 0.1 } })
    })
    const { trades } = runBacktest(input)
    expect(trades).toHaveLength(1)
    const [stopped, reached] = [touching(input, (low) => low <= 90), touching(input, (_, high) => high >= 110)]
    // Whichever is touched in an earlier bar closes the position; a whole day's bar could not tell and would take the stop.
    expect(trades[0]!.closedAt).toBe(Math.min(stopped, reached))
    expect(trades[0]!.exitPrice).toBe(stopped <= reached ? 90 : 110)
  })

  it('counts bars held, and closes a trail is judged on, by the clock of the sleeve', () => {
    const input = onTwoClocks((view, out, bar) => {
      if (bar === 0)
        out.enter(view.universe[1]!, 1, 'in', { protection: { bars: 2, trail: { fraction: 0.15, intrabar: false } } })
    })
    const [trade] = runBacktest(input).trades
    const daily = input.market.blocks.find(({ clock }) => !clock.endsWith('/finer'))!
    expect([trade!.exitReason, trade!.openedAt, trade!.closedAt]).toEqual(['time', daily.opens[1], daily.opens[3]])
  })

  it('is not judged on what the slower bar saw before the entry', () => {
    const prices = [
      { open: 100, high: 101, low: 99, close: 100 },
      { open: 100, high: 120, low: 60, close: 110 },
      { open: 110, high: 111, low: 109, close: 110 },
    ]
    let tried = 0
    for (let seed = 1; seed <= 30; seed += 1) {
      let entryBar = -1
      let stopAt = Number.NaN
      const idle = { capital: 100_000, act: () => {} }
      const hand = handRun({
        prices: { NONE: prices.map(() => ({ open: 100 })), BTC: prices },
        sleeves: {
          idle,
          hours: {
            capital: 100_000,
            act: (view, out, bar) => {
              if (bar === entryBar) out.enter(view.universe[0]!, 1, 'in', { protection: { stopAt } })
            },
          },
        },
      })
      const input = finer(hand, seed)
      const fine = input.market.blocks.find(({ clock }) => clock.endsWith('/finer'))!
      const lowest = [3, 4].find((row) => fine.low[row] === 60)
      if (lowest === undefined) continue
      const after = Math.min(...fine.low.subarray(lowest + 1, 6))
      if (!(after > 62)) continue
      tried += 1
      entryBar = lowest
      stopAt = (60 + after) / 2
      const { positions, trades, orders } = runBacktest(input)
      // Entered behind the day's low and above the stop: the day's own bar still shows that low at its close.
      expect(orders.map(({ at }) => at)).toEqual([fine.opens[lowest + 1]])
      expect([trades.length, positions.length]).toEqual([0, 1])
    }
    expect(tried).toBeGreaterThan(5)
  })
})

describe('an order for the day', () => {
  it('rests until the session ends, not until the bar does', () => {
    const prices = [
      { open: 100, high: 101, low: 99, close: 100 },
      { open: 100, high: 130, low: 70, close: 100 },
      { open: 100, high: 101, low: 99, close: 100 },
    ]
    let [filled, expired] = [0, 0]
    for (let seed = 1; seed <= 30; seed += 1) {
      const hand = handRun({
        prices: { NONE: prices.map(() => ({ open: 100 })), BTC: prices },
        sleeves: {
          idle: { capital: 100_000, act: () => {} },
          hours: {
            capital: 100_000,
            act: (view, out, bar) => {
              const terms = { type: 'limit', limit: 80 as Price, force: 'day' } as const
              if (bar === 2) out.enter(view.universe[0]!, 1, 'cheap', { terms })
            },
          },
        },
      })
      const input = finer(hand, seed)
      const fine = input.market.blocks.find(({ clock }) => clock.endsWith('/finer'))!
      const [order] = runBacktest(input).orders
      const touched = [3, 4, 5].find((row) => fine.low[row]! <= 80)!
      expect([order!.state, order!.filled]).toEqual(['filled', 100])
      if (touched > 3) filled += 1
      const never = { ...input, market: { ...input.market, blocks: input.market.blocks.map(raised) } }
      const [late] = runBacktest(never).orders
      expect(late!.state).toBe('expired')
      expired += 1
    }
    expect(filled).toBeGreaterThan(5)
    expect(expired).toBe(30)
  })

  /** The same bars without a low below 90 on any clock. */
  function raised(block: ClockBlock): ClockBlock {
    const column = (prices: Float64Array): Float64Array => prices.map((price) => Math.max(price, 90))
    return {
      ...block,
      open: column(block.open),
      high: column(block.high),
      low: column(block.low),
      close: column(block.close),
    }
  }
})
