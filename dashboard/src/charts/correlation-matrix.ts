import type { Correlation } from '../../../src/api/contract/risk-page.ts'
import { ratio } from '../format.ts'
import { house, labelStyle, type Option, type Palette, tooltip, tooltipRows } from './palette.ts'
import { inkOn, rampStep } from './ramp.ts'

/** Correlations as a matrix on a fixed scale from -1 to 1; cells at or above the threshold are outlined. */

/** Smallest cell, in pixels, that has room for its number. */
export const NUMBER_CELL_MIN = 26
/** Above this many sleeves the picture is ordered by likeness. */
const CLUSTERED_ABOVE = 12
/** Above this many, names are told by the tooltip and the cursor alone. */
const NAMES_MAX = 24

/** Places of `names` in the order in which they are drawn. */
export function drawnOrder(view: Correlation): readonly number[] {
  return view.names.length > CLUSTERED_ABOVE ? view.order : view.names.map((_, place) => place)
}

export interface Cell {
  readonly row: number
  readonly column: number
}

/** The cell that an arrow key leads to; the edge holds it. */
export function stepped(cell: Cell, key: string, size: number): Cell | null {
  const within = (place: number): number => Math.min(size - 1, Math.max(0, place))
  switch (key) {
    case 'ArrowUp':
      return { ...cell, row: within(cell.row - 1) }
    case 'ArrowDown':
      return { ...cell, row: within(cell.row + 1) }
    case 'ArrowLeft':
      return { ...cell, column: within(cell.column - 1) }
    case 'ArrowRight':
      return { ...cell, column: within(cell.column + 1) }
    case 'Home':
      return { ...cell, column: 0 }
    case 'End':
      return { ...cell, column: size - 1 }
    default:
      return null
  }
}

/** What is said of a cell: by the cursor, the tooltip and screen readers. */
export function cellText(view: Correlation, cell: Cell): string {
  const order = drawnOrder(view)
  const [left, right] = [order[cell.row] ?? 0, order[cell.column] ?? 0]
  const pair = `${view.titles[left]} and ${view.titles[right]}`
  const value = view.matrix[left]?.[right] ?? null
  if (left === right) return `${view.titles[left]} with itself, 1.00`
  if (value === null)
    return `${pair}: needs ${view.needed} common days, ${view.observations[left]?.[right] ?? 0} so far`
  return `${pair}: ${ratio(value)}${value >= view.threshold ? ', above the threshold' : ''}`
}

function cellsOf(view: Correlation, palette: Palette, hasNumbers: boolean): readonly unknown[] {
  const order = drawnOrder(view)
  const { text, text3, surface, raised, diverging } = palette.paint
  return order.flatMap((left, row) =>
    order.map((right, column) => {
      const value = view.matrix[left]?.[right] ?? null
      const isOwn = left === right
      // Everything is like itself: that cell says nothing, and has no colour.
      const ground = isOwn || value === null ? raised : rampStep(diverging, value)
      const isMarked = !isOwn && value !== null && value >= view.threshold
      return {
        value: [column, row, value ?? '-'],
        visualMap: false, // in steps, on which the numbers can be read, not flowing
        itemStyle: { color: ground, ...(isMarked ? { borderColor: palette.paint.warn, borderWidth: 2 } : {}) },
        label: {
          show: hasNumbers && value !== null,
          formatter: isOwn ? '1' : ratio(value),
          color: isOwn ? text3 : inkOn(ground, [text, surface]),
        },
      }
    }),
  )
}

export interface MatrixLook {
  /** Width of one cell in pixels: decides whether numbers fit. */
  readonly cell: number
  /** The cell that the cursor stands on. */
  readonly cursor: Cell | null
}

export function correlationMatrix(view: Correlation, look: MatrixLook, palette: Palette): Option {
  const order = drawnOrder(view)
  const hasNames = order.length <= NAMES_MAX
  const axis = {
    data: order.map((place) => ({ value: view.titles[place] ?? '' })),
    label: { ...labelStyle(palette), show: hasNames, overflow: 'truncate' },
    itemStyle: { borderWidth: 0, color: 'transparent' },
    dividerLineStyle: { width: 0 },
  }
  const cursor =
    look.cursor === null
      ? []
      : [
          {
            value: [
              look.cursor.column,
              look.cursor.row,
              view.matrix[order[look.cursor.row]!]?.[order[look.cursor.column]!] ?? '-',
            ],
          },
        ]
  return {
    ...house(palette),
    tooltip: tooltip(palette, {
      trigger: 'item',
      formatter: (hit: { readonly value: readonly [number, number, unknown] }) =>
        tooltipRows(
          cellText(view, { column: hit.value[0], row: hit.value[1] }),
          [],
          `${view.window} days. Enter or a click shows the pair.`,
        ),
    }),
    visualMap: {
      type: 'continuous',
      show: false,
      min: -1,
      max: 1,
      dimension: 2,
      seriesIndex: 0,
      inRange: { color: [...palette.paint.diverging] },
    },
    matrix: {
      x: { ...axis, levelSize: hasNames ? 22 : 0 },
      y: { ...axis, levelSize: hasNames ? (palette.isPhone ? 72 : 104) : 0 },
      top: 4,
      left: 4,
      right: 4,
      bottom: 4,
      body: { itemStyle: { borderColor: palette.paint.surface, borderWidth: 1 } },
      backgroundStyle: { borderWidth: 0, color: 'transparent' },
    },
    series: [
      {
        type: 'heatmap',
        coordinateSystem: 'matrix',
        data: cellsOf(view, palette, look.cell >= NUMBER_CELL_MIN),
        label: { show: true, fontSize: 11.5 },
        itemStyle: { borderColor: palette.paint.surface, borderWidth: 1 },
        emphasis: { itemStyle: { borderColor: palette.paint.accent, borderWidth: 2 } },
      },
      {
        type: 'heatmap',
        coordinateSystem: 'matrix',
        silent: true,
        data: cursor,
        itemStyle: { color: 'transparent', borderColor: palette.paint.accent, borderWidth: 2 },
        z: 4,
      },
    ],
  }
}
