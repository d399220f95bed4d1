import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { reportOf } from '../../src/cli/report/figures.ts'
import { reportTexts } from '../../src/cli/report/write.ts'
import { loadMarket, simulatedMarketData } from '../../src/cli/run.ts'
import type { TradeDate } from '../../src/domain/units.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { dataFolder } from '../outside-data.ts'
import { command } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-universes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const CHARACTER = 'simulation: {price: 20, volatility: 0.5, average_volume: 1000000}'
const NAMES = ['AAA', 'BBB', 'CCC', 'DDD']
const INSTRUMENTS = `instruments:\n${NAMES.map((name) => `  ${name}: {file: ${name}.csv, ${CHARACTER}}\n`).join('')}`
const sleeve = (universe: string): string =>
  `  - id: one\n    weight: 1\n    strategy: sma-crossover\n    parameters: {fast: 2, slow: 5}\n    sizing: {kind: notional, amount: 500}\n${universe}`
const portfolio = (universe: string, rest = ''): string =>
  `name: Screened\ncapital: 10000\n${rest}sleeves:\n${sleeve(universe)}${INSTRUMENTS}`
const SCREEN = 'screen: {market_cap: {min: 50, max: 300}, float_max: 20}\n'

const HEADER = 'snapshot_date,symbol,name,sector,industry,market_cap,float_shares,avg_volume,price\n'
const company = (date: string, symbol: string, cap: string, float: string): string =>
  `${date},${symbol},${symbol} corp,Energy,Oil,${cap},${float},1000,20\n`
const MARCH = `${HEADER}${company('2020-03-02', 'AAA', '100', '10')}${company('2020-03-02', 'BBB', '100', '')}${company('2020-03-02', 'CCC', '60', '5')}${company('2020-03-02', 'XXX', '60', '5')}`
const JUNE = `${HEADER}${company('2020-06-01', 'AAA', '400', '10')}${company('2020-06-01', 'BBB', '100', '15')}${company('2020-06-01', 'XXX', '60', '5')}`

const REACH = { from: 20_200_101 as TradeDate, to: 20_201_231 as TradeDate }
async function simulated(config: string, name = 'p.yaml'): Promise<RunResult> {
  const loaded = await loadPortfolio(file(name, config))
  const market = simulatedMarketData(loaded, 7, REACH)
  return runBacktest({ config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true })
}

describe('a screen that keeps a history', () => {
  it('drives a sleeve: nothing before its first day, entries while a name is in, exits of what has left', async () => {
    file('march.csv', MARCH)
    file('june.csv', JUNE)
    file('screen.yaml', portfolio('    universe: [AAA]\n', SCREEN))
    const args = ['screen', '--config', 'screen.yaml', '--write', 'history.csv', '--json', '--snapshot']
    const first = await command(folder, [...args, 'march.csv'])
    expect(first.code).toBe(0)
    const said = JSON.parse(first.out) as Record<string, unknown>
    expect(said['history']).toEqual({ file: 'history.csv', kept: 0, added: 4 })
    expect(said['days']).toEqual([{ date: '2020-03-02', rows: 4, passes: 3 }])
    expect((await command(folder, [...args, 'june.csv'])).code).toBe(0)
    const history = readFileSync(join(folder, 'history.csv'), 'utf8')
    expect(history.trim().split('\r\n')).toEqual([
      'date,symbol,status,reasons',
      '2020-03-02,AAA,in,',
      '2020-03-02,CCC,in,',
      '2020-03-02,XXX,in,',
      '2020-03-02,BBB,out,float_shares is missing',
      '2020-06-01,BBB,in,',
      '2020-06-01,AAA,out,market_cap 400 is not at most 300',
      '2020-06-01,CCC,out,not in the snapshot of 2020-06-01',
    ])
    const again = await command(folder, [...args, 'june.csv'])
    expect(again.code).toBe(2)
    expect(again.err).toContain('has 2020-06-01 already, and 2020-06-01 is not after it')
    expect(readFileSync(join(folder, 'history.csv'), 'utf8')).toBe(history)

    const result = await simulated(portfolio('    universe_history: history.csv\n'))
    const report = reportOf(result)
    expect(report.notes).toContain('one: 1 of 4 members of history.csv have no instrument, and so no prices: XXX')
    const [universe] = report.universes
    expect(universe).toMatchObject({ sleeve: 'one', names: 3, members: ['BBB'] })
    expect(universe!.changes.map(({ date, symbol, status }) => `${date} ${symbol} ${status}`)).toEqual([
      '2020-01-02 AAA out',
      '2020-01-02 CCC out',
      '2020-01-02 BBB out',
      '2020-03-02 AAA in',
      '2020-03-02 CCC in',
      '2020-06-01 AAA out',
      '2020-06-01 CCC out',
      '2020-06-01 BBB in',
    ])
    const entries = (symbol: string): readonly number[] =>
      result.trades.filter(({ instrument }) => instrument === symbol).map(({ entryDate }) => entryDate)
    for (const symbol of ['AAA', 'CCC']) {
      expect(Math.min(...entries(symbol))).toBeGreaterThan(20_200_302)
      // What is decided on the last day in is filled on the next.
      expect(Math.max(...entries(symbol))).toBeLessThanOrEqual(20_200_601)
    }
    expect(Math.min(...entries('BBB'))).toBeGreaterThan(20_200_601)
    expect(entries('AAA').length + entries('CCC').length + entries('BBB').length).toBeGreaterThan(10)
  }, 60_000)

  it('may be followed again from the table of a report', async () => {
    file(
      'a.csv',
      'date,symbol,status,reasons\n2020-02-03,AAA,in,\n2020-05-04,AAA,out,gone; for good\n2020-05-04,BBB,in,\n',
    )
    const once = await simulated(portfolio('    universe_history: a.csv\n'))
    file('b.csv', reportTexts(once).texts.universe)
    const twice = await simulated(portfolio('    universe_history: b.csv\n'))
    expect(twice.trades).toEqual(once.trades)
    expect(twice.memberships.map(({ tradeDate, isMember }) => [tradeDate, isMember])).toEqual(
      once.memberships.map(({ tradeDate, isMember }) => [tradeDate, isMember]),
    )
    expect(once.memberships.find(({ tradeDate }) => tradeDate === 20_200_504)?.reasons).toEqual(['gone', 'for good'])
  })

  it('refuses a day that two files have, and a file that is no history', async () => {
    file('march.csv', MARCH)
    file('march-again.csv', MARCH)
    file('notes.csv', 'date,text\n2020-01-01,hello\n')
    file('screen.yaml', portfolio('    universe: [AAA]\n', SCREEN))
    const args = ['screen', '--config', 'screen.yaml', '--snapshot']
    const twice = await command(folder, [...args, 'march.csv', 'march-again.csv'])
    expect(twice.code).toBe(2)
    expect(twice.err).toContain('--snapshot has 2020-03-02 in more than one file; keep one of them')
    const other = await command(folder, [...args, 'march.csv', '--write', 'notes.csv'])
    expect(other.code).toBe(2)
    expect(other.err).toContain('a universe history has date, symbol, status (in or out) and reasons')
    expect(readFileSync(join(folder, 'notes.csv'), 'utf8')).toBe('date,text\n2020-01-01,hello\n')
  }, 60_000)
})

describe('rules over bars', () => {
  it('keep the same members in a sleeve and in its shadow', async () => {
    const rules = '    universe: [AAA, BBB]\n    universe_rules: {volatility_min: 0.45, volatility_bars: 20}\n'
    const result = await simulated(portfolio(rules, 'shadows: true\n'))
    expect(result.memberships.length).toBeGreaterThan(4)
    const [shadow] = result.shadows
    const own = result.sleeves[0]!
    expect(shadow!.trades).toBe(result.trades.length)
    expect(shadow!.equity.at(-1)).toBeCloseTo(own.equity.at(-1)!, 6)
  })
})

const data = dataFolder()
describe.skipIf(data === null)('snapshots of companies (needs the data folder)', () => {
  const real = (names: readonly string[]): string =>
    `instruments:\n${names.map((name) => `  ${name}: {file: smallcaps_daily/${name}.csv}\n`).join('')}`
  const SNAPSHOT = 'screener/finviz_2023-08.csv'
  const reach = { from: 20_230_103 as TradeDate, to: 20_240_308 as TradeDate }

  it('are asked from their day on; before it their criteria are listed as not evaluated', async () => {
    const rules = '    universe_rules: {float_max: 20000000, sectors: [Healthcare]}\n'
    const text = `name: Dated\ncapital: 10000\nsnapshots: [${SNAPSHOT}]\nsleeves:\n${sleeve('    universe: [SENS, KALA, OLB, MINDP]\n')}${rules}${real(['SENS', 'KALA', 'OLB', 'MINDP'])}`
    const loaded = await loadPortfolio(file('dated.yaml', text))
    const market = await loadMarket(loaded, data!, reach)
    const result = runBacktest({
      config: loaded.config,
      market,
      strategies: [...loaded.strategies.values()],
      checks: true,
    })
    const report: BacktestReport = reportOf(result)
    const missing = ['float_shares to 20000000 before 2023-08-15', 'sectors Healthcare before 2023-08-15']
    expect(report.sleeves[0]!.notEvaluated).toEqual(missing)
    expect(report.notes).toContain(`one: not evaluated for lack of dated data: ${missing.join(', ')}`)
    expect(report.universes[0]!.members).toEqual(['KALA'])
    expect(report.universes[0]!.changes.slice(4)).toEqual([
      {
        date: '2023-08-15',
        symbol: 'SENS',
        status: 'out',
        reasons: ['float_shares 444870000 is not below 20000000'],
      },
      {
        date: '2023-08-15',
        symbol: 'OLB',
        status: 'out',
        reasons: ['Technology / Software Application is outside Healthcare'],
      },
      {
        date: '2023-08-15',
        symbol: 'MINDP',
        status: 'out',
        reasons: ['float_shares is missing', 'Technology / Scientific & Technical Instruments is outside Healthcare'],
      },
    ])
    const late = result.trades.filter(({ entryDate }) => entryDate > 20_230_816)
    expect(new Set(late.map(({ instrument }) => instrument))).toEqual(new Set(['KALA']))
    const check = await command(folder, ['config', 'check', 'dated.yaml', '--data', data!, '--json'])
    const view = JSON.parse(check.out) as { readonly sleeves: readonly { readonly notEvaluated: unknown }[] }
    expect(view.sleeves[0]!.notEvaluated).toEqual(missing)
  }, 60_000)

  it('written as a history by the screen, drive a sleeve from that day on', async () => {
    const names = ['GRPN', 'ESPR', 'EMX', 'POLA', 'STXS', 'SENS', 'ZVRA']
    const screen = 'screen: {market_cap: {min: 5000000, max: 500000000}, volume_min: 100000, price: {min: 0.3}}\n'
    file(
      'real-screen.yaml',
      `name: S\ncapital: 10000\n${screen}sleeves:\n${sleeve('    universe: [SENS]\n')}${real(names)}`,
    )
    const snapshot = join(data!, SNAPSHOT)
    const kept = await command(folder, [
      'screen',
      '--config',
      'real-screen.yaml',
      '--snapshot',
      snapshot,
      '--write',
      'r.csv',
    ])
    expect(kept.code).toBe(0)
    expect(existsSync(join(folder, 'r.csv'))).toBe(true)
    const text = `name: S\ncapital: 10000\nsleeves:\n${sleeve('    universe_history: r.csv\n')}${real(names)}`
    const loaded = await loadPortfolio(file('real.yaml', text))
    const market = await loadMarket(loaded, data!, reach)
    const { trades, memberships } = runBacktest({
      config: loaded.config,
      market,
      strategies: [...loaded.strategies.values()],
      checks: true,
    })
    expect(trades.length).toBeGreaterThan(20)
    expect(Math.min(...trades.map(({ entryDate }) => entryDate))).toBeGreaterThan(20_230_815)
    const entered = memberships.filter(({ isMember }) => isMember)
    expect(entered.map(({ instrument }) => instrument).sort()).toEqual([...names].sort())
    expect(new Set(entered.map(({ tradeDate }) => tradeDate))).toEqual(new Set([20_230_815]))
  }, 60_000)

  it('leave the eleven micro caps without prices, and say so', async () => {
    const kept = await command(folder, ['screen', '--snapshot', join(data!, SNAPSHOT), '--write', 'micro.csv'])
    expect(kept.out).toContain('11 of 4349 names pass on 2023-08-15')
    expect(kept.out).toMatch(
      /None of them is declared in .*channels\.yaml: without an instrument they have no prices and cannot be traded: ZURA VTGN UCAR NERV LMDX GSIT GP FARM CXAI CUTR CLEU/,
    )
    expect(readFileSync(join(folder, 'micro.csv'), 'utf8').match(/,in,/g)).toHaveLength(11)
    const text = `name: S\ncapital: 10000\nsleeves:\n${sleeve('    universe_history: micro.csv\n')}${real(['SENS'])}`
    const refusal = await loadPortfolio(file('micro.yaml', text)).then(
      () => '',
      (cause: unknown) => (cause as Error).message,
    )
    expect(refusal).toMatch(/universe_history: none of its 11 members has an instrument, and so prices: ZURA VTGN/)
  }, 60_000)
})
