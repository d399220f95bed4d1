import type { ReactNode } from 'react'
import type { Diversification } from '../../../../src/api/contract/risk-page.ts'
import type { Source } from '../../data/source.ts'
import { percent, ratio } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Undefined } from '../../frame/Signed.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'

const WHY = 'fewer than two sleeves have returns that move'

/** The sleeves' volatility added up by weight, and what is left of it in the mix. */
function MixBar({ view }: { readonly view: Diversification }): ReactNode {
  if (view.weighted === null || view.volatility === null || view.weighted === 0) return null
  const left = Math.min(1, view.volatility / view.weighted)
  return (
    <span className="mix" aria-hidden="true">
      <i style={{ width: `${left * 100}%` }} />
    </span>
  )
}

export function DiversificationPanel({ source }: { readonly source: Source<Diversification> }): ReactNode {
  return (
    <Panel
      title="Diversification"
      unit="ratio"
      span={3}
      keepsSpan
      height={168}
      source={source}
      skeleton="figures"
      table={(view) => (
        <PlainTable
          label="Diversification"
          columns={[{ title: 'Figure', width: '70%' }, { title: 'Value' }]}
          rows={[
            { key: 'ratio', cells: ['Weighted volatility over portfolio volatility', ratio(view.ratio)] },
            { key: 'weighted', cells: [`Weighted volatility, ${view.window} days`, percent(view.weighted)] },
            { key: 'mix', cells: [`Portfolio volatility, ${view.window} days`, percent(view.volatility)] },
            { key: 'benefit', cells: ['Taken away by mixing', percent(view.benefit)] },
            { key: 'sum', cells: ['Portfolio volatility over plain sum', ratio(view.volatilityOverSum)] },
            { key: 'over', cells: ['Portfolio volatility over weighted sum', ratio(view.volatilityOverWeighted)] },
            ...(view.limit === null ? [] : [{ key: 'limit', cells: ['Limit', ratio(view.limit)] }]),
          ]}
        />
      )}
    >
      {(view) => (
        <div className="diversification">
          <p className="gauge-value">{view.ratio === null ? <Undefined why={WHY} /> : `${ratio(view.ratio)}×`}</p>
          <p className="second">
            Mixing takes away {view.benefit === null ? <Undefined why={WHY} /> : percent(view.benefit)} of volatility
          </p>
          <MixBar view={view} />
          <p className="mix-words">
            <span>{`${percent(view.volatility)} mixed`}</span>
            <span>{`${percent(view.weighted)} added up, ${view.window} days`}</span>
          </p>
        </div>
      )}
    </Panel>
  )
}
