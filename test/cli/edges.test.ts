import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { simulatedMarketData } from '../../src/cli/run.ts'
import { describeFault, type Fault } from '../../src/domain/faults.ts'
import type { TradeDate } from '../../src/domain/units.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { bar, flat } from '../fixtures/exits/bars.ts'
import { play, type Scenario, timetable } from '../fixtures/exits/scenario.ts'

const preset = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), 'presets/channels.yaml')
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-edges-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const portfolio = (more: string, capital = '10000'): string => `name: Edge
capital: ${capital}
${more}sleeves:
  - {id: one, weight: 0.5, strategy: ./plan.js, universe: [A], sizing: {kind: notional, amount: 7000}}
  - {id: two, weight: 0.5, strategy: ./plan.js, universe: [A], sizing: {kind: notional, amount: 7000}}
instruments: {A: {file: A.csv}}
`
const edge = (text: string, first = '2024-01-02'): Scenario => ({
  name: 'edge',
  calendar: 'nyse',
  first,
  bars: { A: [...flat(10, 3), bar(10, 11), ...flat(11, 3)] },
  files: { 'plan.js': timetable('plan', { 0: { enter: [0] }, 4: { exit: [0] } }) },
  portfolio: text,
})

async function said(text: string): Promise<string> {
  writeFileSync(join(folder, 'p.yaml'), text)
  writeFileSync(join(folder, 'plan.js'), timetable('plan', {}))
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  const faults = await loadPortfolio(join(folder, 'p.yaml')).then(
    () => [],
    (cause: unknown) => (cause as { readonly faults: readonly Fault[] }).faults,
  )
  return faults.map(describeFault).join('\n').replaceAll(`${folder}/`, '')
}

describe('a portfolio at the edge of what books hold', () => {
  it('is refused with the largest and the smallest capital that there may be', async () => {
    expect(await said(portfolio('', '1e15'))).toBe(
      'p.yaml:2:10 capital: must be at most 1125899906.842624 USD, was "1000000000000000"',
    )
    expect(await said(portfolio('', '1e-7'))).toBe('p.yaml:2:10 capital: must be at least 0.000001 USD, was "1e-7"')
    expect(await said(portfolio('', '1125899906'))).toBe('')
  })

  it('is refused where no instrument would ever end its day', async () => {
    expect(await said(portfolio('day_calendar: continuous\n'))).toBe(
      'p.yaml:3:15 day_calendar: no instrument trades on the calendar "continuous", so no day would ever end; leave this out',
    )
  })
})

describe('leverage', () => {
  const text = portfolio('leverage: 2\n').replaceAll('weight: 0.5', 'weight: 0.75')

  it('lets weights of 1.5 share the capital there is and breaks no invariant', async () => {
    const { report } = await play(edge(text))
    expect(report.invariants.violated).toEqual([])
    expect(report.sleeves.map(({ capital }) => capital)).toEqual([5_000, 5_000])
    // 14,000 at 10 that close at 11
    expect(report.portfolio.final).toBe(11_400)
  })
})

describe('two sleeves that undo each other', () => {
  const against = `export const strategy = {
  name: 'against', parameters: {}, indicators: () => ({}), lookback: () => 0, start: () => ({ bar: 0 }),
  decide(view, out) {
    if (view.memory.bar === 0) out.enter(view.universe[0], -1, 'against')
    if (view.memory.bar === 4) out.exit(view.universe[0], 'against')
    return { bar: view.memory.bar + 1 }
  },
}
`
  const text = portfolio('')
    .replace(
      './plan.js, universe: [A], sizing: {kind: notional, amount: 7000}}\ni',
      './against.js, universe: [A], sizing: {kind: notional, amount: 7000}}\ni',
    )
    .replaceAll('7000', '5000')
  const scenario = (more: string): Scenario => {
    const base = edge(text.replace('sleeves:', `${more}sleeves:`))
    return { ...base, files: { ...base.files, 'against.js': against } }
  }

  it('send no order and save all that they would have traded', async () => {
    const { report, result } = await play(scenario(''))
    expect(report.netting).toMatchObject({ ordersGross: 4, ordersNet: 0, crosses: 2, notionalNet: 0, savingsPct: 1 })
    expect(report.netting.savings).toBe(2 * 5_000 + 2 * 5_500)
    expect(report.portfolio.final).toBe(10_000)
    expect(report.sleeves.map(({ final }) => final)).toEqual([5_500, 4_500])
    expect(new Set(result.equity)).toEqual(new Set([10_000]))
  })

  it('send both orders where netting is off, and end with the same money without fees', async () => {
    const { report } = await play(scenario('netting: false\n'))
    expect(report.netting).toMatchObject({ ordersGross: 4, ordersNet: 4, crosses: 0, savings: 0 })
    expect(report.sleeves.map(({ final }) => final)).toEqual([5_500, 4_500])
    expect(report.invariants.violated).toEqual([])
  })
})

describe('a run over days that the files do not have', () => {
  it('begins with the files and says so', async () => {
    const { report } = await play(edge(portfolio('')), { from: 19_000_101 as TradeDate, to: 99_991_231 as TradeDate })
    expect([report.portfolio.start, report.portfolio.end, report.portfolio.days]).toEqual([
      '2024-01-02',
      '2024-01-10',
      7,
    ])
    expect(report.notes).toContain('the files begin on 2024-01-02: so does the run, though asked from 1900-01-01')
  })

  it('says nothing where only days without a session come before the files', async () => {
    const { report } = await play(edge(portfolio('')), { from: 20_231_230 as TradeDate, to: null })
    expect(report.notes).toEqual([])
  })

  it.each([
    ['a weekend', 20_240_106, 20_240_107, null, 0],
    ['one day', 20_240_105, 20_240_105, '2024-01-05', 1],
  ])('over %s has %s', async (_, from, to, start, days) => {
    const { report } = await play(edge(portfolio('')), { from: from as TradeDate, to: to as TradeDate })
    expect([report.portfolio.start, report.portfolio.days]).toEqual([start, days])
    expect(report.portfolio.final).toBe(10_000)
  })

  it('takes 29 February', async () => {
    const { report } = await play(edge(portfolio(''), '2024-02-28'), {
      from: 20_240_229 as TradeDate,
      to: 20_240_229 as TradeDate,
    })
    expect([report.portfolio.start, report.portfolio.end]).toEqual(['2024-02-29', '2024-02-29'])
  })
})

describe('the simulated market', () => {
  it('holds instruments that list only after the run', async () => {
    const loaded = await loadPortfolio(preset)
    const market = simulatedMarketData(loaded, 7, { from: 20_200_102 as TradeDate, to: 20_200_331 as TradeDate })
    const result = runBacktest({
      config: loaded.config,
      market,
      strategies: [...loaded.strategies.values()],
      checks: true,
    })
    expect(result.invariants.violated).toEqual([])
    expect(result.days.at(-1)).toBe(20_200_331)
  })
})
