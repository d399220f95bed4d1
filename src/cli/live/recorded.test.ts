import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { journalFrom, journalOf } from '../../../test/fixtures/journals.ts'
import type { BacktestReport } from '../../api/contract/report.ts'
import type { MarketData } from '../../domain/market.ts'
import type { Store } from '../../domain/store.ts'
import type { TradeDate } from '../../domain/units.ts'
import { runBacktest } from '../../engine/run/run.ts'
import { recordedMarket } from '../../live/recorded/market.ts'
import { recordedResult, recordedRun } from '../../live/recorded/result.ts'
import { loadPortfolio } from '../config/load.ts'
import { underAllocator } from '../config/other-allocator.ts'
import { packageRoot } from '../package-root.ts'
import { reportOf } from '../report/figures.ts'
import { simulatedMarketData } from '../run.ts'
import { recordOf, strategiesWith } from './recorded.ts'

const reach = { from: 20_230_101 as TradeDate, to: 20_230_630 as TradeDate }

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-record-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Coins by the hour and by the day, shares by the hour: sessions of seven bars, the last of them half as long. */
function timeframes(): string {
  const path = join(folder, 'timeframes.yaml')
  const rest = 'strategy: mean-reversion, parameters: {entry_rsi: 35}, sizing: {kind: percent, fraction: 0.4}'
  writeFileSync(
    path,
    `name: Clocks
capital: 100000
day_calendar: continuous
parity: {USDT: USD}
sleeves:
  - {id: hourly, weight: 0.3, timeframe: 1h, universe: [BTC], ${rest}}
  - {id: daily, weight: 0.3, timeframe: 1d, universe: [BTC], ${rest}}
  - {id: shares, weight: 0.3, timeframe: 1h, universe: [SPY], ${rest}}
instruments:
  BTC: {file: BTC.csv, kind: perpetual, currency: USDT, simulation: {price: 30000, volatility: 0.6, average_volume: 30000}}
  SPY: {file: SPY.csv, kind: etf, simulation: {price: 300, volatility: 0.2, average_volume: 5000000}}
`,
  )
  return path
}

const preset = (name: string): string => join(packageRoot(), 'presets', `${name}.yaml`)

describe.each([
  ['momentum-reversion-trend', preset],
  ['six-bots', preset],
  ['lifecycle', preset],
  ['sleeves of three clocks', timeframes],
] as const)('the journal of %s', (name, fileOf) => {
  const loading = loadPortfolio(fileOf(name))

  it('is a market on which the same portfolio comes to the same books', async () => {
    const loaded = await loading
    const { config } = loaded
    const market = simulatedMarketData(loaded, 26, reach)
    const store = journalOf(loaded, market)
    const recorded = (await recordedMarket(store, config.name))!
    const strategies = [...loaded.strategies.values()]
    const first = runBacktest({ config, market, strategies, checks: true })
    const again = runBacktest({ config: recorded.config, market: recorded.market, strategies, checks: true })
    expect(again.canonical).toEqual(first.canonical)
    expect(again.orders).toEqual(first.orders)
    const opensOf = ({ blocks }: MarketData) => new Map(blocks.map(({ clock, opens }) => [clock, opens]))
    expect(opensOf(recorded.market)).toEqual(opensOf(market))
    const happened = await recordedResult(store, config.name, loaded.strategies)
    expect(happened.canonical).toEqual(first.canonical)
    expect(happened.equity).toEqual(first.equity)
    expect(happened.trades.length).toBe(first.trades.length)
    expect(first.trades.length).toBeGreaterThan(3)
  })
})

describe('a run that follows a journal', () => {
  it('says at any row what the rows until then come to, and goes on', async () => {
    const loaded = await loadPortfolio(preset('momentum-reversion-trend'))
    const { rows } = journalOf(loaded, simulatedMarketData(loaded, 26, reach))
    const run = recordedRun(loaded.strategies)
    expect([run.seq, run.at, run.kernel]).toEqual([-1, null, null])
    expect(() => run.result()).toThrow('nothing was configured')
    const half = rows.length >> 1
    for (const row of rows.slice(0, half)) run.take(row)
    const until = recordedResult(journalFrom(rows.slice(0, half)), 'any', loaded.strategies)
    expect(reportOf(run.result())).toEqual(reportOf(await until))
    for (const row of rows.slice(half)) run.take(row)
    expect(run.seq).toBe(rows.at(-1)!.seq)
    const all = recordedResult(journalFrom(rows), 'any', loaded.strategies)
    expect(reportOf(run.result())).toEqual(reportOf(await all))
  })

  // On the second market a split makes other contracts of those that are held.
  it.each([
    ['channels', 26, reach.to],
    ['demo', 7, 20_241_231 as TradeDate],
  ] as const)('comes to the report of the backtest that %s wrote its rows in', async (name, seed, to) => {
    const loaded = await loadPortfolio(preset(name))
    const market = simulatedMarketData(loaded, seed, { ...reach, to })
    const { config } = loaded
    const result = runBacktest({ config, market, strategies: [...loaded.strategies.values()], checks: true })
    const happened = await recordedResult(journalOf(loaded, market), config.name, loaded.strategies)
    // Who follows sees no account of a broker, so that nothing is compared with it; notes on files are no events.
    const figures = (report: BacktestReport) => ({ ...report, invariants: null, notes: null })
    expect(figures(reportOf(happened))).toEqual(figures(reportOf(result)))
  })
})

describe('another allocator', () => {
  it('takes the place of the one that is configured, and the rest of the plan stays', async () => {
    const { config } = await loadPortfolio(preset('lifecycle'))
    const { allocation, ...rest } = config.capitalPlan!
    const other = underAllocator(config, 'hrp').capitalPlan!
    expect(other).toEqual({
      ...rest,
      allocation: { ...allocation, method: 'hrp', recompute: other.allocation.recompute },
    })
    expect(other.allocation.recompute.kind).not.toBe('never')
  })

  it('comes with a plan where there was none, and moves capital', async () => {
    const loaded = await loadPortfolio(preset('momentum-reversion-trend'))
    const { capitalPlan: _, ...plain } = loaded.config
    const market = simulatedMarketData(loaded, 26, { from: 20_220_101 as TradeDate, to: 20_230_630 as TradeDate })
    const config = underAllocator(plain, 'erc')
    const { capital } = runBacktest({ config, market, strategies: [...loaded.strategies.values()], checks: true })
    expect(capital!.records.some(({ cause }) => cause === 'weights')).toBe(true)
  })
})

describe('a record', () => {
  it('is refused where nothing is known of the portfolio, or of how a sleeve decides', async () => {
    const loaded = await loadPortfolio(preset('momentum-reversion-trend'))
    const store = journalOf(loaded, simulatedMarketData(loaded, 26, reach)) as unknown as Store
    const none = { read: async function* () {} } as unknown as Store
    await expect(recordOf(none, 'a.db', 'nobody', strategiesWith(null))).rejects.toThrow('holds no portfolio "nobody"')
    await expect(recordOf(store, 'a.db', loaded.config.name, new Map())).rejects.toThrow('is not built in')
  })

  it('is refused where options are traded', async () => {
    const loaded = await loadPortfolio(preset('channels'))
    const market = simulatedMarketData(loaded, 26, { from: reach.from, to: 20_230_301 as TradeDate })
    await expect(recordedMarket(journalOf(loaded, market), 'Channels')).rejects.toThrow('it trades options')
  })
})
