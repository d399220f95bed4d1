import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nyseSessions } from '../../src/adapters/calendars/nyse.ts'
import { readOptionRecords } from '../../src/adapters/feeds/option-records.ts'
import type { OptionChain } from '../../src/domain/market.ts'
import { daysBetween, sessionAtIndex, sessionOf, tradeDate } from '../../src/domain/sessions.ts'
import { type Instant, instrumentId, type TradeDate } from '../../src/domain/units.ts'
import {
  CHAIN_MODEL,
  firstKnown,
  listedExpiries,
  type ModelChainData,
  modelChain,
  modelChainSource,
  strikesBetween,
} from '../../src/pipeline/market/model-chains.ts'
import { recordedChainSource } from '../../src/pipeline/market/recorded-chains.ts'
import { dataFolder } from '../outside-data.ts'

const data = dataFolder()
const sessions = nyseSessions()
const SPY = instrumentId('SPY')

function closeOf(date: number): Instant {
  return sessionAtIndex(sessions, sessionOf(sessions, tradeDate(date))).close
}

/** The listed put whose delta lies nearest to the wanted one. */
function putNearest(chain: OptionChain, expiry: TradeDate, delta: number) {
  let best: { strike: number; delta: number; mid: number } | null = null
  for (const strike of chain.strikes(expiry, 'put')) {
    const quote = chain.quote(expiry, 'put', strike)
    if (quote === null || quote.bid <= 0) continue
    if (best === null || Math.abs(quote.delta - delta) < Math.abs(best.delta - delta)) {
      best = { strike, delta: quote.delta, mid: quote.mid }
    }
  }
  return best!
}

function expiryNearest(chain: OptionChain, days: number): TradeDate {
  return [...chain.expiries()].sort(
    (one, other) =>
      Math.abs(daysBetween(chain.tradeDate, one) - days) - Math.abs(daysBetween(chain.tradeDate, other) - days),
  )[0]!
}

describe('listedExpiries', () => {
  const from = (date: number, weekly: boolean): readonly number[] =>
    listedExpiries({ tradeDate: tradeDate(date), weekly, horizonDays: 90, sessions })

  it('lists third Fridays, moved to Thursday where the exchange is closed', () => {
    expect(from(20220301, false)).toEqual([20220318, 20220414, 20220520]) // Good Friday 2022-04-15
  })

  it('lists every Friday for weekly underlyings, today included on its own day', () => {
    const weekly = from(20220408, true)
    expect(weekly.slice(0, 3)).toEqual([20220408, 20220414, 20220422])
    expect(weekly).toHaveLength(13)
  })
})

describe('strikesBetween', () => {
  it('stands 1 apart below 100, 2.5 below 250, 5 above', () => {
    const strikes = [...strikesBetween(97.3, 258, CHAIN_MODEL.strikeSteps)]
    expect(strikes.slice(0, 5)).toEqual([97, 98, 99, 100, 102.5])
    expect(strikes.slice(-4)).toEqual([247.5, 250, 255, 260])
  })
})

describe('modelChain', () => {
  const source = modelChainSource({
    sessions,
    underlyings: [{ id: SPY, weekly: true, volatility: () => 0.2, dividendYield: () => 0.015 }],
  })
  const chain = source.chain(SPY, closeOf(20220301), tradeDate(20220301), 'close', 430)!
  const expiry = tradeDate(20220408)

  it('spans the deltas from 0.05 to 0.95', () => {
    const strikes = chain.strikes(expiry, 'put')
    expect(Math.abs(chain.quote(expiry, 'put', strikes[0]!)!.delta)).toBeLessThan(0.05)
    expect(Math.abs(chain.quote(expiry, 'put', strikes.at(-1)!)!.delta)).toBeGreaterThan(0.95)
  })

  it('skews volatility by 0.15 for each unit of delta, alike for both rights', () => {
    const put = chain.quote(expiry, 'put', 400)!
    const flat = modelChain({ ...(chain.data() as unknown as ModelChainData), model: { ...CHAIN_MODEL, skew: 0 } })
    const delta = Math.abs(flat.quote(expiry, 'put', 400)!.delta)
    expect(put.impliedVolatility).toBeCloseTo(0.2 + 0.15 * (0.5 - delta), 12)
    expect(chain.quote(expiry, 'call', 400)!.impliedVolatility).toBe(put.impliedVolatility)
    expect(chain.quote(expiry, 'put', 460)!.impliedVolatility).toBeLessThan(0.2)
  })

  it('spreads each side by two per cent of the mid, by two cents at least', () => {
    const dear = chain.quote(expiry, 'put', 430)!
    expect(dear.ask - dear.mid).toBeCloseTo(dear.mid * 0.02, 12)
    const cheap = chain.quote(expiry, 'put', 360)!
    expect(cheap.ask - cheap.mid).toBeCloseTo(0.02, 12)
    expect(cheap.bid).toBeGreaterThanOrEqual(0)
  })

  it('pays for a spread from 0.30 to 0.15 delta what such spreads pay', () => {
    const [short, long] = [putNearest(chain, expiry, -0.3), putNearest(chain, expiry, -0.15)]
    expect(short.delta).toBeCloseTo(-0.3, 1)
    expect(long.strike).toBeLessThan(short.strike)
    expect(short.mid - long.mid).toBeGreaterThan(1.8)
    expect(short.mid - long.mid).toBeLessThan(6.7)
  })

  it('prices a held contract on its last day, at the close by what exercise pays', () => {
    const last = source.chain(SPY, closeOf(20220408), tradeDate(20220408), 'close', 430)!
    expect(last.expiries()).not.toContain(20220408)
    expect(last.quote(expiry, 'put', 436)!.mid).toBeCloseTo(6, 12)
    expect(last.quote(expiry, 'put', 400)!.mid).toBe(0)
    expect(last.quote(tradeDate(20220401), 'put', 400)).toBeNull()
  })

  it('stands in where no chain was recorded', () => {
    const silent = { underlyings: [SPY], chain: () => null }
    const both = firstKnown([silent, source])
    expect(both.underlyings).toEqual([SPY])
    expect(both.chain(SPY, chain.at, chain.tradeDate, 'close', 430)!.origin).toBe('model')
    expect(firstKnown([silent]).chain(SPY, chain.at, chain.tradeDate, 'close', 430)).toBeNull()
  })

  it('has no chain without a volatility, and is built again from its data', () => {
    const silent = modelChainSource({
      sessions,
      underlyings: [{ id: SPY, weekly: true, volatility: () => null, dividendYield: () => 0 }],
    })
    expect(silent.chain(SPY, closeOf(20220301), tradeDate(20220301), 'close', 430)).toBeNull()
    const again = modelChain(JSON.parse(JSON.stringify(chain.data())) as ModelChainData)
    expect(again.quote(expiry, 'put', 400)).toEqual(chain.quote(expiry, 'put', 400))
    expect(again.expiries()).toEqual(chain.expiries())
  })
})

async function recordedChain(file: string, date: number, symbol: string, spot: number): Promise<OptionChain | null> {
  const { records } = await readOptionRecords(join(data!, 'options', file), `options/${file}`)
  const id = instrumentId(symbol)
  const source = recordedChainSource({
    records,
    instruments: new Map([[symbol, id]]),
    rate: 0.03,
    dividendYield: 0,
    halfSpreadMin: 0.02,
    halfSpreadFraction: 0.02,
  })
  return source.chain(id, closeOf(date), tradeDate(date), 'close', spot)
}

describe.skipIf(data === null)('recorded chains (skipped without the data folder)', () => {
  it.each([
    ['SPY', 690],
    ['QQQ', 610],
    ['TSLA', 420],
    ['NVDA', 190],
    ['AAPL', 279.51],
  ])('chooses sensible strikes by delta on %s of 2026-02-11', async (symbol) => {
    const file = `${symbol}_2026-02-11.csv`
    const { records } = await readOptionRecords(join(data!, 'options', file), file)
    const spot = records[0]!.underlyingPrice
    const chain = (await recordedChain(file, 20260211, symbol, spot))!
    const expiry = expiryNearest(chain, 38)
    const days = daysBetween(chain.tradeDate, expiry)
    expect(days).toBeGreaterThanOrEqual(30)
    expect(days).toBeLessThanOrEqual(45)
    const [short, long] = [putNearest(chain, expiry, -0.3), putNearest(chain, expiry, -0.15)]
    expect(Math.abs(short.delta + 0.3)).toBeLessThan(0.03)
    expect(Math.abs(long.delta + 0.15)).toBeLessThan(0.03)
    expect(long.strike).toBeLessThan(short.strike)
    expect(short.strike).toBeLessThan(spot)
    expect(short.strike / spot).toBeGreaterThan(0.9)
    expect(short.mid - long.mid).toBeGreaterThan(0.5)
    expect(short.mid - long.mid).toBeLessThan(short.strike - long.strike)
  })

  it('reads AAPL on both sides of its 7:1 split, in the prices of each day', async () => {
    const before = (await recordedChain('AAPL_2014_lean_quotes.csv', 20140606, 'AAPL', 645.57))!
    const after = (await recordedChain('AAPL_2014_lean_quotes.csv', 20140609, 'AAPL', 93.7))!
    const expiry = tradeDate(20140719)
    const [old, fresh] = [putNearest(before, expiry, -0.3), putNearest(after, expiry, -0.3)]
    expect(old.delta).toBeCloseTo(-0.3, 1)
    expect(fresh.delta).toBeCloseTo(-0.3, 1)
    expect(old.strike / 645.57).toBeCloseTo(fresh.strike / 93.7, 1)
    expect(old.strike).toBeGreaterThan(600)
    expect(fresh.strike).toBeLessThan(93.7)
    // The contract that was 645 goes on as 92.14, which is 645 / 7 in cents, at a seventh of the price.
    const held = after.quote(expiry, 'put', 645 / 7)!
    expect(held).toEqual(after.quote(expiry, 'put', 92.14))
    expect(held.mid / (before.quote(expiry, 'put', 645)!.mid / 7)).toBeGreaterThan(0.5)
    expect(held.mid / (before.quote(expiry, 'put', 645)!.mid / 7)).toBeLessThan(1.5)
  })

  it('has no chain at the open behind a split, and re-prices yesterday at other opens', async () => {
    const { records } = await readOptionRecords(join(data!, 'options/AAPL_2014_lean_quotes.csv'), 'a.csv')
    const id = instrumentId('AAPL')
    const source = recordedChainSource({
      records,
      instruments: new Map([['AAPL', id]]),
      rate: 0.03,
      dividendYield: 0,
      halfSpreadMin: 0.02,
      halfSpreadFraction: 0.02,
    })
    const open = (date: number): Instant => sessionAtIndex(sessions, sessionOf(sessions, tradeDate(date))).open
    // A file of quotes alone does not know the spot, so strikes tell nothing; with one it is compared.
    const priced = recordedChainSource({
      records: records.map((record) => ({ ...record, underlyingPrice: record.quoteDate < 20140609 ? 645.57 : 93.7 })),
      instruments: new Map([['AAPL', id]]),
      rate: 0.03,
      dividendYield: 0,
      halfSpreadMin: 0.02,
      halfSpreadFraction: 0.02,
    })
    expect(priced.chain(id, open(20140609), tradeDate(20140609), 'open', 92.7)).toBeNull()
    const closed = priced.chain(id, closeOf(20140609), tradeDate(20140609), 'close', 93.7)!
    const opened = priced.chain(id, open(20140610), tradeDate(20140610), 'open', 94.73)!
    const expiry = tradeDate(20140719)
    const [before, now] = [closed.quote(expiry, 'put', 90)!, opened.quote(expiry, 'put', 90)!]
    expect(now.impliedVolatility).toBe(before.impliedVolatility)
    expect(now.mid).toBeLessThan(before.mid)
    expect(source.chain(id, closeOf(20140620), tradeDate(20140620), 'close', 91)).toBeNull()
  })

  it('lists a contract once where two files know it, with its two sides', async () => {
    const id = instrumentId('AAPL')
    const files = ['AAPL_2014_lean_quotes.csv', 'AAPL_2014-06_lean_greeks.csv']
    const read = await Promise.all(files.map((file) => readOptionRecords(join(data!, 'options', file), file)))
    const source = recordedChainSource({
      records: read.flatMap(({ records }) => records),
      instruments: new Map([['AAPL', id]]),
      rate: 0.03,
      dividendYield: 0,
      halfSpreadMin: 0.02,
      halfSpreadFraction: 0.02,
    })
    const chain = source.chain(id, closeOf(20140609), tradeDate(20140609), 'close', 93.7)!
    const strikes = chain.strikes(tradeDate(20140719), 'put')
    expect(new Set(strikes).size).toBe(strikes.length)
    expect(chain.quote(tradeDate(20140719), 'put', 108.57)).toMatchObject({ bid: 14.8, ask: 15.1 })
    // Its mid is below what exercise pays at the recorded spot: no time value, moves as the share does.
    expect(chain.quote(tradeDate(20140719), 'put', 108.57)).toMatchObject({ impliedVolatility: 0, delta: -1 })
  })

  it('leaves stale strikes from before a split out, and does not believe volatilities of other prices', async () => {
    const chain = (await recordedChain('AAPL_2014-06_lean_greeks.csv', 20140609, 'AAPL', 93.7))!
    expect(chain.strikes(tradeDate(20140719), 'put').at(-1)).toBeLessThan(120) // the file lists up to 445 beside 92.72
    const held = chain.quote(tradeDate(20140719), 'put', 110.71)
    expect(held === null || held.impliedVolatility < 1).toBe(true) // the file says 3.67
  })

  it('takes volatility and delta from the mid where a file has only quotes', async () => {
    const chain = (await recordedChain('AAPL_2014_lean_quotes.csv', 20140606, 'AAPL', 645.57))!
    const quote = chain.quote(tradeDate(20140719), 'put', 645)!
    expect(quote.impliedVolatility).toBeGreaterThan(0.15)
    expect(quote.impliedVolatility).toBeLessThan(0.35)
    expect(quote.delta).toBeCloseTo(-0.47, 1)
    expect(chain.quote(tradeDate(20140719), 'put', 646.5)).toBeNull()
  })
})
