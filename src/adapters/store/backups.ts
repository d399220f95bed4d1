/** Copies that are made by themselves: the last of each day and of each week, every one verified after it was written. */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import { copyStore } from './copy.ts'
import { type OpenOptions, openStore } from './open.ts'
import { OWN_FOLDER } from './own-files.ts'

const DAY = 86_400_000
const NAME = /^backup-(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2})Z\.db$/

export interface BackupRule {
  /** How many days are kept, each by its last copy, and how many weeks before them. */
  readonly daily: number
  readonly weekly: number
}

export const BACKUPS: BackupRule = { daily: 7, weekly: 4 }

/** A copy in the folder. */
export interface Backup {
  readonly file: string
  readonly at: number
}

/** Oldest first. */
export function backupsIn(folder: string): readonly Backup[] {
  if (!existsSync(folder)) return []
  const found = readdirSync(folder).flatMap((name) => {
    const text = NAME.exec(name)?.[1]
    if (text === undefined) return []
    const [day, time] = text.split('T')
    return [{ file: join(folder, name), at: Date.parse(`${day}T${time!.replaceAll('-', ':')}Z`) }]
  })
  return found.sort((one, other) => one.at - other.at)
}

/** Milliseconds since the last copy; null where there is none. */
export function backupAge(folder: string, now: number): number | null {
  const last = backupsIn(folder).at(-1)
  return last === undefined ? null : now - last.at
}

/**
 * Makes a copy where the last one is a day old, verifies it, and only then lets older ones go.
 *
 * @returns the copy that was made; null where none was due
 * @throws FaultError where the copy does not hold
 */
export async function dailyBackup(store: string, folder: string, now: number, rule = BACKUPS): Promise<Backup | null> {
  const age = backupAge(folder, now)
  if (age !== null && age >= 0 && age < DAY) return null
  await mkdir(folder, { recursive: true, mode: OWN_FOLDER })
  const text = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')
  const file = join(folder, `backup-${text}Z.db`)
  await copyVerified(store, file)
  await Promise.all(surplus(backupsIn(folder), rule).map(({ file: old }) => removeCopy(old)))
  return { file, at: now }
}

/** Copies that no day and no week needs. */
export function surplus(copies: readonly Backup[], { daily, weekly }: BackupRule): readonly Backup[] {
  const lastOf = (bucket: (at: number) => number): Backup[] => {
    const last = new Map<number, Backup>()
    for (const copy of copies) last.set(bucket(copy.at), copy)
    return [...last.values()]
  }
  const days = lastOf((at) => Math.floor(at / DAY)).slice(-daily)
  const first = days[0]?.at ?? 0
  // 1970 began on a Thursday: weeks from Monday on.
  const weeks = lastOf((at) => Math.floor((at / DAY + 3) / 7)).filter(({ at }) => at < first)
  const kept = new Set([...days, ...(weekly === 0 ? [] : weeks.slice(-weekly))].map(({ file }) => file))
  return copies.filter(({ file }) => !kept.has(file))
}

/**
 * Copies a store into a new file, verifies every hash there, and only then gives it its name.
 *
 * @throws FaultError OUTPUT_EXISTS, STORE_DAMAGED
 */
export async function copyVerified(from: string, to: string, options: Omit<OpenOptions, 'create'> = {}): Promise<void> {
  if (existsSync(to)) {
    throw new FaultError(fault('OUTPUT_EXISTS', { path: to, reason: 'it is there already; name another file' }))
  }
  const partial = `${to}.partial-${process.pid}`
  try {
    await copyStore(from, partial)
    await demandSound(partial, from, options)
    await forgetEnds(to)
    await rename(partial, to)
  } finally {
    await removeCopy(partial)
  }
}

/** What does not hold in a copy did not hold before: it was written by what was read. */
export async function demandSound(
  name: string,
  from: string,
  options: Omit<OpenOptions, 'create'> = {},
): Promise<void> {
  const store = await openStore(name, { ...options, create: false })
  try {
    const { problems } = await store.check()
    if (problems.length > 0) throw new FaultError(fault('STORE_DAMAGED', { store: from, reason: problems[0]! }))
  } finally {
    await store.close()
  }
}

/** How far another store under this name was written says nothing of the copy. */
async function forgetEnds(file: string): Promise<void> {
  const [folder, name] = [dirname(file), basename(file)]
  if (!existsSync(folder)) return
  const ends = readdirSync(folder).filter((other) => other.startsWith(`${name}.`) && other.endsWith('.head'))
  await Promise.all(ends.map((end) => rm(join(folder, end), { force: true })))
}

/** With its log and its locks. */
async function removeCopy(file: string): Promise<void> {
  const [folder, name] = [dirname(file), basename(file)]
  const own = readdirSync(folder).filter((other) => other === name || /^[-.]/.test(other.slice(name.length)))
  const parts = own.filter((other) => other.startsWith(name))
  await Promise.all(parts.map((part) => rm(join(folder, part), { force: true })))
}
