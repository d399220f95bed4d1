import { type ReactNode, useCallback, useState } from 'react'
import type { Histogram, HistogramBin } from '../../../../src/api/contract/performance-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { returnHistogram, UNIT_NAMES } from '../../charts/histogram.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { count, percent, ratio } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { useParameter } from '../../state/url.ts'

const UNITS = ['day', 'week', 'month', 'year'] as const
type Unit = (typeof UNITS)[number]
const range = (bin: HistogramBin): string => `${percent(bin.from)} to ${percent(bin.to)}`

function Days({ bin }: { readonly bin: HistogramBin | null }): ReactNode {
  if (bin === null) return <p className="panel-line quiet bin-days">A bar lists its days.</p>
  const more = bin.count - bin.days.length
  return (
    <p className="panel-line bin-days" role="status">
      <b>{`${range(bin)}: `}</b>
      {bin.days.join(', ')}
      {more > 0 && ` and ${more} before`}
    </p>
  )
}

function Distribution({ view }: { readonly view: Histogram }): ReactNode {
  const palette = usePalette()
  const [chosen, setChosen] = useState<number | null>(null)
  const option = useCallback(() => returnHistogram(view, palette), [view, palette])
  const figures = `mean ${percent(view.mean, { signed: true })}, deviation ${percent(view.deviation)}, skewness ${ratio(view.skewness)}, excess kurtosis ${ratio(view.kurtosis)}`
  return (
    <>
      <p className="panel-line">{figures}</p>
      <Chart
        option={option}
        name={`Distribution of ${UNIT_NAMES[view.unit].toLowerCase()}, histogram of ${count(view.observations)}: ${figures}. VaR 95 % ${percent(view.valueAtRisk)}.`}
        cursor={{
          length: view.bins.length,
          describe: (place) => {
            setChosen(place)
            const bin = view.bins[place]!
            return `${range(bin)}: ${count(bin.count)} ${UNIT_NAMES[view.unit].toLowerCase()}`
          },
        }}
        onClick={({ seriesId, dataIndex }) => seriesId === 'bars' && setChosen(dataIndex)}
      />
      <Days bin={chosen === null ? null : (view.bins[chosen] ?? null)} />
    </>
  )
}

export function DistributionPanel({ source }: { readonly source: Source<readonly Histogram[]> }): ReactNode {
  const [chosen, setUnit] = useParameter('unit', 'day', UNITS)
  const unit = chosen as Unit
  const viewOf = (all: readonly Histogram[]): Histogram | undefined => all.find((each) => each.unit === unit)
  return (
    <Panel
      title="Distribution"
      span={4}
      height={360}
      source={source}
      controls={
        <Segments
          label="Returns of"
          isSmall
          value={unit}
          options={[
            ['day', 'D'],
            ['week', 'W'],
            ['month', 'M'],
            ['year', 'Y'],
          ]}
          onChange={setUnit}
        />
      }
      empty={(all) => ((viewOf(all)?.observations ?? 0) === 0 ? { text: `No ${unit} is complete yet.` } : null)}
      table={(all) => (
        <PlainTable
          label={`Distribution of ${UNIT_NAMES[unit].toLowerCase()}`}
          columns={[{ title: 'Return' }, { title: UNIT_NAMES[unit], width: '72px' }, { title: 'Newest', width: '40%' }]}
          rows={viewOf(all)!.bins.map((bin) => ({
            key: String(bin.from),
            cells: [range(bin), count(bin.count), bin.days.slice(-2).join(', ')],
          }))}
        />
      )}
    >
      {(all) => <Distribution key={unit} view={viewOf(all)!} />}
    </Panel>
  )
}
