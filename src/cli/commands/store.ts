import { statSync } from 'node:fs'
import type { Kysely } from 'kysely'
import { archiveIn } from '../../adapters/store/archive.ts'
import { copyVerified, demandSound } from '../../adapters/store/backups.ts'
import { differences } from '../../adapters/store/compare.ts'
import { copyStore } from '../../adapters/store/copy.ts'
import type { ExportFormat } from '../../adapters/store/export.ts'
import { isServer, openStore, openTablesOf } from '../../adapters/store/open.ts'
import { openForReading } from '../../adapters/store/read-only.ts'
import { openSealing, rekey } from '../../adapters/store/rekey.ts'
import { prune, type Retention } from '../../adapters/store/retention.ts'
import type { Tables } from '../../adapters/store/schema.ts'
import { keyOfEnvironment, keyOfFile, sealingWith } from '../../adapters/store/sealing.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Store } from '../../domain/store.ts'
import { projectedAgain } from '../../live/projections/rebuild.ts'
import { loadPortfolio } from '../config/load.ts'
import { strategiesWith } from '../live/recorded.ts'
import { audited, auditedOfAll } from '../operate/audited.ts'
import { print, printJson } from '../output.ts'
import { count } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'

/** `polyfolio store check`: reads everything and recomputes every hash. */
export async function storeCheck(file: string, options: { readonly json?: boolean }): Promise<void> {
  const { store, close } = await openForReading(file)
  try {
    const found = await store.check()
    if (options.json === true) printJson({ store: file, id: store.id, ...found })
    else {
      const rows = found.journals.map(({ portfolio, rows, firstAt, lastAt, head }) => [
        portfolio,
        count(rows),
        timeText(firstAt),
        timeText(lastAt),
        head.slice(0, 16),
      ])
      print(`Store ${store.id}, ${count(found.snapshots)} snapshots`)
      print(
        rows.length === 0 ? 'No events yet.' : textTable(['Portfolio', 'Events', 'First', 'Last', 'Head'], rows, [1]),
      )
      if (found.problems.length === 0) print('Every hash holds.')
    }
    for (const problem of found.problems) process.stderr.write(`error: ${problem}\n`)
    if (found.problems.length > 0) process.exitCode = 1
  } finally {
    await close()
  }
}

function timeText(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().replace('T', ' ').slice(0, 16)
}

/** `polyfolio store backup`: all that a store holds into one that is new, checked after it was written. */
export async function storeCopy(from: string, to: string): Promise<void> {
  if (isServer(to)) {
    await copyStore(from, to)
    await demandSound(to, from)
  } else await copyVerified(from, to)
  print(`copied, and every hash holds`)
}

/** `polyfolio store restore`: the same the other way; that it was restored stands in its audit log. */
export async function storeRestore(from: string, to: string): Promise<void> {
  await storeCopy(from, to)
  const parts = await openTablesOf(to, { create: false })
  try {
    await auditedOfAll(parts, { action: 'restore', before: null, after: { from: bareName(from), to: bareName(to) } })
  } finally {
    await parts.db.destroy()
  }
}

/** Without the password that an address may hold. */
function bareName(name: string): string {
  return isServer(name) ? name.replace(/\/\/[^@/]*@/, '//') : name
}

/** `polyfolio store migrate`: brings the tables to the newest form, after a copy. */
export async function storeMigrate(name: string): Promise<void> {
  const { db } = await openTablesOf(name, { create: false })
  try {
    const copies = await db.selectFrom('store').selectAll().where('name', 'like', 'copy before %').execute()
    print('The tables are in their newest form.')
    for (const { name: step, value } of copies) print(`${step}: ${value}`)
  } finally {
    await db.destroy()
  }
}

/** `polyfolio store export`: every table as files. */
export async function storeExport(
  name: string,
  { to, format }: { readonly to: string; readonly format: ExportFormat },
): Promise<void> {
  const { exportStore } = await import('../../adapters/store/export.ts')
  const written = await exportStore(name, to, format)
  const rows = written.map(({ table, rows, file }) => [
    table,
    count(rows),
    rows === 0 && format === 'parquet' ? '' : file,
  ])
  print(textTable(['Table', 'Rows', 'File'], rows, [1]))
}

/** `polyfolio store rekey`: encrypts a store, or changes its key. */
export async function storeRekey(name: string, { newKey }: { readonly newKey: string }): Promise<void> {
  const parts = await openTablesOf(name, { create: false })
  try {
    const from = await openSealing(parts, keyOfEnvironment(process.env), false)
    await rekey(parts, from, sealingWith(keyOfFile(newKey), name))
    await auditedOfAll(parts, { action: 'rekey', before: { encrypted: from.isOn }, after: { encrypted: true } })
    print(from.isOn ? 'The store has the new key; the old one opens nothing any more.' : 'The store is encrypted.')
  } finally {
    await parts.db.destroy()
  }
}

/** `polyfolio store rebuild`: the readable tables from the journal alone, or a comparison of both. */
export async function storeRebuild(
  config: string,
  options: { readonly store: string; readonly check?: boolean },
): Promise<void> {
  const loaded = await loadPortfolio(config)
  const { name } = loaded.config
  // A sleeve that the file no longer names decided by one of these.
  const strategies = strategiesWith(loaded)
  const store = await openStore(options.store, { create: false })
  try {
    const rows = (journal: Pick<Store, 'read' | 'toldTo'>) => projectedAgain(journal, name, strategies)
    if (options.check === true) {
      const found = await differences(store, name, rows(store))
      for (const difference of found) process.stderr.write(`error: ${difference}\n`)
      if (found.length > 0) process.exitCode = 1
      else print('Every row is what the journal gives.')
      return
    }
    const lease = await store.lease(name)
    if (lease === null) throw new FaultError(fault('LEASE_TAKEN', { store: options.store, portfolio: name }))
    try {
      await store.projections.rebuild(name, lease, rows)
      const events = (await store.extents()).find(({ portfolio: of }) => of === name)?.rows ?? 0
      await audited(store.audit, name, { action: 'rebuild', before: null, after: { events } })
    } finally {
      await lease.release()
    }
    print('The tables are what the journal gives.')
  } finally {
    await store.close()
  }
}

const DAY = 86_400_000

/** In days; a word that is none of them is refused where it is read. */
export interface PruneOptions {
  readonly slices?: number
  readonly messages?: number
  readonly cycles?: number
  readonly hours?: number
  readonly snapshots?: number
  readonly archive?: string
}

/** `polyfolio store prune`: lets go of what is older than the ages that are given. */
export async function storePrune(name: string, options: PruneOptions): Promise<void> {
  const age = (days: number | undefined): number | null => (days === undefined ? null : days * DAY)
  const retention: Retention = {
    slices: age(options.slices),
    messages: age(options.messages),
    cycles: age(options.cycles),
    hours: age(options.hours),
    snapshots: age(options.snapshots),
  }
  const parts = await openTablesOf(name, { create: false })
  try {
    const archive = archiveIn(options.archive ?? `${name}.archive`)
    const before = await heldRows(parts.db)
    const { archived, messages, equity, bars, snapshots } = await prune(parts, archive, retention, Date.now())
    await auditedOfAll(parts, { action: 'prune', before, after: await heldRows(parts.db) })
    print(
      textTable(
        ['What', 'Rows'],
        [
          [`payloads into ${archive.folder}`, count(archived)],
          ['messages', count(messages)],
          ['fine roll-ups of equity', count(equity)],
          ['short bars of charts', count(bars)],
          ['states', count(snapshots)],
        ],
        [1],
      ),
    )
    if (!isServer(name)) print(`${count(statSync(name).size)} bytes; room that came free is used again.`)
  } finally {
    await parts.db.destroy()
  }
}

/** What the whole store holds of all that a prune may let go of. */
async function heldRows(db: Kysely<Tables>): Promise<Readonly<Record<string, number>>> {
  const held: Record<string, number> = {}
  for (const table of ['message', 'equity', 'price_bar', 'snapshot'] as const) {
    const { rows } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll().as('rows'))
      .executeTakeFirstOrThrow()
    held[table] = Number(rows)
  }
  const { rows } = await db
    .selectFrom('journal')
    .select(({ fn }) => fn.countAll().as('rows'))
    .where('archived', '=', 1)
    .executeTakeFirstOrThrow()
  return { ...held, archived: Number(rows) }
}

/** `polyfolio store show`: the portfolio that the views under the names of the field speak of. */
export async function storeShow(name: string, portfolio: string): Promise<void> {
  const { db } = await openTablesOf(name, { create: false })
  try {
    const known = await db.selectFrom('lease').select('portfolio').orderBy('portfolio').execute()
    if (!known.some((one) => one.portfolio === portfolio)) {
      const names = known.length === 0 ? 'none' : known.map((one) => `"${one.portfolio}"`).join(', ')
      throw new FaultError(fault('JOURNAL_EMPTY', { store: name, portfolio, known: names }))
    }
    await db
      .insertInto('store')
      .values({ name: 'shown', value: portfolio })
      .onConflict((one) => one.column('name').doUpdateSet({ value: portfolio }))
      .execute()
    print(`The views show "${portfolio}".`)
  } finally {
    await db.destroy()
  }
}
