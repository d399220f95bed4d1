import { describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import { loadMarket, simulatedMarketData } from '../../src/cli/run.ts'
import type { TradeDate } from '../../src/domain/units.ts'
import { createRecorder } from '../../src/engine/records/recorder.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { resultOf } from '../../src/engine/records/result-of.ts'
import { type RunInput, runBacktest } from '../../src/engine/run/run.ts'
import { runEngine } from '../../src/live/open-engine.ts'
import { createDisk } from '../dst/disk.ts'
import { diskStore, IDLE_ACCESS } from '../dst/disk-store.ts'
import { dataFolder } from '../outside-data.ts'
import { isNightly } from '../profile.ts'

/*
 * Presets on recorded bars: in a backtest, and on paper with the fills of a backtest. The bars before the month are those
 * that strategies must have seen to trade in it.
 */

const data = dataFolder()
const RUN_MS = 600_000
const PORTFOLIO = 'parity'

interface Period {
  readonly from: number
  /** First day of the month that is looked at. */
  readonly month: number
  readonly to: number
}

/** A preset with the fills of a backtest, on files or on the market of a seed. */
async function inputOf(preset: string, source: string | number, { from, to }: Period): Promise<RunInput> {
  const loaded = await loadPortfolio(`presets/${preset}.yaml`)
  const reach = { from: from as TradeDate, to: to as TradeDate }
  const market =
    typeof source === 'string' ? await loadMarket(loaded, source, reach) : simulatedMarketData(loaded, source, reach)
  const config = { ...loaded.config, paper: { fills: 'backtest' } as const }
  return { config, market, strategies: [...loaded.strategies.values()], checks: true }
}

/** Through the durable engine: desk, store, venue, and back. */
async function onPaper(input: RunInput): Promise<RunResult> {
  const store = diskStore(createDisk(PORTFOLIO), IDLE_ACCESS)
  const lease = (await store.lease(PORTFOLIO))!
  const recorder = createRecorder()
  const { run } = await runEngine(input, {
    store,
    lease,
    storeName: 'memory',
    portfolio: PORTFOLIO,
    snapshotEvery: 100,
    venue: paperVenueFor(input.config, store.id),
    sha256,
    clock: null,
    observer: recorder,
    isStopped: () => false,
  })
  return resultOf(run, recorder)
}

/** What was asked for, sent and filled from a day on; an exit has an intent of its own. */
function monthOf({ orders, refusals, trades }: RunResult, month: number) {
  return {
    intents: [
      ...orders.filter(({ tradeDate }) => tradeDate >= month).flatMap(({ shares }) => shares),
      ...refusals.filter(({ tradeDate }) => tradeDate >= month),
    ],
    orders: orders.filter(({ tradeDate }) => tradeDate >= month),
    fills: orders.filter(({ tradeDate, filled }) => tradeDate >= month && filled !== 0),
    trades: trades.filter(({ exitDate }) => exitDate >= month),
  }
}

async function expectParity(input: RunInput, month: number): Promise<void> {
  const { invariants: judged, ...backtest } = runBacktest(input)
  // The auditor of a backtest compares books and account between any two events: on paper an order may be on its way.
  const { invariants: _, ...paper } = await onPaper(input)
  expect(judged.violated).toEqual([])
  const expected = monthOf(backtest as RunResult, month)
  expect(monthOf(paper as RunResult, month)).toEqual(expected)
  for (const [what, list] of Object.entries(expected))
    expect({ what, any: list.length > 0 }).toEqual({ what, any: true })
  // The bytes that a report's hash of the books is made of, and every number that a report is made of.
  expect(new TextDecoder().decode(paper.canonical)).toBe(new TextDecoder().decode(backtest.canonical))
  expect(paper).toEqual(backtest)
}

const MONTH = { from: 20_231_101, month: 20_240_201, to: 20_240_229 }

describe.skipIf(data === null)('a month of recorded bars (needs the folder of POLYFOLIO_TEST_DATA)', () => {
  it.each<readonly [preset: string, period: typeof MONTH]>([
    ['channels', MONTH],
    ['six-bots', MONTH],
    // By night, options of every kind, sold contracts alone included, and futures beside everything else.
    ...(isNightly ? ([['all', { ...MONTH, from: 20_240_115 }]] as const) : []),
  ])(
    'comes to the same intents, orders, fills and books in a backtest and on paper: %s',
    async (preset, period) => expectParity(await inputOf(preset, data!, period), period.month),
    RUN_MS,
  )
})

describe('a month of the simulated market', () => {
  it(
    'comes to the same intents, orders, fills and books in a backtest and on paper: channels',
    async () => expectParity(await inputOf('channels', 1, MONTH), MONTH.month),
    RUN_MS,
  )
})
