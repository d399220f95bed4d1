import type { ReactNode } from 'react'
import type { ConfigurationChange } from '../../../../src/api/contract/configuration.ts'

const SHOWN_MOST = 400

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'not set'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > SHOWN_MOST ? `${text.slice(0, SHOWN_MOST)}…` : text
}

interface ChangesProps {
  readonly changes: readonly ConfigurationChange[]
  /** They are to be saved yet, and some of them need a proof. */
  readonly isDraft?: boolean
}

/** Key by key: what was, what will be, and what follows from it. */
export function Changes({ changes, isDraft = false }: ChangesProps): ReactNode {
  return (
    <ul className="changes">
      {changes.map(({ path, before, after, consequence, isDangerous }) => (
        <li key={path}>
          <p className="strong">
            {path}
            {isDraft && isDangerous && <span className="warn"> needs a new proof</span>}
          </p>
          <p>
            <del>{shown(before)}</del> → <ins>{shown(after)}</ins>
          </p>
          {consequence !== '' && <p className="second">{consequence}</p>}
        </li>
      ))}
    </ul>
  )
}
