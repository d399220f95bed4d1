/** Many rows in one statement, whose text is written once per table and count of rows. */
import { CompiledQuery, type Kysely, sql, type Transaction } from 'kysely'
import type { ProjectedRows, ProjectedTable } from '../../domain/projections.ts'
import { columnName, PROJECTED, type ProjectedShape } from './projected-tables.ts'
import type { Tables } from './schema.ts'

/** Rows of one statement: few sizes, so that few texts are ever prepared; the largest is below every limit of values. */
const SIZES = [128, 32, 8, 2, 1] as const

/** What is done with the text of a sealed column. */
export type Seal = (text: string) => string

export interface BulkWriter {
  insert<Table extends ProjectedTable>(
    step: Transaction<Tables>,
    portfolio: string,
    table: Table,
    rows: readonly ProjectedRows[Table][],
  ): Promise<void>
}

export function bulkWriter(db: Kysely<Tables>, seal: Seal): BulkWriter {
  const texts = new Map<string, string>()

  function textOf(table: ProjectedTable, rows: number): string {
    const key = `${table} ${rows}`
    const known = texts.get(key)
    if (known !== undefined) return known
    const text = statement(db, table, rows)
    texts.set(key, text)
    return text
  }

  return {
    async insert(step, portfolio, table, rows) {
      const shape = PROJECTED[table]
      const columns = Object.entries(shape.columns) as [string, true | 'sealed'][]
      const given = shape.merge === 'last' ? lastOf(rows, shape.key) : rows
      for (let from = 0; from < given.length; ) {
        const size = SIZES.find((one) => one <= given.length - from)!
        const values: unknown[] = []
        for (let at = from; at < from + size; at += 1) {
          const row = given[at] as unknown as Readonly<Record<string, unknown>>
          values.push(portfolio)
          for (const [name, kind] of columns) values.push(stored(row[name], kind === 'sealed' ? seal : null))
        }
        await step.executeQuery(CompiledQuery.raw(textOf(table, size), values))
        from += size
      }
    },
  }
}

/** One statement changes a row once: of several words on one key the last one is taken. */
function lastOf<Row>(rows: readonly Row[], key: readonly (keyof Row)[]): readonly Row[] {
  if (rows.length < 2) return rows
  const last = new Map<string, Row>()
  for (const row of rows) last.set(key.map((column) => String(row[column])).join(' '), row)
  return [...last.values()]
}

/** What no database can hold as a number is unknown. */
function stored(value: unknown, seal: Seal | null): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return seal !== null && typeof value === 'string' ? seal(value) : value
}

function statement(db: Kysely<Tables>, table: ProjectedTable, rows: number): string {
  const shape: ProjectedShape = PROJECTED[table] as never
  const names = Object.keys(shape.columns).map(columnName)
  const row = Object.fromEntries(['portfolio', ...names].map((name) => [name, 0]))
  const insert = db.insertInto(columnName(table) as never).values(Array.from({ length: rows }, () => row) as never)
  if (shape.merge === 'log') return insert.compile().sql
  const key = ['portfolio', ...shape.key.map(columnName)]
  const changed = names.filter((name) => !key.includes(name))
  const set = Object.fromEntries(changed.map((name) => [name, mergedValue(columnName(table), name, shape.merge)]))
  return insert.onConflict((one) => one.columns(key as never).doUpdateSet(set as never)).compile().sql
}

function mergedValue(table: string, column: string, merge: ProjectedShape['merge']) {
  const [old, next] = [sql.ref(`${table}.${column}`), sql.ref(`excluded.${column}`)]
  if (column === 'created_at') return sql`coalesce(${old}, ${next})`
  if (merge === 'last') return sql`${next}`
  if (column === 'first') return sql`${old}`
  if (column === 'minimum') return sql`CASE WHEN ${next} < ${old} THEN ${next} ELSE ${old} END`
  if (column === 'maximum') return sql`CASE WHEN ${next} > ${old} THEN ${next} ELSE ${old} END`
  if (column === 'flow' || column === 'closes') return sql`${old} + ${next}`
  return sql`${next}`
}
