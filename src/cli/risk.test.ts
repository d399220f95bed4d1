import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { builtModule } from '../../test/built.ts'
import { createRandom } from '../numerics/random.ts'
import { readReturnsTable } from './returns-file.ts'
import { readNumbers } from './sleeves-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-risk-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** Runs the command line as a user does. */
function run(args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const main = builtModule('src/cli/main.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'risk', ...args], {
    encoding: 'utf8',
    env: { ...process.env, POLYFOLIO_DEBUG: '' },
  })
  return { code: status, out: stdout, err: stderr.replace(/^.*ExperimentalWarning.*\n/gm, '') }
}

/** Two years of sessions, three series, the third with a gap. */
function returns(): string {
  const random = createRandom(4)
  const rows = ['date,trend,news,flow']
  for (let day = 0; day < 500; day += 1) {
    const date = new Date(Date.UTC(2023, 0, 2) + day * 86_400_000).toISOString().slice(0, 10)
    const common = random.normal()
    const cell = (scale: number): string => ((common + random.normal()) * scale).toFixed(6)
    rows.push(`${date},${cell(0.01)},${cell(0.005)},${day === 40 ? '' : cell(0.002)}`)
  }
  return `${rows.join('\n')}\n`
}

describe('readReturnsTable', () => {
  it('reads dates, names and gaps', async () => {
    const table = await readReturnsTable(file('gap.csv', 'date,a,b\n2024-01-02,0.01,\n2024-01-03,-0.02,0.5\n'))
    expect(table.names).toEqual(['a', 'b'])
    expect(table.dates).toEqual([20_240_102, 20_240_103])
    expect(table.columns.map((column) => [...column])).toEqual([
      [0.01, -0.02],
      [Number.NaN, 0.5],
    ])
  })
  it('numbers the series of a file without header', async () => {
    const table = await readReturnsTable(file('bare.csv', '0.01,0.02\n0.03,0.04\n'))
    expect(table.names).toEqual(['series 1', 'series 2'])
    expect([...table.columns[1]!]).toEqual([0.02, 0.04])
    expect(table.dates).toBeNull()
  })
  it.each([
    ['date,a,a\n2024-01-02,1,1\n', 'two columns are named "a"; rename one'],
    ['date,a\n2024-01-02,52.1\n2024-01-03,52.4\n', 'column "a" holds prices, not returns'],
    ['date,a,b\n2024-01-02,0.1,\n2024-01-03,0.1,\n', 'column "b" holds no number; remove it'],
    ['date,a\n2024-01-03,0.1\n2024-01-02,0.1\n', 'line 3: "2024-01-02" is not after the date before it'],
    ['date\n2024-01-02\n', 'it has no column of returns'],
    ['date,a\n2024-01-02,x\n', '"x"'],
  ])('refuses %j and says why', async (text, said) => {
    await expect(readReturnsTable(file('bad.csv', text))).rejects.toThrow(said)
  })
})

describe('weights of a mix', () => {
  const names = ['a', 'b']
  it.each([
    ['w.csv', 'name,weight\nb,-0.25\na,0.5\n'],
    ['w.json', '{"a": 0.5, "b": -0.25}'],
    ['w.json', '{"method": "fixed", "weights": {"b": -0.25, "a": 0.5}, "cash": 0.75}'],
  ])('are taken from %s %j', async (name, text) => {
    expect([...(await readNumbers(file(name, text), names))]).toEqual([0.5, -0.25])
  })
  it.each([
    ['w.csv', 'name,weight\na,0.5\n', 'give every series a number'],
    ['w.csv', 'name,weight\na,0.5\nb,0.1\nc,0.5\n', 'is no series; there are a, b'],
    ['w.json', '{"a": 0.5,', 'cannot be read'],
  ])('are refused from %s %j', async (name, text, said) => {
    await expect(readNumbers(file(name, text), names)).rejects.toThrow(said)
  })
})

describe('polyfolio risk', () => {
  const path = file('returns.csv', returns())
  const weights = file('weights.csv', 'name,weight\ntrend,0.5\nnews,0.3\nflow,0\n')
  it('prints one document whose parts add up', () => {
    const { code, out, err } = run(['--returns', path, '--weights', weights, '--draws', '100', '--json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const report = JSON.parse(out)
    const total = (parts: Readonly<Record<string, number>>): number =>
      Object.values(parts).reduce((sum, part) => sum + part, 0)
    expect(report).toMatchObject({
      observations: 499,
      from: '2023-01-02',
      to: '2024-05-15',
      cash: expect.closeTo(0.2, 12),
    })
    expect(total(report.components)).toBeCloseTo(report.portfolioVolatility, 12)
    for (const method of ['historical', 'gaussian', 'cornishFisher']) {
      for (const level of ['95', '99']) {
        const { low, high } = report.varInterval[method][level]
        expect(low).toBeLessThanOrEqual(high)
        expect(total(report.varComponents[method][level])).toBeCloseTo(report.var[method][level], 12)
        expect(total(report.cvarComponents[method][level])).toBeCloseTo(report.cvar[method][level], 12)
        expect(report.cvar[method][level]).toBeGreaterThanOrEqual(report.var[method][level])
      }
    }
    expect(Object.keys(report.diversification)).toEqual(['ratio', 'volatilityOverSum', 'volatilityOverWeighted'])
    expect(report.components.flow).toBe(0)
    expect(report.marginals.flow).toBeGreaterThan(0)
  })
  it('measures betas on the mix and on a benchmark, drawdowns, concentration and what mixing takes away', () => {
    const { code, out } = run([
      '--returns',
      path,
      '--draws',
      '20',
      '--benchmark',
      path,
      '--benchmark-column',
      'trend',
      '--json',
    ])
    expect(code).toBe(0)
    const { betas, benchmark, drawdown, drawdowns, concentration, reduction, names } = JSON.parse(out)
    expect(names.reduce((sum: number, name: string) => sum + betas[name] / 3, 0)).toBeCloseTo(1, 10)
    expect(benchmark).toMatchObject({ file: 'returns.csv', column: 'trend', betas: { trend: expect.closeTo(1, 12) } })
    expect(benchmark.beta).toBeCloseTo((1 + benchmark.betas.news + benchmark.betas.flow) / 3, 10)
    for (const fall of [drawdown, ...(Object.values(drawdowns) as { current: number; deepest: number }[])])
      expect(fall.deepest).toBeLessThanOrEqual(fall.current)
    expect(concentration).toEqual({
      largest: expect.closeTo(1 / 3, 12),
      topFive: expect.closeTo(1, 12),
      herfindahl: expect.closeTo(1 / 3, 12),
      effectiveCount: expect.closeTo(3, 12),
    })
    expect(reduction.dates).toHaveLength(499 - 59)
    expect(reduction.dates.at(-1)).toBe('2024-05-15')
    for (const [at, benefit] of reduction.benefit.entries()) {
      expect(benefit).toBeCloseTo(reduction.weighted[at] - reduction.portfolio[at], 12)
      expect(benefit).toBeGreaterThan(0)
    }
  })
  it('prints the same bytes again, and tables for people', () => {
    const [first, second] = [1, 2].map(() => run(['--returns', path, '--draws', '50']).out)
    expect(second).toBe(first)
    for (const word of ['marginal', 'component', 'Cornish-Fisher', 'CVaR 99 %', 'Diversification', 'Correlation'])
      expect(first).toContain(word)
  })
  it('refuses series without common rows', () => {
    const apart = file('apart.csv', 'date,a,b\n2024-01-02,0.01,\n2024-01-03,0.02,\n2024-01-04,,0.01\n')
    const { code, out, err } = run(['--returns', apart])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('its 2 series have 0 rows in common, and risk needs at least 2')
  })
})
