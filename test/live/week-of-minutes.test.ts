import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/numerics/random.ts'
import { builtModule } from '../built.ts'
import { isNightly } from '../profile.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'

/*
 * One-minute bars at full speed through `polyfolio paper` and a store: what the process keeps in memory does not grow with
 * what it has lived through.
 */

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
const FIRST = Date.UTC(2024, 0, 1)
/** Of the heap, from the end of the second day (of the short version: of the first) to the last bar. */
const GROWTH_MOST = 0.05

const folder = storeFolder()
afterAll(() => folder.remove())

/** Prices that turn often enough for every sleeve to trade every hour. */
function bars(seed: number, days: number): string {
  const random = createRandom(seed)
  const rows = ['date,open,high,low,close,volume']
  let close = 1_000 * (1 + seed)
  for (let minute = 0; minute < days * DAY_MINUTES; minute += 1) {
    const open = close
    close = Math.max(100, open * (1 + 0.001 * random.normal()))
    const [high, low] = [Math.max(open, close) + 1, Math.min(open, close) - 1]
    const figures = [open, high, low, close].map((figure) => figure.toFixed(2))
    rows.push(`${new Date(FIRST + minute * MINUTE_MS).toISOString()},${figures.join(',')},50000`)
  }
  return `${rows.join('\n')}\n`
}

function portfolio(sleeves: number, days: number): void {
  const coins = Array.from({ length: sleeves }, (_, index) => `COIN${index}`)
  mkdirSync(folder.path('data'), { recursive: true })
  for (const [seed, coin] of coins.entries()) writeFileSync(folder.path(`data/${coin}.csv`), bars(seed, days))
  const lines = coins.map(
    (coin) =>
      `  - {id: ${coin.toLowerCase()}, weight: ${0.9 / sleeves}, strategy: mean-reversion, timeframe: 1m, parameters: {entry_rsi: 40}, universe: [${coin}], sizing: {kind: percent, fraction: 0.4}}\n`,
  )
  const instruments = coins.map(
    (coin) => `  ${coin}: {file: data/${coin}.csv, kind: perpetual, currency: USDT, unit: 0.0001}\n`,
  )
  writeFileSync(
    folder.path('minutes.yaml'),
    `name: Minutes\ncapital: 1000000\nday_calendar: continuous\nparity: {USDT: USD}\nsleeves:\n${lines.join('')}instruments:\n${instruments.join('')}`,
  )
}

interface Sample {
  /** Hour of the market, from its first. */
  readonly hour: number
  readonly heap: number
  /** Bytes of typed arrays, which lie outside the heap. */
  readonly arrays: number
  readonly handles: number
}

/** Runs before the program, in its process: at every sixth hour of the market what is garbage goes and the rest is counted. */
const PROBE = `
import { appendFileSync } from 'node:fs'
const write = process.stdout.write.bind(process.stdout)
let last = -1
process.stdout.write = (chunk, ...rest) => {
  const at = /"at":"([^"]+)"/.exec(chunk)?.[1]
  const hour = at === undefined ? -1 : Math.floor((Date.parse(at) - ${FIRST}) / 3_600_000)
  if (hour >= 0 && hour % 6 === 0 && hour !== last) {
    last = hour
    globalThis.gc()
    globalThis.gc()
    const { heapUsed: heap, arrayBuffers: arrays } = process.memoryUsage()
    const handles = process.getActiveResourcesInfo().length
    appendFileSync('samples.jsonl', JSON.stringify({ hour, heap, arrays, handles }) + '\\n')
  }
  return write(chunk, ...rest)
}
`

async function play(sleeves: number, days: number): Promise<readonly Sample[]> {
  portfolio(sleeves, days)
  writeFileSync(folder.path('probe.mjs'), PROBE)
  const probe = pathToFileURL(folder.path('probe.mjs')).href
  const paper = ['paper', 'minutes.yaml', '--data', '.', '--store', 'minutes.db', '--cycles', 'json']
  const args = ['--expose-gc', '--import', probe, builtModule('src/cli/main.ts'), ...paper]
  const child = spawn(process.execPath, args, { cwd: folder.path('.') })
  let said = ''
  child.stdout.resume()
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  expect(code, said).toBe(0)
  const lines = readFileSync(folder.path('samples.jsonl'), 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Sample)
}

describe.skipIf(!HAS_STORE)(`one-minute bars at full speed ${STORE_NEED}`, () => {
  it('leave memory and open handles as they were', { timeout: 3_600_000 }, async () => {
    const [sleeves, days, from] = isNightly ? [20, 7, 48] : [2, 2, 24]
    const samples = await play(sleeves, days)
    const [early, late] = [samples.find(({ hour }) => hour >= from)!, samples.at(-1)!]
    expect(late.hour).toBeGreaterThanOrEqual(days * 24 - 6)
    expect(late.heap / early.heap - 1).toBeLessThan(GROWTH_MOST)
    expect(late.arrays / early.arrays - 1).toBeLessThan(GROWTH_MOST)
    expect(late.handles).toBeLessThanOrEqual(early.handles)
  })
})
