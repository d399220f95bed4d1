/** One store into another, of whichever databases: what a backup and its way back are. */
import { type Kysely, sql } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import { pagesOf, tableKeys } from './keys.ts'
import { type OpenOptions, openTablesOf } from './open.ts'
import { inParts } from './parts.ts'
import type { Tables } from './schema.ts'
import type { SqlStore } from './sql-store.ts'

/**
 * Copies all that one store holds at one instant, also while somebody writes it, into one that holds nothing yet: its id
 * included, so that whoever goes on with the copy gives the same names to the same orders.
 *
 * @throws FaultError STORE_NOT_EMPTY where the other one holds events
 */
export async function copyStore(from: string, to: string, options: Omit<OpenOptions, 'create'> = {}): Promise<void> {
  const source = await openTablesOf(from, { ...options, create: false })
  try {
    const target = await openTablesOf(to, { ...options, create: true })
    try {
      const held = await target.db.selectFrom('journal').select('seq').limit(1).executeTakeFirst()
      if (held !== undefined) throw new FaultError(fault('STORE_NOT_EMPTY', { store: target.name }))
      await target.db.transaction().execute(async (writing) => {
        const reading = source.db.transaction().setAccessMode('read only')
        const still = source.isServer ? reading.setIsolationLevel('repeatable read') : reading
        await still.execute((one) => copyAll({ ...source, db: one }, { ...target, db: writing }))
      })
    } finally {
      await target.db.destroy()
    }
  } finally {
    await source.db.destroy()
  }
}

type Side = Pick<SqlStore, 'isServer'> & { readonly db: Kysely<Tables> }

async function copyAll(from: Side, to: Side): Promise<void> {
  for (const [table, key] of await tableKeys(from.db, from.isServer)) {
    // What is left of a run that took the lease and wrote no event.
    await sql`DELETE FROM ${sql.table(table)}`.execute(to.db)
    for await (const page of pagesOf(from.db, table, key)) {
      for (const rows of inParts(page)) {
        const values = rows.map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
        )
        await to.db
          .insertInto(table as 'journal')
          .values(values as never)
          .execute()
      }
    }
  }
  if (!to.isServer) return
  // Rows that count themselves go on behind those that came.
  await sql`SELECT setval(pg_get_serial_sequence('outside_trade', 'number'), greatest(max(number), 1)) FROM outside_trade`.execute(
    to.db,
  )
}

/** A value that every database takes. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'boolean' ? Number(value) : value
}
