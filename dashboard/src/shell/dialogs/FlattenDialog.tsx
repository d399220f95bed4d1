import { type ReactNode, useState } from 'react'
import { useAmounts } from '../../data/amounts.ts'
import { command } from '../../data/commands.ts'
import { useLive, usePortfolio } from '../../data/readings.ts'
import { numberOf, quantity } from '../../format.ts'
import { Dialog } from '../../frame/Dialog.tsx'
import { closeOverlay } from '../../state/dialogs.ts'

const ROWS_SHOWN = 8

export interface FlattenDialogProps {
  /** Null: the whole portfolio. */
  readonly sleeve: string | null
  readonly title: string
}

/** Sells what is held: entries stop first, then every position is closed. The name must be typed. */
export function FlattenDialog({ sleeve, title }: FlattenDialogProps): ReactNode {
  const portfolio = usePortfolio()
  const amounts = useAmounts()
  const { data } = useLive('positions', { limit: 500 })
  const [typed, setTyped] = useState('')
  const wanted = sleeve ?? portfolio
  const parts = (data?.rows ?? []).flatMap((row) =>
    row.parts
      .filter((part) => sleeve === null || part.sleeve === sleeve)
      .map((part) => ({ key: `${row.instrument} ${part.sleeve}`, symbol: row.symbol, ...part })),
  )
  const held = parts.filter((part) => numberOf(part.quantity) !== 0)
  return (
    <Dialog title={`Flatten ${title}?`} onClose={closeOverlay} isWide>
      <p className="dialog-text">
        Entries stop first. Then {held.length} position{held.length === 1 ? ' is' : 's are'} closed by market orders;
        where a market is closed the order waits for its next open. Bought back only by its strategy, after you resume
        it.
      </p>
      <ul className="dialog-list">
        {held.slice(0, ROWS_SHOWN).map((part) => (
          <li key={part.key}>
            <span>
              {(numberOf(part.quantity) ?? 0) > 0 ? 'Sell' : 'Buy'}{' '}
              <b>{quantity(part.quantity).replace('\u2212', '')}</b> {part.symbol}
            </span>
            <span className="quiet">{part.sleeve}</span>
            <span>{amounts.money(part.value)}</span>
          </li>
        ))}
        {held.length > ROWS_SHOWN && <li className="quiet">and {held.length - ROWS_SHOWN} more</li>}
      </ul>
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
