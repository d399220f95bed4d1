import { type ReactNode, useState } from 'react'
import { Icon } from '../../frame/Icon.tsx'
import { useEditing } from './draft.ts'

/** The file itself, for everything that has no form. */
export function FileEditor(): ReactNode {
  const { view, text, edit } = useEditing()
  const [isOpen, setOpen] = useState(false)
  if (view === null || view.text === null) return null
  return (
    <section
      className="panel config-form desk-only-block"
      aria-label="The file"
      style={{ '--span': 8 } as React.CSSProperties}
    >
      <header className="panel-head">
        <h2>The file</h2>
        <span className="unit">every key that the forms do not show</span>
        <span className="grow" />
        <button type="button" className="button button-small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name="expand" />
          {isOpen ? 'Close the file' : 'Edit the file'}
        </button>
      </header>
      {isOpen ? (
        <label className="file-editor">
          <span className="only-heard">Configuration as YAML</span>
          <textarea
            className="input"
            rows={24}
            spellCheck={false}
            autoComplete="off"
            value={text}
            onChange={(event) => edit(() => event.target.value)}
          />
        </label>
      ) : (
        <div className="config-pad" />
      )}
    </section>
  )
}
