import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nyseSessions } from '../../src/adapters/calendars/nyse.ts'
import { readOptionRecords } from '../../src/adapters/feeds/option-records.ts'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { loadMarket } from '../../src/cli/run.ts'
import { defaultsOf, type ValuesOf } from '../../src/domain/parameters.ts'
import { daysBetween, sessionAtIndex, sessionOf, tradeDate } from '../../src/domain/sessions.ts'
import { instrumentId, type TradeDate } from '../../src/domain/units.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { optionPrice } from '../../src/numerics/options/black-scholes.ts'
import { lowestPayoff } from '../../src/numerics/options/payoff.ts'
import { recordedChainSource } from '../../src/pipeline/market/recorded-chains.ts'
import { ironCondor } from '../../src/pipeline/strategies/iron-condor/iron-condor.ts'
import { spreadsWish } from '../../src/pipeline/strategies/structures/premium.ts'
import { creditSpread, nearestExpiry, type SpreadRules } from '../../src/pipeline/strategies/structures/selection.ts'
import { dataFolder } from '../outside-data.ts'

const data = dataFolder()
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-premium-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function recorded(file: string, symbol: string, date: number, european = false) {
  const { records } = await readOptionRecords(join(data!, 'options', file), file)
  const id = instrumentId(symbol)
  const day = tradeDate(date)
  const source = recordedChainSource({
    records,
    instruments: new Map([[symbol, id]]),
    ...(european ? { european: new Set([id]) } : {}),
    rate: 0.03,
    dividendYield: 0,
    halfSpreadMin: 0.02,
    halfSpreadFraction: 0.02,
  })
  const sessions = nyseSessions()
  const spot = records.find(({ quoteDate }) => quoteDate === day)!.underlyingPrice
  return source.chain(id, sessionAtIndex(sessions, sessionOf(sessions, day)).close, day, 'close', spot)!
}

describe.skipIf(data === null)('iron condors from recorded chains (needs the data folder)', () => {
  const rules = defaultsOf(ironCondor.parameters as never) as ValuesOf<never> as SpreadRules

  it.each(['SPY', 'QQQ', 'TSLA', 'NVDA', 'AAPL'])(
    'stand around the price of %s, each side nearest to its deltas',
    async (symbol) => {
      const chain = await recorded(`${symbol}_2026-02-11.csv`, symbol, 20_260_211)
      const expiry = nearestExpiry(chain, rules)!
      const [put, call] = (['put', 'call'] as const).map((right) => creditSpread(chain, expiry, right, rules)!)
      expect([
        put!.long < put!.short,
        put!.short < chain.spot,
        chain.spot < call!.short,
        call!.short < call!.long,
      ]).toEqual(Array.from({ length: 4 }, () => true))
      for (const spread of [put!, call!]) {
        const off = (strike: number, delta: number): number =>
          Math.abs(Math.abs(chain.quote(expiry, spread.right, strike)!.delta) - delta)
        for (const strike of chain.strikes(expiry, spread.right)) {
          if (chain.quote(expiry, spread.right, strike) === null) continue
          expect(off(strike, rules.shortDelta)).toBeGreaterThanOrEqual(off(spread.short, rules.shortDelta))
          const isBeyond = spread.right === 'put' ? strike < spread.short : strike > spread.short
          if (isBeyond) expect(off(strike, rules.longDelta)).toBeGreaterThanOrEqual(off(spread.long, rules.longDelta))
        }
      }
      const wish = spreadsWish([put!, call!], 'condor')
      expect(wish.credit).toBeGreaterThan(0.5)
      expect(wish.maximumLoss).toBeCloseTo((0 - lowestPayoff(wish.legs) - wish.credit) * 100, 6)
      expect(wish.maximumLoss).toBeCloseTo((Math.max(put!.width, call!.width) - wish.credit) * 100, 6)
    },
  )
})

describe.skipIf(data === null)('an index chain (needs the data folder)', () => {
  it('says that its contracts are European, and prices them so', async () => {
    const chain = await recorded('SPX_2017_daily.csv', 'SPX', 20_170_124, true)
    expect(chain.style).toBe('european')
    const quote = chain.quote(tradeDate(20_170_519), 'put', 1650)!
    expect([quote.bid, quote.ask]).toEqual([2, 2.55])
    // At 3 % and without dividends the file's 25.9 % does not give its mid back: the volatility is taken from the mid.
    const years = daysBetween(chain.tradeDate, tradeDate(20_170_519)) / 365
    const terms = { right: 'put', spot: 2_280.07, strike: 1_650, years, rate: 0.03, dividendYield: 0 } as const
    expect(optionPrice(terms, quote.impliedVolatility)).toBeCloseTo(2.275, 6)
    expect(quote.delta).toBeGreaterThan(-0.05)
    expect((await recorded('SPX_2017_daily.csv', 'SPX', 20_170_124)).style).toBeUndefined()
  })
})

const portfolio = (strategy: string, more: string): string => `name: Recorded
capital: 200000
sleeves:
  - {id: a, weight: 1, strategy: ${strategy}, universe: [AAPL], sizing: {kind: maximum_loss, budget: 20000, contracts_max: 1}${more}}
instruments: {AAPL: {file: splits_raw/AAPL.csv, prices: raw}}
options:
  recorded: [options/AAPL_2014-06_lean_greeks.csv]
  underlyings: {AAPL: {volatility: {from: realised}}}
`

async function play(strategy: string, more = '') {
  const file = join(folder, `${strategy}.yaml`)
  writeFileSync(file, portfolio(strategy, more))
  const loaded = await loadPortfolio(file)
  const reach = { from: 20_140_602 as TradeDate, to: 20_140_612 as TradeDate }
  const market = await loadMarket(loaded, data!, reach)
  return runBacktest({ config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true })
}

describe.skipIf(data === null)(
  'premium sold on the recorded chains of June 2014, through the split of 7 to 1 (needs the data folder)',
  () => {
    it.each([
      ['covered-call', ', parameters: {profit_target: 1}', 1],
      ['cash-secured-put', ', parameters: {profit_target: 1}', 1],
      ['iron-condor', ', parameters: {profit_target: 1, stop_multiple: 1, exit_days: 1}', 4],
    ])('%s is entered at recorded quotes, marked by them, and carried over', async (strategy, more, legs) => {
      const result = await play(strategy, more)
      expect(result.invariants.violated).toEqual([])
      const opened = result.attribution.filter(({ kind, instrument }) => kind === 'fill' && /[PC]$/.test(instrument))
      expect(opened).toHaveLength(legs)
      const contracts = result.positions.filter(({ instrument }) => /[PC]$/.test(instrument))
      expect(contracts).toHaveLength(legs)
      for (const { quantity, instrument } of contracts) {
        const before = opened.find((one) => Math.sign(one.quantity) === Math.sign(quantity))!
        expect(Math.abs(quantity / before.quantity)).toBe(7)
        // Strikes of 645 go on as 92.14.
        expect(Number(/ ([\d.]+)[PC]$/.exec(instrument)![1])).toBeLessThan(120)
      }
      const shares = result.positions.find(({ instrument }) => instrument === 'AAPL')?.quantity ?? 0
      expect(shares).toBe(strategy === 'covered-call' ? 100 * Math.abs(contracts[0]!.quantity) : 0)
      const split = result.days.indexOf(20_140_609)
      const jump = result.equity[split]! / result.equity[split - 1]! - 1
      expect(Math.abs(jump)).toBeLessThan(0.02)
    })
  },
)
