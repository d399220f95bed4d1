/** Rows of lists: what stands in other tables is joined to the rows of one page alone. */
import type { Kysely } from 'kysely'
import type { PagedRows, PagedTable } from '../../../domain/paging.ts'
import type { Tables } from '../schema.ts'

type Row = Readonly<Record<string, unknown>>

const NAMED = 'LEFT JOIN instrument i ON i.portfolio = t.portfolio AND i.instrument = t.instrument'
const SHARED = { at: 't.at', seq: 't.seq', place: 't.place', tradeDate: 't.trade_date' }

const FILLED = (what: string): string =>
  `(SELECT ${what} FROM order_fill f WHERE f.portfolio = t.portfolio AND f."order" = t."order")`
const LAST_END = (what: string): string =>
  `(SELECT ${what} FROM order_end d WHERE d.portfolio = t.portfolio AND d."order" = t."order"
    ORDER BY d.seq DESC, d.place DESC LIMIT 1)`
const BASE = `(SELECT c.currency FROM configuration c WHERE c.portfolio = t.portfolio ORDER BY c.seq DESC LIMIT 1)`

/** What each list shows of `t`, by name, and what it is joined to. */
const SHOWN: Readonly<Record<PagedTable, readonly [columns: Readonly<Record<string, string>>, join: string]>> = {
  trips: [
    {
      id: 't.id',
      sleeve: 't.sleeve',
      instrument: `coalesce(t.instrument, '')`,
      symbol: 't.label',
      kind: 't.kind',
      direction: 't.side',
      quantity: `CASE WHEN t.state = 'closed' THEN t.exited ELSE t.entered END`,
      openedAt: 't.opened_at',
      closedAt: 't.closed_at',
      entryDate: 't.entry_date',
      exitDate: 't.exit_date',
      holdMs: 't.held',
      entryPrice: 't.entry_value / nullif(t.entered, 0)',
      exitPrice: 't.exit_value / nullif(t.exited, 0)',
      worth: 'coalesce(t.worth, 0)',
      profit: 'coalesce(t.profit, 0)',
      cost: 'coalesce(t.cost, 0)',
      entryReason: 't.entry_reason',
      exitReason: 't.exit_reason',
      openedBy: 't.entry_order',
      closedBy: 't.exit_order',
    },
    '',
  ],
  orders: [
    {
      order: 't."order"',
      seq: 't.seq',
      at: 't.at',
      tradeDate: 't.trade_date',
      cycle: 't.cycle',
      instrument: 't.instrument',
      label: 't.label',
      type: 't.type',
      quantity: 't.quantity',
      crossed: 't.crossed',
      reference: 't.reference',
      symbol: 'coalesce(i.symbol, t.label)',
      unitsPerWhole: 'coalesce(i.units_per_whole, 1)',
      currency: `coalesce(i.currency, ${BASE}, '')`,
      filled: `coalesce(${FILLED('sum(f.quantity)')}, 0)`,
      averagePrice: FILLED('sum(f.quantity * f.price) / nullif(sum(f.quantity), 0)'),
      fee: `coalesce(${FILLED('sum(f.fee)')}, 0)`,
      state: `coalesce(${LAST_END('d.state')}, CASE WHEN t.quantity = 0 THEN 'crossed' ELSE 'working' END)`,
      endedAt: LAST_END('d.at'),
      evidence: `coalesce(${LAST_END('d.evidence')}, '')`,
    },
    NAMED,
  ],
  violations: [
    {
      id: 't.id',
      at: 't.at',
      severity: 't.severity',
      rule: 't.rule',
      about: 't.about',
      subject: 't.subject',
      value: 't.value',
      limit: 't."limit"',
      action: 't.action',
      resolvedAt: 't.resolved_at',
      how: 't.how',
      note: 't.note',
      review: 't.review',
      parameters: 't.parameters',
    },
    '',
  ],
  alerts: [
    { seq: 't.seq', at: 't.at', severity: 't.severity', rule: 't.rule', subject: 't.subject', text: 't.text' },
    '',
  ],
  capitalChanges: [
    {
      ...SHARED,
      cause: 't.cause',
      sleeve: 't.sleeve',
      before: 't.before',
      after: 't.after',
      moved: 't.moved',
      reason: 't.reason',
    },
    '',
  ],
  allocations: [
    { ...SHARED, sleeve: 't.sleeve', weight: 't.weight', factor: 't.factor', isComputed: 't.is_computed' },
    '',
  ],
  memberships: [
    {
      ...SHARED,
      sleeve: 't.sleeve',
      instrument: 't.instrument',
      isMember: 't.is_member',
      reasons: 't.reasons',
      symbol: 'coalesce(i.symbol, t.instrument)',
    },
    NAMED,
  ],
  signals: [
    {
      ...SHARED,
      sleeve: 't.sleeve',
      instrument: 't.instrument',
      quantity: 't.quantity',
      confidence: 't.confidence',
      price: 't.price',
      stop: 't.stop',
      target: 't.target',
      regime: 't.regime',
      reason: 't.reason',
      symbol: 'coalesce(i.symbol, t.instrument)',
    },
    NAMED,
  ],
  postings: [
    {
      ...SHARED,
      kind: 't.kind',
      order: 't."order"',
      execution: 't.execution',
      sleeve: 't.sleeve',
      instrument: 't.instrument',
      currency: 't.currency',
      quantity: 't.quantity',
      price: 't.price',
      cash: 't.cash',
      fee: 't.fee',
      value: 't.value',
      cost: 't.cost',
      realised: 't.realised',
      before: 't.before',
      stop: 't.stop',
      target: 't.target',
      isFlow: 't.is_flow',
      reason: 't.reason',
      symbol: `coalesce(i.symbol, '')`,
      unitsPerWhole: 'coalesce(i.units_per_whole, 1)',
    },
    NAMED,
  ],
}

/** Truths, which the databases keep as 0 and 1. */
const TRUTHS: ReadonlySet<string> = new Set(['isMember', 'isComputed', 'isFlow'])

export function columnsOf(table: PagedTable): string {
  const [columns] = SHOWN[table]
  return Object.entries(columns)
    .map(([name, value]) => `${value} AS "${name}"`)
    .join(', ')
}

export function joinOf(table: PagedTable): string {
  return SHOWN[table][1]
}

/** As the list has them, with what takes more than one row of another table. */
export async function listed<Table extends PagedTable>(
  db: Kysely<Tables>,
  portfolio: string,
  table: Table,
  found: readonly Row[],
): Promise<readonly PagedRows[Table][]> {
  const [columns] = SHOWN[table]
  const rows = found.map((row) =>
    Object.fromEntries(
      Object.keys(columns).map((name) => [name, TRUTHS.has(name) ? Number(row[name]) === 1 : row[name]]),
    ),
  )
  if (table === 'orders') await addSleeves(db, portfolio, rows)
  if (table === 'violations') for (const row of rows) row['sleeve'] = sleeveOf(row)
  return rows as unknown as readonly PagedRows[Table][]
}

async function addSleeves(db: Kysely<Tables>, portfolio: string, rows: Record<string, unknown>[]): Promise<void> {
  if (rows.length === 0) return
  const parts = await db
    .selectFrom('intent')
    .select(['order', 'sleeve'])
    .where('portfolio', '=', portfolio)
    .where(
      'order',
      'in',
      rows.map(({ order }) => Number(order)),
    )
    .orderBy('order')
    .orderBy('place')
    .execute()
  for (const row of rows) {
    const own = parts.filter(({ order }) => Number(order) === Number(row['order'])).map(({ sleeve }) => sleeve)
    row['sleeves'] = [...new Set(own)]
  }
}

function sleeveOf({ about, subject }: Row): string | null {
  return about === 'sleeve' || about === 'position' ? String(subject).split('/')[0]! : null
}
