/** Channels, rules and deliveries of alerts, and what whoever tells them must not forget. */
import type { Kysely, Migration } from 'kysely'
import { type Columns, type ColumnTypes, createTable } from './columns.ts'

const TABLES: Readonly<Record<string, { readonly columns: Columns; readonly key: readonly [string, ...string[]] }>> = {
  alert_channel: {
    columns: {
      portfolio: 'text',
      name: 'text',
      kind: 'text',
      enabled: 'flag',
      per_minute: 'whole',
      settings: 'text',
      secrets: 'text',
      changed_at: 'whole',
    },
    key: ['portfolio', 'name'],
  },
  alert_rule: {
    columns: { portfolio: 'text', place: 'whole', body: 'text', changed_at: 'whole' },
    key: ['portfolio', 'place'],
  },
  alert_memory: { columns: { portfolio: 'text', cursor: 'whole', state: 'text' }, key: ['portfolio'] },
  alert_delivery: {
    columns: {
      portfolio: 'text',
      id: 'text',
      number: 'whole',
      channel: 'text',
      rule: 'text',
      purpose: 'text',
      severity: 'text',
      alerts: 'text',
      unsaid: 'whole',
      created_at: 'whole',
      due_at: 'whole',
      attempts: 'whole',
      state: 'text',
      answer: 'text',
      sent_at: 'whole?',
    },
    key: ['portfolio', 'id'],
  },
}

export function alertLogStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const [table, { columns, key }] of Object.entries(TABLES)) await createTable(db, types, table, columns, key)
      for (const [name, columns] of [
        ['alert_delivery_number', ['portfolio', 'number']],
        ['alert_delivery_due', ['portfolio', 'state', 'due_at', 'number']],
      ] as const)
        await db.schema
          .createIndex(name)
          .on('alert_delivery')
          .columns([...columns])
          .execute()
    },
  }
}
