import type { ReactNode } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { SleeveRow, SleeveTable } from '../../../../src/api/contract/overview.ts'
import { sleeveToken } from '../../charts/paint.ts'
import { useAmounts } from '../../data/amounts.ts'
import { useLive } from '../../data/readings.ts'
import { count, numberOf, percent, ratio } from '../../format.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Icon } from '../../frame/Icon.tsx'
import { Menu } from '../../frame/Menu.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Signed, Undefined } from '../../frame/Signed.tsx'
import { SleeveStatusText } from '../../frame/SleeveStatus.tsx'
import { Spark } from '../../frame/Spark.tsx'
import { carriedSearch, useParameter } from '../../state/url.ts'

function Name({ row }: { readonly row: SleeveRow }): ReactNode {
  const carried = carriedSearch(useSearch())
  if (row.status === 'reserve')
    return (
      <span className="named">
        <i className="swatch swatch-empty" />
        <span>{row.title}</span>
      </span>
    )
  return (
    <span className="named">
      <i className="swatch" style={{ background: `var(${sleeveToken(row.ordinal)})` }} />
      <Link href={`/strategy/${encodeURIComponent(row.sleeve)}${carried}`}>{row.title}</Link>
      {row.strategy !== null && row.strategy !== row.title && <small>{row.strategy}</small>}
    </span>
  )
}

const WEIGHT_SCALE_LEAST = 0.4

/** Weight as a bar, its target as a mark; one scale for all rows. */
function Weight({ row, scale }: { readonly row: SleeveRow; readonly scale: number }): ReactNode {
  const width = (value: number): string => `${Math.min(1, Math.max(0, value) / scale) * 100}%`
  const label = `weight ${percent(row.weight)}, target ${percent(row.target)}`
  return (
    <span className="weight">
      <span className="meter" role="img" aria-label={label} title={label}>
        <i style={{ width: width(row.weight ?? 0) }} />
        {row.target !== null && <b style={{ left: width(row.target) }} />}
      </span>
      <span>{percent(row.weight, { decimals: 1 })}</span>
    </span>
  )
}

function ToStop({ row }: { readonly row: SleeveRow }): ReactNode {
  if (row.drawdown === null) return null
  const use =
    row.drawdownLimit === null || row.drawdownLimit === 0 ? null : Math.min(1, row.drawdown / row.drawdownLimit)
  return (
    <span className="to-stop">
      <span>{percent(row.drawdown, { decimals: 1 })}</span>
      {use !== null && (
        <span
          className="meter"
          role="img"
          aria-label={`${percent(use, { decimals: 0 })} of the way to its stop at ${percent(row.drawdownLimit)}`}
        >
          <i className="meter-over" style={{ width: `${Math.max(0, use) * 100}%` }} />
        </span>
      )}
    </span>
  )
}

function useColumns(table: SleeveTable | null): readonly Column<SleeveRow>[] {
  const amounts = useAmounts()
  const weights = (table?.rows ?? []).flatMap(({ weight, target }) => [weight ?? 0, target ?? 0])
  const scale = Math.max(WEIGHT_SCALE_LEAST, ...weights)
  return [
    {
      key: 'sleeve',
      title: 'Sleeve',
      align: 'left',
      isHead: true,
      width: '20%',
      sortBy: ({ title }) => title,
      cell: (row) => <Name row={row} />,
    },
    {
      key: 'status',
      title: 'Status',
      align: 'left',
      width: '94px',
      sortBy: ({ status }) => status,
      cell: (row) => <SleeveStatusText {...row} />,
    },
    {
      key: 'weight',
      title: 'Weight and target',
      align: 'left',
      width: '142px',
      sortBy: ({ weight }) => weight,
      cell: (row) => <Weight row={row} scale={scale} />,
    },
    {
      key: 'capital',
      title: 'Capital',
      width: '94px',
      sortBy: ({ capital }) => numberOf(capital),
      cell: ({ capital }) => amounts.money(capital, { cents: false }),
    },
    {
      key: 'value',
      title: 'Value',
      width: '94px',
      sortBy: ({ value }) => numberOf(value),
      cell: ({ value }) => amounts.money(value, { cents: false }),
    },
    {
      key: 'today',
      title: 'Today',
      width: '84px',
      sortBy: ({ today }) => numberOf(today.amount),
      cell: ({ today }) =>
        today.amount === null ? (
          <Undefined why={today.why} />
        ) : (
          <Signed
            value={today.amount}
            decimals={0}
            text={amounts.money(today.amount, { signed: true, cents: false })}
          />
        ),
    },
    {
      key: 'return',
      title: 'Total return',
      width: '90px',
      sortBy: ({ totalReturn }) => totalReturn,
      cell: ({ totalReturn, status }) =>
        status === 'reserve' ? null : (
          <Signed value={totalReturn} decimals={3} text={percent(totalReturn, { signed: true, decimals: 1 })} />
        ),
    },
    {
      key: 'sharpe',
      title: 'Sharpe',
      width: '64px',
      sortBy: ({ sharpe }) => sharpe.value,
      cell: ({ sharpe, status }) =>
        status === 'reserve' ? null : sharpe.value === null ? <Undefined why={sharpe.why} /> : ratio(sharpe.value),
    },
    {
      key: 'drawdown',
      title: 'Drawdown to stop',
      align: 'left',
      width: '126px',
      sortBy: ({ drawdown }) => (drawdown === null ? null : -drawdown),
      cell: (row) => <ToStop row={row} />,
    },
    {
      key: 'positions',
      title: 'Positions',
      width: '76px',
      sortBy: ({ positions }) => positions,
      cell: ({ positions, status }) => (status === 'reserve' ? null : count(positions)),
    },
    {
      key: 'line',
      title: '90 days',
      width: '128px',
      cell: (row) => (row.status === 'reserve' ? null : <Spark values={row.line} token={sleeveToken(row.ordinal)} />),
    },
  ]
}

function Total({ table, keys }: { readonly table: SleeveTable; readonly keys: readonly string[] }): ReactNode {
  const amounts = useAmounts()
  const { total } = table
  const cells: Readonly<Record<string, ReactNode>> = {
    weight: <span className="weight weight-total">{percent(1, { decimals: 1 })}</span>,
    capital: amounts.money(total.capital, { cents: false }),
    value: amounts.money(total.value, { cents: false }),
    today: (
      <Signed
        value={total.today.amount}
        decimals={0}
        text={amounts.money(total.today.amount, { signed: true, cents: false })}
      />
    ),
    return: (
      <Signed value={total.totalReturn} decimals={3} text={percent(total.totalReturn, { signed: true, decimals: 1 })} />
    ),
    sharpe: total.sharpe.value === null ? <Undefined why={total.sharpe.why} /> : ratio(total.sharpe.value),
    drawdown: percent(total.drawdown, { decimals: 1 }),
    positions: count(total.positions),
    line: <Spark values={total.line} token="--text" />,
  }
  const left = new Set(['status', 'weight', 'drawdown'])
  return (
    <tr>
      <th scope="row" className="left">
        Portfolio
      </th>
      {keys
        .filter((key) => key !== 'sleeve')
        .map((key) => (
          <td key={key} className={left.has(key) ? 'left' : 'right'}>
            {cells[key]}
          </td>
        ))}
    </tr>
  )
}

function Cards({ table }: { readonly table: SleeveTable }): ReactNode {
  const amounts = useAmounts()
  return (
    <ul className="sleeve-cards">
      {table.rows.map((row) => (
        <li key={row.sleeve}>
          <div>
            <Name row={{ ...row, strategy: null }} />
            <SleeveStatusText {...row} />
          </div>
          <span>
            {row.status !== 'reserve' && (
              <Spark values={row.line} token={sleeveToken(row.ordinal)} width={72} height={28} />
            )}
          </span>
          <div className="right">
            <b>{amounts.short(row.value)}</b>
            <Signed
              value={row.today.amount}
              decimals={0}
              text={amounts.money(row.today.amount, { signed: true, cents: false })}
            />
          </div>
        </li>
      ))}
    </ul>
  )
}

function ColumnChoice({
  columns,
  hidden,
  onToggle,
}: {
  readonly columns: readonly Column<SleeveRow>[]
  readonly hidden: ReadonlySet<string>
  readonly onToggle: (key: string) => void
}): ReactNode {
  return (
    <Menu label="Columns of sleeves" icon={<Icon name="columns" />} staysOpen className="icon-button wide-only-inline">
      {columns
        .filter(({ isHead }) => isHead !== true)
        .map(({ key, title }) => (
          <button
            key={key}
            type="button"
            role="menuitemcheckbox"
            aria-checked={!hidden.has(key)}
            onClick={() => onToggle(key)}
          >
            <Icon name={hidden.has(key) ? 'plus' : 'check'} />
            {title}
          </button>
        ))}
    </Menu>
  )
}

/** Every sleeve beside the others, on one scale; the rows add up to the portfolio. */
export function SleevesPanel(): ReactNode {
  const source = useLive('sleeves')
  const columns = useColumns(source.data)
  const [sort, setSort] = useParameter('sleeves', 'value')
  const [hiddenText, setHidden] = useParameter('without', '')
  const [, navigate] = useLocation()
  const carried = carriedSearch(useSearch())
  const hidden = new Set(hiddenText.split(',').filter(Boolean))
  const shown = columns.filter(({ key }) => !hidden.has(key))

  function toggle(key: string): void {
    const next = new Set(hidden)
    if (!next.delete(key)) next.add(key)
    setHidden([...next].join(','))
  }

  return (
    <Panel
      title="Sleeves"
      unit="each strategy, its own capital and books"
      span={12}
      className="sleeves"
      source={source}
      skeleton="table"
      controls={<ColumnChoice columns={columns} hidden={hidden} onToggle={toggle} />}
      exports={{ what: 'equity' }}
    >
      {(table) => (
        <>
          <div className="sleeve-table">
            <DataTable
              label="Sleeves"
              columns={shown}
              rows={table.rows}
              rowKey={({ sleeve }) => sleeve}
              staysLast={({ status }) => status === 'reserve'}
              sort={sort}
              onSort={setSort}
              onOpen={({ sleeve, status }) =>
                status !== 'reserve' && navigate(`/strategy/${encodeURIComponent(sleeve)}${carried}`)
              }
              foot={<Total table={table} keys={shown.map(({ key }) => key)} />}
            />
          </div>
          <Cards table={table} />
        </>
      )}
    </Panel>
  )
}
