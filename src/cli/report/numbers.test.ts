import { describe, expect, it } from 'vitest'
import {
  count,
  decimalsOf,
  finite,
  leverage,
  longDate,
  money,
  moneyAxis,
  moneyWhole,
  percent,
  percentTo,
  quantityText,
  ratio,
  tone,
} from './numbers.ts'

describe('figures of documents', () => {
  it('are finite or null, without negative zero and without noise', () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY, null, undefined].map(finite)).toEqual([null, null, null, null])
    expect(Object.is(finite(-0), 0)).toBe(true)
    expect(finite(0.1 + 0.2)).toBe(0.3)
    expect(finite(123_456_789.123456)).toBe(123_456_789.123456)
  })
})

describe('money', () => {
  it('has thousands separators, a true minus sign, and cents below ten thousand', () => {
    expect(money(1_506_650.09, 'USD')).toBe('$1,506,650')
    expect(money(-9_999.5, 'USD')).toBe('\u2212$9,999.50')
    expect(money(71.3, 'USD', 'both')).toBe('+$71.30')
    expect(money(10_000, 'EUR')).toBe('€10,000')
    expect(money(12.5, 'SEK')).toBe('SEK 12.50')
  })

  it('has no sign where it rounds to zero', () => {
    expect(money(-0.004, 'USD', 'both')).toBe('$0.00')
    expect(moneyWhole(-0.4, 'USD', 'both')).toBe('$0')
  })

  it('is short on axes, with as many decimals as the ticks need', () => {
    expect(moneyAxis(1_500_000, 'USD', 250_000)).toBe('$1.50M')
    expect(moneyAxis(100_000, 'USD', 20_000)).toBe('$100k')
    expect(moneyAxis(98_500, 'USD', 500)).toBe('$98.5k')
    expect(moneyAxis(0, 'USD', 20_000)).toBe('$0')
  })
})

describe('percent', () => {
  it('has two decimals, and one from ten percent upward', () => {
    expect(percent(0.0039, 'both')).toBe('+0.39\u202f%')
    expect(percent(-0.0148)).toBe('\u22121.48\u202f%')
    expect(percent(0.09994)).toBe('9.99\u202f%')
    expect(percent(0.09996)).toBe('10.0\u202f%')
    expect(percent(1.152, 'both')).toBe('+115.2\u202f%')
    expect(percentTo(-0.15, 0)).toBe('\u221215\u202f%')
  })

  it('has neither sign nor colour where it rounds to zero', () => {
    expect(percent(-0.00001, 'both')).toBe('0.00\u202f%')
    expect([tone(-0.00001), tone(0.001), tone(-0.001), tone(null)]).toEqual(['', 'up', 'down', ''])
  })
})

describe('other figures', () => {
  it('say n/a where they are undefined', () => {
    expect([percent(null), ratio(null), money(null, 'USD'), leverage(null)]).toEqual(['n/a', 'n/a', 'n/a', 'n/a'])
  })

  it('keep quantities exact', () => {
    expect(quantityText(0.05)).toBe('0.05')
    expect(quantityText(-1_234.5)).toBe('\u22121,234.5')
    expect(quantityText(1_000)).toBe('1,000')
    expect(count(1_234_567)).toBe('1,234,567')
  })

  it('are read with the decimals of their step', () => {
    expect([1, 0.5, 0.25, 0.01, 0.0001].map(decimalsOf)).toEqual([0, 1, 2, 2, 4])
    expect(leverage(0.78)).toBe('0.78×')
    expect(longDate('2020-01-02')).toBe('2 Jan 2020')
  })
})
