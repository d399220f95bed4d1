import { type ReactNode, useId, useState } from 'react'
import type { StrategyForm, StrategyParameter } from '../../../../src/api/contract/configuration.ts'
import { useFocusBack } from '../../frame/focus-back.ts'
import { useEditing } from './draft.ts'
import { typedAs } from './form-fields.ts'
import { listedSleeves } from './places.ts'
import { at, isTree, type Path, shownText, withItem, withValue } from './yaml-edit.ts'

type Values = Readonly<Record<string, string>>

/** Where a portfolio with a lifecycle names the stage of each sleeve. */
const STAGES: Path = ['overlays', 'lifecycle', 'stages']
const STAGE_NAMES = ['DISCOVERY', 'VALIDATION', 'MATURE', 'DECAY', 'PAPER']

const fieldKind = ({ kind }: StrategyParameter) => kind

/** Only what differs from the defaults is written. */
export function changedParameters(form: StrategyForm, values: Values): Readonly<Record<string, unknown>> {
  const changed = form.parameters.filter(({ name, default: standard }) => {
    const typed = values[name]
    return typed !== undefined && typed.trim() !== '' && typed !== shownText(standard)
  })
  return Object.fromEntries(
    changed.map((parameter) => [parameter.name, typedAs({ kind: fieldKind(parameter) }, values[parameter.name]!)]),
  )
}

interface FieldProps {
  readonly parameter: StrategyParameter
  readonly value: string
  readonly onChange: (value: string) => void
}

function rangeText({ description, least, most, unit }: StrategyParameter): string {
  const range =
    least === null && most === null
      ? ''
      : least === null
        ? `at most ${most}`
        : most === null
          ? `at least ${least}`
          : `${least} to ${most}`
  return [description, [range, unit].filter(Boolean).join(' ')].filter(Boolean).join('; ')
}

function Field({ parameter, value, onChange }: FieldProps): ReactNode {
  const { name, title, kind, choices, least, most } = parameter
  const id = useId()
  const isNumber = kind === 'number' || kind === 'integer'
  return (
    <div className="field">
      <label htmlFor={id}>{title || name}</label>
      {kind === 'choice' || kind === 'boolean' ? (
        <select id={id} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
          {(kind === 'boolean' ? ['true', 'false'] : choices).map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          className="input"
          type={isNumber ? 'number' : 'text'}
          step={kind === 'integer' ? 1 : 'any'}
          min={least ?? undefined}
          max={most ?? undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      <span className="hint">{rangeText(parameter)}</span>
    </div>
  )
}

interface LabelledProps {
  readonly title: string
  readonly hint?: string
  readonly isWrong?: boolean
  /** @param id of the field, by which its label and its hint know it */
  readonly children: (id: string) => ReactNode
}

function Labelled({ title, hint, isWrong = false, children }: LabelledProps): ReactNode {
  const id = useId()
  return (
    <div className={`field ${isWrong ? 'field-wrong' : ''}`}>
      <label htmlFor={id}>{title}</label>
      {children(id)}
      {hint !== undefined && (
        <span id={`${id}-hint`} className={isWrong ? 'hint fault' : 'hint'}>
          {hint}
        </span>
      )}
    </div>
  )
}

interface PercentProps {
  readonly title: string
  readonly hint: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function Percent({ title, hint, value, onChange }: PercentProps): ReactNode {
  return (
    <Labelled title={title} hint={hint}>
      {(id) => (
        <input
          id={id}
          className="input"
          type="number"
          min={0}
          max={100}
          step="any"
          aria-describedby={`${id}-hint`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Labelled>
  )
}

/** Instruments that the file declares, to be put into a universe. */
function Universe({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (value: string) => void
}): ReactNode {
  const { view } = useEditing()
  const id = useId()
  const declared = at(view?.document, ['instruments'])
  const names = isTree(declared) ? Object.keys(declared) : []
  const taken = new Set(value.split(/[\s,]+/).filter(Boolean))
  return (
    <div className="field field-wide">
      <label htmlFor={id}>Universe</label>
      <input
        id={id}
        className="input"
        required
        placeholder={names.slice(0, 2).join(', ')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <select
        className="input"
        aria-label="Add an instrument to the universe"
        value=""
        onChange={(event) => onChange([...taken, event.target.value].join(', '))}
      >
        <option value="">add an instrument of the file</option>
        {names
          .filter((name) => !taken.has(name))
          .map((name) => (
            <option key={name}>{name}</option>
          ))}
      </select>
    </div>
  )
}

/** A form made of the strategy's own parameters; what it writes is checked like a file. */
export function AddSleeve({ onDone }: { readonly onDone: (id: string | null) => void }): ReactNode {
  useFocusBack()
  const { view, text, edit } = useEditing()
  const forms = view?.strategies ?? []
  const [strategy, setStrategy] = useState(forms[0]?.strategy ?? '')
  const [id, setId] = useState('')
  const [universe, setUniverse] = useState('')
  const [weight, setWeight] = useState('')
  const [size, setSize] = useState('20')
  const [stage, setStage] = useState('DISCOVERY')
  const [values, setValues] = useState<Values>({})
  const hasStages = isTree(at(view?.document, STAGES))
  const form = forms.find((candidate) => candidate.strategy === strategy)
  const isTaken = listedSleeves(text, view?.text ?? '', view?.document).some((sleeve) => sleeve.id === id.trim())

  function add(): void {
    if (form === undefined || isTaken) return
    const parameters = changedParameters(form, values)
    const item = {
      id: id.trim(),
      strategy,
      universe: universe.split(/[\s,]+/).filter(Boolean),
      ...(weight.trim() === '' ? {} : { weight: fractionOf(weight) }),
      ...(size.trim() === '' ? {} : { sizing: { kind: 'percent', fraction: fractionOf(size) } }),
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    }
    edit((before) => {
      const more = withItem(before, ['sleeves'], item)
      return hasStages ? withValue(more, [...STAGES, item.id], stage, view?.document) : more
    })
    onDone(item.id)
  }

  return (
    <section className="panel config-form" aria-label="Add a sleeve" style={{ '--span': 8 } as React.CSSProperties}>
      <header className="panel-head">
        <h2>Add a sleeve</h2>
        <span className="unit">{form?.description ?? ''}</span>
      </header>
      <form
        className="form-grid"
        onSubmit={(event) => {
          event.preventDefault()
          add()
        }}
      >
        <Labelled title="Strategy">
          {(field) => (
            <select
              id={field}
              className="input"
              // biome-ignore lint/a11y/noAutofocus: the form opened because somebody asked for it
              autoFocus
              value={strategy}
              onChange={(event) => {
                setStrategy(event.target.value)
                setValues({})
              }}
            >
              {forms.map((candidate) => (
                <option key={candidate.strategy} value={candidate.strategy}>
                  {candidate.title || candidate.strategy}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <Labelled
          title="Name of the sleeve"
          hint={isTaken ? 'another sleeve has this name' : 'letters, digits, - and _'}
          isWrong={isTaken}
        >
          {(field) => (
            <input
              id={field}
              className="input"
              required
              pattern="[A-Za-z0-9_\-]+"
              aria-invalid={isTaken}
              aria-describedby={`${field}-hint`}
              value={id}
              onChange={(event) => setId(event.target.value)}
            />
          )}
        </Labelled>
        <Universe value={universe} onChange={setUniverse} />
        <Percent
          title="Weight in percent"
          hint="of the portfolio; empty: as the allocation deals it"
          value={weight}
          onChange={setWeight}
        />
        <Percent
          title="Size of an entry in percent"
          hint="of the sleeve; empty where the strategy sizes itself"
          value={size}
          onChange={setSize}
        />
        {hasStages && (
          <Labelled title="Stage" hint="how far it has proved itself">
            {(field) => (
              <select
                id={field}
                className="input"
                aria-describedby={`${field}-hint`}
                value={stage}
                onChange={(event) => setStage(event.target.value)}
              >
                {STAGE_NAMES.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
          </Labelled>
        )}
        {(form?.parameters ?? []).map((parameter) => (
          <Field
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? shownText(parameter.default)}
            onChange={(value) => setValues({ ...values, [parameter.name]: value })}
          />
        ))}
        <div className="dialog-buttons form-whole">
          <button type="button" className="button" onClick={() => onDone(null)}>
            Cancel
          </button>
          <button type="submit" className="button button-main" disabled={isTaken}>
            Put it into the draft
          </button>
        </div>
      </form>
    </section>
  )
}

/** Percent as a fraction, without what binary fractions add behind the digits. */
function fractionOf(percents: string): number {
  return Number((Number(percents) / 100).toPrecision(12))
}
