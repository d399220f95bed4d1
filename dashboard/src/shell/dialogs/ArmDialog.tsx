import { type ReactNode, useState } from 'react'
import { serverNow } from '../../data/clock.ts'
import { command } from '../../data/commands.ts'
import { engine } from '../../data/socket.ts'
import { Dialog } from '../../frame/Dialog.tsx'
import { closeOverlay } from '../../state/dialogs.ts'
import { useStore } from '../../state/store.ts'
import { Checklist, useChecks } from './Checklist.tsx'

const TERMS = [
  ['60', '1 hour'],
  ['240', '4 hours'],
  ['480', '8 hours'],
  ['1440', '1 day'],
] as const
const MINUTE_MS = 60_000

/** Lets orders leave for a real account, for a while: checklist, the account's last characters typed, an end. */
export function ArmDialog(): ReactNode {
  const [typed, setTyped] = useState('')
  const [minutes, setMinutes] = useState<string>('480')
  const suffix = useStore(engine, (view) => view?.accountSuffix ?? '')
  const checks = useChecks()
  const isReady = checks.every(({ isMet }) => isMet) && typed === suffix
  return (
    <Dialog title="Arm live trading?" onClose={closeOverlay}>
      <p className="dialog-text">
        Orders leave for the real account until the term ends or you disarm. Positions that are open then stay open.
      </p>
      <Checklist checks={checks} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          closeOverlay()
          const until = new Date(serverNow() + Number(minutes) * MINUTE_MS).toISOString()
          void command({ kind: 'arm', account: typed, until }, { what: 'Arm live trading' })
        }}
      >
        <div className="field-row">
          <label className="field">
            <span>
              {suffix === ''
                ? 'This account has no number to type'
                : `Last characters of the account (…${'•'.repeat(suffix.length)})`}
            </span>
            <input
              className="input"
              value={typed}
              autoComplete="off"
              disabled={suffix === ''}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
          <label className="field">
            <span>Ends after</span>
            <select className="input" value={minutes} onChange={(event) => setMinutes(event.target.value)}>
              {TERMS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </div>
        <div className="dialog-buttons">
          <button type="button" className="button" data-first onClick={closeOverlay}>
            Cancel
          </button>
          <button type="submit" className="button button-act" disabled={!isReady}>
            Arm live trading
          </button>
        </div>
      </form>
    </Dialog>
  )
}
