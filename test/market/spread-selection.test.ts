import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nyseSessions } from '../../src/adapters/calendars/nyse.ts'
import { readOptionRecords } from '../../src/adapters/feeds/option-records.ts'
import { defaultsOf, type ValuesOf } from '../../src/domain/parameters.ts'
import { daysBetween, sessionAtIndex, sessionOf, tradeDate } from '../../src/domain/sessions.ts'
import { instrumentId } from '../../src/domain/units.ts'
import { recordedChainSource } from '../../src/pipeline/market/recorded-chains.ts'
import { creditSpread, nearestExpiry, type SpreadRules } from '../../src/pipeline/strategies/structures/selection.ts'
import { thetaDecay } from '../../src/pipeline/strategies/theta-decay/theta-decay.ts'
import { dataFolder } from '../outside-data.ts'

const data = dataFolder()
const sessions = nyseSessions()
const rules = defaultsOf(thetaDecay.parameters as never) as ValuesOf<never> as SpreadRules
const STOP_MULTIPLE = 2

async function recorded(file: string, symbol: string, date: number, spot?: number) {
  const { records } = await readOptionRecords(join(data!, 'options', file), file)
  const id = instrumentId(symbol)
  const model = { rate: 0.03, dividendYield: 0, halfSpreadMin: 0.02, halfSpreadFraction: 0.02 }
  const source = recordedChainSource({ records, instruments: new Map([[symbol, id]]), ...model })
  const day = tradeDate(date)
  const { close } = sessionAtIndex(sessions, sessionOf(sessions, day))
  return source.chain(id, close, day, 'close', spot ?? records[0]!.underlyingPrice)!
}

describe.skipIf(data === null)('bull put spreads from recorded chains (skipped without the data folder)', () => {
  it.each(['SPY', 'QQQ', 'TSLA', 'NVDA', 'AAPL'])(
    'are the nearest to 38 days and to the deltas on %s',
    async (symbol) => {
      const chain = await recorded(`${symbol}_2026-02-11.csv`, symbol, 20_260_211)
      const expiry = nearestExpiry(chain, rules)!
      const days = daysBetween(chain.tradeDate, expiry)
      for (const other of chain.expiries()) {
        expect(Math.abs(daysBetween(chain.tradeDate, other) - 38)).toBeGreaterThanOrEqual(Math.abs(days - 38))
      }
      const spread = creditSpread(chain, expiry, 'put', rules)!
      const deltaOf = (strike: number): number => Math.abs(chain.quote(expiry, 'put', strike)!.delta)
      for (const strike of chain.strikes(expiry, 'put')) {
        if (chain.quote(expiry, 'put', strike) === null) continue
        expect(Math.abs(deltaOf(strike) - 0.3)).toBeGreaterThanOrEqual(Math.abs(deltaOf(spread.short) - 0.3))
        if (strike >= spread.short) continue
        expect(Math.abs(deltaOf(strike) - 0.15)).toBeGreaterThanOrEqual(Math.abs(deltaOf(spread.long) - 0.15))
      }
      expect(spread.long).toBeLessThan(spread.short)
      expect(spread.short).toBeLessThan(chain.spot)
      // What it pays at bid and ask: far above 0.50, and the stop stays within the width.
      expect(spread.credit).toBeGreaterThan(0.5)
      expect((1 + STOP_MULTIPLE) * spread.credit).toBeLessThanOrEqual(spread.width)
    },
  )
  it('stand at a seventh of the strike after a 7:1 split', async () => {
    const before = await recorded('AAPL_2014_lean_quotes.csv', 'AAPL', 20_140_606, 645.57)
    const after = await recorded('AAPL_2014_lean_quotes.csv', 'AAPL', 20_140_609, 93.7)
    const expiry = tradeDate(20_140_719)
    const [old, fresh] = [before, after].map((chain) => creditSpread(chain, expiry, 'put', rules)!)
    expect(old!.short / 7 / fresh!.short).toBeCloseTo(1, 1)
    expect(old!.long / 7 / fresh!.long).toBeCloseTo(1, 1)
  })
})
