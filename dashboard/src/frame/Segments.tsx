import type { ReactNode } from 'react'

export interface SegmentsProps<T extends string> {
  /** Accessible name of the group. */
  readonly label: string
  readonly options: readonly (T | readonly [value: T, label: string])[]
  readonly value: T
  readonly onChange: (value: T) => void
  readonly isSmall?: boolean
  readonly className?: string
}

/** A few choices of which one holds. */
export function Segments<T extends string>(props: SegmentsProps<T>): ReactNode {
  const { label, options, value, onChange, isSmall = false, className = '' } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws its own frame
    <div className={`segments ${isSmall ? 'segments-small' : ''} ${className}`} role="group" aria-label={label}>
      {options.map((option) => {
        const [key, text] = typeof option === 'string' ? [option, option] : option
        return (
          <button key={key} type="button" aria-pressed={key === value} onClick={() => onChange(key)}>
            {text}
          </button>
        )
      })}
    </div>
  )
}
