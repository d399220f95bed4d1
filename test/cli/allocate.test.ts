import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands, type Ended } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-allocate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const RETURNS = Array.from({ length: 60 }, (_, day) => {
  const date = new Date(Date.UTC(2024, 0, 2 + day)).toISOString().slice(0, 10)
  const calm = 0.004 * Math.sin(day) + 0.0008
  const wild = 0.02 * Math.cos(1.7 * day) + 0.001
  return `${date},${calm.toFixed(8)},${day === 7 ? '' : wild.toFixed(8)}`
})

const FILES: Readonly<Record<string, string>> = {
  'returns.csv': `date,calm,wild\n${RETURNS.join('\n')}\n`,
  'still.csv': `date,a,b\n${Array.from({ length: 28 }, (_, day) => `2024-02-${String(day + 1).padStart(2, '0')},0.001,0.0003`).join('\n')}\n`,
  'prices.csv': 'date,a\n2024-01-02,100\n2024-01-03,101\n',
  'named.csv': 'name,a,b\na,0.04,0.006\nb,0.006,0.01\n',
  'plain.csv': 'a,b\n0.04,0.006\n0.006,0.01\n',
  'lopsided.csv': 'a,b\n0.04,0.006\n0.007,0.01\n',
  'oblong.csv': 'a,b,c,d\n1,0,0,0\n0,1,0,0\n',
  'means.csv': 'name,mean\na,0.05\nb,0.03\n',
  'bare.csv': 'a,0.05\nb,0.03\n',
  'budget.yaml': 'a: 0.75\nb: 0.25\n',
  'tree.yaml':
    'first:\n  budget: 60\n  sleeves: {a: {budget: 1, positions: {SPY: {budget: 3, volatility: 0.2}, QQQ: {volatility: 0.3}}}}\nsecond:\n  budget: 40\n  sleeves: {b: {budget: 1}}\n',
  'stages.csv': 'name,stage,sharpe,win_rate\na,MATURE,2,0.5\nb,PAPER,3,0.9\n',
  'percent.yaml': 'a: {stage: MATURE, win_rate: 60}\n',
  'unknown.yaml': 'a: 0.5\nz: 0.5\n',
  'groups.yaml': 'both: {sleeves: [a, b], upper: 0.5}\n',
  'before.json': '{"method": "equal", "weights": {"a": 0.5, "b": 0.5}, "cash": 0}',
}

const given = ['--covariance', 'named.csv', '--json', '--method']
const ANSWERS = {
  returns: ['--returns', 'returns.csv', '--method', 'erc', '--json'],
  still: ['--returns', 'still.csv', '--method', 'erc', '--json'],
  named: [...given, 'min_variance'],
  plain: ['--covariance', 'plain.csv', '--method', 'min_variance', '--json'],
  bounded: [...given, 'inverse_volatility', '--bounds', '0.4,0.6'],
  sharpe: [...given, 'max_sharpe', '--means', 'means.csv', '--rf', '0.01'],
  bare: [...given, 'max_sharpe', '--means', 'bare.csv', '--rf', '0.01'],
  budget: [...given, 'risk_budget', '--budget', 'budget.yaml'],
  tree: [...given, 'hierarchical_risk_budget', '--budget', 'tree.yaml'],
  fixed: [...given, 'fixed', '--budget', 'budget.yaml', '--groups', 'groups.yaml'],
  stages: [...given, 'lifecycle', '--budget', 'stages.csv'],
  slow: [...given, 'min_variance', '--previous', 'before.json', '--turnover-penalty', '0.1'],
  table: ['--covariance', 'named.csv', '--method', 'equal'],
} as const

const REFUSALS: readonly (readonly [readonly string[], string])[] = [
  [['--method', 'erc'], '--returns or --covariance is needed; give a file'],
  [['--returns', 'returns.csv', '--covariance', 'named.csv', '--method', 'erc'], 'stands beside --returns; give one'],
  [['--returns', 'prices.csv', '--method', 'erc'], 'column "a" holds prices, not returns; write returns such as 0.012'],
  [['--covariance', 'named.csv', '--method', 'max_sharpe'], '--means is needed for max_sharpe with --covariance'],
  [['--covariance', 'named.csv', '--method', 'sortino_weighted'], '--returns is needed for sortino_weighted'],
  [['--covariance', 'named.csv', '--method', 'fixed'], '--budget is needed for fixed'],
  [['--covariance', 'named.csv', '--method', 'lifecycle'], '--budget is needed for lifecycle'],
  [['--covariance', 'lopsided.csv', '--method', 'erc'], 'are 0.006 and 0.007; both must be the same'],
  [['--covariance', 'oblong.csv', '--method', 'erc'], '2 rows of 4 columns are no covariance'],
  [['--covariance', 'named.csv', '--method', 'equal', '--bounds', '0.6,0.7'], 'need at least 2 x 0.6 = 1.2, above 1'],
  [['--covariance', 'named.csv', '--method', 'equal', '--bounds', '0.7,0.6'], 'the lower and the upper bound'],
  [
    ['--covariance', 'named.csv', '--method', 'lifecycle', '--budget', 'percent.yaml'],
    'a.win_rate must be from 0 to 1',
  ],
  [['--covariance', 'named.csv', '--method', 'fixed', '--budget', 'unknown.yaml'], 'z is no series; there are a, b'],
  [['--covariance', 'named.csv', '--method', 'fixed', '--budget', 'gone.yaml'], 'no file "gone.yaml"'],
]

interface Answer {
  readonly method: string
  readonly weights: Readonly<Record<string, number>>
  readonly cash: number
  readonly positions?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly diagnostics: Readonly<Record<string, unknown>>
}

describe('polyfolio allocate', () => {
  let answers: Readonly<Record<string, Ended>> = {}
  let refusals: readonly Ended[] = []
  beforeAll(async () => {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
    const table = [...Object.values(ANSWERS), ...REFUSALS.map(([args]) => args)].map((args) => ['allocate', ...args])
    const ended = await commands(folder, table)
    const names = Object.keys(ANSWERS)
    answers = Object.fromEntries(names.map((name, index) => [name, ended[index]!]))
    refusals = ended.slice(names.length)
  }, 120_000)

  function answer(name: keyof typeof ANSWERS): Answer {
    const { code, out, err } = answers[name]!
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' })
    return JSON.parse(out) as Answer
  }

  it('prints method, weights by name, cash and diagnostics of a file of returns', () => {
    const { method, weights, cash, diagnostics } = answer('returns')
    expect(method).toBe('erc')
    expect(Object.keys(weights)).toEqual(['calm', 'wild'])
    expect(weights['calm']! + weights['wild']! + cash).toBeCloseTo(1, 12)
    expect(diagnostics).toMatchObject({ observations: 59, covariance: 'sample' })
    const parts = diagnostics['contributions'] as Record<string, number>
    expect(parts['calm']).toBeCloseTo(0.5, 9)
    expect(answers['returns']!.err).toContain('1 of 60 rows lack a return of some series and were left out')
  })
  it('names no ratio to what rounding leaves of returns that never move', () => {
    expect(answer('still').diagnostics).toMatchObject({ sharpe: null, diversificationRatio: null })
  })
  it('takes a covariance with or without names before its rows', () => {
    expect(answer('named').weights['a']).toBeCloseTo(0.004 / 0.038, 12)
    expect(answer('plain')).toEqual(answer('named'))
  })
  it('holds bounds, groups and the turnover penalty', () => {
    expect(answer('bounded').weights['a']).toBeCloseTo(0.4, 12)
    const { weights, cash } = answer('fixed')
    expect(weights['a']! + weights['b']!).toBeCloseTo(0.5, 12)
    expect(cash).toBeCloseTo(0.5, 12)
    expect(answer('slow').weights['a']).toBeCloseTo(0.004 / 0.038 + 0.1, 9)
  })
  it('reads means, budgets, trees of budgets and stages', () => {
    // in proportion to the inverse covariance times the excess means
    const [first, second] = [0.01 * 0.04 - 0.006 * 0.02, 0.04 * 0.02 - 0.006 * 0.04]
    expect(answer('sharpe').weights['a']).toBeCloseTo(first / (first + second), 9)
    expect(answer('bare')).toEqual(answer('sharpe'))
    expect(answer('budget').diagnostics['contributions']).toEqual({
      a: expect.closeTo(0.75, 9),
      b: expect.closeTo(0.25, 9),
    })
    expect(answer('tree').diagnostics['contributions']).toEqual({
      a: expect.closeTo(0.6, 9),
      b: expect.closeTo(0.4, 9),
    })
    const { weights, positions } = answer('tree')
    // the risk of a: its weight times its volatility of 0.2, three quarters of it over 0.2
    expect(positions?.['a']?.['SPY']).toBeCloseTo((weights['a']! * 0.2 * 0.75) / 0.2, 12)
    expect(positions?.['a']?.['QQQ']).toBeCloseTo((weights['a']! * 0.2 * 0.25) / 0.3, 12)
    expect(answer('stages')).toMatchObject({ weights: { a: expect.closeTo(0.08, 12), b: 0 } })
  })
  it('prints a table without --json', () => {
    expect(answers['table']!.out).toMatch(/^series +weight +part of the risk$/m)
    expect(answers['table']!.out).toMatch(/^a +50\.00 % +\d+\.\d\d %$/m)
    expect(answers['table']!.out).toMatch(/^cash +0\.00 %$/m)
  })
  it.each(REFUSALS.map(([args, said], index) => [args.join(' '), said, index] as const))(
    'refuses %s',
    (_, said, index) => {
      const { code, out, err } = refusals[index]!
      expect(err).toContain(said)
      expect([code, out]).toEqual([2, ''])
    },
  )
})
