import { type ReactNode, useCallback, useMemo } from 'react'
import type { Line } from '../../../../src/api/contract/analysis.ts'
import type { BacktestBeside } from '../../../../src/api/contract/beside.ts'
import type { Cumulative } from '../../../../src/api/contract/performance-page.ts'
import type { DrawdownPeriod } from '../../../../src/api/contract/risk-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { comparedText, cumulativeLines, cumulativeSince, drawnLines, since } from '../../charts/cumulative.ts'
import { lastValue } from '../../charts/day-lines.ts'
import { usePalette } from '../../charts/use-palette.ts'
import { useBacktest } from '../../data/readings.ts'
import type { Source } from '../../data/source.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { LinesTable, linesCursor } from '../../panels/line-tables.tsx'
import { type ChipSeries, hiddenOf, hiddenText, SeriesChips } from '../../panels/SeriesChips.tsx'
import { useParameter } from '../../state/url.ts'
import { BacktestChooser, useChosenBacktest } from './BacktestChooser.tsx'

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

function chipsOf(view: Cumulative, backtest: Line | null, colourOf: (sleeve: string) => string): readonly ChipSeries[] {
  const { portfolio, benchmark, sleeves } = view
  return [
    { name: portfolio.name, title: portfolio.title, colour: 'var(--text)', isDashed: false },
    ...(backtest === null
      ? []
      : [{ name: backtest.name, title: backtest.title, colour: 'var(--text)', isDashed: true }]),
    ...(benchmark === null
      ? []
      : [{ name: benchmark.name, title: benchmark.title, colour: 'var(--benchmark)', isDashed: true }]),
    ...sleeves.map((line) => ({ name: line.name, title: line.title, colour: colourOf(line.name), isDashed: false })),
  ]
}

/** The backtest that is chosen, on the stretch that is shown. */
function useBeside(from: string | null): { readonly beside: BacktestBeside | null; readonly line: Line | null } {
  const beside = useBacktest(useChosenBacktest())
  const whole = beside?.line ?? null
  const line = useMemo(() => (whole === null ? null : since(whole, from)), [whole, from])
  return { beside, line }
}

/** Why the backtest has no line, or what days it has where it has not all. */
function BesideLine({ beside, portfolio }: { readonly beside: BacktestBeside; readonly portfolio: Line }): ReactNode {
  const text = beside.why === '' ? comparedText(beside, portfolio) : `Backtest ${beside.name}: ${beside.why}`
  return text === '' ? null : <p className="panel-line">{text}</p>
}

function CumulativeChart({ whole, from }: { readonly whole: Cumulative; readonly from: string | null }): ReactNode {
  const { beside, line: backtest } = useBeside(from)
  const palette = usePalette()
  const [hiddenParameter, setHidden] = useParameter('hide', '')
  const [rank, setRank] = useParameter('drawdown', '')
  const chosen = rank === '' ? null : Number(rank)
  const view = useMemo(() => cumulativeSince(whole, from), [whole, from])
  const lines = useMemo(() => {
    const hidden = hiddenOf(hiddenParameter)
    return drawnLines(view, (name) => !hidden.has(name), palette, backtest)
  }, [view, hiddenParameter, palette, backtest])
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
        series={chipsOf(view, backtest, (sleeve) => palette.strokeOf(sleeve).colour)}
        hidden={hiddenOf(hiddenParameter)}
        onHidden={(hidden) => setHidden(hiddenText(hidden))}
      />
      {beside !== null && <BesideLine beside={beside} portfolio={whole.portfolio} />}
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
  const { line: backtest } = useBeside(from)
  return (
    <Panel
      title="Cumulative return"
      unit="time-weighted, worst drawdowns shaded"
      span={8}
      height={420}
      source={source}
      exports={{ what: 'equity' }}
      controls={<BacktestChooser />}
      empty={({ portfolio }) =>
        portfolio.days.length < 2 ? { text: 'The first return comes with the second day.' } : null
      }
      table={(whole) => {
        const { portfolio, benchmark, sleeves } = cumulativeSince(whole, from)
        const lines = [
          portfolio,
          ...(backtest === null ? [] : [backtest]),
          ...(benchmark === null ? [] : [benchmark]),
          ...sleeves,
        ]
        return <LinesTable label="Cumulative return" lines={lines} format={signed} />
      }}
    >
      {(whole) => <CumulativeChart whole={whole} from={from} />}
    </Panel>
  )
}
