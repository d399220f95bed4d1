import type { ReactNode } from 'react'
import { direction, type Figure } from '../format.ts'

/** A result: its colour and its sign say the same; a value that rounds to zero has neither. */
export function Signed({
  value,
  text,
  decimals = 2,
}: {
  readonly value: Figure
  readonly text: string
  readonly decimals?: number
}): ReactNode {
  const way = direction(value, decimals)
  return <span className={way === 'flat' ? '' : way === 'up' ? 'pos' : 'neg'}>{text}</span>
}

/** What is said where a figure is not defined; the reason on focus and pointer. */
export function Undefined({ why }: { readonly why: string }): ReactNode {
  if (why === '') return <span className="undefined">n/a</span>
  return (
    <button type="button" className="undefined has-reason" title={why} aria-label={`n/a, not defined: ${why}`}>
      n/a
    </button>
  )
}
