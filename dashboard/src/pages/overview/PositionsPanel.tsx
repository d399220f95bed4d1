import type { ReactNode } from 'react'
import type { PositionPart, PositionRow, PositionTable } from '../../../../src/api/contract/overview.ts'
import { sleeveToken } from '../../charts/paint.ts'
import { useAmounts } from '../../data/amounts.ts'
import { useLive } from '../../data/readings.ts'
import { count, numberOf, percent, price, quantity } from '../../format.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Icon } from '../../frame/Icon.tsx'
import { type Empty, Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { Signed } from '../../frame/Signed.tsx'
import { useExplain } from '../../shell/ExplainDrawer.tsx'
import { useParameter } from '../../state/url.ts'

const SHOWN = 10

/** Gross as a ghost to both sides of zero, net solid: how much is netted away is seen at once. */
function Diverging({ row, scale }: { readonly row: PositionRow; readonly scale: number }): ReactNode {
  const amounts = useAmounts()
  const net = numberOf(row.netValue) ?? 0
  const gross = numberOf(row.grossValue) ?? 0
  const [long, short] = [(gross + net) / 2, (gross - net) / 2] // lengths of bars alone
  const half = (value: number): number => (Math.abs(value) / scale) * 50
  const label = `net ${amounts.money(row.netValue)}, gross ${amounts.money(row.grossValue)}`
  return (
    <span className="diverging" role="img" aria-label={label} title={label}>
      <i className="diverging-gross" style={{ left: `${50 - half(short)}%`, width: `${half(short) + half(long)}%` }} />
      <i className="diverging-net" style={{ [net >= 0 ? 'left' : 'right']: '50%', width: `${half(net)}%` }} />
      <u />
    </span>
  )
}

function Squares({ parts }: { readonly parts: readonly PositionPart[] }): ReactNode {
  return (
    <span className="squares">
      {parts.map(({ sleeve, ordinal }) => (
        <i key={sleeve} className="swatch" title={sleeve} style={{ background: `var(${sleeveToken(ordinal)})` }} />
      ))}
      <span className="only-heard">{parts.map(({ sleeve }) => sleeve).join(', ')}</span>
    </span>
  )
}

function useColumns(scale: number): readonly Column<PositionRow>[] {
  const amounts = useAmounts()
  const dim = (row: PositionRow): string => (row.late ? 'quiet' : '')
  return [
    {
      key: 'symbol',
      title: 'Instrument',
      align: 'left',
      isHead: true,
      width: '17%',
      sortBy: ({ symbol }) => symbol,
      cell: ({ symbol, kind }) => (
        <span className="named">
          <span>{symbol}</span>
          <small className="wide-only-inline">{kind}</small>
        </span>
      ),
    },
    {
      key: 'bar',
      title: 'Short | long',
      align: 'center',
      width: '11%',
      isWide: true,
      cell: (row) => <Diverging row={row} scale={scale} />,
    },
    { key: 'sleeves', title: 'Sleeves', width: '66px', isWide: true, cell: ({ parts }) => <Squares parts={parts} /> },
    {
      key: 'net',
      title: 'Net',
      sortBy: ({ netValue }) => Math.abs(numberOf(netValue) ?? 0),
      cell: ({ netValue }) => amounts.money(netValue, { cents: false }),
    },
    {
      key: 'gross',
      title: 'Gross',
      isWide: true,
      sortBy: ({ grossValue }) => numberOf(grossValue),
      cell: ({ grossValue }) => amounts.money(grossValue, { cents: false }),
    },
    {
      key: 'weight',
      title: 'Weight',
      width: '66px',
      isWide: true,
      sortBy: ({ weight }) => weight,
      cell: ({ weight }) => percent(weight, { decimals: 1 }),
    },
    {
      key: 'today',
      title: 'Today',
      sortBy: ({ today }) => numberOf(today.amount),
      cell: (row) =>
        row.late ? (
          <span className="quiet">{amounts.money(row.today.amount, { signed: true, cents: false })}</span>
        ) : (
          <Signed
            value={row.today.amount}
            decimals={0}
            text={amounts.money(row.today.amount, { signed: true, cents: false })}
          />
        ),
    },
    {
      key: 'unrealised',
      title: 'Unrealised',
      isWide: true,
      sortBy: ({ unrealised }) => numberOf(unrealised),
      cell: (row) =>
        row.late ? (
          <span className="quiet">{amounts.money(row.unrealised, { signed: true, cents: false })}</span>
        ) : (
          <Signed
            value={row.unrealised}
            decimals={0}
            text={amounts.money(row.unrealised, { signed: true, cents: false })}
          />
        ),
    },
    {
      key: 'price',
      title: 'Price',
      width: '100px',
      isWide: true,
      cell: (row) => (
        <span className={dim(row)}>
          {price(row.price, 10 ** -row.decimals)}
          {row.late && (
            <>
              <Icon name="clock" className="late-clock" />
              <span className="only-heard">, late</span>
            </>
          )}
        </span>
      ),
    },
  ]
}

function Parts({ row }: { readonly row: PositionRow }): ReactNode {
  const amounts = useAmounts()
  const explain = useExplain()
  const tick = 10 ** -row.decimals
  const columns: readonly Column<PositionPart>[] = [
    {
      key: 'sleeve',
      title: 'Sleeve',
      align: 'left',
      isHead: true,
      cell: ({ sleeve, ordinal }) => (
        <span className="named">
          <i className="swatch" style={{ background: `var(${sleeveToken(ordinal)})` }} />
          <span>{sleeve}</span>
        </span>
      ),
    },
    { key: 'quantity', title: 'Quantity', cell: (part) => quantity(part.quantity) },
    { key: 'entry', title: 'Entry', isWide: true, cell: (part) => price(part.averagePrice, tick) },
    { key: 'value', title: 'Value', cell: (part) => amounts.money(part.value, { cents: false }) },
    {
      key: 'unrealised',
      title: 'Unrealised',
      isWide: true,
      cell: (part) => (
        <Signed
          value={part.unrealised}
          decimals={0}
          text={amounts.money(part.unrealised, { signed: true, cents: false })}
        />
      ),
    },
    { key: 'stop', title: 'Stop', isWide: true, cell: (part) => (part.stop === null ? '' : price(part.stop, tick)) },
    {
      key: 'why',
      title: '',
      width: '70px',
      cell: ({ order }) =>
        order === null ? null : (
          <button type="button" className="link" data-order={order} onClick={() => explain(order)}>
            Explain
          </button>
        ),
    },
  ]
  return (
    <DataTable
      label={`${row.symbol} by sleeve`}
      columns={columns}
      rows={row.parts}
      rowKey={({ sleeve }) => sleeve}
      isDense
    />
  )
}

/** Rows that the slice of a class or sector lets pass. */
function filtered(table: PositionTable, by: string, value: string): readonly PositionRow[] {
  if (value === '') return table.rows
  return table.rows.filter((row) => (by === 'sector' ? row.sector : row.assetClass) === value)
}

/** The largest positions over all sleeves; with `other` they add up to the total. */
export function PositionsPanel(): ReactNode {
  const source = useLive('positions')
  const [sort, setSort] = useParameter('positions', 'net')
  const [side, setSide] = useParameter('size', 'net', ['net', 'gross'])
  const [open, setOpen] = useParameter('position', '')
  const [slice, setSlice] = useParameter('slice', '')
  const [by] = useParameter('by', 'class', ['class', 'sector'])
  const rows = source.data?.rows ?? []
  const scale = Math.max(1, ...rows.map(({ grossValue }) => numberOf(grossValue) ?? 0)) * 1.04
  const columns = useColumns(scale)
  const amounts = useAmounts()

  const empty = (table: PositionTable): Empty | null => {
    if (table.rows.length === 0) return { text: 'No position is open.' }
    return filtered(table, by, slice).length > 0
      ? null
      : {
          text: `None of the largest positions is in ${slice}.`,
          action: { label: 'Show all', run: () => setSlice(null) },
        }
  }

  return (
    <Panel
      title="Largest positions"
      unit={
        source.data === null
          ? ''
          : `${count(Math.min(SHOWN, rows.length))} of ${count(source.data.total.count)}, by ${side} value`
      }
      span={8}
      className="positions"
      source={source}
      skeleton="table"
      exports={{ what: 'positions' }}
      empty={empty}
      controls={
        <>
          {slice !== '' && (
            <button type="button" className="chip" aria-pressed="true" onClick={() => setSlice(null)}>
              {slice} <Icon name="close" />
            </button>
          )}
          <Segments
            label="Size of positions"
            isSmall
            options={[
              ['net', 'Net'],
              ['gross', 'Gross'],
            ]}
            value={side}
            onChange={(next) => {
              setSide(next)
            }}
          />
        </>
      }
    >
      {(table) => (
        <DataTable
          label="Largest positions"
          columns={columns}
          rows={filtered(table, by, slice).slice(0, SHOWN)}
          rowKey={({ instrument }) => instrument}
          sort={sort === 'net' ? side : sort}
          onSort={setSort}
          onOpen={({ instrument }) => setOpen(open === instrument ? null : instrument)}
          detail={(row) => (row.instrument === open ? <Parts row={row} /> : null)}
          foot={
            table.other.count > 0 && slice === '' ? (
              <tr>
                <th scope="row" className="left">
                  {count(table.other.count)} more
                </th>
                <td className="wide-only" />
                <td className="wide-only" />
                <td>{amounts.money(table.other.netValue, { cents: false })}</td>
                <td className="wide-only">{amounts.money(table.other.grossValue, { cents: false })}</td>
                <td className="wide-only" />
                <td />
                <td className="wide-only">{amounts.money(table.other.unrealised, { signed: true, cents: false })}</td>
                <td className="wide-only" />
              </tr>
            ) : undefined
          }
        />
      )}
    </Panel>
  )
}
