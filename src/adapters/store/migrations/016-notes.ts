/** Notes with all that they ever said. */
import { type Kysely, type Migration, sql } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function notesStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const annotation = db.schema.alterTable('annotation')
      await annotation.addColumn('version', types.whole, (column) => column.notNull().defaultTo(1)).execute()
      await annotation.addColumn('edited_at', types.whole).execute()
      await annotation.addColumn('editor', 'text', (column) => column.notNull().defaultTo('')).execute()
      await createTable(
        db,
        types,
        'annotation_version',
        {
          portfolio: 'text',
          id: 'text',
          version: 'whole',
          at: 'whole',
          author: 'text',
          text: 'text',
          tags: 'text',
          removed: 'flag',
        },
        ['portfolio', 'id', 'version'],
      )
      await sql`INSERT INTO annotation_version (portfolio, id, version, at, author, text, tags, removed)
        SELECT portfolio, id, 1, at, actor, text, tags, 0 FROM annotation`.execute(db)
      // What was taken away before versions were counted: who did it stands in the audit log.
      await sql`INSERT INTO annotation_version (portfolio, id, version, at, author, text, tags, removed)
        SELECT portfolio, id, 2, removed_at, '', text, tags, 1 FROM annotation WHERE removed_at IS NOT NULL`.execute(db)
      await sql`UPDATE annotation SET version = 2 WHERE removed_at IS NOT NULL`.execute(db)
    },
  }
}
