import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import { runPortfolio } from '../../src/cli/run.ts'
import type { Instant } from '../../src/domain/units.ts'
import { createRecorder } from '../../src/engine/records/recorder.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { resultOf } from '../../src/engine/records/result-of.ts'
import { type RunInput, runBacktest } from '../../src/engine/run/run.ts'
import { runEngine } from '../../src/live/open-engine.ts'
import { recordedMarket } from '../../src/live/recorded/market.ts'
import { recordedResult } from '../../src/live/recorded/result.ts'
import { knownMarket } from '../../src/pipeline/market/ongoing.ts'
import { createDisk } from '../dst/disk.ts'
import { diskStore, IDLE_ACCESS } from '../dst/disk-store.ts'
import { sessionDates } from '../fixtures/exits/bars.ts'
import { journalOf } from '../fixtures/journals.ts'

/* A sleeve of days on a file of minutes: bought at the open of the sixth day, whose price falls at once an hour later. */

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-watch-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DAYS = sessionDates('nyse', '2024-03-11', 9)
const SESSION_MINUTES = 390
/** The fall is between two minutes: the one opens below the stop, the other ended far above it. */
const FALL_MINUTE = 60
const FALL_DAY = 5
const CLOSES = [100, 101, 100, 101, 95, 91, 92, 99, 101]
const [BOUGHT, FALLEN] = [95, 90]
const STOP = 0.03
const OPEN_MS = (13 * 60 + 30) * 60_000

function dayText(day: number): string {
  return String(DAYS[day]).replace(/^(....)(..)(..)$/, '$1-$2-$3')
}

/** The start of a minute of a day. */
function minuteOf(day: number, minute: number): number {
  return Date.parse(`${dayText(day)}T00:00:00Z`) + OPEN_MS + minute * 60_000
}

function priceAt(day: number, minute: number): number {
  if (day === FALL_DAY && minute < SESSION_MINUTES - 1) return minute < FALL_MINUTE ? BOUGHT : FALLEN
  return minute === 0 && day > 0 ? CLOSES[day - 1]! : CLOSES[day]!
}

function minutes(): string {
  const rows = ['date,open,high,low,close,volume']
  for (let day = 0; day < DAYS.length; day += 1)
    for (let minute = 0; minute < SESSION_MINUTES; minute += 1) {
      const price = priceAt(day, minute)
      rows.push(`${new Date(minuteOf(day, minute)).toISOString()},${price},${price},${price},${price},90000`)
    }
  return `${rows.join('\n')}\n`
}

function days(): string {
  return `date,open,high,low,close,volume\n${CLOSES.map((close, day) => `${dayText(day)},${close},${close},${close},${close},900000`).join('\n')}\n`
}

writeFileSync(join(folder, 'A.csv'), minutes())
writeFileSync(join(folder, 'D.csv'), days())

function portfolio(name: string, keys: string, rest = ''): string {
  const path = join(folder, `${name}.yaml`)
  writeFileSync(
    path,
    `name: Watched
capital: 100000
paper: {fills: backtest}
sleeves:
  - id: dips
    weight: 0.9
    strategy: mean-reversion
    ${keys}
    parameters: {period: 4, deviations: 0.5, rsi_period: 2, entry_rsi: 30, exit_rsi: 60, stop: ${STOP}}
    universe: [A]
    sizing: {kind: notional, amount: 60000}
${rest}instruments:
  A: {file: A.csv, kind: etf}
  D: {file: D.csv, kind: etf}
`,
  )
  return path
}

const FUTURE = '  F: {kind: future, multiplier: 5, tick: 0.25, synthetic: {from: A, seed: 7}}'
const WATCHED = 'watch: 1m'
const run = async (keys: string, rest = '') =>
  runPortfolio(portfolio(keys.replaceAll(/\W/g, '') || 'plain', keys, rest), { data: folder }, {})

/** Through the durable engine: desk, store, venue, and back. */
async function onPaper(input: RunInput): Promise<RunResult> {
  const store = diskStore(createDisk('watched'), IDLE_ACCESS)
  const lease = (await store.lease('watched'))!
  const recorder = createRecorder()
  const { run: played } = await runEngine(input, {
    store,
    lease,
    storeName: 'memory',
    portfolio: 'watched',
    snapshotEvery: 100,
    venue: paperVenueFor(input.config, store.id),
    sha256,
    clock: null,
    observer: recorder,
    isStopped: () => false,
  })
  return resultOf(played, recorder)
}

describe('a sleeve of days that is watched by the minute', () => {
  it('is stopped within the day, at the price of the minute; without the watch at its level, at the close', async () => {
    const watched = await run(WATCHED)
    const plain = await run('')
    expect(watched.market.blocks.map(({ clock }) => clock)).toEqual(['nyse/1m', 'nyse/1d'])
    expect(plain.market.blocks.map(({ clock }) => clock)).toEqual(['nyse/1d'])
    const stopOf = ({ result }: typeof plain) => result.trades.find(({ exitReason }) => exitReason === 'stop')!
    expect(stopOf(watched)).toMatchObject({
      entryPrice: BOUGHT,
      openedAt: minuteOf(FALL_DAY, 0),
      exitPrice: FALLEN,
      closedAt: minuteOf(FALL_DAY, FALL_MINUTE),
    })
    expect(stopOf(plain)).toMatchObject({
      entryPrice: BOUGHT,
      openedAt: minuteOf(FALL_DAY, 0),
      closedAt: minuteOf(FALL_DAY, SESSION_MINUTES),
    })
    expect(stopOf(plain).exitPrice).toBeCloseTo(BOUGHT * (1 - STOP), 2)
    for (const { result } of [watched, plain]) expect(result.invariants.violated).toEqual([])
  })

  it('decides as it does without, on the closes of its days', async () => {
    const [watched, plain] = [(await run(WATCHED)).result, (await run('')).result]
    const decided = ({ orders }: RunResult) =>
      orders
        .filter(({ shares }) => shares[0]!.reason !== 'stop')
        .map(({ at, instrument, net, filled, price, shares }) => ({ at, instrument, net, filled, price, shares }))
    expect(decided(watched).map(({ shares }) => shares[0]!.reason)).toEqual(['below band', 'below band', 'sma'])
    expect(decided(watched)).toEqual(decided(plain))
    expect(watched.orders.length).toBe(decided(watched).length + 1)
    // What is decided on a close goes with the next open.
    const opens = DAYS.map((_, day) => minuteOf(day, 0))
    expect(decided(watched).filter(({ at }) => !opens.includes(at))).toEqual([])
    expect(watched.days).toEqual(plain.days)
    expect(watched.sleeves[0]!.paused).toBeNull()
  })

  it('breaks a limit within the day on which the price falls, and only at its close without the watch', async () => {
    const rest = 'limits: {drawdown: {halt: 0.015, resume: 0.01}}\nviolations: {}\n'
    const brokenAt = async (keys: string) => {
      const { result } = await run(keys, rest)
      return result.violations.find(({ rule }) => rule === 'portfolio_drawdown')?.at
    }
    expect(await brokenAt(WATCHED)).toBe(minuteOf(FALL_DAY, FALL_MINUTE + 1))
    expect(await brokenAt('')).toBe(minuteOf(FALL_DAY, SESSION_MINUTES))
  })

  it('comes to the same books on paper and from its journal', async () => {
    const loaded = await loadPortfolio(portfolio('paper', WATCHED))
    const { market, result } = await run(WATCHED)
    const strategies = [...loaded.strategies.values()]
    const {
      invariants: _,
      notes: __,
      ...paper
    } = await onPaper({ config: loaded.config, market, strategies, checks: true })
    const { invariants: ___, notes: ____, ...backtest } = result
    expect(paper).toEqual(backtest)
    const store = journalOf(loaded, market)
    const recorded = (await recordedMarket(store, 'Watched'))!
    expect(recorded.market.blocks.map(({ clock, calendar }) => [clock, calendar])).toEqual([
      ['nyse/1m', 'nyse'],
      ['nyse/1d', 'nyse'],
    ])
    const again = runBacktest({ config: recorded.config, market: recorded.market, strategies, checks: true })
    expect(again.canonical).toEqual(result.canonical)
    expect(again.trades).toEqual(result.trades)
    expect((await recordedResult(store, 'Watched', loaded.strategies)).canonical).toEqual(result.canonical)
  })

  it('is stopped in a folder that grows before the day is over', async () => {
    const loaded = await loadPortfolio(portfolio('grows', WATCHED))
    const { market } = await run(WATCHED)
    const strategies = [...loaded.strategies.values()]
    const stopsAt = (now: number): RunResult['trades'] => {
      const known = knownMarket(market, now as Instant, 0).market
      const { trades } = runBacktest({ config: loaded.config, market: known, strategies, checks: true })
      return trades.filter(({ exitReason }) => exitReason === 'stop')
    }
    expect(stopsAt(minuteOf(FALL_DAY, FALL_MINUTE))).toEqual([])
    // The minute is known once it is over.
    expect(stopsAt(minuteOf(FALL_DAY, FALL_MINUTE + 1))).toMatchObject([
      { exitPrice: FALLEN, closedAt: minuteOf(FALL_DAY, FALL_MINUTE) },
    ])
  })
})

describe('the key "watch"', () => {
  const refused = async (keys: string, more: (text: string) => string = (text) => text): Promise<string> => {
    const path = portfolio('refused', keys)
    writeFileSync(path, more(readFileSync(path, 'utf8')))
    const cause: unknown = await runPortfolio(path, { data: folder }, {}).then(
      () => 'fine',
      (error: unknown) => error,
    )
    return String((cause as Error).message).replaceAll(`${folder}/`, '')
  }

  it.each([
    ['a length that there is not', 'watch: 2m', /^refused\.yaml:8:12 sleeves\[0\]\.watch: must be one of .*1m.*"2m"/],
    [
      'bars as long as those that it decides on',
      'watch: 1d',
      /^refused\.yaml:8:12 sleeves\[0\]\.watch: must be shorter than the sleeve's timeframe of 1d, was "1d"; write a shorter one or remove it$/,
    ],
    [
      'longer bars',
      '{timeframe: 5m, watch: 1h}',
      /^refused\.yaml:9:12 sleeves\[0\]\.watch: must be shorter than the sleeve's timeframe of 5m, was "1h"; /,
    ],
  ] as const)('does not take %s', async (_, keys, message) => {
    const block = keys.startsWith('{') ? keys.slice(1, -1).replace(', ', '\n    ') : keys
    expect(await refused(block)).toMatch(message)
  })

  it('asks for a file of such bars, and says which one is none', async () => {
    const said = await refused(WATCHED, (text) => text.replace('file: A.csv', 'file: D.csv'))
    expect(said).toBe(
      'refused.yaml:8:12 sleeves[0].watch: must not be shorter than the bars that there are, was "1m": "D.csv" of A holds one bar a day; name a file of bars of a minute or finer, or write a longer watch',
    )
  })

  it('belongs to a strategy, and to instruments that have bars within a day', async () => {
    const idle = await refused(WATCHED, (text) => text.replace('strategy: mean-reversion', 'title: Idle'))
    expect(idle).toContain('refused.yaml:8:12 sleeves[0].watch: belongs to a strategy; name one under "strategy:"')
    const future = await refused(WATCHED, (text) =>
      text.replace('universe: [A]', 'universe: [F]').replace('  D: {file: D.csv, kind: etf}', FUTURE),
    )
    expect(future).toContain('sleeves[0].watch: "F" is a future, which has one bar a day, was "1m"; remove it')
    expect(future).not.toContain('leave "timeframe"')
  })

  it('says what holds shorter bars back where files grow', async () => {
    const notesOf = async (keys: string, rest: string) => (await loadPortfolio(portfolio('notes', keys, rest))).notes
    const note = 'D: bars of days only; a run with --follow holds the shorter bars of watched instruments back'
    expect((await notesOf(WATCHED, 'benchmark: D\n')).filter((one) => one.startsWith(note))).toHaveLength(1)
    expect((await notesOf(WATCHED, '')).filter((one) => one.includes('--follow'))).toEqual([])
    expect((await notesOf('', 'benchmark: D\n')).filter((one) => one.includes('--follow'))).toEqual([])
  })

  it('gives no second clock where a sleeve decides on bars as short', async () => {
    const path = portfolio('both', WATCHED)
    const second = `  - {id: quick, weight: 0.1, strategy: mean-reversion, timeframe: 1m, universe: [A], sizing: {kind: percent, fraction: 0.9}}\ninstruments:`
    writeFileSync(path, readFileSync(path, 'utf8').replace('instruments:', second))
    const { instruments, config } = await loadPortfolio(path)
    expect(instruments[0]!.instrument.clocks).toEqual(['nyse/1m', 'nyse/1d'])
    expect(instruments[0]!.watch).toBeUndefined()
    expect(config.sleeves.map(({ watch }) => watch)).toEqual(['nyse/1m', undefined])
  })
})
