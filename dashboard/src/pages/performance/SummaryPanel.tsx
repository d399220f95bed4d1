import type { ReactNode } from 'react'
import type { BesideRow } from '../../../../src/api/contract/beside.ts'
import type { MetricRow, Metrics } from '../../../../src/api/contract/performance-page.ts'
import { useAmounts } from '../../data/amounts.ts'
import { useBacktest } from '../../data/readings.ts'
import type { Source } from '../../data/source.ts'
import { count, percent, ratio } from '../../format.ts'
import { FigureName } from '../../frame/Formula.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { ScrolledTable } from '../../frame/ScrolledTable.tsx'
import { Undefined } from '../../frame/Signed.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { useChosenBacktest } from './BacktestChooser.tsx'

type Unit = MetricRow['unit']

function useFormat(): (unit: Unit, value: number) => string {
  const { money } = useAmounts()
  return (unit, value) => {
    switch (unit) {
      case 'percent':
        return percent(value)
      case 'ratio':
        return ratio(value)
      case 'money':
        return money(value)
      case 'days':
        return `${count(value)} days`
      case 'count':
        return count(value)
    }
  }
}

function Shown({ row, value }: { readonly row: MetricRow; readonly value: number | null }): ReactNode {
  const format = useFormat()
  return value === null ? <Undefined why={row.why} /> : format(row.unit, value)
}

/** What stands beside the portfolio: the backtest that is chosen where it has days in common, else the benchmark. */
function useBesides(): { readonly title: string; readonly rows: ReadonlyMap<string, BesideRow> } | null {
  const backtest = useBacktest(useChosenBacktest())
  if (backtest === null || backtest.line === null) return null
  return { title: 'Backtest', rows: new Map(backtest.rows.map((row) => [row.metric, row])) }
}

/** The row with the backtest's figures in the place of the benchmark's. */
function besideBacktest(row: MetricRow, own: BesideRow | undefined): MetricRow {
  if (own === undefined)
    return { ...row, benchmark: null, difference: null, why: row.why || 'A backtest is not measured by it here.' }
  return { ...row, benchmark: own.backtest, difference: own.difference }
}

export function SummaryPanel({ source }: { readonly source: Source<Metrics> }): ReactNode {
  const besides = useBesides()
  return (
    <Panel
      title="Summary"
      unit="since the start"
      span={4}
      height={420}
      source={source}
      skeleton="table"
      exports={{ what: 'risk' }}
    >
      {({ benchmark, benchmarkWhy, rows }) => (
        <>
          <ScrolledTable title="Summary">
            <PlainTable
              label="Metrics"
              columns={[
                { title: 'Metric', width: '43%' },
                { title: 'Portfolio' },
                { title: besides?.title ?? benchmark ?? 'Benchmark' },
                { title: 'Difference' },
              ]}
              rows={(besides === null
                ? rows
                : rows.map((row) => besideBacktest(row, besides.rows.get(row.metric)))
              ).map((row) => ({
                key: row.metric,
                cells: [
                  <FigureName key="name" label={row.label} names={[row.metric]} />,
                  <Shown key="own" row={row} value={row.portfolio} />,
                  <Shown key="other" row={row} value={row.benchmark} />,
                  <Shown key="difference" row={row} value={row.difference} />,
                ],
              }))}
            />
          </ScrolledTable>
          {benchmarkWhy !== '' && <p className="panel-line">{benchmarkWhy} Beta and alpha are not defined.</p>}
        </>
      )}
    </Panel>
  )
}
