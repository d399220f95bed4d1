import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Note } from '../../../src/api/contract/notes.ts'
import type { Attribution, MonthCell } from '../../../src/api/contract/performance-page.ts'
import type { TailView } from '../../../src/api/contract/risk.ts'
import type { Correlation, RiskPart } from '../../../src/api/contract/risk-page.ts'
import { riskSlices } from '../charts/risk-donut.ts'
import { KEY_FORMULAS, PANEL_FORMULAS, SLEEVE_FORMULAS } from '../frame/figure-formulas.ts'
import { everyFormula, formulaOf } from '../panels/formulas.ts'
import { tagsOf } from '../panels/NoteForm.tsx'
import { hiddenOf, hiddenText } from '../panels/SeriesChips.tsx'
import { attributionWithin } from './performance/AttributionPanel.tsx'
import { quarterOf } from './performance/MonthlyPanel.tsx'
import { rankedPairs } from './risk/CorrelationPanel.tsx'
import { ownScenario } from './risk/StressPanel.tsx'
import { tailRows, tailScale } from './risk/TailPanel.tsx'
import { holdsWords, notesOfSleeve } from './strategy/NotesPanel.tsx'
import { valueText } from './strategy/ParametersPanel.tsx'
import { heldText } from './strategy/PositionsPanel.tsx'

const month = (name: string, totalReturn: number, parts: Readonly<Record<string, number>>): MonthCell => ({
  month: name,
  totalReturn,
  parts: Object.entries(parts).map(([sleeve, contribution]) => ({ name: sleeve, title: sleeve, contribution })),
})

describe('a quarter of the heatmap', () => {
  it('compounds its months, and the parts of the sleeves add up to it', () => {
    const quarter = quarterOf('2024 Q1', [
      month('2024-01', 0.1, { a: 0.06, b: 0.04 }),
      month('2024-02', -0.05, { a: -0.05, b: 0 }),
      month('2024-03', 0.02, { a: 0.01, b: 0.01 }),
    ])!
    expect(quarter.totalReturn).toBeCloseTo(1.1 * 0.95 * 1.02 - 1, 12)
    const sum = quarter.parts.reduce((whole, part) => whole + part.contribution!, 0)
    expect(sum).toBeCloseTo(quarter.totalReturn!, 12)
  })
  it('is empty without a month', () => expect(quarterOf('2024 Q1', [null, null, null])).toBeNull())
})

describe('attribution of some months', () => {
  const days = ['2024-01-31', '2024-02-28', '2024-03-28']
  const of = (name: string, values: readonly number[]) => ({ name, title: name, days, values })
  const view = {
    lines: [of('a', [0.01, 0.03, 0.02]), of('b', [0, 0.01, 0.04])],
    total: of('total', [0.01, 0.04, 0.06]),
    bars: [month('2024-01', 0.01, {}), month('2024-02', 0.03, {}), month('2024-03', 0.02, {})],
  } as unknown as Attribution

  it('counts from the end of the month before, and still adds up', () => {
    const { lines, total, bars } = attributionWithin(view, '2024-02', '2024-03')
    expect(lines[0]!.values.map((value) => value!.toFixed(4))).toEqual(['0.0200', '0.0100'])
    expect(bars.map((bar) => bar.month)).toEqual(['2024-02', '2024-03'])
    for (const [place, value] of total.values.entries())
      expect(lines.reduce((sum, line) => sum + line.values[place]!, 0)).toBeCloseTo(value!, 12)
  })
  it('of all months is all of it', () =>
    expect(attributionWithin(view, '2024-01', '2024-03').total.values).toEqual([0.01, 0.04, 0.06]))
})

const CORRELATION = {
  names: ['a', 'b', 'c'],
  titles: ['A', 'B', 'C'],
  matrix: [
    [1, 0.2, null],
    [0.2, 1, 0.8],
    [null, 0.8, 1],
  ],
} as unknown as Correlation

describe('pairs', () => {
  it('come once each, most alike first, those without a figure last', () => {
    expect(rankedPairs(CORRELATION).map(({ left, right, value }) => [left, right, value])).toEqual([
      ['b', 'c', 0.8],
      ['a', 'b', 0.2],
      ['a', 'c', null],
    ])
  })
})

const part = (name: string, component: number | null, share: number | null, cvar: number): RiskPart =>
  ({
    name,
    title: name,
    weight: 0.5,
    component,
    share,
    cvarComponent: { historical: { '95': cvar } },
  }) as unknown as RiskPart

describe('parts of the risk', () => {
  const parts = [part('a', 0.03, 0.75, 0.004), part('b', 0.01, 0.25, 0.012), part('c', null, null, 0)]
  it('of the volatility are the shares as they were computed; a sleeve without one is left out', () => {
    expect(riskSlices(parts, 'volatility').map(({ name, share }) => [name, share])).toEqual([
      ['a', 0.75],
      ['b', 0.25],
    ])
  })
  it('of the shortfall are parts of its sum', () => {
    expect(riskSlices(parts, 'cvar').map(({ share }) => share)).toEqual([0.25, 0.75, 0])
  })
})

const byLevel = <T>(low: T, high: T) => ({ historical: { '95': low, '99': high }, gaussian: {}, cornishFisher: {} })
const TAIL = {
  var: byLevel(0.01, 0.02),
  cvar: byLevel(0.015, 0.03),
  varInterval: byLevel({ low: 0.008, high: 0.012 }, { low: 0.015, high: 0.05 }),
  cvarInterval: byLevel({ low: 0.01, high: 0.02 }, { low: null, high: null }),
} as unknown as TailView

describe('value at risk and shortfall', () => {
  it('have both levels, and a scale that holds every whisker', () => {
    const rows = tailRows(TAIL, 'historical')
    expect(rows.map(({ loss }) => loss)).toEqual([0.01, 0.015, 0.02, 0.03])
    expect(tailScale(rows)).toBeCloseTo(0.05 * 1.05, 12)
  })
  it('are not defined by a method that gave none', () => {
    expect(tailRows(TAIL, 'gaussian').map(({ loss }) => loss)).toEqual([null, null, null, null])
  })
})

describe('a scenario of the reader', () => {
  const form = (values: Readonly<Record<string, string>>) => (key: string) => values[key] ?? ''
  it('is a fall in percent or a stretch of days', () => {
    expect(ownScenario('shock', form({ name: 'Crash', change: '-15' }))).toEqual({
      kind: 'shock',
      name: 'Crash',
      change: -0.15,
    })
    const window = { kind: 'window', name: 'Covid', from: '2020-02-19', to: '2020-03-23' } as const
    expect(ownScenario('window', form(window))).toEqual(window)
  })
  it.each([
    ['shock', { change: '-15' }, 'Name the scenario.'],
    ['shock', { name: 'x', change: '-100' }, 'between'],
    ['shock', { name: 'x', change: '0' }, 'between'],
    ['shock', { name: 'x', change: 'ten' }, 'between'],
    ['window', { name: 'x', from: '2020-03-23', to: '2020-02-19' }, 'The first day comes before the last.'],
  ] as const)('%s %j is refused', (kind, values, text) => expect(ownScenario(kind, form(values))).toContain(text))
})

const note = (about: Note['about'], subject: string, text = '', tags: readonly string[] = []): Note => ({
  id: `${about} ${subject}`,
  at: '2024-01-02T00:00:00.000Z',
  author: 'M. Ruiz',
  about,
  subject,
  text,
  tags,
  version: 1,
  editedAt: null,
})

describe('notes', () => {
  it('of a sleeve are those on itself, its positions and its trades, not of one with a longer name, and those on days', () => {
    const all = [
      note('sleeve', 'trend'),
      note('position', 'trend/SPY'),
      note('trade', 'trend/SPY/3'),
      note('sleeve', 'trend2'),
      note('position', 'trend2/SPY'),
      note('day', '2024-01-02'),
    ]
    expect(notesOfSleeve(all, 'trend').map(({ id }) => id)).toEqual([
      'sleeve trend',
      'position trend/SPY',
      'trade trend/SPY/3',
      'day 2024-01-02',
    ])
  })
  it('are found by all words, in text, tags or author', () => {
    const one = note('sleeve', 'trend', 'Waiting for the roll', ['futures'])
    expect([
      holdsWords(one, 'ROLL futures'),
      holdsWords(one, 'ruiz'),
      holdsWords(one, 'roll equity'),
      holdsWords(one, ''),
    ]).toEqual([true, true, false, true])
  })
  it('take tags with or without a hash, once each', () =>
    expect(tagsOf('#roll, watch roll')).toEqual(['roll', 'watch']))
})

describe('words', () => {
  it('say how long something was held', () =>
    expect([heldText(20.4), heldText(0.25), heldText(null)]).toEqual(['20 d', '6 h', 'n/a']))
  it('print parameters as a configuration has them', () => {
    expect([valueText(true), valueText(null), valueText(['SPY', 'QQQ']), valueText({ a: 1 })]).toEqual([
      'yes',
      'none',
      'SPY, QQQ',
      '{"a":1}',
    ])
  })
  it('keep hidden lines in the address', () =>
    expect([...hiddenOf(hiddenText(new Set(['b', 'a'])))]).toEqual(['a', 'b']))
  it('have the formula of a metric from the document of metrics', async () => {
    expect((await formulaOf('sharpe'))!.formula).toBe('(μ - rf) / s √P')
    expect(await formulaOf('no such metric')).toBeNull()
    expect(await formulaOf('profit_factor')).toMatchObject({
      convention: expect.stringContaining('Infinity'),
      source: '[P]',
    })
    expect(await formulaOf('ulcer_index')).toMatchObject({ convention: '', source: 'Martin and McCann (1989)' })
  })
  it('have a formula for every figure that names one, beside a panel that there is', async () => {
    const named = [
      ...Object.values(PANEL_FORMULAS).flat(),
      ...Object.values(KEY_FORMULAS),
      ...Object.values(SLEEVE_FORMULAS),
    ]
    const known = await everyFormula()
    expect(named.filter((name) => !known.has(name))).toEqual([])
    const source = join(import.meta.dirname, '..')
    const pages = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.tsx'))
      .map((path) => readFileSync(join(source, path), 'utf8'))
      .join()
    const said = (title: string): boolean =>
      [`title="${title}"`, `title: '${title}'`, `'${title}'`].some((text) => pages.includes(text))
    expect(Object.keys(PANEL_FORMULAS).filter((title) => !said(title))).toEqual([])
  })
})
