import { type ReactNode, useEffect, useState } from 'react'
import type { TradeRow } from '../../../../src/api/contract/trading.ts'
import { type Amounts, useAmounts } from '../../data/amounts.ts'
import { usePagedRows } from '../../data/paged.ts'
import { count, percent, price, quantity } from '../../format.ts'
import type { Column } from '../../frame/DataTable.tsx'
import { Icon } from '../../frame/Icon.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Signed } from '../../frame/Signed.tsx'
import { VirtualTable } from '../../frame/VirtualTable.tsx'
import { useExplain } from '../../shell/ExplainDrawer.tsx'
import { useParameter } from '../../state/url.ts'
import { heldText } from './PositionsPanel.tsx'

const HEIGHT = 560
const HEAD_PX = 54
const DAY_MS = 86_400_000
const TYPING_MS = 300
const SORTABLE = ['exitAt', 'entryAt', 'symbol', 'quantity', 'profit', 'held'] as const

function columnsOf({ money }: Pick<Amounts, 'money'>, note: (row: TradeRow) => void): readonly Column<TradeRow>[] {
  return [
    {
      key: 'exitAt',
      title: 'Closed',
      width: '116px',
      align: 'left',
      cell: ({ exitDate }) => exitDate,
    },
    {
      key: 'entryAt',
      title: 'Entered',
      width: '116px',
      align: 'left',
      isWide: true,
      cell: ({ entryDate }) => entryDate,
    },
    {
      key: 'symbol',
      title: 'Instrument',
      align: 'left',
      width: '22%',
      cell: ({ symbol, side }) => (
        <span className="trade-name" title={`${symbol} ${side}`}>
          {symbol} <small>{side}</small>
        </span>
      ),
    },
    { key: 'quantity', title: 'Quantity', width: '74px', isWide: true, cell: (row) => quantity(row.quantity) },
    { key: 'entry', title: 'Entry', width: '80px', isWide: true, cell: ({ entryPrice }) => price(entryPrice) },
    { key: 'exit', title: 'Exit', width: '80px', isWide: true, cell: ({ exitPrice }) => price(exitPrice) },
    {
      key: 'profit',
      title: 'Result',
      width: '104px',
      cell: ({ profit }) => <Signed value={profit} text={money(profit, { signed: true })} />,
    },
    {
      key: 'fraction',
      title: 'Of entry',
      width: '72px',
      isWide: true,
      cell: ({ profitFraction }) => percent(profitFraction, { signed: true }),
    },
    { key: 'fees', title: 'Fees', width: '64px', isWide: true, cell: ({ fees }) => money(fees) },
    { key: 'held', title: 'Held', width: '54px', isWide: true, cell: ({ held }) => heldText(held / DAY_MS) },
    {
      key: 'reasons',
      title: 'Why in, why out',
      align: 'left',
      isWide: true,
      cell: ({ entryReason, exitReason }) => (
        <span title={`${entryReason}; ${exitReason}`}>{`${entryReason}; ${exitReason}`}</span>
      ),
    },
    {
      key: 'note',
      title: 'Note',
      width: '52px',
      align: 'center',
      isWide: true,
      cell: (row) => (
        <button
          type="button"
          className="icon-button"
          aria-label={`Note on the trade in ${row.symbol} closed ${row.exitDate}`}
          onClick={(event) => {
            event.stopPropagation()
            note(row)
          }}
        >
          <Icon name="note" />
        </button>
      ),
    },
  ]
}

interface SymbolFilterProps {
  readonly value: string
  readonly onChange: (symbol: string) => void
}

/** Asks the server when the reader has stopped typing. */
function SymbolFilter({ value, onChange }: SymbolFilterProps): ReactNode {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onChange(text), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text, value, onChange])
  return (
    <input
      className="select-small"
      type="search"
      data-filter
      aria-label="Instrument begins with"
      placeholder="Instrument ( / )"
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  )
}

export interface TradesPanelProps {
  readonly sleeve: string
  readonly onNote: (trade: TradeRow) => void
}

/** Closed round trips, as many as there are: the server filters, sorts and pages. */
export function TradesPanel({ sleeve, onNote }: TradesPanelProps): ReactNode {
  const amounts = useAmounts()
  const explain = useExplain()
  const [symbol, setSymbol] = useParameter('symbol', '')
  const [from, setFrom] = useParameter('from', '')
  const [to, setTo] = useParameter('to', '')
  const [sort, setSort] = useParameter('trades', 'exitAt')
  const filter = { sleeve, symbol, from, to }
  const { source, total, row, onRange } = usePagedRows<TradeRow>('trades', { ...filter, sort })
  const isFiltered = symbol !== '' || from !== '' || to !== ''
  const showAll = (): void => {
    setSymbol(null)
    setFrom(null)
    setTo(null)
  }
  return (
    <Panel
      title="Trades"
      unit={total === 0 ? '' : `${count(total)} round trips`}
      span={12}
      height={HEIGHT}
      source={source}
      skeleton="table"
      className="trades-panel"
      exports={{ what: 'trades', query: filter }}
      controls={
        <div className="filters">
          <SymbolFilter value={symbol} onChange={setSymbol} />
          <input
            className="select-small"
            type="date"
            aria-label="Closed from"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
          <input
            className="select-small"
            type="date"
            aria-label="Closed to"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </div>
      }
      empty={(page) =>
        page.rows.length > 0
          ? null
          : isFiltered
            ? { text: 'No trade passes the filter.', action: { label: 'Show all', run: showAll } }
            : { text: 'No round trip was closed yet.' }
      }
    >
      {() => (
        <VirtualTable
          label="Trades"
          columns={columnsOf(amounts, onNote)}
          total={total}
          row={row}
          onRange={onRange}
          sort={sort}
          onSort={setSort}
          sortable={SORTABLE}
          onOpen={(trade) => {
            const order = trade.exitOrder ?? trade.entryOrder
            if (order !== null) explain(order)
          }}
          height={HEIGHT - HEAD_PX}
        />
      )}
    </Panel>
  )
}
