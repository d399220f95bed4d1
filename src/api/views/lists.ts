/** Rows of the readable tables as lists show them. */
import type { OrderRecord } from '../../domain/order-records.ts'
import type { OrderPageRow, TripRow, ViolationPageRow } from '../../domain/paging.ts'
import type {
  CapitalRow,
  GateRow,
  PostingRow,
  AlertRow as StoredAlert,
  ApprovalRow as StoredApproval,
  DiscrepancyRow as StoredDiscrepancy,
} from '../../domain/projections.ts'
import type {
  AlertRow,
  ApprovalRow,
  DiscrepancyRow,
  GateChangeRow,
  OrderRow,
  RebalancingRow,
  TradeRow,
  ViolationRow,
} from '../contract/trading.ts'
import { money, price, priceOrNull, quantity } from './amounts.ts'
import { capitalOf } from './figures.ts'
import { dayText, moment, momentOrNull } from './moments.ts'
import { dayOf } from './trade-days.ts'

/** @param record its last word at the broker, while it is open */
export function orderRow(row: OrderPageRow, record: OrderRecord | null): OrderRow {
  const whole = (units: number): number => units / row.unitsPerWhole
  return {
    order: row.order,
    seq: row.seq,
    at: moment(row.at),
    tradeDate: dayText(row.tradeDate),
    clientId: record?.clientId ?? null,
    broker: record?.broker ?? null,
    instrument: row.instrument,
    symbol: row.symbol,
    side: row.quantity > 0 ? 'buy' : row.quantity < 0 ? 'sell' : 'cross',
    type: row.type,
    quantity: quantity(Math.abs(whole(row.quantity))),
    filled: quantity(Math.abs(whole(row.filled))),
    crossed: quantity(Math.abs(whole(row.crossed))),
    averagePrice: row.averagePrice === null ? null : price(Number(row.averagePrice.toPrecision(9))),
    fee: money(capitalOf(row.fee, row.currency), row.currency),
    currency: row.currency,
    state: row.state,
    isOpen: row.endedAt === null && row.quantity !== 0,
    evidence: row.evidence,
    endedAt: momentOrNull(row.endedAt),
    sleeves: row.sleeves.map((sleeve) => ({ sleeve })),
  }
}

/** Of a position that was closed. */
export function tradeRow(trip: TripRow & { readonly closedAt: number }, currency: string): TradeRow {
  const { id, sleeve, instrument, symbol, kind, direction, openedAt, closedAt, entryDate, exitDate } = trip
  return {
    id,
    sleeve,
    instrument,
    symbol,
    kind,
    side: direction,
    quantity: quantity(Math.abs(trip.quantity)),
    entryAt: moment(openedAt),
    exitAt: moment(closedAt),
    entryDate: dayText(entryDate),
    exitDate: exitDate === null ? dayOf(closedAt, 'UTC') : dayText(exitDate),
    entryPrice: priceOrNull(trip.entryPrice),
    exitPrice: priceOrNull(trip.exitPrice),
    profit: money(trip.profit, currency),
    profitFraction: trip.worth === 0 ? null : trip.profit / trip.worth,
    fees: money(trip.cost, currency),
    held: trip.holdMs ?? closedAt - openedAt,
    entryReason: trip.entryReason,
    exitReason: trip.exitReason,
    entryOrder: trip.openedBy,
    exitOrder: trip.closedBy,
  }
}

export function violationRow(row: ViolationPageRow): ViolationRow {
  const { id, at, severity, rule, about, subject, sleeve, value, limit, action, resolvedAt, how, note } = row
  return {
    id,
    at: moment(at),
    severity: severity as ViolationRow['severity'],
    rule,
    about,
    subject,
    sleeve,
    value,
    limit,
    action,
    resolvedAt: momentOrNull(resolvedAt),
    how,
    note,
    text: violationText(row),
  }
}

export function violationText({ rule, about, subject, value, limit, action }: ViolationPageRow): string {
  const of = about === 'portfolio' ? 'the portfolio' : `${about} ${subject}`
  const figures =
    value === null || limit === null ? '' : ` ${figureText(value, rule)} against a limit of ${figureText(limit, rule)};`
  return `${words(rule)} of ${of}:${figures} ${words(action).toLowerCase()}`
}

/** `Portfolio drawdown` from `portfolio_drawdown` and `positionWeight`. */
export function words(name: string): string {
  const spaced = name
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** Rules whose figures are parts of the whole; others speak of units, days or ratios. */
const PARTS = /drawdown|loss|exposure|volatility|value_at_risk|concentration|weight|correlation|position_size/i

/** Four digits: a value that is barely beyond its limit does not read as the limit. */
export function figureText(value: number, rule: string): string {
  const shown = (number: number): string => String(Number(number.toPrecision(4))).replace('-', '\u2212')
  return PARTS.test(rule) && Math.abs(value) <= 20 ? `${shown(value * 100)}\u202f%` : shown(value)
}

export function approvalRow(row: StoredApproval, unitsPerWhole: number, currency: string): ApprovalRow {
  return {
    id: String(row.id),
    sleeve: row.sleeve,
    instrument: row.instrument,
    label: row.label,
    quantity: quantity(row.quantity / unitsPerWhole),
    allowed: quantity(row.allowed / unitsPerWhole),
    value: money(row.value, currency),
    reason: row.reason,
    askedAt: moment(row.askedAt),
    expires: momentOrNull(row.expires),
    state: row.state as ApprovalRow['state'],
    changedAt: moment(row.changedAt),
  }
}

export function alertRow({ at, ...rest }: StoredAlert): AlertRow {
  const { seq, severity, rule, subject, text } = rest
  return { seq, at: moment(at), severity, rule, subject, text }
}

export function discrepancyRow(row: StoredDiscrepancy): DiscrepancyRow {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    ours: quantity(row.ours),
    theirs: quantity(row.theirs),
    difference: quantity(row.difference),
    adopted: quantity(row.adopted),
    isForeign: Boolean(row.isForeign),
    since: moment(row.since),
    changedAt: moment(row.changedAt),
    state: row.state as DiscrepancyRow['state'],
    resolution: row.resolution,
  }
}

export function gateChangeRow({ seq, at, gate, instrument, isOpen, reason }: GateRow): GateChangeRow {
  return { seq, at: moment(at), gate, instrument, isOpen: Boolean(isOpen), reason }
}

export interface Rebalanced {
  /** What rebalancings asked for since the oldest of them; null: too many to look through. */
  readonly fills: readonly Pick<PostingRow, 'seq' | 'order' | 'cost'>[] | null
  /** Event of the first rebalancing after the newest of them; null: there is none. */
  readonly until: number | null
}

/**
 * Changes of capital of one event are one occasion; money that goes from one sleeve to another is counted once.
 *
 * @param rows newest first
 */
export function rebalancingRows(
  rows: readonly CapitalRow[],
  { fills, until }: Rebalanced,
  currency: string,
): readonly RebalancingRow[] {
  const bySeq = new Map<number, CapitalRow[]>()
  for (const row of rows) bySeq.set(row.seq, [...(bySeq.get(row.seq) ?? []), row])
  const dealt = [...bySeq].filter(([, [first]]) => first!.cause === REBALANCING).map(([seq]) => seq)
  if (until !== null) dealt.push(until)
  return [...bySeq.values()].map((parts) => {
    const first = parts[0]!
    const own = first.cause === REBALANCING ? ordersUntil(fills, first.seq, nextAfter(dealt, first.seq)) : NO_ORDERS
    const came = parts.reduce((sum, { moved }) => sum + Math.max(0, moved), 0)
    const went = parts.reduce((sum, { moved }) => sum + Math.max(0, -moved), 0)
    return {
      seq: first.seq,
      at: moment(first.at),
      tradeDate: dayText(first.tradeDate),
      cause: first.cause,
      reason: first.reason,
      moved: money(capitalOf(Math.max(came, went), currency), currency),
      sleeves: parts
        .filter(({ sleeve }) => sleeve !== null)
        .map(({ sleeve, before, after, moved, reason }) => ({
          sleeve: sleeve!,
          before,
          after,
          moved: money(capitalOf(moved, currency), currency),
          reason,
        })),
      orders: own === null ? null : own.orders,
      fees: own === null ? null : money(own.fees, currency),
    }
  })
}

/** Cause of the changes of capital that positions are sold and bought for. */
const REBALANCING = 'rebalance'
const NO_ORDERS = { orders: 0, fees: 0 }

function nextAfter(seqs: readonly number[], seq: number): number {
  return Math.min(...seqs.filter((one) => one > seq), Number.MAX_SAFE_INTEGER)
}

/** Positions are brought to their new size from one rebalancing to the next. */
function ordersUntil(
  fills: Rebalanced['fills'],
  from: number,
  to: number,
): { readonly orders: number; readonly fees: number } | null {
  if (fills === null) return null
  const own = fills.filter(({ seq }) => seq >= from && seq < to)
  return { orders: new Set(own.map(({ order }) => order)).size, fees: own.reduce((sum, { cost }) => sum + cost, 0) }
}
