import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolder } from '../../test/outside-data.ts'
import type { TradeDate } from '../domain/units.ts'
import { runBacktest } from '../engine/run/run.ts'
import { portfolioJsonSchema } from './config/json-schema.ts'
import { loadPortfolio } from './config/load.ts'
import { packageRoot } from './package-root.ts'
import { reportOf } from './report/figures.ts'
import { loadMarket, simulatedMarketData } from './run.ts'

const presets = join(packageRoot(), 'presets')
const REACH = { from: 20_200_101 as TradeDate, to: 20_241_231 as TradeDate }
const SIMULATED = { from: 20_220_101 as TradeDate, to: 20_221_231 as TradeDate }
const channels = await loadPortfolio(join(presets, 'channels.yaml'))

describe('presets', () => {
  it.each(readdirSync(presets).filter((name) => name.endsWith('.yaml')))(
    '%s is a portfolio without faults',
    async (name) => {
      const { config } = await loadPortfolio(join(presets, name))
      expect(config.sleeves.reduce((sum, { capital }) => sum + capital, 0)).toBe(config.capital)
    },
  )
})

describe('the channels preset', () => {
  it('divides 99,000 into five capitals', () => {
    expect(channels.config.sleeves.map(({ id, capital }) => [id, capital / 1e6])).toEqual([
      ['large_cap', 24_750],
      ['micro_cap', 19_800],
      ['options', 24_750],
      ['crypto', 14_850],
      ['cash', 14_850],
    ])
  })
  it('states sizes, places and limits', () => {
    const { sleeves, limits } = channels.config
    expect(sleeves.map(({ sizing }) => sizing).slice(0, 4)).toEqual([
      { kind: 'notional', amount: 673 },
      { kind: 'notional', amount: 500 },
      { kind: 'maximumLoss', budget: 2_500, contractsMax: 2 },
      { kind: 'notional', amount: 1_000 },
    ])
    expect(sleeves.map((sleeve) => sleeve.limits.positionsMax)).toEqual([3, 5, 3, 2, null])
    expect(limits).toEqual({
      positionsMax: 13,
      assetClassWeightMax: 0.5,
      positionWeightMax: 0.1,
      leverageMax: 1,
      drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: null },
    })
    expect(sleeves[3]?.limits.weekend).toEqual({ sizeFactor: 0.5, positionsMax: 1, dayLossMax: 0.01 })
    expect(sleeves[0]?.universeRules).toMatchObject({ volatilityMin: 0.3, volatilityBars: 60 })
    expect(sleeves[1]?.universeRules).toMatchObject({ volumeMin: 500_000, volumeBars: 20 })
  })
  it('runs on the simulated market: all channels trade, another seed is another market', () => {
    const run = (seed: number) =>
      runBacktest({
        config: channels.config,
        market: simulatedMarketData(channels, seed, SIMULATED),
        strategies: [...channels.strategies.values()],
        checks: true,
      })
    const once = reportOf(run(7))
    expect(once.invariants.violated).toEqual([])
    for (const sleeve of once.sleeves.slice(0, 4)) expect(sleeve.roundTrips, sleeve.name).toBeGreaterThan(0)
    expect(reportOf(run(7))).toEqual(once)
    expect(reportOf(run(8)).booksHash).not.toBe(once.booksHash)
  })
})

const data = dataFolder()
describe.skipIf(data === null)('the channels preset on real prices (needs the data folder)', () => {
  it('closes at least 20 round trips in each channel', async () => {
    const market = await loadMarket(channels, data!, REACH)
    const strategies = [...channels.strategies.values()]
    const report = reportOf(runBacktest({ config: channels.config, market, strategies, checks: true }))
    const trips = Object.fromEntries(report.sleeves.map(({ name, roundTrips }) => [name, roundTrips]))
    expect(trips['large_cap']).toBeGreaterThanOrEqual(20)
    expect(trips['micro_cap']).toBeGreaterThanOrEqual(20)
    expect(trips['options']).toBeGreaterThanOrEqual(20)
    expect(trips['crypto']).toBeGreaterThanOrEqual(20)
    expect(report.invariants.violated).toEqual([])
    expect(report.notes).toContain('USDT is taken as equal to USD, as the configuration states')
    expect(report.notes.some((note) => note.startsWith('stocks_daily/COIN.csv: not yet listed until 2021-04-14'))).toBe(
      true,
    )
  })
})

describe('the JSON Schema', () => {
  it('knows every key of a portfolio and the parameters of each strategy', () => {
    const schema = portfolioJsonSchema() as {
      readonly properties: Readonly<Record<string, unknown>>
      readonly $defs: {
        readonly sleeve: { readonly allOf: readonly { readonly if: unknown; readonly then: unknown }[] }
      }
    }
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['name', 'capital', 'sleeves', 'limits', 'options']),
    )
    const theta = schema.$defs.sleeve.allOf.find((rule) => JSON.stringify(rule.if).includes('theta-decay'))
    expect(JSON.stringify(theta?.then)).toContain('"short_delta"')
    expect(JSON.stringify(theta?.then)).toContain('"additionalProperties":false')
  })
})
