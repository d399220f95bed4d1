import { describe, expect, it } from 'vitest'
import { capitalInput, capitalRun, EVERY_BAR, eventsOf, noise, swinger } from '../../../test/fixtures/capital-run.ts'
import type { TradeDate } from '../../domain/units.ts'
import { sampleDeviation } from '../../numerics/statistics.ts'
import { runBacktest } from '../run/run.ts'

const RETURNS = { calm: noise(130, 0.005, 1), wild: noise(130, 0.02, 2), other: noise(130, 0.01, 3) }

describe('weights by a method', () => {
  const result = capitalRun({ returns: RETURNS, allocation: { method: 'inverse_volatility' } })
  const { days } = result.capital!

  it('are the first ones until every sleeve has enough days, and are computed anew on every 60th', () => {
    const [first, second, third, ...more] = days
    expect(more).toEqual([])
    expect([...first!.weights]).toEqual([1 / 3, 1 / 3, 1 / 3].map((part) => expect.closeTo(part, 8)))
    expect(first!.tradeDate).toBe(0)
    expect([second!, third!].map(({ tradeDate }) => [...result.days].indexOf(tradeDate))).toEqual([59, 119])
  })

  it('are those of the last 60 scored returns', () => {
    // The first portfolio day has no return yet: the shadows buy at the next open.
    const deviations = Object.values(RETURNS).map((returns) =>
      sampleDeviation(Float64Array.of(0, ...returns.slice(0, 59))),
    )
    const inverse = deviations.map((deviation) => 1 / deviation)
    const total = inverse[0]! + inverse[1]! + inverse[2]!
    expect([...days[1]!.weights]).toEqual(inverse.map((value) => expect.closeTo(value / total, 4)))
  })

  it('size every entry on the whole portfolio where the rule is every bar, and on the sleeve where it is not', () => {
    const strategies = { calm: swinger, wild: swinger, other: swinger }
    const allocation = { method: 'inverse_volatility' } as const
    const sized = (rebalancing?: typeof EVERY_BAR) => {
      const run = capitalRun({ returns: RETURNS, allocation, strategies, ...(rebalancing ? { rebalancing } : {}) })
      const entry = run.orders.filter(({ instrument, net }) => instrument === 'WILD' && net > 0).at(-1)!
      const day = [...run.days].indexOf(entry.tradeDate) - 1
      const weight = run.capital!.days.filter(({ tradeDate }) => tradeDate <= run.days[day]!).at(-1)!.weights[1]!
      return { value: entry.net * entry.price!, portfolio: run.equity[day]!, weight, own: run.sleeves[1]!.equity[day]! }
    }
    const every = sized(EVERY_BAR)
    expect(every.value / (every.portfolio * every.weight)).toBeCloseTo(1, 5)
    const never = sized()
    expect(never.value / never.own).toBeCloseTo(1, 5)
    expect(Math.abs(every.value / every.own - 1)).toBeGreaterThan(0.2)
  })

  it('tell of every change with the method and the days that it knew', () => {
    const { reason } = result.capital!.records.find(({ cause }) => cause === 'weights')!
    expect(reason).toBe('inverse_volatility over 60 days')
    expect(eventsOf(result, 'weights')).toHaveLength(6)
  })
})

describe('when weights are computed anew', () => {
  it('follows the calendar: the first day of a month, of a quarter, of a week', () => {
    const dates = (unit: 'week' | 'month' | 'quarter') =>
      capitalRun({
        returns: RETURNS,
        allocation: { method: 'inverse_volatility', observationsMin: 2, recompute: { kind: 'calendar', unit } },
      })
        .capital!.days.slice(1)
        .map(({ tradeDate }) => tradeDate)
    expect(dates('month')).toEqual([20240201, 20240301, 20240401, 20240501, 20240603, 20240701])
    expect(dates('quarter')).toEqual([20240401, 20240701])
    expect(dates('week').slice(0, 3)).toEqual([20240108, 20240115, 20240122])
  })

  it('never happens under `never`', () => {
    const run = capitalRun({ returns: RETURNS, allocation: { method: 'erc', recompute: { kind: 'never' } } })
    expect(run.capital!.days).toHaveLength(1)
  })
})

describe('when the sleeves change', () => {
  it('weights are computed at once for those that are in', () => {
    const input = capitalInput({
      returns: RETURNS,
      allocation: { method: 'inverse_volatility', observationsMin: 20, recompute: { kind: 'never' } },
    })
    const [calm, wild, other, ...rest] = input.config.sleeves
    const late = { ...other!, awaited: true }
    const { capital, days } = runBacktest({
      ...input,
      config: {
        ...input.config,
        sleeves: [calm!, wild!, late, ...rest],
        operations: [{ date: 20240213 as TradeDate, kind: 'add', sleeve: late.id }],
      },
    })
    expect(capital!.days.map(({ weights }) => weights[2]! > 0)).toEqual([false, true])
    expect([...days]).toContain(capital!.days[1]!.tradeDate)
    // What it did meanwhile is known from its shadow.
    const [first, second, third] = capital!.days[1]!.weights
    expect(first! + second! + third!).toBeCloseTo(1, 12)
    expect(first!).toBeGreaterThan(third!)
    expect(third!).toBeGreaterThan(second!)
  })
})

describe('a sleeve that begins with nothing', () => {
  it('is scored by its shadow, and keeps nobody else from being weighed', () => {
    const { capital } = capitalRun({
      returns: RETURNS,
      weights: { calm: 0.5, wild: 0.5, other: 0 },
      allocation: { method: 'inverse_volatility' },
    })
    const [first, computed] = capital!.days
    expect(first!.weights[2]).toBe(0)
    expect(computed!.weights[2]!).toBeGreaterThan(0.1)
    expect(capital!.records[0]!.reason).toBe('inverse_volatility over 60 days')
  })
})
