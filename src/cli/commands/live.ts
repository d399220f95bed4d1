import { openStore } from '../../adapters/store/open.ts'
import type { Control } from '../../domain/control.ts'
import { fault } from '../../domain/faults.ts'
import { loadPortfolio } from '../config/load.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import type { RunOn } from '../live/run-on.ts'
import { listenForStop, type Stopping } from '../live/stopping.ts'
import { type TradingOptions, type TradingPlace, tradePortfolio } from '../live/trading.ts'
import { VENUES, type VenueConnection, type Venues } from '../live/venues.ts'
import { missingApproval, missingForLive } from '../operate/missing.ts'

export type LiveOptions = Pick<TradingOptions, 'store' | 'snapshotEvery' | 'standby' | 'bus' | 'cycles' | 'json'> & {
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

/**
 * `polyfolio live`: real money. Refuses, naming everything that is missing; begins disarmed, with a part of its allocation.
 *
 * @param venues left out: those for which this program has an adapter
 */
export async function live(
  file: string,
  options: LiveOptions,
  venues: Venues = VENUES,
  stopping: Stopping = listenForStop(),
): Promise<void> {
  const { signal } = stopping
  try {
    const loaded = await loadPortfolio(file)
    const store = await openStore(options.store, { create: false })
    try {
      const missing = await missingForLive(loaded, store, venues, options.confirm)
      if (missing.length > 0) throw new LiveRefused(loaded.config.name, missing)
      const [venue] = Object.keys(loaded.config.routing!.brokers)
      const connection = await venues.get(venue!)!.connect(loaded, signal)
      try {
        const place = await placeAt(connection, { file, loaded, control: store.control, confirm: options.confirm! })
        const follower = await connection.follow(loaded)
        const on = { loaded, follower, market: follower.market }
        await tradePortfolio({ file, on, store, signal }, place, { ...options, seed: 0, every: 0, follow: true })
      } finally {
        await connection.broker.close()
      }
    } finally {
      await store.close()
    }
  } finally {
    stopping.close()
  }
}

interface Asked {
  readonly file: string
  readonly loaded: LoadedPortfolio
  readonly control: Pick<Control, 'approvals'>
  readonly confirm: string
}

/** @throws LiveRefused where the account that the keys open is not the one that was meant */
async function placeAt(
  { broker, follow }: VenueConnection,
  { file, loaded, control, confirm }: Asked,
): Promise<TradingPlace> {
  const { accountNumber } = await broker.snapshot()
  if (!accountNumber.endsWith(confirm)) {
    const what = `--confirm with the end of the number of the account that its keys open: it does not end in "${confirm}"`
    throw new LiveRefused(loaded.config.name, [what])
  }
  return {
    role: 'live',
    accountNumber,
    venueOf: () => ({ kind: 'elsewhere', broker }),
    time: () => broker.time(),
    async read(): Promise<RunOn> {
      const next = await loadPortfolio(file)
      // Live runs that alone which somebody approved.
      const [objection] = await missingApproval(next, control)
      if (objection !== undefined) throw new Error(`it needs ${objection}`)
      const follower = await follow(next)
      follower.close()
      return { loaded: next, market: follower.market, follower: null }
    },
    follow,
  }
}
