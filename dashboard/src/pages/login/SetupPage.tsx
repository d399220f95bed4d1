import './login.css'
import { type ReactNode, useState } from 'react'
import type { SetupDone, SetupRequest } from '../../../../src/api/contract/session.ts'
import { ask } from '../../data/api.ts'
import { keepSession } from '../../data/session.ts'
import { Mark } from '../../shell/TopBar.tsx'
import { QrCode } from './QrCode.tsx'
import { strengthOf } from './strength.ts'

function Codes({ done }: { readonly done: SetupDone }): ReactNode {
  const totp = done.totp!
  return (
    <main className="entry">
      <div className="entry-card entry-wide">
        <h1>Codes for signing in</h1>
        <p className="second">Scan this with an authenticator app, or type the secret. It is shown once.</p>
        <div className="totp">
          <QrCode text={totp.uri} label="QR code of the authenticator secret" />
          <code>{totp.secret}</code>
        </div>
        <button type="button" className="button button-main" onClick={() => keepSession(done.session)}>
          I have it
        </button>
      </div>
    </main>
  )
}

/** The first user: the one-time token of the console proves who sits at the machine. */
export function SetupPage(): ReactNode {
  const [token, setToken] = useState('')
  const [name, setName] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [withTotp, setWithTotp] = useState(false)
  const [fault, setFault] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [done, setDone] = useState<SetupDone | null>(null)
  const strength = strengthOf(passphrase)

  async function create(): Promise<void> {
    setBusy(true)
    setFault('')
    const request: SetupRequest = {
      token: token.trim(),
      name: name.trim(),
      passphrase,
      ...(withTotp ? { withTotp } : {}),
    }
    try {
      const answer = await ask<SetupDone>('POST', '/api/v1/setup', request)
      if (answer.totp === null) keepSession(answer.session)
      else setDone(answer)
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }

  if (done !== null) return <Codes done={done} />
  return (
    <main className="entry">
      <div className="entry-card entry-wide">
        <div className="entry-brand">
          <Mark />
          <h1>The first user</h1>
        </div>
        <p className="second">
          The console printed a one-time token when this server first started. Whoever has it becomes the admin.
        </p>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void create()
          }}
        >
          <label className="field">
            <span>One-time token</span>
            <input
              className="input"
              required
              autoComplete="off"
              spellCheck={false}
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          </label>
          <label className="field">
            <span>Name</span>
            <input
              className="input"
              required
              autoComplete="username"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <div className="field">
            <label htmlFor="passphrase">Passphrase</label>
            <input
              id="passphrase"
              className="input"
              type="password"
              required
              autoComplete="new-password"
              aria-describedby="strength"
              value={passphrase}
              onChange={(event) => setPassphrase(event.target.value)}
            />
            <div className="strength" id="strength">
              <span className="meter">
                <i
                  className={strength.isEnough ? 'strength-good' : 'meter-near'}
                  style={{ width: `${strength.part * 100}%` }}
                />
              </span>
              <span className="hint">{strength.text}</span>
            </div>
          </div>
          <label className="check">
            <input type="checkbox" checked={withTotp} onChange={(event) => setWithTotp(event.target.checked)} />
            Ask for a code from an authenticator app, too
          </label>
          <p className="fault" role="alert">
            {fault}
          </p>
          <button type="submit" className="button button-main" disabled={isBusy || !strength.isEnough}>
            Create the first user
          </button>
        </form>
      </div>
    </main>
  )
}
