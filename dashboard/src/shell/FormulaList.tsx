import { type ReactNode, useEffect, useState } from 'react'
import { Dialog } from '../frame/Dialog.tsx'
import { everyFormula, type Formula } from '../panels/formulas.ts'
import { closeOverlay } from '../state/dialogs.ts'

/** What every figure is computed by: name, formula, convention, source. */
export function FormulaList(): ReactNode {
  const [known, setKnown] = useState<readonly (readonly [string, Formula])[] | null>(null)
  const [words, setWords] = useState('')
  useEffect(() => {
    void everyFormula().then((formulas) => setKnown([...formulas]))
  }, [])
  const wanted = words.toLowerCase()
  const shown = (known ?? []).filter(([name, { formula, convention }]) =>
    `${name} ${formula} ${convention}`.toLowerCase().includes(wanted),
  )
  return (
    <Dialog title="Formulas" onClose={closeOverlay} isWide>
      <label className="field">
        <span>Search formulas</span>
        <input className="input" data-first value={words} onChange={(event) => setWords(event.target.value)} />
      </label>
      <section className="formulas" aria-label="Formulas" aria-busy={known === null}>
        <dl className="key-list">
          {shown.map(([name, { formula, convention, source }]) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>
                {formula} <span className="quiet">{[convention, source].filter(Boolean).join(' ')}</span>
              </dd>
            </div>
          ))}
        </dl>
        {known !== null && shown.length === 0 && <p className="quiet">No formula holds these words.</p>}
      </section>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={closeOverlay}>
          Close
        </button>
      </div>
    </Dialog>
  )
}
