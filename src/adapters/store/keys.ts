/** Every table with its key, as the database itself has them: what a copy, an export and a comparison go by. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Tables } from './schema.ts'

const OF_A_FILE = sql<KeyColumn>`
  SELECT m.name AS of, c.name AS name FROM sqlite_master m, pragma_table_info(m.name) c
  WHERE m.type = 'table' AND c.pk > 0 AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'kysely_%'
  ORDER BY m.name, c.pk`
const OF_A_SERVER = sql<KeyColumn>`
  SELECT t.relname AS of, a.attname AS name
  FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace,
    unnest(i.indkey) WITH ORDINALITY AS k(number, place) JOIN pg_attribute a ON a.attnum = k.number
  WHERE a.attrelid = t.oid AND i.indisprimary AND n.nspname = current_schema() AND t.relname NOT LIKE 'kysely_%'
  ORDER BY t.relname, k.place`

interface KeyColumn {
  readonly of: string
  readonly name: string
}

type Row = Readonly<Record<string, unknown>>

/** By name. */
export async function tableKeys(
  db: Kysely<Tables>,
  isServer: boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await (isServer ? OF_A_SERVER : OF_A_FILE).execute(db)
  const keys = new Map<string, string[]>()
  for (const { of, name } of rows) {
    const key = keys.get(of)
    if (key === undefined) keys.set(of, [name])
    else key.push(name)
  }
  return keys
}

function valuesOf(row: Row, key: readonly string[]): RawBuilder<unknown> {
  return sql.join(key.map((column) => row[column]))
}

/** Rows that are read at a time: a store may be larger than memory. */
const PAGE = 500

/**
 * All rows of a table in the order of its key, a page at a time.
 *
 * @param portfolio left out: those of every one
 */
export async function* pagesOf(
  db: Kysely<Tables>,
  table: string,
  key: readonly string[],
  portfolio?: string,
): AsyncIterable<readonly Row[]> {
  const own = portfolio === undefined ? sql`TRUE` : sql`portfolio = ${portfolio}`
  const columns = sql.join(key.map((column) => sql.ref(column)))
  for (let after: Row | null = null; ; ) {
    const beyond: RawBuilder<unknown> = after === null ? sql`` : sql`AND (${columns}) > (${valuesOf(after, key)})`
    const page: { readonly rows: readonly Row[] } =
      await sql<Row>`SELECT * FROM ${sql.table(table)} WHERE ${own} ${beyond} ORDER BY ${columns} LIMIT ${PAGE}`.execute(
        db,
      )
    if (page.rows.length > 0) yield page.rows
    if (page.rows.length < PAGE) return
    after = page.rows.at(-1)!
  }
}
