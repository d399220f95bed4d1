/** The journal, its states and messages, and who may write it. */
import type { Kysely, Migration } from 'kysely'
import type { ColumnTypes } from './columns.ts'

export function journalStep({ bytes, whole }: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('store')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('journal')
        .addColumn('portfolio', 'text', (column) => column.notNull())
        .addColumn('seq', whole, (column) => column.notNull())
        .addColumn('epoch', 'integer', (column) => column.notNull())
        .addColumn('at', whole, (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('payload', bytes, (column) => column.notNull())
        .addColumn('hash', bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('journal_key', ['portfolio', 'seq'])
        .execute()
      await db.schema
        .createTable('lease')
        .addColumn('portfolio', 'text', (column) => column.primaryKey())
        .addColumn('epoch', 'integer', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('taken_at', whole, (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('message')
        .addColumn('portfolio', 'text', (column) => column.notNull())
        .addColumn('number', whole, (column) => column.notNull())
        .addColumn('at', whole, (column) => column.notNull())
        .addColumn('channel', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('message_key', ['portfolio', 'number'])
        .execute()
      await db.schema
        .createTable('delivery')
        .addColumn('portfolio', 'text', (column) => column.notNull())
        .addColumn('bus', 'text', (column) => column.notNull())
        .addColumn('number', whole, (column) => column.notNull())
        .addPrimaryKeyConstraint('delivery_key', ['portfolio', 'bus'])
        .execute()
      await db.schema
        .createTable('snapshot')
        .addColumn('portfolio', 'text', (column) => column.notNull())
        .addColumn('seq', whole, (column) => column.notNull())
        .addColumn('kernel_version', 'integer', (column) => column.notNull())
        .addColumn('payload', bytes, (column) => column.notNull())
        .addColumn('hash', bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('snapshot_key', ['portfolio', 'seq'])
        .execute()
    },
  }
}
