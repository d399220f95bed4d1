import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Line } from '../../../src/api/contract/analysis.ts'
import type { Attribution, Histogram } from '../../../src/api/contract/performance-page.ts'
import type { Correlation, Drawdown, DrawdownPeriod } from '../../../src/api/contract/risk-page.ts'
import type { SimulationView } from '../../../src/api/contract/simulation.ts'
import { money, moneyShort } from '../format.ts'
import { breachText, cone } from './cone.ts'
import { cellText, correlationMatrix, drawnOrder, stepped } from './correlation-matrix.ts'
import { comparedText, drawnLines, since } from './cumulative.ts'
import { dayTooltip, inColour, lineSeries, rowsOn, valueOn } from './day-lines.ts'
import { dayMs, dayOf, placeAt } from './days.ts'
import { drawdownLimits, drawdownLine, periodOn } from './drawdown-line.ts'
import { bandOf, gauge, scaleOf } from './gauge.ts'
import { returnHistogram } from './histogram.ts'
import type { Paint } from './paint.ts'
import type { Option, Palette } from './palette.ts'
import { contrast, inkOn, rampStep } from './ramp.ts'
import { contributionArea } from './stacked-area.ts'

const TOKENS = readFileSync(new URL('../tokens.css', import.meta.url), 'utf8')

/** The tokens of one theme, as the style sheet has them. */
function tokensOf(theme: 'dark' | 'light'): (name: string) => string {
  const own = new RegExp(`\\[data-theme=.${theme}.\\] \\{([^}]*)\\}`).exec(TOKENS)![1]!
  return (name) => {
    const value = new RegExp(`${name}: ([^;]+);`).exec(own)?.[1]
    if (value === undefined) throw new Error(`the ${theme} theme has no ${name}`)
    return value
  }
}

function paintOf(theme: 'dark' | 'light'): Paint {
  const token = tokensOf(theme)
  return {
    surface: token('--surface'),
    raised: token('--raised'),
    line: token('--line'),
    control: token('--control'),
    text: token('--text'),
    text2: token('--text-2'),
    text3: token('--text-3'),
    accent: token('--accent'),
    pos: token('--teal'),
    neg: token('--vermilion'),
    warn: token('--warn'),
    info: token('--info'),
    benchmark: token('--benchmark'),
    font: 'Inter',
    sleeve: (ordinal) => token(`--sleeve-${ordinal + 1}`),
    rank: (place) => token(`--class-${place + 1}`),
    diverging: Array.from({ length: 9 }, (_, step) => token(`--div-${step + 1}`)),
  }
}

const paint = paintOf('dark')
const palette: Palette = {
  paint,
  isPhone: false,
  strokeOf: (sleeve) => ({ colour: paint.sleeve(sleeve.length % 12), dash: 'solid' }),
  money: (value, style) => money(value, style),
  moneyShort: (value) => moneyShort(value),
}

beforeAll(() => vi.stubGlobal('window', { innerWidth: 1440 }))
afterAll(() => vi.unstubAllGlobals())

const series = (option: Option): readonly Record<string, unknown>[] =>
  option['series'] as readonly Record<string, unknown>[]

/** Every colour that an option names. */
function coloursIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^#[0-9a-f]{3,8}$/i.test(value) ? [value] : []
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(coloursIn)
}

const DAYS = ['2024-01-02', '2024-01-03', '2024-01-05', '2024-01-08']
const line = (name: string, values: readonly (number | null)[], days: readonly string[] = DAYS): Line => ({
  name,
  title: name.toUpperCase(),
  days,
  values,
})

describe('trade dates', () => {
  it('stand at midnight UTC and are read there', () => {
    expect(dayOf(dayMs('2024-02-01'))).toBe('2024-02-01')
    expect(dayMs('2024-02-01')).toBe(Date.UTC(2024, 1, 1))
  })
  it('are found by the last one that is not after', () => {
    expect(DAYS.map((day) => placeAt(DAYS, day))).toEqual([0, 1, 2, 3])
    expect([placeAt(DAYS, '2024-01-04'), placeAt(DAYS, '2023-12-31'), placeAt(DAYS, '2025-01-01')]).toEqual([1, -1, 3])
  })
})

describe('lines over days', () => {
  it('keep a gap as a gap', () => {
    const drawn = lineSeries(palette, { line: line('a', [0.1, null, 0.3, null]), colour: paint.accent })
    expect(drawn['connectNulls']).toBe(false)
    expect((drawn['data'] as [number, number | null][]).map(([, value]) => value)).toEqual([0.1, null, 0.3, null])
  })
  it('show every line at the day that is pointed at, also where thinning left it no point', () => {
    const thin = line('thin', [0.5, 0.9], ['2024-01-02', '2024-01-08'])
    const rows = rowsOn(
      [
        { line: line('whole', [0.1, 0.2, 0.3, 0.4]), colour: paint.accent },
        { line: thin, colour: paint.warn },
      ],
      '2024-01-05',
      String,
    )
    expect(rows.map(({ name, text }) => [name, text])).toEqual([
      ['THIN', '0.5'],
      ['WHOLE', '0.3'],
    ])
    expect(valueOn(thin, '2024-01-01')).toBeNull()
  })
  it('escape names in the tooltip', () => {
    const drawn = { line: { ...line('x', [1, 1, 1, 1]), title: '<img src=x onerror=alert(1)>' }, colour: paint.accent }
    const { formatter } = dayTooltip(palette, [drawn], String) as { formatter: (hits: unknown) => string }
    const html = formatter([{ axisValue: dayMs('2024-01-05') }])
    expect(html).toContain('&lt;img')
    expect(html).not.toContain('<img')
    expect(html).toContain('5 Jan 2024')
  })
  it('above twelve are coloured for the twelve largest', () => {
    const many = Array.from({ length: 50 }, (_, place) => line(`s${place}`, [place / 100]))
    const size = ({ values }: Line): number => Math.abs(values[0] ?? 0)
    expect([...inColour(many, size)].sort()).toEqual(Array.from({ length: 12 }, (_, place) => `s${38 + place}`).sort())
    expect(inColour(many.slice(0, 12), size).size).toBe(12)
    const faint = lineSeries(palette, { line: many[0]!, colour: paint.accent, isFaint: true })
    expect((faint['lineStyle'] as Option)['color']).toBe(paint.control)
  })
  it('have a backtest dotted, in no sleeve\u2019s colour, where one is chosen', () => {
    const view = { portfolio: line('portfolio', [0]), benchmark: null, sleeves: [line('a', [0])], periods: [] }
    const names = (beside: Line | null) => drawnLines(view, () => true, palette, beside).map((drawn) => drawn.line.name)
    expect([names(null), names(line('backtest', [0.1]))]).toEqual([
      ['portfolio', 'a'],
      ['portfolio', 'backtest', 'a'],
    ])
    const [, dotted] = drawnLines(view, () => true, palette, line('backtest', [0.1]))
    expect([dotted!.colour, dotted!.dash]).toEqual([paint.text, [2, 3]])
  })
  it('say which days a backtest has where it has not all of the portfolio', () => {
    const portfolio = line('portfolio', [0, 0.1, 0.2, 0.3])
    const beside = (from: number, to: number): string => {
      const { days, values, ...named } = line('.backtest', [0, 0.1, 0.2, 0.3])
      const own = { ...named, days: days.slice(from, to), values: values.slice(from, to) }
      const choice = { name: 'jan', portfolio: 'P', start: null, end: null, totalReturn: null }
      return comparedText({ ...choice, days: own.days.length, line: own, rows: [], why: '' }, portfolio)
    }
    const [first, second, third, last] = portfolio.days
    expect(beside(0, 4)).toBe('')
    expect(beside(0, 3)).toBe(`Backtest jan: 3 days, ${first} to ${third}; those of the portfolio go on to ${last}.`)
    expect(beside(1, 2)).toBe(
      `Backtest jan: 1 day, ${second} to ${second}; those of the portfolio begin on ${first} and go on to ${last}.`,
    )
  })
  it('start anew where a period begins', () => {
    expect(since(line('a', [0.1, 0.21, 0.331, null]), '2024-01-03').values.map((value) => value?.toFixed(6))).toEqual([
      '0.000000',
      '0.100000',
      undefined,
    ])
    expect(since(line('a', [0.1, 0.21, 0.331, null]), null).values).toHaveLength(4)
  })
})

const PERIOD: DrawdownPeriod = {
  rank: 1,
  peak: '2024-01-02',
  trough: '2024-01-03',
  recovered: null,
  depth: -0.08,
  fall: 1,
  recovery: null,
  length: 4,
}
const DRAWDOWN: Drawdown = {
  line: line('portfolio', [0, -0.08, -0.05, -0.02]),
  current: -0.02,
  deepest: -0.08,
  haltAt: -0.15,
  resumeAt: -0.1,
  liquidateAt: -0.2,
  worst: [PERIOD],
}

describe('the drawdown', () => {
  it('is thinned by its lowest and highest, never by a kind that hides the trough', () => {
    expect(series(drawdownLine(DRAWDOWN, palette))[0]!['sampling']).toBe('minmax')
  })
  it('shades and numbers the worst periods, an open one to the last day', () => {
    const area = series(drawdownLine(DRAWDOWN, palette))[0]!['markArea'] as { data: [Option, Option][] }
    expect(area.data).toEqual([[{ name: '1', xAxis: dayMs('2024-01-02') }, { xAxis: dayMs('2024-01-08') }]])
  })
  it('finds the period of a day, and names its limits from the first that acts', () => {
    expect(periodOn([PERIOD], '2024-01-05')).toBe(PERIOD)
    expect(periodOn([PERIOD], '2023-12-29')).toBeNull()
    expect(drawdownLimits(DRAWDOWN).map(({ text }) => text)).toEqual(['resumes', 'halts', 'liquidates'])
  })
})

describe('a gauge', () => {
  it.each([
    [0.5, 'calm'],
    [0.8, 'near'],
    [0.999, 'near'],
    [1, 'beyond'],
    [null, 'calm'],
  ] as const)('that is used to %d is %s', (use, band) => expect(bandOf(use)).toBe(band))
  it('bends its bands at 80 and 100 % of the limit', () => {
    const view = { value: 1, limit: 2, use: 0.5, target: null }
    const dial = series(gauge(view, palette))[0] as { axisLine: { lineStyle: { color: [number, string][] } } }
    const end = scaleOf(view)
    expect(dial.axisLine.lineStyle.color).toEqual([
      [1.6 / end, paint.text2],
      [2 / end, paint.warn],
      [1, paint.neg],
    ])
  })
  it('has no needle where there is no limit to point at', () => {
    const dial = series(gauge({ value: 1, limit: null, use: null, target: null }, palette))[0] as { pointer: Option }
    expect(dial.pointer['show']).toBe(false)
  })
})

const CORRELATION: Correlation = {
  window: 60,
  names: ['a', 'b', 'c'],
  titles: ['Alpha', 'Beta', 'Gamma'],
  order: [2, 0, 1],
  matrix: [
    [1, 0.72, null],
    [0.72, 1, -0.4],
    [null, -0.4, 1],
  ],
  observations: [
    [60, 60, 12],
    [60, 60, 60],
    [12, 60, 60],
  ],
  needed: 20,
  threshold: 0.7,
  close: [],
  runOf: 30,
}
const cellsOf = (cell: number): readonly Record<string, unknown>[] =>
  series(correlationMatrix(CORRELATION, { cell, cursor: null }, palette))[0]!['data'] as readonly Record<
    string,
    unknown
  >[]

describe('correlations', () => {
  it('outline what is at the threshold or above it, and nothing else', () => {
    const marked = cellsOf(60).filter(
      ({ itemStyle }) => (itemStyle as Option | undefined)?.['borderColor'] === paint.warn,
    )
    expect(marked.map(({ value }) => (value as number[]).slice(0, 2))).toEqual([
      [1, 0],
      [0, 1],
    ])
  })
  it('print numbers where a cell has room', () => {
    const shown = (cell: number): number =>
      cellsOf(cell).filter(({ label }) => (label as Option)['show'] === true).length
    expect([shown(26), shown(25)]).toEqual([7, 0])
  })
  it('say what is missing where there are too few common days', () => {
    expect(cellText(CORRELATION, { row: 0, column: 2 })).toBe('Alpha and Gamma: needs 20 common days, 12 so far')
    expect(cellText(CORRELATION, { row: 0, column: 1 })).toBe('Alpha and Beta: 0.72, above the threshold')
  })
  it('are ordered by likeness above twelve sleeves', () => {
    expect(drawnOrder(CORRELATION)).toEqual([0, 1, 2])
    const names = Array.from({ length: 13 }, (_, place) => `s${place}`)
    const order = [...names.keys()].reverse()
    expect(drawnOrder({ ...CORRELATION, names, titles: names, order })).toEqual(order)
  })
  it('are walked by arrow keys, held by the edge', () => {
    expect(stepped({ row: 0, column: 0 }, 'ArrowUp', 3)).toEqual({ row: 0, column: 0 })
    expect(stepped({ row: 0, column: 0 }, 'ArrowDown', 3)).toEqual({ row: 1, column: 0 })
    expect(stepped({ row: 2, column: 2 }, 'ArrowRight', 3)).toEqual({ row: 2, column: 2 })
    expect(stepped({ row: 1, column: 1 }, 'x', 3)).toBeNull()
  })
})

const SIMULATION: SimulationView = {
  name: 'p',
  source: '',
  method: 'bootstrap',
  horizon: 2,
  paths: 1000,
  seed: 1,
  block: 20,
  degrees: null,
  periodsPerYear: 252,
  observations: 500,
  start: null,
  end: null,
  ruinAt: 0.5,
  quantiles: [0.05, 0.25, 0.5, 0.75, 0.95],
  cone: [
    [1, 0.9, 0.8],
    [1, 0.95, 0.93],
    [1, 1.01, 1.02],
    [1, 1.05, 1.1],
    [1, 1.1, 1.2],
  ],
  portfolio: {
    name: 'p',
    title: 'P',
    final: [],
    mean: 1,
    lossProbability: 0.374,
    ruinProbability: 0,
    breaches: [
      { drawdown: 0.1, probability: 0.0021 },
      { drawdown: 0.2, probability: 0 },
      { drawdown: 0.3, probability: 0 },
    ],
    drawdown: [],
  },
  sleeves: [],
  notes: [],
}

describe('the cone', () => {
  it('stacks its bands up to the highest quantile', () => {
    const stacked = series(cone(SIMULATION, palette)).filter((each) => each['stack'] === 'cone')
    const tops = [0, 1, 2].map((step) => stacked.reduce((sum, each) => sum + (each['data'] as number[])[step]!, 0))
    for (const [step, top] of tops.entries()) expect(top).toBeCloseTo(SIMULATION.cone[4]![step]!, 12)
    expect(stacked).toHaveLength(5)
  })
  it('tells probabilities in words', () => {
    expect(breachText(SIMULATION.portfolio)).toBe(
      'Fewer than 1 of 200 paths fall deeper than 10\u202f%. No path falls deeper than 20\u202f%. 37 of 100 paths end below the start.',
    )
  })
})

const HISTOGRAM: Histogram = {
  unit: 'day',
  bins: [
    { from: -0.01, to: 0, count: 4, days: ['2024-01-02'] },
    { from: 0, to: 0.01, count: 6, days: ['2024-01-03'] },
  ],
  observations: 10,
  mean: 0.001,
  deviation: 0.004,
  skewness: 0,
  kurtosis: 0,
  normal: [
    { at: -0.005, count: 4.5 },
    { at: 0.005, count: 5.5 },
  ],
  valueAtRisk: -0.006,
}

describe('a distribution', () => {
  it('has its bars, the normal curve and the line of value at risk', () => {
    const [bars, normal] = series(returnHistogram(HISTOGRAM, palette))
    expect(bars!['data']).toEqual([
      [-0.01, 0, 4],
      [0, 0.01, 6],
    ])
    expect(normal!['data']).toEqual([
      [-0.005, 4.5],
      [0.005, 5.5],
    ])
    const marks = (bars!['markLine'] as { data: Option[] }).data.map((mark) => mark['xAxis'])
    expect(marks).toEqual([0, -0.006])
  })
})

describe('contributions', () => {
  it('stack gains above zero and losses below, both parts together the contribution', () => {
    const values = [0.02, -0.01, 0, null]
    const attribution = { lines: [line('a', values)], total: line('total', values), bars: [], rows: [] }
    const option = contributionArea(attribution as unknown as Attribution, palette)
    const [gains, losses] = series(option).map((each) =>
      (each['data'] as [number, number | null][]).map(([, value]) => value),
    )
    expect(gains).toEqual([0.02, 0, 0, null])
    expect(losses).toEqual([0, -0.01, 0, null])
    expect(series(option).map((each) => each['stack'])).toEqual(['gains', 'losses', undefined])
  })
})

describe('every chart', () => {
  const options: Readonly<Record<string, () => Option>> = {
    drawdown: () => drawdownLine(DRAWDOWN, palette),
    gauge: () => gauge({ value: 1, limit: 2, use: 0.5, target: null }, palette),
    correlation: () => correlationMatrix(CORRELATION, { cell: 40, cursor: { row: 0, column: 1 } }, palette),
    cone: () => cone(SIMULATION, palette),
    histogram: () => returnHistogram(HISTOGRAM, palette),
  }
  const WHITE = '#ffffff' // on the one step of the ramp that no ink of the page is read on
  it.each(Object.entries(options))(
    '%s stands still, is read in UTC and takes its colours from the tokens',
    (_, build) => {
      const option = build()
      expect([option['animation'], option['useUTC']]).toEqual([false, true])
      const known = new Set([
        WHITE,
        ...Object.values(paint).filter((value) => typeof value === 'string'),
        ...paint.diverging,
      ])
      const sleeves = Array.from({ length: 12 }, (_each, ordinal) => paint.sleeve(ordinal))
      const strange = coloursIn(option).filter((colour) => !known.has(colour) && !sleeves.includes(colour))
      expect(strange).toEqual([])
    },
  )
})

describe('the ramp', () => {
  it.each(['dark', 'light'] as const)('of the %s theme can be read on at every value', (theme) => {
    const { diverging, text, surface } = paintOf(theme)
    for (let value = -1; value <= 1; value += 0.01) {
      const step = rampStep(diverging, value)
      expect(contrast(step, inkOn(step, [text, surface])), `at ${value}`).toBeGreaterThanOrEqual(4.5)
    }
  })
  it('ends at its last steps', () => {
    expect([rampStep(paint.diverging, -3), rampStep(paint.diverging, 1)]).toEqual([
      paint.diverging[0],
      paint.diverging[8],
    ])
  })
})
