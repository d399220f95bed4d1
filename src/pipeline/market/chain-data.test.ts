import { describe, expect, it } from 'vitest'
import type { OptionChain } from '../../domain/market.ts'
import type { OptionRecord } from '../../domain/recorded.ts'
import { tradeDate } from '../../domain/sessions.ts'
import { type Instant, instrumentId } from '../../domain/units.ts'
import { chainFrom } from './chain-data.ts'
import { CHAIN_MODEL, modelChain } from './model-chains.ts'
import { recordedChainSource } from './recorded-chains.ts'

const id = instrumentId('XYZ')
const AT = Date.UTC(2024, 0, 3, 21) as Instant
const [TODAY, EXPIRY] = [tradeDate(20_240_103), tradeDate(20_240_216)]

function expectSame(one: OptionChain, other: OptionChain): void {
  expect(other.expiries()).toEqual(one.expiries())
  expect(other.style).toBe(one.style)
  for (const expiry of one.expiries()) {
    for (const right of ['call', 'put'] as const) {
      const strikes = one.strikes(expiry, right)
      expect(strikes.length).toBeGreaterThan(0)
      expect(other.strikes(expiry, right)).toEqual(strikes)
      for (const strike of strikes) expect(other.quote(expiry, right, strike)).toEqual(one.quote(expiry, right, strike))
    }
  }
}

const throughText = (chain: OptionChain): OptionChain => chainFrom(JSON.parse(JSON.stringify(chain.data())))

describe('a chain from its own data', () => {
  it.each([{}, { style: 'european' as const }])('gives the same quotes, priced by a model %o', (style) => {
    const chain = modelChain({
      origin: 'model',
      underlying: id,
      at: AT,
      tradeDate: TODAY,
      spot: 101.3,
      volatility: 0.23,
      dividendYield: 0.012,
      model: CHAIN_MODEL,
      expiries: [{ date: EXPIRY, close: Date.UTC(2024, 1, 16, 21) as Instant }],
      ...style,
    })
    expectSame(chain, throughText(chain))
  })

  it.each(['open', 'close'] as const)('gives the same quotes, recorded, at the %s', (phase) => {
    const record = (right: 'call' | 'put', strike: number, known: Partial<OptionRecord>): OptionRecord => ({
      underlying: 'XYZ',
      quoteDate: phase === 'close' ? TODAY : tradeDate(20_240_102),
      expiry: EXPIRY,
      right,
      strike,
      bid: Number.NaN,
      ask: Number.NaN,
      mid: Number.NaN,
      impliedVolatility: Number.NaN,
      delta: Number.NaN,
      underlyingPrice: 100.5,
      line: 2,
      ...known,
    })
    const records = [
      record('put', 95, { bid: 1.1, ask: 1.2 }),
      record('put', 100, { mid: 3.4, impliedVolatility: 0.24, delta: -0.46 }),
      record('call', 105, { bid: 1.6, ask: 1.75 }),
      record('call', 80, { bid: 20.6, ask: 20.9 }),
    ]
    const rules = { rate: 0.03, dividendYield: 0.01, halfSpreadMin: 0.02, halfSpreadFraction: 0.02 }
    for (const european of [new Set<typeof id>(), new Set([id])]) {
      const source = recordedChainSource({ records, instruments: new Map([['XYZ', id]]), european, ...rules })
      const chain = source.chain(id, AT, TODAY, phase, 101.2)!
      expectSame(chain, throughText(chain))
    }
  })
})
