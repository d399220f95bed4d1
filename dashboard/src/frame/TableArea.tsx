import type { ReactNode } from 'react'

export interface TableAreaProps {
  readonly label: string
  readonly className?: string
  readonly children: ReactNode
}

/** Where a table scrolls inside its panel: by pointer, and by keys, for which it takes the focus. */
export function TableArea({ label, className = '', children }: TableAreaProps): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className={`panel-table ${className}`} aria-label={`${label}, scrolls`} tabIndex={0}>
      {children}
    </section>
  )
}
