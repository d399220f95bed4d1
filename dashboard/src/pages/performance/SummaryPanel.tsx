import { type ReactNode, useState } from 'react'
import type { MetricRow, Metrics } from '../../../../src/api/contract/performance-page.ts'
import { useAmounts } from '../../data/amounts.ts'
import type { Source } from '../../data/source.ts'
import { count, percent, ratio } from '../../format.ts'
import { Icon } from '../../frame/Icon.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { ScrolledTable } from '../../frame/ScrolledTable.tsx'
import { Undefined } from '../../frame/Signed.tsx'
import { type Formula, formulaOf } from '../../panels/formulas.ts'
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

interface Asked {
  readonly label: string
  readonly formula: Formula | null
}

/** How the metric that was asked for is computed. */
function FormulaCard({ asked, onClose }: { readonly asked: Asked; readonly onClose: () => void }): ReactNode {
  const { label, formula } = asked
  return (
    <section className="card-over" aria-label={`Formula of ${label}`} aria-live="polite">
      <p>
        <b>{label}</b>
      </p>
      {formula === null ? (
        <p className="second">It is described in docs/metrics.md.</p>
      ) : (
        <>
          <p>
            <code>{formula.formula}</code>
          </p>
          {formula.convention !== '' && <p className="second">{formula.convention}</p>}
          <p className="quiet">{formula.source}</p>
        </>
      )}
      <button type="button" className="icon-button" aria-label="Close the formula" onClick={onClose}>
        <Icon name="close" />
      </button>
    </section>
  )
}

export function SummaryPanel({ source }: { readonly source: Source<Metrics> }): ReactNode {
  const [asked, setAsked] = useState<Asked | null>(null)
  async function explain(row: MetricRow): Promise<void> {
    setAsked({ label: row.label, formula: await formulaOf(row.metric) })
  }
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
      {({ benchmark, rows }) => (
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
                  <button
                    key="name"
                    type="button"
                    className="metric"
                    title={row.label}
                    onClick={() => void explain(row)}
                  >
                    {row.label}
                  </button>,
                  <Shown key="own" row={row} value={row.portfolio} />,
                  <Shown key="other" row={row} value={row.benchmark} />,
                  <Shown key="difference" row={row} value={row.difference} />,
                ],
              }))}
            />
          </ScrolledTable>
          {benchmark === null && <p className="panel-line">No benchmark is set: beta and alpha are not defined.</p>}
          {asked !== null && <FormulaCard asked={asked} onClose={() => setAsked(null)} />}
        </>
      )}
    </Panel>
  )
}
