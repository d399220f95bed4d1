import { type FormEvent, type ReactNode, useState } from 'react'
import type { SessionView } from '../../../../src/api/contract/session.ts'
import { ask } from '../../data/api.ts'
import { type ProofRequest, proofAsked } from '../../data/commands.ts'
import { keepSession, useSession } from '../../data/session.ts'
import { Dialog } from '../../frame/Dialog.tsx'
import { ProofFields } from '../../frame/ProofFields.tsx'
import { useStore } from '../../state/store.ts'

function Proof({ what, answer }: ProofRequest): ReactNode {
  const { session } = useSession()
  const [passphrase, setPassphrase] = useState('')
  const [code, setCode] = useState('')
  const [fault, setFault] = useState('')
  const byLink = session?.byLink === true

  async function prove(): Promise<void> {
    try {
      const body = byLink ? {} : { passphrase, ...(code === '' ? {} : { code }) }
      keepSession(await ask<SessionView>('POST', '/api/v1/session/step-up', body))
      answer(true)
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <Dialog title="Prove that it is you" onClose={() => answer(false)}>
      <p className="dialog-text">
        {what} needs a new proof.{' '}
        {byLink
          ? 'You came by the link of the console, which has no passphrase.'
          : `You are signed in as ${session?.user}.`}
      </p>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          void prove()
        }}
      >
        {!byLink && (
          <div className="field-row">
            <ProofFields isInRow passphrase={passphrase} onPassphrase={setPassphrase} code={code} onCode={setCode} />
          </div>
        )}
        <p className="fault" role="alert">
          {fault}
        </p>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => answer(false)}>
            Cancel
          </button>
          <button type="submit" className="button button-main">
            Prove and go on
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Shown whenever something dangerous needs a new proof of who asks. */
export function ProofDialog(): ReactNode {
  const asked = useStore(proofAsked)
  return asked === null ? null : <Proof {...asked} />
}
