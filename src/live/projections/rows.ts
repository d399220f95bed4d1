/** Rows on their way to the tables, and readings of the kernel that they share. */
import type { Projected, ProjectedRows, ProjectedTable } from '../../domain/projections.ts'

export type Pending = { [Table in ProjectedTable]?: ProjectedRows[Table][] }

export interface RowBuffer {
  add<Table extends ProjectedTable>(table: Table, row: ProjectedRows[Table]): void
  take(): Projected
}

export function rowBuffer(): RowBuffer {
  let pending: Pending = {}
  return {
    add(table, row) {
      const rows = pending[table] as (typeof row)[] | undefined
      if (rows === undefined) pending[table] = [row] as never
      else rows.push(row)
    },
    take() {
      const taken = pending
      pending = {}
      return taken
    },
  }
}

/** A figure, or null where it is not known. */
export function known(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}

/** Plain JSON, the same for equal values: keys sorted, columns as lists. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (ArrayBuffer.isView(part)) return Array.from(part as Float64Array)
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    const record = part as Readonly<Record<string, unknown>>
    const names = Object.keys(record).sort((one, other) => (one < other ? -1 : 1))
    return Object.fromEntries(names.map((name) => [name, record[name]]))
  })
}
