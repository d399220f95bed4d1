import type { ReactNode } from 'react'

export interface Column<R> {
  readonly key: string
  readonly title: string
  /** Any CSS width; the layout is fixed, so that a pushed figure moves nothing. */
  readonly width?: string
  readonly align?: 'left' | 'right' | 'center'
  readonly cell: (row: R) => ReactNode
  /** What it sorts by; left out: it does not. Undefined figures come last either way. */
  readonly sortBy?: (row: R) => string | number | null
  /** Left out below 768 px. */
  readonly isWide?: boolean
  /** The column that names the row. */
  readonly isHead?: boolean
}
