import { type DrawnLine, dayTooltip, lineSeries } from './day-lines.ts'
import { dataZoom, dayAxis, house, levels, type Option, type Palette, valueAxis } from './palette.ts'

/** A figure over a window that moves: one line or two, a level to compare with, gaps where the window is not full. */

export interface RollingView {
  readonly lines: readonly DrawnLine[]
  readonly format: (value: number) => string
  readonly axisFormat: (value: number) => string
  /** What the line is read against: zero, one, a target. */
  readonly level: { readonly at: number; readonly text: string } | null
  readonly range?: { readonly min: number; readonly max: number }
}

export function rollingLine(view: RollingView, palette: Palette): Option {
  const { level } = view
  const markLine = levels(
    palette,
    'y',
    level === null
      ? []
      : [
          {
            at: level.at,
            colour: palette.paint.control,
            place: 'insideStartTop',
            ...(level.text === '' ? {} : { text: level.text }),
          },
        ],
  )
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 54, right: palette.isPhone ? 52 : 16, top: 14, bottom: 26 },
    xAxis: dayAxis(palette),
    yAxis: valueAxis(palette, { format: view.axisFormat, ...view.range }),
    dataZoom: dataZoom(),
    tooltip: dayTooltip(palette, view.lines, view.format),
    series: view.lines.map((drawn, place) => lineSeries(palette, drawn, place === 0 ? { more: { markLine } } : {})),
  }
}
