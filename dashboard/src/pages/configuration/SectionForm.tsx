import { type ReactNode, useId } from 'react'
import { useRole } from '../../data/session.ts'
import { useEditing } from './draft.ts'
import {
  type Leaf,
  mergedLeaves,
  type Path,
  shownText,
  typedValue,
  valueAt,
  without,
  withValue,
  words,
} from './yaml-edit.ts'

interface FieldProps {
  readonly section: Path
  readonly leaf: Leaf
  readonly isLocked: boolean
}

function Field({ section, leaf, isLocked }: FieldProps): ReactNode {
  const { view, text, edit } = useEditing()
  const id = useId()
  const path = [...section, ...leaf.path]
  const saved = view?.text === null || view === null ? undefined : valueAt(view.text, path)
  const now = valueAt(text, path)
  const isChanged = saved !== now
  const shown = now === undefined || now === null ? shownText(leaf.value) : shownText(now)
  function set(typed: string): void {
    const value = typedValue(typed, leaf.value)
    edit((before) => (value === null ? without(before, path) : withValue(before, path, value)))
  }
  return (
    <div className={`field ${isChanged ? 'field-changed' : ''}`}>
      <label htmlFor={id}>{words(leaf.path)}</label>
      {typeof leaf.value === 'boolean' ? (
        <select
          id={id}
          className="input"
          disabled={isLocked}
          value={shown}
          onChange={(event) => set(event.target.value)}
        >
          <option>true</option>
          <option>false</option>
        </select>
      ) : (
        <input
          id={id}
          className="input"
          inputMode={typeof leaf.value === 'string' ? 'text' : 'decimal'}
          placeholder="not set"
          disabled={isLocked}
          value={shown}
          onChange={(event) => set(event.target.value)}
        />
      )}
      <span className="hint">{isChanged ? `was ${shownText(saved) || 'not set'}` : '\u00a0'}</span>
    </div>
  )
}

export interface SectionFormProps {
  readonly title: string
  readonly unit: string
  /** Section of the file: `['limits']`. */
  readonly section: Path
}

/** Section of the document with defaults, wherever it is a plain tree. */
function defaultsAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    document,
  )
}

/** One field for each single value of a section, written and default ones; a change goes into the draft. */
export function SectionForm({ title, unit, section }: SectionFormProps): ReactNode {
  const { view, text } = useEditing()
  const mayEdit = useRole('admin')
  if (view === null) return null
  const leaves = mergedLeaves(
    text === '' ? undefined : valueAt(view.text ?? text, section),
    defaultsAt(view.document, section),
  )
  const isLocked = !mayEdit || view.text === null
  return (
    <section className="panel config-form" aria-label={title} style={{ '--span': 8 } as React.CSSProperties}>
      <header className="panel-head">
        <h2>{title}</h2>
        <span className="unit">{unit}</span>
      </header>
      {leaves.length === 0 ? (
        <p className="config-note">Nothing is set here.</p>
      ) : (
        <div className="form-grid">
          {leaves.map((leaf) => (
            <Field key={leaf.path.join('.')} section={section} leaf={leaf} isLocked={isLocked} />
          ))}
        </div>
      )}
    </section>
  )
}
