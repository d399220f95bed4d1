import type { Line } from '../../../src/api/contract/analysis.ts'
import type { BacktestBeside } from '../../../src/api/contract/beside.ts'
import type { Cumulative } from '../../../src/api/contract/performance-page.ts'
import type { DrawdownPeriod } from '../../../src/api/contract/risk-page.ts'
import { percent } from '../format.ts'
import { type DrawnLine, dayTooltip, inColour, lastValue, lineSeries, valueOn } from './day-lines.ts'
import { dayMs } from './days.ts'
import { dataZoom, dayAxis, house, labelStyle, levels, type Option, type Palette, valueAxis } from './palette.ts'

/** Cumulative returns of the portfolio, its benchmark and its sleeves, with the worst falls shaded. */

/** A line that starts anew at a day: returns since then; null where nothing is known before it. */
export function since(line: Line, day: string | null): Line {
  if (day === null) return line
  const start = valueOn(line, day) ?? 0
  const from = line.days.findIndex((each) => each >= day)
  if (from < 0) return { ...line, days: [], values: [] }
  const rebased = (value: number | null): number | null => (value === null ? null : (1 + value) / (1 + start) - 1)
  return { ...line, days: line.days.slice(from), values: line.values.slice(from).map(rebased) }
}

/** All lines of the view since a day. */
export function cumulativeSince(view: Cumulative, day: string | null): Cumulative {
  return {
    portfolio: since(view.portfolio, day),
    benchmark: view.benchmark === null ? null : since(view.benchmark, day),
    sleeves: view.sleeves.map((line) => since(line, day)),
    periods: view.periods.filter((period) => day === null || (period.recovered ?? '9999') >= day),
  }
}

/** Which days are compared where a backtest does not have all of the portfolio's; empty where it has. */
export function comparedText({ name, days, line }: BacktestBeside, { days: own }: Line): string {
  const [first, last] = [line?.days[0], line?.days.at(-1)]
  const [ownFirst, ownLast] = [own[0], own.at(-1)]
  if (first === undefined || last === undefined || ownFirst === undefined || ownLast === undefined) return ''
  const ends = [
    ...(first > ownFirst ? [`begin on ${ownFirst}`] : []),
    ...(last < ownLast ? [`go on to ${ownLast}`] : []),
  ]
  if (ends.length === 0) return ''
  const count = `${days} ${days === 1 ? 'day' : 'days'}`
  return `Backtest ${name}: ${count}, ${first} to ${last}; those of the portfolio ${ends.join(' and ')}.`
}

/** The lines as they are drawn: the portfolio strongest, the benchmark dashed, sleeves by their own colours. */
export function drawnLines(
  view: Cumulative,
  shown: (name: string) => boolean,
  palette: Palette,
  backtest: Line | null = null,
): readonly DrawnLine[] {
  const coloured = inColour(view.sleeves, (line) => Math.abs(lastValue(line) ?? 0))
  const sleeves = view.sleeves.map((line) => ({
    line,
    ...palette.strokeOf(line.name),
    isFaint: !coloured.has(line.name),
  }))
  const benchmark =
    view.benchmark === null ? [] : [{ line: view.benchmark, colour: palette.paint.benchmark, dash: [5, 4], width: 1.5 }]
  const portfolio = { line: view.portfolio, colour: palette.paint.text, width: 2.6, isStrong: true }
  const beside = backtest === null ? [] : [{ line: backtest, colour: palette.paint.text, dash: [2, 3], width: 1.6 }]
  return [portfolio, ...beside, ...benchmark, ...sleeves].filter(({ line }) => shown(line.name))
}

function shades(
  periods: readonly DrawdownPeriod[],
  chosen: number | null,
  days: readonly string[],
  palette: Palette,
): Option {
  const [first, last] = [days[0] ?? '', days.at(-1) ?? '']
  const clamp = (day: string): number => dayMs(day < first ? first : day > last ? last : day)
  return {
    silent: true,
    label: { ...labelStyle(palette), position: 'insideTop', distance: 2 },
    data: periods.map((period) => [
      {
        name: String(period.rank),
        xAxis: clamp(period.peak ?? first),
        itemStyle: {
          color: period.rank === chosen ? palette.paint.neg : palette.paint.text3,
          opacity: period.rank === chosen ? 0.2 : 0.09,
        },
      },
      { xAxis: clamp(period.recovered ?? last) },
    ]),
  }
}

export function cumulativeLines(
  view: Cumulative,
  lines: readonly DrawnLine[],
  chosen: number | null,
  palette: Palette,
): Option {
  const signed = (value: number): string => percent(value, { signed: true })
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 60, right: palette.isPhone ? 56 : 16, top: 20, bottom: 26 },
    xAxis: dayAxis(palette),
    yAxis: valueAxis(palette, { format: (value) => percent(value, { signed: true, decimals: 0 }) }),
    dataZoom: dataZoom(),
    tooltip: dayTooltip(palette, lines, signed),
    series: lines.map((drawn, place) =>
      lineSeries(palette, drawn, {
        more:
          place === 0
            ? {
                markArea: shades(view.periods, chosen, view.portfolio.days, palette),
                markLine: levels(palette, 'y', [{ at: 0, colour: palette.paint.control, isDashed: false }]),
              }
            : {},
      }),
    ),
  }
}
