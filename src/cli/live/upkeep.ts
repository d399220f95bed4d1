/** What is done for a store beside its engine: the daily copy, and what it lets go of. */
import { archiveIn } from '../../adapters/store/archive.ts'
import { askForBackups, backupState, MARKS, markOf, setMark } from '../../adapters/store/backup-state.ts'
import { type Backup, dailyBackup } from '../../adapters/store/backups.ts'
import { isServer } from '../../adapters/store/open.ts'
import { prune } from '../../adapters/store/retention.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { Instant } from '../../domain/units.ts'
import type { StoreSettings } from '../config/running.ts'

/** How often it is looked whether a copy is due: an engine that ends sooner needs none of its own. */
const LOOK_MS = 600_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Sessions, one-time secrets and counters of failed attempts, after they ended. */
const ENDED_KEPT_MS = 30 * DAY_MS

export interface Upkeep {
  /** Waits for what is under way. */
  close(): Promise<void>
}

/** Said on stderr: a copy that fails holds nothing up. */
export const UPKEEP_NOTES = {
  made: ({ file }: Backup): void => {
    process.stderr.write(`note: the store was copied to ${file}\n`)
  },
  failed: (reason: string): void => {
    process.stderr.write(`warning: the daily copy of the store failed: ${reason}\n`)
  },
  overdue: (hours: number): void => {
    process.stderr.write(`warning: the daily copy of the store is overdue: the last one is ${hours} hours old\n`)
  },
}

/**
 * @param store the engine's own: two connections of one process to one file would wait for each other
 * @param told of every copy that was made, of every one that failed, and of one that is overdue
 */
export function keepUp(name: string, store: OpenedStore, settings: StoreSettings, told: typeof UPKEEP_NOTES): Upkeep {
  const { db } = store.tables
  let running: Promise<void> = askForBackups(db, settings.backups !== null, Date.now()).catch((error: unknown) =>
    told.failed(wordsOf(error)),
  )
  const look = async (): Promise<void> => {
    try {
      const backup = await upkeep(name, store, settings, Date.now())
      if (backup !== null) told.made(backup)
    } catch (error) {
      told.failed(wordsOf(error))
    }
    const state = await backupState(db, Date.now()).catch(() => null)
    if (state?.isOverdue === true) told.overdue(Math.floor(state.age / HOUR_MS))
  }
  const timer = setInterval(() => {
    running = running.then(look)
  }, LOOK_MS)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await running
    },
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Copies first where copies are made, and lets go only of what a copy holds. Null: no copy was due. */
export async function upkeep(
  name: string,
  { tables, access }: Pick<OpenedStore, 'tables' | 'access'>,
  { backups, retention }: StoreSettings,
  now: number,
): Promise<Backup | null> {
  const { db } = tables
  const folder = backups?.folder ?? (isServer(name) ? 'polyfolio-backups' : `${name}.backups`)
  const backup = backups === null ? null : await dailyBackup(name, folder, now, backups)
  if (backup !== null) await setMark(db, MARKS.copied, backup.at)
  const pruned = await markOf(db, MARKS.pruned)
  if (pruned === null || now - pruned >= DAY_MS || now < pruned) {
    const archive = archiveIn(isServer(name) ? 'polyfolio.archive' : `${name}.archive`)
    await prune(tables, archive, retention, now)
    await access.forget((now - ENDED_KEPT_MS) as Instant)
    await setMark(db, MARKS.pruned, now)
  }
  return backup
}
