import type { ReactNode } from 'react'
import { Link, useSearch } from 'wouter'
import type { BrinsonView } from '../../../../src/api/contract/attribution.ts'
import type { Attribution, AttributionRow, Netting } from '../../../../src/api/contract/performance-page.ts'
import { useAmounts } from '../../data/amounts.ts'
import type { Source } from '../../data/source.ts'
import { count, percent, quantity } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { ScrolledTable } from '../../frame/ScrolledTable.tsx'
import { Signed } from '../../frame/Signed.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { SleeveLabel } from '../../panels/sleeves.tsx'
import { withParameter } from '../../state/url.ts'

const HEIGHT = 340

function Fraction({ value }: { readonly value: number | null }): ReactNode {
  return <Signed value={value === null ? null : value * 100} text={percent(value, { signed: true })} />
}

/** Where the profit came from, sleeve by sleeve; the last row is their sum. */
export function AttributionTable({ source }: { readonly source: Source<Attribution> }): ReactNode {
  const { money } = useAmounts()
  const whole = (value: number | null): ReactNode =>
    value === null ? 'n/a' : <Signed value={value} text={money(value, { signed: true, cents: false })} />
  const plain = (value: number | null): string => (value === null ? 'n/a' : money(value, { cents: false }))
  const cells = (row: AttributionRow): readonly ReactNode[] => [
    whole(row.profit),
    <Fraction key="contribution" value={row.contribution} />,
    percent(row.riskShare, { decimals: 1 }),
    whole(row.realised),
    whole(row.unrealised),
    plain(row.dividends),
    plain(row.financing),
    plain(row.fees),
    plain(row.slippage),
    plain(row.crossingGain),
  ]
  const heads = [
    'Profit',
    'Return',
    'Risk',
    'Realised',
    'Open',
    'Dividends',
    'Financing',
    'Fees',
    'Slippage',
    'Crossing',
  ]
  return (
    <Panel
      title="Attribution table"
      unit="adds up to the total"
      span={4}
      height={HEIGHT}
      source={source}
      skeleton="table"
    >
      {({ rows, sum }) => (
        <ScrolledTable title="Attribution table" className="wide-table">
          <PlainTable
            label="Attribution by sleeve"
            columns={[{ title: 'Sleeve', width: '148px' }, ...heads.map((title) => ({ title, width: '92px' }))]}
            rows={rows.map((row) => ({
              key: row.name,
              cells: [<SleeveLabel key="name" sleeve={row.name} title={row.title} isLink />, ...cells(row)],
            }))}
            foot={['Portfolio', ...cells(sum)]}
          />
        </ScrolledTable>
      )}
    </Panel>
  )
}

/** What other weights, and what being invested otherwise than the policy, brought. */
export function BrinsonPanel({
  source,
  titleOf,
}: {
  readonly source: Source<BrinsonView>
  readonly titleOf: (sleeve: string) => string
}): ReactNode {
  return (
    <Panel title="Brinson" unit="against the policy" span={4} height={HEIGHT} source={source} skeleton="table">
      {(view) => (
        <>
          <p className="panel-line">
            {`Portfolio ${percent(view.portfolioReturn, { signed: true })}, policy ${percent(view.policyReturn, { signed: true })}, excess ${percent(view.excess, { signed: true })}`}
          </p>
          <ScrolledTable title="Brinson">
            <PlainTable
              label="Brinson effects"
              columns={[
                { title: 'Sleeve', width: '34%' },
                { title: 'Allocation' },
                { title: 'Selection' },
                { title: 'Interaction' },
              ]}
              rows={view.sleeves.map((row) => ({
                key: row.name,
                cells: [
                  <SleeveLabel key="name" sleeve={row.name} title={titleOf(row.name)} />,
                  <Fraction key="allocation" value={row.allocation} />,
                  <Fraction key="selection" value={row.selection} />,
                  <Fraction key="interaction" value={row.interaction} />,
                ],
              }))}
              foot={[
                'Sum',
                <Fraction key="allocation" value={view.allocation} />,
                <Fraction key="selection" value={view.selection} />,
                <Fraction key="interaction" value={view.interaction} />,
              ]}
            />
          </ScrolledTable>
        </>
      )}
    </Panel>
  )
}

function Examples({ view }: { readonly view: Netting }): ReactNode {
  const search = useSearch()
  if (view.examples.length === 0) return <p className="panel-line">No two sleeves met in an instrument yet.</p>
  return (
    <>
      <h3 className="panel-line">Where sleeves met</h3>
      <ul className="crosses">
        {view.examples.map((example) => (
          <li key={example.order}>
            <Link href={`${window.location.pathname}${withParameter(search, 'explain', example.order)}`}>
              {`${quantity(example.crossed)} ${example.instrument}`}
            </Link>{' '}
            <span className="second">
              {`crossed inside on ${example.day}: ${example.sleeves.map((sleeve) => `${sleeve.title} ${quantity(sleeve.wanted)}`).join(', ')}; ${quantity(example.net)} sent`}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** What meeting inside spared: orders, traded value, fees. */
export function NettingPanel({ source }: { readonly source: Source<Netting> }): ReactNode {
  const { money } = useAmounts()
  const whole = (value: number): string => money(value, { cents: false })
  return (
    <Panel title="Netting benefit" unit="gross against net" span={4} height={HEIGHT} source={source} skeleton="table">
      {(view) => {
        const { figures } = view
        const rows = [
          {
            key: 'orders',
            cells: [
              'Orders',
              count(figures.ordersGross),
              count(figures.ordersNet),
              count(figures.ordersGross - figures.ordersNet),
            ],
          },
          {
            key: 'notional',
            cells: ['Traded value', whole(figures.notionalGross), whole(figures.notionalNet), whole(figures.savings)],
          },
          { key: 'fees', cells: ['Fees', '', '', money(figures.feesSaved)] },
        ]
        return (
          <ScrolledTable title="Netting benefit">
            <PlainTable
              label="Netting benefit"
              columns={[{ title: 'What', width: '23%' }, { title: 'Gross' }, { title: 'Net' }, { title: 'Spared' }]}
              rows={rows}
            />
            <p className="panel-line">
              {`${percent(figures.savingsPct)} of the value was never sent; ${count(figures.crosses)} crosses inside.`}
            </p>
            <Examples view={view} />
          </ScrolledTable>
        )
      }}
    </Panel>
  )
}
