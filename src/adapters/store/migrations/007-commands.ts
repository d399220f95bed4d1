/** What operators ask of engines, how engines are, and what must be on record before anything trades live. */
import type { Kysely, Migration } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function commandsStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(
        db,
        types,
        'control_command',
        {
          portfolio: 'text',
          id: 'text',
          number: 'whole',
          actor: 'text',
          at: 'whole',
          seen: 'whole',
          until: 'whole?',
          body: 'text',
          state: 'text',
          answer: 'text',
        },
        ['portfolio', 'id'],
      )
      await db.schema
        .createIndex('control_command_number')
        .on('control_command')
        .columns(['portfolio', 'number'])
        .unique()
        .execute()
      await createTable(db, types, 'heartbeat', { portfolio: 'text', at: 'whole', body: 'text' }, ['portfolio'])
      await createTable(
        db,
        types,
        'validation_gate',
        {
          portfolio: 'text',
          number: 'whole',
          name: 'text',
          criterion: 'text',
          value: 'text',
          passed: 'flag',
          actor: 'text',
          at: 'whole',
        },
        ['portfolio', 'number'],
      )
      await createTable(
        db,
        types,
        'configuration_approval',
        { portfolio: 'text', number: 'whole', hash: 'text', parts: 'text', actor: 'text', at: 'whole', note: 'text' },
        ['portfolio', 'number'],
      )
      await createTable(
        db,
        types,
        'job',
        {
          id: 'text',
          kind: 'text',
          args: 'text',
          actor: 'text',
          at: 'whole',
          state: 'text',
          worker: 'text?',
          attempts: 'whole',
          seen_at: 'whole',
          result: 'text?',
          error: 'text',
          ended_at: 'whole?',
        },
        ['id'],
      )
    },
  }
}
