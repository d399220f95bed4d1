import { type ReactNode, useId, useState } from 'react'
import type { StrategyForm, StrategyParameter } from '../../../../src/api/contract/configuration.ts'
import { useEditing } from './draft.ts'
import { shownText, withItem } from './yaml-edit.ts'

type Values = Readonly<Record<string, string>>

function initial(parameter: StrategyParameter): string {
  const { default: value } = parameter
  return Array.isArray(value) ? value.join(', ') : shownText(value)
}

/** What was typed, as the parameter's kind wants it. */
function parameterValue({ kind }: Pick<StrategyParameter, 'kind'>, typed: string): unknown {
  const text = typed.trim()
  if (kind === 'number' || kind === 'integer') return Number(text)
  if (kind === 'boolean') return text === 'true'
  if (kind !== 'list') return text
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '').map((part) => (Number.isFinite(Number(part)) ? Number(part) : part))
}

/** Only what differs from the defaults is written. */
export function changedParameters(form: StrategyForm, values: Values): Readonly<Record<string, unknown>> {
  const changed = form.parameters.filter((parameter) => {
    const typed = values[parameter.name]
    return typed !== undefined && typed.trim() !== '' && typed !== initial(parameter)
  })
  return Object.fromEntries(
    changed.map((parameter) => [parameter.name, parameterValue(parameter, values[parameter.name]!)]),
  )
}

interface FieldProps {
  readonly parameter: StrategyParameter
  readonly value: string
  readonly onChange: (value: string) => void
}

function hintOf({ description, least, most, unit }: StrategyParameter): string {
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
      <span className="hint">{hintOf(parameter)}</span>
    </div>
  )
}

/** A form made of the strategy's own parameters; what it writes is checked like a file. */
export function AddSleeve({ onDone }: { readonly onDone: () => void }): ReactNode {
  const { view, edit } = useEditing()
  const forms = view?.strategies ?? []
  const [strategy, setStrategy] = useState(forms[0]?.strategy ?? '')
  const [id, setId] = useState('')
  const [universe, setUniverse] = useState('')
  const [weight, setWeight] = useState('')
  const [values, setValues] = useState<Values>({})
  const form = forms.find((candidate) => candidate.strategy === strategy)

  function add(): void {
    if (form === undefined) return
    const parameters = changedParameters(form, values)
    const item = {
      id: id.trim(),
      strategy,
      universe: universe.split(/[\s,]+/).filter(Boolean),
      ...(weight.trim() === '' ? {} : { weight: Number(weight) / 100 }),
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    }
    edit((text) => withItem(text, ['sleeves'], item))
    onDone()
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
        <label className="field">
          <span>Name of the sleeve</span>
          <input
            className="input"
            required
            pattern="[A-Za-z0-9_\-]+"
            value={id}
            onChange={(event) => setId(event.target.value)}
          />
          <span className="hint">letters, digits, - and _</span>
        </label>
        <label className="field">
          <span>Universe</span>
          <input
            className="input"
            required
            placeholder="AAPL, MSFT"
            value={universe}
            onChange={(event) => setUniverse(event.target.value)}
          />
        </label>
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
          <span className="hint">empty: as the allocation deals it</span>
        </label>
        {(form?.parameters ?? []).map((parameter) => (
          <Field
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? initial(parameter)}
            onChange={(value) => setValues({ ...values, [parameter.name]: value })}
          />
        ))}
        <div className="dialog-buttons form-whole">
          <button type="button" className="button" onClick={onDone}>
            Cancel
          </button>
          <button type="submit" className="button button-main">
            Put it into the draft
          </button>
        </div>
      </form>
    </section>
  )
}
