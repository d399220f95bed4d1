import { escapeHtml } from './escape.ts'
import {
  houseBase,
  categoryAxis as houseCategoryAxis,
  houseTooltip,
  valueAxis as houseValueAxis,
  innerZoom,
  timeAxis,
} from './house.ts'
import type { Paint } from './paint.ts'

/**
 * What the builders of charts draw with. A builder is pure: a view and a palette in, an option of ECharts out. Colours come
 * from the tokens, money is told as the reader wants it, and days stay trade dates.
 */

/** How the line of one sleeve is drawn: by its identity, never by its rank. */
export interface Stroke {
  readonly colour: string
  readonly dash: 'solid' | number[]
}

export interface Palette {
  readonly paint: Paint
  readonly isPhone: boolean
  readonly strokeOf: (sleeve: string) => Stroke
  /** Money as it is shown here: as parts of the portfolio's value where amounts are kept discreet. */
  readonly money: (value: number | null, style?: { readonly signed?: boolean }) => string
  /** The same, shortened for axes. */
  readonly moneyShort: (value: number | null) => string
}

export type Option = Readonly<Record<string, unknown>>

export function house(palette: Palette): Option {
  return {
    ...houseBase(palette.paint),
    useUTC: true, // trade dates stand at midnight UTC and are read there: no zone moves them
  }
}

export function labelStyle({ paint }: Palette): Option {
  return { color: paint.text3, fontSize: 11.5, fontFamily: paint.font }
}

export interface ValueAxis extends Option {
  readonly format: (value: number) => string
}

export function valueAxis({ paint }: Palette, { format, ...rest }: ValueAxis): Option {
  return { ...houseValueAxis(paint, format), splitNumber: 4, ...rest }
}

/** Trade dates along the bottom. */
export function dayAxis({ paint, isPhone }: Palette): Option {
  return {
    ...timeAxis(paint),
    splitNumber: isPhone ? 3 : 6,
    axisLine: { show: true, lineStyle: { color: paint.line } },
  }
}

export interface CategoryAxis extends Option {
  readonly data: readonly string[]
}

export function categoryAxis({ paint }: Palette, { data, ...rest }: CategoryAxis): Option {
  return { ...houseCategoryAxis(paint, data), ...rest }
}

export function tooltip({ paint }: Palette, rest: Option): Option {
  return { ...houseTooltip(paint), ...rest }
}

/** The band behind the bar that is pointed at. */
export function shadowPointer({ paint }: Palette): Option {
  return { type: 'shadow', shadowStyle: { color: paint.text3, opacity: 0.08 } }
}

export function dataZoom(): readonly object[] {
  return innerZoom(0).map((zoom) => ({ ...zoom, filterMode: 'none' }))
}

export interface Level {
  readonly at: number
  readonly colour: string
  readonly text?: string
  readonly isDashed?: boolean
  readonly place?: string
  /** Pixels that the text is moved by. */
  readonly offset?: readonly [number, number]
}

/** Straight lines across a chart: zero, a limit, a target. */
export function levels(palette: Palette, axis: 'x' | 'y', all: readonly Level[]): Option {
  return {
    silent: true,
    symbol: 'none',
    data: all.map(({ at, colour, text, isDashed = true, place = 'end', offset = [0, 0] }) => ({
      [axis === 'x' ? 'xAxis' : 'yAxis']: at,
      lineStyle: { color: colour, type: isDashed ? [4, 4] : 'solid', width: 1 },
      label:
        text === undefined
          ? { show: false }
          : { ...labelStyle(palette), color: colour, position: place, offset, formatter: text },
    })),
  }
}

export interface TooltipRow {
  readonly name: string
  readonly text: string
  readonly colour?: string
  readonly isStrong?: boolean
}

/** A tooltip's inside: a heading and one line for each row in the given order, everything escaped. */
export function tooltipRows(title: string, rows: readonly TooltipRow[], foot = ''): string {
  const lines = rows.map(({ name, text, colour, isStrong }) => {
    const mark =
      colour === undefined
        ? ''
        : `<i style="width:10px;height:10px;border-radius:3px;margin:5px -6px 0 0;background:${escapeHtml(colour)}"></i>`
    const weight = isStrong === true ? 600 : 400
    return `<div style="display:flex;gap:14px;line-height:19px">${mark}<span style="flex:1;font-weight:${weight}">${escapeHtml(name)}</span><b style="font-weight:550">${escapeHtml(text)}</b></div>`
  })
  const below =
    foot === '' ? '' : `<div style="margin-top:4px;opacity:.75;white-space:normal">${escapeHtml(foot)}</div>`
  return `<div style="font-weight:600;margin-bottom:4px">${escapeHtml(title)}</div>${lines.join('')}${below}`
}
