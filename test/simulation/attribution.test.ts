import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportOf } from '../../src/cli/report/figures.ts'
import { returnsOf } from '../../src/cli/report/returns.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { propertyRuns } from '../profile.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

/* What a report says of where a result comes from, on portfolios drawn at random through the real kernel and exchange. */

const COUNTS = 1_000_000

function inAllRuns(holds: (result: RunResult) => void, runs: number, nightly: number): void {
  fc.assert(
    fc.property(drawnPortfolio, (drawn) => holds(runBacktest(runInputOf(drawn)))),
    propertyRuns(runs, nightly),
  )
}

describe('attribution of drawn portfolios', () => {
  it('on every day the portfolio return is the sum of weighted sleeve returns', () => {
    let moved = 0
    inAllRuns(
      (result) => {
        const { portfolio, sleeves, weights } = returnsOf(result)
        for (const [day, whole] of portfolio.entries()) {
          if (Number.isNaN(whole)) continue
          let weighted = 0
          let sum = 0
          for (const [at, lane] of sleeves.entries()) {
            const weight = weights[at]![day]!
            sum += weight
            if (!Number.isNaN(lane[day]!)) weighted += weight * lane[day]!
            // a sleeve that owes more than it has returns nothing that could be weighted
            else if (weight !== 0) return
          }
          expect(Math.abs(weighted - whole)).toBeLessThanOrEqual(1e-12)
          expect(sum).toBeCloseTo(1, 12)
          if (whole !== 0) moved += 1
        }
      },
      300,
      10_000,
    )
    expect(moved).toBeGreaterThan(300)
  })

  it('contributions add up to the compounded return, books to the equity, effects to the excess', () => {
    let compared = 0
    inAllRuns(
      (result) => {
        const { attribution, portfolio, sleeves } = reportOf(result)
        const { brinson, totalReturn } = attribution
        // what another market, or an order for the last close, did after the last mark is in the books alone
        const last = result.days.at(-1)
        const isLast =
          result.instruments.every(({ calendar }) => calendar === result.config.dayCalendar) &&
          !result.orders.some(({ type, tradeDate }) => type === 'close' && tradeDate === last)
        if (portfolio.totalReturn !== null && portfolio.totalReturn > -1)
          expect(totalReturn).toBeCloseTo(portfolio.totalReturn, 10)
        for (const [at, own] of attribution.sleeves.entries()) {
          const { capital, flows } = sleeves[at]!
          const end = capital + flows + own.profit
          const held = result.sleeves[at]!.equity.at(-1)
          if (held !== undefined && isLast) {
            compared += 1
            expect(Math.abs(end - held)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(held)))
          }
          expect(own.crossingGain).toBeGreaterThanOrEqual(-1 / COUNTS)
          expect(own.slippage).toBeGreaterThanOrEqual(-1 / COUNTS)
        }
        if (brinson.excess === null || brinson.allocation === null) return
        expect(brinson.allocation + brinson.selection! + brinson.interaction!).toBeCloseTo(brinson.excess, 9)
      },
      120,
      2_000,
    )
    expect(compared).toBeGreaterThan(50)
  })

  it('a trade never ends beyond how far it went', () => {
    let seen = 0
    inAllRuns(
      ({ trades }) => {
        for (const { kind, side, entryPrice, exitPrice, maximumAdverse, maximumFavourable } of trades) {
          if (kind !== 'position' || maximumAdverse === null || maximumFavourable === null) continue
          const gained = (exitPrice / entryPrice - 1) * (side === 'long' ? 1 : -1)
          expect(maximumAdverse).toBeLessThanOrEqual(Math.min(0, gained) + 1e-12)
          expect(maximumFavourable).toBeGreaterThanOrEqual(Math.max(0, gained) - 1e-12)
          seen += 1
        }
      },
      200,
      10_000,
    )
    expect(seen).toBeGreaterThan(200)
  })
})
