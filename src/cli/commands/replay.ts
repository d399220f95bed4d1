import { openStore } from '../../adapters/store/open.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { replay as rebuild } from '../../live/replay.ts'
import { loadPortfolio } from '../config/load.ts'
import { standingDocument, standingText } from '../live/standing-text.ts'
import { print, printJson } from '../output.ts'

interface ReplayOptions {
  readonly store: string
  readonly to?: number
  readonly json?: boolean
}

/** `polyfolio replay`: the state after any event, from the journal alone. */
export async function replay(file: string, options: ReplayOptions): Promise<void> {
  const loaded = await loadPortfolio(file)
  const store = await openStore(options.store, { create: false })
  try {
    const { name } = loaded.config
    const kernel = await rebuild(store, name, loaded.strategies, options.to ?? Number.MAX_SAFE_INTEGER)
    if (kernel === null) {
      const names = (await store.extents()).map(({ portfolio }) => `"${portfolio}"`)
      const known = names.length === 0 ? 'none' : names.join(', ')
      throw new FaultError(fault('JOURNAL_EMPTY', { store: options.store, portfolio: name, known }))
    }
    if (options.json === true) printJson(standingDocument(kernel))
    else print(standingText(kernel))
  } finally {
    await store.close()
  }
}
