/** A folder of data that grows: looked at as time goes on, and handed on as far as bars are known. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../domain/clock.ts'
import type { MarketData } from '../../domain/market.ts'
import type { Instant } from '../../domain/units.ts'
import { type KnownMarket, knownMarket } from '../../pipeline/market/ongoing.ts'

export interface FollowOptions {
  readonly folder: string
  readonly clock: Clock
  /** Milliseconds between two looks, and before the next one where a look failed. */
  readonly every: number
  readonly retryAfter: number
  /** Milliseconds that a bar waits behind its close for instruments that are late. */
  readonly grace: number
  readonly signal: AbortSignal
  /** Reads the whole folder. */
  read(): Promise<MarketData>
  /** Told once when looks begin to fail, and with an empty reason when they succeed again. */
  onTrouble(reason: string): void
  /** Told of bars that were taken and have other prices now. */
  onAmended(amended: KnownMarket['amended']): void
}

export interface Follower {
  readonly market: MarketData
  /** When it looks next; null while it does not wait. */
  readonly nextAt: Instant | null
  /** It has waited for bars at least once: what is played is the present. */
  readonly isCaughtUp: boolean
  /** Resolves when there are more bars than those of `market`, which then has them; or when it was asked to stop. */
  more(): Promise<void>
}

export async function followFolder(options: FollowOptions): Promise<Follower> {
  const { folder, clock, every, grace, signal } = options
  let print = printOf(folder)
  let whole = await options.read()
  let market = knownMarket(whole, clock.now(), grace).market
  let told = ''
  let nextAt: Instant | null = null
  let isCaughtUp = false
  let isBroken = false

  /** Whether there are more. */
  const look = async (): Promise<boolean> => {
    const now = printOf(folder)
    if (isBroken || now !== print) {
      whole = await options.read()
      print = now
    }
    const known = knownMarket(whole, clock.now(), grace, market)
    const amended = JSON.stringify(known.amended)
    if (known.amended.length > 0 && amended !== told) options.onAmended(known.amended)
    told = amended
    const isMore = rowsOf(known.market) > rowsOf(market)
    if (isMore) market = known.market
    return isMore
  }
  const looked = async (): Promise<boolean> => {
    try {
      const isMore = await look()
      if (isBroken) options.onTrouble('')
      isBroken = false
      return isMore
    } catch (error) {
      if (!isBroken) options.onTrouble(error instanceof Error ? error.message : String(error))
      isBroken = true
      return false
    }
  }
  return {
    get market() {
      return market
    },
    get nextAt() {
      return nextAt
    },
    get isCaughtUp() {
      return isCaughtUp
    },
    async more() {
      isCaughtUp = true
      while (!signal.aborted && !(await looked())) {
        const wait = isBroken ? options.retryAfter : every
        // Looks that were missed while the machine slept are not made up for.
        nextAt = (clock.now() + wait) as Instant
        await clock.wait(wait, signal)
      }
      nextAt = null
    },
  }
}

function rowsOf({ blocks }: MarketData): number {
  return blocks.reduce((sum, { closes }) => sum + closes.length, 0)
}

/** Names, sizes and times of all files: what differs when one of them was written. */
function printOf(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort((left, right) =>
    left < right ? -1 : 1,
  )
  return names
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name))
      return `${name} ${size} ${mtimeMs}`
    })
    .join('\n')
}
