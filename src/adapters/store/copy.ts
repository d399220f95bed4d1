/** One store into another, of whichever databases: what a backup and its way back are. */
import type { Kysely, Transaction } from 'kysely'
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
        await writing.deleteFrom('store').execute()
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
  const portfolios = await from.selectFrom('journal').select('portfolio').distinct().execute()
  for (const { portfolio } of portfolios) {
    for (const table of ['journal', 'snapshot'] as const) await copyRows(from, to, table, portfolio)
  }
}

async function copyRows(
  from: Kysely<Tables>,
  to: Kysely<Tables>,
  table: 'journal' | 'snapshot',
  portfolio: string,
): Promise<void> {
  for (let after = -1; ; ) {
    const rows = await from
      .selectFrom(table)
      .selectAll()
      .where('portfolio', '=', portfolio)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    if (rows.length === 0) return
    await to
      .insertInto(table)
      .values(rows as never)
      .execute()
    after = Number(rows.at(-1)!.seq)
  }
}
