import { connect } from 'echarts/core'
import { type ReactNode, useCallback, useMemo } from 'react'
import type { Line } from '../../../../src/api/contract/analysis.ts'
import type { RollingSet } from '../../../../src/api/contract/performance-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { lastValue } from '../../charts/day-lines.ts'
import type { EChartsType } from '../../charts/engine.ts'
import type { Palette } from '../../charts/palette.ts'
import { type RollingView, rollingLine } from '../../charts/rolling.ts'
import { usePalette } from '../../charts/use-palette.ts'
import { part, type Source } from '../../data/source.ts'
import { percent, ratio } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { LinesTable, linesCursor } from '../../panels/line-tables.tsx'
import { WINDOWS, type WindowText } from '../../panels/windows.ts'
import { useParameter } from '../../state/url.ts'

/** One pointer goes through all four. */
const GROUP = 'rolling'

interface Kind {
  readonly title: string
  readonly unit: string
  /** Lines by what they are called in this panel. */
  readonly linesOf: (set: RollingSet) => readonly Line[]
  readonly format: (value: number) => string
  readonly axisFormat: (value: number) => string
  readonly level: RollingView['level']
  readonly range?: RollingView['range']
  /** Why there is no value yet. */
  readonly none: (set: RollingSet) => string
}

const isFilling = ({ window }: RollingSet): string => `The window of ${window} days is not full yet.`

const named = (line: Line | null, title: string): readonly Line[] => (line === null ? [] : [{ ...line, title }])
/** As few decimals as the value has, two at most. */
const tick = (value: number): string => ratio(value, String(Number(value.toFixed(2))).split('.')[1]?.length ?? 0)
const wholePercent = (value: number): string => percent(value, { decimals: Math.abs(value) < 0.05 ? 1 : 0 })

const KINDS: readonly Kind[] = [
  {
    title: 'Rolling Sharpe',
    unit: 'ratio',
    linesOf: ({ sharpe }) => named(sharpe, 'Sharpe'),
    format: (value) => ratio(value),
    axisFormat: tick,
    level: { at: 0, text: '' },
    none: isFilling,
  },
  {
    title: 'Rolling volatility',
    unit: 'a year',
    linesOf: ({ volatility }) => named(volatility, 'Volatility'),
    format: (value) => percent(value),
    axisFormat: wholePercent,
    level: null,
    none: isFilling,
  },
  {
    title: 'Rolling beta',
    unit: 'to the benchmark',
    linesOf: ({ beta }) => named(beta, 'Beta'),
    format: (value) => ratio(value),
    axisFormat: tick,
    level: { at: 1, text: 'as the benchmark' },
    none: (set) => set.benchmarkWhy || isFilling(set),
  },
  {
    title: 'Rolling correlation',
    unit: 'of daily returns',
    linesOf: ({ correlation, sleeveCorrelation }) => [
      ...named(correlation, 'To the benchmark'),
      ...named(sleeveCorrelation, 'Mean of the sleeves’ pairs'),
    ],
    format: (value) => ratio(value),
    axisFormat: tick,
    level: { at: 0, text: '' },
    range: { min: -1, max: 1 },
    none: (set) => set.benchmarkWhy || isFilling(set),
  },
]

function together(chart: EChartsType): null {
  if (chart.group !== GROUP) {
    chart.group = GROUP
    connect(GROUP)
  }
  return null
}

function viewOf(kind: Kind, shown: readonly Line[], palette: Palette): RollingView {
  const colours = [palette.paint.accent, palette.paint.benchmark]
  return {
    lines: shown.map((line, place) => ({ line, colour: colours[place]!, width: 1.6 })),
    format: kind.format,
    axisFormat: kind.axisFormat,
    level: kind.level,
    ...(kind.range === undefined ? {} : { range: kind.range }),
  }
}

function Rolling({ kind, shown }: { readonly kind: Kind; readonly shown: readonly Line[] }): ReactNode {
  const palette = usePalette()
  const option = useCallback(() => rollingLine(viewOf(kind, shown, palette), palette), [kind, shown, palette])
  const cursor = useMemo(() => linesCursor(shown, kind.format), [kind, shown])
  const ends = shown.map((line) => {
    const value = lastValue(line)
    return `${line.title} ${value === null ? 'not defined' : kind.format(value)}`
  })
  return (
    <>
      {shown.length > 1 && (
        <p className="panel-line rolling-key">
          {shown.map((line, place) => (
            <span key={line.name}>
              <i style={{ background: place === 0 ? 'var(--accent)' : 'var(--benchmark)' }} /> {line.title}
            </span>
          ))}
        </p>
      )}
      <Chart
        option={option}
        cursor={cursor}
        overlay={together}
        name={`${kind.title}, line chart. Now ${ends.join(', ')}.`}
      />
    </>
  )
}

function RollingPanel({
  kind,
  source,
  controls,
}: {
  readonly kind: Kind
  readonly source: Source<RollingSet>
  readonly controls?: ReactNode
}): ReactNode {
  const set = source.data
  const shown = useMemo(() => (set === null ? [] : kind.linesOf(set)), [set, kind])
  const isEmpty = shown.every((line) => lastValue(line) === null)
  return (
    <Panel
      title={kind.title}
      unit={kind.unit}
      span={6}
      height={260}
      source={source}
      controls={controls}
      empty={(own) => (isEmpty ? { text: kind.none(own) } : null)}
      table={() => <LinesTable label={kind.title} lines={shown} format={kind.format} />}
    >
      {() => <Rolling kind={kind} shown={shown} />}
    </Panel>
  )
}

/** Four figures over the same window, under one pointer. */
export function RollingPanels({ source }: { readonly source: Source<readonly RollingSet[]> }): ReactNode {
  const [chosen, setWindow] = useParameter('window', '60', WINDOWS)
  const window = chosen as WindowText
  const set = part(
    source,
    (all) => all.find((each) => String(each.window) === window) ?? null,
    'The window is not full yet.',
  )
  return KINDS.map((kind) => (
    <RollingPanel
      key={kind.title}
      kind={kind}
      source={set}
      controls={
        <Segments
          label={`Days of ${kind.title.toLowerCase()}`}
          isSmall
          options={WINDOWS}
          value={window}
          onChange={setWindow}
        />
      }
    />
  ))
}
