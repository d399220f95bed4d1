import { type FormEvent, type ReactNode, useState } from 'react'
import type { OwnChange, SessionView, TotpView } from '../../../../src/api/contract/session.ts'
import { keepSession, useSession } from '../../data/session.ts'
import { useFocusBack } from '../../frame/focus-back.ts'
import { ProofFields } from '../../frame/ProofFields.tsx'
import { NewPassphrase } from '../login/NewPassphrase.tsx'
import { QrCode } from '../login/QrCode.tsx'
import { strengthOf } from '../login/strength.ts'
import { useChangeOwn, useNewOwnCodes } from './people.ts'

/** Changes of one's own account: each with the passphrase of now, which nobody else sits down and knows. */
function useOwn(onDone: () => void) {
  useFocusBack()
  const [current, setCurrent] = useState('')
  const [code, setCode] = useState('')
  const change = useChangeOwn()
  const send = (what: Omit<OwnChange, 'current' | 'code'>): void =>
    change.mutate(
      { current, ...(code === '' ? {} : { code }), ...what },
      {
        onSuccess(session: SessionView) {
          keepSession(session)
          setCurrent('')
          setCode('')
          onDone()
        },
      },
    )
  const fields = <ProofFields passphrase={current} onPassphrase={setCurrent} code={code} onCode={setCode} />
  return { fields, send, isPending: change.isPending }
}

function OwnPassphrase({ onDone }: { readonly onDone: () => void }): ReactNode {
  const [next, setNext] = useState('')
  const { fields, send, isPending } = useOwn(onDone)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send({ passphrase: next })
  }
  return (
    <form className="form-grid" onSubmit={submit}>
      {fields}
      <NewPassphrase label="New passphrase" value={next} onChange={setNext} />
      <div className="dialog-buttons form-whole">
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button button-main" disabled={!strengthOf(next).isEnough || isPending}>
          Change the passphrase
        </button>
      </div>
    </form>
  )
}

/** The new secret counts from the moment on in which a code of it is given. */
function OwnCodes({ totp, onDone }: { readonly totp: TotpView; readonly onDone: () => void }): ReactNode {
  const [shown, setShown] = useState('')
  const { fields, send, isPending } = useOwn(onDone)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send({ totp: { secret: totp.secret, code: shown } })
  }
  return (
    <form className="form-grid" onSubmit={submit}>
      <div className="totp form-whole">
        <QrCode text={totp.uri} label="QR code of your new authenticator secret" />
        <div>
          <p>Scan this with an authenticator app, then give the six digits that it shows.</p>
          <code>{totp.secret}</code>
        </div>
      </div>
      <label className="field">
        <span>Code of the new secret</span>
        <input
          className="input"
          required
          inputMode="numeric"
          maxLength={6}
          pattern="[0-9]{6}"
          value={shown}
          onChange={(event) => setShown(event.target.value)}
        />
      </label>
      {fields}
      <div className="dialog-buttons form-whole">
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button button-main" disabled={isPending}>
          Use these codes
        </button>
      </div>
    </form>
  )
}

function NoCodes({ onDone }: { readonly onDone: () => void }): ReactNode {
  const { fields, send, isPending } = useOwn(onDone)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send({ totp: null })
  }
  return (
    <form className="form-grid" onSubmit={submit}>
      {fields}
      <div className="dialog-buttons form-whole">
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button button-main" disabled={isPending}>
          Ask for no codes any more
        </button>
      </div>
    </form>
  )
}

type Change = { readonly kind: 'passphrase' | 'no-codes' } | { readonly kind: 'codes'; readonly totp: TotpView }

/** Passphrase and codes of whoever is signed in; whoever came by a link has neither. */
export function OwnAccount(): ReactNode {
  const { session } = useSession()
  const [change, setChange] = useState<Change | null>(null)
  const codes = useNewOwnCodes()
  const done = (): void => setChange(null)
  if (session === null || session.byLink) return null
  return (
    <section className="panel config-form" aria-label="Your account" style={{ '--span': 12 } as React.CSSProperties}>
      <header className="panel-head">
        <h2>Your account</h2>
        <span className="unit">a change ends your other sessions</span>
      </header>
      {change === null && (
        <div className="config-pad inline-form">
          <button type="button" className="button" onClick={() => setChange({ kind: 'passphrase' })}>
            Change passphrase
          </button>
          <button
            type="button"
            className="button"
            disabled={codes.isPending}
            onClick={() => codes.mutate(undefined, { onSuccess: (totp) => setChange({ kind: 'codes', totp }) })}
          >
            New authenticator codes
          </button>
          <button type="button" className="button" onClick={() => setChange({ kind: 'no-codes' })}>
            Sign in without codes
          </button>
        </div>
      )}
      {change?.kind === 'passphrase' && <OwnPassphrase onDone={done} />}
      {change?.kind === 'codes' && <OwnCodes totp={change.totp} onDone={done} />}
      {change?.kind === 'no-codes' && <NoCodes onDone={done} />}
    </section>
  )
}
