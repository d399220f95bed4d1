import type { ReactNode } from 'react'
import type { TailView } from '../../../../src/api/contract/risk.ts'
import type { TailRisk } from '../../../../src/api/contract/risk-page.ts'
import { useAmounts } from '../../data/amounts.ts'
import type { Source } from '../../data/source.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { useParameter } from '../../state/url.ts'

const METHODS = ['historical', 'gaussian', 'cornishFisher'] as const
type Method = (typeof METHODS)[number]
const METHOD_NAMES: Readonly<Record<Method, string>> = {
  historical: 'Historical',
  gaussian: 'Normal',
  cornishFisher: 'Cornish-Fisher',
}

const MEASURES = [
  { key: 'var', interval: 'varInterval', name: 'VaR' },
  { key: 'cvar', interval: 'cvarInterval', name: 'CVaR' },
] as const
const LEVELS = ['95', '99'] as const

interface TailRow {
  readonly name: string
  readonly loss: number | null
  readonly low: number | null
  readonly high: number | null
}

/** The four figures of one method, with the middle 90 % of each on redrawn histories. */
export function tailRows(tail: TailView, method: Method): readonly TailRow[] {
  return LEVELS.flatMap((level) =>
    MEASURES.map(({ key, interval, name }) => {
      const range = tail[interval][method][level]
      return {
        name: `${name} ${level}\u202f%`,
        loss: tail[key][method][level] ?? null,
        low: range?.low ?? null,
        high: range?.high ?? null,
      }
    }),
  )
}

/** End of the scale: the furthest whisker. */
export function tailScale(rows: readonly TailRow[]): number {
  return Math.max(1e-9, ...rows.flatMap(({ loss, high }) => [loss ?? 0, high ?? 0])) * 1.05
}

function Whisker({ row, end }: { readonly row: TailRow; readonly end: number }): ReactNode {
  const at = (value: number): string => `${(Math.max(0, value) / end) * 100}%`
  return (
    <span className="whisker" aria-hidden="true">
      {row.low !== null && row.high !== null && (
        <i style={{ left: at(row.low), width: `${((row.high - Math.max(0, row.low)) / end) * 100}%` }} />
      )}
      {row.loss !== null && <b style={{ left: at(row.loss) }} />}
    </span>
  )
}

function TailRows({ view, method }: { readonly view: TailRisk; readonly method: Method }): ReactNode {
  const { money } = useAmounts()
  const rows = tailRows(view.portfolio, method)
  const end = tailScale(rows)
  return (
    <ul className="tail-rows">
      {rows.map((row) => (
        <li key={row.name} title={`Middle 90\u202f%: ${percent(row.low)} to ${percent(row.high)}`}>
          <span className="second">{row.name}</span>
          <Whisker row={row} end={end} />
          <span className="strong">{percent(row.loss)}</span>
          <span className="second">{row.loss === null ? 'n/a' : money(row.loss * view.equity, { cents: false })}</span>
        </li>
      ))}
    </ul>
  )
}

function TailTable({ view }: { readonly view: TailRisk }): ReactNode {
  const { money } = useAmounts()
  const rows = METHODS.flatMap((method) =>
    tailRows(view.portfolio, method).map((row) => ({
      key: `${method} ${row.name}`,
      cells: [
        `${METHOD_NAMES[method]} ${row.name}`,
        percent(row.loss),
        row.loss === null ? 'n/a' : money(row.loss * view.equity, { cents: false }),
        `${percent(row.low)} to ${percent(row.high)}`,
      ],
    })),
  )
  return (
    <PlainTable
      label="Value at risk and shortfall by method"
      columns={[
        { title: 'Figure', width: '34%' },
        { title: 'Loss' },
        { title: 'In money' },
        { title: 'Interval', width: '30%' },
      ]}
      rows={rows}
    />
  )
}

/** Loss of one day that is exceeded on 1 day of 20 and of 100, and the mean of those days. */
export function TailPanel({ source }: { readonly source: Source<TailRisk> }): ReactNode {
  const [method, setMethod] = useParameter('tail', 'historical', METHODS)
  return (
    <Panel
      title="VaR and CVaR"
      span={3}
      keepsSpan
      height={168}
      source={source}
      skeleton="figures"
      exports={{ what: 'risk' }}
      table={(view) => <TailTable view={view} />}
    >
      {(view) => (
        <div className="tail">
          <p className="tail-head">
            <select
              className="select-small"
              aria-label="Method"
              value={method}
              onChange={(event) => setMethod(event.target.value)}
            >
              {METHODS.map((name) => (
                <option key={name} value={name}>
                  {METHOD_NAMES[name]}
                </option>
              ))}
            </select>
            <span className="quiet">loss of one day</span>
          </p>
          <TailRows view={view} method={method as Method} />
        </div>
      )}
    </Panel>
  )
}
