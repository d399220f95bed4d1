import { type ReactNode, useId, useState } from 'react'
import type { StrategyForm, StrategyParameter } from '../../../../src/api/contract/configuration.ts'
import { useEditing } from './draft.ts'
import { typedAs } from './form-fields.ts'
import { listedSleeves } from './places.ts'
import { at, isTree, shownText, withItem } from './yaml-edit.ts'

type Values = Readonly<Record<string, string>>

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
  const { view, text, edit } = useEditing()
  const forms = view?.strategies ?? []
  const [strategy, setStrategy] = useState(forms[0]?.strategy ?? '')
  const [id, setId] = useState('')
  const [universe, setUniverse] = useState('')
  const [weight, setWeight] = useState('')
  const [size, setSize] = useState('20')
  const [values, setValues] = useState<Values>({})
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
    edit((before) => withItem(before, ['sleeves'], item))
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
        <label className="field">
          <span>Strategy</span>
          <select
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
        </label>
        <label className={`field ${isTaken ? 'field-wrong' : ''}`}>
          <span>Name of the sleeve</span>
          <input
            className="input"
            required
            pattern="[A-Za-z0-9_\-]+"
            aria-invalid={isTaken}
            value={id}
            onChange={(event) => setId(event.target.value)}
          />
          <span className={isTaken ? 'hint fault' : 'hint'}>
            {isTaken ? 'another sleeve has this name' : 'letters, digits, - and _'}
          </span>
        </label>
        <Universe value={universe} onChange={setUniverse} />
        <label className="field">
          <span>Weight in percent</span>
          <input
            className="input"
            type="number"
            min={0}
            max={100}
            step="any"
            value={weight}
            onChange={(event) => setWeight(event.target.value)}
          />
          <span className="hint">of the portfolio; empty: as the allocation deals it</span>
        </label>
        <label className="field">
          <span>Size of an entry in percent</span>
          <input
            className="input"
            type="number"
            min={0}
            max={100}
            step="any"
            value={size}
            onChange={(event) => setSize(event.target.value)}
          />
          <span className="hint">of the sleeve; empty where the strategy sizes itself</span>
        </label>
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
