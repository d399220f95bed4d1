/** How far jobs are, and which are called off: known to whoever asks in another process. */
import type { Kysely, Migration } from 'kysely'
import type { ColumnTypes } from './columns.ts'

export function jobProgressStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('job').addColumn('progress', 'text').execute()
      await db.schema.alterTable('job').addColumn('called_off_at', types.whole).execute()
    },
  }
}
