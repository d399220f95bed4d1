/** Where brokers' accounts and books differed, and what became of it. */
import type { Kysely, Migration } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function discrepanciesStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(
        db,
        types,
        'discrepancy',
        {
          portfolio: 'text',
          id: 'text',
          kind: 'text',
          subject: 'text',
          ours: 'number',
          theirs: 'number',
          difference: 'number',
          adopted: 'number',
          is_foreign: 'flag',
          since: 'whole',
          changed_at: 'whole',
          state: 'text',
          resolution: 'text',
        },
        ['portfolio', 'id'],
      )
    },
  }
}
