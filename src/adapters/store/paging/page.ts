/** One page of a list: which rows by an index alone, then what they say. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import {
  PAGE_MAX,
  type Page,
  type PagedRows,
  type PagedTable,
  type PageQuery,
  SORTED_BY,
} from '../../../domain/paging.ts'
import { cursorOf, placeOf } from '../cursor.ts'
import { toldTo } from '../journal-rows.ts'
import type { Tables } from '../schema.ts'
import { columnsOf, joinOf, listed } from './rows.ts'
import { type ListShape, shapeOf } from './shapes.ts'

type Row = Readonly<Record<string, unknown>>

/** How many rows each question had, as of the event that they were counted at: whoever turns pages asks it again. */
export interface Counts {
  readonly known: Map<string, { readonly seq: number; readonly total: number }>
}

/** Questions that are remembered. */
const COUNTED = 200

export async function page<Table extends PagedTable>(
  db: Kysely<Tables>,
  portfolio: string,
  table: Table,
  query: PageQuery<Table>,
  counts: Counts,
): Promise<Page<PagedRows[Table]>> {
  const { limit } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX)
    throw new RangeError(`a page has 1 to ${PAGE_MAX} rows, not ${limit}`)
  const where = sql.join(conditionsOf(portfolio, table, query), sql` AND `)
  const shape = shapeOf(table, query)
  const found = await statement(table, query, where).execute(db)
  const rows = found.rows.slice(0, limit)
  const last = rows.at(-1)
  const isMore = found.rows.length > limit
  return {
    rows: await listed(db, portfolio, table, rows),
    total: await totalOf(db, portfolio, table, query, where, counts),
    next: isMore && last !== undefined ? cursorOf([questionOf(table, query), ...placeIn(last, shape)]) : null,
  }
}

/** Rows change with events alone. */
async function totalOf<Table extends PagedTable>(
  db: Kysely<Tables>,
  portfolio: string,
  table: Table,
  query: PageQuery<Table>,
  where: RawBuilder<unknown>,
  { known }: Counts,
): Promise<number> {
  const { sleeve, instrument, symbol, severity, kind, open, from, to } = query
  const key = JSON.stringify([portfolio, table, sleeve, instrument, symbol, severity, kind, open, from, to])
  const seq = await toldTo(db, portfolio)
  const found = known.get(key)
  if (found?.seq === seq) return found.total
  const of = sql.table(shapeOf(table, query).table)
  const counted = await sql<{ count: number }>`SELECT count(*) AS count FROM ${of} t WHERE ${where}`.execute(db)
  const total = Number(counted.rows[0]!.count)
  if (known.size >= COUNTED) known.clear()
  known.set(key, { seq, total })
  return total
}

/** Finds the keys of the page, one more than asked for, and reads those rows. */
export function statement<Table extends PagedTable>(
  table: Table,
  query: PageQuery<Table>,
  where: RawBuilder<unknown>,
): RawBuilder<Row> {
  const shape = shapeOf(table, query)
  const { sort = SORTED_BY[table][0] as PageQuery<Table>['sort'], descending = true, offset = 0, after, limit } = query
  const value = sql.raw(shape.sorts[sort!])
  const keys = shape.key.map((column) => sql.ref(`t.${column}`))
  const way = sql.raw(descending ? 'DESC' : 'ASC')
  const order = sql.join([value, ...keys].map((one) => sql`${one} ${way}`))
  const places = sql.join(keys.map((key, at) => sql`${key} AS ${sql.ref(`key${at}`)}`))
  const beyond = after === undefined ? sql`` : sql`AND ${beyondOf(table, query, after, [value, ...keys])}`
  const ids = sql`SELECT t.portfolio AS of, ${value} AS sorted, ${places} FROM ${sql.table(shape.table)} t
    WHERE ${where} ${beyond} ORDER BY ${order} LIMIT ${limit + 1} OFFSET ${after === undefined ? offset : 0}`
  const same = sql.join(
    keys.map((key, at) => sql`${key} = ${sql.ref(`k.key${at}`)}`),
    sql` AND `,
  )
  const again = sql.join(
    ['sorted', ...keys.map((_, at) => `key${at}`)].map((name) => sql`${sql.ref(`k.${name}`)} ${way}`),
  )
  return sql<Row>`SELECT ${sql.raw(columnsOf(table))}, k.* FROM (${ids}) k
    JOIN ${sql.table(shape.table)} t ON t.portfolio = k.of AND ${same} ${sql.raw(joinOf(table))} ORDER BY ${again}`
}

export function conditionsOf<Table extends PagedTable>(
  portfolio: string,
  table: Table,
  query: PageQuery<Table>,
): readonly RawBuilder<unknown>[] {
  const shape = shapeOf(table, query)
  const moment = sql.raw(shape.moment)
  return [
    sql`t.portfolio = ${portfolio}`,
    ...shape.conditions(query),
    ...(query.from === undefined ? [] : [sql`${moment} >= ${query.from}`]),
    ...(query.to === undefined ? [] : [sql`${moment} <= ${query.to}`]),
  ]
}

/** What an answer belongs to: the place that it ends at means nothing elsewhere. */
function questionOf<Table extends PagedTable>(table: Table, { sort, descending = true }: PageQuery<Table>): string {
  return `${table} ${sort ?? ''} ${descending}`
}

function placeIn<Table extends PagedTable>(row: Row, { key }: ListShape<Table>): readonly (number | string)[] {
  return [row['sorted'], ...key.map((_, at) => row[`key${at}`])] as (number | string)[]
}

function beyondOf<Table extends PagedTable>(
  table: Table,
  query: PageQuery<Table>,
  after: string,
  columns: readonly RawBuilder<unknown>[],
): RawBuilder<unknown> {
  const [question, ...place] = placeOf(after, ['string', ...columns.map(() => 'any' as const)])
  if (question !== questionOf(table, query)) throw new RangeError('the page before is of another list')
  const way = sql.raw(query.descending === false ? '>' : '<')
  return sql`(${sql.join(columns)}) ${way} (${sql.join(place)})`
}
