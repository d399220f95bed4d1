import { type ReactNode, useState } from 'react'
import { useConfiguration, useEditing, useSchema } from './draft.ts'
import { FieldGroups } from './FormFields.tsx'
import { type FormField, fieldsOf, type Schema } from './form-fields.ts'
import { at, type Path, valueAt } from './yaml-edit.ts'

export interface SectionFormProps {
  readonly title: string
  readonly unit: string
  /** Section of the file: `['limits']`. */
  readonly section: Path
  /** Where its schema stands; under the section's own names where left out. */
  readonly schemaAt?: Path
  /** Beside the title. */
  readonly controls?: ReactNode
}

/** One field for each single value that a section can have; what is set comes first, the rest on demand. */
export function SectionForm({ title, unit, section, schemaAt, controls }: SectionFormProps): ReactNode {
  const { view, text } = useEditing()
  const schema = useSchema()
  const [isWhole, setWhole] = useState(false)
  if (view === null || schema === null) return <Waiting title={title} unit={unit} />
  const own = at(schema, schemaAt ?? section.flatMap((key) => ['properties', key])) as Schema | undefined
  if (own === undefined) return null
  const whole = at(view.document, section)
  const inDraft = valueAt(text, section)
  const fields = fieldsOf(own, inDraft ?? whole)
  const isSet = ({ path }: FormField): boolean =>
    at(inDraft, path) !== undefined || (at(whole, path) ?? null) !== null || isShort(whole, path)
  const set = fields.filter(isSet)
  const shown = isWhole ? fields : set
  const rest = fields.length - set.length
  return (
    <section className="panel config-form" aria-label={title} style={{ '--span': 8 } as React.CSSProperties}>
      <header className="panel-head">
        <h2>{title}</h2>
        <span className="unit">{unit}</span>
        <span className="grow" />
        {controls}
        {rest > 0 && (
          <button
            type="button"
            className="button button-small"
            aria-expanded={isWhole}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? 'Only what is set' : `${rest} more ${rest === 1 ? 'setting' : 'settings'}`}
          </button>
        )}
      </header>
      {shown.length === 0 ? (
        <p className="config-note">Nothing is set here.</p>
      ) : (
        <FieldGroups section={section} fields={shown} />
      )}
    </section>
  )
}

/** In the form's place until it can be made. */
function Waiting({ title, unit }: Pick<SectionFormProps, 'title' | 'unit'>): ReactNode {
  const { error } = useConfiguration()
  return (
    <section className="panel config-form" aria-label={title} style={{ '--span': 8 } as React.CSSProperties}>
      <header className="panel-head">
        <h2>{title}</h2>
        <span className="unit">{unit}</span>
      </header>
      {error === null ? (
        <div className="skeleton config-waiting" aria-hidden="true" />
      ) : (
        <p className="config-note fault">The configuration could not be read: {error}</p>
      )}
    </section>
  )
}

/** `rebalancing: periodic` sets its method. */
function isShort(whole: unknown, path: Path): boolean {
  return typeof whole === 'string' && path.length === 1 && path[0] === 'method'
}
