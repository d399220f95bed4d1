import type { ReactNode } from 'react'

export interface ChipSeries {
  readonly name: string
  readonly title: string
  readonly colour: string
  readonly isDashed: boolean
}

export interface SeriesChipsProps {
  readonly label: string
  readonly series: readonly ChipSeries[]
  readonly hidden: ReadonlySet<string>
  readonly onHidden: (hidden: ReadonlySet<string>) => void
}

/** One switch for each line: a click takes it away or brings it back, a double click leaves it alone. */
export function SeriesChips({ label, series, hidden, onHidden }: SeriesChipsProps): ReactNode {
  function toggle(name: string): void {
    const next = new Set(hidden)
    if (!next.delete(name)) next.add(name)
    onHidden(next)
  }
  const only = (name: string): void =>
    onHidden(new Set(series.filter((each) => each.name !== name).map((each) => each.name)))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws its own frame
    <div className="chips" role="group" aria-label={label}>
      {series.map(({ name, title, colour, isDashed }) => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={!hidden.has(name)}
          onClick={() => toggle(name)}
          onDoubleClick={() => only(name)}
        >
          <s className={isDashed ? 'dashed' : ''} style={{ borderColor: colour }} />
          {title}
        </button>
      ))}
    </div>
  )
}

const SEPARATOR = '~'

export function hiddenOf(text: string): ReadonlySet<string> {
  return new Set(text.split(SEPARATOR).filter((name) => name !== ''))
}

export function hiddenText(hidden: ReadonlySet<string>): string {
  return [...hidden].sort().join(SEPARATOR)
}
