import { type ReactNode, useState } from 'react'
import { command } from '../../data/commands.ts'
import { Dialog } from '../../frame/Dialog.tsx'
import { closeOverlay } from '../../state/dialogs.ts'
import { Checklist, useChecks } from './Checklist.tsx'

/** Lifts the stop: a reason, everything green, and a new proof. */
export function ReviveDialog(): ReactNode {
  const [reason, setReason] = useState('')
  const checks = useChecks()
  const isGreen = checks.every(({ isMet }) => isMet)
  return (
    <Dialog title="Let trading go on?" onClose={closeOverlay}>
      <p className="dialog-text">New orders may leave again at the next cycle. What was cancelled stays cancelled.</p>
      <Checklist checks={checks} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          closeOverlay()
          void command({ kind: 'revive', reason: reason.trim() }, { what: 'Resume trading' })
        }}
      >
        <label className="field">
          <span>Reason</span>
          <input
            className="input"
            required
            maxLength={200}
            value={reason}
            data-first
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={closeOverlay}>
            Cancel
          </button>
          <button type="submit" className="button button-main" disabled={!isGreen || reason.trim() === ''}>
            Resume trading
          </button>
        </div>
      </form>
    </Dialog>
  )
}
