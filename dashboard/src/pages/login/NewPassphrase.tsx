import type { ReactNode } from 'react'
import { strengthOf } from './strength.ts'

interface NewPassphraseProps {
  readonly label: string
  readonly value: string
  readonly onChange: (passphrase: string) => void
}

/** A passphrase that is chosen now, and what it lacks. */
export function NewPassphrase({ label, value, onChange }: NewPassphraseProps): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="input"
        type="password"
        required
        autoComplete="new-password"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <span className="hint">{strengthOf(value).text}</span>
    </label>
  )
}
