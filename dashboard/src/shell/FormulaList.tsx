import { type ReactNode, useEffect, useState } from 'react'
import { Dialog } from '../frame/Dialog.tsx'
import { everyFormula, type Formula } from '../panels/formulas.ts'
import { closeOverlay, openOverlay } from '../state/dialogs.ts'

interface FormulaListProps {
  /** Null: all of them, with a search. */
  readonly of: { readonly label: string; readonly names: readonly string[] } | null
}

function Rows({ rows }: { readonly rows: readonly Formula[] }): ReactNode {
  return (
    <dl className="key-list">
      {rows.map(({ name, formula, convention, source }) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            {formula} <span className="quiet formula-source">{[convention, source].filter(Boolean).join('; ')}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Every row once: some are known by several names. */
function rowsOf(known: ReadonlyMap<string, Formula> | null, names: readonly string[] | null): readonly Formula[] {
  if (known === null) return []
  const wanted = names === null ? [...known.values()] : names.flatMap((name) => known.get(name) ?? [])
  return [...new Set(wanted)]
}

/** What every figure is computed by: name, formula, convention, source. */
export function FormulaList({ of }: FormulaListProps): ReactNode {
  const [known, setKnown] = useState<ReadonlyMap<string, Formula> | null>(null)
  const [words, setWords] = useState('')
  useEffect(() => {
    void everyFormula().then(setKnown)
  }, [])
  const wanted = words.toLowerCase()
  const shown = rowsOf(known, of?.names ?? null).filter(({ name, formula, convention }) =>
    `${name} ${formula} ${convention}`.toLowerCase().includes(wanted),
  )
  const room = of === null ? 'formulas formulas-all' : 'formulas'
  return (
    <Dialog title={of === null ? 'Formulas' : `How it is computed: ${of.label}`} onClose={closeOverlay} isWide>
      {of === null && (
        <label className="field">
          <span>Search formulas</span>
          <input className="input" data-first value={words} onChange={(event) => setWords(event.target.value)} />
        </label>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className={room} aria-label="Formulas" aria-busy={known === null} tabIndex={0}>
        <Rows rows={shown} />
        {known !== null && shown.length === 0 && <p className="quiet">No formula holds these words.</p>}
      </section>
      <div className="dialog-buttons">
        {of !== null && (
          <button type="button" className="button" onClick={() => openOverlay({ kind: 'formulas' })}>
            All formulas
          </button>
        )}
        <button type="button" className="button" data-first={of === null ? undefined : true} onClick={closeOverlay}>
          Close
        </button>
      </div>
    </Dialog>
  )
}
