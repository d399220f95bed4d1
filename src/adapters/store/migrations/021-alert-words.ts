/** Figures that somebody is told of beyond a value, and who has seen what goes on. */
import type { Kysely, Migration } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function alertWordsStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const threshold = { portfolio: 'text', place: 'whole', body: 'text', changed_at: 'whole' } as const
      await createTable(db, types, 'alert_threshold', threshold, ['portfolio', 'place'])
      const seen = {
        portfolio: 'text',
        incident: 'text',
        alert: 'text',
        actor: 'text',
        at: 'whole',
        note: 'text',
      } as const
      await createTable(db, types, 'alert_acknowledgement', seen, ['portfolio', 'incident'])
    },
  }
}
