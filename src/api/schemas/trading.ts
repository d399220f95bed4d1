/** Schemas of what was traded, refused and limited. */
import { z } from 'zod'
import type { ExplainView } from '../contract/explain.ts'
import type { PriceChart } from '../contract/prices.ts'
import type {
  AlertRow,
  ApprovalRow,
  DiscrepancyRow,
  GateChangeRow,
  LimitUse,
  OrderRow,
  RebalancingRow,
  TradeRow,
  ViolationRow,
} from '../contract/trading.ts'
import { amount, day, figure, instant } from './answers.ts'

const severity = z.enum(['critical', 'high', 'medium', 'low'])

export const orderRow = z
  .object({
    order: z.int(),
    seq: z.int(),
    at: instant,
    tradeDate: day,
    clientId: z.string().nullable(),
    broker: z.string().nullable(),
    instrument: z.string().nullable(),
    symbol: z.string(),
    side: z.enum(['buy', 'sell', 'cross']),
    type: z.string(),
    quantity: amount,
    filled: amount,
    crossed: amount,
    averagePrice: amount.nullable(),
    fee: amount,
    currency: z.string(),
    state: z.string(),
    isOpen: z.boolean(),
    evidence: z.string(),
    endedAt: instant.nullable(),
    sleeves: z.array(z.object({ sleeve: z.string() })),
  })
  .meta({ id: 'OrderRow' })
orderRow satisfies z.ZodType<OrderRow>

export const tradeRow = z
  .object({
    id: z.string(),
    sleeve: z.string(),
    instrument: z.string(),
    symbol: z.string(),
    kind: z.enum(['position', 'structure']),
    side: z.enum(['long', 'short']),
    quantity: amount,
    entryAt: instant,
    exitAt: instant,
    entryDate: day,
    exitDate: day,
    entryPrice: amount.nullable(),
    exitPrice: amount.nullable(),
    profit: amount,
    profitFraction: figure,
    fees: amount,
    held: z.number(),
    entryReason: z.string(),
    exitReason: z.string(),
    entryOrder: z.int().nullable(),
    exitOrder: z.int().nullable(),
  })
  .meta({ id: 'TradeRow' })
tradeRow satisfies z.ZodType<TradeRow>

export const violationRow = z
  .object({
    id: z.int(),
    at: instant,
    severity,
    rule: z.string(),
    about: z.string(),
    subject: z.string(),
    sleeve: z.string().nullable(),
    value: figure,
    limit: figure,
    action: z.string(),
    resolvedAt: instant.nullable(),
    how: z.string().nullable(),
    note: z.string(),
    text: z.string(),
  })
  .meta({ id: 'ViolationRow' })
violationRow satisfies z.ZodType<ViolationRow>

export const limitUse = z
  .object({
    id: z.string(),
    rule: z.string(),
    title: z.string(),
    about: z.string(),
    subject: z.string(),
    unit: z.enum(['fraction', 'ratio', 'money', 'count']),
    value: figure,
    why: z.string(),
    limit: z.number(),
    use: figure,
    side: z.enum(['atMost', 'atLeast']),
    isBroken: z.boolean(),
  })
  .meta({ id: 'LimitUse' })
limitUse satisfies z.ZodType<LimitUse>

export const approvalRow = z
  .object({
    id: z.string(),
    sleeve: z.string(),
    instrument: z.string(),
    label: z.string(),
    quantity: amount,
    allowed: amount,
    value: amount.nullable(),
    reason: z.string(),
    askedAt: instant,
    expires: instant.nullable(),
    state: z.enum(['asked', 'approved', 'reduced', 'rejected', 'expired', 'withdrawn']),
    changedAt: instant,
  })
  .meta({ id: 'ApprovalRow' })
approvalRow satisfies z.ZodType<ApprovalRow>

export const alertRow = z
  .object({
    seq: z.int(),
    at: instant,
    severity: z.string(),
    rule: z.string(),
    subject: z.string(),
    text: z.string(),
  })
  .meta({ id: 'AlertRow' })
alertRow satisfies z.ZodType<AlertRow>

export const discrepancyRow = z
  .object({
    id: z.string(),
    kind: z.string(),
    subject: z.string(),
    ours: amount,
    theirs: amount,
    difference: amount,
    adopted: amount,
    isForeign: z.boolean(),
    since: instant,
    changedAt: instant,
    state: z.enum(['open', 'resolved']),
    resolution: z.string(),
  })
  .meta({ id: 'DiscrepancyRow' })
discrepancyRow satisfies z.ZodType<DiscrepancyRow>

export const gateChangeRow = z
  .object({
    seq: z.int(),
    at: instant,
    gate: z.string(),
    instrument: z.string().nullable(),
    isOpen: z.boolean(),
    reason: z.string(),
  })
  .meta({ id: 'GateChangeRow' })
gateChangeRow satisfies z.ZodType<GateChangeRow>

export const rebalancingRow = z
  .object({
    seq: z.int(),
    at: instant,
    tradeDate: day,
    cause: z.string(),
    reason: z.string(),
    moved: amount,
    sleeves: z.array(
      z.object({ sleeve: z.string(), before: figure, after: figure, moved: amount, reason: z.string() }),
    ),
    orders: z.int().nullable(),
    fees: amount.nullable(),
  })
  .meta({ id: 'RebalancingRow' })
rebalancingRow satisfies z.ZodType<RebalancingRow>

export const explainView = z
  .object({
    order: z.int(),
    instrument: z.string(),
    symbol: z.string(),
    currency: z.string(),
    at: instant,
    tradeDate: day,
    net: amount,
    summary: z.string(),
    steps: z.array(
      z.object({
        kind: z.enum(['bar', 'signal', 'size', 'rule', 'netting', 'route', 'order', 'fill', 'share', 'end']),
        sleeve: z.string().nullable(),
        title: z.string(),
        text: z.string(),
        outcome: z.enum(['allowed', 'trimmed', 'refused']).nullable(),
        at: instant.nullable(),
        numbers: z.array(z.object({ name: z.string(), text: z.string() })),
      }),
    ),
    document: z.unknown(),
  })
  .meta({ id: 'ExplainView' })
explainView satisfies z.ZodType<ExplainView>

export const priceChart = z
  .object({
    instrument: z.string(),
    symbol: z.string(),
    currency: z.string(),
    decimals: z.int(),
    zone: z.string(),
    bars: z.object({
      at: z.array(z.number()),
      dates: z.array(day).nullable(),
      open: z.array(z.number()),
      high: z.array(z.number()),
      low: z.array(z.number()),
      close: z.array(z.number()),
      volume: z.array(figure),
    }),
    barsPerPoint: z.number(),
    markers: z.array(
      z.object({
        at: z.number(),
        kind: z.enum(['signal', 'entry', 'exit']),
        side: z.enum(['buy', 'sell']),
        sleeve: z.string(),
        price: z.number(),
        quantity: amount,
        text: z.string(),
        order: z.int().nullable(),
      }),
    ),
    levels: z.array(z.object({ sleeve: z.string(), kind: z.enum(['stop', 'target', 'entry']), price: z.number() })),
    oscillators: z.array(z.object({ name: z.string(), sleeve: z.string(), values: z.array(figure) })),
    why: z.string(),
  })
  .meta({ id: 'PriceChart' })
priceChart satisfies z.ZodType<PriceChart>
