import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { reportOf } from '../../src/cli/report/figures.ts'
import { loadMarket } from '../../src/cli/run.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'

/*
 * Shares in euro and yen through the whole product: portfolio file, price files, run, report. The files are made by hand:
 * `flat.csv` never moves, the euro is at 1.10 and from January 8th at 1.20, a dollar at 150 yen and then at 120.
 */

const data = resolve(dirname(fileURLToPath(import.meta.url)), '../fixtures/currencies')
const work = mkdtempSync(join(tmpdir(), 'polyfolio-currencies-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

interface Played {
  readonly result: RunResult
  readonly report: BacktestReport
}

async function play(text: string): Promise<Played> {
  const file = join(work, 'p.yaml')
  writeFileSync(file, text)
  const loaded = await loadPortfolio(file)
  const market = await loadMarket(loaded, data, { from: null, to: null })
  const result = runBacktest({
    config: loaded.config,
    market,
    strategies: [...loaded.strategies.values()],
    checks: true,
  })
  expect(result.invariants.violated).toEqual([])
  return { result, report: reportOf(result) }
}

interface Plan {
  readonly kind?: 'cash' | 'margin'
  readonly capital?: number
  readonly share?: string
  readonly rate?: string
  readonly capitalIn?: string
  readonly sizing?: string
  readonly costs?: string
}

const portfolio = (plan: Plan = {}): string => `name: Abroad
capital: ${plan.capital ?? 100_000}
account: {kind: ${plan.kind ?? 'cash'}}
${plan.costs ?? ''}
instruments:
  SHARE: {file: flat.csv, ${plan.share ?? 'currency: EUR'}}
  ${plan.rate ?? 'EUR/USD: {kind: fx, file: eurusd.csv}'}
sleeves:
  - id: abroad
    weight: 1
    ${plan.capitalIn ?? 'capital_in: {EUR: 0.5}'}
    strategy: buy-and-hold
    parameters: {retry_bars: 1}
    universe: [SHARE]
    sizing: ${plan.sizing ?? '{kind: quantity, quantity: 100}'}
`

/** Every line of a sleeve's result adds up to what became of its capital. */
function expectAddsUp({ report }: Played): void {
  for (const sleeve of report.sleeves) {
    const { capital, flows, realised, unrealised, dividends, currencyGain, fees } = sleeve
    const sum = capital + flows + realised + unrealised + dividends + (currencyGain ?? 0) - fees
    expect(Math.abs(sum - sleeve.final)).toBeLessThan(1e-5)
  }
}

const of = (played: Played, rule: string) => played.result.refusals.filter((refusal) => refusal.rule === rule)

describe('a share in euro held over a move of the rate', () => {
  it('gains exactly its currency gain while its price stands still', async () => {
    const played = await play(portfolio())
    const [sleeve] = played.report.sleeves
    // 50,000 dollars are 45,454.545455 euro; a tenth of a dollar more on each
    expect(sleeve!.currencyGain).toBeCloseTo(4_545.454546, 5)
    expect(sleeve!.final - sleeve!.capital).toBeCloseTo(sleeve!.currencyGain!, 6)
    expect([sleeve!.realised, sleeve!.unrealised, sleeve!.fees]).toEqual([0, 0, 0])
    expect(sleeve!.positions).toBe(1)
    expect(played.report.portfolio.flows).toBe(0)
    expectAddsUp(played)
    expect(played.result.equity.at(3)).toBeCloseTo(100_000, 5)
    expect(played.result.equity.at(4)).toBeCloseTo(100_000, 5)
    expect(played.result.equity.at(5)).toBeCloseTo(104_545.454546, 5)
  })
  it('records the conversion on both sides, at the first rate', async () => {
    const { result } = await play(portfolio())
    const sides = result.attribution.filter(({ kind }) => kind === 'conversion')
    expect(
      sides.map(({ instrument, quantity, price, cash, tradeDate, reason }) => [
        instrument,
        quantity,
        price,
        Math.round(cash * 1e4) / 1e4,
        tradeDate,
        reason,
      ]),
    ).toEqual([
      ['USD', -50_000, 1, -50_000, 20_240_101, 'USD to EUR'],
      ['EUR', 45_454.545455, 1.1, 50_000, 20_240_101, 'USD to EUR'],
    ])
  })
  it('reports amounts in dollars and prices in euro', async () => {
    const { result } = await play(portfolio())
    const [position] = result.positions
    expect([position!.averagePrice, position!.mark]).toEqual([100, 100])
    expect(position!.value).toBeCloseTo(12_000, 6)
    const fill = result.attribution.find(({ kind }) => kind === 'fill')!
    expect([fill.price, fill.quantity]).toEqual([100, 100])
    expect(fill.cash).toBeCloseTo(-11_000, 6)
    expect(result.netting.notionalNet).toBeCloseTo(11_000, 6)
  })
  it('takes the rate from a pair that is quoted the other way round', async () => {
    const played = await play(portfolio({ rate: 'USD/EUR: {kind: fx, file: usdeur.csv}' }))
    // a euro at 1.25 and then at 1.5625 dollars: 40,000 euro gain 12,500
    expect(played.report.sleeves[0]!.currencyGain).toBeCloseTo(12_500, 4)
    expectAddsUp(played)
  })
  it('splits price and rate where both move, fees included', async () => {
    const costs = 'costs: {equity: {commission: {bps: 10}, slippage: {kind: bps, bps: 5}}}'
    const plan = { share: 'file2: x', costs, rate: 'EUR/USD: {kind: fx, file: eurusd-moving.csv}' }
    const text = portfolio(plan).replace('file: flat.csv, file2: x', 'file: moving.csv, currency: EUR')
    const played = await play(text)
    const [sleeve] = played.report.sleeves
    expectAddsUp(played)
    // the rate ends 0.04 above where 50,000 dollars were changed, and the share's gain in euro was moved by it too
    expect(sleeve!.currencyGain).toBeGreaterThan(1_800)
    expect(sleeve!.unrealised).toBeGreaterThan(1_300)
    // ten basis points of 100 shares at 102 to 104 euro, to the cent, in dollars of that day
    const fill = played.result.attribution.find(({ kind }) => kind === 'fill')!
    expect(fill.fee).toBeCloseTo((Math.round(fill.price * 10) / 100) * 1.12, 6)
    expect(sleeve!.fees).toBeCloseTo(fill.fee, 9)
  })
})

describe('money that is not there', () => {
  it('refuses entries by rateMissing until the first rate is known', async () => {
    const played = await play(portfolio({ rate: 'EUR/USD: {kind: fx, file: eurusd-late.csv}' }))
    const refused = of(played, 'rateMissing')
    expect(refused.map(({ tradeDate, end }) => [tradeDate, end])).toEqual([
      [20_240_102, 'refused'],
      [20_240_103, 'refused'],
      [20_240_104, 'refused'],
      [20_240_105, 'refused'],
      [20_240_108, 'refused'],
    ])
    expect(played.report.sleeves[0]!.positions).toBe(1)
    expectAddsUp(played)
  })
  it('is not lent between currencies: a cash account without euro refuses by sleeveCash', async () => {
    const played = await play(portfolio({ capitalIn: '' }))
    expect(of(played, 'sleeveCash').length).toBeGreaterThan(0)
    expect(played.report.sleeves[0]!.positions).toBe(0)
    expect(played.report.sleeves[0]!.final).toBe(100_000)
    expect(played.report.sleeves[0]!.currencyGain).toBe(0)
  })
  it('trims an entry to the euro that the sleeve owns', async () => {
    const sizing = '{kind: quantity, quantity: 500}'
    const played = await play(portfolio({ sizing }))
    // 45,454.54 euro at 100 each
    expect(of(played, 'sleeveCash')[0]).toMatchObject({ end: 'trimmed', wanted: 500, allowed: 454 })
    expect(played.result.positions[0]!.quantity).toBe(454)
  })
  it('is a loan in the foreign currency in a margin account', async () => {
    const played = await play(portfolio({ kind: 'margin', capitalIn: '' }))
    const [sleeve] = played.report.sleeves
    // 10,000 euro owed against shares of 10,000 euro: the rate moves neither up nor down
    expect(sleeve!.positions).toBe(1)
    expect(sleeve!.final).toBeCloseTo(100_000, 6)
    expect(sleeve!.currencyGain).toBeCloseTo(0, 6)
    expectAddsUp(played)
  })
  it('fixed amounts are of the instrument’s currency', async () => {
    const played = await play(portfolio({ sizing: '{kind: notional, amount: 2000}' }))
    expect(played.result.positions[0]!.quantity).toBe(20)
  })
})

describe('a share in yen', () => {
  it('is counted in hundredths, so that thirty billion fit', async () => {
    const text = portfolio({
      capital: 400_000_000,
      share: 'currency: JPY',
      rate: 'USD/JPY: {kind: fx, file: usdjpy.csv}',
      capitalIn: 'capital_in: {JPY: 0.75}',
      sizing: '{kind: quantity, quantity: 1000000}',
    }).replace('flat.csv', 'yen-share.csv')
    const played = await play(text)
    const [sleeve] = played.report.sleeves
    // 300 million dollars at 150 are 45 billion yen, worth 375 million at 120
    expect(sleeve!.currencyGain).toBeCloseTo(75_000_000, 2)
    expect(sleeve!.final).toBeCloseTo(475_000_000, 2)
    expect(played.result.positions[0]!.quantity).toBe(1_000_000)
    expectAddsUp(played)
  })
})

describe('a pair of currencies itself', () => {
  const text = (kind: 'cash' | 'margin'): string =>
    portfolio({ kind, share: 'shortable: false', capitalIn: '', sizing: '{kind: quantity, quantity: 10000}' }).replace(
      'universe: [SHARE]',
      'universe: [EUR/USD]',
    )

  it('is held as a position: euro on the left, dollars on the right', async () => {
    const played = await play(text('margin'))
    const [position] = played.result.positions
    expect([position!.instrument, position!.quantity, position!.averagePrice, position!.mark]).toEqual([
      'EUR/USD',
      10_000,
      1.1,
      1.2,
    ])
    const [sleeve] = played.report.sleeves
    expect(sleeve!.unrealised).toBeCloseTo(1_000, 6)
    expect(sleeve!.final).toBeCloseTo(101_000, 6)
    // its price is a price: no other money is held
    expect(sleeve!.currencyGain).toBeNull()
  })
  it('gives the same figures twice, to the last byte', async () => {
    const [one, other] = [await play(portfolio()), await play(portfolio())]
    expect(other.report.booksHash).toBe(one.report.booksHash)
  })
})
