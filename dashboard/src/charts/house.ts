import { escapeHtml } from './escape.ts'
import type { Paint } from './paint.ts'

/** House options of every chart: no motion, the page's font, thin lines, one tooltip. */
const CHART_FONT_SIZE = 11.5
const PHONE_BELOW = 768

export function isPhone(): boolean {
  return window.innerWidth < PHONE_BELOW
}

export function houseBase(paint: Paint) {
  return {
    animation: false,
    useUTC: true, // trade dates are drawn at midnight UTC
    textStyle: { fontFamily: paint.font, fontSize: CHART_FONT_SIZE, color: paint.text2 },
    aria: { enabled: false },
    axisPointer: { lineStyle: { color: paint.control, type: 'solid' as const }, label: { show: false } },
  }
}

/** Look of a tooltip; `formatter` returns HTML whose texts are escaped. */
export function houseTooltip(paint: Paint) {
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: paint.raised,
    borderColor: paint.line,
    borderWidth: 1,
    padding: [8, 12] as [number, number],
    textStyle: { color: paint.text, fontSize: 12, fontFamily: paint.font },
    extraCssText: 'border-radius:8px;box-shadow:0 8px 24px #0006;font-variant-numeric:tabular-nums;max-width:320px',
  }
}

export interface TooltipRow {
  readonly name: string
  readonly text: string
  /** Sorted by it, largest first. */
  readonly value: number
  readonly colour?: string
  readonly isStrong?: boolean
}

const ROWS_MAX = 16

/** HTML of a tooltip: a title, then rows sorted by value. */
export function tooltipHtml(
  paint: Paint,
  title: string,
  rows: readonly TooltipRow[],
  foot: readonly TooltipRow[] = [],
): string {
  const line = ({ name, text, colour, isStrong = false }: TooltipRow): string => {
    const weight = isStrong ? 600 : 500
    const mark =
      colour === undefined
        ? ''
        : `<span style="width:10px;height:10px;border-radius:3px;background:${colour};margin-top:5px;margin-right:-6px"></span>`
    return (
      `<div style="display:flex;gap:14px;line-height:19px">${mark}` +
      `<span style="flex:1;font-weight:${isStrong ? 600 : 400}">${escapeHtml(name)}</span>` +
      `<b style="font-weight:${weight}">${escapeHtml(text)}</b></div>`
    )
  }
  const sorted = [...rows].sort((a, b) => b.value - a.value)
  const shown = sorted.slice(0, ROWS_MAX).map(line).join('')
  const hidden = sorted.length - ROWS_MAX
  const more = hidden > 0 ? `<div style="color:${paint.text3};line-height:19px">and ${hidden} more</div>` : ''
  const below =
    foot.length === 0
      ? ''
      : `<div style="margin-top:4px;padding-top:4px;border-top:1px solid ${paint.line}">${foot.map(line).join('')}</div>`
  return `<div style="font-weight:600;margin-bottom:4px">${escapeHtml(title)}</div>${shown}${more}${below}`
}

/** A value axis: left on a wide screen, right on a phone. */
export function valueAxis(paint: Paint, format: (value: number) => string) {
  return {
    type: 'value' as const,
    position: isPhone() ? ('right' as const) : ('left' as const),
    scale: true,
    splitNumber: 5,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: paint.text3, fontSize: CHART_FONT_SIZE, formatter: format, hideOverlap: true },
    splitLine: { lineStyle: { color: paint.line, opacity: 0.7 } },
  }
}

/** A time axis whose points are trade dates at midnight UTC, or instants. */
export function timeAxis(paint: Paint) {
  return {
    type: 'time' as const,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    splitNumber: isPhone() ? 4 : 8,
    axisLabel: {
      color: paint.text3,
      fontSize: CHART_FONT_SIZE,
      hideOverlap: true,
      formatter: { year: '{yyyy}', month: '{MMM}', day: '{d} {MMM}', hour: '{HH}:{mm}', minute: '{HH}:{mm}' },
    },
  }
}

/** Categories: names of sleeves, months, scenarios. */
export function categoryAxis(paint: Paint, names: readonly string[]) {
  return {
    type: 'category' as const,
    data: [...names],
    axisLine: { lineStyle: { color: paint.line } },
    axisTick: { show: false },
    axisLabel: { color: paint.text3, fontSize: CHART_FONT_SIZE, hideOverlap: true },
  }
}

/** Ctrl and wheel zooms, a drag pans, the plain wheel scrolls the page; nothing of it on a phone. */
export function innerZoom(...xAxisIndex: readonly number[]) {
  if (isPhone()) return []
  return [
    {
      type: 'inside' as const,
      xAxisIndex: [...xAxisIndex],
      zoomOnMouseWheel: 'ctrl' as const,
      moveOnMouseWheel: false,
      moveOnMouseMove: true,
      preventDefaultMouseMove: false,
    },
  ]
}

/** A line without symbols; `sampling` keeps peaks and troughs. */
export function houseLine(colour: string, width: number, dash: 'solid' | 'dashed' | number[] = 'solid') {
  return {
    type: 'line' as const,
    showSymbol: false,
    sampling: 'minmax' as const,
    connectNulls: false,
    lineStyle: { color: colour, width, type: dash, cap: 'round' as const, join: 'round' as const },
    itemStyle: { color: colour },
    emphasis: { focus: 'series' as const, lineStyle: { width: width + 0.6 } },
    blur: { lineStyle: { opacity: 0.2 } },
  }
}

/** Epoch milliseconds of a trade date, for an axis that is told to be UTC. */
export function dayPoint(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10)))
}
