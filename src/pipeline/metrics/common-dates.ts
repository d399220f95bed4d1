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
 * Brings series of different calendars together: what a series returned on rows that another one does not have goes into
 * its next common row, compounded, as a weekend's move of a coin goes into the Monday on which shares trade again.
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
  const wealth = columns.map(() => 1)
  const out = columns.map(() => [] as number[])
  for (let row = 0; row < count; row += 1) {
    let common = true
    for (let series = 0; series < columns.length; series += 1) {
      const value = columns[series]![row]!
      if (Number.isNaN(value) || !isOpen(series, row)) common = false
      if (!Number.isNaN(value)) wealth[series] = wealth[series]! * (1 + value)
    }
    if (!common) continue
    for (let series = 0; series < columns.length; series += 1) {
      // before the first common row there is nothing to measure from: it holds its own returns alone
      out[series]!.push(rows.length === 0 ? columns[series]![row]! : wealth[series]! - 1)
      wealth[series] = 1
    }
    rows.push(row)
  }
  return {
    rows: Int32Array.from(rows),
    columns: out.map((values, series) => (rows.length === count ? columns[series]! : Float64Array.from(values))),
    periods: count === 0 ? periods : (periods * rows.length) / count,
  }
}
