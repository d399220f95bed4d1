import './login.css'
import { type ReactNode, useState } from 'react'
import type { SessionView, SignInRequest } from '../../../../src/api/contract/session.ts'
import { ask } from '../../data/api.ts'
import { keepSession } from '../../data/session.ts'
import { ProofFields } from '../../frame/ProofFields.tsx'
import { Mark } from '../../shell/TopBar.tsx'

/** Name, passphrase, and a code for whoever uses one; one line says what was wrong. */
export function LoginPage(): ReactNode {
  const [name, setName] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [code, setCode] = useState('')
  const [fault, setFault] = useState('')
  const [isBusy, setBusy] = useState(false)

  async function signIn(): Promise<void> {
    setBusy(true)
    setFault('')
    const request: SignInRequest = { name, passphrase, ...(code === '' ? {} : { code }) }
    try {
      keepSession(await ask<SessionView>('POST', '/api/v1/session', request))
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
      setPassphrase('')
      setCode('')
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className="entry">
      <div className="entry-card">
        <div className="entry-brand">
          <Mark />
          <h1>Sign in to Polyfolio</h1>
        </div>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void signIn()
          }}
        >
          <label className="field">
            <span>User</span>
            <input
              className="input"
              autoComplete="username"
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <ProofFields passphrase={passphrase} onPassphrase={setPassphrase} code={code} onCode={setCode} />
          <p className="fault" role="alert">
            {fault}
          </p>
          <button type="submit" className="button button-main" disabled={isBusy}>
            Sign in
          </button>
        </form>
      </div>
    </main>
  )
}
