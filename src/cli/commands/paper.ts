import { setTimeout as wait } from 'node:timers/promises'
import { openStore } from '../../adapters/store/open.ts'
import { runJournalled } from '../../live/journalled-run.ts'
import { loadPortfolio } from '../config/load.ts'
import { standingDocument, standingText } from '../live/standing-text.ts'
import { marketOfPast } from '../market-past.ts'
import { print, printJson, progressBar } from '../output.ts'
import { requireFolder } from '../paths.ts'
import { type MarketSource, pastOf, type RunReach, reachOf } from '../run.ts'

interface PaperOptions extends RunReach {
  readonly data?: string
  readonly seed: number
  readonly store: string
  readonly every: number
  readonly snapshotEvery: number
  readonly json?: boolean
}

/** `polyfolio paper`: a portfolio on replayed bars, every event written down before the next one. */
export async function paper(file: string, options: PaperOptions): Promise<void> {
  if (options.data !== undefined) requireFolder(options.data)
  const source: MarketSource = options.data === undefined ? { seed: options.seed } : { data: options.data }
  const loaded = await loadPortfolio(file)
  const bar = progressBar()
  const reach = reachOf(source, options)
  const market = marketOfPast(loaded, await pastOf(loaded, source, reach, bar), reach)
  bar.done()
  const store = await openStore(options.store, { create: true })
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
  try {
    const end = await runJournalled(
      { config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true },
      {
        store,
        storeName: options.store,
        portfolio: loaded.config.name,
        snapshotEvery: options.snapshotEvery,
        due: () => pause(options.every, stop.signal),
        isStopped: () => stop.signal.aborted,
      },
    )
    if (options.json === true) printJson(standingDocument(end.run.kernel))
    else print(standingText(end.run.kernel))
    const held = end.resumed > 0 ? `${end.resumed} events were there already, ` : ''
    const why = end.ended === 'market' ? 'the bars end here' : 'stopped as asked'
    process.stderr.write(`note: ${held}${end.added} written to ${options.store}; ${why}\n`)
  } finally {
    await store.close()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
  }
}

/** Seconds between two instants; none at all lets signals in all the same, because every commit is awaited. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (seconds === 0 || signal.aborted) return
  await wait(seconds * 1_000, undefined, { signal }).catch(() => {})
}
