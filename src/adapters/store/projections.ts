/** The readable tables: written with the journal, read by whoever goes on, made again from the journal. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { PriceBarRow } from '../../domain/price-bar-row.ts'
import type { EquityMemory, Projected, ProjectedTable, ProjectionMemory } from '../../domain/projections.ts'
import type { RoundTripRow } from '../../domain/round-trip-row.ts'
import { TRIPS_KEPT } from '../../domain/round-trips.ts'
import type { BulkWriter } from './bulk.ts'
import { equityRow } from './equity-series.ts'
import { toldTo } from './journal-rows.ts'
import { pagesOf } from './keys.ts'
import { columnName, PROJECTED, PROJECTED_TABLES } from './projected-tables.ts'
import type { Tables } from './schema.ts'
import type { Sealing } from './sealing.ts'

/** Days of which the growth is remembered: a volatility looks back on them. */
const DAYS = 62

export async function writeProjected(
  step: Transaction<Tables>,
  bulk: BulkWriter,
  portfolio: string,
  projected: Projected,
): Promise<void> {
  for (const table of PROJECTED_TABLES) {
    const rows = projected[table]
    if (rows !== undefined && rows.length > 0) await bulk.insert(step, portfolio, table, rows as never)
  }
}

/** Every row of a portfolio in one of the tables, by key, with the names of the rows; what is sealed is opened. */
export async function* projectedRows(
  { db, sealing }: { readonly db: Kysely<Tables>; readonly sealing: Sealing },
  portfolio: string,
  table: ProjectedTable,
): AsyncIterable<Readonly<Record<string, unknown>>> {
  const { key, columns } = PROJECTED[table]
  const opened = (value: unknown, kind: true | 'sealed'): unknown =>
    kind === 'sealed' && typeof value === 'string' ? sealing.openText(value) : value
  for await (const page of pagesOf(db, columnName(table), ['portfolio', ...key.map(columnName)], portfolio)) {
    for (const row of page) {
      const named = Object.entries(columns).map(([name, kind]) => [name, opened(row[columnName(name)], kind)])
      yield Object.fromEntries(named) as Readonly<Record<string, unknown>>
    }
  }
}

export async function projectionMemory(db: Kysely<Tables>, portfolio: string): Promise<ProjectionMemory> {
  return {
    ...(await equityMemory(db, portfolio)),
    trips: await lastTrips(db, portfolio),
    ...(await lastBars(db, portfolio)),
  }
}

/**
 * Of every sleeve in every instrument that it ever held the last ones, and the structures that are open. Numbers have no
 * gaps. As a range of the index, since a list that differs by holding is compared with every round trip before
 * PostgreSQL 17.
 */
async function lastTrips(db: Kysely<Tables>, portfolio: string): Promise<readonly RoundTripRow[]> {
  const { rows } = await sql<Tables['round_trip']>`
    SELECT t.* FROM holding h CROSS JOIN round_trip t WHERE h.portfolio = ${portfolio} AND t.portfolio = h.portfolio
      AND t.sleeve = h.sleeve AND t.instrument = h.instrument AND t.number > (
        SELECT MAX(r.number) FROM round_trip r WHERE r.portfolio = h.portfolio AND r.sleeve = h.sleeve
          AND r.instrument = h.instrument) - ${TRIPS_KEPT}
    UNION ALL SELECT t.* FROM round_trip t
      WHERE t.portfolio = ${portfolio} AND t.state = 'open' AND t.kind = 'structure'`.execute(db)
  return rows.map((row) => namedRow('roundTrip', row) as unknown as RoundTripRow)
}

async function lastBars(db: Kysely<Tables>, portfolio: string): Promise<Pick<ProjectionMemory, 'bars' | 'charted'>> {
  const { rows } = await sql<Tables['price_bar']>`
    SELECT b.* FROM instrument i JOIN price_bar b ON b.portfolio = i.portfolio AND b.instrument = i.instrument
      AND b.grain IN ('hour', 'day') AND b.bucket = (SELECT max(l.bucket) FROM price_bar l
        WHERE l.portfolio = b.portfolio AND l.instrument = b.instrument AND l.grain = b.grain)
    WHERE i.portfolio = ${portfolio}`.execute(db)
  const charted = await sql<{ instrument: string }>`
    SELECT i.instrument FROM instrument i WHERE i.portfolio = ${portfolio} AND EXISTS (
      SELECT 1 FROM price_bar b WHERE b.portfolio = i.portfolio AND b.instrument = i.instrument)`.execute(db)
  return {
    bars: rows.map((row) => namedRow('priceBar', row) as unknown as PriceBarRow),
    charted: charted.rows.map(({ instrument }) => instrument),
  }
}

/** Of a row as the database has it. */
function namedRow(table: ProjectedTable, row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(PROJECTED[table].columns).map((name) => [name, row[columnName(name)]]))
}

export async function equityMemory(db: Kysely<Tables>, portfolio: string): Promise<EquityMemory> {
  const rows = await db
    .selectFrom('equity')
    .selectAll()
    .where('portfolio', '=', portfolio)
    .where('grain', '=', 'cycle')
    .where('bucket', '=', (asked) =>
      asked
        .selectFrom('equity')
        .select(({ fn }) => fn.max('bucket').as('bucket'))
        .where('portfolio', '=', portfolio)
        .where('grain', '=', 'cycle'),
    )
    .execute()
  const last = rows.map(equityRow)
  const days = new Map<string, { readonly bucket: number; readonly growth: number }[]>()
  for (const { sleeve } of last) {
    const ended = await db
      .selectFrom('equity')
      .select(['bucket', 'growth'])
      .where('portfolio', '=', portfolio)
      .where('grain', '=', 'day')
      .where('sleeve', '=', sleeve)
      .orderBy('bucket', 'desc')
      .limit(DAYS)
      .execute()
    days.set(
      sleeve,
      ended.reverse().map(({ bucket, growth }) => ({ bucket: Number(bucket), growth })),
    )
  }
  const seq = await toldTo(db, portfolio)
  return { seq, last, days, flows: await flowsSince(db, portfolio, last[0]?.seq ?? -1) }
}

async function flowsSince(db: Kysely<Tables>, portfolio: string, seq: number): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('posting')
    .select(({ fn }) => ['sleeve', fn.sum('cash').as('cash')])
    .where('portfolio', '=', portfolio)
    .where('seq', '>', seq)
    .where('is_flow', '=', 1)
    .groupBy('sleeve')
    .execute()
  const flows = new Map(rows.map(({ sleeve, cash }) => [sleeve, Number(cash)]))
  let all = 0
  for (const flow of flows.values()) all += flow
  return flows.set('', all)
}

export async function clearProjected(step: Transaction<Tables>, portfolio: string): Promise<void> {
  for (const table of PROJECTED_TABLES)
    await sql`DELETE FROM ${sql.table(columnName(table))} WHERE portfolio = ${portfolio}`.execute(step)
}
