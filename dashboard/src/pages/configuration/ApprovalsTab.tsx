import { type ReactNode, useId, useState } from 'react'
import type { ApprovalRow } from '../../../../src/api/contract/trading.ts'
import { useAmounts } from '../../data/amounts.ts'
import { command } from '../../data/commands.ts'
import { connection } from '../../data/connection.ts'
import { useMarketNow } from '../../data/market-clock.ts'
import { useExplained, useLive } from '../../data/readings.ts'
import { useRole } from '../../data/session.ts'
import { numberOf, quantity } from '../../format.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { useTitles } from '../../panels/sleeves.tsx'
import { MOMENT_WIDTH, Moment } from '../../panels/ViolationsPanel.tsx'
import { Steps, Unexplained } from '../../shell/ExplainDrawer.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { instantOf, moment, remaining } from '../../times.ts'
import { ChangesPanel } from './ChangesPanel.tsx'
import { SectionForm } from './SectionForm.tsx'

function wish({ quantity: units, label }: ApprovalRow): string {
  const isBuy = (numberOf(units) ?? 0) > 0
  return `${isBuy ? 'Buy' : 'Sell'} ${quantity(units.replace(/^[-−]/, ''))} ${label}`
}

function Countdown({ expires }: { readonly expires: string | null }): ReactNode {
  const now = useMarketNow()
  const until = instantOf(expires)
  if (until === null) return <>It waits until somebody answers.</>
  return until > now ? <>Expires in {remaining(until - now)}.</> : <>Expired.</>
}

/** Why it is wished for: the bar, the signal, the size with its numbers, and every rule. */
function Why({ row, id }: { readonly row: ApprovalRow; readonly id: string }): ReactNode {
  const source = useExplained(`approvals/${encodeURIComponent(row.id)}/explain`)
  const view = source.data
  return (
    <section className="approval-why" id={id} aria-label={`Why ${wish(row)}`} aria-busy={view === null}>
      {view === null ? (
        <p className="quiet" role="status">
          {source.error === null ? 'The events are played once more.' : <Unexplained {...source} />}
        </p>
      ) : (
        <Steps steps={view.steps} />
      )}
    </section>
  )
}

function Card({ row, isFirst }: { readonly row: ApprovalRow; readonly isFirst: boolean }): ReactNode {
  const whyId = useId()
  const amounts = useAmounts()
  const zone = useStore(preferences, (value) => value.zone)
  const now = useMarketNow()
  const titleOf = useTitles()
  const [shows, setShows] = useState(isFirst)
  const isLost = useStore(connection, ({ state }) => state === 'lost')
  const mayAct = useRole('operator') && !isLost
  const [part, setPart] = useState('')
  const what = wish(row)
  const whole = Number(part)
  const isPart = part !== '' && Number.isFinite(whole) && whole > 0 && whole < Math.abs(numberOf(row.quantity) ?? 0)
  const decide = (decision: 'approve' | 'reduce' | 'reject', verb: string): void => {
    const units = decision === 'reduce' ? whole : null
    void command({ kind: 'approve', approval: row.id, decision, quantity: units }, { what: `${verb} ${what}` })
  }
  return (
    <li className="approval">
      <div className="approval-text">
        <h3>{what}</h3>
        <p>
          {titleOf(row.sleeve)}
          {row.value !== null && `, about ${amounts.money(row.value, { cents: false })}`}: {row.reason}.
        </p>
        <p className="quiet">
          Asked {moment(row.askedAt, zone, now)}. <Countdown expires={row.expires} />
        </p>
        <button
          type="button"
          className="link"
          aria-expanded={shows}
          aria-controls={whyId}
          onClick={() => setShows(!shows)}
        >
          {shows ? 'Hide why' : 'Show why'}
        </button>
      </div>
      <div className="approval-buttons">
        <button
          type="button"
          className="button button-main"
          disabled={!mayAct}
          onClick={() => decide('approve', 'Approve:')}
        >
          Approve
        </button>
        <button type="button" className="button" disabled={!mayAct} onClick={() => decide('reject', 'Refuse:')}>
          Refuse
        </button>
        <label className="approval-part desk-only">
          <span className="only-heard">Approve only this many</span>
          <input
            className="input"
            inputMode="numeric"
            placeholder="fewer"
            value={part}
            onChange={(event) => setPart(event.target.value)}
          />
        </label>
        <button
          type="button"
          className="button desk-only"
          disabled={!mayAct || !isPart}
          onClick={() => decide('reduce', 'Approve fewer:')}
        >
          Approve fewer
        </button>
      </div>
      {shows && <Why row={row} id={whyId} />}
    </li>
  )
}

function Answered({ rows }: { readonly rows: readonly ApprovalRow[] }): ReactNode {
  const titleOf = useTitles()
  const columns: readonly Column<ApprovalRow>[] = [
    {
      key: 'at',
      title: 'Answered',
      align: 'left',
      width: MOMENT_WIDTH,
      cell: ({ changedAt }) => <Moment iso={changedAt} />,
    },
    { key: 'wish', title: 'Wish', align: 'left', isHead: true, cell: wish },
    { key: 'sleeve', title: 'Sleeve', align: 'left', isWide: true, cell: ({ sleeve }) => titleOf(sleeve) },
    { key: 'why', title: 'Why', align: 'left', isWide: true, cell: ({ reason }) => reason },
    { key: 'state', title: 'Answer', align: 'left', width: '110px', cell: ({ state }) => state },
  ]
  return <DataTable label="Answered approvals" columns={columns} rows={rows} rowKey={({ id }) => id} isDense />
}

/** Wishes that wait for a person, and what became of the others. */
export function ApprovalsTab(): ReactNode {
  const source = useLive('approvals')
  return (
    <>
      <Panel
        title="Waiting for you"
        span={12}
        source={source}
        skeleton="table"
        empty={(rows) =>
          rows.some(({ state }) => state === 'asked') ? null : { text: 'No order waits for approval.' }
        }
      >
        {(rows) => (
          <ul className="approvals">
            {rows
              .filter(({ state }) => state === 'asked')
              .map((row, place) => (
                <Card key={row.id} row={row} isFirst={place === 0} />
              ))}
          </ul>
        )}
      </Panel>
      <Panel
        title="Answered"
        span={12}
        source={source}
        skeleton="table"
        empty={(rows) =>
          rows.some(({ state }) => state !== 'asked') ? null : { text: 'Nothing has been answered yet.' }
        }
      >
        {(rows) => <Answered rows={rows.filter(({ state }) => state !== 'asked').slice(0, 50)} />}
      </Panel>
      <div className="config-main desk-only-block">
        <SectionForm title="Who is asked about what" unit="exits never wait" section={['approvals']} />
      </div>
      <ChangesPanel />
    </>
  )
}
