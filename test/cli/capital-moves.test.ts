import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import type { CapitalRecord } from '../../src/domain/capital.ts'
import { type Bar, through } from '../fixtures/exits/bars.ts'
import { instruments, type Played, play, timetable } from '../fixtures/exits/scenario.ts'
import { commands } from './command.ts'

/** Rebalancing, deposits, withdrawals, dated commands and loans as a portfolio file says them. */

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-moves-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SLEEVES = `sleeves:
  - {id: one, weight: 0.5, strategy: ./buyer.js, universe: [A], sizing: {kind: quantity, quantity: 50}}
  - {id: two, weight: 0.5, strategy: ./idler.js, universe: [A], sizing: {kind: quantity, quantity: 1}}
`
const files = { 'buyer.js': timetable('buyer', { 0: { enter: [0] } }), 'idler.js': timetable('idler', {}) }
/** 2024-01-02, 03, 04, 05, then the week of the 8th. */
const RISEN = through([100, 100, 160, 160, 160, 160, 160, 160, 160, 160])

function run(more: string, bars: readonly Bar[] = RISEN, sleeves = SLEEVES): Promise<Played> {
  const portfolio = `name: Moves\ncapital: 20000\n${more}${sleeves}${instruments(['A'])}`
  return play({ name: 'moves', calendar: 'nyse', first: '2024-01-02', bars: { A: bars }, files, portfolio })
}

const told = (records: readonly CapitalRecord[]) =>
  records.map(({ tradeDate, cause, sleeve, moved, reason }) => [tradeDate, cause, sleeve, moved / 1_000_000, reason])
const movesOf = ({ result }: Played) => told((result.capital?.records ?? []).filter(({ moved }) => moved !== 0))
const moved = (date: number, reason: string) => [
  [date, 'rebalance', 'one', -1_500, reason],
  [date, 'rebalance', 'two', 1_500, reason],
]

async function said(more: string, sleeves = SLEEVES): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  writeFileSync(join(folder, 'p.yaml'), `name: Moves\ncapital: 20000\n${more}${sleeves}${instruments(['A'])}`)
  const spoken = await loadPortfolio(join(folder, 'p.yaml')).then(
    ({ unused }) => unused.join('\n'),
    (cause: unknown) => (cause as Error).message,
  )
  return spoken.replaceAll(`${folder}/`, '')
}

describe('rebalancing in a portfolio file', () => {
  it('is never where nothing is said of it, or never', async () => {
    expect(movesOf(await run(''))).toEqual([])
    expect(movesOf(await run('rebalancing: never\n'))).toEqual([])
  })

  it('is due every so many portfolio days, or on the first day of a week', async () => {
    expect(movesOf(await run('rebalancing: {method: periodic, every: 4}\n'))).toEqual(moved(20240105, 'periodic'))
    expect(movesOf(await run('rebalancing: {method: periodic, every: week}\n'))).toEqual(moved(20240108, 'periodic'))
    expect(movesOf(await run('rebalancing: {method: periodic, every: day}\n'))).toEqual(moved(20240104, 'periodic'))
    expect(movesOf(await run('rebalancing: {method: periodic, every: month}\n'))).toEqual([])
  })

  it('is due when a sleeve drifts by more than the threshold, not when it stands on it', async () => {
    const reason = 'threshold: "one" drifted by 6.52 points of weight'
    expect(movesOf(await run('rebalancing: threshold\n'))).toEqual(moved(20240104, reason))
    expect(movesOf(await run('rebalancing: {method: threshold, threshold: 0.07}\n'))).toEqual([])
    // 15,000 and 10,000: exactly a tenth from its half.
    const onIt = through([100, 100, 200, 200, 200])
    expect(movesOf(await run('rebalancing: {method: threshold, threshold: 0.1}\n', onIt))).toEqual([])
    expect(movesOf(await run('rebalancing: {method: threshold, threshold: 0.0999}\n', onIt))).toHaveLength(2)
  })

  it('takes any combination, and moves nothing by every_bar: sizes follow the portfolio instead', async () => {
    expect(movesOf(await run('rebalancing: {method: [threshold, periodic, manual], every: 3}\n'))).toEqual(
      moved(20240104, 'periodic'),
    )
    const sized = SLEEVES.replace('{kind: quantity, quantity: 1}', '{kind: percent, fraction: 1}').replace(
      './idler.js',
      './later.js',
    )
    const later = { ...files, 'later.js': timetable('later', { 4: { enter: [0] } }) }
    const held = async (method: string) => {
      const portfolio = `name: Moves\ncapital: 20000\nleverage: 2\nrebalancing: ${method}\n${sized}${instruments(['A'])}`
      const { result } = await play({
        name: 'moves',
        calendar: 'nyse',
        first: '2024-01-02',
        bars: { A: RISEN },
        files: later,
        portfolio,
      })
      expect(result.invariants.violated).toEqual([])
      return [result.positions[1]!.quantity, result.capital?.records ?? []]
    }
    // 11,500 and 10,000 at 160
    expect(await held('every_bar')).toEqual([71, []])
    expect(await held('never')).toEqual([62, []])
  })

  it('scales or liquidates where it says so', async () => {
    const scaled = await run('rebalancing: {method: periodic, every: 4, by: scaling}\n')
    expect(scaled.result.positions.map(({ quantity }) => quantity)).toEqual([45])
    expect(movesOf(scaled)).toEqual(moved(20240108, 'periodic'))
    const sold = await run('rebalancing: {method: periodic, every: 4, by: liquidation}\n')
    expect(sold.result.positions).toEqual([])
    expect(movesOf(sold)).toEqual(moved(20240108, 'periodic'))
  })

  it('comes with a breach where the method says so, at the end of its day', async () => {
    // 50 x 60 of 23,000 are lost on the fourth day: 13 % below the peak.
    const bars = through([100, 100, 160, 100, 100, 100])
    const limits = 'limits: {drawdown: {halt: 0.1, resume: 0.05}}\n'
    expect(movesOf(await run(`${limits}rebalancing: on_breach\n`, bars))).toEqual([])
    const uneven = SLEEVES.replace('weight: 0.5', 'weight: 0.6').replace('weight: 0.5', 'weight: 0.4')
    const breach = 'breach: portfolio_drawdown'
    const fallen = through([100, 100, 160, 130, 130, 130])
    const some = 'limits: {drawdown: {halt: 0.05, resume: 0.02}}\n'
    // 13,500 + 8,000: six tenths of 21,500 are 12,900.
    expect(movesOf(await run(`${some}rebalancing: on_breach\n`, fallen, uneven))).toEqual([
      [20240105, 'rebalance', 'one', -600, breach],
      [20240105, 'rebalance', 'two', 600, breach],
    ])
    expect(movesOf(await run(`${some}rebalancing: manual\n`, fallen, uneven))).toEqual([])
  })

  it('names the keys that its method does not use, and keeps them', async () => {
    expect(await said('rebalancing: {method: threshold, every: 20, by: scaling}\n')).toBe(
      'rebalancing.every is not used: the method is threshold',
    )
    expect(await said('rebalancing: {method: never, every: 20, threshold: 0.1, by: scaling}\n')).toBe(
      [
        'rebalancing.every is not used: the method is never',
        'rebalancing.threshold is not used: the method is never',
        'rebalancing.by is not used: the method is never',
      ].join('\n'),
    )
    expect(await said('rebalancing: {method: [periodic, threshold], every: 5, threshold: 0.1}\n')).toBe('')
  })

  it('takes its schedule from the allocation where it has none', async () => {
    const every = async (allocation: string) => {
      await said(`${allocation}rebalancing: periodic\n`)
      return (await loadPortfolio(join(folder, 'p.yaml'))).config.capitalPlan!.rebalancing
    }
    expect(await every('allocation: {method: inverse_volatility}\n')).toEqual({
      triggers: ['periodic'],
      schedule: { kind: 'days', every: 60 },
      threshold: 0.05,
      by: 'transfer',
    })
    expect((await every('allocation: {method: sharpe_weighted}\n')).schedule).toEqual({ kind: 'days', every: 21 })
  })
})

describe('money and commands on stated days', () => {
  it('come before the first trade of their day, or of the next one that trades', async () => {
    const played = await run(
      'flows:\n  - {date: 2024-01-06, amount: 1000}\n  - {date: 2024-01-03, amount: -500, to: two}\noperations:\n  - {date: 2024-01-09, rebalance: transfer}\n  - {date: 2024-01-05, pause: two}\n',
    )
    expect(told(played.result.capital!.records)).toEqual([
      [20240103, 'flow', 'two', -500, 'withdrawal'],
      [20240105, 'operator', 'two', 0, 'paused: positions are managed, nothing is opened'],
      [20240108, 'flow', 'one', 500, 'deposit'],
      [20240108, 'flow', 'two', 500, 'deposit'],
      [20240109, 'rebalance', 'one', -1_750, 'manual'],
      [20240109, 'rebalance', 'two', 1_750, 'manual'],
    ])
    expect(played.report.portfolio.flows).toBe(500)
    expect(played.report.invariants.violated).toEqual([])
    // 50 x 60 on 19,500, and not a cent from the money that came and went.
    expect(played.report.portfolio.totalReturn).toBeCloseTo(3_000 / 19_500, 12)
  })

  it('lets a sleeve start later with its weight, out of the reserve that kept it', async () => {
    const sleeves = SLEEVES.replace('{id: one, weight: 0.5', '{id: one, starts: 2024-01-04, weight: 0.4')
    const played = await run('', RISEN, sleeves)
    expect(
      played.result.sleeves.map(({ id, equity }) => [id, equity[0], Math.round(equity.at(-1)! * 1e6) / 1e6]),
    ).toEqual([
      ['one', 0, 8_000],
      ['two', 10_000, 10_000],
      ['cash', 10_000, 2_000],
    ])
    // It decides from its first day on, and its first wish is that of its first bar.
    expect(played.result.orders.map(({ tradeDate, net }) => [tradeDate, net])).toEqual([[20240105, 50]])
  })

  it('keeps the shadow of a sleeve that starts later from the first day, at what its weight stands for', async () => {
    const sleeves = SLEEVES.replace('{id: one, weight: 0.5', '{id: one, starts: 2024-01-05, weight: 0.4')
    const { report } = await run('shadows: true\n', RISEN, sleeves)
    // 50 shares from 100 to 160, alone; the sleeve itself began when they stood at 160 already.
    expect(report.sleeves[0]!.shadow).toMatchObject({ final: 11_000, totalReturn: 3_000 / 8_000 })
    expect(report.sleeves[0]!.final).toBeCloseTo(8_000, 6)
  })

  it('lends by the fall of the benchmark and takes back', async () => {
    const bars = through([100, 100, 75, 75, 95, 95])
    const rule = 'benchmark: A\ndeploy: {when: {benchmark_drawdown: 0.2}, to: [two], amount: 0.5, until: {days: 2}}\n'
    const sleeves = SLEEVES.replaceAll('weight: 0.5', 'weight: 0.4')
    expect(movesOf(await run(rule, bars, sleeves))).toEqual([
      [20240104, 'loan', 'two', 2_000, 'lent: benchmark down 25 %'],
      [20240104, 'loan', 'cash', -2_000, 'lent: benchmark down 25 %'],
      [20240108, 'loan', 'two', -2_000, 'taken back'],
      [20240108, 'loan', 'cash', 2_000, 'taken back'],
    ])
    // Lent money is no drift: 10,000 of 18,750 would be 13 points above the weight of 40 %.
    const drifting = await run(`${rule}rebalancing: {method: threshold, threshold: 0.1}\n`, bars, sleeves)
    expect(movesOf(drifting)).toHaveLength(4)
  })

  it.each([
    [
      'rebalancing: sometimes\n',
      /^p\.yaml:3:14 rebalancing: must be one of never, every_bar, periodic, threshold, on_breach, manual/,
    ],
    ['rebalancing: {method: periodic, every: 0}\n', /^p\.yaml:3:40 rebalancing\.every: must be at least 1, was "0"/],
    [
      'rebalancing: {method: threshold, threshhold: 0.1}\n',
      /^p\.yaml:3:34 unknown key "threshhold"; did you mean "threshold"/,
    ],
    ['flows:\n  - {date: 2024-02-30, amount: 1}\n', /^p\.yaml:4:12 flows\[0\]\.date: must be a date that exists/],
    ['flows:\n  - {date: soon, amount: 1}\n', /^p\.yaml:4:12 flows\[0\]\.date: must be a date such as 2024-01-31/],
    [
      'flows:\n  - {date: 2024-02-01, amount: 0}\n',
      /^p\.yaml:4:32 flows\[0\]\.amount: must be money that comes or goes, was "0"/,
    ],
    [
      'flows:\n  - {date: 2024-02-01, amount: 5, to: tow}\n',
      /^p\.yaml:4:39 flows\[0\]\.to: no sleeve is named "tow"; did you mean "two"/,
    ],
    [
      'operations:\n  - {date: 2024-02-01, pause: one, resume: two}\n',
      /^p\.yaml:4:5 operations\[0\]: must give one command \(pause, resume, remove, add, rebalance, confirm_stage\), was pause and resume/,
    ],
    ['operations:\n  - {date: 2024-02-01}\n', /^p\.yaml:4:5 operations\[0\]: must give one command .* was none/],
    [
      'deploy: {when: {benchmark_drawdown: 0.2}, to: [two], amount: 0.5, until: {days: 2}}\n',
      /^p\.yaml:3:16 deploy\.when: looks at the benchmark, and there is none; name one under `benchmark`/,
    ],
    [
      'benchmark: A\ndeploy: {when: {benchmark_drawdown: 0.2}, to: [two], amount: 0.5, until: {benchmark_drawdown: 0.2}}\n',
      /^p\.yaml:4:95 deploy\.until\.benchmark_drawdown: must be below that of when \(0\.2\), was "0\.2"/,
    ],
  ])('refuses %j with the place and what to do', async (more, expected) => {
    expect(await said(more)).toMatch(expected)
  })

  it('refuses a first day of a reserve, and one that an operation gives as well', async () => {
    const late = SLEEVES.replace('{id: two,', '{id: two, starts: 2024-01-05,')
    expect(await said('operations:\n  - {date: 2024-01-05, add: two}\n', late)).toMatch(
      /sleeves\[1\]\.starts: "two" is added by an operation as well; keep one of them$/,
    )
    const kept = `${SLEEVES.replaceAll('0.5', '0.4')}  - {id: purse, weight: 0.2, starts: 2024-01-05}\n`
    expect(await said('', kept)).toMatch(
      /sleeves\[2\]\.starts: "purse" only holds cash and is there from the first day/,
    )
    expect(
      await said('operations:\n  - {date: 2024-01-05, remove: purse}\n', kept.replace(', starts: 2024-01-05', '')),
    ).toMatch(/operations\[0\]\.remove: "purse" only holds cash; name a sleeve that trades$/)
  })
})

describe('the command rebalance', () => {
  it('prints what a rebalancing on the last day would move, order and cost, and asks for --preview', async () => {
    const traded = '{price: 40, volatility: 0.4, drift: 0.2, average_volume: 60000000}'
    const text = `name: Moves\ncapital: 20000\nrebalancing: {method: manual, every: 20}\n${SLEEVES}instruments: {A: {file: A.csv, simulation: ${traded}}}\n`
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    writeFileSync(join(folder, 'c.yaml'), text)
    for (const [name, strategy] of Object.entries(files)) writeFileSync(join(folder, name), strategy)
    const [refused, said, shown, checked] = await commands(folder, [
      ['rebalance', 'c.yaml'],
      ['rebalance', 'c.yaml', '--preview', '--by', 'liquidation', '--to', '2020-03-31', '--json'],
      ['rebalance', 'c.yaml', '--preview', '--to', '2020-03-31'],
      ['config', 'check', 'c.yaml'],
    ])
    expect([refused!.code, refused!.out]).toEqual([2, ''])
    expect(refused!.err).toMatch(/--preview is needed: a backtest is history/)
    expect(said!.err).toBe('')
    const view = JSON.parse(said!.out)
    expect(Object.keys(view)).toEqual([
      'portfolio',
      'currency',
      'date',
      'by',
      'equity',
      'sleeves',
      'transfers',
      'orders',
      'cost',
      'open',
    ])
    expect([view.date, view.by, view.open]).toEqual(['2020-03-31', 'liquidation', null])
    expect(view.orders).toMatchObject([{ stage: 'before', instrument: 'A', quantity: -50 }])
    expect(view.sleeves.map(({ name }: { name: string }) => name)).toEqual(['one', 'two', 'cash'])
    expect(shown!.out).toMatch(
      /^Moves on 31 Mar 2020: rebalancing by transfer would do this\. Nothing has been changed\.\n/,
    )
    expect(checked!.out).toMatch(/^warning: rebalancing\.every is not used: the method is manual$/m)
    expect(shown!.out).toMatch(/ from (one to two|two to one)\n/)
  })
})
