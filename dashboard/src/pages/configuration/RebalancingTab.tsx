import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { RebalanceMethod } from '../../../../src/api/contract/commands.ts'
import type { RebalancePreview } from '../../../../src/api/contract/jobs.ts'
import type { RebalancingRow } from '../../../../src/api/contract/trading.ts'
import { useAmounts } from '../../data/amounts.ts'
import { command, newId } from '../../data/commands.ts'
import { jobResult } from '../../data/jobs.ts'
import { useLive, usePortfolio } from '../../data/readings.ts'
import { useRole } from '../../data/session.ts'
import { count, numberOf, percent, price, quantity } from '../../format.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { Signed } from '../../frame/Signed.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { useParameter } from '../../state/url.ts'
import { stamp, tradeDate } from '../../times.ts'
import { ChangesPanel } from './ChangesPanel.tsx'
import { useConfiguration } from './draft.ts'
import { SectionForm } from './SectionForm.tsx'

/** How money moves between sleeves. */
const METHODS: readonly (readonly [RebalanceMethod, string])[] = [
  ['transfer', 'Move cash between sleeves'],
  ['scaling', 'Scale positions with the capital'],
  ['liquidation', 'Sell what is above its capital'],
]

async function previewOf(portfolio: string, by: RebalanceMethod): Promise<RebalancePreview> {
  const result = await jobResult(portfolio, { id: newId(), kind: 'rebalance-preview', input: { by } })
  if (result.kind !== 'rebalance-preview') throw new Error('the answer is of another kind')
  return result.view
}

function Orders({ preview }: { readonly preview: RebalancePreview }): ReactNode {
  const amounts = useAmounts()
  const columns: readonly Column<RebalancePreview['orders'][number]>[] = [
    {
      key: 'instrument',
      title: 'Order',
      align: 'left',
      isHead: true,
      width: '30%',
      cell: ({ instrument, quantity: units }) =>
        `${units > 0 ? 'Buy' : 'Sell'} ${quantity(Math.abs(units))} ${instrument}`,
    },
    { key: 'sleeve', title: 'Sleeve', align: 'left', cell: ({ sleeve }) => sleeve },
    { key: 'price', title: 'Price', cell: ({ price: at }) => price(at) },
    { key: 'notional', title: 'Notional', cell: ({ notional }) => amounts.money(notional, { cents: false }) },
    { key: 'cost', title: 'Cost', cell: ({ cost }) => amounts.money(cost) },
  ]
  return (
    <DataTable
      label="Orders of the rebalance"
      columns={columns}
      rows={preview.orders}
      rowKey={({ instrument, sleeve }) => `${sleeve} ${instrument}`}
      isDense
    />
  )
}

function Preview({
  preview,
  onConfirm,
  onCancel,
}: {
  readonly preview: RebalancePreview
  readonly onConfirm: () => void
  readonly onCancel: () => void
}): ReactNode {
  const amounts = useAmounts()
  return (
    <div className="preview">
      <dl className="preview-figures">
        <div>
          <dt>Orders</dt>
          <dd>{count(preview.orders.length)}</dd>
        </div>
        <div>
          <dt>Notional</dt>
          <dd>{amounts.money(preview.notional, { cents: false })}</dd>
        </div>
        <div>
          <dt>Cost</dt>
          <dd>{amounts.money(preview.cost)}</dd>
        </div>
        <div>
          <dt>Drift</dt>
          <dd>
            {percent(preview.driftBefore)} → {percent(preview.driftAfter)}
          </dd>
        </div>
      </dl>
      {preview.notes.map((note) => (
        <p key={note} className="second">
          {note}
        </p>
      ))}
      {preview.orders.length > 0 && <Orders preview={preview} />}
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" className="button button-main" onClick={onConfirm}>
          Confirm the rebalance
        </button>
      </div>
    </div>
  )
}

function Rebalance(): ReactNode {
  const portfolio = usePortfolio()
  const { data: view } = useConfiguration()
  const mayAct = useRole('operator')
  const [method, setMethod] = useState<RebalanceMethod>('transfer')
  const preview = useMutation({ mutationFn: () => previewOf(portfolio, method) })
  function confirm(): void {
    preview.reset()
    void command({ kind: 'rebalance', by: method }, { what: 'Rebalance' })
  }
  return (
    <section className="panel config-form" aria-label="Rebalance" style={{ '--span': 8 } as React.CSSProperties}>
      <header className="panel-head">
        <h2>Rebalance</h2>
        <span className="unit">{view?.rebalancing.text ?? ''}</span>
      </header>
      <div className="config-pad">
        <div className="inline-form">
          <label className="field">
            <span>How</span>
            <select
              className="input"
              value={method}
              onChange={(event) => {
                setMethod(event.target.value as RebalanceMethod)
                // What was previewed is not what would be done any more.
                preview.reset()
              }}
            >
              {METHODS.map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            className="button"
            disabled={!mayAct || preview.isPending}
            onClick={() => preview.mutate()}
          >
            {preview.isPending ? 'Computing the preview' : 'Preview a rebalance'}
          </button>
        </div>
        {preview.error !== null && <p className="fault">No preview: {preview.error.message}</p>}
        {preview.data !== undefined && (
          <Preview preview={preview.data} onConfirm={confirm} onCancel={() => preview.reset()} />
        )}
      </div>
    </section>
  )
}

function Shares({ row }: { readonly row: RebalancingRow }): ReactNode {
  const amounts = useAmounts()
  const columns: readonly Column<RebalancingRow['sleeves'][number]>[] = [
    { key: 'sleeve', title: 'Sleeve', align: 'left', isHead: true, cell: ({ sleeve }) => sleeve },
    { key: 'before', title: 'Before', cell: ({ before }) => percent(before) },
    { key: 'after', title: 'After', cell: ({ after }) => percent(after) },
    {
      key: 'moved',
      title: 'Moved',
      cell: ({ moved }) => (
        <Signed value={moved} decimals={0} text={amounts.money(moved, { signed: true, cents: false })} />
      ),
    },
    { key: 'reason', title: 'Why', align: 'left', cell: ({ reason }) => reason },
  ]
  return (
    <DataTable
      label={`Rebalance of ${tradeDate(row.tradeDate)}`}
      columns={columns}
      rows={row.sleeves}
      rowKey={({ sleeve, reason }) => `${sleeve} ${reason}`}
      isDense
    />
  )
}

const MOVES = ['money', 'all'] as const

function History(): ReactNode {
  const source = useLive('rebalancings')
  const amounts = useAmounts()
  const zone = useStore(preferences, (value) => value.zone)
  const [open, setOpen] = useParameter('rebalance', '')
  const [shown, setShown] = useParameter('moves', 'money', MOVES)
  const wanted = (row: RebalancingRow): boolean =>
    shown === 'all' || row.cause === 'rebalance' || (numberOf(row.moved) ?? 0) !== 0 || String(row.seq) === open
  const columns: readonly Column<RebalancingRow>[] = [
    {
      key: 'at',
      title: 'Day',
      align: 'left',
      isHead: true,
      width: '130px',
      cell: ({ tradeDate: date, at }) => <span title={stamp(at, zone)}>{tradeDate(date)}</span>,
    },
    { key: 'cause', title: 'Cause', align: 'left', width: '100px', cell: ({ cause }) => cause },
    { key: 'reason', title: 'Why', align: 'left', cell: ({ reason }) => <span className="wraps">{reason}</span> },
    { key: 'moved', title: 'Moved', width: '110px', cell: ({ moved }) => amounts.money(moved, { cents: false }) },
    { key: 'orders', title: 'Orders', width: '80px', cell: ({ orders }) => count(orders) },
    { key: 'fees', title: 'Fees', width: '90px', cell: ({ fees }) => amounts.money(fees) },
  ]
  return (
    <Panel
      title="Rebalancings"
      unit="newest first"
      span={8}
      source={source}
      skeleton="table"
      empty={({ rows }) =>
        rows.some(wanted)
          ? null
          : {
              text: 'Capital has not been dealt anew yet.',
              ...(rows.length === 0 ? {} : { action: { label: 'Show all', run: () => setShown('all') } }),
            }
      }
      controls={
        <Segments
          label="What is shown"
          isSmall
          options={[
            ['money', 'Money moved'],
            ['all', 'All'],
          ]}
          value={shown === 'all' ? 'all' : 'money'}
          onChange={setShown}
        />
      }
    >
      {({ rows }) => (
        <DataTable
          label="Rebalancings"
          columns={columns}
          rows={rows.filter(wanted).slice(0, 30)}
          rowKey={({ seq }) => String(seq)}
          onOpen={({ seq }) => setOpen(open === String(seq) ? null : String(seq))}
          detail={(row) => (String(row.seq) === open ? <Shares row={row} /> : null)}
          isDense
        />
      )}
    </Panel>
  )
}

/** When capital is dealt anew: by rule, now after a preview, and what was done before. */
export function RebalancingTab(): ReactNode {
  return (
    <>
      <div className="config-main">
        <Rebalance />
        <History />
        <SectionForm title="Rule of rebalancing" unit="" section={['rebalancing']} />
      </div>
      <ChangesPanel />
    </>
  )
}
