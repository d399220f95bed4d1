import { type ReactNode, useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { Drawdown, DrawdownPeriod } from '../../../../src/api/contract/risk-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { drawdownLine, periodOn } from '../../charts/drawdown-line.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { linesCursor } from '../../panels/line-tables.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { carriedSearch, withParameter } from '../../state/url.ts'

/** Worst periods as rows, with days counted in portfolio days. */
function PeriodsTable({
  periods,
  label,
}: {
  readonly periods: readonly DrawdownPeriod[]
  readonly label: string
}): ReactNode {
  return (
    <PlainTable
      label={label}
      columns={[
        { title: 'No.', width: '44px' },
        { title: 'Depth' },
        { title: 'From' },
        { title: 'Trough' },
        { title: 'Recovered' },
        { title: 'Days' },
      ]}
      rows={periods.map((period) => ({
        key: String(period.rank),
        cells: [
          String(period.rank),
          percent(period.depth),
          period.peak ?? 'the start',
          period.trough,
          period.recovered ?? 'not yet',
          String(period.length),
        ],
      }))}
    />
  )
}

/** Leads to the Performance page with one of the worst periods chosen. */
function useOpenPeriod(): (rank: number) => void {
  const [, navigate] = useLocation()
  const search = useSearch()
  return (rank) => navigate(`/performance${withParameter(carriedSearch(search), 'drawdown', String(rank))}`)
}

function PeriodButtons({ view }: { readonly view: Drawdown }): ReactNode {
  const open = useOpenPeriod()
  return (
    <ul className="period-buttons" aria-label="Worst periods">
      {view.worst.map((period) => (
        <li key={period.rank}>
          <button
            type="button"
            onClick={() => open(period.rank)}
            title={`${period.peak ?? 'The start'} to ${period.recovered ?? 'today'}, lowest on ${period.trough}`}
          >
            <b>{period.rank}</b> {percent(period.depth)}
          </button>
        </li>
      ))}
      {view.haltAt !== null && <li className="period-note">{`New positions halt at ${percent(view.haltAt)}`}</li>}
    </ul>
  )
}

function DrawdownChart({ view }: { readonly view: Drawdown }): ReactNode {
  const palette = usePalette()
  const open = useOpenPeriod()
  const option = useCallback(() => drawdownLine(view, palette), [view, palette])
  const cursor = useMemo(() => linesCursor([view.line], (value) => percent(value)), [view])
  const limit = view.haltAt === null ? '' : ` New positions halt at ${percent(view.haltAt)}.`
  return (
    <>
      <Chart
        name={`Drawdown, line chart. Now ${percent(view.current)}, deepest ${percent(view.deepest)}.${limit}`}
        option={option}
        cursor={cursor}
        onClick={({ value }) => {
          const at = Array.isArray(value) ? Number(value[0]) : Number.NaN
          const period = Number.isNaN(at) ? null : periodOn(view.worst, new Date(at).toISOString().slice(0, 10))
          if (period !== null) open(period.rank)
        }}
      />
      <PeriodButtons view={view} />
    </>
  )
}

export function DrawdownPanel({ source }: { readonly source: Source<Drawdown> }): ReactNode {
  return (
    <Panel
      title="Drawdown"
      unit="below the highest value so far"
      span={8}
      height={300}
      source={source}
      exports={{ what: 'equity' }}
      table={(view) => <PeriodsTable periods={view.worst} label="Worst drawdown periods" />}
    >
      {(view) => <DrawdownChart view={view} />}
    </Panel>
  )
}
