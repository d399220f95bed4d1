import { openStore } from '../../adapters/store/open.ts'
import { fault } from '../../domain/faults.ts'
import { loadPortfolio } from '../config/load.ts'
import { missingForLive } from '../operate/missing.ts'

interface LiveOptions {
  readonly store: string
  readonly confirm?: string
}

/** Several things may be missing at once; each is named. */
class LiveRefused extends Error {
  override readonly name = 'LiveRefused'
  readonly faults
  constructor(portfolio: string, missing: readonly string[]) {
    super(`live trading of "${portfolio}" is refused`)
    this.faults = missing.map((what) => fault('LIVE_MISSING', { portfolio, what }))
  }
}

/** `polyfolio live`: real money. Refuses, naming everything that is missing. */
export async function live(file: string, options: LiveOptions): Promise<void> {
  const loaded = await loadPortfolio(file)
  const store = await openStore(options.store, { create: false })
  try {
    const missing = await missingForLive(loaded, store.control, options.confirm)
    throw new LiveRefused(loaded.config.name, missing)
  } finally {
    await store.close()
  }
}
