import { describe, expect, it } from 'vitest'
import { portfolioFile } from '../../../test/fixtures/portfolio-file.ts'
import { loadPortfolio } from './load.ts'

const { file, said } = portfolioFile('routing')

const portfolio = (sleeve: string, rest = ''): string => `name: small
capital: 1000
${rest}instruments:
  SPY: {file: spy.csv, kind: etf}
  QQQ: {file: qqq.csv, kind: etf}
  BTC: {file: btc.csv, kind: crypto}
  ES: {kind: future, multiplier: 5, synthetic: {from: SPY, seed: 1}}
sleeves:
  - id: trend
    weight: 1
    strategy: breakout-trend
    universe: [ES]
    sizing: {kind: percent, fraction: 0.5}
${sleeve}`

describe('a substitute universe', () => {
  it('brings the usual routing along: futures and forex from 25,000 on', async () => {
    expect(await said(portfolio('    universe_below_25000: [SPY, QQQ]\n'))).toBe('fine')
    const { config, instruments } = await loadPortfolio(file)
    expect(config.sleeves[0]!.universeBelow).toEqual(['SPY', 'QQQ'])
    expect(config.routing).toMatchObject({ upgradeAt: 25_000, downgradeBelow: 22_500 })
    expect([config.routing!.lower.future, config.routing!.upper.future]).toEqual([undefined, ['ibkr']])
    expect(instruments.map(({ instrument }) => instrument.id)).toEqual(['SPY', 'QQQ', 'ES'])
  })
  it('may speak of another threshold, as the routing does', async () => {
    const own = '    universe_below: {below: 50000, universe: [SPY]}\n'
    expect(await said(portfolio(own))).toBe('fine')
    expect((await loadPortfolio(file)).config.routing).toMatchObject({ upgradeAt: 50_000, downgradeBelow: 45_000 })
    expect(await said(portfolio(own, 'routing: {threshold: 50000, downgrade_below: 40000}\n'))).toBe('fine')
    expect((await loadPortfolio(file)).config.routing!.downgradeBelow).toBe(40_000)
  })
  it('is nothing to a portfolio that names none', async () => {
    expect(await said(portfolio(''))).toBe('fine')
    expect((await loadPortfolio(file)).config.routing).toBeUndefined()
  })
})

describe('what does not fit together is said where it stands', () => {
  it.each([
    ['    universe_below_25000: [SPX]\n', '', 'p.yaml:14:28', 'instrument "SPX" is not declared'],
    ['    universe_below_25000: [BTC]\n', '', 'p.yaml:14:28', '"BTC" trades on the calendar continuous'],
    ['    universe_below: {below: 30000, universe: [SPY]}\n', 'routing: {}\n', 'p.yaml:15:21', 'speaks of 30000'],
    [
      '    universe_below: {below: 25000, universe: [SPY]}\n    universe_below_25000: [SPY]\n',
      '',
      'p.yaml:15',
      'says what "universe_below" says; keep one',
    ],
    ['', 'routing: {downgrade_below: 26000}\n', 'p.yaml:3', 'must be at most the threshold of 25000'],
    ['', 'routing: {lower: {equity: [alpacca]}}\n', 'p.yaml:3', 'no broker is named "alpacca"; did you mean "alpaca"?'],
  ])('%s%s', async (sleeve, rest, place, reason) => {
    const text = await said(portfolio(sleeve, rest))
    expect(text).toContain(place)
    expect(text).toContain(reason)
  })
})
