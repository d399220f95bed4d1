/** What is done for a store beside its engine: the daily copy, and what it lets go of. */
import { archiveIn } from '../../adapters/store/archive.ts'
import { type Backup, dailyBackup } from '../../adapters/store/backups.ts'
import { isServer, openTablesOf } from '../../adapters/store/open.ts'
import { prune } from '../../adapters/store/retention.ts'
import type { StoreSettings } from '../config/running.ts'

/** How often it is looked whether a copy is due: an engine that ends sooner needs none of its own. */
const LOOK_MS = 600_000
const DAY_MS = 86_400_000

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
}

/** @param told of every copy that was made, and of every one that failed */
export function keepUp(store: string, settings: StoreSettings, told: typeof UPKEEP_NOTES): Upkeep {
  let running: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    try {
      const backup = await upkeep(store, settings, Date.now())
      if (backup !== null) told.made(backup)
    } catch (error) {
      told.failed(error instanceof Error ? error.message : String(error))
    }
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

/** Copies first, and lets go only of what a copy holds. Null: nothing was due. */
async function upkeep(store: string, settings: StoreSettings, now: number): Promise<Backup | null> {
  const { backups, retention } = settings
  const folder = backups?.folder ?? (isServer(store) ? 'polyfolio-backups' : `${store}.backups`)
  const backup = backups === null ? null : await dailyBackup(store, folder, now, backups)
  if (backups !== null && backup === null) return null
  if (backups === null && Math.floor(now / DAY_MS) === Math.floor((now - LOOK_MS) / DAY_MS)) return null
  const parts = await openTablesOf(store, { create: false })
  try {
    const archive = archiveIn(isServer(store) ? 'polyfolio.archive' : `${store}.archive`)
    await prune(parts, archive, retention, now)
  } finally {
    await parts.db.destroy()
  }
  return backup
}
