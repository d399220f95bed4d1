import { type ReactNode, useCallback } from 'react'
import type { RiskParts } from '../../../../src/api/contract/risk-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { type RiskMeasure, type RiskSlice, riskDonut, riskSlices } from '../../charts/risk-donut.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { SleeveLabel } from '../../panels/sleeves.tsx'
import { useParameter } from '../../state/url.ts'

const MEASURES = ['volatility', 'cvar'] as const

/** Capital above, risk below: who carries more than their part of the money. */
function Bars({ slices }: { readonly slices: readonly RiskSlice[] }): ReactNode {
  const most = Math.max(0.01, ...slices.flatMap((slice) => [Math.abs(slice.share), Math.abs(slice.weight ?? 0)]))
  const width = (value: number | null): string => `${(Math.abs(value ?? 0) / most) * 100}%`
  return (
    <ul className="risk-bars">
      {slices.map((slice) => (
        <li key={slice.name}>
          <SleeveLabel sleeve={slice.name} title={slice.title} isLink />
          <span className="risk-pair" aria-hidden="true">
            <i style={{ width: width(slice.weight) }} />
            <b style={{ width: width(slice.share) }} className={slice.share < 0 ? 'takes' : ''} />
          </span>
          <span title="capital, then risk">
            <span className="quiet">{percent(slice.weight, { decimals: 0 })}</span>{' '}
            <span className="strong">{percent(slice.share, { decimals: 0 })}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

interface ContributionProps {
  readonly view: RiskParts
  readonly measure: RiskMeasure
  readonly children: ReactNode
}

function Contribution({ view, measure, children }: ContributionProps): ReactNode {
  const palette = usePalette()
  const slices = riskSlices(view.parts, measure)
  const whole = measure === 'volatility' ? view.volatility : (view.cvar.historical['95'] ?? null)
  const what = measure === 'volatility' ? 'volatility' : 'CVaR 95\u202f%'
  const option = useCallback(
    () => riskDonut(riskSlices(view.parts, measure), { figure: percent(whole), what }, palette),
    [view, measure, whole, what, palette],
  )
  const parts = slices.map((slice) => `${slice.title} ${percent(slice.share, { decimals: 0 })}`).join(', ')
  return (
    <div className="contribution">
      <Chart
        className="contribution-donut"
        option={option}
        name={`Risk contribution, donut. ${what} ${percent(whole)}: ${parts}.`}
        cursor={{
          length: slices.length,
          describe: (place) => `${slices[place]!.title}: ${percent(slices[place]!.share, { decimals: 1 })} of risk`,
        }}
      />
      <div className="contribution-side">
        {children}
        <p className="bars-key" aria-hidden="true">
          <span>
            <i /> capital
          </span>
          <span>
            <b /> risk
          </span>
        </p>
        <Bars slices={slices} />
        {view.benefit !== null && <p className="second">{`Mixing takes away ${percent(view.benefit)}`}</p>}
      </div>
    </div>
  )
}

export function ContributionPanel({ source }: { readonly source: Source<RiskParts> }): ReactNode {
  const [measure, setMeasure] = useParameter('parts', 'volatility', MEASURES)
  return (
    <Panel
      title="Risk contribution"
      span={4}
      height={300}
      source={source}
      exports={{ what: 'risk' }}
      empty={({ parts }) => (parts.length === 0 ? { text: 'No sleeve is invested yet.' } : null)}
      table={(view) => {
        const slices = riskSlices(view.parts, measure as RiskMeasure)
        return (
          <PlainTable
            label="Risk contribution"
            columns={[
              { title: 'Sleeve', width: '38%' },
              { title: 'Capital' },
              { title: 'Risk' },
              { title: 'Component' },
            ]}
            rows={slices.map((slice) => ({
              key: slice.name,
              cells: [
                <SleeveLabel key="name" sleeve={slice.name} title={slice.title} isLink />,
                percent(slice.weight, { decimals: 1 }),
                percent(slice.share, { decimals: 1 }),
                percent(slice.component),
              ],
            }))}
          />
        )
      }}
    >
      {(view) => (
        <Contribution view={view} measure={measure as RiskMeasure}>
          <Segments
            label="Measure of risk"
            isSmall
            value={measure as RiskMeasure}
            options={[
              ['volatility', 'Volatility'],
              ['cvar', 'CVaR'],
            ]}
            onChange={setMeasure}
          />
        </Contribution>
      )}
    </Panel>
  )
}
