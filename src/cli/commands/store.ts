import { existsSync } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import { openSqlite } from '../../adapters/store/sqlite.ts'
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

/** `polyfolio store backup`: a whole copy, checked after it was written, also while an engine writes. */
export async function storeBackup(file: string, copy: string): Promise<void> {
  demandFree(copy)
  const partial = `${copy}.partial-${process.pid}`
  try {
    await withStore(file, (store) => store.backup(partial))
    await demandSound(partial, copy)
    await rename(partial, copy)
  } finally {
    await removeStore(partial)
  }
  print(`${copy}: checked, whole`)
}

/** `polyfolio store restore`: a checked copy where no store is. */
export async function storeRestore(copy: string, file: string): Promise<void> {
  demandFree(file)
  if (!existsSync(copy)) throw new FaultError(fault('FILE_MISSING', { file: copy }))
  const partial = `${file}.partial-${process.pid}`
  try {
    await copyFile(copy, partial)
    await demandSound(partial, copy)
    await rename(partial, file)
  } finally {
    await removeStore(partial)
  }
  print(`${file}: checked, whole`)
}

async function demandSound(file: string, name: string): Promise<void> {
  const { problems } = await withStore(file, (store) => store.check())
  if (problems.length > 0) throw new FaultError(fault('STORE_DAMAGED', { store: name, reason: problems[0]! }))
}

async function withStore<T>(file: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqlite(file, { create: false })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

function demandFree(file: string): void {
  if (!existsSync(file)) return
  throw new FaultError(fault('OUTPUT_EXISTS', { path: file, reason: 'it is there already; name another file' }))
}

async function removeStore(file: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true })
}
