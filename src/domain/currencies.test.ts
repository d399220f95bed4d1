import { describe, expect, it } from 'vitest'
import { countsPerUnit, currencyPair, isBookCurrency, rateSource } from './currencies.ts'
import { currencyCode } from './units.ts'

const USD = currencyCode('USD')
const pair = (symbol: string) => ({ kind: 'fx', symbol, index: 7 }) as const

describe('currencies of the books', () => {
  it('count millionths, or hundredths where the unit is worth little', () => {
    expect(countsPerUnit(USD)).toBe(1_000_000)
    expect(countsPerUnit(currencyCode('JPY'))).toBe(100)
  })
  it('are no coins', () => {
    expect(['USD', 'JPY', 'USDT', 'BTC', 'XYZ'].map(isBookCurrency)).toEqual([true, true, true, false, false])
  })
})

describe('a currency pair', () => {
  it.each([
    ['EUR/USD', { left: 'EUR', right: 'USD' }],
    ['BTC/USD', null],
    ['USD/USD', null],
    ['EURUSD', null],
    ['EUR/USD/JPY', null],
  ])('%s', (symbol, expected) => {
    expect(currencyPair(symbol)).toEqual(expected)
  })
  it('gives a rate as it is quoted, or the other way round', () => {
    expect(rateSource(pair('EUR/USD'), USD, {})).toEqual({ currency: 'EUR', instrument: 7, inverse: false })
    expect(rateSource(pair('USD/JPY'), USD, {})).toEqual({ currency: 'JPY', instrument: 7, inverse: true })
  })
  it('gives none for cross pairs, for what is equal to the base, and for other kinds', () => {
    expect(rateSource(pair('EUR/GBP'), USD, {})).toBeNull()
    expect(rateSource(pair('USDT/USD'), USD, { USDT: USD })).toBeNull()
    expect(rateSource({ ...pair('EUR/USD'), kind: 'crypto' }, USD, {})).toBeNull()
  })
  it('counts a side that is taken as equal to the base as the base', () => {
    expect(rateSource(pair('EUR/USDT'), USD, { USDT: USD })).toEqual({ currency: 'EUR', instrument: 7, inverse: false })
  })
})
