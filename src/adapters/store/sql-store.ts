/** The store over any SQL database that the query builder speaks to: the same statements, the same order of commits. */
import { hostname } from 'node:os'
import { type Kysely, sql } from 'kysely'
import type { Access } from '../../domain/access.ts'
import type { AlertLog } from '../../domain/alert-log.ts'
import type { AuditLog } from '../../domain/audit.ts'
import type { Control } from '../../domain/control.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Jobs } from '../../domain/jobs.ts'
import type { Notes } from '../../domain/notes.ts'
import type { Paging } from '../../domain/paging.ts'
import type { Lease, Projections, Store } from '../../domain/store.ts'
import { sqlAccess } from './access/access.ts'
import { sqlAlertLog } from './alert-log.ts'
import { append, demandLease, gap, isEmpty, isTaken } from './append.ts'
import { type Archive, archiveIn } from './archive.ts'
import { sqlAudit } from './audit.ts'
import { witnessChain } from './audit-chain.ts'
import { type BulkWriter, bulkWriter } from './bulk.ts'
import { hexOf } from './chain.ts'
import { sqlControl } from './control.ts'
import { equitySeries } from './equity-series.ts'
import { type JobsPace, storeJobs } from './jobs.ts'
import {
  checkAll,
  extentsOf,
  type Head,
  headOf,
  type JournalPlace,
  rowsOf,
  snapshotBefore,
  toldTo,
} from './journal-rows.ts'
import { confirm, deliveredOf, messagesOf } from './message-rows.ts'
import { sqlNotes } from './notes.ts'
import { executionKnown, isExecutionTaken, orderReads } from './order-rows.ts'
import { sqlPaging } from './paging/paging.ts'
import { clearProjected, equityMemory, projectedRows, projectionMemory, writeProjected } from './projections.ts'
import type { Tables } from './schema.ts'
import { type Sealing, sealingWith } from './sealing.ts'
import { secretsOf } from './secrets.ts'
import type { Witness } from './witness.ts'

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
  /** How far journals were written, told apart from the file. Absent where the server sees to that. */
  readonly witness?: Witness
}

/** A store, and the tables beside its journal through which processes talk. */
export interface OpenedStore extends Store {
  readonly control: Control
  /** Questions to workers of any process. */
  jobs(pace?: JobsPace): Jobs
  readonly projections: Projections
  /** What people write beside what happened. */
  readonly notes: Notes
  /** The readable tables a page at a time. */
  readonly paging: Paging
  readonly audit: AuditLog
  /** Users, sessions, keys of programs, and who saw and did what: of the store, not of a portfolio. */
  readonly access: Access
  readonly alertLog: AlertLog
  /** The connection itself: whoever writes beside an engine in its process does it through this one. */
  readonly tables: SqlStore
}

function sqlProjections(parts: SqlStore, place: JournalPlace, bulk: BulkWriter): Projections {
  const { db, isServer, name } = parts
  return {
    projectionMemory: (portfolio) => projectionMemory(db, portfolio),
    equityMemory: (portfolio) => equityMemory(db, portfolio),
    projectedRows: (portfolio, table) => projectedRows(place, portfolio, table),
    equitySeries: (portfolio, sleeve, range) => equitySeries(db, portfolio, sleeve, range),
    rebuild: (portfolio, { epoch }, rows) =>
      db.transaction().execute(async (step) => {
        await demandLease(step, { portfolio, epoch, isServer, name })
        await clearProjected(step, portfolio)
        const journal = {
          read: (of: string, from: number) => rowsOf({ ...place, db: step }, of, from),
          toldTo: (of: string) => toldTo(step, of),
        }
        for await (const some of rows(journal)) await writeProjected(step, bulk, portfolio, some)
      }),
  }
}

/** What a store is opened with beside its tables. */
export interface Extras {
  /** Left out: nothing is sealed. */
  readonly sealing?: Sealing
  /** The key that was given, though nothing else may be sealed by it; left out: none. */
  readonly key?: Uint8Array | null
  /** Where payloads go that are taken out of the journal; left out: beside the file. */
  readonly archive?: Archive
}

export function sqlStore(parts: SqlStore, extras: Extras = {}): OpenedStore {
  const { db, isServer, name } = parts
  const { sealing = sealingWith(null, name), archive = archiveIn(`${name}.archive`), key = null } = extras
  const place: JournalPlace = { db, name, sealing, archive }
  const audit = sqlAudit(parts)
  const secrets = secretsOf({ name, isServer, sealing, key })
  const heads = new Map<string, Head>()
  const held = new Set<Lease>()
  const bulk = bulkWriter(db, sealing.sealText)
  return {
    id: parts.id,
    extents: () => extentsOf(db),
    lease: async (portfolio) => {
      const lease = await takeLease(parts, portfolio, held)
      if (lease === null) return null
      const problem = await lostEnd(parts, portfolio)
      if (problem === null) return lease
      await lease.release()
      throw new FaultError(fault('STORE_DAMAGED', { store: name, reason: problem }))
    },
    commit: async (portfolio, { epoch }, batch) => {
      if (isEmpty(batch)) return
      const head = heads.get(portfolio) ?? (await headOf(db, portfolio))
      heads.delete(portfolio)
      const next = await db
        .transaction()
        .execute((step) => append(step, { portfolio, epoch, head, isServer, name, bulk, sealing }, batch))
        .catch(async (error: unknown) => {
          if (isExecutionTaken(error)) throw await executionKnown(parts, portfolio, batch.executions ?? [])
          throw isTaken(error) ? gap(name, portfolio, head.next + batch.rows.length, head.next) : error
        })
      heads.set(portfolio, next)
      parts.witness?.wrote(portfolio, { next: next.next, head: hexOf(next.hash) })
      if ((batch.answers?.length ?? 0) > 0) await witnessChain(parts, portfolio)
    },
    read: (portfolio, from) => rowsOf(place, portfolio, from),
    toldTo: (portfolio) => toldTo(db, portfolio),
    snapshotBefore: (portfolio, seq) => snapshotBefore(place, portfolio, seq),
    messages: (portfolio, from) => messagesOf(db, portfolio, from),
    ...orderReads(db),
    projections: sqlProjections(parts, place, bulk),
    notes: sqlNotes(db),
    paging: sqlPaging(place),
    control: sqlControl(db),
    audit,
    access: sqlAccess({ ...parts, secrets }),
    alertLog: sqlAlertLog(db, secrets),
    tables: parts,
    jobs: (pace) => storeJobs(db, pace),
    delivered: (portfolio, bus) => deliveredOf(db, portfolio, bus),
    confirm: (portfolio, bus, number) => confirm(db, portfolio, bus, number),
    check: async () => {
      const found = await checkAll(place, parts.intact)
      const problems = [...found.problems]
      for (const { portfolio } of found.journals) {
        const lost = await lostEnd(parts, portfolio)
        if (lost !== null) problems.push(lost)
      }
      for (const chain of await audit.chains()) {
        const broken = await audit.broken(chain)
        if (broken !== null) problems.push(broken)
      }
      return { ...found, problems }
    },
    close: async () => {
      // A lease that nobody gave back holds a connection of a server, which would be waited for.
      for (const lease of held) await lease.release()
      parts.witness?.close()
      await db.destroy()
    },
  }
}

/** What was written once and is not there any more; null where nothing is missing. */
async function lostEnd({ db, witness }: SqlStore, portfolio: string): Promise<string | null> {
  const seen = witness?.seen(portfolio) ?? null
  if (seen === null) return null
  const end = await db
    .selectFrom('journal')
    .select('hash')
    .where('portfolio', '=', portfolio)
    .where('seq', '=', seen.next - 1)
    .executeTakeFirst()
  if (seen.next === 0 || (end !== undefined && hexOf(end.hash) === seen.head)) return null
  return `the journal of "${portfolio}" was written up to event ${seen.next - 1}, which is not there: a part of the file, or its log, is gone`
}

async function takeLease({ db, lock }: SqlStore, portfolio: string, held: Set<Lease>): Promise<Lease | null> {
  const unlock = await lock(portfolio)
  if (unlock === null) return null
  const holder = { owner: `${hostname()} ${process.pid}`, taken_at: Date.now() }
  const { epoch } = await db
    .insertInto('lease')
    .values({ portfolio, epoch: 1, ...holder })
    .onConflict((one) => one.column('portfolio').doUpdateSet({ epoch: sql`lease.epoch + 1`, ...holder }))
    .returning('epoch')
    .executeTakeFirstOrThrow()
  const lease: Lease = {
    epoch,
    async release() {
      if (held.delete(lease)) await unlock()
    },
  }
  held.add(lease)
  return lease
}
