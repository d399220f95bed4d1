import type { ReactNode } from 'react'
import type { StrategyForm } from '../../../../src/api/contract/configuration.ts'
import { useFocusBack } from '../../frame/focus-back.ts'
import { Icon } from '../../frame/Icon.tsx'
import { useEditing } from './draft.ts'
import { DraftField } from './FormFields.tsx'
import type { FormField } from './form-fields.ts'
import type { ListedSleeve } from './places.ts'
import { SectionForm } from './SectionForm.tsx'

const PLAIN = { least: null, most: null, choices: [], standard: null, description: '' } as const

/** What a sleeve is, apart from its strategy's own parameters. */
const OWN: readonly FormField[] = [
  { ...PLAIN, path: ['title'], kind: 'text', description: 'name for the reader' },
  { ...PLAIN, path: ['universe'], kind: 'list', description: 'instruments in order of preference' },
  { ...PLAIN, path: ['weight'], kind: 'number', least: 0, most: 1, description: 'part of the portfolio' },
]

function parameterFields(form: StrategyForm | undefined): readonly (readonly [FormField, string])[] {
  return (form?.parameters ?? []).map((parameter) => [
    {
      path: ['parameters', parameter.name],
      kind: parameter.kind,
      choices: parameter.choices,
      least: parameter.least,
      most: parameter.most,
      standard: parameter.default,
      description: parameter.description,
    },
    parameter.title,
  ])
}

export interface SleeveEditorProps {
  readonly sleeve: ListedSleeve
  readonly onClose: () => void
}

/** Everything of one sleeve that a form can show, bound to the draft. */
export function SleeveEditor({ sleeve, onClose }: SleeveEditorProps): ReactNode {
  useFocusBack()
  const { view } = useEditing()
  const form = view?.strategies.find(({ strategy }) => strategy === sleeve.strategy)
  const section = ['sleeves', sleeve.place]
  return (
    <>
      <section
        className="panel config-form"
        aria-label={`${sleeve.title}: parameters`}
        style={{ '--span': 8 } as React.CSSProperties}
      >
        <header className="panel-head">
          <h2>{sleeve.title}</h2>
          <span className="unit">{form?.description ?? sleeve.strategy ?? 'holds cash'}</span>
          <span className="grow" />
          <button type="button" className="button button-small" onClick={onClose}>
            <Icon name="close" />
            Close
          </button>
        </header>
        <div className="form-grid">
          {OWN.map((field) => (
            <DraftField key={field.path.join('.')} section={section} field={field} />
          ))}
          {parameterFields(form).map(([field, title]) => (
            <DraftField key={field.path.join('.')} section={section} field={field} title={title} />
          ))}
        </div>
      </section>
      <SectionForm
        title={`${sleeve.title}: size of an entry`}
        unit="fractions: 0.15 is 15 %"
        section={[...section, 'sizing']}
        schemaAt={['$defs', 'sleeve', 'properties', 'sizing']}
      />
      <SectionForm
        title={`${sleeve.title}: limits`}
        unit="fractions: 0.15 is 15 %"
        section={[...section, 'limits']}
        schemaAt={['$defs', 'sleeve', 'properties', 'limits']}
      />
    </>
  )
}
