import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { runPortfolio } from '../../src/cli/run.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import { dataFolder } from '../outside-data.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-timeframes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const data = dataFolder()

interface Sleeve {
  readonly id: string
  readonly timeframe: string
  readonly universe: string
}

/** Mean reversion on coins, a sleeve a timeframe. */
function portfolio(name: string, sleeves: readonly Sleeve[], file = 'crypto_hourly/BTCUSDT_perp.csv'): string {
  const path = join(folder, `${name}.yaml`)
  const list = sleeves.map(
    ({ id, timeframe, universe }) =>
      `  - {id: ${id}, weight: ${0.9 / sleeves.length}, strategy: mean-reversion, timeframe: ${timeframe}, parameters: {entry_rsi: 35}, universe: [${universe}], sizing: {kind: percent, fraction: 0.4}}\n`,
  )
  const simulation = 'simulation: {price: 30000, volatility: 0.6, average_volume: 30000}'
  writeFileSync(
    path,
    `name: Clocks\ncapital: 100000\nday_calendar: continuous\nparity: {USDT: USD}\nsleeves:\n${list.join('')}instruments:
  BTC: {file: ${file}, kind: perpetual, currency: USDT, ${simulation}}
  SOL: {file: crypto_daily/SOLUSDT_perp.csv, kind: perpetual, unit: 0.00000001, currency: USDT, ${simulation}}
  SPY: {file: etf_index_daily/SPY.csv, kind: etf, simulation: {price: 300, volatility: 0.2, average_volume: 5000000}}
`,
  )
  return path
}

const HOURLY: Sleeve = { id: 'hourly', timeframe: '1h', universe: 'BTC' }
const DAILY: Sleeve = { id: 'daily', timeframe: '1d', universe: 'BTC, SOL' }

describe('a sleeve with a timeframe of its own', () => {
  it('gives its instruments the clocks that they are traded on, finest first, and a year its bars', async () => {
    const stocks = { id: 'stocks', timeframe: '1h', universe: 'SPY' }
    const quarters = { id: 'quarters', timeframe: '15m', universe: 'SOL' }
    const { instruments, config } = await loadPortfolio(portfolio('clocks', [DAILY, HOURLY, stocks, quarters]))
    expect(instruments.map(({ instrument: { id, clocks } }) => [id, clocks])).toEqual([
      ['BTC', ['continuous/1h', 'continuous/1d']],
      ['SOL', ['continuous/15m', 'continuous/1d']],
      ['SPY', ['nyse/1h']],
    ])
    const periods = config.sleeves.map((sleeve) => [String(sleeve.id), sleeve.clock, sleeve.periods])
    expect(periods.slice(0, 4)).toEqual([
      ['daily', 'continuous/1d', 365],
      ['hourly', 'continuous/1h', 8_760],
      ['stocks', 'nyse/1h', 1_638],
      ['quarters', 'continuous/15m', 35_040],
    ])
  })

  it('refuses a length of bar that does not exist', async () => {
    const path = portfolio('odd', [{ ...HOURLY, timeframe: '2h' }])
    await expect(loadPortfolio(path)).rejects.toThrow(/timeframe: must be one of .*15m.*1h.*1d/)
  })

  it('decides on simulated bars of that length, in one account with a sleeve of days', async () => {
    const path = portfolio('demo', [HOURLY, DAILY])
    const reach = { from: tradeDate(20220101), to: tradeDate(20220630) }
    const { result, market } = await runPortfolio(path, { seed: 26 }, reach)
    expect(market.blocks.map(({ clock, tradeDates }) => [clock, tradeDates.length])).toEqual([
      ['continuous/1h', 181 * 24],
      ['continuous/1d', 181],
    ])
    expect(result.days).toHaveLength(181)
    expect(result.invariants.violated).toEqual([])
    const openedAt = (sleeve: string): number[] =>
      result.trades.filter((trade) => trade.sleeve === sleeve).map((trade) => trade.openedAt % 86_400_000)
    expect(openedAt('hourly').filter((time) => time !== 0).length).toBeGreaterThan(5)
    expect(openedAt('daily').length).toBeGreaterThan(0)
    expect(openedAt('daily').every((time) => time === 0)).toBe(true)
  })
})

describe.skipIf(data === null)('real files of hours (needs the data folder)', () => {
  const reach = { from: tradeDate(20220101), to: tradeDate(20220228) }

  it('serve a sleeve of hours and one of days; a day is what its hours make', async () => {
    const { market, result } = await runPortfolio(portfolio('real', [HOURLY, DAILY]), { data: data! }, reach)
    const [hours, days] = market.blocks
    expect([hours!.clock, days!.clock]).toEqual(['continuous/1h', 'continuous/1d'])
    expect([hours!.tradeDates.length, days!.tradeDates.length]).toEqual([59 * 24, 59])
    const [btc, width] = [days!.instruments.findIndex((id) => String(id) === 'BTC'), days!.instruments.length]
    for (let day = 0; day < 59; day += 1) {
      const of = (column: Float64Array): Float64Array => column.subarray(day * 24, day * 24 + 24)
      const at = day * width + btc
      expect([days!.open[at], days!.high[at], days!.low[at], days!.close[at]]).toEqual([
        of(hours!.open)[0],
        Math.max(...of(hours!.high)),
        Math.min(...of(hours!.low)),
        of(hours!.close)[23],
      ])
      expect(days!.closes[day]).toBe(hours!.closes[day * 24 + 23])
    }
    expect(result.days).toHaveLength(59)
    expect(result.invariants.violated).toEqual([])
  })

  it('are refused with file and reason where they are coarser than the clock', async () => {
    const finer = portfolio('finer', [{ ...HOURLY, timeframe: '15m' }])
    const reason = 'holds bars of an hour, but a sleeve trades it with "timeframe: 15m"'
    await expect(runPortfolio(finer, { data: data! }, {})).rejects.toThrow(reason)
    const days = portfolio('days', [HOURLY], 'crypto_daily/BTCUSDT.csv')
    await expect(runPortfolio(days, { data: data! }, {})).rejects.toThrow(
      '"crypto_daily/BTCUSDT.csv" line 2: holds one',
    )
  })

  it('hold minutes as well, of which whole hours and days are made; what is missing is said', async () => {
    const minutes = portfolio('minutes', [HOURLY], 'crypto_minute/BTCUSD.csv')
    const { market } = await runPortfolio(minutes, { data: data! }, {})
    expect(market.blocks[0]!.clock).toBe('continuous/1h')
    const lines = readFileSync(join(data!, 'crypto_minute/BTCUSD.csv'), 'utf8').trim().split('\n').length - 1
    const hours = market.blocks[0]!.close.filter((price) => !Number.isNaN(price)).length
    expect(hours).toBeGreaterThanOrEqual(Math.ceil(lines / 60))
    expect(market.notes.some((note) => note.includes('bars of a minute are missing'))).toBe(true)
  })
})
