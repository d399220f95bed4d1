import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { runBacktest } from '../../engine/run/run.ts'
import { loadPortfolio } from '../config/load.ts'
import { reportOf } from '../report/figures.ts'
import { loadMarket, runPortfolio } from '../run.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-streams-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** A portfolio file of these lines below its name and capital. */
const portfolio = (name: string, ...lines: readonly string[]): string =>
  written(`${name}.yaml`, ['name: streams', 'capital: 1000', ...lines, ''].join('\n'))

async function ran(file: string, reach: { from?: number; to?: number } = {}): Promise<RunResult> {
  const loaded = await loadPortfolio(file)
  const from = (reach.from ?? null) as TradeDate | null
  const market = await loadMarket(loaded, folder, { from, to: (reach.to ?? null) as TradeDate | null })
  return runBacktest({ config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true })
}

written('managers.csv', 'date,HAM1,HAM2\n2024-01-31,0.1,\n2024-02-29,,0.5\n2024-03-31,-0.5,0.1\n2024-04-30,0.2,\n')
const stream = (id: string, column: string, weight: number): string =>
  `  - {id: ${id}, kind: return_stream, weight: ${weight}, returns: {file: managers.csv, column: ${column}}}`
const MONTHS = portfolio('months', 'periods: 12', 'sleeves:', stream('one', 'HAM1', 0.5), stream('two', 'HAM2', 0.25))

describe('a sleeve that holds a recorded stream', () => {
  it('earns every return of the file from the first on; a row without one holds', async () => {
    const { days, equity, sleeves, invariants, notes, capital } = await ran(MONTHS)
    expect([...days]).toEqual([20_240_131, 20_240_229, 20_240_331, 20_240_430])
    expect([...sleeves[0]!.equity].map((value) => value.toFixed(3))).toEqual([
      '550.000',
      '550.000',
      '275.000',
      '330.000',
    ])
    // Before its first return the second one is money; after its last one it is closed, and its money is the reserve's.
    expect([...sleeves[1]!.equity].map((value) => value.toFixed(3))).toEqual([
      '250.000',
      '375.000',
      '412.500',
      '412.500',
    ])
    expect([...sleeves[1]!.openPositions]).toEqual([0, 1, 1, 0])
    expect(capital!.records.map(({ tradeDate, sleeve, after }) => [tradeDate, sleeve, after])).toEqual([
      [20_240_331, 'two', null],
      [20_240_430, 'two', 0],
      [20_240_430, 'cash', expect.closeTo(412.5 + 250, 3)],
    ])
    expect(equity.at(-1)).toBeCloseTo(330 + 412.5 + 250, 3)
    expect(invariants.violated).toEqual([])
    expect(notes).toEqual(['managers.csv: a row without a return holds the index, line 3'])
  })
  it('joined later earns from that day on', async () => {
    const { days, sleeves } = await ran(MONTHS, { from: 20_240_301 })
    expect([...days]).toEqual([20_240_331, 20_240_430])
    expect([...sleeves[0]!.equity].map((value) => value.toFixed(3))).toEqual(['250.000', '300.000'])
  })
  it('says where it was recorded', async () => {
    const report = reportOf(await ran(MONTHS))
    expect(report.sleeves.map(({ recorded, strategy }) => [strategy, recorded])).toEqual([
      ['return-stream', { file: 'managers.csv', column: 'HAM1' }],
      ['return-stream', { file: 'managers.csv', column: 'HAM2' }],
      [null, null],
    ])
  })
  it('pays for what moves, as its kind of instrument does', async () => {
    const costs = 'costs: {stream: {commission: {bps: 100}}}'
    const { sleeves } = await ran(portfolio('costs', 'periods: 12', costs, 'sleeves:', stream('one', 'HAM1', 1)))
    const [{ fees, equity }] = sleeves as [RunResult['sleeves'][number]]
    // A hundredth of what was bought, and of what the fee itself made to be sold at the next close.
    expect(fees).toBeCloseTo(10.1, 2)
    expect(equity[0]).toBeCloseTo(1000 * 1.1 - 10, 2)
  })
  it('closes its days with those of an exchange that the portfolio trades on', async () => {
    const rows = [
      '2024-03-07,10,10,10,10,100',
      '2024-03-08,10,11,10,11,100',
      '2024-03-11,11,12,11,12,100',
      '2024-03-12,12,12,12,12,100',
    ]
    written('ACME.csv', `Date,Open,High,Low,Close,Volume\n${rows.join('\n')}\n`)
    written('daily.csv', 'date,x\n2024-03-08,0.1\n2024-03-11,0.1\n2024-03-12,0.1\n')
    const { days, sleeves } = await ran(
      portfolio(
        'mixed',
        'instruments: {ACME: {file: ACME.csv}}',
        'sleeves:',
        '  - {id: own, strategy: buy-and-hold, universe: [ACME], weight: 0.5, sizing: {kind: notional, amount: 100}}',
        '  - {id: abroad, kind: return_stream, weight: 0.5, returns: {file: daily.csv, column: x}}',
      ),
    )
    // Daylight saving begins on 10 March: the exchange closes an hour earlier in UTC, and so does the stream.
    expect([...days]).toEqual([20_240_307, 20_240_308, 20_240_311, 20_240_312])
    expect([...sleeves[1]!.equity].map((value) => value.toFixed(2))).toEqual(['500.00', '550.00', '605.00', '665.50'])
  })
  it('on sparser dates than the days of the portfolio gives money only where it can be sold', async () => {
    const days = ['02', '03', '04', '05', '08', '09', '10', '11', '12']
    written('falling.csv', `date,x\n${days.map((day) => `2024-01-${day},-0.05`).join('\n')}\n`)
    written('weekly.csv', 'date,x\n2024-01-05,0.5\n2024-01-12,0.5\n')
    const { sleeves, invariants } = await ran(
      portfolio(
        'sparse',
        'rebalancing: {method: periodic, every: 1, by: transfer}',
        'sleeves:',
        '  - {id: daily, kind: return_stream, weight: 0.5, returns: {file: falling.csv, column: x}}',
        '  - {id: weekly, kind: return_stream, weight: 0.5, returns: {file: weekly.csv, column: x}}',
      ),
    )
    const [daily, weekly] = sleeves as [RunResult['sleeves'][number], RunResult['sleeves'][number]]
    expect(Math.min(...daily.cash, ...weekly.cash)).toBeGreaterThan(-1e-3)
    // Until its first Friday opens the weekly one is money, which is dealt every day; then nothing is taken from it.
    const half = (1000 * 0.975 ** 3 * 1.225) / 2
    expect(weekly.equity.at(-2)).toBeCloseTo(half, 2)
    expect(daily.equity.at(-2)).toBeCloseTo(half * 0.95 ** 4, 2)
    expect(invariants.violated).toEqual([])
  })
  it('says so when its rows are far more or fewer than the periods of a year', async () => {
    const many = Array.from(
      { length: 36 },
      (_, month) => `${2020 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-28,0.01`,
    )
    written('many.csv', `date,x\n${many.join('\n')}\n`)
    const sleeve = '  - {id: x, kind: return_stream, weight: 1, returns: {file: many.csv, column: x}}'
    const { notes } = await ran(portfolio('many', 'sleeves:', sleeve))
    expect(notes).toEqual(['many.csv has about 12 rows a year, but a year counts 252; set "periods: 12"'])
    expect((await ran(portfolio('years', 'periods: 12', 'sleeves:', sleeve))).notes).toEqual([])
  })

  it.each([
    [
      'without a source',
      ['  - {id: x, kind: return_stream, weight: 1}'],
      /sleeves\[0\]\.returns: is missing; name where the stream is recorded/,
    ],
    [
      'with a strategy',
      ['  - {id: x, kind: return_stream, strategy: buy-and-hold, weight: 1, returns: {file: a.csv, column: b}}'],
      /sleeves\[0\]\.strategy: means nothing for a recorded stream/,
    ],
    [
      'of a trading sleeve',
      ['  - {id: x, weight: 1, returns: {file: a.csv, column: b}}'],
      /sleeves\[0\]\.returns: belong to a recorded stream; add "kind: return_stream"/,
    ],
    [
      'with an unknown key',
      ['  - {id: x, kind: return_stream, weight: 1, returns: {file: a.csv, colum: b}}'],
      /"colum".*did you mean "column"/,
    ],
  ])('%s is refused with its place', async (_, lines, said) => {
    const file = portfolio('wrong', 'sleeves:', ...lines)
    await expect(loadPortfolio(file)).rejects.toThrow(said)
    await expect(loadPortfolio(file)).rejects.toThrow(/wrong\.yaml:4:/)
  })

  it.each([
    ['no such file', 'managers.txt', 'HAM1', /no file "managers\.txt" in the data folder/],
    ['no such column', 'managers.csv', 'HAM', /"managers\.csv" has no column "HAM"; did you mean "HAM1"/],
    ['no dates', 'undated.csv', 'x', /has no column of dates; a recorded stream needs one/],
    [
      'a loss of everything',
      'ruin.csv',
      'x',
      /row 2 of "x" is -1: nothing would be left to hold; returns are fractions/,
    ],
    ['percentages', 'percent.csv', 'x', /"x" has grown more than a million times by row 4; returns are fractions/],
  ])('%s is refused when it is read', async (_, name, column, said) => {
    written('undated.csv', 'x,y\n0.1,0.2\n0.2,0.1\n')
    written('ruin.csv', 'date,x\n2024-01-31,0.1\n2024-02-29,-1\n')
    written('percent.csv', 'date,x\n2024-01-31,40\n2024-02-29,-0.5\n2024-03-29,50\n2024-04-30,3000\n')
    const file = portfolio(
      'read',
      'sleeves:',
      `  - {id: x, kind: return_stream, weight: 1, returns: {file: ${name}, column: ${column}}}`,
    )
    await expect(ran(file)).rejects.toThrow(said)
  })
})

describe('an operator, with a recorded stream', () => {
  it('removes it and adds another one later', async () => {
    const file = portfolio(
      'operated',
      'periods: 12',
      'operations: [{date: 2024-03-01, remove: one}]',
      'flows: [{date: 2024-02-01, amount: -100, to: cash}]',
      'sleeves:',
      stream('one', 'HAM1', 0.5),
      `${stream('two', 'HAM2', 0.25).slice(0, -1)}, starts: 2024-02-01}`,
    )
    const { sleeves, equity, invariants } = await ran(file)
    expect([...sleeves[0]!.openPositions]).toEqual([1, 1, 0, 0])
    // bought at the close of February, it earns what March brings
    expect([...sleeves[1]!.openPositions]).toEqual([0, 0, 1, 0])
    expect(sleeves[1]!.equity[0]).toBe(0)
    expect(sleeves[1]!.equity[2]! / sleeves[1]!.equity[1]!).toBeCloseTo(1.1, 6)
    expect(equity[1]).toBeCloseTo(1000 + 50 - 100, 3)
    expect(invariants.violated).toEqual([])
  })

  it('is told when there is nothing to run', async () => {
    const file = portfolio('still', 'sleeves: [{id: cash, weight: 1}]')
    const reason = /still\.yaml:3:\d+ sleeves: only hold cash, so that there is no day to run/
    await expect(runPortfolio(file, { data: folder }, {})).rejects.toThrow(reason)
  })

  it('is told when no portfolio day ends within the run', async () => {
    const reach = { from: 20_240_201 as TradeDate, to: 20_240_202 as TradeDate }
    await expect(runPortfolio(MONTHS, { data: folder }, reach)).rejects.toThrow(
      /no day of the portfolio ends from 2024-02-01 to 2024-02-02/,
    )
  })
})
