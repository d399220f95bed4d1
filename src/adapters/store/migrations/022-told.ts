/** Up to which event messages and readable rows are written: events that an order waits for may be ahead of them. */
import type { Kysely, Migration } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function toldStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(db, types, 'told', { portfolio: 'text', seq: 'whole' }, ['portfolio'])
    },
  }
}
