import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { command, start } from './command.ts'

const MINUTE_MS = 60_000
const HISTORY = 120

const folder = storeFolder()
afterAll(() => folder.remove())

/** A price that swings, so that something is bought and sold all the time. */
function bar(at: number): string {
  const price = (time: number): number =>
    30_000 + 900 * Math.sin(time / (7 * MINUTE_MS)) + 400 * Math.sin(time / 190_000)
  const [open, close] = [price(at), price(at + MINUTE_MS)]
  const [high, low] = [Math.max(open, close) + 5, Math.min(open, close) - 5]
  const figures = [open, high, low, close].map((figure) => figure.toFixed(2))
  return `${new Date(at).toISOString()},${figures.join(',')},5000\n`
}

function portfolio(file = 'minutes.yaml', cycle = '1s', data = 'data/BTC.csv'): void {
  writeFileSync(
    folder.path(file),
    `name: Minutes
capital: 100000
day_calendar: continuous
parity: {USDT: USD}
paper: {fills: backtest}
engine: {cycle: ${cycle}, retry_after: 1s, stale_after: {grace: 1s, bars: 2}}
sleeves:
  - {id: minutes, weight: 0.9, strategy: mean-reversion, timeframe: 1m, parameters: {entry_rsi: 40}, universe: [BTC], sizing: {kind: percent, fraction: 0.4}}
instruments:
  BTC: {file: ${data}, kind: perpetual, currency: USDT}
`,
  )
}

interface Status {
  readonly startedAt: string
  readonly seq: number
  readonly dataAge: number | null
  readonly nextCycleAt: string | number | null
  readonly gates: readonly { readonly gate: string }[]
  readonly failure: string
}

async function statusUntil(isIt: (status: Status) => boolean, store = 'live.db'): Promise<Status> {
  for (let asked = 0; ; asked += 1) {
    const { code, out, err } = await command(folder.path('.'), ['status', '--store', store, '--json'])
    const document = code === 0 ? (JSON.parse(out) as { portfolios: { engine: Status | null }[] }) : null
    const one = document?.portfolios[0]?.engine ?? null
    if (one !== null && isIt(one)) return one
    if (asked > 20) throw new Error(`it did not happen: ${out} ${err}`)
    await wait(500)
  }
}

async function alertsOf(file: string): Promise<(readonly [rule: string, text: string])[]> {
  const store = await openStore(folder.path(file), { create: false })
  const alerts: (readonly [rule: string, text: string])[] = []
  for await (const { rule, text } of store.projections.projectedRows('Minutes', 'alert'))
    alerts.push([String(rule), String(text)])
  await store.close()
  return alerts
}

describe.skipIf(!HAS_STORE)(`a folder that is followed ${STORE_NEED}`, () => {
  it('plays what is there, waits, takes what comes, and goes on from there when it is started again', async () => {
    portfolio()
    mkdirSync(folder.path('data'), { recursive: true })
    const file = folder.path('data/BTC.csv')
    const first = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - (HISTORY + 5) * MINUTE_MS
    const bars = Array.from({ length: HISTORY + 5 }, (_, index) => bar(first + index * MINUTE_MS))
    writeFileSync(file, `date,open,high,low,close,volume\n${bars.slice(0, HISTORY).join('')}`)
    const follow = ['paper', 'minutes.yaml', '--data', '.', '--follow', '--store', 'live.db', '--json']
    const engine = start(folder.path('.'), follow)
    let [stood, stands] = ['', '']
    engine.stdout!.on('data', (chunk: Buffer) => (stood += chunk.toString()))
    const ended = new Promise((done) => engine.on('close', done))
    let begun = ''
    try {
      const caughtUp = await statusUntil(({ nextCycleAt }) => nextCycleAt !== null)
      begun = caughtUp.startedAt
      // Bars of four minutes ago are the last ones: nothing is entered on that.
      const stale = await statusUntil(({ gates }) => gates.some(({ gate }) => gate === 'fresh'))
      expect(stale.dataAge).toBeGreaterThan(3 * MINUTE_MS)
      appendFileSync(file, 'no bar at all\n')
      await statusUntil(({ failure }) => failure !== '')
      writeFileSync(file, `date,open,high,low,close,volume\n${bars.join('')}`)
      const fresh = await statusUntil(({ gates, failure }) => gates.length === 0 && failure === '')
      expect(fresh.seq).toBeGreaterThan(caughtUp.seq + 5)
    } finally {
      engine.kill('SIGTERM')
      await ended
    }
    // Whether the machine was busy is told as well; that is not asked here.
    const told = (await alertsOf('live.db')).filter(([kind]) => kind === 'cycleFails')
    expect(told).toEqual([['cycleFails', expect.stringMatching(/^a cycle failed: .*; skipped: minutes$/)]])
    const again = start(folder.path('.'), follow)
    const over = new Promise((done) => again.on('close', done))
    let how = ''
    again.stdout!.on('data', (chunk: Buffer) => (stands += chunk.toString()))
    again.stderr!.on('data', (chunk: Buffer) => (how += chunk.toString()))
    await statusUntil(({ startedAt, nextCycleAt }) => startedAt !== begun && nextCycleAt !== null)
    again.kill('SIGTERM')
    expect([await over, how]).toEqual([0, expect.stringContaining('events were there already')])
    const booksOf = (text: string): unknown => {
      const { equity, cash, positions } = JSON.parse(text) as Record<string, unknown>
      return { equity, cash, positions }
    }
    expect(booksOf(stands)).toEqual(booksOf(stood))
    expect(booksOf(stood)).not.toMatchObject({ equity: 100_000 })
  }, 240_000)

  it('is looked at at once by `update`, an hour before it would be', async () => {
    portfolio('hourly.yaml', '1h', 'late/BTC.csv')
    mkdirSync(folder.path('late'), { recursive: true })
    const first = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - (HISTORY + 5) * MINUTE_MS
    const bars = Array.from({ length: HISTORY + 5 }, (_, index) => bar(first + index * MINUTE_MS))
    writeFileSync(folder.path('late/BTC.csv'), `date,open,high,low,close,volume\n${bars.slice(0, HISTORY).join('')}`)
    const follow = ['paper', 'hourly.yaml', '--data', '.', '--follow', '--store', 'hourly.db', '--json']
    const engine = start(folder.path('.'), follow)
    const ended = new Promise((done) => engine.on('close', done))
    const update = () => command(folder.path('.'), ['update', '--store', 'hourly.db'])
    try {
      const asleep = await statusUntil(({ nextCycleAt }) => nextCycleAt !== null, 'hourly.db')
      expect(await update()).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Minutes: no new bars: event \d+ is/),
      })
      appendFileSync(folder.path('late/BTC.csv'), bars.slice(HISTORY).join(''))
      const { code, out } = await update()
      expect([code, out]).toEqual([0, expect.stringMatching(/^Minutes: the cycle of .* UTC ended with event \d+\n$/)])
      expect(Number(/(\d+)\n$/.exec(out)![1])).toBeGreaterThan(asleep.seq)
    } finally {
      engine.kill('SIGTERM')
      await ended
    }
  }, 240_000)
})
