import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AllocatorFigures, AllocatorsView } from '../../src/api/contract/allocators.ts'
import { ALLOCATION_METHODS } from '../../src/domain/allocation.ts'
import { dataFolder } from '../outside-data.ts'
import { commands, type Ended } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-allocators-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A business day after the other, of two series that have nothing to do with each other. */
const DAYS = Array.from({ length: 120 }, (_, day) => {
  const date = new Date(Date.UTC(2024, 0, 1 + Math.floor(day / 5) * 7 + (day % 5))).toISOString().slice(0, 10)
  return `${date},${(0.004 * Math.sin(day) + 0.0008).toFixed(8)},${(0.02 * Math.cos(1.7 * day) + 0.001).toFixed(8)}`
})

const FILES: Readonly<Record<string, string>> = {
  'four.csv': 'date,a,b\n2024-01-31,0.01,0.03\n2024-02-29,-0.01,0.01\n2024-03-31,0.02,0\n2024-04-30,0,0.04\n',
  'late.csv':
    'date,a,b\n2023-12-31,0.5,\n2024-01-31,0.01,0.03\n2024-02-29,,0.01\n2024-03-31,0.02,0\n2024-04-30,0,0.04\n2024-05-31,0.1,\n',
  'apart.csv': 'date,a,b\n2024-01-31,0.01,\n2024-02-29,0.02,\n2024-03-31,,0.01\n2024-04-30,,0.04\n',
  'undated.csv': 'a,b\n0.01,0.03\n-0.01,0.01\n',
  'days.csv': `date,calm,wild\n${DAYS.join('\n')}\n`,
  'known.yaml': 'a: {weight: 0.25, stage: MATURE}\nb: {weight: 0.5, stage: DISCOVERY}\n',
  'streams.yaml': `name: two streams
capital: 100000
sleeves:
  - {id: calm, kind: return_stream, weight: 0.6, returns: {file: days.csv, column: calm}}
  - {id: wild, kind: return_stream, weight: 0.3, returns: {file: days.csv, column: wild}}
`,
}

const four = ['compare-allocators', '--returns', 'four.csv', '--window', '2', '--json']
const RUNS = {
  four: [...four, '--cost', '0', '--budget', 'known.yaml'],
  dear: [...four, '--cost', '100'],
  late: ['compare-allocators', '--returns', 'late.csv', '--window', '2', '--cost', '0', '--json'],
  table: ['compare-allocators', '--returns', 'days.csv', '--html', 'page.html'],
  sleeves: ['compare-allocators', 'streams.yaml', '--data', '.', '--window', '20', '--every', 'month', '--json'],
  file: ['compare-allocators', '--returns', 'days.csv', '--window', '20', '--every', 'month', '--json'],
} as const

const REFUSALS: readonly (readonly [readonly string[], string])[] = [
  [['compare-allocators'], '--returns or a configuration is needed; give a file'],
  [
    ['compare-allocators', 'streams.yaml', '--returns', 'four.csv'],
    '--returns stands beside a configuration; give one',
  ],
  [['compare-allocators', '--returns', 'four.csv'], '--window takes 60 rows, but "four.csv" has 4; give a smaller one'],
  [['compare-allocators', '--returns', 'undated.csv'], 'it has no column of dates; add one, such as 2024-01-31'],
  [['compare-allocators', '--returns', 'apart.csv'], 'its series have no time in common; leave some out'],
  [['compare-allocators', '--returns', 'four.csv', '--every', 'day'], 'Write a whole number of rows above 0, or week'],
  [['compare-allocators', '--returns', 'four.csv', '--bounds', '0.6,0.7'], 'need at least 2 x 0.6 = 1.2, above 1'],
]

describe('compare-allocators', () => {
  const runs: Record<string, Ended> = {}
  let refusals: readonly Ended[] = []
  beforeAll(async () => {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
    const names = Object.keys(RUNS)
    const all = [...Object.values(RUNS), ...REFUSALS.map(([args]) => args)]
    const ended = await commands(folder, all)
    names.forEach((name, index) => {
      runs[name] = ended[index]!
    })
    refusals = ended.slice(names.length)
  }, 120_000)

  const view = (name: keyof typeof RUNS): AllocatorsView => JSON.parse(runs[name]!.out) as AllocatorsView
  const of = (name: keyof typeof RUNS, method: string): AllocatorFigures =>
    view(name).allocators.find((figures) => figures.method === method)!

  it('tries every method, on the rows behind the first window', () => {
    const { allocators, start, end, rows, periods, series } = view('four')
    expect(allocators.map(({ method }) => method)).toEqual([...ALLOCATION_METHODS])
    expect([start, end, rows, periods]).toEqual(['2024-03-31', '2024-04-30', 2, 12])
    expect(series).toEqual(['a', 'b'])
    expect(allocators.filter(({ skipped }) => skipped !== null)).toEqual([])
  })
  it('earns what the weights held: by hand', () => {
    expect(of('four', 'equal').totalReturn).toBeCloseTo(1.01 * 1.02 - 1, 12)
    expect(of('four', 'fixed').totalReturn).toBeCloseTo((1 + 0.25 * 0.02) * (1 + 0.5 * 0.04) - 1, 12)
    // Of both rows before, a moved by 2 % and b by 2 %: equal volatilities; then a by 3 % and b by 1 %: one to three.
    const { finalWeights } = of('four', 'inverse_volatility')
    expect(finalWeights!['a']).toBeCloseTo(0.04 / (0.02 + 0.04), 12)
  })
  it('says what moving costs, half of what is moved being the turnover of a year', () => {
    const moved = [Math.abs((0.5 * 1.02) / 1.01 - 0.5) * 2, Math.abs((0.5 * 1.04) / 1.02 - 0.5) * 2]
    const equity = moved.reduce((money, part, row) => money * (1 + [0.01, 0.02][row]!) * (1 - 0.01 * part), 1)
    const { totalReturn, turnover, cost } = of('dear', 'equal')
    expect(totalReturn).toBeCloseTo(equity - 1, 12)
    expect(turnover).toBeCloseTo(((moved[0]! + moved[1]!) / 2) * 6, 12)
    expect(cost).toBeCloseTo((moved[0]! + moved[1]!) * 0.01 * 6, 12)
  })
  it('leaves out rows before all series begin and after one ends, holds gaps between, and says so', () => {
    const { start, end, notes } = view('late')
    expect([start, end]).toEqual(['2024-03-31', '2024-04-30'])
    expect(notes.slice(0, 2)).toEqual([
      'all series have returns from 2024-01-31 to 2024-04-30: the 2 other rows are left out',
      '1 rows lack a return of some series: there it is held as it is',
    ])
    expect(notes).toContain('fixed is left out: it needs a weight of each series')
    expect(of('late', 'fixed')).toMatchObject({ skipped: 'needs a weight of each series', sharpe: null })
  })
  it('prints a table with a curve, and writes a page that needs nothing else', () => {
    const { code, out, err } = runs['table']!
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/inverse_volatility +[+−]\d.*[▁-█]{24}/)
    const page = readFileSync(join(folder, 'page.html'), 'utf8')
    expect(page).toContain('Allocators on days.csv')
    expect(page).toContain('min_variance')
    expect(page.match(/<path class="line/g)!.length).toBeGreaterThanOrEqual(13)
    expect(page).not.toMatch(/(src|href)="http/)
  })
  it('takes the sleeves of a configuration, each as it does alone', () => {
    const [own, plain] = [view('sleeves'), view('file')]
    expect([own.source, own.series, own.rows]).toEqual(['two streams', plain.series, plain.rows])
    expect(own.schedule).toBe('on the first day of each month')
    for (const method of ['equal', 'erc', 'max_sharpe', 'kelly']) {
      const [left, right] = [of('sleeves', method), of('file', method)]
      expect(left.sharpe).toBeCloseTo(right.sharpe!, 6)
      expect(left.turnover).toBeCloseTo(right.turnover!, 6)
    }
    expect(of('sleeves', 'fixed').finalWeights).toEqual({ calm: 0.6, wild: 0.3 })
  })
  it.each(REFUSALS.map(([args, said], index) => [args.join(' '), said, index] as const))(
    '%s is refused',
    (_, said, index) => {
      const { code, out, err } = refusals[index]!
      expect([code, out]).toEqual([2, ''])
      expect(err).toContain(said)
    },
  )
})

const data = dataFolder()

describe.skipIf(data === null)('compare-allocators (needs the folder of POLYFOLIO_TEST_DATA)', () => {
  it.each([
    ['edhec_monthly.csv', 12, 13],
    ['ff5_mom_daily.csv', 252, 7],
  ])(
    '%s: every figure of every method is there',
    async (file, periods, series) => {
      const path = join(data!, 'strategy_returns', file)
      const [ended] = await commands(folder, [['compare-allocators', '--returns', path, '--json']])
      const view = JSON.parse(ended!.out) as AllocatorsView
      expect([view.periods, view.series.length]).toEqual([periods, series])
      const tried = view.allocators.filter(({ skipped }) => skipped === null)
      expect(tried.map(({ method }) => method)).toEqual(
        ALLOCATION_METHODS.filter((method) => method !== 'fixed' && method !== 'lifecycle'),
      )
      for (const { method, finalWeights, meanWeights, skipped: _, ...figures } of tried) {
        expect(
          Object.values(figures).every((value) => Number.isFinite(value)),
          method,
        ).toBe(true)
        expect(figures.sharpeLow! < figures.sharpe! && figures.sharpe! < figures.sharpeHigh!).toBe(true)
        expect(figures.maxDrawdown! < 0 && figures.turnover! > 0 && figures.cost! > 0).toBe(true)
        for (const weights of [finalWeights!, meanWeights!]) {
          const sum = Object.values(weights).reduce((total, weight) => total + weight, 0)
          expect(sum).toBeLessThanOrEqual(1 + 1e-9)
        }
      }
      expect(view.curves.days.at(-1)).toBe(view.end)
    },
    60_000,
  )
})
