/** The tables, one schema for every database, and the steps that lead to it. A step is never changed once it was shipped. */
import { type Kysely, type Migration, sql } from 'kysely'

export interface Tables {
  /** One row: what this store is. */
  store: { readonly name: string; readonly value: string }
  journal: {
    readonly portfolio: string
    readonly seq: number
    /** Of the lease under which it was written. */
    readonly epoch: number
    readonly at: number
    readonly kind: string
    readonly version: number
    readonly payload: Uint8Array
    /** SHA-256 over the link before and everything in this row. */
    readonly hash: Uint8Array
  }
  /** One row per portfolio: how often its lease was taken. */
  lease: { readonly portfolio: string; readonly epoch: number; readonly owner: string; readonly taken_at: number }
  message: {
    readonly portfolio: string
    readonly number: number
    readonly at: number
    readonly channel: string
    /** JSON. */
    readonly body: string
  }
  /** How far each bus has confirmed. */
  delivery: { readonly portfolio: string; readonly bus: string; readonly number: number }
  snapshot: {
    readonly portfolio: string
    readonly seq: number
    readonly kernel_version: number
    readonly payload: Uint8Array
    readonly hash: Uint8Array
  }
}

export type Dialect = 'sqlite' | 'postgres'

/** Names are sorted: a step's number is its place. */
export function migrationsOf(dialect: Dialect): Readonly<Record<string, Migration>> {
  const bytes = sql.raw(dialect === 'sqlite' ? 'blob' : 'bytea')
  const whole = sql.raw(dialect === 'sqlite' ? 'integer' : 'bigint')
  return {
    '001_journal': {
      async up(db: Kysely<unknown>) {
        await db.schema
          .createTable('store')
          .addColumn('name', 'text', (column) => column.primaryKey())
          .addColumn('value', 'text', (column) => column.notNull())
          .execute()
        await db.schema
          .createTable('journal')
          .addColumn('portfolio', 'text', (column) => column.notNull())
          .addColumn('seq', whole as never, (column) => column.notNull())
          .addColumn('epoch', 'integer', (column) => column.notNull())
          .addColumn('at', whole as never, (column) => column.notNull())
          .addColumn('kind', 'text', (column) => column.notNull())
          .addColumn('version', 'integer', (column) => column.notNull())
          .addColumn('payload', bytes as never, (column) => column.notNull())
          .addColumn('hash', bytes as never, (column) => column.notNull())
          .addPrimaryKeyConstraint('journal_key', ['portfolio', 'seq'])
          .execute()
        await db.schema
          .createTable('lease')
          .addColumn('portfolio', 'text', (column) => column.primaryKey())
          .addColumn('epoch', 'integer', (column) => column.notNull())
          .addColumn('owner', 'text', (column) => column.notNull())
          .addColumn('taken_at', whole as never, (column) => column.notNull())
          .execute()
        await db.schema
          .createTable('message')
          .addColumn('portfolio', 'text', (column) => column.notNull())
          .addColumn('number', whole as never, (column) => column.notNull())
          .addColumn('at', whole as never, (column) => column.notNull())
          .addColumn('channel', 'text', (column) => column.notNull())
          .addColumn('body', 'text', (column) => column.notNull())
          .addPrimaryKeyConstraint('message_key', ['portfolio', 'number'])
          .execute()
        await db.schema
          .createTable('delivery')
          .addColumn('portfolio', 'text', (column) => column.notNull())
          .addColumn('bus', 'text', (column) => column.notNull())
          .addColumn('number', whole as never, (column) => column.notNull())
          .addPrimaryKeyConstraint('delivery_key', ['portfolio', 'bus'])
          .execute()
        await db.schema
          .createTable('snapshot')
          .addColumn('portfolio', 'text', (column) => column.notNull())
          .addColumn('seq', whole as never, (column) => column.notNull())
          .addColumn('kernel_version', 'integer', (column) => column.notNull())
          .addColumn('payload', bytes as never, (column) => column.notNull())
          .addColumn('hash', bytes as never, (column) => column.notNull())
          .addPrimaryKeyConstraint('snapshot_key', ['portfolio', 'seq'])
          .execute()
      },
    },
  }
}
