import type { ReactNode } from 'react'
import { connection } from '../data/connection.ts'
import { useRole } from '../data/session.ts'
import { engine } from '../data/socket.ts'
import { Icon } from '../frame/Icon.tsx'
import { openOverlay } from '../state/dialogs.ts'
import { preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { clock } from '../times.ts'

/** Over every page until the stop is lifted. */
export function KillBar(): ReactNode {
  const view = useStore(engine)
  const mayLift = useRole('admin')
  if (view?.killed !== true) return null
  return (
    <div className="kill-bar" role="alert">
      <Icon name="stop" />
      <span>
        <b>Trading is stopped.</b> New orders are refused; positions stay open.
      </span>
      {mayLift ? (
        <button type="button" className="button" onClick={() => openOverlay({ kind: 'revive' })}>
          Resume trading
        </button>
      ) : (
        <span>An admin can lift the stop.</span>
      )}
    </div>
  )
}

/** What is shown is old, and says since when. */
export function LostBar(): ReactNode {
  const { state, heardAt } = useStore(connection)
  const zone = useStore(preferences, (value) => value.zone)
  if (state !== 'lost') return null
  const since =
    heardAt === null
      ? 'The server is not reached.'
      : `Connection lost at ${clock(heardAt, zone)}. Figures are from then.`
  return (
    <div className="lost-bar" role="alert">
      <Icon name="alert" />
      <span>{since} Retrying.</span>
    </div>
  )
}
