import type { ReactNode } from 'react'
import { useSecond } from '../../data/clock.ts'
import { command } from '../../data/commands.ts'
import { connection } from '../../data/connection.ts'
import { useRole } from '../../data/session.ts'
import { engine } from '../../data/socket.ts'
import { count } from '../../format.ts'
import { Icon } from '../../frame/Icon.tsx'
import { openOverlay } from '../../state/dialogs.ts'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { instantOf, moment, remaining } from '../../times.ts'

function many(amount: number, what: string): string {
  return `${count(amount)} ${what}${amount === 1 ? '' : 's'}`
}

/** Stop, arm, disarm, flatten; and how the engine is. */
export function ControlPanel(): ReactNode {
  const view = useStore(engine)
  const isLost = useStore(connection, ({ state }) => state === 'lost')
  const zone = useStore(preferences, (value) => value.zone)
  const now = useSecond()
  const operates = useRole('operator')
  const administers = useRole('admin')
  const until = instantOf(view?.armedUntil)
  const isArmed = until !== null && until > now
  const isLive = view?.mode === 'live'
  const state =
    view === null
      ? 'No engine runs this portfolio.'
      : view.killed
        ? 'Trading is stopped.'
        : isArmed
          ? `Armed for ${remaining(until - now)}.`
          : view.trading === 'reducing'
            ? 'Only what shrinks a position leaves.'
            : 'Trading is on.'
  return (
    <section className="panel controls" aria-label="Controls" style={{ '--span': 12 } as React.CSSProperties}>
      <div className="controls-state">
        <h2>Controls</h2>
        <p>
          {state}{' '}
          {view !== null && (
            <span className="quiet">
              {many(view.openOrders, 'open order')}, {many(view.waitingApprovals, 'approval')} waiting; last cycle{' '}
              {moment(view.lastCycleAt, zone, now)}.
            </span>
          )}
        </p>
      </div>
      <div className="controls-buttons">
        {view?.killed === true ? (
          <button
            type="button"
            className="button"
            disabled={!administers || isLost}
            onClick={() => openOverlay({ kind: 'revive' })}
          >
            <Icon name="play" />
            Resume trading
          </button>
        ) : (
          <button
            type="button"
            className="button button-danger"
            disabled={!operates}
            onClick={() => openOverlay({ kind: 'kill' })}
          >
            <Icon name="stop" />
            Stop all trading
          </button>
        )}
        <button
          type="button"
          className="button desk-only"
          disabled={!administers || isLost || !isLive || isArmed}
          title={isLive ? '' : 'This portfolio is not run on a real account.'}
          onClick={() => openOverlay({ kind: 'arm' })}
        >
          <Icon name="lock" />
          Arm live trading
        </button>
        <button
          type="button"
          className="button"
          disabled={!operates || isLost || !isArmed}
          onClick={() =>
            void command({ kind: 'disarm', reason: 'Disarmed from the dashboard' }, { what: 'Disarm live trading' })
          }
        >
          Disarm
        </button>
        <button
          type="button"
          className="button button-danger desk-only"
          disabled={!operates || isLost}
          onClick={() => openOverlay({ kind: 'flatten', sleeve: null, title: 'the portfolio' })}
        >
          Flatten the portfolio
        </button>
      </div>
    </section>
  )
}
