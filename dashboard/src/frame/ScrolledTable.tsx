import type { ReactNode } from 'react'

export interface ScrolledTableProps {
  readonly title: string
  readonly className?: string
  readonly children: ReactNode
}

/** The panel's rows as a table, which the keyboard scrolls where it is longer than the panel. */
export function ScrolledTable({ title, className = '', children }: ScrolledTableProps): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={`panel-table ${className}`} tabIndex={0} aria-label={`${title}, table`}>
      {children}
    </section>
  )
}
