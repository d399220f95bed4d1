import type { Drawdown, DrawdownPeriod } from '../../../src/api/contract/risk-page.ts'
import { percent } from '../format.ts'
import { dayTooltip, lineSeries } from './day-lines.ts'
import { dayMs } from './days.ts'
import { dataZoom, dayAxis, house, labelStyle, levels, type Option, type Palette, valueAxis } from './palette.ts'

/** The drawdown of a portfolio, its worst periods shaded and numbered, its limits as lines. */

interface Limit {
  readonly at: number
  readonly text: string
  readonly colour: 'neg' | 'text3'
}

/** Limits in the order of the depth at which they act. */
export function drawdownLimits(view: Drawdown): readonly Limit[] {
  const limits: Limit[] = []
  if (view.resumeAt !== null) limits.push({ at: view.resumeAt, text: 'resumes', colour: 'text3' })
  if (view.haltAt !== null) limits.push({ at: view.haltAt, text: 'halts', colour: 'neg' })
  if (view.liquidateAt !== null) limits.push({ at: view.liquidateAt, text: 'liquidates', colour: 'neg' })
  return limits.sort((left, right) => right.at - left.at)
}

/** The period that a day lies in; null in none of the worst. */
export function periodOn(periods: readonly DrawdownPeriod[], day: string): DrawdownPeriod | null {
  return periods.find((period) => (period.peak ?? '') <= day && day <= (period.recovered ?? '9999')) ?? null
}

/** What of the axis is needed: the deepest fall, and the first limit where the fall came near it. */
function floorOf(view: Drawdown): number {
  const deepest = Math.min(0, ...view.line.values.filter((value) => value !== null))
  const nearest = drawdownLimits(view).map(({ at }) => at)
  const reached = nearest.filter((at) => at >= deepest * 2.5)
  return Math.min(deepest, ...reached) * 1.08
}

function shading(palette: Palette, view: Drawdown): Option {
  const last = view.line.days.at(-1) ?? ''
  const first = view.line.days[0] ?? ''
  return {
    silent: true,
    itemStyle: { color: palette.paint.text3, opacity: 0.1 },
    label: { ...labelStyle(palette), color: palette.paint.text2, position: 'top', distance: 3 },
    data: view.worst.map((period) => [
      { name: String(period.rank), xAxis: dayMs(period.peak ?? first) },
      { xAxis: dayMs(period.recovered ?? last) },
    ]),
  }
}

export function drawdownLine(view: Drawdown, palette: Palette): Option {
  const drawn = { line: view.line, colour: palette.paint.neg, width: 1.4 }
  const floor = floorOf(view)
  const limits = drawdownLimits(view).filter(({ at }) => at >= floor)
  const markLine = levels(
    palette,
    'y',
    limits.map(({ at, text, colour }) => ({
      at,
      colour: palette.paint[colour],
      text: `${text} ${percent(at)}`,
      place: 'insideStartBottom',
    })),
  )
  const format = (value: number): string => percent(value, { decimals: floor > -0.04 ? 1 : 0 })
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 54, right: palette.isPhone ? 52 : 16, top: 22, bottom: 26 },
    xAxis: dayAxis(palette),
    yAxis: valueAxis(palette, {
      format,
      min: floor,
      max: 0,
      scale: false,
      axisLabel: { ...labelStyle(palette), formatter: format, showMinLabel: false },
    }),
    dataZoom: dataZoom(),
    tooltip: dayTooltip(
      palette,
      [drawn],
      (value) => percent(value),
      (day) => {
        const period = periodOn(view.worst, day)
        return period === null ? '' : `Period ${period.rank}: ${percent(period.depth)} in ${period.fall} days`
      },
    ),
    series: [
      lineSeries(palette, drawn, {
        sampling: 'minmax', // any other kind hides the trough
        more: { areaStyle: { color: palette.paint.neg, opacity: 0.16 }, markArea: shading(palette, view), markLine },
      }),
    ],
  }
}
