import { describe, expect, it } from 'vitest'
import { portfolioFile } from '../../../test/fixtures/portfolio-file.ts'
import { fillsOf, PAPER_DEFAULTS } from '../../adapters/brokers/paper/strictness.ts'
import { SCHEDULES } from '../../exchange/schedules.ts'
import { paperWords } from '../commands/paper-words.ts'

const { load, said } = portfolioFile('paper')

const portfolio = (block: string): string => `name: test
capital: 100000
instruments: {SPY: {kind: etf, file: spy.csv}, GME: {kind: equity, file: gme.csv}}
sleeves: [{id: one, weight: 1, strategy: mean-reversion, universe: [SPY], sizing: {kind: notional, amount: 1000}}]
${block}
`

describe('paper in a portfolio file', () => {
  it('is strict where nothing is said, in costs that are the worse of the two', async () => {
    const config = await load(
      portfolio(
        'costs: {etf: {commission: ibkr_lite, slippage: {kind: spread, fraction: 0.001}, participation_max: 0.02}}',
      ),
    )
    expect('paper' in config).toBe(false)
    const { costs, account, capabilities, strictness } = fillsOf(config)
    expect(costs.etf).toEqual({
      commission: SCHEDULES.ibkr_lite,
      slippage: { kind: 'none' },
      participationMax: 0.02,
      halfSpread: 0.001,
    })
    expect(costs.equity).toEqual({
      commission: SCHEDULES.alpaca,
      slippage: { kind: 'none' },
      participationMax: 0.1,
      halfSpread: 0.0005,
    })
    expect(account.pinBand).toBe(0.005)
    expect(strictness).toMatchObject({ latency: 250, borrowRate: 0.03 })
    // What a broker would call a wash trade is kept apart, as it will have to be with money.
    expect(capabilities).toMatchObject({ isReal: false, clientIds: 'enforced' })
    expect(capabilities.takesOpposing).toBeUndefined()
  })

  it('comes to the venue as it is configured, with the rest as by default', async () => {
    const { paper } = await load(
      portfolio(
        'paper: {latency: 0, half_spread: {etf: 0}, borrow: {unavailable: [GME]}, broker: alpaca, commission: {etf: none}}',
      ),
    )
    expect(paper).toEqual({
      ...PAPER_DEFAULTS,
      fills: 'strict',
      latency: 0,
      halfSpread: { ...PAPER_DEFAULTS.halfSpread, etf: 0 },
      commission: { ...PAPER_DEFAULTS.commission, etf: SCHEDULES.none },
      unborrowable: ['GME'],
      broker: 'alpaca',
    })
  })

  it('fills as a backtest where that is asked for', async () => {
    const config = await load(portfolio('paper: {fills: backtest}'))
    const { costs, account, strictness } = fillsOf(config)
    expect(costs).toBe(config.costs)
    expect(account).toBe(config.account)
    expect(strictness).toBeNull()
  })

  it.each([
    ['paper: {fill: strict}', 'unknown key "fill"; did you mean "fills"?'],
    ['paper: {fills: generous}', 'paper.fills: must be one of strict, backtest, was "generous"'],
    [
      'paper: {fills: backtest, latency: 5}',
      'paper.latency: says nothing beside "fills: backtest"; leave one of them out',
    ],
    ['paper: {latency: -1}', 'paper.latency: '],
    ['paper: {latency: 0.5}', 'paper.latency: '],
    ['paper: {half_spread: {etf: 1}}', 'paper.half_spread.etf: must be below 1, was "1"'],
    ['paper: {participation: 0}', 'paper.participation: must be above 0, was "0"'],
    [
      'paper: {borrow: {unavailable: [GMEE]}}',
      'paper.borrow.unavailable[0]: instrument "GMEE" is not declared; did you mean "GME"?',
    ],
    [
      'paper: {broker: alpacca}',
      'paper.broker: nobody knows what "alpacca" can do; did you mean "alpaca"?; known are alpaca, ibkr, ccxt',
    ],
    [
      'paper: {commission: {etf: ibkr_lit}}',
      'paper.commission.etf: no schedule is named "ibkr_lit"; did you mean "ibkr_lite"?',
    ],
  ])('%s is refused with its line and what to do', async (block, message) => {
    const text = await said(portfolio(block))
    expect(text).toMatch(/^p\.yaml:5:\d+ /)
    expect(text).toContain(message)
  })

  it('is told in a sentence', async () => {
    const words = async (block: string): Promise<string> => paperWords(await load(portfolio(block)))
    expect(await words('paper: {fills: backtest}')).toBe(
      'On paper orders fill as in a backtest: both come to the same books.',
    )
    expect(await words('')).toBe(
      "On paper orders fill half a spread beside the bars (equity 5, etf 2, crypto 10, perpetual 5, future 1, fx 1 basis points), limits included; for at most 10 % of a bar's volume; 250 ms after they are sent; shares held short cost 3 % a year where no record says it; contracts sold are assigned within 0.5 % of their strike.",
    )
  })
})
