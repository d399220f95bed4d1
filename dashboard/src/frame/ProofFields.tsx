import type { ReactNode } from 'react'

interface ProofFieldsProps {
  readonly passphrase: string
  readonly onPassphrase: (passphrase: string) => void
  readonly code: string
  readonly onCode: (code: string) => void
  /** Side by side in a dialog that begins with them. */
  readonly isInRow?: boolean
}

/** What proves who is there: the passphrase, and the code of whoever uses one. */
export function ProofFields({ passphrase, onPassphrase, code, onCode, isInRow = false }: ProofFieldsProps): ReactNode {
  return (
    <>
      <label className="field">
        <span>Passphrase</span>
        <input
          className="input"
          type="password"
          autoComplete="current-password"
          required
          value={passphrase}
          data-first={isInRow || undefined}
          onChange={(event) => onPassphrase(event.target.value)}
        />
      </label>
      <label className={isInRow ? 'field field-short' : 'field'}>
        <span>Code, if you use one</span>
        <input
          className="input"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          value={code}
          onChange={(event) => onCode(event.target.value)}
        />
      </label>
    </>
  )
}
