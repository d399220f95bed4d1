/** The newest rows of lists that are shown from their end alone, and instruments by their names. */
import { type Kysely, sql } from 'kysely'
import type { LatestTable } from '../../../domain/paging.ts'
import type { InstrumentRow, ProjectedRows } from '../../../domain/projections.ts'
import { columnName, PROJECTED } from '../projected-tables.ts'
import type { Tables } from '../schema.ts'

/** What still waits for a word comes first. */
const ORDERS: Readonly<Record<LatestTable, string>> = {
  approval: "CASE WHEN state = 'asked' THEN 0 ELSE 1 END, asked_at DESC, id",
  discrepancy: 'changed_at DESC, id',
  gateChange: 'seq DESC',
}

export async function latest<Table extends LatestTable>(
  db: Kysely<Tables>,
  portfolio: string,
  table: Table,
  limit: number,
): Promise<readonly ProjectedRows[Table][]> {
  const { rows } = await sql<Readonly<Record<string, unknown>>>`SELECT * FROM ${sql.table(columnName(table))}
    WHERE portfolio = ${portfolio} ORDER BY ${sql.raw(ORDERS[table])} LIMIT ${limit}`.execute(db)
  return rows.map((row) => named(table, row)) as unknown as readonly ProjectedRows[Table][]
}

/** @param names ids or symbols */
export async function instruments(
  db: Kysely<Tables>,
  portfolio: string,
  names: readonly string[],
): Promise<readonly InstrumentRow[]> {
  if (names.length === 0) return []
  const rows = await db
    .selectFrom('instrument')
    .selectAll()
    .where('portfolio', '=', portfolio)
    .where((one) => one.or([one('instrument', 'in', names), one('symbol', 'in', names)]))
    .orderBy('instrument')
    .execute()
  return rows.map((row) => named('instrument', row) as unknown as InstrumentRow)
}

function named(
  table: LatestTable | 'instrument',
  row: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(PROJECTED[table].columns).map((name) => [name, row[columnName(name)]]))
}
