/** Browsers that somebody has signed in with: guesses from elsewhere do not slow them down. */
import type { Kysely, Migration } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function knownDevicesStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const columns = { hash: 'text', account: 'text', seen_at: 'whole' } as const
      await createTable(db, types, 'known_device', columns, ['hash', 'account'])
    },
  }
}
