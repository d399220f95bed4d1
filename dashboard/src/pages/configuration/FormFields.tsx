import { type ReactNode, useId, useState } from 'react'
import { useRole } from '../../data/session.ts'
import { useProblem } from './checked.tsx'
import { useEditing } from './draft.ts'
import { type FormField, hintOf, typedAs } from './form-fields.ts'
import { at, dataOf, type Path, shownText, without, withValue, words } from './yaml-edit.ts'

interface FieldProps {
  /** Where the fields stand in the file. */
  readonly section: Path
  readonly field: FormField
  /** Words for the field; those of its key where left out. */
  readonly title?: string
}

/** How an engine speaks of a place: sleeves by their id. */
function nameOf(path: Path, document: unknown): string {
  const id = path[0] === 'sleeves' ? at(document, [...path.slice(0, 2), 'id']) : undefined
  return (typeof id === 'string' ? ['sleeves', id, ...path.slice(2)] : path).join('.')
}

/** `rebalancing: periodic` says its method alone. */
function standing(tree: unknown, path: Path): unknown {
  const block = path.at(-1) === 'method' ? at(tree, path.slice(0, -1)) : undefined
  return typeof block === 'string' ? block : at(tree, path)
}

/** One value of the file: as it stands in the draft, and what is wrong with it. */
export function DraftField({ section, field, title }: FieldProps): ReactNode {
  const { view, text, edit, isSaving } = useEditing()
  const mayEdit = useRole('admin')
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const path = [...section, ...field.path]
  const problem = useProblem(path, nameOf(path, view?.document))
  const written = view?.text === null || view === null ? undefined : standing(dataOf(view.text), path)
  const whole = standing(view?.document, path)
  const saved = written ?? whole
  const inDraft = standing(dataOf(text), path)
  const now = inDraft === undefined && written === undefined ? whole : inDraft
  const isChanged = JSON.stringify(saved ?? null) !== JSON.stringify(now ?? null)
  const standard = shownText(field.standard)
  const shown = shownText(now)
  const isLocked = !mayEdit || view === null || view.readOnlyWhy !== '' || view.text === null || isSaving
  function set(next: string): void {
    const value = typedAs(field, next)
    // Empty takes away what was written here; what another file says is overruled with nothing.
    const isTheirs = value === null && inDraft === undefined && whole !== undefined
    // Of another kind a block has other keys: what it said before goes.
    if (field.path.at(-1) === 'kind' && value !== null) {
      edit((before) => withValue(before, path.slice(0, -1), { kind: value }, view?.document))
      return
    }
    edit((before) =>
      value === null && !isTheirs ? without(before, path) : withValue(before, path, value, view?.document),
    )
  }
  const hint = problem ?? (isChanged ? `was ${shownText(saved) || 'not set'}` : hintOf(field))
  const common = {
    id,
    disabled: isLocked,
    'aria-invalid': problem !== null,
    'aria-describedby': `${id}-hint`,
  }
  return (
    <div
      className={`field ${field.kind === 'list' ? 'field-wide' : ''} ${isChanged ? 'field-changed' : ''} ${problem === null ? '' : 'field-wrong'}`}
    >
      <label htmlFor={id}>{title ?? words(field.path.slice(-1))}</label>
      {field.kind === 'boolean' || field.kind === 'choice' ? (
        <select {...common} className="input" value={shown} onChange={(event) => set(event.target.value)}>
          <option value="">{standard === '' ? 'not set' : `${standard} (where left out)`}</option>
          {(field.kind === 'boolean' ? ['true', 'false'] : field.choices).map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          className="input"
          inputMode={field.kind === 'number' || field.kind === 'integer' ? 'decimal' : 'text'}
          placeholder={standard === '' ? 'not set' : `${standard} where left out`}
          autoComplete="off"
          spellCheck={false}
          value={typed ?? shown}
          onFocus={() => setTyped(shown)}
          onBlur={() => setTyped(null)}
          onChange={(event) => {
            setTyped(event.target.value)
            set(event.target.value)
          }}
        />
      )}
      <span id={`${id}-hint`} className={problem === null ? 'hint' : 'hint fault'}>
        {hint}
      </span>
    </div>
  )
}

interface Group {
  readonly name: string
  readonly fields: readonly FormField[]
}

/** Fields by the block that they stand in, in the order in which blocks come. */
function grouped(fields: readonly FormField[]): readonly Group[] {
  const groups = new Map<string, FormField[]>()
  for (const field of fields) {
    const name = field.path.slice(0, -1).join('.')
    groups.set(name, [...(groups.get(name) ?? []), field])
  }
  return [...groups].map(([name, own]) => ({ name, fields: own }))
}

/** Fields under the names of their blocks. */
export function FieldGroups({
  section,
  fields,
}: {
  readonly section: Path
  readonly fields: readonly FormField[]
}): ReactNode {
  return grouped(fields).map(({ name, fields: own }) =>
    name === '' ? (
      <div key={name} className="form-grid">
        {own.map((field) => (
          <DraftField key={field.path.join('.')} section={section} field={field} />
        ))}
      </div>
    ) : (
      <fieldset key={name} className="form-block">
        <legend>{words(name.split('.'))}</legend>
        <div className="form-grid">
          {own.map((field) => (
            <DraftField key={field.path.join('.')} section={section} field={field} />
          ))}
        </div>
      </fieldset>
    ),
  )
}
