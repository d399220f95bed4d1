/** Many rows in one statement, whose text is written once per table and count of rows. */
import { CompiledQuery, type Kysely, sql, type Transaction } from 'kysely'
import type { ProjectedRows, ProjectedTable } from '../../domain/projections.ts'
import { columnName, PROJECTED, type ProjectedShape } from './projected-tables.ts'
import type { Tables } from './schema.ts'

/** Rows of one statement: few sizes, so that few texts are ever prepared; the largest is below every limit of values. */
const SIZES = [128, 32, 8, 2, 1] as const

/** What is done with the text of a sealed column. */
export type Seal = (text: string) => string

/** A table as it is written to: its columns in the order in which rows give them. */
export interface Written {
  readonly table: keyof Tables
  readonly columns: readonly string[]
  /** A row whose key is there already takes the place of it in these columns; left out: that is an error. */
  readonly changes?: { readonly key: readonly string[]; readonly columns: readonly string[] }
}

export interface BulkWriter {
  insert<Table extends ProjectedTable>(
    step: Transaction<Tables>,
    portfolio: string,
    table: Table,
    rows: readonly ProjectedRows[Table][],
  ): Promise<void>
  /** @param values one after the other, row by row */
  write(step: Transaction<Tables>, into: Written, values: readonly unknown[]): Promise<void>
}

export function bulkWriter(db: Kysely<Tables>, seal: Seal): BulkWriter {
  const texts = new Map<string, Map<number, string>>()

  function textOf(table: string, rows: number, made: () => string): string {
    const ofTable = texts.get(table) ?? new Map<number, string>()
    texts.set(table, ofTable)
    const known = ofTable.get(rows)
    if (known !== undefined) return known
    const text = made()
    ofTable.set(rows, text)
    return text
  }

  /** @param made the statement for so many rows */
  async function execute(
    step: Transaction<Tables>,
    table: string,
    width: number,
    values: readonly unknown[],
    made: (rows: number) => string,
  ): Promise<void> {
    const count = values.length / width
    for (let from = 0; from < count; ) {
      const size = SIZES.find((one) => one <= count - from)!
      const own = size === count ? values : values.slice(from * width, (from + size) * width)
      await step.executeQuery(
        CompiledQuery.raw(
          textOf(table, size, () => made(size)),
          own as unknown[],
        ),
      )
      from += size
    }
  }

  return {
    async insert(step, portfolio, table, rows) {
      const shape = PROJECTED[table]
      const columns = Object.entries(shape.columns) as [string, true | 'sealed'][]
      const given = shape.merge === 'last' ? lastOf(rows, shape.key) : rows
      const values: unknown[] = []
      for (const one of given) {
        const row = one as unknown as Readonly<Record<string, unknown>>
        values.push(portfolio)
        for (const [name, kind] of columns) values.push(stored(row[name], kind === 'sealed' ? seal : null))
      }
      await execute(step, columnName(table), columns.length + 1, values, (count) => projectedText(db, table, count))
    },
    write: (step, into, values) =>
      execute(step, into.table, into.columns.length, values, (count) => writtenText(db, into, count)),
  }
}

/** One statement changes a row once: of several words on one key the last one is taken. */
function lastOf<Row>(rows: readonly Row[], key: readonly (keyof Row)[]): readonly Row[] {
  if (rows.length < 2) return rows
  const last = new Map<unknown, Row>()
  const [first] = key
  if (key.length === 1) for (const row of rows) last.set(row[first!], row)
  else for (const row of rows) last.set(key.map((column) => String(row[column])).join(' '), row)
  return last.size === rows.length ? rows : [...last.values()]
}

/** What no database can hold as a number is unknown. */
function stored(value: unknown, seal: Seal | null): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value ? 1 : 0
  return seal !== null && typeof value === 'string' ? seal(value) : value
}

function writtenText(db: Kysely<Tables>, { table, columns, changes }: Written, rows: number): string {
  const insert = insertOf(db, table, columns, rows)
  if (changes === undefined) return insert.compile().sql
  const set = Object.fromEntries(changes.columns.map((name) => [name, sql.ref(`excluded.${name}`)]))
  return insert.onConflict((one) => one.columns(changes.key as never).doUpdateSet(set as never)).compile().sql
}

function projectedText(db: Kysely<Tables>, table: ProjectedTable, rows: number): string {
  const shape: ProjectedShape = PROJECTED[table] as never
  const names = Object.keys(shape.columns).map(columnName)
  const insert = insertOf(db, columnName(table), ['portfolio', ...names], rows)
  if (shape.merge === 'log') return insert.compile().sql
  const key = ['portfolio', ...shape.key.map(columnName)]
  const fixed = new Set([...key, ...(shape.fixed ?? []).map(columnName)])
  const changed = names.filter((name) => !fixed.has(name))
  const set = Object.fromEntries(changed.map((name) => [name, mergedValue(columnName(table), name, shape.merge)]))
  return insert.onConflict((one) => one.columns(key as never).doUpdateSet(set as never)).compile().sql
}

function insertOf(db: Kysely<Tables>, table: string, columns: readonly string[], rows: number) {
  const row = Object.fromEntries(columns.map((name) => [name, 0]))
  return db.insertInto(table as never).values(Array.from({ length: rows }, () => row) as never)
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
