/** Events of accounts that were told, each once, and what a broker's line must not forget beside the place of its executions. */
import { type Kysely, type Migration, sql } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function accountEventsStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(db, types, 'account_event', { portfolio: 'text', broker: 'text', id: 'text' }, [
        'portfolio',
        'broker',
        'id',
      ])
      for (const [name, empty] of [
        ['events', ''],
        ['counts', NOTHING_COUNTED],
      ] as const) {
        const altered = db.schema.alterTable('broker_cursor')
        await altered.addColumn(name, sql.raw('text'), (column) => column.notNull().defaultTo(empty)).execute()
      }
    },
  }
}

const NOTHING_COUNTED = '{"counted":{},"notional":{"day":0,"amount":0}}'
