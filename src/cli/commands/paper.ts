import { openStore } from '../../adapters/store/open.ts'
import { machineClock } from '../live/clocks.ts'
import { paperVenueFor } from '../live/paper-venue.ts'
import { followed, runOn } from '../live/run-on.ts'
import { listenForStop } from '../live/stopping.ts'
import { type TradingOptions, tradePortfolio } from '../live/trading.ts'
import { requireFolder } from '../paths.ts'

/** `polyfolio paper`: a portfolio on replayed bars, every event written down before the next one. */
export async function paper(file: string, options: TradingOptions): Promise<void> {
  if (options.data !== undefined) requireFolder(options.data)
  const stopping = listenForStop()
  const { signal } = stopping
  const on = await runOn(file, options, signal)
  const { config, running } = on.loaded
  const store = await openStore(options.store, { create: true, encrypted: running.store.encrypted })
  const place = {
    role: 'paper',
    accountNumber: config.account.id,
    venueOf: paperVenueFor,
    // A venue in this process has the clock of this machine.
    time: () => Promise.resolve(machineClock.now()),
    read: () => runOn(file, options, signal, false),
    follow: (loaded: typeof on.loaded) => followed(loaded, options, signal),
  } as const
  try {
    await tradePortfolio({ file, on, store, signal }, place, options)
  } finally {
    await store.close()
    stopping.close()
  }
}
