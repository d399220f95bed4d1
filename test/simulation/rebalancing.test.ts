import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CapitalRecord } from '../../src/domain/capital.ts'
import type { MarketData } from '../../src/domain/market.ts'
import type { Auditor } from '../../src/engine/invariants.ts'
import { valueAll } from '../../src/engine/positions/valuation.ts'
import type { Observer } from '../../src/engine/records/observer.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { type RunInput, runAudited, runBacktest } from '../../src/engine/run/run.ts'
import { timeWeightedReturns } from '../../src/pipeline/metrics/time-weighted.ts'
import { propertyRuns } from '../profile.ts'
import { bookkeeper } from './bookkeeper.ts'
import { isCoin } from './drawn-market.ts'
import { type DrawnMoves, drawnMoves, withMoves } from './drawn-moves.ts'
import { type DrawnPortfolio, drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

/*
 * Capital that is dealt anew in drawn histories: by cash, by scaling, by closing everything; with deposits, withdrawals,
 * pauses, removals and sleeves that join. What is not booked as a fee or as slippage must still be there.
 */

const DEFINED = ['1', '2', '3', '4', '5', '6', '14']

function inputOf(drawn: DrawnPortfolio, moves: DrawnMoves): RunInput {
  const input = runInputOf(drawn)
  return { ...input, config: withMoves(input.config, moves) }
}

/** Every price of an instrument is its first one, and nothing happens to it. */
function still(drawn: DrawnPortfolio): DrawnPortfolio {
  const calm = { split: null, dividend: null, funding: null, borrow: null, firstBar: 0, lastBar: 99 } as const
  return {
    ...drawn,
    wild: false,
    instruments: drawn.instruments.map((one) => ({
      ...one,
      ...calm,
      form: one.form === 'bigCoin' ? 'share' : one.form,
    })),
  }
}

function stillMarket(market: MarketData): MarketData {
  return {
    ...market,
    blocks: market.blocks.map((block) => {
      const width = block.instruments.length
      const first = (column: Float64Array): Float64Array => column.map((_, at) => block.open[at % width]!)
      return {
        ...block,
        open: first(block.open),
        high: first(block.open),
        low: first(block.open),
        close: first(block.open),
      }
    }),
  }
}

interface Ledger {
  readonly auditor: Auditor
  readonly observer: Observer
  readonly problems: string[]
  readonly records: CapitalRecord[]
  /** In counts: what came from outside, what was paid in fees, and what slippage took, of all sleeves. */
  total(): { readonly flows: bigint; readonly fees: bigint; readonly slippage: bigint }
}

/**
 * Books of value at prices that stand still: what a sleeve is worth is its capital and its flows less its fees and its
 * slippage, to the last count, after every event. Quantities are counted in hundred-millionths of a count of money.
 */
function valueLedger(prices: ReadonlyMap<number, number>): Ledger {
  const books = bookkeeper()
  const [flows, fees, slippage] = [new Map<number, bigint>(), new Map<number, bigint>(), new Map<number, bigint>()]
  const problems: string[] = []
  const records: CapitalRecord[] = []
  const scales = new Map<number, bigint>()
  const add = (map: Map<number, bigint>, sleeve: number, counts: bigint): void => {
    map.set(sleeve, (map.get(sleeve) ?? 0n) + counts)
  }
  /** Value of units at the standing price, in hundred-millionths of a count. */
  const worth = (instrument: number, units: number): bigint =>
    BigInt(units) * BigInt(Math.round(prices.get(instrument)! * 10_000)) * (scales.get(instrument) ?? 0n)
  const FINE = 100_000_000n
  const sum = (map: Map<number, bigint>): bigint => [...map.values()].reduce((total, counts) => total + counts, 0n)
  return {
    problems,
    records,
    total: () => ({ flows: sum(flows), fees: sum(fees), slippage: sum(slippage) }),
    observer: {
      ...books.observer,
      capital: (record) => {
        records.push(record)
      },
      posting: (posting) => {
        books.observer.posting(posting)
        const { kind, sleeve, instrument, quantity, cash, fee } = posting
        if (instrument < 0) {
          add(flows, sleeve, BigInt(cash) * FINE)
          return
        }
        add(fees, sleeve, BigInt(fee) * FINE)
        const paid = 0n - BigInt(cash) * FINE - worth(instrument, quantity)
        if (kind === 'fill' || kind === 'cross') add(slippage, sleeve, paid)
        else problems.push(`nothing but fills, crosses and money may be booked here, not "${kind}"`)
        // Half a count of rounding, and at most seven basis points and a limit's or stop's own price, which is the same.
        const most = (worth(instrument, Math.abs(quantity)) * 8n) / 10_000n + FINE
        if (kind === 'fill' && (paid > most || paid < 0n - FINE)) problems.push(`a fill paid ${paid} of slippage`)
        if (kind === 'cross' && (paid > FINE || paid < 0n - FINE)) problems.push(`a cross paid ${paid} of slippage`)
      },
    },
    auditor: {
      ...books,
      check: (kernel, broker) => {
        books.check(kernel, broker)
        const { state, sleeves } = kernel.runtime
        if (state.config === null) return
        // Counts per unit and price: 1 for shares of a millionth, 1/100 for coins of a hundred-millionth.
        for (const { index, unitsPerWhole } of state.instruments)
          scales.set(index, BigInt((1_000_000 * 10_000) / unitsPerWhole))
        for (const { ordinal, config } of sleeves) {
          let held = BigInt(state.books.cash[ordinal]!) * FINE
          for (const { index } of state.instruments) {
            const units = state.books.quantity[ordinal * state.books.width + index]!
            if (units !== 0) held += worth(index, units)
          }
          const expected =
            BigInt(config.capital) * FINE +
            (flows.get(ordinal) ?? 0n) -
            (fees.get(ordinal) ?? 0n) -
            (slippage.get(ordinal) ?? 0n)
          if (held !== expected && problems.length < 5)
            problems.push(`sleeve ${ordinal} is worth ${held}, its capital, flows, fees and slippage say ${expected}`)
        }
        problems.push(...books.problems.splice(0).filter((line) => DEFINED.includes(line.split(' ')[0]!)))
      },
    },
  }
}

describe('rebalancing in drawn histories', () => {
  it('conserves value to the micro-unit: equity before is equity after, fees and slippage', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(drawnPortfolio, drawnMoves, (portfolio, moves) => {
        const drawn = still(portfolio)
        const input = inputOf(drawn, moves)
        const market = stillMarket(input.market)
        const prices = new Map<number, number>()
        for (const block of market.blocks)
          block.instruments.forEach((id, column) => {
            prices.set(
              market.instruments.findIndex((one) => one.id === id),
              block.open[column]!,
            )
          })
        const ledger = valueLedger(prices)
        const run = runAudited({ ...input, market }, ledger.auditor, ledger.observer)
        expect(ledger.problems).toEqual([])
        const { flows, fees, slippage } = ledger.total()
        const { runtime } = run.kernel
        // What transfers moved cancels: only what came from outside is left.
        const outside = ledger.records
          .filter(({ cause }) => cause === 'flow')
          .reduce((sum, { moved }) => sum + BigInt(moved), 0n)
        expect(flows).toBe(outside * 100_000_000n)
        const counted = Number(BigInt(input.config.capital) * 100_000_000n + flows - fees - slippage) / 1e14
        valueAll(runtime)
        expect(runtime.equity).toBeCloseTo(counted, 4)
        for (const { cause, moved, reason } of ledger.records) {
          const what = moved === 0 ? `${cause} nothing` : cause
          seen.set(what, (seen.get(what) ?? 0) + 1)
          if (cause === 'rebalance' && moved !== 0) seen.set(moves.by, (seen.get(moves.by) ?? 0) + 1)
          if (reason.includes('unfunded')) seen.set('unfunded', (seen.get('unfunded') ?? 0) + 1)
          if (reason.startsWith('refused')) seen.set('refused', (seen.get('refused') ?? 0) + 1)
          if (reason.startsWith('closed')) seen.set('closed', (seen.get('closed') ?? 0) + 1)
          if (reason.startsWith('added')) seen.set('added', (seen.get('added') ?? 0) + 1)
        }
      }),
      propertyRuns(200, 10_000),
    )
    const wanted = ['rebalance', 'transfer', 'scaling', 'liquidation', 'flow', 'unfunded', 'refused', 'closed', 'added']
    expect(wanted.filter((what) => (seen.get(what) ?? 0) < 10)).toEqual([])
  })

  it('breaks no invariant where prices move, splits come and shares end', () => {
    let transfers = 0
    fc.assert(
      fc.property(drawnPortfolio, drawnMoves, (drawn, moves) => {
        const books = bookkeeper()
        const input = inputOf(drawn, moves)
        runAudited(input, books, books.observer)
        expect(books.problems).toEqual([])
        const { invariants } = runBacktest(input)
        expect(invariants.violated).toEqual([])
        transfers += invariants.checked['5 transfers create and lose nothing']!
      }),
      propertyRuns(125, 10_000),
    )
    expect(transfers).toBeGreaterThan(250)
  })
})

/** A broker who lends against anything: nothing is refused or sold for lack of money. */
const FREE_MARGIN = { initialMargin: 1e-9, maintenanceMargin: 1e-9, shortMaintenanceMargin: 1e-9 }

/** Every booking of a trade: who, what, when, how much. What sleeves lend each other is none. */
function tradesOf({ attribution }: RunResult): readonly unknown[] {
  return attribution.flatMap(({ kind, at, sleeve, instrument, quantity, price, cash, fee }) =>
    kind === 'transfer' || kind === 'marginCall' ? [] : [[kind, at, sleeve, instrument, quantity, price, cash, fee]],
  )
}

describe('a deposit in drawn histories', () => {
  /** Sizes that do not look at money, and a broker who refuses nothing: so a deposit changes no trade. */
  function indifferent(drawn: DrawnPortfolio): RunInput {
    const plain = {
      ...drawn,
      tight: false,
      // Coins are paid in full wherever they are bought.
      instruments: drawn.instruments.map((one) => (isCoin(one) ? { ...one, form: 'fraction' as const } : one)),
      wishes: drawn.wishes.map((one) => ({ ...one, want: one.want === 'enter' ? ('target' as const) : one.want })),
    }
    const input = runInputOf(plain)
    const { config } = input
    return {
      ...input,
      config: {
        ...config,
        account: { ...config.account, kind: 'margin', ...FREE_MARGIN },
        limits: { ...config.limits, leverageMax: 1e9 },
      },
    }
  }

  it('does not move the time-weighted return: each day earns what it would have earned, on what was there', () => {
    let deposits = 0
    fc.assert(
      fc.property(
        drawnPortfolio,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.boolean(),
        (drawn, bar, size, isNamed) => {
          const input = indifferent(drawn)
          const { config } = input
          const before = runBacktest(input)
          const amount = Math.floor((config.capital * size) / 1_000)
          const flow = {
            date: input.market.blocks[0]!.tradeDates[0]! + bar,
            amount,
            to: isNamed ? config.sleeves[0]!.id : null,
          }
          const after = runBacktest({ ...input, config: { ...config, flows: [flow as never] } })
          // A broke account is sold out, so that money which comes keeps it trading.
          fc.pre(before.equity.every((value) => value > 0))
          expect(tradesOf(after)).toEqual(tradesOf(before))
          const money = Float64Array.from(after.days, (_, day) =>
            after.sleeves.reduce((sum, sleeve) => sum + sleeve.flows[day]!, 0),
          )
          if (money.some((value) => value !== 0)) deposits += 1
          const initial = config.capital / 1_000_000
          const plain = timeWeightedReturns({
            initial,
            equity: before.equity,
            flows: new Float64Array(before.days.length),
          })
          const withFlow = timeWeightedReturns({ initial, equity: after.equity, flows: money })
          let [had, has, came] = [initial, initial, 0]
          for (let day = 0; day < after.days.length; day += 1) {
            came += money[day]!
            // Until the money comes, the very same; from then on the same gain on more money, and none of the deposit.
            if (came === 0) expect(withFlow[day]).toBe(plain[day])
            else expect(withFlow[day]! * (has + money[day]!)).toBeCloseTo(plain[day]! * had, 4)
            expect(after.equity[day]! - came).toBeCloseTo(before.equity[day]!, 4)
            ;[had, has] = [before.equity[day]!, after.equity[day]!]
          }
        },
      ),
      propertyRuns(100, 10_000),
    )
    expect(deposits).toBeGreaterThan(50)
  })
})
