import { type ReactNode, useCallback } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { Concentration, ConcentrationFigures } from '../../../../src/api/contract/risk-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { concentrationBars } from '../../charts/concentration.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { percent, ratio } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { carriedSearch, useParameter, withParameter } from '../../state/url.ts'

interface ConcentrationData {
  readonly figures: ConcentrationFigures
  readonly groups: readonly Concentration[]
}

const BY = ['instrument', 'assetClass', 'sector'] as const
type By = (typeof BY)[number]
const BY_NAMES: Readonly<Record<By, string>> = { instrument: 'Positions', assetClass: 'Classes', sector: 'Sectors' }

function Bars({
  view,
  figures,
  by,
}: {
  readonly view: Concentration
  readonly figures: ConcentrationFigures
  readonly by: By
}): ReactNode {
  const palette = usePalette()
  const [, navigate] = useLocation()
  const search = useSearch()
  const option = useCallback(() => concentrationBars(view, palette), [view, palette])
  const above = view.bars.filter((bar) => bar.isAbove).length
  const largest = view.bars[0]
  const open = (name: string): void => {
    const key = by === 'instrument' ? 'position' : by === 'assetClass' ? 'class' : 'sector'
    navigate(`/${withParameter(carriedSearch(search), key, name)}`)
  }
  return (
    <>
      <p className="panel-line">
        {`Largest ${percent(figures.largest, { decimals: 1 })}, five largest ${percent(figures.topFive, { decimals: 1 })}, as spread as ${ratio(figures.effectiveCount, 1)} equal positions`}
        {view.other > 0 && `, others ${percent(view.other, { decimals: 1 })}`}
        {above > 0 && <span className="neg strong">{`, ${above} above the limit`}</span>}
      </p>
      <Chart
        option={option}
        name={`Concentration by ${BY_NAMES[by].toLowerCase()}, stacked bars. ${view.bars.length} bars${largest === undefined ? '' : `, largest ${largest.name} ${percent(largest.gross, { decimals: 1 })}`}, ${above} above the limit.`}
        cursor={{
          length: view.bars.length,
          describe: (place) => {
            const bar = view.bars[view.bars.length - 1 - place]!
            const parts = bar.parts.map((part) => `${part.title} ${percent(part.weight, { signed: true })}`).join(', ')
            return `${bar.name}: gross ${percent(bar.gross)}, net ${percent(bar.net, { signed: true })}. ${parts}.`
          },
        }}
        onClick={({ dataIndex }) => {
          const bar = view.bars[view.bars.length - 1 - dataIndex]
          if (bar !== undefined) open(bar.name)
        }}
      />
    </>
  )
}

function BarsTable({ view }: { readonly view: Concentration }): ReactNode {
  return (
    <PlainTable
      label="Concentration"
      columns={[
        { title: 'Name' },
        { title: 'Gross' },
        { title: 'Net' },
        { title: 'Limit' },
        { title: 'Sleeves', width: '40%' },
      ]}
      rows={[
        ...view.bars.map((bar) => ({
          key: bar.name,
          cells: [
            bar.name,
            percent(bar.gross),
            percent(bar.net, { signed: true }),
            bar.limit === null ? 'none' : percent(bar.limit, { decimals: 0 }),
            bar.parts.map((part) => `${part.title} ${percent(part.weight, { signed: true })}`).join(', '),
          ],
        })),
        ...(view.other > 0 ? [{ key: ' other', cells: ['Other', percent(view.other), '', '', ''] }] : []),
      ]}
    />
  )
}

export function ConcentrationPanel({ source }: { readonly source: Source<ConcentrationData> }): ReactNode {
  const [chosen, setBy] = useParameter('by', 'instrument', BY)
  const by = chosen as By
  const viewOf = ({ groups }: ConcentrationData): Concentration | undefined => groups.find((group) => group.by === by)
  return (
    <Panel
      title="Concentration"
      unit="share of value, by sleeve"
      span={7}
      height={400}
      source={source}
      exports={{ what: 'positions' }}
      controls={
        <Segments
          label="Concentration by"
          isSmall
          options={BY.map((key) => [key, BY_NAMES[key]] as const)}
          value={by}
          onChange={setBy}
        />
      }
      empty={(data) => ((viewOf(data)?.bars.length ?? 0) === 0 ? { text: 'Nothing is held.' } : null)}
      table={(data) => <BarsTable view={viewOf(data)!} />}
    >
      {(data) => <Bars view={viewOf(data)!} figures={data.figures} by={by} />}
    </Panel>
  )
}
