import type { ReactNode } from 'react'
import type { MetricRow, Metrics } from '../../../../src/api/contract/performance-page.ts'
import { useAmounts } from '../../data/amounts.ts'
import type { Source } from '../../data/source.ts'
import { count, percent, ratio } from '../../format.ts'
import { FigureName } from '../../frame/Formula.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { ScrolledTable } from '../../frame/ScrolledTable.tsx'
import { Undefined } from '../../frame/Signed.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'

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

export function SummaryPanel({ source }: { readonly source: Source<Metrics> }): ReactNode {
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
                { title: benchmark ?? 'Benchmark' },
                { title: 'Difference' },
              ]}
              rows={rows.map((row) => ({
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
