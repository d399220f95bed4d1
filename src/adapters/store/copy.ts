/** One store into another, of whichever databases: what a backup and its way back are. */
import { type Kysely, sql, type Transaction } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import { openTablesOf } from './open.ts'
import type { Tables } from './schema.ts'

/** Rows that are copied at a time: a store may be larger than memory. */
const PAGE = 500

/**
 * Copies all that one store holds at one instant, also while somebody writes it, into one that holds nothing yet: its id
 * included, so that whoever goes on with the copy gives the same names to the same orders.
 *
 * @throws FaultError STORE_NOT_EMPTY where the other one holds events
 */
export async function copyStore(from: string, to: string): Promise<void> {
  const source = await openTablesOf(from, { create: false })
  try {
    const target = await openTablesOf(to, { create: true })
    try {
      const held = await target.db.selectFrom('journal').select('seq').limit(1).executeTakeFirst()
      if (held !== undefined) throw new FaultError(fault('STORE_NOT_EMPTY', { store: target.name }))
      await target.db.transaction().execute(async (writing) => {
        // What is left of a run that took the lease and wrote no event.
        for (const table of ['store', 'lease', 'delivery', 'message', 'snapshot'] as const)
          await writing.deleteFrom(table).execute()
        const reading = source.db.transaction()
        const still = source.isServer ? reading.setIsolationLevel('repeatable read') : reading
        await still.execute((one) => copyAll(one, writing))
      })
    } finally {
      await target.db.destroy()
    }
  } finally {
    await source.db.destroy()
  }
}

async function copyAll(from: Transaction<Tables>, to: Transaction<Tables>): Promise<void> {
  const names = await from.selectFrom('store').selectAll().execute()
  if (names.length > 0) await to.insertInto('store').values(names).execute()
  const leases = await from.selectFrom('lease').selectAll().execute()
  if (leases.length > 0) await to.insertInto('lease').values(leases).execute()
  const deliveries = await from.selectFrom('delivery').selectAll().execute()
  if (deliveries.length > 0) await to.insertInto('delivery').values(deliveries).execute()
  const portfolios = await from.selectFrom('journal').select('portfolio').distinct().execute()
  for (const { portfolio } of portfolios) {
    for (const table of ['journal', 'snapshot', 'message'] as const) await copyRows(from, to, table, portfolio)
  }
}

async function copyRows(
  from: Kysely<Tables>,
  to: Kysely<Tables>,
  table: 'journal' | 'snapshot' | 'message',
  portfolio: string,
): Promise<void> {
  const order = table === 'message' ? 'number' : 'seq'
  for (let after = -1; ; ) {
    const rows = await from
      .selectFrom(table)
      .selectAll()
      .where('portfolio', '=', portfolio)
      .where(sql.ref(order), '>', after)
      .orderBy(sql.ref(order))
      .limit(PAGE)
      .execute()
    if (rows.length === 0) return
    await to
      .insertInto(table)
      .values(rows as never)
      .execute()
    after = Number((rows.at(-1) as Readonly<Record<string, unknown>>)[order])
  }
}
