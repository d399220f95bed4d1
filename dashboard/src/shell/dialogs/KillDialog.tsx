import { type ReactNode, useState } from 'react'
import { command } from '../../data/commands.ts'
import { engine } from '../../data/socket.ts'
import { count } from '../../format.ts'
import { Dialog } from '../../frame/Dialog.tsx'
import { Icon } from '../../frame/Icon.tsx'
import { closeOverlay } from '../../state/dialogs.ts'
import { useStore } from '../../state/store.ts'

function cancels(orders: number | undefined): string {
  if (orders === undefined) return 'Cancels every open order and refuses new ones.'
  if (orders === 0) return 'Refuses new orders; none is open.'
  return `Cancels ${count(orders)} open order${orders === 1 ? '' : 's'} and refuses new ones.`
}

/** The second of the two clicks; the one dialog whose red button has focus. */
export function KillDialog(): ReactNode {
  const [reason, setReason] = useState('')
  const orders = useStore(engine, (view) => view?.openOrders)
  function stop(): void {
    closeOverlay()
    void command({ kind: 'kill', reason: reason.trim() || 'Stopped from the dashboard' }, { what: 'Stop all trading' })
  }
  return (
    <Dialog title="Stop all trading?" onClose={closeOverlay}>
      <p className="dialog-text">
        {cancels(orders)} Positions stay open. Trading goes on only when an admin lifts the stop.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          stop()
        }}
      >
        <label className="field">
          <span>Reason (may stay empty)</span>
          <input className="input" value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />
        </label>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={closeOverlay}>
            Cancel
          </button>
          <button type="submit" className="button button-act" data-first>
            <Icon name="stop" />
            Stop now
          </button>
        </div>
      </form>
    </Dialog>
  )
}
