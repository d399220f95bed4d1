/** A copy of a database beside itself, in a schema that an address can name: tables, rows, views, and what views do. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from './schema.ts'

/** @returns the address of the copy, without a password where the store's name has none */
export async function copyBefore(db: Kysely<Tables>, name: string, step: string): Promise<string> {
  const schema = `before_${step}_${Date.now()}`
  await db.transaction().execute(async (one) => {
    const definitions = await definitionsOf(one)
    await sql`CREATE SCHEMA ${sql.ref(schema)}`.execute(one)
    await copyTables(one, schema)
    // What the definitions name is found in the copy from now on.
    await sql`SELECT set_config('search_path', ${`"${schema}"`}, true)`.execute(one)
    for (const definition of definitions) await sql.raw(definition).execute(one)
  })
  const address = new URL(name)
  address.searchParams.set('options', `-csearch_path=${schema}`)
  return address.toString()
}

async function copyTables(one: Transaction<Tables>, schema: string): Promise<void> {
  const { rows } = await sql<{ table: string }>`
    SELECT table_name AS table FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`.execute(one)
  for (const { table } of rows) {
    const copy = sql.table(`${schema}.${table}`)
    await sql`CREATE TABLE ${copy} (LIKE ${sql.table(table)} INCLUDING ALL EXCLUDING INDEXES)`.execute(one)
    await sql`INSERT INTO ${copy} SELECT * FROM ${sql.table(table)}`.execute(one)
  }
  // Rows that count themselves would go on counting where they came from.
  for (const { table, column, last } of await countersOf(one)) {
    const counter = sql.table(`${schema}.${table}_${column}_seq`)
    await sql`CREATE SEQUENCE ${counter} OWNED BY ${sql.ref(`${schema}.${table}.${column}`)}`.execute(one)
    await sql`SELECT setval(${`"${schema}"."${table}_${column}_seq"`}, ${last})`.execute(one)
    await sql`ALTER TABLE ${sql.table(`${schema}.${table}`)} ALTER COLUMN ${sql.ref(column)}
      SET DEFAULT nextval(${sql.lit(`"${schema}"."${table}_${column}_seq"`)}::regclass)`.execute(one)
  }
}

interface Counter {
  readonly table: string
  readonly column: string
  readonly last: number
}

async function countersOf(one: Transaction<Tables>): Promise<readonly Counter[]> {
  const { rows } = await sql<{ table: string; column: string; counter: string }>`
    SELECT c.table_name AS table, c.column_name AS column,
      pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) AS counter
    FROM information_schema.columns c JOIN information_schema.tables t
      ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
    WHERE c.table_schema = current_schema() AND c.column_default LIKE 'nextval%'`.execute(one)
  const counters: Counter[] = []
  for (const { table, column, counter } of rows) {
    const at = await sql<{ last: number }>`SELECT last_value AS last FROM ${sql.raw(counter)}`.execute(one)
    counters.push({ table, column, last: at.rows[0]!.last })
  }
  return counters
}

/**
 * Keys, indexes, views, the functions behind them and their triggers, under the names that steps know, in the order in
 * which they were made, without the schema's name.
 */
async function definitionsOf(one: Transaction<Tables>): Promise<readonly string[]> {
  const keys = await sql<{ text: string }>`
    SELECT 'ALTER TABLE ' || quote_ident(c.relname) || ' ADD CONSTRAINT ' || quote_ident(k.conname) || ' '
      || pg_get_constraintdef(k.oid) AS text
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND k.contype IN ('p', 'u') ORDER BY k.oid`.execute(one)
  const indexes = await sql<{ text: string }>`
    SELECT replace(pg_get_indexdef(i.indexrelid), ' ON ' || quote_ident(n.nspname) || '.', ' ON ') AS text
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    ORDER BY i.indexrelid`.execute(one)
  const views = await sql<{ text: string }>`
    SELECT 'CREATE VIEW ' || quote_ident(c.relname) || ' AS ' || pg_get_viewdef(c.oid) AS text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'v' ORDER BY c.oid`.execute(one)
  const functions = await sql<{ text: string }>`
    SELECT replace(pg_get_functiondef(p.oid), 'FUNCTION ' || quote_ident(n.nspname) || '.', 'FUNCTION ') AS text
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = current_schema() AND p.prorettype = 'trigger'::regtype ORDER BY p.oid`.execute(one)
  const triggers = await sql<{ text: string }>`
    SELECT pg_get_triggerdef(t.oid, true) AS text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND NOT t.tgisinternal AND c.relkind = 'v' ORDER BY t.oid`.execute(one)
  return [...keys.rows, ...indexes.rows, ...views.rows, ...functions.rows, ...triggers.rows].map(({ text }) => text)
}
