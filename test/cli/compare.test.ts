import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ComparisonView } from '../../src/api/contract/comparison.ts'
import { bar, priceFile, sessionDates } from '../fixtures/exits/bars.ts'
import { timetable } from '../fixtures/exits/scenario.ts'
import { command } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-compare-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Decided at the first close, bought at the open after it at 100. */
const CLOSES = [100, 100, 110, 99, 104.5]

const portfolio = (name: string, shares: number, prices: string): string => `name: ${name}
capital: 10000
sleeves:
  - {id: one, weight: 1, strategy: ./plan.js, universe: [A], sizing: {kind: quantity, quantity: ${shares}}}
instruments: {A: {file: ${prices}}}
`

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

beforeAll(() => {
  write('package.json', '{"type": "module"}')
  const bars = CLOSES.map((close, row) => bar(CLOSES[Math.max(0, row - 1)]!, close))
  write('A.csv', priceFile(sessionDates('nyse', '2024-01-02', 5), bars))
  write('later.csv', priceFile(sessionDates('nyse', '2025-01-02', 5), bars))
  write('plan.js', timetable('plan', { 0: { enter: [0] } }))
  write('half.yaml', portfolio('Half', 50, 'A.csv'))
  write('full.yaml', portfolio('Full', 100, 'A.csv'))
  write('later.yaml', portfolio('Half', 50, 'later.csv'))
})

async function compared(args: readonly string[]): Promise<ComparisonView> {
  const ended = await command(folder, ['compare', ...args, '--data', '.', '--json'])
  expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' })
  return JSON.parse(ended.out) as ComparisonView
}

describe('compare', () => {
  it('puts configurations side by side on the days that both have', async () => {
    const view = await compared(['half.yaml', 'full.yaml', '--html', 'both.html'])
    expect(view.runs.map(({ name }) => name)).toEqual(['Half', 'Full'])
    expect(view.runs[0]!.figures.totalReturn).toBeCloseTo(0.0225, 12)
    const full = view.curves.runs[1]!.values
    for (const [day, value] of [0, 0, 0.1, -0.01, 0.045].entries()) expect(full[day]).toBeCloseTo(value, 12)
    expect({ days: view.days, start: view.start, end: view.end }).toEqual({
      days: 5,
      start: '2024-01-02',
      end: '2024-01-08',
    })
    // The half portfolio moves a little less than half as much, in step.
    expect(view.correlation[0]![1]).toBeGreaterThan(0.999)
    const page = readFileSync(join(folder, 'both.html'), 'utf8')
    expect(page).toContain('Half against Full')
    expect(page).not.toMatch(/https?:\/\//)
  }, 60_000)

  it('takes a finished run as its folder or its report, with the same figures as its configuration', async () => {
    const ran = await command(folder, ['backtest', 'half.yaml', '--data', '.', '--out', 'run', '--json'])
    expect(ran.code).toBe(0)
    const view = await compared(['half.yaml', 'run', 'run/report.json'])
    const [one, two, three] = view.runs
    expect(view.runs.map(({ name }) => name)).toEqual(['Half (1)', 'Half (2)', 'Half (3)'])
    expect({ ...two, name: '', source: '' }).toEqual({ ...one, name: '', source: '' })
    expect({ ...three, name: '', source: '' }).toEqual({ ...one, name: '', source: '' })
    expect(view.notes.filter((note) => note.includes('same books'))).toHaveLength(2)
  }, 60_000)

  it('says so where no day is shared, and compares what needs none', async () => {
    const view = await compared(['half.yaml', 'later.yaml'])
    expect({ days: view.days, start: view.start }).toEqual({ days: 0, start: null })
    expect(view.runs.map(({ final }) => final)).toEqual([10225, 10225])
    expect(view.runs[0]!.figures.sharpe).toBeNull()
    expect(view.notes[0]).toContain('share no day')
  }, 60_000)

  it('refuses a single run, a missing file and what is no report', async () => {
    write('other.json', '{"a": 1}')
    const said = async (args: readonly string[]) => {
      const { code, out, err } = await command(folder, ['compare', ...args, '--data', '.'])
      return { code, out, err: err.trim() }
    }
    expect(await said(['half.yaml'])).toEqual({
      code: 2,
      out: '',
      err: 'error: compare needs at least two runs or configurations to put side by side',
    })
    expect((await said(['half.yaml', 'none'])).err).toContain('no file "none"')
    const { code, err } = await said(['other.json', 'half.yaml'])
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error: "other.json" cannot be read: it is no report of a backtest; give the folder that `backtest --out` wrote',
    })
  }, 60_000)
})
