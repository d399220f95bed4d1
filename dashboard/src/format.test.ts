import { describe, expect, it } from 'vitest'
import {
  basisPoints,
  count,
  direction,
  leverage,
  MINUS,
  money,
  moneyShort,
  NARROW,
  numberOf,
  percent,
  price,
  quantity,
  ratio,
  UNDEFINED,
} from './format.ts'

describe('money', () => {
  it.each([
    ['1506650.12', {}, '$1,506,650'],
    ['1506650.12', { cents: true }, '$1,506,650.12'],
    ['9999.5', {}, '$9,999.50'],
    ['148.2', { signed: true }, '+$148.20'],
    ['-71.3', { signed: true }, `${MINUS}$71.30`],
    ['-52700', {}, `${MINUS}$52,700`],
    ['0.001', { signed: true }, '$0.00'],
    ['-0.004', { signed: true }, '$0.00'],
    ['1200', { currency: 'CHF', cents: false }, `CHF${NARROW}1,200`],
    [12_345_678.9, {}, '$12,345,679'],
  ] as const)('%s with %j reads %s', (figure, style, text) => expect(money(figure, style)).toBe(text))

  it('says n/a for what is not defined, never 0 or NaN', () => {
    for (const figure of [null, undefined, '', 'nonsense', Number.NaN]) expect(money(figure)).toBe(UNDEFINED)
  })
})

describe('short money', () => {
  it.each([
    ['1500000', '$1.5M'],
    ['2000000', '$2M'],
    ['448725', '$449k'],
    ['1500', '$1.5k'],
    ['-60761', `${MINUS}$61k`],
    ['12', '$12'],
    ['3200000000', '$3.2B'],
  ])('%s reads %s', (figure, text) => expect(moneyShort(figure)).toBe(text))
})

describe('percent', () => {
  it.each([
    [0.0039, { signed: true }, `+0.39${NARROW}%`],
    [-0.0083, { signed: true }, `${MINUS}0.83${NARROW}%`],
    [1.152, { signed: true }, `+115.2${NARROW}%`],
    [0.1, {}, `10.0${NARROW}%`],
    [-0.00001, { signed: true }, `0.00${NARROW}%`],
    [0.5, { decimals: 0 }, `50${NARROW}%`],
  ] as const)('%d with %j reads %s', (figure, style, text) => expect(percent(figure, style)).toBe(text))
})

describe('other figures', () => {
  it('leverage, ratio, basis points and counts', () => {
    expect([leverage(0.78), ratio(-1.234), basisPoints(0.00123), count(100_000)]).toEqual([
      '0.78×',
      `${MINUS}1.23`,
      '12 bps',
      '100,000',
    ])
  })
  it('a quantity keeps every digit and loses no zero that counts', () => {
    expect(quantity('0.05458832')).toBe('0.05458832')
    expect(quantity('-2400')).toBe(`${MINUS}2,400`)
    expect(quantity('1200.500')).toBe('1,200.5')
    expect(quantity(0.0000001)).toBe('0.0000001')
  })
  it('a price goes to its tick', () => {
    expect([price('268.1', '0.01'), price('1.1528', '0.00001'), price('91240'), price('5.5')]).toEqual([
      '268.10',
      '1.15280',
      '91,240.00',
      '5.5000',
    ])
  })
  it('what rounds to zero points nowhere', () => {
    expect([direction(0.004), direction(-0.006), direction(0.4, 0), direction(null)]).toEqual([
      'flat',
      'down',
      'flat',
      'flat',
    ])
  })
  it('numbers are those of decimal text', () => {
    expect([numberOf('12.5'), numberOf('x'), numberOf(Number.POSITIVE_INFINITY)]).toEqual([12.5, null, null])
  })
})
