import { type ReactNode, useCallback, useMemo } from 'react'
import type { PairReturns } from '../../../../src/api/contract/risk-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { pairRolling, pairScatter } from '../../charts/pair.ts'
import { usePalette } from '../../charts/use-palette.ts'
import { useAnalysis } from '../../data/readings.ts'
import type { Source } from '../../data/source.ts'
import { count, percent, ratio } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { linesCursor } from '../../panels/line-tables.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import type { WindowText } from '../../panels/windows.ts'
import { tradeDate } from '../../times.ts'
import type { PairChosen } from './CorrelationPanel.tsx'

/** What the run of close days says: how far it is from the bench. */
function runText({ run }: PairReturns): string {
  return run === null ? '' : `Day ${run.days} of ${run.of} above the threshold`
}

function Pair({ view }: { readonly view: PairReturns }): ReactNode {
  const palette = usePalette()
  const scatter = useCallback(() => pairScatter(view, palette), [view, palette])
  const rolling = useCallback(() => pairRolling(view, palette), [view, palette])
  const walk = useMemo(() => linesCursor([view.rolling], (value) => ratio(value)), [view])
  const { leftTitle, rightTitle, fit, points } = view
  const figures = fit === null ? 'no line fits' : `correlation ${ratio(fit.correlation)}, slope ${ratio(fit.slope)}`
  return (
    <div className="pair">
      <p className="pair-words">
        <span>{`${leftTitle} (across) and ${rightTitle}: ${figures}`}</span>
        <span className={view.run === null ? '' : 'warn strong'}>{runText(view)}</span>
      </p>
      <Chart
        className="pair-scatter"
        option={scatter}
        name={`${leftTitle} against ${rightTitle}, scatter of ${count(points.length)} days: ${figures}.`}
        cursor={{
          length: points.length,
          describe: (place) => {
            const point = points[place]!
            return `${tradeDate(point.day)}. ${leftTitle} ${percent(point.left, { signed: true })}, ${rightTitle} ${percent(point.right, { signed: true })}.`
          },
        }}
      />
      <h3 className="pair-under">{`Rolling correlation, ${view.window} days`}</h3>
      <Chart
        className="pair-rolling"
        option={rolling}
        cursor={walk}
        name={`Rolling correlation over ${view.window} days, line chart. ${runText(view)}`}
      />
    </div>
  )
}

interface PairPanelProps {
  readonly pair: PairChosen
  readonly window: WindowText
}

/** Two sleeves against each other. */
export function PairPanel({ pair, window }: PairPanelProps): ReactNode {
  const source = useAnalysis('risk/pair', { left: pair.left, right: pair.right, window })
  return (
    <Panel
      title="Pair"
      unit="daily returns"
      span={6}
      height={460}
      source={source}
      table={(view) => (
        <PlainTable
          label={`Returns of ${view.leftTitle} and ${view.rightTitle}`}
          columns={[{ title: 'Trade date' }, { title: view.leftTitle }, { title: view.rightTitle }]}
          rows={[...view.points]
            .reverse()
            .slice(0, 500)
            .map((point) => ({
              key: point.day,
              cells: [point.day, percent(point.left, { signed: true }), percent(point.right, { signed: true })],
            }))}
        />
      )}
      empty={(view) => (view.points.length === 0 ? { text: 'The two have no day in common yet.' } : null)}
    >
      {(view) => <Pair view={view} />}
    </Panel>
  )
}

/** The same place before a pair is known. */
export function NoPairPanel({ source }: { readonly source: Source<unknown> }): ReactNode {
  const why = source.why === '' ? 'Two sleeves are needed for a pair.' : source.why
  return (
    <Panel title="Pair" unit="daily returns" span={6} height={460} source={{ ...source, data: null, why }}>
      {() => null}
    </Panel>
  )
}
