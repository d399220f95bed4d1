import { backupState } from '../../adapters/store/backup-state.ts'
import { openStore } from '../../adapters/store/open.ts'
import type { Heartbeat } from '../../domain/control.ts'
import { type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { approvalsText, backupDocument, backupText, statusDocument, statusText } from '../operate/status-text.ts'
import { print, printJson } from '../output.ts'

interface StatusOptions extends StoreOptions {
  readonly json?: boolean
}

/** `polyfolio status`: every portfolio of a store and its engine, as it last said. Reads only. */
export async function status(options: StatusOptions): Promise<void> {
  const store = await openStore(options.store, { create: false })
  try {
    const extents = await store.extents()
    const beats = await store.control.beats()
    const names = [...new Set([...extents, ...beats].map(({ portfolio }) => portfolio))]
    if (options.portfolio !== undefined) await withPortfolio(options, () => Promise.resolve())
    const meant = options.portfolio === undefined ? names : [options.portfolio]
    const now = Date.now()
    const found = meant.map((portfolio) => ({
      portfolio,
      events: extents.find((extent) => extent.portfolio === portfolio)?.rows ?? 0,
      heartbeat: beats.find((beat) => beat.portfolio === portfolio) ?? null,
    }))
    const backup = await backupState(store.tables.db, now)
    if (options.json === true) {
      const portfolios = found.map((one) => statusDocument(one, now))
      printJson({ store: options.store, backup: backupDocument(backup), portfolios })
      return
    }
    print(found.length === 0 ? 'No portfolio yet.' : found.map((one) => statusText(one, now)).join('\n\n'))
    if (backup !== null) print(`\n${backupText(backup)}`)
  } finally {
    await store.close()
  }
}

/** `polyfolio approvals`: entries that wait for an operator's word. */
export async function approvals(options: StatusOptions): Promise<void> {
  await withPortfolio(options, ({ heartbeat, portfolio }) => {
    const waiting: Heartbeat['approvals'] = heartbeat?.approvals ?? []
    if (options.json === true) printJson({ portfolio, approvals: waiting.map(documentOf) })
    else print(approvalsText(waiting, heartbeat?.currency ?? 'USD'))
    return Promise.resolve()
  })
}

function documentOf({ until, ...rest }: Heartbeat['approvals'][number]) {
  return { ...rest, until: until === null ? null : new Date(until).toISOString() }
}
