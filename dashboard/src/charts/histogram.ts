import type { Bin, Histogram } from '../../../src/api/contract/performance-page.ts'
import { count, percent } from '../format.ts'
import { house, levels, type Option, type Palette, tooltip, tooltipRows, valueAxis } from './palette.ts'

/** How often results of each size came: bars of equal width, beside the normal distribution where there is one to compare with. */

export interface Bars {
  readonly bins: readonly Bin[]
  readonly format: (value: number) => string
  readonly name: string
  /** Gains and losses are told apart by colour; figures without a sign are drawn neutral. */
  readonly isSigned: boolean
  readonly more?: readonly Option[]
  readonly marks?: readonly { readonly at: number; readonly text: string }[]
}

/** Bars as rectangles over their own width on a value axis. */
function barShape(palette: Palette, isSigned: boolean) {
  return (
    _: unknown,
    api: {
      readonly value: (dimension: number) => number
      readonly coord: (point: readonly [number, number]) => readonly [number, number]
    },
  ) => {
    const [from, to, height] = [api.value(0), api.value(1), api.value(2)]
    const [left, top] = api.coord([from, height])
    const [right, bottom] = api.coord([to, 0])
    const { neg, pos, text2 } = palette.paint
    const fill = isSigned ? ((from + to) / 2 < 0 ? neg : pos) : text2
    return {
      type: 'rect',
      shape: { x: left + 0.5, y: top, width: Math.max(1, right - left - 1), height: Math.max(0, bottom - top) },
      style: { fill, opacity: 0.85 },
      emphasis: { style: { opacity: 1 } },
    }
  }
}

export function binBars(view: Bars, palette: Palette): Option {
  const [first, last] = [view.bins[0], view.bins.at(-1)]
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 44, right: palette.isPhone ? 40 : 16, top: 20, bottom: 26 },
    xAxis: valueAxis(palette, {
      format: view.format,
      position: 'bottom',
      min: first?.from ?? 0,
      max: last?.to ?? 1,
      scale: true,
      splitLine: { show: false },
    }),
    yAxis: valueAxis(palette, { format: count, scale: false, min: 0, minInterval: 1 }),
    tooltip: tooltip(palette, {
      trigger: 'item',
      formatter: (hit: { readonly dataIndex: number; readonly seriesId?: string }) => {
        const bin = hit.seriesId === 'bars' ? view.bins[hit.dataIndex] : undefined
        return bin === undefined
          ? ''
          : tooltipRows(`${view.format(bin.from)} to ${view.format(bin.to)}`, [
              { name: view.name, text: count(bin.count) },
            ])
      },
    }),
    series: [
      {
        id: 'bars',
        type: 'custom',
        encode: { x: [0, 1], y: 2 },
        data: view.bins.map((bin) => [bin.from, bin.to, bin.count]),
        renderItem: barShape(palette, view.isSigned),
        clip: true,
        markLine: levels(palette, 'x', [
          ...(view.isSigned ? [{ at: 0, colour: palette.paint.control, isDashed: false }] : []),
          ...(view.marks ?? []).map(({ at, text }) => ({ at, text, colour: palette.paint.warn })),
        ]),
      },
      ...(view.more ?? []),
    ],
  }
}

export const UNIT_NAMES = { day: 'Days', week: 'Weeks', month: 'Months', year: 'Years' } as const

/** Returns of days, weeks, months or years with the normal distribution of the same mean and deviation. */
export function returnHistogram(view: Histogram, palette: Palette): Option {
  return binBars(
    {
      bins: view.bins,
      name: UNIT_NAMES[view.unit],
      isSigned: true,
      format: (value) => percent(value, { decimals: 1 }),
      marks: view.valueAtRisk === null ? [] : [{ at: view.valueAtRisk, text: `VaR 95 % ${percent(view.valueAtRisk)}` }],
      more: [
        {
          id: 'normal',
          type: 'line',
          smooth: true,
          showSymbol: false,
          silent: true,
          data: view.normal.map(({ at, count: expected }) => [at, expected]),
          lineStyle: { color: palette.paint.text, width: 1.6, type: 'solid' },
          z: 4,
        },
      ],
    },
    palette,
  )
}
