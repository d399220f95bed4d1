import { type KeyboardEvent, type ReactNode, useCallback, useState } from 'react'
import type { Correlation } from '../../../../src/api/contract/risk-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import {
  type Cell,
  cellText,
  correlationMatrix,
  drawnOrder,
  NUMBER_CELL_MIN,
  stepped,
} from '../../charts/correlation-matrix.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { ratio } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { WINDOWS, type WindowText } from '../../panels/windows.ts'

export interface PairChosen {
  readonly left: string
  readonly right: string
}

export interface CorrelationPanelProps {
  readonly source: Source<readonly Correlation[]>
  readonly window: WindowText
  readonly onWindow: (window: WindowText) => void
  readonly pair: PairChosen | null
  readonly onPair: (pair: PairChosen) => void
}

/** Every pair once, most alike first; pairs without a figure come last. */
export function rankedPairs(
  view: Correlation,
): readonly (PairChosen & { readonly text: string; readonly value: number | null })[] {
  const pairs = view.names.flatMap((left, row) =>
    view.names.slice(row + 1).map((right, offset) => {
      const column = row + 1 + offset
      const value = view.matrix[row]?.[column] ?? null
      return { left, right, value, text: `${view.titles[row]} and ${view.titles[column]}` }
    }),
  )
  return pairs.sort((a, b) => (b.value ?? -2) - (a.value ?? -2))
}

function runText(view: Correlation, left: string, right: string): string {
  const close = view.close.find((each) => each.left === left && each.right === right)
  if (close === undefined || close.runDays === null || view.runOf === null) return ''
  return `${close.runDays} of ${view.runOf}`
}

/** On a phone, and as the table: pairs from the most alike. */
function PairList({
  view,
  onPair,
}: {
  readonly view: Correlation
  readonly onPair: CorrelationPanelProps['onPair']
}): ReactNode {
  const hasRun = view.close.some(({ runDays }) => runDays !== null)
  return (
    <PlainTable
      label={`Correlations over ${view.window} days`}
      columns={[
        { title: 'Pair', width: hasRun ? '50%' : '64%' },
        { title: 'Correlation' },
        ...(hasRun ? [{ title: 'Days close' }] : []),
      ]}
      rows={rankedPairs(view).map((pair) => ({
        key: `${pair.left} ${pair.right}`,
        cells: [
          <button key="pair" type="button" className="link" onClick={() => onPair(pair)}>
            {pair.text}
          </button>,
          <span key="value" className={pair.value !== null && pair.value >= view.threshold ? 'warn strong' : ''}>
            {ratio(pair.value)}
          </span>,
          ...(hasRun ? [runText(view, pair.left, pair.right)] : []),
        ],
      }))}
    />
  )
}

function cellOf(view: Correlation, pair: PairChosen | null): Cell | null {
  if (pair === null) return null
  const order = drawnOrder(view).map((place) => view.names[place])
  const [row, column] = [order.indexOf(pair.left), order.indexOf(pair.right)]
  return row < 0 || column < 0 ? null : { row, column }
}

function Matrix({
  view,
  pair,
  onPair,
}: {
  readonly view: Correlation
  readonly pair: PairChosen | null
  readonly onPair: CorrelationPanelProps['onPair']
}): ReactNode {
  const palette = usePalette()
  const [cursor, setCursor] = useState<Cell | null>(null)
  const [said, setSaid] = useState('')
  const [width, setWidth] = useState(600)
  const shown = cursor ?? cellOf(view, pair)
  const size = view.names.length
  const cell = (width - 110) / Math.max(1, size)
  const option = useCallback(
    () => correlationMatrix(view, { cell, cursor: shown }, palette),
    [view, cell, shown, palette],
  )
  const hottest = rankedPairs(view)[0]
  const choose = ({ row, column }: Cell): void => {
    const order = drawnOrder(view)
    const [left, right] = [view.names[order[row] ?? -1], view.names[order[column] ?? -1]]
    if (left !== undefined && right !== undefined && left !== right) onPair({ left, right })
  }
  function onKey(event: KeyboardEvent): void {
    const at = shown ?? { row: 0, column: Math.min(1, size - 1) }
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      choose(at)
      return
    }
    const next = cursor === null && event.key.startsWith('Arrow') ? at : stepped(at, event.key, size)
    if (next === null) return
    event.preventDefault()
    setCursor(next)
    setSaid(cellText(view, next))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a canvas is drawn inside, moved over cell by cell
    <div
      className="matrix"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its cells are walked by arrow keys
      tabIndex={0}
      aria-label="Correlation matrix. Arrow keys move, Enter shows the pair."
      onKeyDown={onKey}
      onBlur={() => {
        setCursor(null)
        setSaid('')
      }}
      ref={(element) => {
        if (element !== null && Math.abs(element.clientWidth - width) > 1) setWidth(element.clientWidth)
      }}
    >
      <Chart
        option={option}
        name={`Correlation of ${size} sleeves over ${view.window} days, heatmap.${
          hottest === undefined ? '' : ` Most alike: ${hottest.text} ${ratio(hottest.value)}.`
        }`}
        onClick={({ value }) => {
          if (Array.isArray(value)) choose({ column: Number(value[0]), row: Number(value[1]) })
        }}
      />
      <p className="only-heard" aria-live="polite">
        {said}
      </p>
      <p className="matrix-said" aria-hidden="true">
        {said !== '' ? said : cell < NUMBER_CELL_MIN ? 'Point at a cell, or use the arrow keys.' : '\u00a0'}
      </p>
    </div>
  )
}

export function CorrelationPanel(props: CorrelationPanelProps): ReactNode {
  const { source, window, onWindow, pair, onPair } = props
  const pick = (all: readonly Correlation[]): Correlation =>
    all.find((each) => String(each.window) === window) ?? all[0]!
  return (
    <Panel
      title="Correlation"
      unit="of daily returns"
      span={6}
      height={460}
      className="correlation"
      source={source}
      exports={{ what: 'risk' }}
      controls={
        <Segments label="Days of the correlation" isSmall options={WINDOWS} value={window} onChange={onWindow} />
      }
      empty={(all) => {
        const view = pick(all)
        if (view === undefined || view.names.length < 2) return { text: 'Correlation needs two sleeves.' }
        const most = Math.max(
          0,
          ...view.observations.flatMap((row, place) => row.filter((_, column) => column !== place)),
        )
        return most < view.needed ? { text: `Needs ${view.needed} common days; ${most} so far.` } : null
      }}
      table={(all) => <PairList view={pick(all)} onPair={onPair} />}
    >
      {(all) => (
        <>
          <div className="matrix-wide">
            <Matrix view={pick(all)} pair={pair} onPair={onPair} />
          </div>
          <div className="matrix-list">
            <PairList view={pick(all)} onPair={onPair} />
          </div>
        </>
      )}
    </Panel>
  )
}
