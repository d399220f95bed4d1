import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import type { LoadedPortfolio } from '../../src/cli/config/loaded.ts'
import { marketOfPast } from '../../src/cli/market/past.ts'
import { progressBar } from '../../src/cli/output.ts'
import { pastOf } from '../../src/cli/run.ts'
import type { ClockBlock, MarketData } from '../../src/domain/market.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import { createKernel, restoreKernel } from '../../src/engine/kernel.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { type RunInput, runBacktest } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { journalOf, textOf } from './journal.ts'

/*
 * The reversals on hours and days in one account: the lifecycle preset on the simulated market, as it runs.
 */

const preset = join(import.meta.dirname, '../../presets/lifecycle.yaml')
const REACH = { from: tradeDate(20220101), to: tradeDate(20220430) }

let loaded: LoadedPortfolio
let market: MarketData

const inputOf = (given: MarketData): RunInput => ({
  config: loaded.config,
  market: given,
  strategies: [...loaded.strategies.values()],
  checks: true,
})

beforeAll(async () => {
  loaded = await loadPortfolio(preset)
  market = marketOfPast(loaded, await pastOf(loaded, { seed: 26 }, REACH, progressBar()), REACH)
})

/** Every price behind an instant as far below 1,000 as it was above, or nothing at all. */
function after(at: number, turned: boolean): MarketData {
  const block = (given: ClockBlock): ClockBlock => {
    const column = (prices: Float64Array, other: Float64Array): Float64Array =>
      prices.map((price, place) => {
        if (given.opens[Math.floor(place / given.instruments.length)]! < at) return price
        return turned ? 1_000_000 / other[place]! : Number.NaN
      })
    const { open, high, low, close } = given
    return {
      ...given,
      open: column(open, open),
      high: column(high, low),
      low: column(low, high),
      close: column(close, close),
    }
  }
  return { ...market, blocks: market.blocks.map(block) }
}

const until = ({ signals, orders, refusals }: RunResult, at: number): string =>
  JSON.stringify([
    signals.filter((one) => one.at < at),
    orders.filter((one) => one.at < at).map(({ id, at: when, net }) => [id, when, net]),
    refusals.filter((one) => one.at < at),
  ])

describe('the lifecycle portfolio on hours and days', () => {
  it('trades on both clocks, on hours in the middle of the day', () => {
    const { signals, invariants } = runBacktest(inputOf(market))
    expect(invariants.violated).toEqual([])
    const of = (sleeve: string): readonly number[] =>
      signals.filter((one) => String(one.sleeve) === sleeve).map(({ at }) => at % 86_400_000)
    for (const sleeve of ['btc_sweep', 'eth_capitulation']) expect(of(sleeve).some((time) => time !== 0)).toBe(true)
    for (const sleeve of ['sol_sweep', 'bnb_breakdown']) expect(of(sleeve).filter((time) => time !== 0)).toEqual([])
    expect(of('sol_sweep').length + of('bnb_breakdown').length).toBeGreaterThan(0)
    for (const { confidence, stop, target, price, quantity } of signals) {
      expect(confidence > 0 && confidence <= 1).toBe(true)
      expect(quantity > 0 ? stop! < price && price < target! : target! < price && price < stop!).toBe(true)
    }
  })

  it('invariant 7: decides the same when every later bar of every clock is turned or removed', () => {
    const whole = runBacktest(inputOf(market))
    const places = [0.2, 0.5, 0.8].map((part) => whole.signals[Math.floor(part * whole.signals.length)]!.at)
    for (const at of places)
      for (const turned of [true, false])
        expect(until(runBacktest(inputOf(after(at, turned))), at)).toBe(until(whole, at))
  })

  it('invariant 11: goes on byte for byte from snapshots in the middle of days', () => {
    const input = inputOf(market)
    const { events, bytes } = journalOf(input)
    const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
    let kernel = createKernel({ strategies })
    for (const [place, event] of events.entries()) {
      if (place % 97 === 50)
        kernel = restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot, { strategies })
      kernel.apply(event)
    }
    expect(textOf(kernel)).toBe(bytes)
  })
})
