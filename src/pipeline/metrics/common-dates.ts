import { assert } from '../../domain/assert.ts'

/** Series brought to the rows on which all of them have an observation. */
export interface CommonDates {
  /** Rows of the originals that remain. */
  readonly rows: Int32Array
  readonly columns: readonly Float64Array[]
  /** Remaining rows in a year, if the originals have `periods`. */
  readonly periods: number
}

/**
 * Brings series of different calendars together: what a series returned while another one was closed goes into its next
 * common row, compounded, as a weekend's move of a coin goes into the Monday on which shares trade again. A row on which a
 * series is open and has no return (NaN) is left out, and nothing is carried over it: nobody knows what it would have done.
 *
 * @param isOpen whether a series has a session on a row; its return of any other row counts as none
 * @param periods rows in a year
 */
export function onCommonDates(
  columns: readonly Float64Array[],
  isOpen: (series: number, row: number) => boolean,
  periods: number,
): CommonDates {
  const count = columns[0]?.length ?? 0
  for (const column of columns) assert(column.length === count, `series of ${count} and ${column.length} rows`)
  const rows: number[] = []
  const carried = columns.map(() => 1)
  const out = columns.map(() => [] as number[])
  let known = 0
  for (let row = 0; row < count; row += 1) {
    const open = columns.map((_, series) => isOpen(series, row))
    if (columns.some((column, series) => open[series] && Number.isNaN(column[row]!))) {
      carried.fill(1)
      continue
    }
    known += 1
    for (let series = 0; series < columns.length; series += 1) {
      const value = columns[series]![row]!
      if (!Number.isNaN(value)) carried[series] = carried[series]! * (1 + value)
    }
    if (open.includes(false)) continue
    for (let series = 0; series < columns.length; series += 1) {
      // before the first common row there is nothing to measure from: it holds its own returns alone
      out[series]!.push(rows.length === 0 ? columns[series]![row]! : carried[series]! - 1)
      carried[series] = 1
    }
    rows.push(row)
  }
  return {
    rows: Int32Array.from(rows),
    columns: out.map((values, series) => (rows.length === count ? columns[series]! : Float64Array.from(values))),
    periods: known === 0 ? periods : (periods * rows.length) / known,
  }
}
