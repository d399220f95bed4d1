import { describe, expect, it } from 'vitest'
import { integer } from '../domain/parameters.ts'
import { defineStrategy } from '../pipeline/strategies/define.ts'
import { type DayBar, marketByHand, portfolioByHand } from './by-hand.ts'

const bar = (date: string, close: number, more: Partial<DayBar> = {}): DayBar => ({
  date,
  open: close,
  high: close,
  low: close,
  close,
  ...more,
})
const SIZING = { kind: 'notional', amount: 100 } as const
const idle = (name: string) =>
  defineStrategy({ name, parameters: { period: integer(5, { min: 2, max: 10 }) }, decide: () => ({}) })
const sleeve = { id: 'one', strategy: idle('idle'), weight: 1 / 3, universe: ['ACME'], sizing: SIZING }

describe('a market by hand', () => {
  it('has one session for each date of any instrument, and no bar where one has none', () => {
    const market = marketByHand({
      ACME: [bar('2024-01-02', 10), bar('2024-01-04', 11)],
      LATE: [bar('2024-01-03', 5), bar('2024-01-04', 6)],
    })
    const [block] = market.blocks
    expect([...block!.tradeDates]).toEqual([20240102, 20240103, 20240104])
    expect([...block!.close]).toEqual([10, Number.NaN, Number.NaN, 5, 11, 6])
    expect(market.sessions[0]!.dates).toHaveLength(3)
  })

  it('turns splits into a forward factor and an action at the open, before the dividend of the day', () => {
    const market = marketByHand({
      ACME: [bar('2024-01-02', 70), bar('2024-01-03', 10, { split: 7, dividend: 0.1 }), bar('2024-01-04', 10)],
    })
    expect([...market.blocks[0]!.factor]).toEqual([1, 7, 7])
    expect(market.actions.map(({ action }) => action.kind)).toEqual(['split', 'dividend'])
    expect(market.actions[0]!.at).toBe(market.sessions[0]!.opens[1])
  })

  it('ends an instrument whose days stop before the others', () => {
    const market = marketByHand({
      ACME: [bar('2024-01-02', 10), bar('2024-01-03', 10)],
      GONE: [bar('2024-01-02', 3)],
    })
    expect(market.actions.map(({ action }) => action)).toMatchObject([{ kind: 'ended', instrument: 'GONE', price: 3 }])
  })

  it.each([
    ['a date that does not exist', [bar('2024-02-30', 10)], '"ACME" line 1: "2024-02-30" is no date'],
    ['dates out of order', [bar('2024-01-03', 10), bar('2024-01-02', 10)], 'line 2: "2024-01-02" must come after'],
    ['a close outside its range', [bar('2024-01-02', 10, { high: 9 })], 'line 1: open 10, high 9, low 10, close 10'],
    ['a price of nothing', [bar('2024-01-02', 0)], 'are no bar'],
    ['a price that is no number', [bar('2024-01-02', Number.NaN)], 'are no bar'],
    ['a split near no ratio', [bar('2024-01-02', 10, { split: 1.2345 })], 'is near no ratio'],
    ['no day at all', [], '"ACME" holds no rows'],
  ])('refuses %s', (_, bars, message) => {
    expect(() => marketByHand({ ACME: bars })).toThrow(message)
  })
})

describe('a portfolio by hand', () => {
  it('splits the capital to the last count and leaves the rest to a reserve', () => {
    const { config } = portfolioByHand({ capital: 100.01, sleeves: [sleeve, { ...sleeve, id: 'two' }] })
    expect(config.sleeves.map(({ id, strategy, weight }) => [id, strategy, weight])).toEqual([
      ['one', 'idle', 1 / 3],
      ['two', 'idle', 1 / 3],
      ['cash', null, 0.333333334],
    ])
    expect(config.sleeves.reduce((sum, { capital }) => sum + capital, 0)).toBe(100_010_000)
    expect(config.capital).toBe(100_010_000)
  })

  it('needs no reserve where the weights add up to one', () => {
    const { config, strategies } = portfolioByHand({ capital: 100, sleeves: [{ ...sleeve, weight: 1 }] })
    expect(config.sleeves.map(({ id }) => id)).toEqual(['one'])
    expect(strategies).toEqual([sleeve.strategy])
  })

  it('takes the parameters that are given and the defaults of the others', () => {
    const given = (parameters: Record<string, number>) =>
      portfolioByHand({ capital: 100, sleeves: [{ ...sleeve, parameters }] }).config.sleeves[0]!.parameters
    expect(given({})).toEqual({ period: 5 })
    expect(given({ period: 7 })).toEqual({ period: 7 })
    expect(() => given({ period: 11 })).toThrow('"period" must lie between 2 and 10, was "11"')
    expect(() => given({ perod: 7 })).toThrow('"perod" is none of period')
  })

  it('refuses weights above one and two strategies of one name', () => {
    expect(() => portfolioByHand({ capital: 100, sleeves: [{ ...sleeve, weight: 1.5 }] })).toThrow('add up to 1.5')
    const other = { ...sleeve, id: 'two', strategy: idle('idle') }
    expect(() => portfolioByHand({ capital: 100, sleeves: [sleeve, other] })).toThrow('name two strategies "idle"')
  })
})
