/** Tables that people take along: the columns of the files beside a report, of the rows that were asked for. */
import type { ByMethodAndLevel, IntervalView, TailView } from '../../api/contract/risk.ts'
import type { ExportAsked } from '../../api/ports.ts'
import { formatDate, utcDate } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { PositionRecord } from '../../engine/records/result.ts'
import type { Facts } from '../analyst/facts.ts'
import type { Cell, Column } from '../report/csv.ts'
import { finite, known } from '../report/numbers.ts'
import { equityColumns, ORDER_COLUMNS, TRADE_COLUMNS } from '../report/tables.ts'
import { VIOLATION_COLUMNS } from '../report/violations.ts'

/** Rows are made one by one as they are written. */
export interface ExportTable {
  readonly columns: readonly string[]
  readonly rows: Iterable<readonly Cell[]>
}

/** What is left out selects nothing away; dates are `YYYY-MM-DD`, both ends in. */
type Filter = Pick<ExportAsked, 'sleeve' | 'symbol' | 'from' | 'to'>

const POSITION_COLUMNS: readonly Column<PositionRecord>[] = [
  { name: 'sleeve', cell: ({ sleeve }) => sleeve },
  { name: 'instrument', cell: ({ instrument }) => instrument },
  { name: 'quantity', cell: ({ quantity }) => known(quantity) },
  { name: 'average_price', cell: ({ averagePrice }) => finite(averagePrice) },
  { name: 'price', cell: ({ mark }) => finite(mark) },
  { name: 'value', cell: ({ value }) => finite(value) },
  { name: 'unrealised', cell: ({ unrealised }) => finite(unrealised) },
]

/** @param what all but notes, which are no figures of a run */
export function exportTable(facts: Facts, what: Exclude<ExportAsked['what'], 'notes'>, filter: Filter): ExportTable {
  const { result, returns } = facts
  const within = (date: TradeDate): boolean => isWithin(formatDate(date), filter)
  switch (what) {
    case 'equity':
      return tableOf(
        equityColumns(result, returns),
        Array.from(result.days, (_, day) => day).filter((day) => within(result.days[day] as TradeDate)),
      )
    case 'trades':
      return tableOf(
        TRADE_COLUMNS,
        result.trades.filter(
          (trade) => isOf(trade.sleeve, filter.sleeve) && isIn(trade.instrument, filter) && within(trade.exitDate),
        ),
      )
    case 'orders':
      return tableOf(
        ORDER_COLUMNS,
        result.orders.filter(
          (order) =>
            order.shares.some(({ sleeve }) => isOf(sleeve, filter.sleeve)) &&
            isIn(order.instrument, filter) &&
            within(order.tradeDate),
        ),
      )
    case 'positions':
      return tableOf(
        POSITION_COLUMNS,
        result.positions.filter(
          (position) => isOf(position.sleeve, filter.sleeve) && isIn(position.instrument, filter),
        ),
      )
    case 'violations':
      return tableOf(
        VIOLATION_COLUMNS,
        result.violations.filter(({ subject, at }) => isOf(subject, filter.sleeve) && within(utcDate(at as Instant))),
      )
    case 'risk':
      return { columns: ['figure', 'subject', 'method', 'level', 'value', 'low', 'high'], rows: riskRows(facts) }
  }
}

function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): ExportTable {
  return {
    columns: columns.map(({ name }) => name),
    rows: {
      *[Symbol.iterator]() {
        for (const row of rows) yield columns.map((column) => column.cell(row))
      },
    },
  }
}

const isOf = (name: string, asked: string | undefined): boolean => asked === undefined || name === asked

/** Begins with it, without regard to case, as the lists filter: a structure belongs to its underlying, `SPY 2024-01-19 -470P +455P` to SPY. */
function isIn(instrument: string, { symbol }: Filter): boolean {
  return symbol === undefined || instrument.toLowerCase().startsWith(symbol.toLowerCase())
}

function isWithin(date: string, { from, to }: Filter): boolean {
  return (from === undefined || date >= from) && (to === undefined || date <= to)
}

/** One row for each figure of the risk block of the report. */
function* riskRows({ report }: Facts): Iterable<readonly Cell[]> {
  const { risk, portfolio, benchmark } = report
  const plain = (figure: string, subject: string, value: Cell): readonly Cell[] => {
    return [figure, subject, null, null, value, null, null]
  }
  yield plain('volatility', 'portfolio', portfolio.volatility)
  yield plain('sharpe', 'portfolio', portfolio.sharpe)
  yield plain('max_drawdown', 'portfolio', portfolio.maxDrawdown)
  yield plain('leverage_gross', 'portfolio', portfolio.leverageGross)
  yield plain('leverage_net', 'portfolio', portfolio.leverageNet)
  if (benchmark !== null) {
    yield plain('beta', benchmark.instrument, benchmark.beta)
    yield plain('alpha', benchmark.instrument, benchmark.alpha)
    yield plain('tracking_error', benchmark.instrument, benchmark.trackingError)
    yield plain('correlation', benchmark.instrument, benchmark.correlation)
  }
  yield plain('volatility', 'book', risk.portfolioVolatility)
  yield plain('diversification_ratio', 'book', risk.diversification.ratio)
  yield plain('diversification_benefit', 'book', risk.diversification.benefit)
  yield plain('largest', 'book', risk.concentration.largest)
  yield plain('top_five', 'book', risk.concentration.topFive)
  yield plain('effective_count', 'book', risk.concentration.effectiveCount)
  yield* tailRows('book', risk.book)
  yield* tailRows('portfolio', risk.portfolio)
  for (const [at, name] of risk.names.entries()) {
    yield plain('weight', name, risk.weights[at]!)
    yield plain('volatility', name, risk.volatilities[at]!)
    yield plain('component', name, risk.components[at]!)
    yield plain('share', name, risk.shares[at]!)
    yield plain('beta_to_portfolio', name, risk.betas.portfolio[at]!)
    yield plain('max_drawdown', name, risk.drawdowns[at + 1]!.deepest)
    yield* tailRows(name, risk.sleeves[at]!)
    for (const [other, partner] of risk.names.entries())
      if (other > at) yield ['correlation', `${name} ${partner}`, null, null, risk.matrix[at]![other]!, null, null]
  }
}

function* tailRows(subject: string, tail: TailView): Iterable<readonly Cell[]> {
  yield* methodRows('var', subject, tail.var, tail.varInterval)
  yield* methodRows('cvar', subject, tail.cvar, tail.cvarInterval)
}

function* methodRows(
  figure: string,
  subject: string,
  values: ByMethodAndLevel<number | null>,
  intervals: ByMethodAndLevel<IntervalView>,
): Iterable<readonly Cell[]> {
  for (const method of ['historical', 'gaussian', 'cornishFisher'] as const)
    for (const [level, value] of Object.entries(values[method])) {
      const { low, high } = intervals[method][level]!
      yield [figure, subject, method, Number(level), value, low, high]
    }
}
