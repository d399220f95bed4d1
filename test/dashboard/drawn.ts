/** What the charts of a page have drawn, point by point, against the answers that they were drawn from. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Line } from '../../src/api/contract/analysis.ts'
import type { EquityCurve } from '../../src/api/contract/overview.ts'
import type { PerformancePage } from '../../src/api/contract/performance-page.ts'
import type { Correlation, PairReturns, RiskPage } from '../../src/api/contract/risk-page.ts'
import type { SimulationView } from '../../src/api/contract/simulation.ts'
import type { SleevePage } from '../../src/api/contract/sleeve-page.ts'

interface Series {
  readonly id: string
  readonly name: string
  readonly data: readonly unknown[]
}

interface Drawn {
  readonly series: readonly Series[]
  /** Names along the axes, where they are names. */
  readonly names: readonly string[]
}

const WAIT_MS = 20_000

/** @param place of several charts in one panel */
export async function drawnIn(page: Page, title: string, place = 0): Promise<Drawn> {
  const canvases = `document.querySelectorAll('[data-panel="${title}"] :is(.chart-canvas, .price-canvas)')`
  const isDrawn = (): Promise<unknown> => page.evaluate(`${canvases}[${place}]?.drawn !== undefined`)
  await expect.poll(isDrawn, { message: title, timeout: WAIT_MS }).toBe(true)
  const text = (await page.evaluate(`(() => {
    const { series, xAxis = [], yAxis = [] } = ${canvases}[${place}].drawn()
    const names = [...xAxis, ...yAxis].flatMap(({ data }) => data ?? []).map((name) => name.value ?? name)
    return JSON.stringify({ series: series.map(({ id, name, data }) => ({ id, name, data })), names })
  })()`)) as string
  return JSON.parse(text) as Drawn
}

type Figure = number | null
type Points = readonly (readonly (number | null)[])[]

const pointsOf = ({ days, values }: Line): Points => days.map((day, at) => [Date.parse(day), values[at] ?? null])

function lineIn(drawn: Drawn, name: string): readonly unknown[] | undefined {
  return drawn.series.find(({ id }) => id === name || id.startsWith(`${name}@`))?.data
}

/** Every line is there with all its points, and no other one is. */
async function expectLines(page: Page, title: string, lines: readonly Line[], besides: readonly string[] = []) {
  const drawn = await drawnIn(page, title)
  for (const line of lines) expect(lineIn(drawn, line.name), `${title}: ${line.name}`).toEqual(pointsOf(line))
  const ids = drawn.series.map(({ id }) => id.replace(/@\d+$/, '')).filter((id) => !besides.includes(id))
  expect(ids.toSorted(), title).toEqual(lines.map(({ name }) => name).toSorted())
}

/** Heights alone: where points are moments, they stand on the reader's clock. A reserve of cash has no line. */
export async function expectEquity(page: Page, curve: EquityCurve, reserve: string | null): Promise<void> {
  const drawn = await drawnIn(page, 'Equity')
  const heights = (id: string): unknown =>
    lineIn(drawn, id)?.map((point) => (point as readonly [number, number | null])[1])
  const lines = curve.lines.filter(({ id, kind }) => kind !== 'sleeve' || id !== reserve)
  for (const { id, kind, growth } of lines) {
    const returns = growth.map((value) => (value === null ? null : value - 1))
    expect(heights(kind === 'portfolio' ? 'portfolio' : id), `equity: ${id}`).toEqual(returns)
  }
  expect(heights('drawdown')).toEqual(curve.drawdown.value)
  expect(drawn.series).toHaveLength(lines.length + 1)
}

const valueIn = (item: unknown): unknown => (item as { readonly value?: unknown } | null)?.value ?? item

/** Heights of named bars, stacked by sleeve. */
function expectStacks(
  what: string,
  drawn: Drawn,
  bars: readonly { readonly name: string; readonly parts: ReadonlyMap<string, Figure> }[],
): void {
  expect(drawn.names.length, what).toBe(bars.length)
  for (const { id, data } of drawn.series) {
    const shown = data.map((value, at) => [drawn.names[at], value ?? 0])
    const wanted = bars.map(({ name, parts }) => [name, parts.get(id) ?? 0])
    expect(shown, `${what}: ${id}`).toEqual(wanted)
  }
}

export async function expectRiskCharts(page: Page, view: RiskPage, window: number): Promise<void> {
  const { leverage, volatility, drawdown, correlation, concentration, parts } = view
  for (const [title, gauge] of [
    ['Leverage', leverage.gross],
    ['Volatility', volatility.data!.gauge],
  ] as const)
    expect((await drawnIn(page, title)).series[0]!.data.map(valueIn), title).toEqual([gauge.value])
  await expectLines(page, 'Drawdown', [drawdown.data!.line])
  expectMatrix(await drawnIn(page, 'Correlation'), correlation.data!.find((each) => each.window === window)!)
  const held = concentration.data!.groups.find(({ by }) => by === 'instrument')!
  expectStacks(
    'Concentration',
    await drawnIn(page, 'Concentration'),
    held.bars
      .map((bar) => ({
        name: bar.name,
        parts: new Map(bar.parts.map(({ sleeve, weight }) => [sleeve, weight] as const)),
      }))
      .toReversed(),
  )
  const shares = parts.data!.parts.flatMap(({ share }) => (share !== null && share > 0 ? [share] : []))
  expect((await drawnIn(page, 'Risk contribution')).series[0]!.data.map(valueIn)).toEqual(shares)
}

function expectMatrix({ series }: Drawn, { matrix }: Correlation): void {
  const cells = series[0]!.data.map(valueIn) as readonly (readonly [number, number, number | '-'])[]
  expect(cells).toHaveLength(matrix.length ** 2)
  for (const [column, row, value] of cells)
    expect([row, column, value === '-' ? null : value]).toEqual([row, column, matrix[row]![column]])
}

export async function expectPairCharts(page: Page, pair: PairReturns): Promise<void> {
  const scatter = await drawnIn(page, 'Pair')
  expect(lineIn(scatter, 'points')).toEqual(pair.points.map(({ left, right }) => [left, right]))
  const { slope, intercept } = pair.fit!
  const lefts = pair.points.map(({ left }) => left)
  const ends = [Math.min(...lefts), Math.max(...lefts)].map((left) => [left, intercept + slope * left])
  expect(lineIn(scatter, 'fit')).toEqual(ends)
  expect((await drawnIn(page, 'Pair', 1)).series[0]!.data).toEqual(pointsOf(pair.rolling))
}

export async function expectCone(page: Page, { cone }: SimulationView): Promise<void> {
  const { series } = await drawnIn(page, 'Monte Carlo cone')
  const stacked = series.filter(({ id }) => id !== 'middle').map(({ data }) => data as readonly number[])
  for (const [step, top] of cone.at(-1)!.entries())
    expect(stacked.reduce((sum, band) => sum + band[step]!, 0)).toBeCloseTo(top, 12)
  expect(stacked[0]).toEqual(cone[0])
  expect(series.find(({ id }) => id === 'middle')!.data).toEqual(cone[2])
}

export async function expectPerformanceCharts(page: Page, view: PerformancePage, window: number): Promise<void> {
  const { portfolio, benchmark, sleeves } = view.cumulative.data!
  await expectLines(page, 'Cumulative return', [portfolio, ...(benchmark === null ? [] : [benchmark]), ...sleeves])
  const day = view.histograms.data!.find(({ unit }) => unit === 'day')!
  const distribution = await drawnIn(page, 'Distribution')
  expect(lineIn(distribution, 'bars')).toEqual(day.bins.map(({ from, to, count }) => [from, to, count]))
  expect(lineIn(distribution, 'normal')).toEqual(day.normal.map(({ at, count }) => [at, count]))
  await expectAttribution(page, view)
  const set = view.rolling.data!.find((each) => each.window === window)!
  const { sharpe, volatility, beta, correlation, sleeveCorrelation } = set
  const known = (lines: readonly (Line | null)[]): readonly Line[] => lines.filter((line) => line !== null)
  await expectLines(page, 'Rolling Sharpe', [sharpe])
  await expectLines(page, 'Rolling volatility', [volatility])
  await expectLines(page, 'Rolling beta', known([beta]))
  await expectLines(page, 'Rolling correlation', known([correlation, sleeveCorrelation]))
  await expectTradeCharts(page, view)
}

async function expectAttribution(page: Page, { attribution }: PerformancePage): Promise<void> {
  const { lines, total } = attribution.data!
  const drawn = await drawnIn(page, 'Attribution')
  for (const line of lines) {
    const halves = ['gains', 'losses'].map((side) => lineIn(drawn, `${line.name} ${side}`) as Points)
    const sums = halves[0]!.map(([at, gain], point) => [at, gain === null ? null : gain! + halves[1]![point]![1]!])
    expect(sums, line.name).toEqual(pointsOf(line))
  }
  expect(lineIn(drawn, total.name)).toEqual(pointsOf(total))
}

async function expectTradeCharts(page: Page, { trades }: PerformancePage): Promise<void> {
  const { pnl, hold, frequency, sleeves } = trades.data!
  const barsOf = (bins: typeof pnl): Points => bins.map(({ from, to, count }) => [from, to, count])
  expect((await drawnIn(page, 'Trade profit and loss')).series[0]!.data).toEqual(barsOf(pnl))
  expect((await drawnIn(page, 'Hold time')).series[0]!.data).toEqual(barsOf(hold))
  const { series } = await drawnIn(page, 'Trade frequency')
  expect(series.map(({ id }) => id)).toEqual(sleeves.map(({ name }) => name))
  for (const { id, data } of series)
    expect(data, id).toEqual(frequency.map((month) => month.sleeves.find(({ name }) => name === id)?.count ?? 0))
  const [rates, results] = [
    await drawnIn(page, 'Win rate, winners and losers'),
    await drawnIn(page, 'Win rate, winners and losers', 1),
  ]
  const upwards = sleeves.toReversed()
  expect(rates.series[0]!.data.map(valueIn)).toEqual(upwards.map(({ winRate }) => winRate ?? 0))
  expect(results.series.map(({ data }) => data)).toEqual([
    upwards.map(({ averageWinner }) => averageWinner),
    upwards.map(({ averageLoser }) => averageLoser),
  ])
}

export async function expectStrategyCharts(page: Page, { equity, prices }: SleevePage): Promise<void> {
  const { actual, shadow } = equity.data!
  await expectLines(page, 'Equity', shadow === null ? [actual] : [actual, shadow], ['buys', 'sells'])
  const candles = (await drawnIn(page, 'Price')).series[0]!.data
  expect(candles).toMatchObject(
    prices.data!.bars.map(({ day, open, high, low, close }) => ({ time: day, open, high, low, close })),
  )
}
