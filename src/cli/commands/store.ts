import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { copyStore } from '../../adapters/store/copy.ts'
import { isServer, openStore } from '../../adapters/store/open.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Store } from '../../domain/store.ts'
import { print, printJson } from '../output.ts'
import { count } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'

/** `polyfolio store check`: reads everything and recomputes every hash. */
export async function storeCheck(file: string, options: { readonly json?: boolean }): Promise<void> {
  await withStore(file, async (store) => {
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
  })
}

function timeText(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().replace('T', ' ').slice(0, 16)
}

/** `polyfolio store backup` and `restore`: all that a store holds into one that is new, checked after it was written. */
export async function storeCopy(from: string, to: string): Promise<void> {
  if (isServer(to)) {
    await copyStore(from, to)
    await demandSound(to, from)
  } else await copyToFile(from, to)
  print(`copied, and every hash holds`)
}

/** Beside its place first: what is there is whole. */
async function copyToFile(from: string, to: string): Promise<void> {
  if (existsSync(to)) {
    throw new FaultError(fault('OUTPUT_EXISTS', { path: to, reason: 'it is there already; name another file' }))
  }
  const partial = `${to}.partial-${process.pid}`
  try {
    await copyStore(from, partial)
    await demandSound(partial, from)
    await rename(partial, to)
  } finally {
    for (const suffix of ['', '-wal', '-shm']) await rm(`${partial}${suffix}`, { force: true })
  }
}

/** What does not hold in a copy did not hold before: it was written by what was read. */
async function demandSound(name: string, from: string): Promise<void> {
  const { problems } = await withStore(name, (store) => store.check())
  if (problems.length > 0) throw new FaultError(fault('STORE_DAMAGED', { store: from, reason: problems[0]! }))
}

async function withStore<T>(name: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(name, { create: false })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
