/** Which intent it was that did not get all that it wanted. */
import type { Kysely, Migration } from 'kysely'
import type { ColumnTypes } from './columns.ts'

export function intentEndsStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('intent_end').addColumn('intent', types.whole).execute()
      const index = db.schema.createIndex('intent_end_intent').on('intent_end')
      await index.columns(['portfolio', 'intent']).execute()
    },
  }
}
