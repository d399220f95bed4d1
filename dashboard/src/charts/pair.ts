import type { PairReturns } from '../../../src/api/contract/risk-page.ts'
import { percent, ratio } from '../format.ts'
import { tradeDate } from '../times.ts'
import { dayTooltip, lineSeries } from './day-lines.ts'
import {
  dataZoom,
  dayAxis,
  house,
  labelStyle,
  levels,
  type Option,
  type Palette,
  tooltip,
  tooltipRows,
  valueAxis,
} from './palette.ts'

/** Two sleeves against each other: their daily returns as points with the line through them, and how alike they were over time. */

/** Above this many points the scatter is drawn in bulk, without a point of its own under the pointer. */
const BULK_ABOVE = 2_000

/** Both ends of the fitted line, within the points. */
function fitEnds(view: PairReturns): readonly (readonly [number, number])[] {
  if (view.fit === null || view.points.length === 0) return []
  const { slope, intercept } = view.fit
  const lefts = view.points.map((point) => point.left)
  return [Math.min(...lefts), Math.max(...lefts)].map((left) => [left, intercept + slope * left] as const)
}

const whole = (value: number): string => percent(value, { decimals: 1 })

export function pairScatter(view: PairReturns, palette: Palette): Option {
  const name = { nameLocation: 'middle' as const, nameTextStyle: labelStyle(palette) }
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 16 : 62, right: palette.isPhone ? 56 : 16, top: 12, bottom: 44 },
    xAxis: valueAxis(palette, { format: whole, position: 'bottom', name: view.leftTitle, nameGap: 26, ...name }),
    yAxis: valueAxis(palette, { format: whole, name: palette.isPhone ? '' : view.rightTitle, nameGap: 46, ...name }),
    tooltip: tooltip(palette, {
      trigger: 'item',
      formatter: (hit: { readonly seriesId?: string; readonly dataIndex: number }) => {
        const point = hit.seriesId === 'points' ? view.points[hit.dataIndex] : undefined
        if (point === undefined) return ''
        return tooltipRows(tradeDate(point.day), [
          { name: view.leftTitle, text: percent(point.left, { signed: true }) },
          { name: view.rightTitle, text: percent(point.right, { signed: true }) },
        ])
      },
    }),
    series: [
      {
        id: 'points',
        type: 'scatter',
        data: view.points.map((point) => [point.left, point.right]),
        symbolSize: 5,
        large: view.points.length > BULK_ABOVE,
        largeThreshold: BULK_ABOVE,
        itemStyle: { color: palette.paint.accent, opacity: 0.5 },
        markLine: zeroLines(palette),
      },
      {
        id: 'fit',
        type: 'line',
        data: fitEnds(view),
        showSymbol: false,
        silent: true,
        lineStyle: { color: palette.paint.text, width: 1.6 },
      },
    ],
  }
}

function zeroLines(palette: Palette): Option {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: palette.paint.control, type: 'solid', width: 1, opacity: 0.6 },
    data: [{ xAxis: 0 }, { yAxis: 0 }],
  }
}

export function pairRolling(view: PairReturns, palette: Palette): Option {
  const drawn = { line: view.rolling, colour: palette.paint.accent, width: 1.6 }
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 44, right: palette.isPhone ? 40 : 44, top: 12, bottom: 26 },
    xAxis: dayAxis(palette),
    yAxis: valueAxis(palette, { format: (value) => ratio(value, 1), min: -1, max: 1, interval: 0.5, scale: false }),
    dataZoom: dataZoom(),
    tooltip: dayTooltip(palette, [drawn], (value) => ratio(value)),
    series: [
      lineSeries(palette, drawn, {
        more: {
          markLine: levels(palette, 'y', [
            { at: 0, colour: palette.paint.control, isDashed: false },
            ...view.thresholds.map((at, place) => ({
              at,
              colour: palette.paint.warn,
              ...(palette.isPhone ? {} : { text: ratio(at, 1) }), // there the axis stands where they would
              offset: [0, place === 0 ? 6 : -6] as const, // they lie so close that one stands below, one above
            })),
          ]),
        },
      }),
    ],
  }
}
