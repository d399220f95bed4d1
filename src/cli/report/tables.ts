import { formatDate, formatInstant } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type {
  AttributionRecord,
  OrderRecord,
  OrderShareRecord,
  RunResult,
  TradeRecord,
} from '../../engine/records/result.ts'
import { capitalColumns } from './capital.ts'
import { type Column, csvText } from './csv.ts'
import { finite, known } from './numbers.ts'
import type { Returns } from './returns.ts'
import { reductionOf } from './risk.ts'
import { SIGNAL_COLUMNS } from './signals.ts'
import { UNIVERSE_COLUMNS } from './universes.ts'
import { violationsTable } from './violations.ts'

/*
 * The tables beside a report. Their columns are listed in docs/report.md; `order` (and `entry_order`, `exit_order`)
 * joins trades, orders and attribution.
 */

export const TRADE_COLUMNS: readonly Column<TradeRecord>[] = [
  { name: 'sleeve', cell: (trade) => trade.sleeve },
  { name: 'instrument', cell: (trade) => trade.instrument },
  { name: 'kind', cell: (trade) => trade.kind },
  { name: 'side', cell: (trade) => trade.side },
  { name: 'quantity', cell: (trade) => known(trade.quantity) },
  { name: 'entry_date', cell: (trade) => formatDate(trade.entryDate) },
  { name: 'exit_date', cell: (trade) => formatDate(trade.exitDate) },
  { name: 'opened_at', cell: (trade) => formatInstant(trade.openedAt) },
  { name: 'closed_at', cell: (trade) => formatInstant(trade.closedAt) },
  { name: 'entry_price', cell: (trade) => finite(trade.entryPrice) },
  { name: 'exit_price', cell: (trade) => finite(trade.exitPrice) },
  { name: 'pnl', cell: (trade) => finite(trade.pnl) },
  { name: 'fees', cell: (trade) => finite(trade.fees) },
  { name: 'bars', cell: (trade) => trade.bars },
  { name: 'maximum_adverse', cell: (trade) => finite(trade.maximumAdverse) },
  { name: 'maximum_favourable', cell: (trade) => finite(trade.maximumFavourable) },
  { name: 'entry_reason', cell: (trade) => trade.entryReason },
  { name: 'exit_reason', cell: (trade) => trade.exitReason },
  { name: 'entry_order', cell: (trade) => trade.entryOrder },
  { name: 'exit_order', cell: (trade) => trade.exitOrder },
]

/** `large_cap:120;micro_cap:30`: who wanted how much on one side, in the order of the shares. */
function side(shares: readonly OrderShareRecord[], sign: 1 | -1): string {
  return shares
    .filter((share) => share.wanted * sign > 0)
    .map((share) => `${share.sleeve}:${known(share.wanted * sign)}`)
    .join(';')
}

export const ORDER_COLUMNS: readonly Column<OrderRecord>[] = [
  { name: 'order', cell: (order) => order.id },
  { name: 'cycle', cell: (order) => order.cycle },
  { name: 'at', cell: (order) => formatInstant(order.at) },
  { name: 'trade_date', cell: (order) => formatDate(order.tradeDate) },
  { name: 'instrument', cell: (order) => order.instrument },
  { name: 'type', cell: (order) => order.type },
  { name: 'sleeve', cell: (order) => [...new Set(order.shares.map((share) => share.sleeve))].join(';') },
  { name: 'gross_long', cell: (order) => known(order.grossLong) },
  { name: 'gross_short', cell: (order) => known(order.grossShort) },
  { name: 'net', cell: (order) => known(order.net) },
  { name: 'crossed', cell: (order) => known(order.crossed) },
  { name: 'filled', cell: (order) => known(order.filled) },
  { name: 'sleeves_long', cell: (order) => side(order.shares, 1) },
  { name: 'sleeves_short', cell: (order) => side(order.shares, -1) },
  { name: 'price', cell: (order) => finite(order.price) },
  { name: 'fee', cell: (order) => finite(order.fee) },
  { name: 'state', cell: (order) => order.state },
  { name: 'reason', cell: (order) => [...new Set(order.shares.map((share) => share.reason))].join('; ') },
]

const ATTRIBUTION_COLUMNS: readonly Column<AttributionRecord>[] = [
  { name: 'at', cell: (part) => formatInstant(part.at) },
  { name: 'trade_date', cell: (part) => formatDate(part.tradeDate) },
  { name: 'order', cell: (part) => part.order },
  { name: 'execution', cell: (part) => part.execution },
  { name: 'sleeve', cell: (part) => part.sleeve },
  { name: 'instrument', cell: (part) => part.instrument },
  { name: 'kind', cell: (part) => part.kind },
  { name: 'quantity', cell: (part) => known(part.quantity) },
  { name: 'price', cell: (part) => finite(part.price) },
  { name: 'cash', cell: (part) => finite(part.cash) },
  { name: 'fee', cell: (part) => finite(part.fee) },
  { name: 'realised', cell: (part) => finite(part.realised) },
  { name: 'reason', cell: (part) => part.reason },
]

/** One row per portfolio day, the portfolio first, then six columns of each sleeve: `large_cap_equity` and so on. */
export function equityColumns(result: RunResult, returns: Returns): readonly Column<number>[] {
  const reduction = reductionOf(result, returns)
  const portfolio: Column<number>[] = [
    { name: 'date', cell: (day) => formatDate(result.days[day] as TradeDate) },
    { name: 'equity', cell: (day) => finite(result.equity[day]) },
    { name: 'cash', cell: (day) => finite(result.cash[day]) },
    { name: 'gross_exposure', cell: (day) => finite(result.grossExposure[day]) },
    { name: 'net_exposure', cell: (day) => finite(result.netExposure[day]) },
    { name: 'return', cell: (day) => finite(returns.portfolio[day]) },
    { name: 'drawdown', cell: (day) => finite(returns.drawdown[day]) },
    { name: 'weighted_volatility', cell: (day) => finite(reduction.weighted[day]) },
    { name: 'portfolio_volatility', cell: (day) => finite(reduction.portfolio[day]) },
    { name: 'diversification_benefit', cell: (day) => finite(reduction.benefit[day]) },
  ]
  const sleeves = result.sleeves.flatMap((sleeve, index): Column<number>[] => [
    { name: `${sleeve.id}_equity`, cell: (day) => finite(sleeve.equity[day]) },
    { name: `${sleeve.id}_cash`, cell: (day) => finite(sleeve.cash[day]) },
    { name: `${sleeve.id}_exposure`, cell: (day) => finite(sleeve.exposure[day]) },
    { name: `${sleeve.id}_flow`, cell: (day) => finite(sleeve.flows[day]) },
    { name: `${sleeve.id}_return`, cell: (day) => finite(returns.sleeves[index]?.[day]) },
    { name: `${sleeve.id}_positions`, cell: (day) => sleeve.openPositions[day] ?? null },
  ])
  return [...portfolio, ...sleeves]
}

/** The tables of a run as file texts. */
export function tableTexts(result: RunResult, returns: Returns) {
  return {
    equity: csvText(
      equityColumns(result, returns),
      Array.from(result.days, (_, day) => day),
    ),
    trades: csvText(TRADE_COLUMNS, result.trades),
    orders: csvText(ORDER_COLUMNS, result.orders),
    attribution: csvText(ATTRIBUTION_COLUMNS, result.attribution),
    violations: violationsTable(result.violations),
    capital: csvText(capitalColumns(result), result.capital?.records ?? []),
    universe: csvText(UNIVERSE_COLUMNS, result.memberships),
    signals: csvText(SIGNAL_COLUMNS, result.signals),
  }
}
