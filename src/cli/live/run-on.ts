/** What an engine runs on: its portfolio file and the market, read when it starts and again when it is asked to. */

import { FaultError, fault } from '../../domain/faults.ts'
import type { MarketData } from '../../domain/market.ts'
import { startOfDay } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { loadPortfolio } from '../config/load.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { marketOfPast, readPast } from '../market/past.ts'
import { progressBar } from '../output.ts'
import { type MarketSource, pastOf, type RunReach, reachOf } from '../run.ts'
import { machineClock } from './clocks.ts'
import { type Follower, followFolder } from './follow.ts'

export interface RunOnOptions extends RunReach {
  readonly data?: string
  readonly seed: number
  readonly every: number
  readonly speed?: number
  readonly speedFrom?: TradeDate
  readonly follow?: boolean
}

/** Prices that come as time goes on; whoever steers the engine hears of looks that fail. It may be closed twice. */
export type MarketFollower = Follower & { onTrouble: (reason: string) => void; close(): void }

export interface RunOn {
  readonly loaded: LoadedPortfolio
  readonly market: MarketData
  /** Null where the market is all there at the start. */
  readonly follower: MarketFollower | null
}

/** @param isFollowed false: the folder is read once, to see what the market consists of */
export async function runOn(
  file: string,
  options: RunOnOptions,
  signal: AbortSignal,
  isFollowed = options.follow === true,
): Promise<RunOn> {
  const loaded = askingFrom(await loadPortfolio(file), options.speedFrom)
  const follower = isFollowed ? await followed(loaded, options, signal) : null
  return { loaded, follower, market: follower?.market ?? (await marketFor(loaded, options)) }
}

async function marketFor(loaded: LoadedPortfolio, options: RunOnOptions): Promise<MarketData> {
  const { data, seed } = options
  const source: MarketSource = data === undefined ? { seed } : { data }
  const bar = progressBar()
  const reach = reachOf(source, options)
  const market = marketOfPast(loaded, await pastOf(loaded, source, reach, bar), reach)
  bar.done()
  return market
}

/** Goes on following, for a portfolio that may trade other instruments now. */
export async function followed(
  loaded: LoadedPortfolio,
  options: RunOnOptions,
  signal: AbortSignal,
): Promise<MarketFollower> {
  const { data, from } = options
  demandPresent(options)
  const reach = reachOf({ data: data! }, from === undefined ? {} : { from })
  const { cycleMs: every, retryMs: retryAfter, stale } = loaded.running
  const own = new AbortController()
  let tell: (reason: string) => void = () => {}
  const follower = await followFolder({
    folder: data!,
    clock: machineClock,
    every,
    retryAfter,
    grace: stale.graceMs,
    signal: AbortSignal.any([signal, own.signal]),
    read: async () => marketOfPast(loaded, await readPast(loaded, data!), reach),
    onTrouble(reason) {
      if (reason !== '') process.stderr.write(`note: ${data} cannot be read, and is tried again: ${reason}\n`)
      tell(reason)
    },
    onAmended(amended) {
      for (const { clock, bars } of amended)
        process.stderr.write(
          `note: ${bars} bars of ${clock} came late or have other prices now; what was decided stands\n`,
        )
    },
  })
  return Object.defineProperties(follower as MarketFollower, {
    onTrouble: {
      set(told: (reason: string) => void) {
        tell = told
      },
    },
    close: { value: () => own.abort() },
  })
}

/** Who follows a folder lives in the present. */
function demandPresent({ data, to, speed, every }: RunOnOptions): void {
  const refuse = (option: string, reason: string): never => {
    throw new FaultError(fault('OPTION_INVALID', { option, reason }))
  }
  if (data === undefined) refuse('--follow', 'waits for bars in a folder; give it by --data')
  if (to !== undefined) refuse('--to', 'a folder that is followed has no last day; leave it out')
  if (speed !== undefined) refuse('--speed', 'with --follow bars come as time goes on; leave it out')
  if (every > 0) refuse('--every', 'with --follow bars come as time goes on; leave it out')
}

/** Nobody can answer about days that are played at once: they are history. */
function askingFrom(loaded: LoadedPortfolio, speedFrom: TradeDate | undefined): LoadedPortfolio {
  const { config } = loaded
  if (config.approvals === undefined || speedFrom === undefined) return loaded
  const from: Instant = startOfDay(speedFrom)
  return { ...loaded, config: { ...config, approvals: { ...config.approvals, from } } }
}
