import { type ReactNode, useState } from 'react'
import type { Sizing, SleevePosition } from '../../../../src/api/contract/sleeve-page.ts'
import { useAmounts } from '../../data/amounts.ts'
import { useRole } from '../../data/session.ts'
import type { Source } from '../../data/source.ts'
import { percent, price, quantity } from '../../format.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { ScrolledTable } from '../../frame/ScrolledTable.tsx'
import { Signed } from '../../frame/Signed.tsx'
import { useExplain } from '../../shell/ExplainDrawer.tsx'
import { useParameter } from '../../state/url.ts'

const OUTCOME_CLASSES: Readonly<Record<string, string>> = { refused: 'neg', trimmed: 'warn' }

/** `3 d`, `5 h`: how long a position has been held. */
export function heldText(days: number | null): string {
  if (days === null) return 'n/a'
  return days >= 1 ? `${Math.floor(days)} d` : `${Math.max(0, Math.floor(days * 24))} h`
}

const termText = (value: number | string): string =>
  typeof value === 'number' ? quantity(Number(value.toFixed(6))) : value

/** The rule with its numbers, and what each limit left of it. */
function WhySize({ sizing, order }: { readonly sizing: Sizing; readonly order: string | null }): ReactNode {
  const explain = useExplain()
  return (
    <div className="why-size">
      <p>
        <code>{sizing.formula}</code>
      </p>
      <dl>
        {sizing.terms.map((term) => (
          <div key={term.name}>
            <dt>{term.name}</dt>
            <dd>{termText(term.value)}</dd>
          </div>
        ))}
      </dl>
      <ol>
        {sizing.rules.map((rule) => (
          <li key={rule.rule}>
            <span>{rule.rule}</span> <span className={OUTCOME_CLASSES[rule.outcome] ?? 'second'}>{rule.outcome}</span>{' '}
            <span className="quiet">
              {rule.value !== null && rule.limit !== null && `${termText(rule.value)} of ${termText(rule.limit)}`}
              {rule.left !== null && `, left ${quantity(rule.left)}`}
            </span>
          </li>
        ))}
      </ol>
      <p>
        {sizing.asked !== null && sizing.allowed !== null && (
          <b>{`Asked ${quantity(sizing.asked)}, allowed ${quantity(sizing.allowed)}. `}</b>
        )}
        {order !== null && (
          <button type="button" className="link" onClick={() => explain(Number(order))}>
            Explain the order
          </button>
        )}
      </p>
    </div>
  )
}

interface Shown {
  readonly money: (value: number | null, style?: { readonly signed?: boolean }) => string
}

function columnsOf({ money }: Shown): readonly Column<SleevePosition>[] {
  return [
    {
      key: 'instrument',
      title: 'Instrument',
      align: 'left',
      isHead: true,
      sortBy: ({ instrument }) => instrument,
      cell: ({ instrument, side, quantity: held }) => (
        <span className="position-name" title={instrument}>
          {instrument} <small>{`${side} ${quantity(held)}`}</small>
        </span>
      ),
    },
    {
      key: 'entry',
      title: 'Entry',
      width: '78px',
      isWide: true,
      sortBy: ({ entryPrice }) => entryPrice,
      cell: ({ entryPrice, enteredAt }) => <span title={enteredAt ?? ''}>{price(entryPrice)}</span>,
    },
    {
      key: 'entered',
      title: 'Entered',
      width: '106px',
      isWide: true,
      sortBy: ({ entryDay }) => entryDay,
      cell: ({ entryDay }) => entryDay ?? 'n/a',
    },
    {
      key: 'price',
      title: 'Price',
      width: '78px',
      isWide: true,
      sortBy: (row) => row.price,
      cell: (row) => price(row.price),
    },
    {
      key: 'value',
      title: 'Value',
      width: '92px',
      sortBy: ({ value }) => Math.abs(value),
      cell: ({ value }) => money(value),
    },
    {
      key: 'weight',
      title: 'Weight',
      width: '64px',
      isWide: true,
      sortBy: ({ weight }) => weight,
      cell: ({ weight }) => percent(weight, { decimals: 1 }),
    },
    {
      key: 'unrealised',
      title: 'P&L',
      width: '96px',
      sortBy: ({ unrealised }) => unrealised,
      cell: ({ unrealised }) => <Signed value={unrealised} text={money(unrealised, { signed: true })} />,
    },
    {
      key: 'held',
      title: 'Held',
      width: '52px',
      isWide: true,
      sortBy: ({ held }) => held,
      cell: ({ held }) => heldText(held),
    },
  ]
}

/** What the sleeve holds; a row opens why it is as large as it is. */
export function PositionsPanel({
  source,
  onNote,
}: {
  readonly source: Source<readonly SleevePosition[]>
  readonly onNote: (instrument: string) => void
}): ReactNode {
  const amounts = useAmounts()
  const canWrite = useRole('operator')
  const [sort, setSort] = useParameter('positions', 'value')
  const [open, setOpen] = useState<string | null>(null)
  return (
    <Panel
      title="Positions and why this size"
      span={8}
      height={320}
      source={source}
      skeleton="table"
      exports={{ what: 'positions' }}
      empty={(rows) => (rows.length === 0 ? { text: 'The sleeve holds nothing now.' } : null)}
    >
      {(rows) => (
        <ScrolledTable title="Positions and why this size">
          <DataTable
            label="Positions"
            columns={columnsOf(amounts)}
            rows={rows}
            rowKey={({ instrument }) => instrument}
            sort={sort}
            onSort={setSort}
            isDense
            onOpen={({ instrument }) => setOpen((before) => (before === instrument ? null : instrument))}
            detail={({ instrument, sizing, order, reason }) =>
              instrument !== open ? null : (
                <>
                  {reason !== '' && <p className="why-entered">{`Entered because: ${reason}`}</p>}
                  {sizing.data === null ? (
                    <p className="second">{sizing.why}</p>
                  ) : (
                    <WhySize sizing={sizing.data} order={order} />
                  )}
                  {canWrite && (
                    <button type="button" className="button button-small" onClick={() => onNote(instrument)}>
                      {`Note on ${instrument}`}
                    </button>
                  )}
                </>
              )
            }
          />
        </ScrolledTable>
      )}
    </Panel>
  )
}
