/** Who did what, linked by hashes; and notes. */
import type { Kysely, Migration } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function auditStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(
        db,
        types,
        'audit',
        {
          portfolio: 'text',
          number: 'whole',
          at: 'whole',
          actor: 'text',
          action: 'text',
          subject: 'text',
          before: 'text',
          after: 'text',
          request_id: 'text',
          hash: 'bytes',
        },
        ['portfolio', 'number'],
      )
      await createTable(
        db,
        types,
        'annotation',
        {
          portfolio: 'text',
          id: 'text',
          at: 'whole',
          actor: 'text',
          about: 'text',
          subject: 'text',
          text: 'text',
          tags: 'text',
          removed_at: 'whole?',
        },
        ['portfolio', 'id'],
      )
    },
  }
}
