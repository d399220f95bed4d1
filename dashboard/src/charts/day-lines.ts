import type { Line } from '../../../src/api/contract/analysis.ts'
import { tradeDate } from '../times.ts'
import { dayMs, dayOf, placeAt } from './days.ts'
import { type Option, type Palette, type Stroke, type TooltipRow, tooltip, tooltipRows } from './palette.ts'

/** Lines over trade dates. What is not defined on a day is a gap; a day that was thinned out shows the one before it. */

/** A line and how it is drawn. */
export interface DrawnLine {
  readonly line: Line
  readonly colour: string
  readonly dash?: Stroke['dash']
  readonly width?: number
  readonly isStrong?: boolean
  /** Drawn in grey until somebody points at it. */
  readonly isFaint?: boolean
}

/** Above this many sleeves only the largest are drawn in colour. */
const LINES_IN_COLOUR = 12

/** Names of the lines that are drawn in colour: all of them up to twelve, else the twelve largest, by whatever `size` says. */
export function inColour(lines: readonly Line[], size: (line: Line) => number): ReadonlySet<string> {
  if (lines.length <= LINES_IN_COLOUR) return new Set(lines.map((line) => line.name))
  const bySize = [...lines].sort((left, right) => size(right) - size(left) || (left.name < right.name ? -1 : 1))
  return new Set(bySize.slice(0, LINES_IN_COLOUR).map((line) => line.name))
}

/** Last value of a line that is defined; null where none is. */
export function lastValue(line: Line): number | null {
  for (let place = line.values.length - 1; place >= 0; place -= 1) {
    const value = line.values[place]
    if (value !== null && value !== undefined) return value
  }
  return null
}

/** What a line shows on a day: of the newest day that is not after it; null in a gap and before its first. */
export function valueOn(line: Line, day: string): number | null {
  return line.values[placeAt(line.days, day)] ?? null
}

export interface LineSeriesStyle {
  readonly axis?: number
  readonly sampling?: 'minmax'
  readonly more?: Option
}

const FAINT_OPACITY = 0.45

/** One series of a line chart. */
export function lineSeries(palette: Palette, drawn: DrawnLine, style: LineSeriesStyle = {}): Option {
  const { line, colour, dash = 'solid', width = 1.4, isFaint = false } = drawn
  const axis = style.axis ?? 0
  return {
    id: `${line.name}@${axis}`,
    name: line.title,
    type: 'line',
    xAxisIndex: axis,
    yAxisIndex: axis,
    showSymbol: false,
    connectNulls: false, // a gap stays a gap
    data: line.days.map((day, place) => [dayMs(day), line.values[place] ?? null]),
    lineStyle: {
      color: isFaint ? palette.paint.control : colour,
      width: isFaint ? 1 : width,
      type: dash,
      cap: 'round',
      join: 'round',
      opacity: isFaint ? FAINT_OPACITY : 1,
    },
    itemStyle: { color: colour },
    emphasis: { focus: 'series', lineStyle: { width: width + 0.8, color: colour, opacity: 1 } },
    blur: { lineStyle: { opacity: 0.18 } },
    z: drawn.isStrong === true ? 5 : 2,
    ...(style.sampling === undefined ? {} : { sampling: style.sampling }),
    ...style.more,
  }
}

/** Rows of all lines on a day, largest first; faint lines and gaps stay out. */
export function rowsOn(
  lines: readonly DrawnLine[],
  day: string,
  format: (value: number) => string,
): readonly TooltipRow[] {
  const found = lines
    .filter((drawn) => drawn.isFaint !== true)
    .map((drawn) => ({ drawn, value: valueOn(drawn.line, day) }))
    .filter((row): row is { drawn: DrawnLine; value: number } => row.value !== null)
  return found
    .sort((left, right) => right.value - left.value)
    .map(({ drawn, value }) => ({
      name: drawn.line.title,
      text: format(value),
      colour: drawn.colour,
      ...(drawn.isStrong === true ? { isStrong: true } : {}),
    }))
}

interface AxisHit {
  readonly axisValue?: number | string
}

/** The day that an axis tooltip stands on; null where ECharts gives none. */
export function hitDay(hits: unknown): string | null {
  const first = (Array.isArray(hits) ? hits[0] : hits) as AxisHit | undefined
  const at = first?.axisValue
  if (typeof at === 'number') return dayOf(at)
  return typeof at === 'string' && at !== '' ? at : null
}

/** The tooltip of lines over days: every line at that day, whether or not thinning left it a point there. */
export function dayTooltip(
  palette: Palette,
  lines: readonly DrawnLine[],
  format: (value: number) => string,
  foot: (day: string) => string = () => '',
): Option {
  return tooltip(palette, {
    trigger: 'axis',
    formatter: (hits: unknown) => {
      const day = hitDay(hits)
      return day === null ? '' : tooltipRows(`${tradeDate(day)} (trade date)`, rowsOn(lines, day, format), foot(day))
    },
  })
}
