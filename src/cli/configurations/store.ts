import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import { joinDocument, parseSource, type SourceFile } from '../config/document.ts'
import { checked, type Problems, problemsOf } from '../config/problems.ts'
import { readText } from '../config/text-file.ts'
import { type Configuration, type ConfigurationStore, EMPTY_STORE, storeSchema } from './schema.ts'

/*
 * Trained configurations in one JSON document. It is read strictly: everything that is wrong is said with its line. It is
 * written beside its place and moved there, under a lock that a second writer waits for nobody to hold: it is refused.
 */

/** A store as it was read, with the place of every part. */
export interface ReadStore {
  readonly source: SourceFile
  readonly store: ConfigurationStore
}

/**
 * Reads a store and checks it: versions are given once, at most one of a configuration's is active, none that is retired.
 *
 * @throws ConfigRefused with all that is wrong, each with file, line and column
 * @throws FaultError for a file that is missing or no JSON
 */
export function readStore(file: string): ReadStore {
  const text = readText(file)
  const source = parseSource(file, text)
  requireJson(file, text)
  const document = joinDocument(source, source.value, [])
  const problems = problemsOf(document)
  const store = checked(storeSchema, source.value, { document, problems, base: [] })
  if (store !== null) checkVersions(store, problems)
  problems.done()
  return { source, store: store! }
}

/** What a person writes by hand may be YAML; what programs exchange is JSON and nothing else. */
function requireJson(file: string, text: string): void {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    const before = text.slice(0, Number(/position (\d+)/.exec((cause as Error).message)?.[1] ?? 0)).split('\n')
    const reason = 'is no JSON: quote names and texts with ", and leave no comma behind the last of a list'
    const place = { file, line: before.length, column: before.at(-1)!.length + 1 }
    throw new FaultError(fault('CONFIG_SYNTAX', { ...place, reason }), cause)
  }
}

function checkVersions({ configurations }: ConfigurationStore, problems: Problems): void {
  const seen = new Map<string, number>()
  const active = new Map<string, number>()
  configurations.forEach((one, index) => {
    const path = ['configurations', index]
    const key = keyOf(one)
    if (seen.has(key)) problems.at([...path, 'version'], `"${key}" is there already; give another version`)
    seen.set(key, index)
    if (!one.is_active) return
    if (one.retired !== null) problems.at([...path, 'is_active'], 'is true of one that is retired; set it to false')
    const other = active.get(one.id)
    if (other !== undefined) {
      const taken = keyOf(configurations[other]!)
      problems.at([...path, 'is_active'], `is true, but "${taken}" is active already; keep one version active`)
    }
    active.set(one.id, index)
  })
}

/** How one version is named: `btc_sweep@2`. */
export function keyOf({ id, version }: Pick<Configuration, 'id' | 'version'>): string {
  return `${id}@${version}`
}

/**
 * Reads the store, or begins an empty one, lets `change` make the next one of it and writes that. Nobody else writes
 * meanwhile; whoever is killed leaves the old document or the new one, never a part.
 *
 * @throws FaultError OPTION_INVALID while another writer holds the store
 */
export function updateStore<T>(
  name: string,
  change: (store: ConfigurationStore) => { readonly store: ConfigurationStore; readonly result: T },
): T {
  // One document has one lock, and a link to it stays a link.
  const file = existsSync(name) ? realpathSync(name) : name
  const lock = `${file}.lock`
  takeLock(file, lock)
  try {
    const before = existsSync(file) ? readStore(file).store : EMPTY_STORE
    const { store, result } = change(before)
    if (store !== before) writeStore(name, file, store)
    return result
  } finally {
    rmSync(lock, { force: true })
  }
}

/** As it stands in the file: two spaces, an end of line. */
export function storeText(store: ConfigurationStore): string {
  return `${JSON.stringify(store, null, 2)}\n`
}

function writeStore(name: string, file: string, store: ConfigurationStore): void {
  // Nothing is written that could not be read again.
  storeSchema.parse(store)
  const partial = `${file}.partial`
  try {
    writeWhole(partial, storeText(store))
    renameSync(partial, file)
    syncFolder(dirname(file))
  } catch (cause) {
    rmSync(partial, { force: true })
    throw new FaultError(fault('OUTPUT_EXISTS', { path: name, reason: (cause as Error).message }), cause)
  }
}

/** On the disk to its last byte: a single write may take a part of the text only, and say nothing. */
function writeWhole(file: string, text: string): void {
  const written = openSync(file, 'w')
  try {
    writeFileSync(written, text)
    fsyncSync(written)
  } finally {
    closeSync(written)
  }
}

function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/** Takes the lock; one whose holder is gone is taken away first. */
function takeLock(file: string, lock: string): void {
  const refuse = (reason: string, cause?: unknown): FaultError =>
    new FaultError(fault('OPTION_INVALID', { option: `"${file}"`, reason }), cause)
  const own = `${lock}.${process.pid}`
  try {
    writeFileSync(own, String(process.pid))
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      // A link appears with its content or not at all: who finds the lock can read who holds it.
      if (linked(own, lock)) return
      const holder = holderOf(lock)
      if (holder !== null && isAlive(holder))
        throw refuse(`is being written by process ${holder}; try again when it is done`)
      takeAway(lock)
    }
  } catch (cause) {
    if (cause instanceof FaultError) throw cause
    throw refuse(`cannot be written: ${(cause as Error).message}`, cause)
  } finally {
    rmSync(own, { force: true })
  }
  throw refuse('is being written by another process; try again when it is done')
}

const ATTEMPTS = 3

function linked(own: string, lock: string): boolean {
  try {
    linkSync(own, lock)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw cause
  }
}

/** Moves a lock whose holder is gone aside; what turns out to be the fresh lock of somebody else goes back. */
function takeAway(lock: string): void {
  const aside = `${lock}.stale-${process.pid}`
  try {
    renameSync(lock, aside)
  } catch {
    return
  }
  const holder = holderOf(aside)
  if (holder !== null && isAlive(holder)) linked(aside, lock)
  rmSync(aside, { force: true })
}

/** The process that holds a lock; null where it names none. */
function holderOf(lock: string): number | null {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}
