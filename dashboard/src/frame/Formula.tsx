import type { ReactNode } from 'react'
import { openOverlay } from '../state/dialogs.ts'

interface FormulaProps {
  /** What the figure is called on the page. */
  readonly label: string
  /** Rows of docs/metrics.md, by their names there. */
  readonly names: readonly string[]
}

/** A question mark beside a figure or a panel's title: it opens what is computed there. */
export function FormulaMark({ label, names }: FormulaProps): ReactNode {
  return (
    <button
      type="button"
      className="formula-mark"
      aria-haspopup="dialog"
      aria-label={`Formula: ${label}`}
      title={`How ${label} is computed`}
      onClick={() => openOverlay({ kind: 'formulas', of: { label, names } })}
    >
      ?
    </button>
  )
}

/** A figure's label that opens its formula itself, where it leads nowhere else. */
export function FigureName({ label, names }: FormulaProps): ReactNode {
  return (
    <button
      type="button"
      className="figure-name"
      aria-haspopup="dialog"
      title={`How ${label} is computed`}
      onClick={() => openOverlay({ kind: 'formulas', of: { label, names } })}
    >
      {label}
    </button>
  )
}
