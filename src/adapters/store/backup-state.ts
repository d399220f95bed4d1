/** When a store was copied and pruned by itself, as it stands in the store: whoever looks at it needs no engine. */
import type { Kysely } from 'kysely'
import type { Tables } from './schema.ts'

const HOUR = 3_600_000
/** A copy a day, and two hours in which it may be made. */
const OVERDUE = 26 * HOUR

/** Marks in the table `store`: milliseconds since 1970. */
export const MARKS = { since: 'backups since', copied: 'backup at', pruned: 'pruned at' } as const
export type Mark = (typeof MARKS)[keyof typeof MARKS]

/** The daily copy as it stands. */
export interface BackupState {
  /** Null: none was ever made by an engine. */
  readonly at: number | null
  /** Milliseconds since the last copy, or since copies were first asked for. */
  readonly age: number
  readonly isOverdue: boolean
}

export async function markOf(db: Kysely<Tables>, mark: Mark): Promise<number | null> {
  const found = await db.selectFrom('store').select('value').where('name', '=', mark).executeTakeFirst()
  return found === undefined ? null : Number(found.value)
}

export async function setMark(db: Kysely<Tables>, mark: Mark, at: number): Promise<void> {
  const value = String(at)
  await db
    .insertInto('store')
    .values({ name: mark, value })
    .onConflict((one) => one.column('name').doUpdateSet({ value }))
    .execute()
}

/** Said by the engine that begins: whether copies are to be made from now on. */
export async function askForBackups(db: Kysely<Tables>, isAsked: boolean, now: number): Promise<void> {
  if (!isAsked) await db.deleteFrom('store').where('name', '=', MARKS.since).execute()
  else if ((await markOf(db, MARKS.since)) === null) await setMark(db, MARKS.since, now)
}

/** Null where no copies are asked for. */
export async function backupState(db: Kysely<Tables>, now: number): Promise<BackupState | null> {
  const since = await markOf(db, MARKS.since)
  if (since === null) return null
  const at = await markOf(db, MARKS.copied)
  const age = Math.max(0, now - Math.max(at ?? since, since))
  return { at, age, isOverdue: age > OVERDUE }
}
