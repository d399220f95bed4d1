import type { Line } from '../../../src/api/contract/analysis.ts'
import type { Attribution, MonthCell } from '../../../src/api/contract/performance-page.ts'
import { percent } from '../format.ts'
import { tradeDate } from '../times.ts'
import { hitDay, lineSeries, rowsOn, valueOn } from './day-lines.ts'
import { dayMs } from './days.ts'
import {
  categoryAxis,
  dataZoom,
  dayAxis,
  house,
  type Option,
  type Palette,
  shadowPointer,
  tooltip,
  tooltipRows,
  valueAxis,
} from './palette.ts'

/** What each sleeve brought to the portfolio's return: gains stack above zero, losses below. */

/** Whole percents unless the axis is so short that they would repeat. */
function axisFormat(largest: number): (value: number) => string {
  return (value) => percent(value, { signed: true, decimals: largest < 0.05 ? 1 : 0 })
}

/**
 * The gains or the losses of one sleeve. They stack apart, each ending at zero where the sleeve crosses it, so that a loss of
 * one is not hidden behind the gain of another.
 */
function half(line: Line, colour: string, side: 'gains' | 'losses'): Option {
  const bound = side === 'gains' ? Math.max : Math.min
  return {
    id: `${line.name} ${side}`,
    name: line.title,
    type: 'line',
    stack: side,
    showSymbol: false,
    connectNulls: false,
    data: line.days.map((day, place) => {
      const value = line.values[place] ?? null
      return [dayMs(day), value === null ? null : bound(0, value)]
    }),
    lineStyle: { width: 0 },
    itemStyle: { color: colour },
    areaStyle: { color: colour, opacity: 0.75 },
  }
}

const largestOf = (values: readonly (number | null)[]): number =>
  Math.max(0, ...values.map((value) => Math.abs(value ?? 0)))

function grid(palette: Palette): Option {
  return { left: palette.isPhone ? 12 : 60, right: palette.isPhone ? 56 : 16, top: 12, bottom: 26 }
}

export function contributionArea(view: Attribution, palette: Palette): Option {
  const drawn = view.lines.map((line) => ({ line, colour: palette.strokeOf(line.name).colour }))
  const total = { line: view.total, colour: palette.paint.text, width: 2.2, isStrong: true }
  return {
    ...house(palette),
    grid: grid(palette),
    xAxis: dayAxis(palette),
    yAxis: valueAxis(palette, {
      format: axisFormat(largestOf(view.lines.flatMap(({ values }) => values))),
      scale: false,
    }),
    dataZoom: dataZoom(),
    tooltip: tooltip(palette, {
      trigger: 'axis',
      formatter: (hits: unknown) => {
        const day = hitDay(hits)
        if (day === null) return ''
        const signed = (value: number): string => percent(value, { signed: true })
        const rows = rowsOn(drawn, day, signed)
        const sum = valueOn(view.total, day)
        return tooltipRows(`${tradeDate(day)} (trade date)`, [
          ...rows,
          { name: view.total.title, text: sum === null ? 'n/a' : signed(sum), isStrong: true },
        ])
      },
    }),
    series: [
      ...drawn.flatMap(({ line, colour }) => [half(line, colour, 'gains'), half(line, colour, 'losses')]),
      lineSeries(palette, total),
    ],
  }
}

/** `2024-02` reads `Feb 2024`. */
export function monthText(month: string): string {
  return tradeDate(`${month}-01`).replace(/^\S+ /, '')
}

/** Contributions by month: one stacked bar each. */
export function contributionBars(months: readonly MonthCell[], palette: Palette): Option {
  const names = new Map(months.flatMap((month) => month.parts.map((part) => [part.name, part.title] as const)))
  return {
    ...house(palette),
    grid: grid(palette),
    xAxis: categoryAxis(palette, { data: months.map((month) => monthText(month.month)) }),
    yAxis: valueAxis(palette, {
      format: axisFormat(largestOf(months.map(({ totalReturn }) => totalReturn))),
      scale: false,
    }),
    dataZoom: dataZoom(),
    tooltip: tooltip(palette, {
      trigger: 'axis',
      axisPointer: shadowPointer(palette),
      formatter: (hits: readonly { readonly dataIndex: number }[]) => {
        const month = months[hits[0]?.dataIndex ?? -1]
        return month === undefined ? '' : monthTooltip(month, palette)
      },
    }),
    series: [...names].map(([name, title]) => ({
      id: name,
      name: title,
      type: 'bar',
      stack: 'months',
      barMaxWidth: 28,
      data: months.map((month) => month.parts.find((part) => part.name === name)?.contribution ?? null),
      itemStyle: { color: palette.strokeOf(name).colour },
    })),
  }
}

/** A month's return and the parts that add up to it, largest first. */
function monthTooltip(month: MonthCell, palette: Palette): string {
  const parts = month.parts
    .filter((part) => part.contribution !== null)
    .sort((left, right) => right.contribution! - left.contribution!)
  return tooltipRows(monthText(month.month), [
    ...parts.map((part) => ({
      name: part.title,
      text: percent(part.contribution, { signed: true }),
      colour: palette.strokeOf(part.name).colour,
    })),
    { name: 'Portfolio', text: percent(month.totalReturn, { signed: true }), isStrong: true },
  ])
}
