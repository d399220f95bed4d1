/** Which table each list is of, what it is told apart, sorted and filtered by. */
import { type RawBuilder, sql } from 'kysely'
import type { PagedTable, PageFilter, SortColumn } from '../../../domain/paging.ts'

type Condition = RawBuilder<unknown>

export interface ListShape<Table extends PagedTable> {
  /** Read as `t`. */
  readonly table: string
  /** Columns that name a row, in the order in which rows came. */
  readonly key: readonly string[]
  /** What is never null. */
  readonly sorts: { readonly [Column in SortColumn<Table>]: string }
  readonly moment: string
  /** What stands always; then what is asked for. */
  conditions(filter: PageFilter): readonly Condition[]
}

const LOG_KEY = ['seq', 'place'] as const
const NEVER = 9e15

/** Begins with it; what means something to the database is taken as it stands. */
function prefix(column: string, text: string): Condition {
  const escaped = text.toUpperCase().replace(/[\\%_]/g, '\\$&')
  return sql`upper(${sql.raw(column)}) LIKE ${`${escaped}%`} ESCAPE '\\'`
}

/** Of rows that name an instrument by its id alone. */
function symbolBegins(text: string): Condition {
  return sql`t.instrument IN (SELECT n.instrument FROM instrument n
    WHERE n.portfolio = t.portfolio AND ${prefix('n.symbol', text)})`
}

function plain(column: string, value: string | readonly string[] | undefined): readonly Condition[] {
  if (value === undefined) return []
  if (typeof value === 'string') return [sql`${sql.ref(`t.${column}`)} = ${value}`]
  return value.length === 0 ? [] : [sql`${sql.ref(`t.${column}`)} IN (${sql.join(value)})`]
}

/** What a table does not have selects nothing. */
function none(...values: readonly unknown[]): readonly Condition[] {
  return values.every((value) => value === undefined) ? [] : [sql`1 = 0`]
}

function given(value: string | undefined, condition: (text: string) => Condition): readonly Condition[] {
  return value === undefined ? [] : [condition(value)]
}

const SEVERITY_RANK = `CASE t.severity WHEN 'critical' THEN 3 WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END`

const trips: ListShape<'trips'> = {
  table: 'round_trip',
  key: ['id'],
  sorts: {
    closedAt: 't.closed_at',
    openedAt: 't.opened_at',
    profit: 't.profit',
    holdMs: 't.held',
    symbol: 't.label',
    sleeve: 't.sleeve',
    quantity: 't.entered',
  },
  moment: 't.closed_at',
  conditions: ({ sleeve, instrument, symbol, severity, kind, open }) => [
    // Named, not bound: by it the database knows which index holds them all.
    sql.raw(`t.state = '${open === true ? 'open' : 'closed'}'`),
    ...plain('sleeve', sleeve),
    ...plain('instrument', instrument),
    ...given(symbol, (text) => prefix('t.label', text)),
    ...plain('side', kind),
    ...none(severity),
  ],
}

/** Of those that are open. */
const openTrips: ListShape<'trips'> = {
  ...trips,
  sorts: { ...trips.sorts, closedAt: 't.opened_at', holdMs: '-t.opened_at' },
  moment: 't.opened_at',
}

const HAS_ENDED = `(t.quantity = 0 OR EXISTS (SELECT 1 FROM order_end d WHERE d.portfolio = t.portfolio AND d."order" = t."order"))`

const orders: ListShape<'orders'> = {
  table: 'net_order',
  key: ['order'],
  sorts: { order: 't."order"', symbol: 't.label', quantity: 't.quantity', type: 't.type' },
  moment: 't.at',
  conditions: ({ sleeve, instrument, symbol, severity, kind, open }) => [
    ...given(
      sleeve,
      (name) => sql`EXISTS (SELECT 1 FROM intent n WHERE n.portfolio = t.portfolio AND n."order" = t."order"
        AND n.sleeve = ${name})`,
    ),
    ...plain('instrument', instrument),
    ...given(symbol, (text) => prefix('t.label', text)),
    ...plain('type', kind),
    ...none(severity),
    ...(open === undefined ? [] : [sql.raw(open ? `NOT ${HAS_ENDED}` : HAS_ENDED)]),
  ],
}

const violations: ListShape<'violations'> = {
  table: 'violation',
  key: ['id'],
  sorts: { at: 't.at', severity: SEVERITY_RANK, rule: 't.rule', resolvedAt: `coalesce(t.resolved_at, ${NEVER})` },
  moment: 't.at',
  conditions: ({ sleeve, instrument, symbol, severity, kind, open }) => [
    ...given(sleeve, ofSleeve),
    ...given(
      instrument,
      (id) => sql`t.about IN ('position', 'instrument', 'ticker') AND (t.subject = ${id}
        OR substr(t.subject, length(t.subject) - length(${id}) + 1) = ${id}
        AND substr(t.subject, length(t.subject) - length(${id}), 1) = '/')`,
    ),
    ...plain('severity', severity),
    ...plain('rule', kind),
    ...none(symbol),
    ...(open === undefined ? [] : [open ? sql`t.resolved_at IS NULL` : sql`t.resolved_at IS NOT NULL`]),
  ],
}

function ofSleeve(name: string): Condition {
  return sql`(t.about = 'sleeve' AND t.subject = ${name}
    OR t.about = 'position' AND substr(t.subject, 1, ${name.length + 1}) = ${`${name}/`})`
}

const alerts: ListShape<'alerts'> = {
  table: 'alert',
  key: ['seq'],
  sorts: { at: 't.at', severity: SEVERITY_RANK, rule: 't.rule' },
  moment: 't.at',
  conditions: ({ sleeve, instrument, symbol, severity, kind, open }) => [
    ...plain('subject', instrument),
    ...plain('severity', severity),
    ...plain('rule', kind),
    ...none(sleeve, symbol, open),
  ],
}

const capitalChanges: ListShape<'capitalChanges'> = {
  table: 'capital_change',
  key: LOG_KEY,
  sorts: { at: 't.at', sleeve: `coalesce(t.sleeve, '')`, cause: 't.cause', moved: 't.moved' },
  moment: 't.at',
  conditions: ({ sleeve, instrument, symbol, severity, kind, open }) => [
    ...plain('sleeve', sleeve),
    ...plain('cause', kind),
    ...none(instrument, symbol, severity, open),
  ],
}

const allocations: ListShape<'allocations'> = {
  table: 'allocation',
  key: LOG_KEY,
  sorts: { at: 't.at', sleeve: 't.sleeve' },
  moment: 't.at',
  conditions: ({ sleeve, instrument, symbol, severity, kind, open }) => [
    ...plain('sleeve', sleeve),
    ...none(instrument, symbol, severity, kind, open),
  ],
}

const memberships: ListShape<'memberships'> = {
  table: 'membership',
  key: LOG_KEY,
  sorts: { at: 't.at', sleeve: 't.sleeve', symbol: 't.instrument' },
  moment: 't.at',
  conditions: ({ sleeve, instrument, symbol, severity, kind, open }) => [
    ...plain('sleeve', sleeve),
    ...plain('instrument', instrument),
    ...given(symbol, symbolBegins),
    ...none(severity, kind, open),
  ],
}

const signals: ListShape<'signals'> = {
  ...memberships,
  table: 'signal',
  sorts: { at: 't.at', sleeve: 't.sleeve', symbol: 't.instrument', confidence: 'coalesce(t.confidence, 0)' },
}

const postings: ListShape<'postings'> = {
  table: 'posting',
  key: LOG_KEY,
  sorts: {
    at: 't.at',
    sleeve: 't.sleeve',
    symbol: `coalesce(t.instrument, '')`,
    kind: 't.kind',
    realised: 'coalesce(t.realised, 0)',
  },
  moment: 't.at',
  conditions: ({ sleeve, instrument, symbol, severity, kind, open }) => [
    ...plain('sleeve', sleeve),
    ...plain('instrument', instrument),
    ...given(symbol, symbolBegins),
    ...plain('kind', kind),
    ...none(severity, open),
  ],
}

const LISTS: { readonly [Table in PagedTable]: ListShape<Table> } = {
  trips,
  orders,
  violations,
  alerts,
  capitalChanges,
  allocations,
  memberships,
  signals,
  postings,
}

export function shapeOf<Table extends PagedTable>(table: Table, { open }: PageFilter): ListShape<Table> {
  if (table === 'trips' && open === true) return openTrips as unknown as ListShape<Table>
  return LISTS[table] as unknown as ListShape<Table>
}
