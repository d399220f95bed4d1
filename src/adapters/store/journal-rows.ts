/** The journal and its states as they were written: what was changed, lost or put in since is a fault where it is met. */
import { type Kysely, sql } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import type { JournalExtent, JournalRow, StoreCheck, StoredSnapshot } from '../../domain/store.ts'
import type { Instant } from '../../domain/units.ts'
import type { Archive } from './archive.ts'
import { firstLink, hashOf, hexOf, isSame, link } from './chain.ts'
import type { Tables } from './schema.ts'
import type { Sealing } from './sealing.ts'

/** Rows that are read at a time: a journal may be larger than memory. */
const PAGE = 1_000

/** Kinds of events that say with what parameters a strategy runs. */
export const SEALED_KINDS: ReadonlySet<string> = new Set(['configured'])

/** Where an event or a state stands, for its seal. */
export const eventPlace = (portfolio: string, seq: number): string => `event ${seq} of ${portfolio}`
export const statePlace = (portfolio: string, seq: number): string => `state ${seq} of ${portfolio}`

/** Where a journal is read from. */
export interface JournalPlace {
  readonly db: Kysely<Tables>
  /** As the user named it. */
  readonly name: string
  readonly sealing: Sealing
  readonly archive: Archive
}

/** Where a journal ends: the number that comes next, and the link that it is joined to. */
export interface Head {
  readonly next: number
  readonly hash: Uint8Array
  /** Of the last message. */
  readonly message: number
  /** The last event whose messages and readable rows are there; null: all of them. */
  readonly told: number | null
}

export async function headOf(db: Kysely<Tables>, portfolio: string): Promise<Head> {
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
  const ahead = await db.selectFrom('told').select('seq').where('portfolio', '=', portfolio).executeTakeFirst()
  const own = { message, told: ahead === undefined ? null : Number(ahead.seq) }
  if (last === undefined) return { next: 0, hash: firstLink(portfolio), ...own }
  return { next: Number(last.seq) + 1, hash: last.hash, ...own }
}

/** The last event whose messages and readable rows are written; -1: none. */
export async function toldTo(db: Kysely<Tables>, portfolio: string): Promise<number> {
  const { rows } = await sql<{ seq: number }>`SELECT coalesce((SELECT seq FROM told WHERE portfolio = ${portfolio}),
    (SELECT max(seq) FROM journal WHERE portfolio = ${portfolio}), -1) AS seq`.execute(db)
  return Number(rows[0]!.seq)
}

export async function* rowsOf(place: JournalPlace, portfolio: string, from: number): AsyncIterable<JournalRow> {
  const { name, archive } = place
  let [expected, hash] = [Math.max(0, from - 1), firstLink(portfolio)]
  for await (const { row, written, payloadHash, isArchived } of linkedRows(place, portfolio, expected)) {
    if (row.seq !== expected) throw damaged(name, missingText(portfolio, expected, row.seq))
    // The row before the first one that is asked for is what that one is joined to.
    const own = row.seq < from ? written : link(hash, row, payloadHash)
    if (!isSame(own, written)) throw damaged(name, changedText(portfolio, row.seq))
    if (row.seq >= from) yield isArchived ? { ...row, payload: await archive.load(payloadHash) } : row
    hash = written
    expected += 1
  }
}

interface LinkedRow {
  readonly row: JournalRow
  /** Its link as it was written. */
  readonly written: Uint8Array
  readonly payloadHash: Uint8Array
  /** The payload is elsewhere, under its hash. */
  readonly isArchived: boolean
}

async function* linkedRows({ db, sealing }: JournalPlace, portfolio: string, from: number): AsyncIterable<LinkedRow> {
  for (let next = from; ; ) {
    const page = await db
      .selectFrom('journal')
      .selectAll()
      .where('portfolio', '=', portfolio)
      .where('seq', '>=', next)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    for (const { seq: number, at, kind, version, payload: kept, hash, archived } of page) {
      const seq = Number(number)
      const isArchived = archived === 1
      const payload = SEALED_KINDS.has(kind) ? sealing.open(kept, eventPlace(portfolio, seq)) : kept
      const row = { seq, at: Number(at) as Instant, kind, version, payload }
      yield { row, written: hash, payloadHash: isArchived ? kept : hashOf(payload), isArchived }
    }
    if (page.length < PAGE) return
    next = Number(page.at(-1)!.seq) + 1
  }
}

export async function snapshotBefore(
  { db, name, sealing }: JournalPlace,
  portfolio: string,
  before: number,
): Promise<StoredSnapshot | undefined> {
  const found = await db
    .selectFrom('snapshot')
    .selectAll()
    .where('portfolio', '=', portfolio)
    .where('seq', '<=', before)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (found === undefined) return undefined
  const seq = Number(found.seq)
  const payload = sealing.open(found.payload, statePlace(portfolio, seq))
  if (!isSame(hashOf(payload), found.hash)) throw damaged(name, changedStateText(portfolio, seq))
  return { seq, kernelVersion: found.kernel_version, payload }
}

export async function extentsOf(db: Kysely<Tables>): Promise<readonly JournalExtent[]> {
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

/** @param intact the database's own word on its pages */
export async function checkAll(place: JournalPlace, intact: () => Promise<string>): Promise<StoreCheck> {
  const { db } = place
  const problems: string[] = []
  const pages = await intact()
  if (pages !== 'ok') problems.push(`the database's own check says: ${pages}`)
  const journals = await extentsOf(db)
  for (const { portfolio } of journals) {
    const problem = await brokenLink(place, portfolio)
    if (problem !== null) problems.push(problem)
  }
  const snapshots = await db.selectFrom('snapshot').select(['portfolio', 'seq']).orderBy('seq').execute()
  for (const { portfolio, seq } of snapshots) {
    const found = await snapshotBefore(place, portfolio, Number(seq)).catch(reasonOf)
    if (typeof found === 'string') problems.push(found)
  }
  return { journals, snapshots: snapshots.length, problems }
}

/** The first thing that is wrong with a journal; null where every link holds. */
async function brokenLink(place: JournalPlace, portfolio: string): Promise<string | null> {
  let [expected, hash] = [0, firstLink(portfolio)]
  for await (const { row, written, payloadHash } of linkedRows(place, portfolio, 0)) {
    if (row.seq !== expected) return missingText(portfolio, expected, row.seq)
    hash = link(hash, row, payloadHash)
    if (!isSame(hash, written)) return changedText(portfolio, row.seq)
    expected += 1
  }
  return null
}

function reasonOf(error: unknown): string {
  if (error instanceof FaultError && error.fault.code === 'STORE_DAMAGED') return String(error.fault.values['reason'])
  throw error
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
