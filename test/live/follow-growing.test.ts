import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { writeThrough } from '../../src/adapters/store/durability.ts'
import { openStore } from '../../src/adapters/store/open.ts'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { machineClock } from '../../src/cli/live/clocks.ts'
import { followFolder } from '../../src/cli/live/follow.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import { marketOfPast, readPast } from '../../src/cli/market/past.ts'
import type { MarketData } from '../../src/domain/market.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { LiveEngine } from '../../src/live/engine.ts'
import type { EngineEnd, EngineOptions } from '../../src/live/engine-options.ts'
import { openEngine } from '../../src/live/open-engine.ts'
import { sessionDates } from '../fixtures/exits/bars.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'

/* A folder that grows, as a portfolio of several clocks, with dividends and options, follows it. */

const folder = storeFolder()
afterAll(() => folder.remove())

const DAYS = sessionDates('nyse', '2024-03-11', 78)
const HOURS = 7

const FILE = `name: Grown
capital: 200000
paper: {fills: backtest}
engine: {cycle: 1s}
sleeves:
  - {id: hours, weight: 0.3, strategy: sma-crossover, timeframe: 1h, parameters: {fast: 3, slow: 9}, universe: [A, B], sizing: {kind: percent, fraction: 0.5}}
  - {id: days, weight: 0.3, strategy: sma-crossover, parameters: {fast: 2, slow: 5}, universe: [A, B], sizing: {kind: percent, fraction: 0.3}}
  - {id: calls, weight: 0.3, strategy: covered-call, parameters: {days_target: 38}, universe: [B], sizing: {kind: percent, fraction: 1}}
options:
  underlyings:
    B: {volatility: {from: realised}}
instruments:
  A: {file: data/A.csv, dividends: data/dividends.csv, prices: raw}
  B: {file: data/B.csv, prices: raw}
`

const priceAt = (hour: number, base: number): number =>
  base * (1 + 0.06 * Math.sin(hour / 23) + 0.03 * Math.sin(hour / 5))

function row(at: string, hour: number, base: number): string {
  const [open, close] = [priceAt(hour, base), priceAt(hour + 1, base)]
  const figures = [open, Math.max(open, close) * 1.002, Math.min(open, close) * 0.998, close]
  return `${at},${figures.map((figure) => figure.toFixed(2)).join(',')},900000\n`
}

const dayOf = (day: number): string => String(DAYS[day]).replace(/^(....)(..)(..)$/, '$1-$2-$3')

/** The present of the files. */
let present = 0

/** As the files stand after so many hours of the market. */
function write(hours: number): void {
  const timeOf = (hour: number): string => {
    const minutes = 13 * 60 + 30 + (hour % HOURS) * 60
    const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
    return `${dayOf(Math.floor(hour / HOURS))}T${time}:00Z`
  }
  present = Date.parse(timeOf(hours - 1)) + 3_600_000
  const header = 'date,open,high,low,close,volume\n'
  mkdirSync(folder.path('data'), { recursive: true })
  for (const [name, base] of [
    ['A', 50],
    ['B', 120],
  ] as const) {
    const bars = Array.from({ length: hours }, (_, hour) => row(timeOf(hour), hour, base))
    writeFileSync(folder.path(`data/${name}.csv`), header + bars.join(''))
  }
  writeFileSync(folder.path('data/dividends.csv'), `date,dividend\n${dayOf(20)},0.40\n${dayOf(45)},0.45\n`)
}

/** But for the number of the last event: a calendar that has gone on since is told again. */
const textOf = ({ run }: EngineEnd): string =>
  new TextDecoder().decode(run.kernel.canonical()).replace(/"seq":\d+,"sleeves"/, '"sleeves"')

describe.skipIf(!HAS_STORE)(`a folder that grows ${STORE_NEED}`, () => {
  it('gives the run of the whole folder, by hours and days, with dividends and options', async () => {
    const whole = DAYS.length * HOURS
    writeFileSync(folder.path('grown.yaml'), FILE)
    const loaded = await loadPortfolio(folder.path('grown.yaml'))
    const read = async (): Promise<MarketData> =>
      marketOfPast(loaded, await readPast(loaded, folder.path('.')), { from: null, to: null })
    const strategies = [...loaded.strategies.values()]

    async function opened(name: string, more: Partial<EngineOptions>) {
      const store = await openStore(folder.path(name), { create: true })
      // What it is about does not hang on the disk.
      await writeThrough(store.tables.db, 'checkpoint')
      const lease = (await store.lease('Grown'))!
      const options: EngineOptions = {
        store,
        lease,
        storeName: name,
        portfolio: 'Grown',
        snapshotEvery: 100,
        venue: paperVenueFor(loaded.config, 'one and the same'),
        sha256,
        clock: null,
        isStopped: () => false,
        ...more,
      }
      const open = (market: MarketData): Promise<LiveEngine> =>
        openEngine({ config: loaded.config, market, strategies, checks: true }, options)
      return { store, lease, open }
    }

    const stop = new AbortController()
    const troubles: string[] = []
    const stages = [90, 91, 452, 500, whole]
    write(stages.shift()!)
    const follower = await followFolder({
      folder: folder.path('data'),
      clock: { ...machineClock, now: () => present as Instant },
      every: 5,
      retryAfter: 5,
      grace: 0,
      signal: stop.signal,
      read,
      onTrouble: (reason) => troubles.push(reason),
      onAmended: (amended) => troubles.push(JSON.stringify(amended)),
    })
    const growing = await opened('growing.db', { more: () => follower.more() })
    let engine: LiveEngine | null = null
    const grow = async (): Promise<void> => {
      for (const hours of stages) {
        const rows = follower.market.blocks.map(({ closes }) => closes.length).join()
        while (follower.nextAt === null) await wait(2)
        write(hours)
        while (follower.market.blocks.map(({ closes }) => closes.length).join() === rows) await wait(2)
      }
      while (follower.nextAt === null) await wait(2)
      engine!.stop()
      stop.abort()
    }
    const growth = grow()
    let end: EngineEnd
    let openings = 0
    do {
      engine = await growing.open(follower.market)
      end = await engine.play()
      openings += 1
    } while (end.ended === 'market')
    await growth
    expect(openings).toBe(stages.length + 1)

    const at = await opened('whole.db', {})
    const all = await (await at.open(await read())).play()
    expect(troubles.filter((reason) => reason !== '')).toEqual([])
    const { state } = all.run.kernel.runtime
    expect(state.books.dividends.some((counts) => counts > 0)).toBe(true)
    expect(state.instruments.some(({ option }) => option !== null)).toBe(true)
    expect(textOf(end)).toBe(textOf(all))
    for (const { store, lease } of [growing, at]) {
      await lease.release()
      await store.close()
    }
  }, 120_000)
})
