import { describe, expect, it } from 'vitest'
import { portfolioFile } from '../../../test/fixtures/portfolio-file.ts'
import { loadPortfolio } from './load.ts'

const { file, said } = portfolioFile('currencies')

const portfolio = (instruments: string, sleeve = '', rest = ''): string => `name: Abroad
capital: 1000
${rest}instruments:
${instruments}sleeves:
  - id: one
    weight: 1
    ${sleeve}
    strategy: buy-and-hold
    universe: [AAA]
    sizing: {kind: notional, amount: 100}
`
const SHARE = '  AAA: {file: a.csv, currency: EUR}\n'
const PAIR = '  EUR/USD: {kind: fx, file: e.csv}\n'

describe('a share in another currency', () => {
  it('is taken with the pair that gives its rate, which needs to be in no universe', async () => {
    expect(await said(portfolio(`${SHARE}${PAIR}  GBP/USD: {kind: fx, file: g.csv}\n`))).toBe('fine')
    const { instruments } = await loadPortfolio(file)
    expect(instruments.map(({ instrument }) => [instrument.id, instrument.kind, instrument.currency])).toEqual([
      ['AAA', 'equity', 'EUR'],
      ['EUR/USD', 'fx', 'USD'],
    ])
    expect(instruments[1]!.instrument).toMatchObject({ unitsPerWhole: 100, step: 100, calendar: 'continuous' })
  })
  it('is taken with the pair the other way round, and by the symbol of a pair', async () => {
    expect(await said(portfolio(`${SHARE}  USD/EUR: {kind: fx, file: e.csv}\n`))).toBe('fine')
    expect(await said(portfolio(`${SHARE}  euro: {kind: fx, symbol: EUR/USD, file: e.csv}\n`))).toBe('fine')
    const { instruments } = await loadPortfolio(file)
    expect(instruments.map(({ instrument }) => instrument.id)).toEqual(['AAA', 'euro'])
  })
  it('may be bought with capital in its currency', async () => {
    expect(await said(portfolio(`${SHARE}${PAIR}`, 'capital_in: {EUR: 0.4}'))).toBe('fine')
    const { config } = await loadPortfolio(file)
    expect(config.sleeves[0]!.capitalIn).toEqual([{ currency: 'EUR', fraction: 0.4 }])
  })
  it('leaves no trace in the configuration of a portfolio of one currency', async () => {
    expect(await said(portfolio('  AAA: {file: a.csv}\n'))).toBe('fine')
    const { config, instruments } = await loadPortfolio(file)
    expect(Object.keys(config.sleeves[0]!)).not.toContain('capitalIn')
    expect(instruments).toHaveLength(1)
  })
})

describe('currencies that do not fit', () => {
  it.each([
    [
      'a share without a rate',
      portfolio(SHARE),
      'p.yaml:4:32 instruments.AAA.currency: EUR is not USD; state "parity: {EUR: USD}" if you take them as equal, or declare their rate: "EUR/USD: {kind: fx, file: FILE.csv}"',
    ],
    [
      'a pair without a file',
      portfolio(`${SHARE}  EUR/USD: {kind: fx}\n`),
      'p.yaml:4:32 instruments.AAA.currency: EUR is not USD; state "parity: {EUR: USD}" if you take them as equal, or declare their rate: "EUR/USD: {kind: fx, file: FILE.csv}"',
    ],
    [
      'a cross pair, whose own price has no rate',
      portfolio(`  AAA: {file: a.csv}\n  EUR/GBP: {kind: fx, file: x.csv}\n`),
      'p.yaml:5:12 instruments.EUR/GBP.currency: GBP is not USD; state "parity: {GBP: USD}" if you take them as equal, or declare their rate: "GBP/USD: {kind: fx, file: FILE.csv}"',
    ],
    [
      'a pair that is none',
      portfolio(`  AAA: {kind: fx, file: a.csv}\n`),
      "p.yaml:4:8 instruments.AAA: a currency pair is named by two currencies, the price's own on the right, such as EUR/USD",
    ],
    [
      'a pair quoted in what is not on its right',
      portfolio(`  AAA: {kind: fx, symbol: EUR/USD, currency: EUR, file: a.csv}\n${PAIR}`),
      "p.yaml:4:8 instruments.AAA: a currency pair is named by two currencies, the price's own on the right, such as EUR/USD",
    ],
    [
      'capital in a currency without a rate',
      portfolio('  AAA: {file: a.csv}\n', 'capital_in: {CHF: 0.1}'),
      'p.yaml:8:23 sleeves[0].capital_in.CHF: has no rate; declare it: "CHF/USD: {kind: fx, file: FILE.csv}"',
    ],
    [
      'capital in the currency that it is in',
      portfolio(`${SHARE}${PAIR}`, 'capital_in: {USD: 0.1}'),
      'p.yaml:9:23 sleeves[0].capital_in.USD: USD needs no change: what is not listed stays in USD; remove it',
    ],
    [
      'capital in a coin',
      portfolio(`${SHARE}${PAIR}`, 'capital_in: {BTC: 0.1}'),
      'p.yaml:9:23 sleeves[0].capital_in.BTC: books cannot be kept in "BTC"; use one such as EUR',
    ],
    [
      'more capital than there is',
      portfolio(`${SHARE}${PAIR}  USD/JPY: {kind: fx, file: j.csv}\n`, 'capital_in: {EUR: 0.7, JPY: 0.6}'),
      'p.yaml:10:17 sleeves[0].capital_in: fractions add up to 1.3, above 1; lower them',
    ],
    [
      'options on a foreign share',
      portfolio(`${SHARE}${PAIR}`, '', 'options: {underlyings: {AAA: {volatility: {from: realised}}}}\n'),
      "p.yaml:3:30 options.underlyings.AAA: is traded in EUR; options are kept in the portfolio's currency USD only, so remove it here",
    ],
  ])('%s', async (_, text, expected) => {
    expect(await said(text)).toBe(expected)
  })
})
