import type { SleeveTrades, TradeStats } from '../../../src/api/contract/performance-page.ts'
import { count, percent, quantity } from '../format.ts'
import { tradeDate } from '../times.ts'
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
import { monthText } from './stacked-area.ts'

/** How round trips ended: hold time against result, how many a month, what each sleeve won and lost. */

/** Above this many round trips the scatter is drawn in bulk. */
const SCATTER_BULK_ABOVE = 5_000
/** Whole days fall on each other: points are moved aside by up to this part of a day, always the same way. */
const JITTER = 0.7

/** The place of a point within its day: spread evenly by the golden ratio, the same at every drawing. */
export function jittered(hold: number, place: number): number {
  const GOLDEN = 0.618_033_988_75
  const part = (place * GOLDEN) % 1
  return hold + (part - 0.5) * JITTER
}

export function holdScatter(view: TradeStats, palette: Palette): Option {
  const days = (value: number): string => quantity(value)
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 60, right: palette.isPhone ? 58 : 16, top: 14, bottom: 42 },
    xAxis: valueAxis(palette, {
      format: days,
      position: 'bottom',
      min: 0,
      scale: false,
      name: 'days held',
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: labelStyle(palette),
      splitLine: { show: false },
    }),
    yAxis: valueAxis(palette, { format: palette.moneyShort }),
    tooltip: tooltip(palette, {
      trigger: 'item',
      formatter: (hit: { readonly dataIndex: number }) => {
        const trade = view.scatter[hit.dataIndex]
        if (trade === undefined) return ''
        return tooltipRows(trade.instrument, [
          { name: 'Closed', text: tradeDate(trade.closed) },
          { name: 'Held', text: `${quantity(trade.hold)} days` },
          { name: 'Result', text: palette.money(trade.pnl, { signed: true }), isStrong: true },
        ])
      },
    }),
    series: [
      {
        type: 'scatter',
        symbolSize: 5,
        large: view.scatter.length > SCATTER_BULK_ABOVE,
        largeThreshold: SCATTER_BULK_ABOVE,
        data: view.scatter.map((trade, place) => ({
          value: [jittered(trade.hold, place), trade.pnl],
          itemStyle: { color: palette.strokeOf(trade.sleeve).colour, opacity: 0.7 },
        })),
        itemStyle: { color: palette.paint.text2, opacity: 0.6 },
        markLine: levels(palette, 'y', [{ at: 0, colour: palette.paint.control, isDashed: false }]),
      },
    ],
  }
}

export function frequencyBars(view: TradeStats, palette: Palette): Option {
  const titles = new Map(view.sleeves.map((sleeve) => [sleeve.name, sleeve.title]))
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 40, right: palette.isPhone ? 40 : 16, top: 14, bottom: 26 },
    xAxis: categoryAxis(palette, { data: view.frequency.map((month) => monthText(month.month)) }),
    yAxis: valueAxis(palette, { format: count, scale: false, minInterval: 1 }),
    tooltip: tooltip(palette, {
      trigger: 'axis',
      axisPointer: shadowPointer(palette),
      formatter: (hits: readonly { readonly dataIndex: number }[]) => {
        const month = view.frequency[hits[0]?.dataIndex ?? -1]
        if (month === undefined) return ''
        const rows = month.sleeves.map((sleeve) => ({
          name: titles.get(sleeve.name) ?? sleeve.name,
          text: count(sleeve.count),
          colour: palette.strokeOf(sleeve.name).colour,
        }))
        return tooltipRows(monthText(month.month), [...rows, { name: 'All', text: count(month.count), isStrong: true }])
      },
    }),
    series: [...titles].map(([name, title]) => ({
      id: name,
      name: title,
      type: 'bar',
      stack: 'sleeves',
      barMaxWidth: 22,
      data: view.frequency.map((month) => month.sleeves.find((sleeve) => sleeve.name === name)?.count ?? 0),
      itemStyle: { color: palette.strokeOf(name).colour },
    })),
  }
}

function horizontal(palette: Palette, sleeves: readonly SleeveTrades[]): Option {
  return categoryAxis(palette, {
    data: sleeves.map((sleeve) => sleeve.title),
    axisLine: { show: false },
    axisLabel: { ...labelStyle(palette), color: palette.paint.text2, width: 112, overflow: 'truncate', interval: 0 },
  })
}

const horizontalGrid = { left: 128, right: 20, top: 8, bottom: 26 } as const

/** Part of the round trips that won, sleeve by sleeve, with the half as the line to read it against. */
export function winRateBars(view: TradeStats, palette: Palette): Option {
  const sleeves = [...view.sleeves].reverse()
  return {
    ...house(palette),
    grid: horizontalGrid,
    xAxis: valueAxis(palette, {
      format: (value) => percent(value, { decimals: 0 }),
      position: 'bottom',
      min: 0,
      max: 1,
      interval: 0.25,
      scale: false,
    }),
    yAxis: horizontal(palette, sleeves),
    tooltip: tooltip(palette, {
      trigger: 'axis',
      axisPointer: shadowPointer(palette),
      formatter: (hits: readonly { readonly dataIndex: number }[]) => {
        const sleeve = sleeves[hits[0]?.dataIndex ?? -1]
        return sleeve === undefined
          ? ''
          : tooltipRows(sleeve.title, [
              { name: 'Win rate', text: percent(sleeve.winRate, { decimals: 1 }), isStrong: true },
              { name: 'Winners', text: count(sleeve.winners) },
              { name: 'Losers', text: count(sleeve.losers) },
            ])
      },
    }),
    series: [
      {
        type: 'bar',
        barMaxWidth: 16,
        data: sleeves.map((sleeve) => ({
          value: sleeve.winRate ?? 0,
          itemStyle: { color: palette.strokeOf(sleeve.name).colour, borderRadius: 2 },
          label: {
            show: true,
            position: 'right',
            color: palette.paint.text,
            formatter: percent(sleeve.winRate, { decimals: 0 }),
          },
        })),
        markLine: levels(palette, 'x', [{ at: 0.5, colour: palette.paint.control }]),
      },
    ],
  }
}

/** The average winner to the right, the average loser to the left. */
export function winnerLoserBars(view: TradeStats, palette: Palette): Option {
  const sleeves = [...view.sleeves].reverse()
  const bar = (pick: (sleeve: SleeveTrades) => number | null, colour: string) => ({
    type: 'bar',
    stack: 'both',
    barMaxWidth: 16,
    data: sleeves.map(pick),
    itemStyle: { color: colour, borderRadius: 2 },
  })
  return {
    ...house(palette),
    grid: horizontalGrid,
    xAxis: valueAxis(palette, { format: palette.moneyShort, position: 'bottom', scale: false }),
    yAxis: horizontal(palette, sleeves),
    tooltip: tooltip(palette, {
      trigger: 'axis',
      axisPointer: shadowPointer(palette),
      formatter: (hits: readonly { readonly dataIndex: number }[]) => {
        const sleeve = sleeves[hits[0]?.dataIndex ?? -1]
        return sleeve === undefined
          ? ''
          : tooltipRows(sleeve.title, [
              { name: 'Average winner', text: palette.money(sleeve.averageWinner, { signed: true }) },
              { name: 'Average loser', text: palette.money(sleeve.averageLoser, { signed: true }) },
              { name: 'Average trade', text: palette.money(sleeve.averageTrade, { signed: true }), isStrong: true },
            ])
      },
    }),
    series: [
      bar((sleeve) => sleeve.averageWinner, palette.paint.pos),
      bar((sleeve) => sleeve.averageLoser, palette.paint.neg),
    ],
  }
}
