import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nyseSessions } from '../../adapters/calendars/nyse.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { runBacktest } from '../../engine/run/run.ts'
import { loadPortfolio } from '../config/load.ts'
import { loadMarket } from '../run.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-futures-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  return join(folder, name)
}

const dates = Array.from(nyseSessions().dates).filter((date) => date >= 20_240_102 && date <= 20_241_231)
const HEADER = 'date,open,high,low,close,volume'

/** One row a session: the price rises by a half on each, from a first one on. */
function prices(name: string, base: number, from: number, to: number, volume: (date: number) => number = () => 1_000) {
  const rows = dates.flatMap((date, at) => {
    if (date < from || date > to) return []
    const open = base + at * 0.5
    const text = formatDate(date as TradeDate)
    return [`${text},${open},${open + 1},${open - 0.25},${open + 0.25},${volume(date)}`]
  })
  written(name, [HEADER, ...rows])
}
prices('index.csv', 400, 20_240_102, 20_241_231)
prices('h.csv', 4_020, 20_240_102, 20_240_315)
prices('m.csv', 4_060, 20_240_102, 20_240_621, (date) => (date < 20_240_305 ? 1 : 9_999))
prices('u.csv', 4_100, 20_240_401, 20_240_920)

const FILES = [
  '    contracts:',
  '      - {file: h.csv, expiry: 2024-03-15}',
  '      - {file: m.csv, expiry: 2024-06-21}',
  '      - {file: u.csv, expiry: 2024-09-20, symbol: SEP}',
]

/** A chain ES, bought once and held. */
const portfolio = (name: string, of: readonly string[], extra: readonly string[] = []): string =>
  written(`${name}.yaml`, [
    'name: futures',
    'capital: 1000000',
    'benchmark: SPX',
    'sleeves:',
    '  - {id: hold, strategy: buy-and-hold, universe: [ES], weight: 1, sizing: {kind: quantity, quantity: 3}}',
    'instruments:',
    '  SPX: {file: index.csv}',
    '  ES:',
    '    kind: future',
    '    multiplier: 50',
    '    tick: 0.25',
    ...of,
    ...extra,
  ])

async function ran(file: string, from: number | null = null): Promise<RunResult> {
  const loaded = await loadPortfolio(file)
  const market = await loadMarket(loaded, folder, { from: from as TradeDate | null, to: null })
  return runBacktest({ config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true })
}

async function refusal(file: string): Promise<string> {
  try {
    await ran(file)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

describe('a future made of contract files', () => {
  it('is held contract by contract, rolled before each expiry, and settled at the last', async () => {
    const result = await ran(portfolio('files', FILES))
    const told = result.orders.map(({ tradeDate: date, instrument, filled }) => [date, instrument, filled])
    expect(told).toEqual([
      [20_240_103, 'ESH24', 3],
      // Five trading days of the contract are left after the day of the roll.
      [20_240_308, 'ESH24', -3],
      [20_240_308, 'ESM24', 3],
      [20_240_613, 'ESM24', -3],
      [20_240_613, 'SEP', 3],
    ])
    expect(result.trades.map(({ instrument, exitReason, exitDate }) => [instrument, exitReason, exitDate])).toEqual([
      ['ESH24', 'roll', 20_240_308],
      ['ESM24', 'roll', 20_240_613],
      ['SEP', 'expiry', 20_240_920],
    ])
    // Every contract rises by a half each session: what is earned is that rise, and no jump from contract to contract.
    const sessions = dates.indexOf(20_240_920) - dates.indexOf(20_240_103)
    expect(result.equity.at(-1)! - 1_000_000).toBeCloseTo(3 * 50 * (sessions * 0.5 + 0.25), 6)
    expect(result.invariants.violated).toEqual([])
    expect(result.notes.join()).not.toContain('SYNTHETIC')
    expect(result.sleeves[0]!.synthetic).toEqual([])
  })
  it('rolls by volume where it is told so, and begins a later run with the contract of that day', async () => {
    const result = await ran(portfolio('volume', ['    roll: {by: volume}', ...FILES]))
    expect(result.orders[1]).toMatchObject({ tradeDate: 20_240_306, instrument: 'ESH24' })
    const later = await ran(portfolio('later', FILES), 20_240_401)
    expect(later.orders[0]).toMatchObject({ tradeDate: 20_240_402, instrument: 'ESM24' })
    expect(later.instruments.map(({ symbol }) => symbol)).toEqual(['SPX', 'ES', 'ESM24', 'SEP'])
  })
})

describe('a future that is generated', () => {
  it('follows its instrument and is marked wherever it is shown', async () => {
    const result = await ran(portfolio('synthetic', ['    synthetic: {from: SPX, seed: 5, scale: 10}']))
    expect(result.notes).toContain(
      'SYNTHETIC: ES: its contracts are generated from SPX by seed 5, nobody traded them; traded by hold',
    )
    expect(result.orders.map(({ instrument, filled }) => [instrument, filled]).slice(0, 5)).toEqual([
      ['ESH24', 3],
      ['ESH24', -3],
      ['ESM24', 3],
      ['ESM24', -3],
      ['ESU24', 3],
    ])
    expect(result.sleeves.map(({ synthetic }) => synthetic)[0]).toEqual(['futures prices'])
    // 251 rises of half a point, times ten, less about 2 % of carry on 4,000 points: a point is worth 150.
    const points = (result.equity.at(-1)! - 1_000_000) / 150
    expect(points).toBeGreaterThan(1_100)
    expect(points).toBeLessThan(1_250)
    expect(result.invariants.violated).toEqual([])
  })
})

describe('a future that is not right', () => {
  it.each([
    ['nothing', [], 'a future has contracts; list files under "contracts"'],
    ['both', [...FILES, '    synthetic: {from: SPX, seed: 1}'], 'stands beside "contracts"; keep one'],
    ['stranger', ['    synthetic: {from: SPC, seed: 1}'], 'instrument "SPC" is not declared; did you mean "SPX"?'],
    [
      'itself',
      ['    synthetic: {from: ES, seed: 1}'],
      'must name an instrument with prices of its own, was the future',
    ],
    ['file', ['    file: h.csv', ...FILES], 'a future has a file for each contract'],
    [
      'order',
      ['    contracts: [{file: m.csv, expiry: 2024-06-21}, {file: h.csv, expiry: 2024-03-15}]'],
      'list contracts in the order of their expiries',
    ],
    ['date', ['    contracts: [{file: m.csv, expiry: June}]'], 'must be a day as YYYY-MM-DD, was "June"'],
    ['late', ['    contracts: [{file: m.csv, expiry: 2024-05-17}]'], '"m.csv" goes on to 2024-06-21, after its expiry'],
    ['missing', ['    contracts: [{file: x.csv, expiry: 2024-05-17}]'], 'no file "x.csv" in the data folder'],
  ])('is refused with what to do: %s', async (name, of, reason) => {
    const said = await refusal(portfolio(`bad-${name}`, of))
    expect(said).toContain(reason)
    expect(said).toMatch(/bad-.*\.yaml:\d+/)
  })
  it('nor may another kind have a roll', async () => {
    const said = await refusal(portfolio('share', FILES, ['  A: {file: h.csv, roll: {by: volume}}']))
    expect(said).toBe('')
    const used = written('used.yaml', [
      'name: x',
      'capital: 1000',
      'sleeves:',
      '  - {id: a, strategy: buy-and-hold, universe: [A], weight: 1, sizing: {kind: quantity, quantity: 1}}',
      'instruments:',
      '  A: {file: h.csv, roll: {by: volume}}',
    ])
    expect(await refusal(used)).toContain('belongs to a future')
  })
})
