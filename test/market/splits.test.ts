import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { configCheck } from '../../src/cli/commands/config-check.ts'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import type { Reach } from '../../src/cli/market/market.ts'
import { loadMarket } from '../../src/cli/run.ts'
import { describeFault, FaultError } from '../../src/domain/faults.ts'
import { formatDate } from '../../src/domain/sessions.ts'
import type { TradeDate } from '../../src/domain/units.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { dataFolder } from '../outside-data.ts'

const data = dataFolder()
const raw = join(data ?? '', 'splits_raw')
const work = mkdtempSync(join(tmpdir(), 'polyfolio-splits-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** Splits by file as the companies announced them: first day at the new price, new shares for old ones. */
const SPLITS: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {
  AAPL: [
    [20_050_228, 2, 1],
    [20_140_609, 7, 1],
    [20_200_831, 4, 1],
  ],
  NFLX: [[20_150_715, 7, 1]],
  C: [[20_110_509, 1, 10]],
  USO: [[20_200_429, 1, 8]],
  TOPS: [
    [20_080_320, 1, 3],
    [20_110_624, 1, 10],
    [20_140_421, 1, 7],
    [20_160_222, 1, 10],
    [20_170_511, 1, 20],
    [20_170_623, 1, 15],
    [20_170_803, 1, 30],
    [20_171_006, 1, 2],
    [20_180_326, 1, 10],
    [20_190_822, 1, 20],
    [20_200_810, 1, 25],
  ],
}
/** TOPS stood at 1.5e12 of today's prices in 2005: no share of a millionth is left of what was bought then. */
const COMPARABLE = ['AAPL', 'NFLX', 'C', 'USO']

interface Row {
  readonly date: number
  readonly prices: readonly number[]
  readonly volume: number
}

function rowsOf(symbol: string): readonly Row[] {
  const [, ...lines] = readFileSync(join(raw, `${symbol}.csv`), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => {
    const [date, open, high, low, close, volume] = line.split(',')
    return {
      date: Number(date!.replaceAll('-', '')),
      prices: [open, high, low, close].map(Number),
      volume: Number(volume),
    }
  })
}

/** How many shares of the last day one share of a day has become. */
function sharesLater(symbol: string, date: number): number {
  return SPLITS[symbol]!.filter(([day]) => day > date).reduce((shares, [, a, b]) => (shares * a) / b, 1)
}

/** The file with raw prices and its splits, and the file whose prices are divided by every later split: no dividends. */
function writeBoth(symbol: string): { readonly raw: string; readonly divided: string } {
  const rows = rowsOf(symbol)
  const splits = new Map(SPLITS[symbol]!.map(([day, a, b]) => [day, a / b]))
  const rawRows = rows.map(
    ({ date, prices, volume }) =>
      `${formatDate(date as TradeDate)},${prices.join(',')},${volume},${splits.get(date) ?? 1}`,
  )
  const dividedRows = rows.map(({ date, prices, volume }) => {
    const shares = sharesLater(symbol, date)
    return `${formatDate(date as TradeDate)},${prices.map((price) => price / shares).join(',')},${volume * shares}`
  })
  const folder = { raw: join(work, `${symbol}-raw`), divided: join(work, `${symbol}-divided`) }
  mkdirSync(folder.raw)
  mkdirSync(folder.divided)
  const header = 'date,open,high,low,close,volume'
  writeFileSync(join(folder.raw, `${symbol}.csv`), `${header},split_coefficient\n${rawRows.join('\n')}\n`)
  writeFileSync(join(folder.divided, `${symbol}.csv`), `${header}\n${dividedRows.join('\n')}\n`)
  return folder
}

/** Buys one instrument with most of the capital on the first day and keeps it. */
function portfolio(symbol: string, prices: 'raw' | 'adjusted', more = ''): string {
  const file = join(work, `${symbol}-${prices}${more === '' ? '' : '-more'}.yaml`)
  const text = `name: Kept
capital: 1000000
sleeves:
  - {id: kept, weight: 1, strategy: buy-and-hold, universe: [${symbol}], sizing: {kind: notional, amount: 900000}}
instruments:
  ${symbol}: {file: ${symbol}.csv, prices: ${prices}, unit: 0.000001, step: 0.000001${more}}
`
  writeFileSync(file, text)
  return file
}

async function run(file: string, folder: string, reach: Reach = { from: null, to: null }): Promise<RunResult> {
  const loaded = await loadPortfolio(file)
  const market = await loadMarket(loaded, folder, reach)
  const result = runBacktest({
    config: loaded.config,
    market,
    strategies: [...loaded.strategies.values()],
    checks: true,
  })
  expect(result.invariants.violated).toEqual([])
  return result
}

function returnsOf({ equity }: RunResult): number[] {
  return Array.from(equity.subarray(1), (value, day) => value / equity[day]! - 1)
}

describe.skipIf(data === null)('splits on live lots (needs the folder of POLYFOLIO_TEST_DATA)', () => {
  it.each(COMPARABLE)('give %s the same returns on raw prices as on prices divided by later splits', async (symbol) => {
    const folder = writeBoth(symbol)
    const asTraded = await run(portfolio(symbol, 'raw'), folder.raw)
    const divided = await run(portfolio(symbol, 'adjusted'), folder.divided)
    const [one, other] = [returnsOf(asTraded), returnsOf(divided)]
    expect(one.length).toBe(other.length)
    const apart = one.map((value, day) => Math.abs(value - other[day]!))
    expect(Math.max(...apart)).toBeLessThan(1e-6)
    expect(asTraded.equity.at(-1)! / divided.equity.at(-1)!).toBeCloseTo(1, 6)
  })

  const events = Object.entries(SPLITS).flatMap(([symbol, splits]) =>
    splits.map(([day, a, b]) => ({ symbol, day, a, b, date: formatDate(day as TradeDate) })),
  )
  it.each(events)('leave equity continuous over $a:$b of $symbol on $date', async ({ symbol, day, a, b }) => {
    const rows = rowsOf(symbol)
    const at = rows.findIndex(({ date }) => date === day)
    const reach = { from: rows[at - 5]!.date as TradeDate, to: rows[at + 2]!.date as TradeDate }
    const { days, equity, attribution, positions } = await run(portfolio(symbol, 'raw'), raw, reach)
    const today = days.indexOf(day)
    const [bought] = attribution.filter(({ kind }) => kind === 'fill')
    const shares = bought!.quantity
    const [yesterdayClose, close] = [rows[at - 1]!.prices[3]!, rows[at]!.prices[3]!]
    // What the shares gain on the day, counted in new ones; the fraction below a millionth is paid in cash.
    const gain = shares * (close * (a / b) - yesterdayClose)
    expect(equity[today]! - equity[today - 1]!).toBeCloseTo(gain, 2)
    expect(positions[0]!.quantity).toBeCloseTo((shares * a) / b, 5)
    expect(positions[0]!.averagePrice * positions[0]!.quantity).toBeCloseTo(bought!.price * shares, 0)
    expect(attribution.filter(({ kind }) => kind === 'split').length).toBeGreaterThan(0)
  })
})

describe.skipIf(data === null)('dividends on live lots (needs the folder of POLYFOLIO_TEST_DATA)', () => {
  it('are paid in cash for the shares that are held on the day', async () => {
    const { attribution, sleeves } = await run(portfolio('AAPL', 'raw'), raw)
    let shares = attribution.find(({ kind }) => kind === 'fill')!.quantity
    const [, ...lines] = readFileSync(join(raw, 'AAPL.csv'), 'utf8').trim().split('\n')
    let owed = 0
    let count = 0
    for (const line of lines.slice(2)) {
      const cells = line.split(',')
      const split = SPLITS['AAPL']!.find(([day]) => day === Number(cells[0]!.replaceAll('-', '')))
      if (split !== undefined) shares = (shares * split[1]) / split[2]
      const amount = Number(cells[7])
      owed += shares * amount
      if (amount > 0) count += 1
    }
    const paid = attribution.filter(({ kind }) => kind === 'dividend')
    expect(paid).toHaveLength(count)
    expect(paid.reduce((sum, { cash }) => sum + cash, 0)).toBeCloseTo(owed, 1)
    expect(sleeves[0]!.dividends).toBeCloseTo(owed, 1)
  })
})

/** What a run and a check of the configuration say; both must refuse alike. */
async function refusals(file: string, folder: string): Promise<readonly string[]> {
  const said = (cause: unknown): string => {
    if (cause instanceof FaultError) return describeFault(cause.fault)
    throw cause
  }
  return Promise.all([
    run(file, folder).then(() => 'nothing', said),
    configCheck(file, { data: folder, json: true }).then(() => 'nothing', said),
  ])
}

describe.skipIf(data === null)('a basis declared the wrong way (needs the folder of POLYFOLIO_TEST_DATA)', () => {
  it('is detected from the jump of raw prices', async () => {
    const said =
      '"AAPL.csv" line 40: prices are declared adjusted, but jump at the 2:1 split of 2005-02-28 as raw prices do; declare them raw'
    expect(await refusals(portfolio('AAPL', 'adjusted'), raw)).toEqual([said, said])
  })

  it('is detected from the missing jump of adjusted prices with a split column', async () => {
    const folder = join(work, 'columned')
    mkdirSync(folder)
    const rows = rowsOf('NFLX').map(({ date, prices, volume }) => {
      const shares = sharesLater('NFLX', date)
      const split = date === 20_150_715 ? 7 : 1
      return `${formatDate(date as TradeDate)},${prices.map((price) => price / shares).join(',')},${volume * shares},${split}`
    })
    const header = 'date,open,high,low,close,volume,split_coefficient'
    writeFileSync(join(folder, 'NFLX.csv'), `${header}\n${rows.join('\n')}\n`)
    const line = rowsOf('NFLX').findIndex(({ date }) => date === 20_150_715) + 2
    const said = `"NFLX.csv" line ${line}: prices are declared raw, but do not jump at the 7:1 split of 2015-07-15; declare them adjusted`
    expect(await refusals(portfolio('NFLX', 'raw'), folder)).toEqual([said, said])
  })
})
