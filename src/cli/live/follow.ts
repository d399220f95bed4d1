/** A folder of data that grows: looked at as time goes on, and handed on as far as bars are known. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../domain/clock.ts'
import type { MarketData } from '../../domain/market.ts'
import type { Instant } from '../../domain/units.ts'
import type { Look } from '../../live/engine-options.ts'
import { Sleeper } from '../../live/sleeper.ts'
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
  /** Looks at once, while it waits within `more`: whether there are more now. */
  lookNow(): Promise<Look>
}

export async function followFolder(options: FollowOptions): Promise<Follower> {
  const { folder, clock, every, grace, signal } = options
  let print = printOf(folder)
  let whole = await options.read()
  let market = knownMarket(whole, clock.now(), grace).market
  let told = ''
  let nextAt: Instant | null = null
  let isCaughtUp = false
  let trouble = ''
  const sleeper = new Sleeper(clock)
  signal.addEventListener('abort', () => sleeper.wake(), { once: true })
  /** Wait for the next look. */
  let asked: ((look: Look) => void)[] = []

  /** Whether there are more. */
  const look = async (): Promise<boolean> => {
    const now = printOf(folder)
    if (trouble !== '' || now !== print) {
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
      if (trouble !== '') options.onTrouble('')
      trouble = ''
      return isMore
    } catch (error) {
      const isNew = trouble === ''
      trouble = (error instanceof Error ? error.message : String(error)) || 'nobody says why'
      if (isNew) options.onTrouble(trouble)
      return false
    }
  }
  /** The same for those who asked for it. */
  const answered = async (): Promise<boolean> => {
    const waiting = asked
    asked = []
    const isMore = await looked()
    const reason = trouble === '' ? '' : `${folder} cannot be read: ${trouble}`
    for (const tell of waiting) tell({ isMore, trouble: reason })
    return isMore
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
      while (!signal.aborted && !(await answered())) {
        if (signal.aborted || asked.length > 0) continue
        const wait = trouble === '' ? every : options.retryAfter
        // Looks that were missed while the machine slept are not made up for.
        nextAt = (clock.now() + wait) as Instant
        await sleeper.sleep(wait)
      }
      nextAt = null
    },
    lookNow: () =>
      new Promise((tell) => {
        asked.push(tell)
        sleeper.wake()
      }),
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
