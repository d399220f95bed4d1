/** What a store lets go of: payloads of old bars into an archive, messages that were delivered, fine roll-ups, old states. */
import { type Kysely, sql } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import { barLength, TIMEFRAMES } from '../../domain/timeframes.ts'
import type { Archive } from './archive.ts'
import type { Tables } from './schema.ts'
import type { SqlStore } from './sql-store.ts'

/** Ages in milliseconds; null: kept for ever. */
export interface Retention {
  /** Bars in the journal itself; older ones are in the archive. */
  readonly slices: number | null
  /** Messages, as far as every bus that was ever told has confirmed them. */
  readonly messages: number | null
  /** Equity at every close and by the hour, and prices of bars that are shorter than a day and by the hour; longer ones stay. */
  readonly cycles: number | null
  readonly hours: number | null
  /** States to go on from; the last three stay whatever their age. */
  readonly snapshots: number | null
}

export interface Pruned {
  readonly archived: number
  readonly messages: number
  readonly equity: number
  readonly bars: number
  readonly snapshots: number
}

/** Events whose payloads are by far the largest, and are asked for only when a journal is played from its beginning. */
const SLICES = 'slices'
/** Payloads that are taken out in one transaction: each waits for the disk once, and the writer for none of them long. */
const PAGE = 200
const STATES_KEPT = 3
/** Bars that are shorter than a day. */
const SHORT = TIMEFRAMES.filter((timeframe) => barLength(timeframe) !== null)

/** Lets go of what is older than a moment less the ages; while the portfolio is run as well. */
export async function prune(
  { db, name }: Pick<SqlStore, 'db' | 'name'>,
  archive: Archive,
  retention: Retention,
  now: number,
): Promise<Pruned> {
  const pruned = { archived: 0, messages: 0, equity: 0, bars: 0, snapshots: 0 }
  for (const { portfolio } of await db.selectFrom('journal').select('portfolio').distinct().execute()) {
    const before = (age: number | null): number => (age === null ? Number.NEGATIVE_INFINITY : now - age)
    if (retention.slices !== null)
      pruned.archived += await archiveSlices({ db, name, archive }, portfolio, before(retention.slices))
    if (retention.messages !== null) pruned.messages += await pruneMessages(db, portfolio, before(retention.messages))
    for (const [grain, age] of [
      ['cycle', retention.cycles],
      ['hour', retention.hours],
    ] as const)
      if (age !== null) {
        pruned.equity += await pruneEquity(db, portfolio, grain, before(age))
        pruned.bars += await pruneBars(db, portfolio, grain === 'hour' ? ['hour'] : SHORT, before(age))
      }
    if (retention.snapshots !== null) pruned.snapshots += await pruneStates(db, portfolio, before(retention.snapshots))
  }
  return pruned
}

/** What the last states were made of stays: whoever goes on plays it again. */
async function archiveSlices(
  { db, name, archive }: { readonly db: Kysely<Tables>; readonly name: string; readonly archive: Archive },
  portfolio: string,
  before: number,
): Promise<number> {
  const kept = await lastStates(db, portfolio)
  const end = kept.at(-1)
  if (kept.length < 2 || end === undefined) return 0
  let taken = 0
  for (let after = -1; ; ) {
    const page = await db
      .selectFrom('journal')
      .select(['seq', 'payload'])
      .where('portfolio', '=', portfolio)
      .where('kind', '=', SLICES)
      .where('archived', '=', 0)
      .where('at', '<', before)
      .where('seq', '>', after)
      .where('seq', '<=', end)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    if (page.length === 0) return taken
    const hashes = await Promise.all(page.map(({ payload }) => archive.keep(payload)))
    await db.transaction().execute(async (step) => {
      for (const [place, { seq }] of page.entries()) {
        const changed = { payload: Buffer.from(hashes[place]!), archived: 1 }
        const own = step.updateTable('journal').set(changed).where('portfolio', '=', portfolio)
        const { numUpdatedRows } = await own.where('seq', '=', seq).executeTakeFirst()
        if (numUpdatedRows === 1n) continue
        throw new FaultError(fault('STORE_DAMAGED', { store: name, reason: `event ${seq} of "${portfolio}" is gone` }))
      }
    })
    taken += page.length
    after = Number(page.at(-1)!.seq)
  }
}

/** Numbers of the last states, the newest first. */
async function lastStates(db: Kysely<Tables>, portfolio: string): Promise<readonly number[]> {
  const states = await db
    .selectFrom('snapshot')
    .select('seq')
    .where('portfolio', '=', portfolio)
    .orderBy('seq', 'desc')
    .limit(STATES_KEPT)
    .execute()
  return states.map(({ seq }) => Number(seq))
}

async function pruneMessages(db: Kysely<Tables>, portfolio: string, before: number): Promise<number> {
  const buses = await db.selectFrom('delivery').select('number').where('portfolio', '=', portfolio).execute()
  const confirmed = buses.reduce((least, { number }) => Math.min(least, Number(number)), Number.MAX_SAFE_INTEGER)
  // The last one stays: the next number follows from it.
  const { numDeletedRows } = await db
    .deleteFrom('message')
    .where('portfolio', '=', portfolio)
    .where('at', '<', before)
    .where('number', '<=', confirmed)
    .where('number', '<', (asked) =>
      asked
        .selectFrom('message as last')
        .select(({ fn }) => fn.max('last.number').as('number'))
        .where('last.portfolio', '=', portfolio),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** The last close stays: the next one is measured against it. */
async function pruneEquity(db: Kysely<Tables>, portfolio: string, grain: string, before: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM equity WHERE portfolio = ${portfolio} AND grain = ${grain} AND at < ${before}
      AND bucket < (SELECT max(bucket) FROM equity WHERE portfolio = ${portfolio} AND grain = ${grain})`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** The last one of each stays: it may go on. */
async function pruneBars(
  db: Kysely<Tables>,
  portfolio: string,
  grains: readonly string[],
  before: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM price_bar WHERE portfolio = ${portfolio} AND grain IN (${sql.join(grains)}) AND at < ${before}
      AND bucket < (SELECT max(l.bucket) FROM price_bar l WHERE l.portfolio = price_bar.portfolio
        AND l.instrument = price_bar.instrument AND l.grain = price_bar.grain)`.execute(db)
  return Number(numAffectedRows ?? 0)
}

async function pruneStates(db: Kysely<Tables>, portfolio: string, before: number): Promise<number> {
  const oldest = (await lastStates(db, portfolio)).at(-1)
  if (oldest === undefined) return 0
  const { numAffectedRows } = await sql`
    DELETE FROM snapshot WHERE portfolio = ${portfolio} AND seq < ${oldest}
      AND seq < (SELECT coalesce(min(seq), ${oldest}) FROM journal WHERE portfolio = ${portfolio} AND at >= ${before})`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}
