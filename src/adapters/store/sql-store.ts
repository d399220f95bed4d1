/** The store over any SQL database that the query builder speaks to: the same statements, the same order of commits. */
import { hostname } from 'node:os'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Message } from '../../domain/bus.ts'
import type { Control } from '../../domain/control.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Jobs } from '../../domain/jobs.ts'
import type {
  Batch,
  JournalExtent,
  JournalRow,
  Lease,
  Projections,
  Store,
  StoreCheck,
  StoredSnapshot,
} from '../../domain/store.ts'
import type { Instant } from '../../domain/units.ts'
import { type BulkWriter, bulkWriter } from './bulk.ts'
import { firstLink, hashOf, hexOf, isSame, link } from './chain.ts'
import { answerCommands, sqlControl } from './control.ts'
import { type JobsPace, storeJobs } from './jobs.ts'
import { executionKnown, isExecutionTaken, orderReads, writeOrders } from './order-rows.ts'
import { inParts } from './parts.ts'
import { clearProjected, projectedRows, projectionMemory, writeProjected } from './projections.ts'
import type { Tables } from './schema.ts'

/** Rows that are read at a time: a journal may be larger than memory. */
const PAGE = 1_000

export interface SqlStore {
  /** Several processes may use it at once. */
  readonly isServer: boolean
  readonly db: Kysely<Tables>
  readonly id: string
  /** As the user named it. */
  readonly name: string
  /**
   * A lock of the machine or the server that falls with whoever holds it; what releases it, or null while another process
   * has it.
   */
  lock(portfolio: string): Promise<(() => Promise<void>) | null>
  /** The database's own word on its pages: 'ok', or what is wrong. */
  intact(): Promise<string>
}

/** A store, and the tables beside its journal through which processes talk. */
export interface OpenedStore extends Store {
  readonly control: Control
  /** Questions to workers of any process. */
  jobs(pace?: JobsPace): Jobs
  readonly projections: Projections
}

function sqlProjections(parts: SqlStore, bulk: BulkWriter): Projections {
  const { db, isServer, name } = parts
  return {
    projectionMemory: (portfolio) => projectionMemory(db, portfolio),
    projectedRows: (portfolio, table) => projectedRows(db, portfolio, table),
    rebuild: (portfolio, { epoch }, rows) =>
      db.transaction().execute(async (step) => {
        await demandLease(step, { portfolio, epoch, isServer, name })
        await clearProjected(step, portfolio)
        const journal = { read: (of: string, from: number) => rowsOf({ ...parts, db: step }, of, from) }
        for await (const some of rows(journal)) await writeProjected(step, bulk, portfolio, some)
      }),
  }
}

export function sqlStore(parts: SqlStore): OpenedStore {
  const { db } = parts
  const heads = new Map<string, Head>()
  const bulk = bulkWriter(db, (text) => text)
  return {
    id: parts.id,
    extents: () => extentsOf(db),
    lease: (portfolio) => takeLease(parts, portfolio),
    commit: async (portfolio, { epoch }, batch) => {
      const { length } = batch.rows
      if (isEmpty(batch)) return
      const head = heads.get(portfolio) ?? (await headOf(db, portfolio))
      heads.delete(portfolio)
      const next = await db
        .transaction()
        .execute((step) =>
          append(step, { portfolio, epoch, head, isServer: parts.isServer, name: parts.name, bulk }, batch),
        )
        .catch(async (error: unknown) => {
          if (isExecutionTaken(error)) throw await executionKnown(parts, portfolio, batch.executions ?? [])
          throw isTaken(error) ? gap(parts.name, portfolio, head.next + length, head.next) : error
        })
      heads.set(portfolio, next)
    },
    read: (portfolio, from) => rowsOf(parts, portfolio, from),
    snapshotBefore: (portfolio, seq) => snapshotBefore(parts, portfolio, seq),
    messages: (portfolio, from) => messagesOf(db, portfolio, from),
    ...orderReads(db),
    projections: sqlProjections(parts, bulk),
    control: sqlControl(db),
    jobs: (pace) => storeJobs(db, pace),
    delivered: (portfolio, bus) => deliveredOf(db, portfolio, bus),
    confirm: (portfolio, bus, number) => confirm(db, portfolio, bus, number),
    check: () => checkAll(parts),
    close: () => db.destroy(),
  }
}

/** Where a journal ends: the number that comes next, and the link that it is joined to. */
interface Head {
  readonly next: number
  readonly hash: Uint8Array
  /** Of the last message. */
  readonly message: number
}

async function headOf(db: Kysely<Tables>, portfolio: string): Promise<Head> {
  const last = await db
    .selectFrom('journal')
    .select(['seq', 'hash'])
    .where('portfolio', '=', portfolio)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const told = await db
    .selectFrom('message')
    .select(({ fn }) => fn.max('number').as('number'))
    .where('portfolio', '=', portfolio)
    .executeTakeFirst()
  const message = Number(told?.number ?? 0)
  if (last === undefined) return { next: 0, hash: firstLink(portfolio), message }
  return { next: Number(last.seq) + 1, hash: last.hash, message }
}

async function takeLease({ db, lock }: SqlStore, portfolio: string): Promise<Lease | null> {
  const unlock = await lock(portfolio)
  if (unlock === null) return null
  const holder = { owner: `${hostname()} ${process.pid}`, taken_at: Date.now() }
  const { epoch } = await db
    .insertInto('lease')
    .values({ portfolio, epoch: 1, ...holder })
    .onConflict((one) => one.column('portfolio').doUpdateSet({ epoch: sql`lease.epoch + 1`, ...holder }))
    .returning('epoch')
    .executeTakeFirstOrThrow()
  let isHeld = true
  const release = async (): Promise<void> => {
    if (isHeld) await unlock()
    isHeld = false
  }
  return { epoch, release }
}

interface Place {
  readonly portfolio: string
  readonly epoch: number
  readonly head: Head
  readonly isServer: boolean
  /** The store, for messages. */
  readonly name: string
  readonly bulk: BulkWriter
}

function isEmpty({ rows, snapshot, orders = [], executions = [], cursor, answers = [] }: Batch): boolean {
  const written = rows.length + orders.length + executions.length + answers.length
  return written === 0 && snapshot === undefined && cursor === undefined
}

async function append(step: Transaction<Tables>, place: Place, batch: Batch): Promise<Head> {
  const { rows, snapshot, messages = [] } = batch
  const { portfolio, epoch, head, name } = place
  await demandLease(step, place)
  let { next, hash } = head
  const values = rows.map((row) => {
    if (row.seq !== next) throw gap(name, portfolio, next, row.seq)
    next += 1
    hash = link(hash, row)
    return { portfolio, epoch, ...row, payload: Buffer.from(row.payload), hash: Buffer.from(hash) }
  })
  for (const some of inParts(values)) await step.insertInto('journal').values(some).execute()
  const told = messages.map(({ at, channel, body }, place) => ({
    portfolio,
    number: head.message + 1 + place,
    at,
    channel,
    body: JSON.stringify(body),
  }))
  for (const some of inParts(told)) await step.insertInto('message').values(some).execute()
  await writeOrders(step, portfolio, batch)
  if (batch.projected !== undefined) await writeProjected(step, place.bulk, portfolio, batch.projected)
  await answerCommands(step, portfolio, batch.answers ?? [])
  if (snapshot !== undefined) {
    const { seq, kernelVersion, payload } = snapshot
    const row = { portfolio, seq, kernel_version: kernelVersion, payload: Buffer.from(payload) }
    await step
      .insertInto('snapshot')
      .values({ ...row, hash: Buffer.from(hashOf(payload)) })
      .execute()
  }
  return { next, hash, message: head.message + told.length }
}

/** A server lets nobody take the lease until the transaction that asks here has ended. */
async function demandLease(
  step: Transaction<Tables>,
  { portfolio, epoch, isServer, name }: Omit<Place, 'head' | 'bulk'>,
): Promise<void> {
  const asked = step.selectFrom('lease').select(['epoch', 'owner']).where('portfolio', '=', portfolio)
  const held = await (isServer ? asked.forShare() : asked).executeTakeFirst()
  if (held?.epoch === epoch) return
  throw new FaultError(fault('LEASE_LOST', { store: name, portfolio, owner: held?.owner ?? 'nobody' }))
}

/** Somebody else has written a row of this number. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint|duplicate key/i.test(error.message)
}

function gap(store: string, portfolio: string, expected: number, found: number): FaultError {
  return new FaultError(fault('JOURNAL_GAP', { store, portfolio, expected, found }))
}

/** Rows as they were written: what was changed, lost or put in since is a fault where it is met. */
async function* rowsOf({ db, name }: SqlStore, portfolio: string, from: number): AsyncIterable<JournalRow> {
  let [expected, hash] = [Math.max(0, from - 1), firstLink(portfolio)]
  for await (const linked of linkedRows(db, portfolio, expected)) {
    const { hash: written, portfolio: _, epoch: __, ...row } = linked
    if (row.seq !== expected) throw damaged(name, missingText(portfolio, expected, row.seq))
    // The row before the first one that is asked for is what that one is joined to.
    const own = row.seq < from ? written : link(hash, row)
    if (!isSame(own, written)) throw damaged(name, changedText(portfolio, row.seq))
    if (row.seq >= from) yield row
    hash = written
    expected += 1
  }
}

function damaged(store: string, reason: string): FaultError {
  return new FaultError(fault('STORE_DAMAGED', { store, reason }))
}

function missingText(portfolio: string, expected: number, found: number): string {
  return `the journal of "${portfolio}" goes from ${expected - 1} to ${found}: events are missing`
}

function changedText(portfolio: string, seq: number): string {
  return `event ${seq} of "${portfolio}" is not the one that was written`
}

function changedStateText(portfolio: string, seq: number): string {
  return `the snapshot of "${portfolio}" after event ${seq} is not the one that was written`
}

async function* linkedRows(db: Kysely<Tables>, portfolio: string, from: number) {
  for (let next = from; ; ) {
    const page = await db
      .selectFrom('journal')
      .selectAll()
      .where('portfolio', '=', portfolio)
      .where('seq', '>=', next)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    for (const row of page) yield { ...row, seq: Number(row.seq), at: Number(row.at) as Instant }
    if (page.length < PAGE) return
    next = Number(page.at(-1)!.seq) + 1
  }
}

async function* messagesOf(db: Kysely<Tables>, portfolio: string, from: number): AsyncIterable<Message> {
  for (let next = from; ; ) {
    const page = await db
      .selectFrom('message')
      .select(['number', 'at', 'channel', 'body'])
      .where('portfolio', '=', portfolio)
      .where('number', '>=', next)
      .orderBy('number')
      .limit(PAGE)
      .execute()
    for (const { number, at, channel, body } of page) {
      yield {
        number: Number(number),
        at: Number(at) as Instant,
        channel: channel as Message['channel'],
        body: JSON.parse(body) as Message['body'],
      }
    }
    if (page.length < PAGE) return
    next = Number(page.at(-1)!.number) + 1
  }
}

async function deliveredOf(db: Kysely<Tables>, portfolio: string, bus: string): Promise<number> {
  const found = await db
    .selectFrom('delivery')
    .select('number')
    .where('portfolio', '=', portfolio)
    .where('bus', '=', bus)
    .executeTakeFirst()
  return Number(found?.number ?? 0)
}

async function confirm(db: Kysely<Tables>, portfolio: string, bus: string, number: number): Promise<void> {
  await db
    .insertInto('delivery')
    .values({ portfolio, bus, number })
    .onConflict((one) => one.columns(['portfolio', 'bus']).doUpdateSet({ number }))
    .execute()
}

async function snapshotBefore(
  { db, name }: SqlStore,
  portfolio: string,
  seq: number,
): Promise<StoredSnapshot | undefined> {
  const found = await db
    .selectFrom('snapshot')
    .selectAll()
    .where('portfolio', '=', portfolio)
    .where('seq', '<=', seq)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (found === undefined) return undefined
  if (!isSame(hashOf(found.payload), found.hash)) throw damaged(name, changedStateText(portfolio, Number(found.seq)))
  return { seq: Number(found.seq), kernelVersion: found.kernel_version, payload: found.payload }
}

async function extentsOf(db: Kysely<Tables>): Promise<readonly JournalExtent[]> {
  // The first events, of configuration and instruments, have no moment of their own.
  const found = await db
    .selectFrom('journal')
    .select(({ fn, eb }) => [
      'portfolio',
      fn.countAll().as('rows'),
      fn.min(eb.fn('nullif', ['at', eb.val(0)])).as('firstAt'),
      fn.max('at').as('lastAt'),
    ])
    .groupBy('portfolio')
    .orderBy('portfolio')
    .execute()
  const extents: JournalExtent[] = []
  for (const { portfolio, rows, firstAt, lastAt } of found) {
    const { hash } = await headOf(db, portfolio)
    const at = { firstAt: momentOf(firstAt), lastAt: momentOf(lastAt) }
    extents.push({ portfolio, rows: Number(rows), ...at, head: hexOf(hash) })
  }
  return extents
}

function momentOf(at: unknown): Instant | null {
  return at === null || Number(at) === 0 ? null : (Number(at) as Instant)
}

async function checkAll({ db, intact }: SqlStore): Promise<StoreCheck> {
  const problems: string[] = []
  const pages = await intact()
  if (pages !== 'ok') problems.push(`the database's own check says: ${pages}`)
  const journals = await extentsOf(db)
  for (const { portfolio } of journals) {
    let [expected, hash] = [0, firstLink(portfolio)]
    for await (const row of linkedRows(db, portfolio, 0)) {
      if (row.seq !== expected) {
        problems.push(missingText(portfolio, expected, row.seq))
        break
      }
      hash = link(hash, row)
      if (!isSame(hash, row.hash)) {
        problems.push(changedText(portfolio, row.seq))
        break
      }
      expected += 1
    }
  }
  const snapshots = await db.selectFrom('snapshot').select(['portfolio', 'seq']).orderBy('seq').execute()
  for (const { portfolio, seq } of snapshots) {
    const found = await db
      .selectFrom('snapshot')
      .select(['payload', 'hash'])
      .where('portfolio', '=', portfolio)
      .where('seq', '=', seq)
      .executeTakeFirstOrThrow()
    if (isSame(hashOf(found.payload), found.hash)) continue
    problems.push(changedStateText(portfolio, seq))
  }
  return { journals, snapshots: snapshots.length, problems }
}
