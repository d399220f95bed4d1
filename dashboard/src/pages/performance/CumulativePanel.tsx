import { type ReactNode, useCallback, useMemo } from 'react'
import type { Cumulative } from '../../../../src/api/contract/performance-page.ts'
import type { DrawdownPeriod } from '../../../../src/api/contract/risk-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { cumulativeLines, cumulativeSince, drawnLines } from '../../charts/cumulative.ts'
import { lastValue } from '../../charts/day-lines.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { LinesTable, linesCursor } from '../../panels/line-tables.tsx'
import { type ChipSeries, hiddenOf, hiddenText, SeriesChips } from '../../panels/SeriesChips.tsx'
import { useParameter } from '../../state/url.ts'

const signed = (value: number): string => percent(value, { signed: true })

interface PeriodsProps {
  readonly periods: readonly DrawdownPeriod[]
  readonly chosen: number | null
  readonly onChoose: (rank: number | null) => void
}

/** The worst falls: which one is lit up in the chart, and what it was. */
function Periods({ periods, chosen, onChoose }: PeriodsProps): ReactNode {
  return (
    <ul className="periods" aria-label="Worst drawdown periods">
      {periods.map((period) => (
        <li key={period.rank}>
          <button
            type="button"
            aria-pressed={period.rank === chosen}
            title={`Peak ${period.peak ?? 'at the start'}, ${period.fall} days down${period.recovery === null ? '' : `, ${period.recovery} days back`}`}
            onClick={() => onChoose(period.rank === chosen ? null : period.rank)}
          >
            <b>{period.rank}</b>
            <span>
              <b className="strong">{percent(period.depth)}</b> {`${period.length} days`}
            </span>
            <span>{`low ${period.trough}`}</span>
            <span className="quiet">{period.recovered === null ? 'not recovered' : `back ${period.recovered}`}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function chipsOf(view: Cumulative, colourOf: (sleeve: string) => string): readonly ChipSeries[] {
  const { portfolio, benchmark, sleeves } = view
  return [
    { name: portfolio.name, title: portfolio.title, colour: 'var(--text)', isDashed: false },
    ...(benchmark === null
      ? []
      : [{ name: benchmark.name, title: benchmark.title, colour: 'var(--benchmark)', isDashed: true }]),
    ...sleeves.map((line) => ({ name: line.name, title: line.title, colour: colourOf(line.name), isDashed: false })),
  ]
}

function CumulativeChart({ whole, from }: { readonly whole: Cumulative; readonly from: string | null }): ReactNode {
  const palette = usePalette()
  const [hiddenParameter, setHidden] = useParameter('hide', '')
  const [rank, setRank] = useParameter('drawdown', '')
  const chosen = rank === '' ? null : Number(rank)
  const view = useMemo(() => cumulativeSince(whole, from), [whole, from])
  const lines = useMemo(() => {
    const hidden = hiddenOf(hiddenParameter)
    return drawnLines(view, (name) => !hidden.has(name), palette)
  }, [view, hiddenParameter, palette])
  const option = useCallback(() => cumulativeLines(view, lines, chosen, palette), [view, lines, chosen, palette])
  const cursor = useMemo(
    () =>
      linesCursor(
        lines.map(({ line }) => line),
        signed,
      ),
    [lines],
  )
  const ends = lines
    .slice(0, 6)
    .map(({ line }) => `${line.title} ${percent(lastValue(line), { signed: true })}`)
    .join(', ')
  return (
    <>
      <SeriesChips
        label="Lines"
        series={chipsOf(view, (sleeve) => palette.strokeOf(sleeve).colour)}
        hidden={hiddenOf(hiddenParameter)}
        onHidden={(hidden) => setHidden(hiddenText(hidden))}
      />
      <Chart name={`Cumulative return, line chart. ${ends}.`} option={option} cursor={cursor} />
      <Periods
        periods={view.periods}
        chosen={chosen}
        onChoose={(next) => setRank(next === null ? null : String(next))}
      />
    </>
  )
}

export interface CumulativePanelProps {
  readonly source: Source<Cumulative>
  /** First day that is shown; null: from the start. */
  readonly from: string | null
}

export function CumulativePanel({ source, from }: CumulativePanelProps): ReactNode {
  return (
    <Panel
      title="Cumulative return"
      unit="time-weighted, worst drawdowns shaded"
      span={8}
      height={420}
      source={source}
      exports={{ what: 'equity' }}
      empty={({ portfolio }) =>
        portfolio.days.length < 2 ? { text: 'The first return comes with the second day.' } : null
      }
      table={(whole) => {
        const { portfolio, benchmark, sleeves } = cumulativeSince(whole, from)
        const lines = [portfolio, ...(benchmark === null ? [] : [benchmark]), ...sleeves]
        return <LinesTable label="Cumulative return" lines={lines} format={signed} />
      }}
    >
      {(whole) => <CumulativeChart whole={whole} from={from} />}
    </Panel>
  )
}
