import type { EquityCurve, EquityLine } from '../../../../src/api/contract/overview.ts'
import {
  houseBase,
  houseLine,
  houseTooltip,
  innerZoom,
  isPhone,
  timeAxis,
  tooltipHtml,
  valueAxis,
} from '../../charts/house.ts'
import { type Paint, sleeveDash } from '../../charts/paint.ts'
import type { Amounts } from '../../data/amounts.ts'
import { percent } from '../../format.ts'
import type { ZoneChoice } from '../../times.ts'
import { drawnOrder, type EquityView, lineKey, pointsX, pointsY } from './equity-lines.ts'

export interface EquityDrawing {
  readonly curve: EquityCurve
  readonly view: EquityView
  readonly shown: ReadonlySet<string>
  readonly zone: ZoneChoice
  readonly amounts: Amounts
  /** Title of a point, by its X. */
  readonly titleOf: (x: number) => string
}

const LABELS_PX = 152
const LABELS_WIDE_PX = 176
const WIDE_FROM = 1280

/** Room for names and figures right of the lines. */
export function labelsWidth(): number {
  return window.innerWidth >= WIDE_FROM ? LABELS_WIDE_PX : LABELS_PX
}
const PHONE_RIGHT_PX = 52
const DRAWDOWN_PX = 62
const DRAWDOWN_ROOM = 1.07
const DRAWDOWN_LEAST = 0.02

function lineColour(line: EquityLine, paint: Paint): string {
  if (line.kind === 'portfolio') return paint.text
  return line.kind === 'benchmark' ? paint.benchmark : paint.sleeve(line.ordinal)
}

function lineSeries(line: EquityLine, drawing: EquityDrawing, paint: Paint) {
  const width = line.kind === 'portfolio' ? 2.6 : line.kind === 'benchmark' ? 1.5 : 1.4
  const dash = line.kind === 'benchmark' ? [5, 4] : sleeveDash(line.ordinal)
  const [xs, ys] = [pointsX(line, drawing.zone), pointsY(line, drawing.view)]
  return {
    ...houseLine(lineColour(line, paint), width, dash),
    id: lineKey(line),
    name: line.title,
    z: line.kind === 'portfolio' ? 5 : line.kind === 'benchmark' ? 3 : 2,
    data: xs.map((x, index) => [x, ys[index] ?? null]),
  }
}

/** Dotted lines where capital was dealt anew, and the line of nothing won or lost. */
function marks(drawing: EquityDrawing, paint: Paint) {
  const { curve, view, zone } = drawing
  const daily = curve.lines[0]?.dates !== null
  const rebalanced = curve.rebalancings.map(({ at, tradeDate }) => ({
    xAxis: pointsX({ at: [at], dates: daily ? [tradeDate] : null }, zone)[0]!,
    lineStyle: { color: paint.control, type: [2, 4], width: 1 },
  }))
  const zero =
    view === 'Value'
      ? []
      : [{ yAxis: view === 'Log' ? 1 : 0, lineStyle: { color: paint.control, type: 'solid', width: 1 } }]
  return { silent: true, symbol: 'none', label: { show: false }, data: [...zero, ...rebalanced] }
}

function drawdownSeries(drawing: EquityDrawing, paint: Paint) {
  const { drawdown, haltLine } = drawing.curve
  const xs = pointsX(drawdown, drawing.zone)
  const halt =
    haltLine === null
      ? []
      : [{ yAxis: haltLine, lineStyle: { color: paint.neg, type: [4, 4], width: 1, opacity: 0.8 } }]
  return {
    ...houseLine(paint.neg, 1.2),
    id: 'drawdown',
    name: 'Drawdown',
    xAxisIndex: 1,
    yAxisIndex: 1,
    data: xs.map((x, index) => [x, drawdown.value[index] ?? null]),
    areaStyle: { color: paint.neg, opacity: 0.16 },
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      data: [{ yAxis: 0, lineStyle: { color: paint.line, type: 'solid', width: 1 } }, ...halt],
    },
  }
}

function axisText({ view, amounts }: EquityDrawing): (value: number) => string {
  if (view === 'Value') return (value) => amounts.short(value)
  const back = view === 'Log' ? 1 : 0
  return (value) => {
    const scaled = Math.round((value - back) * 1000) / 10
    return percent(value - back, { signed: true, decimals: Number.isInteger(scaled) ? 0 : 1 })
  }
}

interface TooltipItem {
  readonly seriesId: string
  readonly seriesName: string
  readonly color: string
  readonly value: readonly [number, number | null]
}

function tooltipText(drawing: EquityDrawing, paint: Paint): (items: readonly TooltipItem[]) => string {
  const { view, amounts } = drawing
  const text = (value: number): string => {
    if (view === 'Value') return amounts.money(value, { cents: false })
    return percent(view === 'Log' ? value - 1 : value, { signed: true })
  }
  return (items) => {
    const lines = items.filter(({ seriesId, value }) => seriesId !== 'drawdown' && value[1] !== null)
    const rows = lines.map(({ seriesId, seriesName, color, value }) => ({
      name: seriesName,
      text: text(value[1]!),
      value: value[1]!,
      colour: color,
      isStrong: seriesId === 'portfolio',
    }))
    const fall = items.find(({ seriesId }) => seriesId === 'drawdown')?.value[1]
    const foot = fall === undefined || fall === null ? [] : [{ name: 'Drawdown', text: percent(fall), value: fall }]
    return tooltipHtml(paint, drawing.titleOf(items[0]!.value[0]), rows, foot)
  }
}

/** Equity above, drawdown below, one pointer through both. */
export function equityOption(drawing: EquityDrawing, paint: Paint) {
  const { curve, view, shown } = drawing
  const phone = isPhone()
  const right = phone ? PHONE_RIGHT_PX : labelsWidth()
  const left = phone ? 12 : 58
  const lines = drawnOrder(curve).filter((line) => shown.has(lineKey(line)))
  const deepest = Math.min(curve.haltLine ?? 0, -DRAWDOWN_LEAST, ...curve.drawdown.value.map((value) => value ?? 0))
  const above = valueAxis(paint, axisText(drawing))
  const series = lines.map((line) => lineSeries(line, drawing, paint))
  const marked = series.map((line, place) =>
    place === series.length - 1 ? { ...line, markLine: marks(drawing, paint) } : line,
  )
  const base = houseBase(paint)
  return {
    ...base,
    axisPointer: { ...base.axisPointer, link: [{ xAxisIndex: [0, 1] }] },
    tooltip: { ...houseTooltip(paint), trigger: 'axis', formatter: tooltipText(drawing, paint) },
    grid: [
      { left, right, top: 22, bottom: DRAWDOWN_PX + 52 },
      { left, right, height: DRAWDOWN_PX, bottom: 26 },
    ],
    xAxis: [
      { ...timeAxis(paint), gridIndex: 0, axisLabel: { show: false }, axisPointer: { show: true } },
      { ...timeAxis(paint), gridIndex: 1 },
    ],
    yAxis: [
      { ...above, gridIndex: 0, ...(view === 'Log' ? { type: 'log', logBase: 2 } : {}) },
      {
        ...valueAxis(paint, (value) => percent(value, { decimals: 0 })),
        gridIndex: 1,
        min: deepest * DRAWDOWN_ROOM,
        max: 0,
        scale: false,
        splitLine: { show: false },
        axisLabel: {
          color: paint.text3,
          fontSize: 11.5,
          customValues: curve.haltLine === null ? [0, deepest] : [0, curve.haltLine],
          formatter: (value: number) => percent(value, { decimals: 0 }),
        },
      },
    ],
    dataZoom: innerZoom(0, 1),
    series: [...marked, drawdownSeries(drawing, paint)],
  }
}
