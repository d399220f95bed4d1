/**
 * The chain of hashes over the audit log: whoever changes, takes out or puts in a row breaks every link behind it. Where a
 * chain ends stands in a table of its own, and of a file also beside it: entries that are taken away at the end are missed.
 */
import { createHash } from 'node:crypto'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { NewAccess } from '../../domain/access.ts'
import type { AuditEntry } from '../../domain/audit.ts'
import type { AuditTables } from './audit-tables.ts'
import { hexOf, isSame } from './chain.ts'
import { inParts } from './parts.ts'
import type { Tables } from './schema.ts'
import type { Witness } from './witness.ts'

export type AuditRow = Selectable<AuditTables['audit']>
/** The chain of what came through the API, whatever portfolio it is about. */
export const ACCESS_CHAIN = ''
/** Entries whose hashes are looked at at a time: who looked at what is many. */
const PAGE = 2_000

/** Two processes may write at once: of a file whoever comes second waits, of a server takes the next number. */
export interface ChainPlace {
  readonly db: Kysely<Tables>
  /** Several processes may write at once. */
  readonly isServer: boolean
  readonly witness?: Witness
}

/** Entries at the end of a chain, in their order, within a transaction. */
export async function appendEntries(
  { db: step, isServer }: ChainPlace,
  chain: string,
  entries: readonly (Omit<AuditEntry, 'number' | 'portfolio'> & Partial<Access>)[],
): Promise<void> {
  if (isServer) await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`audit log of ${chain}`}, 0))`.execute(step)
  const last = await step
    .selectFrom('audit')
    .select(['number', 'hash'])
    .where('portfolio', '=', chain)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  let number = Number(last?.number ?? 0)
  let hash = last?.hash ?? firstLink(chain)
  const rows: AuditRow[] = []
  for (const entry of entries) {
    number += 1
    const row = { portfolio: chain, number, ...rowOf(entry) }
    hash = Buffer.from(linkOf(hash, row))
    rows.push({ ...row, hash })
  }
  if (rows.length === 0) return
  for (const some of inParts(rows)) await step.insertInto('audit').values(some).execute()
  const head = { number, hash }
  await step
    .insertInto('audit_head')
    .values({ portfolio: chain, ...head })
    .onConflict((one) => one.column('portfolio').doUpdateSet(head))
    .execute()
}

/** Tells beside the store where the chain ends, once that is on the disk; it may be behind, and nothing fails by it. */
export async function witnessChain({ db, witness }: Pick<ChainPlace, 'db' | 'witness'>, chain: string): Promise<void> {
  if (witness === undefined) return
  const head = await chainHead(db, chain).catch(() => null)
  if (head !== null) witness.wrote(witnessName(chain), { next: head.number + 1, head: hexOf(head.hash) })
}

/** The last entry of a chain; null where it has none. */
export async function chainHead(
  db: Kysely<Tables>,
  chain: string,
): Promise<{ readonly number: number; readonly hash: Uint8Array } | null> {
  const found = await db.selectFrom('audit_head').selectAll().where('portfolio', '=', chain).executeTakeFirst()
  return found === undefined ? null : { number: Number(found.number), hash: found.hash }
}

function witnessName(chain: string): string {
  return `audit log of ${chain}`
}

/** What the API says beyond what every entry has. */
export type Access = Pick<NewAccess, 'kind' | 'outcome' | 'address'> & { readonly about: string }

function rowOf(
  entry: Omit<AuditEntry, 'number' | 'portfolio'> & Partial<Access>,
): Omit<AuditRow, 'portfolio' | 'number' | 'hash'> {
  const { at, actor, action, subject, requestId, kind = null, about = null, outcome = null, address = null } = entry
  const [before, after] = [JSON.stringify(entry.before), JSON.stringify(entry.after)]
  return { at, actor, action, subject, before, after, request_id: requestId, kind, about, outcome, address }
}

/** The first entry that is not as it was written, or is missing; null where every link holds. */
export async function brokenChain(
  { db, witness }: Pick<ChainPlace, 'db' | 'witness'>,
  chain: string,
): Promise<string | null> {
  const name = chain === ACCESS_CHAIN ? 'the log of access' : `the audit log of "${chain}"`
  // Looked at before the entries: those that are written meanwhile come behind both.
  const ends = [await chainHead(db, chain), seenEnd(witness, chain)].filter((end) => end !== null)
  let [expected, hash] = [1, firstLink(chain)]
  for (;;) {
    const rows = await rowsFrom(db, chain, expected, PAGE)
    for (const row of rows) {
      const number = Number(row.number)
      if (number !== expected) return `${name} goes from ${expected - 1} to ${number}`
      hash = linkOf(hash, row)
      if (!isSame(hash, row.hash)) return `entry ${number} of ${name} was changed`
      const end = ends.find((one) => one.number === number)
      if (end !== undefined && !isSame(hash, end.hash)) return `entry ${number} of ${name} was changed`
      expected += 1
    }
    if (rows.length === PAGE) continue
    const last = expected - 1
    const end = ends.find(({ number }) => number > last)
    if (end !== undefined)
      return `${name} was written up to entry ${end.number} and ends with ${last}: entries are gone`
    if (last > 0 && (await chainHead(db, chain)) === null) return `${name} has lost what says where it ends`
    return null
  }
}

function seenEnd(witness: Witness | undefined, chain: string) {
  const seen = witness?.seen(witnessName(chain)) ?? null
  return seen === null ? null : { number: seen.next - 1, hash: Buffer.from(seen.head, 'hex') }
}

/** @param limit left out: all of them */
export function rowsFrom(
  db: Kysely<Tables>,
  chain: string,
  from: number,
  limit?: number,
): Promise<readonly AuditRow[]> {
  const rows = db.selectFrom('audit').selectAll().where('portfolio', '=', chain).where('number', '>=', from)
  const ordered = rows.orderBy('number')
  return (limit === undefined ? ordered : ordered.limit(limit)).execute()
}

function firstLink(chain: string): Uint8Array {
  return createHash('sha256').update(`audit log of ${chain}`).digest()
}

/** Rows that the API did not write have the hash that they had before there was one. */
function linkOf(link: Uint8Array, row: Omit<AuditRow, 'hash'>): Uint8Array {
  const { number, at, actor, action, subject, before, after, request_id, kind, about, outcome, address } = row
  const every = [Number(number), Number(at), actor, action, subject, before, after, request_id]
  const isAccess = kind !== null || about !== null || outcome !== null || address !== null
  const text = JSON.stringify(isAccess ? [...every, kind, about, outcome, address] : every)
  return createHash('sha256').update(link).update(text).digest()
}
