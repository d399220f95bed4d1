import type { Concentration, ConcentrationBar } from '../../../src/api/contract/risk-page.ts'
import { percent } from '../format.ts'
import {
  categoryAxis,
  house,
  labelStyle,
  levels,
  type Option,
  type Palette,
  shadowPointer,
  tooltip,
  tooltipRows,
  valueAxis,
} from './palette.ts'

/** What is held of each instrument, class or sector, stacked by sleeve: long to the right of zero, short to the left. */

/** Sleeves of all bars, in the order in which they first appear. */
function sleevesOf(view: Concentration): readonly { readonly sleeve: string; readonly title: string }[] {
  const found = new Map<string, string>()
  for (const bar of view.bars)
    for (const { sleeve, title } of bar.parts) if (!found.has(sleeve)) found.set(sleeve, title)
  return [...found].map(([sleeve, title]) => ({ sleeve, title }))
}

/** The limits of the bars, each once. */
function limitsOf(view: Concentration): readonly number[] {
  const all = [view.limit, ...view.bars.map((bar) => bar.limit)].filter((limit) => limit !== null)
  return [...new Set(all)].sort((left, right) => left - right)
}

function barTooltip(bar: ConcentrationBar, palette: Palette): string {
  const parts = bar.parts.map(({ sleeve, title, weight }) => ({
    name: title,
    text: percent(weight, { signed: true }),
    colour: palette.strokeOf(sleeve).colour,
  }))
  const sums = [
    { name: 'Net', text: percent(bar.net, { signed: true }), isStrong: true },
    { name: 'Gross', text: percent(bar.gross) },
    ...(bar.limit === null ? [] : [{ name: 'Limit', text: percent(bar.limit) }]),
  ]
  return tooltipRows(bar.name, [...parts, ...sums], bar.isAbove ? 'Above the limit' : '')
}

export function concentrationBars(view: Concentration, palette: Palette): Option {
  const bars = [...view.bars].reverse() // the axis counts from the bottom
  const furthest = Math.max(0.01, ...bars.map((bar) => bar.gross))
  const lowest = Math.min(0, ...bars.map((bar) => bar.parts.reduce((sum, part) => sum + Math.min(0, part.weight), 0)))
  const limits = limitsOf(view).filter((limit) => limit <= furthest * 3)
  const end = Math.max(furthest, ...limits) * 1.08
  const labels = {
    ...labelStyle(palette),
    color: palette.paint.text2,
    width: palette.isPhone ? 72 : 96,
    overflow: 'truncate',
  }
  const format = (value: number): string => percent(value, { decimals: end < 0.05 ? 1 : 0 })
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 84 : 112, right: 24, top: 18, bottom: 26 },
    xAxis: valueAxis(palette, {
      format,
      position: 'bottom',
      min: lowest * 1.08,
      max: end,
      scale: false,
      axisLabel: { ...labelStyle(palette), formatter: format, showMinLabel: false, showMaxLabel: false },
    }),
    yAxis: categoryAxis(palette, { data: bars.map((bar) => bar.name), axisLine: { show: false }, axisLabel: labels }),
    tooltip: tooltip(palette, {
      trigger: 'axis',
      axisPointer: shadowPointer(palette),
      formatter: (hits: readonly { readonly dataIndex: number }[]) => {
        const bar = bars[hits[0]?.dataIndex ?? -1]
        return bar === undefined ? '' : barTooltip(bar, palette)
      },
    }),
    series: sleevesOf(view).map(({ sleeve, title }, place) => ({
      id: sleeve,
      name: title,
      type: 'bar',
      stack: 'sleeves',
      barMaxWidth: 18,
      data: bars.map((bar) => bar.parts.find((part) => part.sleeve === sleeve)?.weight ?? 0),
      itemStyle: { color: palette.strokeOf(sleeve).colour, borderRadius: 1 },
      ...(place === 0 ? { markLine: limitLines(limits, palette) } : {}),
    })),
  }
}

function limitLines(limits: readonly number[], palette: Palette): Option {
  return levels(palette, 'x', [
    { at: 0, colour: palette.paint.control, isDashed: false },
    ...limits.map((at) => ({ at, colour: palette.paint.neg, text: `limit ${percent(at, { decimals: 0 })}` })),
  ])
}
