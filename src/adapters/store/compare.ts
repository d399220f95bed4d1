/** The readable tables, row by row, beside what the journal gives. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Projected } from '../../domain/projections.ts'
import { openStore } from './open.ts'
import { PROJECTED, PROJECTED_TABLES } from './projected-tables.ts'
import type { OpenedStore } from './sql-store.ts'

type Row = Readonly<Record<string, unknown>>

/** Differences that are named of one table: where there are more, the first say enough. */
const NAMED = 5

/**
 * Writes the rows into a store of their own and compares; empty where every row is the same.
 *
 * @param rows what the journal gives
 */
export async function differences(
  store: OpenedStore,
  portfolio: string,
  rows: AsyncIterable<Projected>,
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfolio-compare-'))
  try {
    const other = await openStore(join(folder, 'rebuilt.db'), { create: true, key: null })
    const lease = (await other.lease(portfolio))!
    await other.projections.rebuild(portfolio, lease, () => rows)
    const found: string[] = []
    for (const table of PROJECTED_TABLES) {
      const [held, given] = [rowsOf(store, portfolio, table), rowsOf(other, portfolio, table)]
      const own = await firstDifferences(held, given, PROJECTED[table].key)
      for (const difference of own) found.push(`${table} ${difference}`)
    }
    await lease.release()
    await other.close()
    return found
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function rowsOf(store: OpenedStore, portfolio: string, table: (typeof PROJECTED_TABLES)[number]): AsyncIterator<Row> {
  return store.projections.projectedRows(portfolio, table)[Symbol.asyncIterator]()
}

/** Both come in the order of their keys. */
async function firstDifferences(
  held: AsyncIterator<Row>,
  given: AsyncIterator<Row>,
  key: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = []
  for (;;) {
    const [one, other] = [await held.next(), await given.next()]
    if (one.done === true && other.done === true) return found
    const row = (one.done === true ? other.value : one.value) as Row
    const name = key.map((column) => String(row[column])).join(' ')
    if (one.done === true) found.push(`${name}: is missing`)
    else if (other.done === true) found.push(`${name}: the journal does not give it`)
    else {
      const columns = Object.keys(row).filter((column) => one.value[column] !== (other.value as Row)[column])
      if (columns.length > 0) found.push(`${name}: ${columns.join(', ')} differ from what the journal gives`)
    }
    if (found.length >= NAMED) return found
  }
}
