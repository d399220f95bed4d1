/** Who may look and act, and what the audit log says of those who came through the API. */
import type { Kysely, Migration } from 'kysely'
import { type Columns, type ColumnTypes, createTable } from './columns.ts'

const TABLES: Readonly<Record<string, { readonly columns: Columns; readonly key: readonly [string, ...string[]] }>> = {
  account: {
    columns: {
      /** The name in small letters. */
      key: 'text',
      name: 'text',
      role: 'text',
      passphrase_hash: 'text',
      totp_secret: 'text?',
      totp_step: 'whole',
      created_at: 'whole',
      changed_at: 'whole',
      signed_in_at: 'whole?',
      disabled_at: 'whole?',
    },
    key: ['key'],
  },
  one_time_secret: {
    columns: {
      hash: 'text',
      kind: 'text',
      account: 'text',
      role: 'text',
      at: 'whole',
      expires_at: 'whole',
      used_at: 'whole?',
    },
    key: ['hash'],
  },
  session: {
    columns: {
      hash: 'text',
      id: 'text',
      account: 'text',
      link_role: 'text?',
      created_at: 'whole',
      seen_at: 'whole',
      idle_until: 'whole',
      ends_at: 'whole',
      step_up_until: 'whole?',
      agent: 'text',
      address: 'text',
      revoked_at: 'whole?',
    },
    key: ['hash'],
  },
  api_token: {
    columns: {
      hash: 'text',
      id: 'text',
      name: 'text',
      last_four: 'text',
      role: 'text',
      account: 'text',
      created_at: 'whole',
      expires_at: 'whole?',
      used_at: 'whole?',
      revoked_at: 'whole?',
    },
    key: ['hash'],
  },
  failed_attempt: {
    columns: { key: 'text', count: 'whole', last_at: 'whole', blocked_until: 'whole?' },
    key: ['key'],
  },
}

/** Of the audit log; empty in rows that nobody wrote through the API. */
const AUDITED = ['kind', 'about', 'outcome', 'address'] as const

export function accessStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const [table, { columns, key }] of Object.entries(TABLES)) await createTable(db, types, table, columns, key)
      for (const table of ['session', 'api_token'])
        await db.schema.createIndex(`${table}_id`).on(table).column('id').unique().execute()
      await db.schema.createIndex('session_account').on('session').column('account').execute()
      for (const column of AUDITED) await db.schema.alterTable('audit').addColumn(column, 'text').execute()
      await db.schema.createIndex('audit_at').on('audit').columns(['at', 'portfolio', 'number']).execute()
      await db.schema.createIndex('audit_actor').on('audit').columns(['actor', 'at']).execute()
    },
  }
}
