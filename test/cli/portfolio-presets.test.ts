import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import type { LoadedPortfolio } from '../../src/cli/config/loaded.ts'
import { reportOf } from '../../src/cli/report/figures.ts'
import { simulatedMarketData } from '../../src/cli/run.ts'
import { describeFault, type Fault } from '../../src/domain/faults.ts'
import type { TradeDate } from '../../src/domain/units.ts'
import { createKernel, restoreKernel } from '../../src/engine/kernel.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { isNightly } from '../profile.ts'
import { journalOf, textOf } from '../simulation/journal.ts'

const presets = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), 'presets')
const REACH = { from: 20_200_101 as TradeDate, to: 20_211_231 as TradeDate }
/** For the portfolio of every strategy. */
const YEAR = { from: 20_210_101 as TradeDate, to: 20_211_231 as TradeDate }
const SEED = 26

const load = (name: string): Promise<LoadedPortfolio> => loadPortfolio(join(presets, name))

function simulated(loaded: LoadedPortfolio, reach = REACH): RunResult {
  return runBacktest({
    config: loaded.config,
    market: simulatedMarketData(loaded, SEED, reach),
    strategies: [...loaded.strategies.values()],
    checks: true,
  })
}

const PORTFOLIOS = [
  'six-bots.yaml',
  'multi-strategy.yaml',
  'multi-strategy/dynamic.yaml',
  'multi-strategy/risk-parity.yaml',
  'momentum-trio.yaml',
  'momentum-reversion-trend.yaml',
  'lifecycle.yaml',
  // Kept reports of it are compared, and its invariants asked for, every day.
  ...(isNightly ? ['all.yaml'] : []),
]

describe('a preset', () => {
  it.each(PORTFOLIOS)('%s runs on the simulated market, and every invariant holds', async (name) => {
    const result = simulated(await load(name), name === 'all.yaml' ? YEAR : REACH)
    const report = reportOf(result)
    expect(report.invariants.violated).toEqual([])
    expect(report.netting.ordersNet).toBeGreaterThan(5)
    for (const [day, equity] of result.equity.entries()) {
      const sum = result.sleeves.reduce((total, sleeve) => total + sleeve.equity[day]!, 0)
      expect(Math.abs(sum - equity)).toBeLessThan(1e-6)
    }
  })
})

describe('the six bots', () => {
  it('begin with the inverse of their volatilities', async () => {
    const { config } = await load('six-bots.yaml')
    const capitals = config.sleeves.map(({ id, capital }) => [id, Math.round(capital / 9_800_000) / 100])
    expect(Object.fromEntries(capitals)).toMatchObject({ pairs: 23.63, cash_carry: 35.44, earnings: 11.81 })
    const { capital } = simulated(await load('six-bots.yaml'))
    const [first] = capital!.days
    expect(Array.from(first!.weights, (weight) => Math.round(weight * 10_000) / 100)).toEqual([
      23.63, 35.44, 11.81, 8.86, 10.13, 10.13, 0,
    ])
  })
})

describe('the lifecycle portfolio', () => {
  it('begins with stage base x confidence of what is known, and goes on with what is shown', async () => {
    const { capital } = simulated(await load('lifecycle.yaml'))
    // 0.6 x min(2.1 / 2, 1.5) + 0.4 x 0.68 = 0.902 of 10 %, and so on; the smallest confidence is one half.
    const [first] = capital!.days
    expect(Array.from(first!.weights, (weight) => Math.round(weight * 1e6) / 1e6)).toEqual([
      0.0902, 0.08, 0.0334, 0.01, 0,
    ])
    const computed = capital!.days.filter(({ isComputed }) => isComputed)
    expect(computed.length).toBeGreaterThan(12)
    for (const { weights } of computed)
      for (const [sleeve, base] of [0.1, 0.1, 0.05, 0.02].entries())
        expect(weights[sleeve]!).toBeLessThanOrEqual(base + 1e-12)
    expect(new Set(computed.map(({ weights }) => weights[0]!)).size).toBeGreaterThan(3)
  })
})

describe('the multi-strategy portfolio', () => {
  it('leaves every sleeve the same books before costs, netted or not', async () => {
    const loaded = await load('multi-strategy.yaml')
    const run = (netting: boolean): RunResult =>
      simulated({ ...loaded, config: { ...loaded.config, netting, costs: {} } })
    const [netted, apart] = [run(true), run(false)]
    for (const [index, { equity }] of netted.sleeves.entries())
      for (const [day, value] of equity.entries())
        expect(Math.abs(value - apart.sleeves[index]!.equity[day]!)).toBeLessThan(0.001)
  })
  it('trades by strategies of its own, none of them a recorded stream', async () => {
    for (const name of ['multi-strategy.yaml', 'multi-strategy/dynamic.yaml', 'multi-strategy/risk-parity.yaml']) {
      const { config } = await load(name)
      for (const { kind, strategy, id } of config.sleeves.filter(({ strategy: one }) => one !== null))
        expect({ id, kind, strategy }).toEqual({ id, kind: undefined, strategy: expect.any(String) })
    }
  })
})

describe('three ideas over the same names', () => {
  it('keep the same books before costs, netted or not, though some of it meets inside', async () => {
    const loaded = await load('momentum-reversion-trend.yaml')
    const run = (netting: boolean): RunResult =>
      simulated({ ...loaded, config: { ...loaded.config, netting, costs: {} } })
    const [netted, apart] = [run(true), run(false)]
    const { netting } = reportOf(netted)
    expect(netting.crosses).toBeGreaterThan(5)
    for (const [index, { equity }] of netted.sleeves.entries())
      for (const [day, value] of equity.entries())
        expect(Math.abs(value - apart.sleeves[index]!.equity[day]!)).toBeLessThan(0.001)
  })
})

describe('the momentum trio', () => {
  it('keeps the paused third in cash', async () => {
    const { sleeves, config } = simulated(await load('momentum-trio.yaml'))
    const paused = sleeves.findIndex(({ id }) => id === 'momentum_200')
    expect(config.sleeves[paused]).toMatchObject({ status: 'paused', weight: 0.3 })
    expect(Math.max(...sleeves[paused]!.exposure)).toBe(0)
    expect(sleeves[0]!.exposure.some((exposure) => exposure > 0)).toBe(true)
  })

  it('goes on byte for byte from any bar at which it was saved', async () => {
    const loaded = await load('momentum-trio.yaml')
    const reach = { from: 20_200_101 as TradeDate, to: 20_200_630 as TradeDate }
    const strategies = [...loaded.strategies.values()]
    const { events, bytes } = journalOf({
      config: loaded.config,
      market: simulatedMarketData(loaded, SEED, reach),
      strategies,
      checks: false,
    })
    const options = { strategies: new Map(strategies.map((one) => [one.name, one])) }
    for (const cut of [3, Math.floor(events.length / 3), Math.floor((events.length * 2) / 3)]) {
      const before = createKernel(options)
      for (const event of events.slice(0, cut)) before.apply(event)
      const snapshot = JSON.parse(JSON.stringify(before.snapshot())) as ReturnType<typeof before.snapshot>
      const after = restoreKernel(snapshot, options)
      for (const event of events.slice(cut)) after.apply(event)
      expect(textOf(after)).toBe(bytes)
    }
  })
})

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-layout-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const STRATEGY_ALLOCATION = `portfolio:
  name: "Multi-Strategy Momentum Portfolio"
  initial_capital: 100000
  rebalancing:
    method: "periodic"
    frequency: "monthly"
    threshold: 0.05

strategies:
  - name: "momentum_60"
    allocation: 0.30
    signal_type: "MomentumSignalV2"
    parameters: {lookback: 60, sma_filter: 200}
    risk_config: {max_position_size: 0.35, max_leverage: 1.0, volatility_target: 0.24}
    status: "active"
  - name: "momentum_200"
    allocation: 0.30
    signal_type: "MomentumSignalV2"
    parameters: {lookback: 200, sma_filter: 200}
    risk_config: {max_position_size: 0.35, max_leverage: 1.0, volatility_target: 0.24}
    status: "paused"
`
const RISK_LIMITS = `portfolio_limits:
  max_leverage: 2.0
  max_drawdown: -0.15
  max_volatility: 0.25
  min_diversification_ratio: 1.2
  position_limits:
    max_weight_per_ticker: 0.10
    max_concentration_top5: 0.40
  correlation_limits:
    max_strategy_correlation: 0.80
    alert_threshold: 0.70
  violation_actions:
    critical:  "liquidate_all"
    high:      "reduce_positions"
    medium:    "pause_strategy"
    low:       "alert_only"

alert_settings:
  email:
    enabled: true
    recipients: ["your_email@example.com"]
    smtp_server: "smtp.gmail.com"
  slack:
    enabled: false
    webhook_url: "https://hooks.slack.com/..."
  sms:
    enabled: false
    twilio_sid: "..."
    twilio_token: "..."
    phone_number: "+1234567890"
`
const WHOLE = `include: [strategy_allocation.yaml, portfolio_risk_limits.yaml]
universe: [SPY]
instruments: {SPY: {file: SPY.csv, kind: etf}}
`

async function loadFiles(allocation: string, limits: string, whole = WHOLE): Promise<LoadedPortfolio> {
  writeFileSync(join(folder, 'strategy_allocation.yaml'), allocation)
  writeFileSync(join(folder, 'portfolio_risk_limits.yaml'), limits)
  writeFileSync(join(folder, 'whole.yaml'), whole)
  return loadPortfolio(join(folder, 'whole.yaml'))
}

async function refusal(allocation: string, limits: string): Promise<string> {
  return loadFiles(allocation, limits).then(
    () => '',
    (cause: unknown) =>
      (cause as { readonly faults: readonly Fault[] }).faults
        .map(describeFault)
        .join('\n')
        .replaceAll(`${folder}/`, ''),
  )
}

describe('the layout of strategies and limits in two files', () => {
  it('is read as it stands', async () => {
    const { config, notes } = await loadFiles(STRATEGY_ALLOCATION, RISK_LIMITS)
    expect({ name: config.name, capital: config.capital }).toEqual({
      name: 'Multi-Strategy Momentum Portfolio',
      capital: 100_000_000_000,
    })
    expect(config.sleeves.slice(0, 2)).toMatchObject([
      {
        id: 'momentum_60',
        weight: 0.3,
        strategy: 'time-series-momentum',
        parameters: { lookback: 60, smaFilter: 200, volatilityTarget: 0.24 },
        sizing: { kind: 'percent', fraction: 0.35, of: 'sleeve' },
        limits: { positionWeightMax: 0.35, leverageMax: 1 },
        status: 'active',
        universe: ['SPY'],
      },
      { id: 'momentum_200', status: 'paused' },
    ])
    expect(config.limits).toMatchObject({
      leverageMax: 2,
      drawdown: { halt: 0.15, resume: 0.05 },
      volatility: { limit: 0.25 },
      diversification: { limit: 1.2 },
      positionWeightMax: 0.1,
      concentration: { positions: 5, weightMax: 0.4 },
      correlation: { limit: 0.8 },
    })
    expect(config.violations).toMatchObject({
      actions: { critical: 'liquidate_all', high: 'reduce_positions', medium: 'pause_strategy', low: 'alert_only' },
      correlation: { level: 0.7 },
    })
    expect(config.capitalPlan!.rebalancing).toMatchObject({
      triggers: ['periodic'],
      schedule: { kind: 'calendar', unit: 'month' },
    })
    expect(notes).toContain('max_drawdown: -0.15 is read as a fall of 0.15')
    expect(notes.some((note) => note.includes('alert_settings'))).toBe(true)
  })

  it('says what is wrong where it was written', async () => {
    expect(await refusal(STRATEGY_ALLOCATION.replace('lookback: 60', 'lookback: 1'), RISK_LIMITS)).toMatch(
      /^strategy_allocation\.yaml:13:\d+ .*lookback/,
    )
    expect(await refusal(STRATEGY_ALLOCATION, RISK_LIMITS.replace('max_leverage: 2.0', 'max_leverage: 0.5'))).toMatch(
      /^portfolio_risk_limits\.yaml:2:\d+ leverage/,
    )
    expect(
      await refusal(STRATEGY_ALLOCATION.replace('frequency: "monthly"', 'frequency: "hourly"'), RISK_LIMITS),
    ).toMatch(/^strategy_allocation\.yaml:6:\d+ rebalancing/)
    expect(await refusal(STRATEGY_ALLOCATION, RISK_LIMITS.replace('max_volatility', 'max_volatilty'))).toMatch(
      /portfolio_risk_limits\.yaml:4:\d+ unknown key "max_volatilty"/,
    )
  })

  it('refuses a secret that is written out, and takes the name of one', async () => {
    const literal = RISK_LIMITS.replace('twilio_token: "..."', 'twilio_token: "9f8e7d"')
    expect(await refusal(STRATEGY_ALLOCATION, literal)).toBe(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text that people are told to write
      'portfolio_risk_limits.yaml:29:19 alert_settings.sms.twilio_token: holds a secret in plain text; write ${TWILIO_TOKEN} and set TWILIO_TOKEN in the environment',
    )
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text that people write
    expect(await refusal(STRATEGY_ALLOCATION, RISK_LIMITS.replace('"..."', '"${TWILIO_SID}"'))).toBe('')
  })
})
