import type { SleeveEquity, SleeveMark } from '../../../src/api/contract/sleeve-page.ts'
import { percent } from '../format.ts'
import { type DrawnLine, dayTooltip, lineSeries, valueOn } from './day-lines.ts'
import { dayMs } from './days.ts'
import { dataZoom, dayAxis, house, levels, type Option, type Palette, valueAxis } from './palette.ts'
import { bought } from './price.ts'

/** The equity of one sleeve with its trades, and what it would have been alone. */

/** What an axis finds among its values. */
interface Extent {
  readonly min: number
  readonly max: number
}

const FLAT = 0.01

export type EquityForm = 'return' | 'value'

function linesOf(view: SleeveEquity, form: EquityForm, colour: string, palette: Palette): readonly DrawnLine[] {
  if (form === 'value') return [{ line: view.equity, colour, width: 2, isStrong: true }]
  const alone =
    view.shadow === null ? [] : [{ line: view.shadow, colour: palette.paint.text2, dash: [5, 4], width: 1.4 }]
  return [{ line: view.actual, colour, width: 2, isStrong: true }, ...alone]
}

/** Points at the line's own height on the days of the marks. */
function marksSeries(
  id: string,
  marks: readonly SleeveMark[],
  drawn: DrawnLine,
  isBuy: boolean,
  colour: string,
): Option {
  return {
    id,
    type: 'scatter',
    symbol: 'triangle',
    symbolRotate: isBuy ? 0 : 180,
    symbolSize: 5,
    symbolOffset: [0, isBuy ? 6 : -6],
    silent: true,
    itemStyle: { color: colour, opacity: 0.9 },
    data: marks.flatMap((mark) => {
      const value = valueOn(drawn.line, mark.day)
      return value === null ? [] : [[dayMs(mark.day), value]]
    }),
    z: 6,
  }
}

export function sleeveEquity(view: SleeveEquity, form: EquityForm, sleeve: string, palette: Palette): Option {
  const { colour } = palette.strokeOf(sleeve)
  const lines = linesOf(view, form, colour, palette)
  const main = lines[0]!
  const format =
    form === 'value' ? (value: number) => palette.money(value) : (value: number) => percent(value, { signed: true })
  const axis = form === 'value' ? palette.moneyShort : (value: number) => percent(value, { signed: true, decimals: 0 })
  const buys = view.marks.filter(bought)
  const sells = view.marks.filter((mark) => !bought(mark))
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 60, right: palette.isPhone ? 58 : 16, top: 16, bottom: 26 },
    xAxis: dayAxis(palette),
    yAxis: valueAxis(palette, {
      format: axis,
      // Nothing has happened yet: a flat line is not stretched over a scale of its own making.
      max: ({ min, max }: Extent) => (form === 'return' && max - min < FLAT ? max + FLAT : null),
    }),
    dataZoom: dataZoom(),
    tooltip: dayTooltip(palette, lines, format, (day) =>
      view.marks
        .filter((mark) => mark.day === day)
        .slice(0, 4)
        .map((mark) => `${mark.what} ${mark.side} ${mark.quantity} ${mark.instrument}`)
        .join(', '),
    ),
    series: [
      ...lines.map((drawn, place) =>
        lineSeries(palette, drawn, {
          more:
            place === 0 && form === 'return'
              ? { markLine: levels(palette, 'y', [{ at: 0, colour: palette.paint.control, isDashed: false }]) }
              : {},
        }),
      ),
      marksSeries('buys', buys, main, true, palette.paint.text2),
      marksSeries('sells', sells, main, false, palette.paint.text2),
    ],
  }
}
