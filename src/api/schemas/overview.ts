/** Schemas of the live readings of the first page. */
import { z } from 'zod'
import type {
  ActivityRow,
  Attention,
  EngineView,
  EquityCurve,
  ExposureView,
  Figures,
  PortfolioSummary,
  PositionTable,
  SleeveTable,
  StatusView,
} from '../contract/overview.ts'
import { amount, day, figure, instant } from './answers.ts'

const severity = z.enum(['critical', 'high', 'medium', 'low'])
const reasoned = z.object({ value: figure, why: z.string() })
const moneyAndFraction = z.object({ amount: amount.nullable(), fraction: figure, why: z.string() })

const engineView = z
  .object({
    running: z.boolean(),
    owner: z.string(),
    mode: z.enum(['demo', 'paper', 'live']),
    trading: z.enum(['active', 'reducing']),
    killed: z.boolean(),
    armedUntil: instant.nullable(),
    liveFraction: figure,
    heardAt: instant,
    startedAt: instant,
    marketAt: instant.nullable(),
    lastCycleAt: instant.nullable(),
    nextCycleAt: instant.nullable(),
    lastUpdate: instant.nullable(),
    nextUpdate: instant.nullable(),
    dataAge: figure,
    gates: z.array(
      z.object({ gate: z.string(), instrument: z.string().nullable(), reason: z.string(), since: instant }),
    ),
    openOrders: z.int(),
    unknownOrders: z.int(),
    waitingWishes: z.int(),
    waitingApprovals: z.int(),
    accountSuffix: z.string(),
    failure: z.string(),
    ended: z.string(),
  })
  .meta({ id: 'EngineView' })
engineView satisfies z.ZodType<EngineView>

export const portfolioSummary = z
  .object({
    name: z.string(),
    currency: z.string(),
    value: amount.nullable(),
    sleeves: z.int(),
    openViolations: z.int(),
    seq: z.int(),
    engine: engineView.nullable(),
  })
  .meta({ id: 'PortfolioSummary' })
portfolioSummary satisfies z.ZodType<PortfolioSummary>

export const statusView = z
  .object({
    at: instant,
    version: z.string(),
    ready: z.boolean(),
    reasons: z.array(z.string()),
    store: z.object({
      name: z.string(),
      backup: z.object({ at: instant.nullable(), overdue: z.boolean() }).nullable(),
    }),
    bus: z.object({ kind: z.string(), undelivered: z.int() }).nullable(),
    portfolios: z.array(
      portfolioSummary.extend({
        portfolio: z.string(),
        events: z.int(),
        running: z.boolean(),
        lease: z.object({ owner: z.string(), epoch: z.int() }).nullable(),
        feeds: z.array(z.object({ feed: z.string(), age: figure })),
        broker: z.object({ connected: z.boolean(), account: z.string() }),
      }),
    ),
  })
  .meta({ id: 'StatusView' })
statusView satisfies z.ZodType<StatusView>

export const figures = z
  .object({
    portfolio: z.string(),
    currency: z.string(),
    zone: z.string(),
    tradeDate: day.nullable(),
    value: amount.nullable(),
    cash: amount.nullable(),
    lastClose: amount.nullable(),
    today: moneyAndFraction,
    totalReturn: moneyAndFraction.extend({ since: instant.nullable(), annual: figure }),
    leverage: z.object({ gross: figure, net: figure, limit: figure }),
    drawdown: z.object({ current: figure, deepest: figure, limit: figure, peakAt: instant.nullable() }),
    volatility: reasoned.extend({ limit: figure }),
    sharpe: reasoned,
    sleeves: z.object({ active: z.int(), total: z.int() }),
    positions: z.object({ gross: z.int(), net: z.int() }),
    nextRebalance: z.object({
      at: instant.nullable(),
      sessions: z.int().nullable(),
      method: z.string(),
      why: z.string(),
    }),
    roundTrips: z.int().nullable(),
    fees: amount.nullable(),
    why: z.string(),
  })
  .meta({ id: 'Figures' })
figures satisfies z.ZodType<Figures>

const lineOfTime = { at: z.array(z.number()), dates: z.array(day).nullable() }
export const equityCurve = z
  .object({
    from: instant.nullable(),
    to: instant.nullable(),
    grain: z.enum(['cycle', 'hour', 'day', 'week', 'month']).nullable(),
    lines: z.array(
      z.object({
        ...lineOfTime,
        value: z.array(figure),
        growth: z.array(figure),
        id: z.string(),
        kind: z.enum(['portfolio', 'sleeve', 'benchmark']),
        title: z.string(),
        ordinal: z.int(),
      }),
    ),
    drawdown: z.object({ ...lineOfTime, value: z.array(figure) }),
    haltLine: figure,
    rebalancings: z.array(z.object({ seq: z.int(), at: z.number(), tradeDate: day, text: z.string() })),
    benchmarkWhy: z.string(),
  })
  .meta({ id: 'EquityCurve' })
equityCurve satisfies z.ZodType<EquityCurve>

export const sleeveTable = z
  .object({
    rows: z.array(
      z.object({
        sleeve: z.string(),
        title: z.string(),
        ordinal: z.int(),
        strategy: z.string().nullable(),
        weight: figure,
        target: figure,
        capital: amount,
        value: amount.nullable(),
        cash: amount.nullable(),
        today: moneyAndFraction,
        totalReturn: figure,
        sharpe: reasoned,
        volatility: reasoned,
        drawdown: figure,
        drawdownLimit: figure,
        positions: z.int(),
        line: z.array(z.number()),
        status: z.enum(['active', 'paused', 'halted', 'reduced', 'reserve']),
        reason: z.string(),
        stage: z.string().nullable(),
        calendar: z.string(),
      }),
    ),
    total: z.object({
      capital: amount,
      value: amount.nullable(),
      cash: amount.nullable(),
      today: moneyAndFraction,
      totalReturn: figure,
      sharpe: reasoned,
      drawdown: figure,
      positions: z.int(),
      line: z.array(z.number()),
    }),
  })
  .meta({ id: 'SleeveTable' })
sleeveTable satisfies z.ZodType<SleeveTable>

const positionSum = z.object({ count: z.int(), netValue: amount, grossValue: amount, unrealised: amount })
export const positionTable = z
  .object({
    rows: z.array(
      z.object({
        instrument: z.string(),
        symbol: z.string(),
        name: z.string(),
        kind: z.string(),
        assetClass: z.string(),
        sector: z.string(),
        currency: z.string(),
        decimals: z.int(),
        net: amount,
        gross: amount,
        netValue: amount,
        grossValue: amount,
        weight: figure,
        today: moneyAndFraction,
        unrealised: amount,
        realised: amount,
        price: amount.nullable(),
        priceAt: instant.nullable(),
        late: z.boolean(),
        parts: z.array(
          z.object({
            sleeve: z.string(),
            ordinal: z.int(),
            quantity: amount,
            averagePrice: amount.nullable(),
            value: amount,
            unrealised: amount,
            openedAt: instant.nullable(),
            stop: amount.nullable(),
            target: amount.nullable(),
            order: z.int().nullable(),
          }),
        ),
      }),
    ),
    other: positionSum,
    total: positionSum,
  })
  .meta({ id: 'PositionTable' })
positionTable satisfies z.ZodType<PositionTable>

const exposureRow = z.object({
  name: z.string(),
  gross: amount,
  net: amount,
  weight: figure,
  part: figure,
  limit: figure,
  use: figure,
})
export const exposureView = z
  .object({ gross: amount, net: amount, classes: z.array(exposureRow), sectors: z.array(exposureRow) })
  .meta({ id: 'ExposureView' })
exposureView satisfies z.ZodType<ExposureView>

export const ACTIVITY = [
  'trade',
  'order',
  'risk',
  'rebalance',
  'status',
  'command',
  'gate',
  'alert',
  'approval',
] as const
export const activityRow = z
  .object({
    id: z.string(),
    at: instant,
    kind: z.enum(ACTIVITY),
    text: z.string(),
    severity: severity.nullable(),
    sleeve: z.string().nullable(),
    instrument: z.string().nullable(),
    order: z.int().nullable(),
    actor: z.string().nullable(),
  })
  .meta({ id: 'ActivityRow' })
activityRow satisfies z.ZodType<ActivityRow>

export const attention = z
  .object({
    items: z.array(z.object({ id: z.string(), severity, text: z.string(), since: instant.nullable(), to: z.string() })),
    calm: z.string(),
  })
  .meta({ id: 'Attention' })
attention satisfies z.ZodType<Attention>
