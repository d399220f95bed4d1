import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { FlattenPreview } from '../../../../src/api/contract/jobs.ts'
import { useAmounts } from '../../data/amounts.ts'
import { command, newId } from '../../data/commands.ts'
import { jobResult } from '../../data/jobs.ts'
import { useLive, usePortfolio } from '../../data/readings.ts'
import { count, numberOf, quantity } from '../../format.ts'
import { Dialog } from '../../frame/Dialog.tsx'
import { closeOverlay } from '../../state/dialogs.ts'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { stamp } from '../../times.ts'

const ROWS_SHOWN = 8

export interface FlattenDialogProps {
  /** Null: the whole portfolio. */
  readonly sleeve: string | null
  readonly title: string
}

interface Line {
  readonly key: string
  readonly quantity: string | number
  readonly instrument: string
  readonly sleeve: string
  readonly value: string | number | null
}

async function previewOf(portfolio: string, sleeve: string | null): Promise<FlattenPreview> {
  const result = await jobResult(portfolio, { id: newId(), kind: 'flatten-preview', input: { sleeve } })
  if (result.kind !== 'flatten-preview') throw new Error('the answer is of another kind')
  return result.view
}

function Lines({ lines }: { readonly lines: readonly Line[] }): ReactNode {
  const amounts = useAmounts()
  return (
    <ul className="dialog-list">
      {lines.slice(0, ROWS_SHOWN).map((line) => (
        <li key={line.key}>
          <span>
            {(numberOf(line.quantity) ?? 0) > 0 ? 'Buy' : 'Sell'}{' '}
            <b>{quantity(line.quantity).replace(/[-\u2212]/, '')}</b> {line.instrument}
          </span>
          <span className="quiet">{line.sleeve}</span>
          <span>{amounts.money(line.value)}</span>
        </li>
      ))}
      {lines.length > ROWS_SHOWN && <li className="quiet">and {count(lines.length - ROWS_SHOWN)} more</li>}
    </ul>
  )
}

/** What it costs and what waits, tried on a copy of the books. */
function Cost({ preview }: { readonly preview: FlattenPreview }): ReactNode {
  const amounts = useAmounts()
  const zone = useStore(preferences, (value) => value.zone)
  return (
    <>
      <p>
        {count(preview.orders.length)} {preview.orders.length === 1 ? 'order' : 'orders'}, notional{' '}
        <b>{amounts.money(preview.notional, { cents: false })}</b>, cost about <b>{amounts.money(preview.cost)}</b>,{' '}
        {preview.notes.join('; ')}.
      </p>
      {preview.closed.map(({ calendar, opens, instruments }) => (
        <p key={calendar} className="warn">
          {calendar === 'nyse' ? 'The exchange' : calendar} is closed
          {opens === null ? '' : ` until ${stamp(opens, zone)}`}: {count(instruments.length)}{' '}
          {instruments.length === 1 ? 'order waits' : 'orders wait'} for it.
        </p>
      ))}
      {preview.left.length > 0 && (
        <p className="warn">Cannot be closed at the last price: {preview.left.join(', ')}.</p>
      )}
    </>
  )
}

/** Sells what is held: entries stop first, then every position is closed. The name must be typed. */
export function FlattenDialog({ sleeve, title }: FlattenDialogProps): ReactNode {
  const portfolio = usePortfolio()
  const { data } = useLive('positions', { limit: 500 })
  const [typed, setTyped] = useState('')
  const preview = useQuery({
    queryKey: ['flatten-preview', portfolio, sleeve],
    queryFn: () => previewOf(portfolio, sleeve),
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const wanted = sleeve ?? portfolio
  const held = (data?.rows ?? []).flatMap((row) =>
    row.parts
      .filter((part) => (sleeve === null || part.sleeve === sleeve) && numberOf(part.quantity) !== 0)
      .map((part) => ({
        key: `${row.instrument} ${part.sleeve}`,
        instrument: row.symbol,
        sleeve: part.sleeve,
        quantity: -(numberOf(part.quantity) ?? 0),
        value: part.value,
      })),
  )
  const orders = preview.data?.orders.map((order) => ({
    key: `${order.instrument} ${order.sleeve}`,
    instrument: order.instrument,
    sleeve: order.sleeve,
    quantity: order.quantity,
    value: order.notional,
  }))
  return (
    <Dialog title={`Flatten ${title}?`} onClose={closeOverlay} isWide>
      <p className="dialog-text">
        Entries stop first. Then {held.length} position{held.length === 1 ? ' is' : 's are'} closed by market orders;
        where a market is closed the order waits for its next open. Bought back only by its strategy, after you resume
        it.
      </p>
      <div className="dialog-text" aria-live="polite">
        {preview.data !== undefined && <Cost preview={preview.data} />}
        {preview.isPending && <p className="quiet">Computing what it costs.</p>}
        {preview.error !== null && <p className="fault">What it costs is not known: {preview.error.message}</p>}
      </div>
      <Lines lines={orders ?? held} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          closeOverlay()
          void command({ kind: 'flatten', sleeve, confirm: typed }, { what: `Flatten ${title}` })
        }}
      >
        <label className="field">
          <span>
            Type <b>{wanted}</b> to confirm
          </span>
          <input
            className="input"
            value={typed}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <div className="dialog-buttons">
          <button type="button" className="button" data-first onClick={closeOverlay}>
            Cancel
          </button>
          <button type="submit" className="button button-act" disabled={typed !== wanted}>
            Flatten {title}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
