import { type MouseEvent, type ReactNode, useCallback, useMemo } from 'react'
import { Link, useSearch } from 'wouter'
import type { EquityCurve, EquityLine } from '../../../../src/api/contract/overview.ts'
import { Chart, type Cursor } from '../../charts/Chart.tsx'
import type { EChartsType } from '../../charts/engine.ts'
import { isPhone } from '../../charts/house.ts'
import { type Paint, sleeveToken } from '../../charts/paint.ts'
import { spread } from '../../charts/spread.ts'
import { useAmounts } from '../../data/amounts.ts'
import { percent } from '../../format.ts'
import type { Column } from '../../frame/DataTable.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { Signed } from '../../frame/Signed.tsx'
import { VirtualTable } from '../../frame/VirtualTable.tsx'
import { usePeriod } from '../../shell/TitleRow.tsx'
import { PERIOD_NAMES } from '../../state/periods.ts'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { carriedSearch, useParameter, withParameter } from '../../state/url.ts'
import { stamp, tradeDate } from '../../times.ts'
import { useEquity } from './equity.ts'
import { EQUITY_VIEWS, type EquityView, lastReturn, lineKey, linesAtFirst, pointsX, pointsY } from './equity-lines.ts'
import { type EquityDrawing, equityOption, labelsWidth } from './equity-option.ts'

const DIAMONDS_MAX = 36
const LABEL_GAP = 18

function tokenOf(line: EquityLine): string {
  if (line.kind === 'benchmark') return '--benchmark'
  return line.kind === 'portfolio' ? '--text' : sleeveToken(line.ordinal)
}

interface ChipsProps {
  readonly lines: readonly EquityLine[]
  readonly shown: ReadonlySet<string>
  readonly onChange: (shown: readonly string[]) => void
}

function Chips({ lines, shown, onChange }: ChipsProps): ReactNode {
  function toggle(event: MouseEvent, key: string): void {
    if (event.detail === 2) {
      onChange([key])
      return
    }
    const next = new Set(shown)
    if (!next.delete(key)) next.add(key)
    onChange(lines.map(lineKey).filter((candidate) => next.has(candidate)))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws its own frame
    <div className="chips" role="group" aria-label="Lines of the chart">
      {lines.map((line) => {
        const key = lineKey(line)
        return (
          <button
            key={key}
            type="button"
            className="chip"
            aria-pressed={shown.has(key)}
            title={`${line.title}. Double click: only this`}
            onClick={(event) => toggle(event, key)}
          >
            <s
              className={line.kind === 'benchmark' ? 'chip-dashed' : ''}
              style={{ borderColor: `var(${tokenOf(line)})` }}
            />
            <span>{line.title}</span>
          </button>
        )
      })}
      <span className="chip-key">◆ rebalanced</span>
    </div>
  )
}

/** Names and figures at the right ends, pushed apart. */
function EndLabels({ chart, drawing }: { readonly chart: EChartsType; readonly drawing: EquityDrawing }): ReactNode {
  if (isPhone()) return null
  const { curve, shown, view } = drawing
  const lines = curve.lines.filter((line) => shown.has(lineKey(line)))
  const wishes = lines.map((line) => {
    const y = pointsY(line, view).findLast((value) => value !== null) ?? 0
    return Number(chart.convertToPixel({ yAxisIndex: 0 }, y ?? 0))
  })
  const height = chart.getHeight()
  const places = spread(wishes, LABEL_GAP, 16, height - 126)
  return (
    <div className="end-labels" style={{ width: labelsWidth() }} aria-hidden="true">
      {lines.map((line, index) => (
        <div
          key={lineKey(line)}
          className={line.kind === 'portfolio' ? 'end-strong' : ''}
          style={{ top: places[index] }}
        >
          <s style={{ background: `var(${tokenOf(line)})` }} />
          <span>{line.title}</span>
          <b>{percent(lastReturn(line), { signed: true, decimals: 1 })}</b>
        </div>
      ))}
      <div className="quiet" style={{ top: height - 80 }}>
        <span>Drawdown</span>
        <b>{percent(curve.drawdown.value.findLast((value) => value !== null) ?? null, { decimals: 1 })}</b>
      </div>
      {curve.haltLine !== null && (
        <div className="neg" style={{ top: Number(chart.convertToPixel({ yAxisIndex: 1 }, curve.haltLine)) }}>
          <span>New positions halt</span>
        </div>
      )}
    </div>
  )
}

/** A diamond for each rebalance that is in sight; it opens that rebalance. */
function Diamonds({ chart, drawing }: { readonly chart: EChartsType; readonly drawing: EquityDrawing }): ReactNode {
  const carried = carriedSearch(useSearch())
  const { curve, zone } = drawing
  const isDaily = curve.lines[0]?.dates !== null
  const right = chart.getWidth() - (isPhone() ? 52 : labelsWidth())
  const left = isPhone() ? 12 : 58
  return curve.rebalancings.slice(-DIAMONDS_MAX).map(({ seq, at, tradeDate: date, text }) => {
    const x = Number(
      chart.convertToPixel({ xAxisIndex: 0 }, pointsX({ at: [at], dates: isDaily ? [date] : null }, zone)[0]!),
    )
    if (!(x >= left && x <= right)) return null
    const title = `Rebalanced ${tradeDate(date)}. ${text}`
    return (
      <Link
        key={seq}
        className="diamond"
        style={{ left: x }}
        title={title}
        aria-label={title}
        href={`/config/rebalancing${withParameter(carried, 'rebalance', String(seq))}`}
      >
        ◆
      </Link>
    )
  })
}

function pointTitle(curve: EquityCurve, index: number, zone: EquityDrawing['zone']): string {
  const line = curve.lines[0]
  if (line === undefined) return ''
  return line.dates === null ? stamp(new Date(line.at[index] ?? 0).toISOString(), zone) : tradeDate(line.dates[index])
}

function Table({ drawing }: { readonly drawing: EquityDrawing }): ReactNode {
  const { curve, shown, zone, view, amounts } = drawing
  const lines = curve.lines.filter((line) => shown.has(lineKey(line)))
  const length = lines[0]?.at.length ?? 0
  const value = (line: EquityLine, index: number): ReactNode => {
    if (view === 'Value') return amounts.money(line.value[index], { cents: false })
    const growth = line.growth[index]
    if (growth === null || growth === undefined) return ''
    return <Signed value={growth - 1} decimals={4} text={percent(growth - 1, { signed: true })} />
  }
  const columns: readonly Column<number>[] = [
    { key: 'at', title: 'Day', align: 'left', width: '150px', cell: (index) => pointTitle(curve, index, zone) },
    ...lines.map((line) => ({ key: lineKey(line), title: line.title, cell: (index: number) => value(line, index) })),
    { key: 'drawdown', title: 'Drawdown', cell: (index) => percent(curve.drawdown.value[index] ?? null) },
  ]
  return (
    <VirtualTable
      label="Equity"
      columns={columns}
      total={length}
      row={(place) => length - 1 - place}
      onRange={() => undefined}
      height={390}
    />
  )
}

function summary(curve: EquityCurve, shown: ReadonlySet<string>): string {
  return curve.lines
    .filter((line) => shown.has(lineKey(line)))
    .map((line) => `${line.title} ${percent(lastReturn(line), { signed: true })}`)
    .join(', ')
}

function EquityChart({
  drawing,
  periodName,
}: {
  readonly drawing: EquityDrawing
  readonly periodName: string
}): ReactNode {
  const { curve, shown, zone } = drawing
  const option = useCallback((paint: Paint) => equityOption(drawing, paint), [drawing])
  const cursor: Cursor = {
    length: curve.lines[0]?.at.length ?? 0,
    describe(index) {
      const values = curve.lines
        .filter((line) => shown.has(lineKey(line)))
        .map((line) => `${line.title} ${percent((line.growth[index] ?? Number.NaN) - 1, { signed: true })}`)
      return `${pointTitle(curve, index, zone)}. ${values.join(', ')}.`
    },
  }
  return (
    <Chart
      name={`Equity, ${periodName}, line chart with drawdown below. ${summary(curve, shown)}. Drawdown ${percent(curve.drawdown.value.at(-1) ?? null)}.`}
      option={option}
      cursor={cursor}
      overlay={(chart) => (
        <>
          <EndLabels chart={chart} drawing={drawing} />
          <Diamonds chart={chart} drawing={drawing} />
        </>
      )}
    />
  )
}

function useDrawing(curve: EquityCurve | null, view: EquityView, chosen: string): EquityDrawing | null {
  const zone = useStore(preferences, (value) => value.zone)
  const { currency, isDiscreet, money, short } = useAmounts()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the formatters follow from currency and discretion
  return useMemo(() => {
    if (curve === null) return null
    const shown = new Set(chosen === '' ? linesAtFirst(curve.lines, isPhone()) : chosen.split(','))
    const xs = curve.lines[0] === undefined ? [] : pointsX(curve.lines[0], zone)
    const places = new Map(xs.map((x, index) => [x, index]))
    const titleOf = (x: number): string => pointTitle(curve, places.get(x) ?? 0, zone)
    return { curve, view, shown, zone, amounts: { currency, isDiscreet, money, short }, titleOf }
  }, [curve, view, chosen, zone, currency, isDiscreet])
}

/** The portfolio, its sleeves and the benchmark on one scale, drawdown below. */
export function EquityPanel(): ReactNode {
  const source = useEquity()
  const [period] = usePeriod()
  const [view, setView] = useParameter('view', 'Return', EQUITY_VIEWS)
  const [chosen, setChosen] = useParameter('lines', '')
  const drawing = useDrawing(source.data, view as EquityView, chosen)
  const unit = view === 'Value' ? 'money' : 'time-weighted return'
  const why = source.data?.benchmarkWhy ?? ''
  return (
    <Panel
      title="Equity"
      unit={why === '' ? unit : `${unit}; ${why}`}
      span={8}
      height={476}
      className="equity"
      source={source}
      exports={{ what: 'equity' }}
      empty={(curve) =>
        curve.lines.every(({ at }) => at.length < 2) ? { text: 'No day has been closed in this period.' } : null
      }
      controls={
        <Segments
          label="Equity as"
          isSmall
          className="equity-views"
          options={EQUITY_VIEWS}
          value={view as EquityView}
          onChange={setView}
        />
      }
      table={() => (drawing === null ? null : <Table drawing={drawing} />)}
    >
      {(curve) =>
        drawing === null ? null : (
          <>
            <Chips lines={curve.lines} shown={drawing.shown} onChange={(next) => setChosen(next.join(','))} />
            <EquityChart drawing={drawing} periodName={PERIOD_NAMES[period]} />
          </>
        )
      }
    </Panel>
  )
}
