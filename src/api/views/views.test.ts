import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import type { Heartbeat } from '../../domain/control.ts'
import type { EquityRow } from '../../domain/projections.ts'
import { addDays, sessionsFrom, startOfDay, weekday } from '../../domain/sessions.ts'
import { calendarId, type Instant, type TradeDate } from '../../domain/units.ts'
import { VIOLATION_KINDS } from '../../domain/violations.ts'
import { attention } from './activity.ts'
import { addingUp, money, moneyText, price, priceDecimals, quantity } from './amounts.ts'
import { type Basis, dated, lateOf } from './basis.ts'
import { equityCurve, keepExtremes } from './equity.ts'
import { engineView, figuresView } from './figures.ts'
import { limitUses } from './limits.ts'
import { figureText, rebalancingRows, words } from './lists.ts'
import { dayText } from './moments.ts'
import { exposureView, positionTable } from './positions.ts'
import { todayView } from './today.ts'
import { dayBegan, dayOf } from './trade-days.ts'
import { updatedOf } from './updated.ts'

const DAY = 86_400_000
const start = Date.UTC(2024, 0, 2, 21)

/** Mondays to Fridays less the 4th of July, from 13:30 to 20:00 UTC. */
function weekdays(first: TradeDate, count: number): NonNullable<Basis['sessions']> {
  const days = Array.from({ length: count }, (_, day) => addDays(first, day))
  const traded = days.filter((date) => weekday(date) !== 0 && weekday(date) !== 6 && date % 10_000 !== 704)
  const at = (date: TradeDate, hours: number): Instant => (startOfDay(date) + hours * 3_600_000) as Instant
  return sessionsFrom(
    calendarId('by hand'),
    traded.map((date) => ({ date, open: at(date, 13.5), close: at(date, 20) })),
  )
}

function row(day: number, equity: number, more: Partial<EquityRow> = {}): EquityRow {
  const at = start + day * DAY
  const own = { sleeve: '', grain: 'day' as const, bucket: Math.floor(at / DAY) * DAY, at, seq: day }
  const extremes = { first: equity, minimum: equity, maximum: equity }
  const held = { cash: equity / 2, gross: equity / 2, net: equity / 4, positions: 2, flow: 0 }
  return {
    ...own,
    ...extremes,
    equity,
    ...held,
    growth: equity / 1_000,
    peak: 1.2,
    volatility: 0.1,
    closes: 1,
    ...more,
  }
}

const beat = {
  at: start + DAY,
  dataAge: null,
  ended: '',
  currency: 'USD',
  gates: [],
  approvals: [],
  failure: '',
} as unknown as Heartbeat

function basis(more: Partial<Basis> = {}): Basis {
  const days = [row(0, 1_000), row(1, 1_100)]
  return {
    portfolio: 'Two',
    seq: 7,
    eventAt: start,
    beat,
    isRunning: true,
    isDemo: false,
    config: null,
    sleeves: [],
    last: new Map([['', days[1]!]]),
    days: new Map([['', days]]),
    dayBefore: new Map([['', days[0]!]]),
    cameToday: new Map(),
    peakAt: start,
    targets: new Map(),
    positions: { bySleeve: [], netted: [] },
    openedBy: new Map(),
    before: new Map(),
    openViolations: [],
    version: 0,
    sessions: null,
    report: null,
    updated: { last: null, next: null },
    ...more,
  }
}

describe('amounts', () => {
  it('are decimal text without a sign of zero', () => {
    expect([money(-0.001, 'USD'), money(1_506_650.125, 'USD'), money(1_234.5, 'JPY')]).toEqual([
      '0.00',
      '1506650.13',
      '1235',
    ])
    expect([quantity(-0), quantity(0.34982283), quantity(-290), quantity(100)]).toEqual([
      '0',
      '0.34982283',
      '-290',
      '100',
    ])
    expect([price(187.2), price(0.000_012_3), price(412.946_812_353_040_4)]).toEqual([
      '187.2',
      '0.0000123',
      '412.946812353',
    ])
    expect([priceDecimals(187.234, 'etf'), priceDecimals(0.5, 'equity'), priceDecimals(0.00001234, 'crypto')]).toEqual([
      2, 4, 8,
    ])
  })

  it('are grouped and have a sign of their currency within a sentence', () => {
    expect([moneyText(1_234_567.891, 'USD'), moneyText(-999, 'CHF'), moneyText(1_000, 'JPY')]).toEqual([
      '$1,234,567.89',
      '\u2212999.00 CHF',
      '¥1,000',
    ])
  })

  it('that belong together add up to the digit', () => {
    expect(addingUp([1 / 3, 1 / 3, 1 / 3], 1, 'USD').toSorted()).toEqual(['0.33', '0.33', '0.34'])
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e7, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (parts) => {
          const total = parts.reduce((sum, part) => sum + part, 0)
          const texts = addingUp(parts, total, 'USD')
          const cents = texts.reduce((sum, text) => sum + Math.round(Number(text) * 100), 0)
          expect(Math.abs(cents - Math.round(total * 100))).toBe(0)
          for (const [index, text] of texts.entries())
            expect(Math.abs(Number(text) - parts[index]!)).toBeLessThanOrEqual(0.010_000_1)
        },
      ),
      propertyRuns(200),
    )
  })
})

describe('points of a chart', () => {
  it('keep the first, the last, and the lowest and highest of each stretch', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => Math.sin(index / 40) + (index === 2_345 ? -50 : 0))
    const kept = keepExtremes(rows, 900, (value) => value)
    expect(kept.length).toBeLessThanOrEqual(900)
    expect([kept[0], kept.at(-1)]).toEqual([rows[0], rows.at(-1)])
    expect(kept).toContain(rows[2_345])
    expect(Math.max(...kept)).toBe(Math.max(...rows))
    expect(keepExtremes([1, 2, 3], 900, (value) => value)).toEqual([1, 2, 3])
  })

  it('are days by their trade dates, and say where no benchmark is', () => {
    const lines = new Map([['', [row(0, 1_000), row(1, 1_100), row(2, 990)]]])
    const curve = equityCurve(basis(), { lines, rebalancings: [], benchmark: null }, 900)
    expect(curve.lines).toMatchObject([
      { id: '', dates: ['2024-01-02', '2024-01-03', '2024-01-04'], growth: [1, 1.1, 0.99] },
    ])
    expect(curve.drawdown.value.at(-1)).toBeCloseTo(0.99 / 1.2 - 1, 9)
    expect(curve.benchmarkWhy).toBe('The portfolio names no benchmark.')
  })
})

describe('moments', () => {
  it('of a close at midnight belong to the day that it ends', () => {
    const zone = 'UTC'
    expect([dayOf(Date.UTC(2024, 4, 1), zone), dayOf(Date.UTC(2024, 4, 1, 20), zone), dayText(20_240_306)]).toEqual([
      '2024-04-30',
      '2024-05-01',
      '2024-03-06',
    ])
  })

  it("are of the day that the exchange's clock shows: a coin's close in the evening is of the day that is ending", () => {
    const zone = 'America/New_York'
    // Winter: midnight is 05:00 UTC; summer: 04:00.
    const closes = [
      Date.UTC(2024, 0, 3),
      Date.UTC(2024, 0, 3, 5),
      Date.UTC(2024, 0, 3, 5, 1),
      Date.UTC(2024, 6, 3, 4, 1),
    ]
    expect(closes.map((at) => dayOf(at, zone))).toEqual(['2024-01-02', '2024-01-02', '2024-01-03', '2024-07-03'])
    expect([dayBegan(closes[0]!, zone), dayBegan(closes[2]!, zone), dayBegan(closes[3]!, zone)]).toEqual([
      Date.UTC(2024, 0, 2, 5),
      Date.UTC(2024, 0, 3, 5),
      Date.UTC(2024, 6, 3, 4),
    ])
    expect([dayBegan(Date.UTC(2024, 0, 3), 'UTC'), dayBegan(Date.UTC(2024, 0, 3, 1), 'UTC')]).toEqual([
      Date.UTC(2024, 0, 2),
      Date.UTC(2024, 0, 3),
    ])
  })
})

describe('a reading', () => {
  it('is vouched for by the engine while it speaks, grows old when it falls silent, and waits for nothing once it has ended', () => {
    const running = dated(basis(), 1)
    expect(running).toEqual({ asOf: new Date(start + DAY).toISOString(), seq: 7, every: 5_000, late: [], data: 1 })
    expect(dated(basis({ beat: { ...beat, dataAge: 60_000 } }), 1).asOf).toBe(
      new Date(start + DAY - 60_000).toISOString(),
    )
    expect(dated(basis({ beat: { ...beat, ended: 'stopped as asked' } }), 1).every).toBeNull()
    expect(dated(basis({ beat: null }), 1)).toMatchObject({ asOf: new Date(start).toISOString(), every: null })
    const gates = [{ gate: 'fresh', instrument: 'BTC', reason: 'old', since: start }] as unknown as Heartbeat['gates']
    expect(lateOf({ beat: { ...beat, gates } })).toEqual(['BTC'])
  })

  it('was completed when its figures were, and is next due with the cycle of an engine or as soon as it is behind', () => {
    const computed = { seq: 7, isUnderWay: false, completedAt: 100, freeAt: 5_000 }
    const speaking = { lastCycleAt: 90 as Instant, nextCycleAt: 60_000 as Instant }
    expect(updatedOf(computed, speaking, 7, 200)).toEqual({ last: 100, next: 60_000 })
    expect(updatedOf(computed, { ...speaking, nextCycleAt: 300 as Instant }, 7, 200).next).toBe(5_000)
    expect(updatedOf(computed, speaking, 8, 200)).toEqual({ last: 100, next: 5_000 })
    expect(updatedOf({ ...computed, isUnderWay: true }, speaking, 7, 6_000).next).toBe(6_000)
    expect(updatedOf(computed, null, 7, 200)).toEqual({ last: 100, next: null })
    expect(updatedOf(null, speaking, 7, 200)).toEqual({ last: 90, next: 60_000 })
    expect(updatedOf(null, null, 7, 200)).toEqual({ last: null, next: null })
    const spoken = { ...beat, startedAt: start as Instant, lastCycleAt: null, nextCycleAt: null, marketAt: null }
    const view = engineView(basis({ beat: { ...spoken, armedUntil: null }, updated: { last: start, next: null } }))
    expect(view).toMatchObject({ lastUpdate: new Date(start).toISOString(), nextUpdate: null })
  })

  it('of today is what was gained since the last day ended, money that came taken out', () => {
    const last = new Map([['', row(1, 1_150, { growth: 1.05 })]])
    const today = basis({ last, cameToday: new Map([['', 100 * 1_000_000]]) })
    expect(todayView(today, '')).toEqual({ amount: '50.00', fraction: 1.05 - 1, why: '' })
    expect(figuresView(today)).toMatchObject({ lastClose: '1000.00', today: { amount: '50.00' } })
    expect(todayView(basis({ dayBefore: new Map() }), '')).toMatchObject({
      amount: null,
      why: 'There is no day before this one yet.',
    })
  })

  it('counts the sessions to the next rebalancing as the engine does, once days are counted', () => {
    const rebalancing = { triggers: ['periodic'], by: 'transfer', schedule: { kind: 'days', every: 20 } }
    const config = { currency: 'USD', capital: 0, limits: {}, sleeves: [], capitalPlan: { rebalancing } }
    const figuresOn = (report: Basis['report']) =>
      figuresView(basis({ config: config as unknown as Basis['config'], report })).nextRebalance
    const counted = (days: number) => figuresOn({ portfolio: { days, sharpe: null } } as unknown as Basis['report'])
    expect([counted(53).sessions, counted(59).sessions, counted(60).sessions]).toEqual([7, 1, 20])
    expect(figuresOn(null)).toMatchObject({ sessions: null, why: 'It is being computed.' })
  })

  it('counts the sessions to the first close of the next month, week or quarter, over weekends and holidays', () => {
    const end = 20_240_621 as TradeDate
    const sessions = weekdays(end, 120)
    const nextOf = (unit: string, known: Basis['sessions'] = sessions) => {
      const rebalancing = { triggers: ['periodic'], by: 'transfer', schedule: { kind: 'calendar', unit } }
      const config = { currency: 'USD', capital: 0, limits: {}, sleeves: [], capitalPlan: { rebalancing } }
      const report = { portfolio: { days: 118, sharpe: null, annualReturn: 0.07 } } as unknown as Basis['report']
      return figuresView(basis({ config: config as unknown as Basis['config'], sessions: known, report }))
    }
    // Friday; five sessions of the week after, then Monday the 1st of July.
    expect(nextOf('month').nextRebalance).toMatchObject({ sessions: 6, at: '2024-07-01T20:00:00.000Z', why: '' })
    expect(nextOf('quarter').nextRebalance.sessions).toBe(6)
    expect(nextOf('week').nextRebalance).toMatchObject({ sessions: 1, at: '2024-06-24T20:00:00.000Z' })
    expect(nextOf('month', null).nextRebalance).toMatchObject({
      sessions: null,
      why: 'The calendar of its days ends before.',
    })
    expect(nextOf('month').totalReturn.annual).toBe(0.07)
  })

  it('of nothing is null with its reason, never zero', () => {
    const empty = figuresView(basis({ last: new Map(), days: new Map(), beat: null, isRunning: false }))
    expect(empty).toMatchObject({
      value: null,
      today: { amount: null, fraction: null },
      totalReturn: { fraction: null, why: 'No market has closed yet.' },
      leverage: { gross: null, net: null },
      sharpe: { value: null, why: 'It is being computed.' },
      roundTrips: null,
      fees: null,
      why: 'It is being computed.',
    })
    expect(exposureView(basis({ last: new Map() }))).toMatchObject({ classes: [], sectors: [], gross: '0.00' })
    expect(positionTable(basis(), 10)).toMatchObject({ rows: [], total: { count: 0 } })
  })
})

describe('limits', () => {
  it('say how much of each is used, the fullest first, and which are broken', () => {
    const limits = {
      positionsMax: 4,
      leverageMax: 2,
      drawdown: { halt: 0.05 },
      cashMin: 0.6,
      assetClassWeightMax: null,
      positionWeightMax: null,
    }
    const config = { limits, sleeves: [], currency: 'USD' } as unknown as Basis['config']
    const uses = limitUses(basis({ config }))
    expect(uses.map(({ rule, isBroken }) => [rule, isBroken])).toEqual([
      ['drawdown', true],
      ['cashReserve', true],
      ['positions', false],
      ['leverage', false],
    ])
    expect(uses[0]).toMatchObject({ value: 1 - 1.1 / 1.2, limit: 0.05, side: 'atMost' })
    expect(uses[1]).toMatchObject({ value: 0.5, limit: 0.6, use: 1.2, side: 'atLeast' })
    expect(uses[3]!.use).toBeCloseTo(0.25, 12)
  })
})

describe('rebalancings', () => {
  it('count the orders that brought positions to their new size, and what those cost, until the next one', () => {
    const change = (seq: number, cause: string, moved: number) =>
      ({ seq, at: start + seq, tradeDate: 20_240_102, cause, sleeve: 'a', moved, reason: '' }) as never
    const fills = [
      { seq: 11, order: 1, cost: 1.25 },
      { seq: 12, order: 1, cost: 0.5 },
      { seq: 21, order: 2, cost: 3 },
      { seq: 35, order: 3, cost: 9 },
    ]
    const newest = [change(20, 'rebalance', 5e6), change(15, 'weights', 0), change(10, 'rebalance', -5e6)]
    const shown = (rows: typeof newest, until: number | null, known: typeof fills | null = fills) =>
      rebalancingRows(rows, { fills: known, until }, 'USD').map(({ seq, orders, fees }) => [seq, orders, fees])
    expect(shown(newest, 30)).toEqual([
      [20, 1, '3.00'],
      [15, 0, '0.00'],
      [10, 1, '1.75'],
    ])
    expect(shown(newest.slice(0, 1), null)).toEqual([[20, 2, '12.00']])
    expect(shown(newest.slice(0, 1), null, null)).toEqual([[20, null, null]])
  })
})

describe('attention', () => {
  it('has the most urgent first, and says what to do about nothing', () => {
    const gates = [
      { gate: 'alive', instrument: null, reason: 'asked by ada', since: start },
    ] as unknown as Heartbeat['gates']
    const approvals = [
      { id: '1', sleeve: 'trend', instrument: 'GOOG', quantity: 488, value: 50_501.2, until: Date.UTC(2025, 1, 6) },
    ] as unknown as Heartbeat['approvals']
    const { items } = attention(basis({ beat: { ...beat, gates, approvals } }))
    expect(items.map(({ severity, text }) => [severity, text])).toEqual([
      ['critical', 'Trading is stopped: asked by ada'],
      ['high', 'trend waits for your approval. Buy 488 GOOG for $50,501.20, until 2025-02-06.'],
    ])
    expect(attention(basis())).toEqual({ items: [], calm: 'Nothing needs you.' })
    const silent = attention(basis({ isRunning: false }))
    expect(silent.items).toMatchObject([{ severity: 'critical', text: 'The engine fell silent.' }])
  })

  it('says parts in percent, units, counts and ratios as they are', () => {
    expect(figureText(0.003038, 'value_at_risk')).toBe('0.3038\u202f%')
    expect(figureText(-0.051234, 'portfolio_drawdown')).toBe('\u22125.123\u202f%')
    expect([figureText(1.2, 'diversification'), figureText(12, 'positions_max')]).toEqual(['1.2', '12'])
    expect(['foreignFill', 'overfill', 'amended'].map((rule) => figureText(5, rule))).toEqual(['5', '5', '5'])
    const others = VIOLATION_KINDS.filter((kind) => !figureText(0.1, kind).endsWith('%'))
    expect(others).toEqual(['portfolio_leverage', 'portfolio_net_leverage', 'diversification', 'strategy_leverage'])
  })

  it('speaks of rules in words', () => {
    expect([words('portfolio_drawdown'), words('positionWeight')]).toEqual(['Portfolio drawdown', 'Position weight'])
  })
})
