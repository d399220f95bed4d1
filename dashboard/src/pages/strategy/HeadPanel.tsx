import type { ReactNode } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { SleeveRow, SleeveStatus } from '../../../../src/api/contract/overview.ts'
import { sleeveToken } from '../../charts/paint.ts'
import { command } from '../../data/commands.ts'
import { useRole } from '../../data/session.ts'
import { Icon, type IconName } from '../../frame/Icon.tsx'
import { useOrdinals } from '../../panels/sleeves.tsx'
import { openOverlay } from '../../state/dialogs.ts'
import { carriedSearch } from '../../state/url.ts'

const STATUS: Readonly<
  Record<SleeveStatus, { readonly icon: IconName; readonly text: string; readonly className: string }>
> = {
  active: { icon: 'dot', text: 'Active', className: 'pos' },
  paused: { icon: 'pause', text: 'Paused', className: '' },
  halted: { icon: 'refuse', text: 'Halted', className: 'neg' },
  reduced: { icon: 'down', text: 'Reduced', className: 'warn' },
  reserve: { icon: 'dot', text: 'Cash reserve', className: '' },
}

interface ActionsProps {
  readonly row: SleeveRow
}

/** What an operator may do with the sleeve; flattening opens its dialog, the rest is one click that can be undone. */
function Actions({ row }: ActionsProps): ReactNode {
  const isOperator = useRole('operator')
  const { sleeve, title, status } = row
  const why = isOperator ? '' : 'An operator may do this.'
  const isStopped = status === 'paused' || status === 'halted'
  const verb = isStopped ? 'Resume' : 'Pause'
  const [asked, back] = isStopped ? (['resume', 'pause'] as const) : (['pause', 'resume'] as const)
  return (
    <div className="head-actions">
      <button
        type="button"
        className="button"
        disabled={!isOperator}
        title={why}
        onClick={() =>
          void command({ kind: asked, sleeve }, { what: `${verb} ${title}`, undo: { kind: back, sleeve } })
        }
      >
        <Icon name={isStopped ? 'play' : 'pause'} />
        {verb}
      </button>
      <button
        type="button"
        className="button button-danger"
        disabled={!isOperator}
        title={why}
        onClick={() => openOverlay({ kind: 'flatten', sleeve, title })}
      >
        Flatten sleeve
      </button>
    </div>
  )
}

export interface HeadPanelProps {
  readonly sleeve: string
  readonly rows: readonly SleeveRow[]
}

/** Which sleeve is shown, how it is, and what can be done with it. */
export function HeadPanel({ sleeve, rows }: HeadPanelProps): ReactNode {
  const [, navigate] = useLocation()
  const search = useSearch()
  const ordinal = useOrdinals()(sleeve)
  const row = rows.find((each) => each.sleeve === sleeve)
  const status = row === undefined ? null : STATUS[row.status]
  return (
    <section className="panel strategy-head" aria-label="Strategy" style={{ '--span': 12 } as React.CSSProperties}>
      <span
        className="swatch"
        style={{ background: ordinal === null ? 'var(--text-2)' : `var(${sleeveToken(ordinal)})` }}
      />
      <select
        className="input sleeve-select"
        aria-label="Sleeve"
        value={sleeve}
        onChange={(event) => navigate(`/strategy/${encodeURIComponent(event.target.value)}${carriedSearch(search)}`)}
      >
        {rows.map((each) => (
          <option key={each.sleeve} value={each.sleeve}>
            {each.title}
          </option>
        ))}
      </select>
      {row !== undefined && status !== null && (
        <p className="head-status">
          <span className={`severity ${status.className}`}>
            <Icon name={status.icon} />
            {status.text}
          </span>
          {row.strategy !== null && <span className="quiet">{row.strategy}</span>}
          {row.stage !== null && <span className="stage">{`Stage: ${row.stage}`}</span>}
          {row.reason !== '' && <span className="second">{row.reason}</span>}
        </p>
      )}
      <span className="grow" />
      {row !== undefined && row.status !== 'reserve' && <Actions row={row} />}
    </section>
  )
}
