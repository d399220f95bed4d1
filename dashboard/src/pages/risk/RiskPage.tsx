import './kinds.ts'
import '../../panels/panels.css'
import './risk.css'
import type { ReactNode } from 'react'
import type { RiskPage as RiskView } from '../../../../src/api/contract/risk-page.ts'
import { useAnalysis } from '../../data/readings.ts'
import { panelPart, part, type Source } from '../../data/source.ts'
import { leverage, percent } from '../../format.ts'
import { ViolationsPanel } from '../../panels/ViolationsPanel.tsx'
import { WINDOWS, type WindowText } from '../../panels/windows.ts'
import { useParameter } from '../../state/url.ts'
import { ConcentrationPanel } from './ConcentrationPanel.tsx'
import { ConePanels } from './ConePanels.tsx'
import { ContributionPanel } from './ContributionPanel.tsx'
import { CorrelationPanel, type PairChosen, rankedPairs } from './CorrelationPanel.tsx'
import { DiversificationPanel } from './DiversificationPanel.tsx'
import { DrawdownPanel } from './DrawdownPanel.tsx'
import { GaugePanel, type GaugeReading } from './GaugePanel.tsx'
import { NoPairPanel, PairPanel } from './PairPanel.tsx'
import { StressPanel } from './StressPanel.tsx'
import { TailPanel } from './TailPanel.tsx'

function leverageOf(source: Source<RiskView>): Source<GaugeReading> {
  return part(source, ({ leverage: { gross, net } }) => ({
    gauge: gross,
    others: [{ name: 'net', value: net.value }],
    why: 'the portfolio has no value yet',
  }))
}

function volatilityOf(source: Source<RiskView>): Source<GaugeReading> {
  const found = panelPart(source, ({ volatility }) => volatility)
  return part(
    found,
    ({ gauge, windows, window }) => ({
      gauge,
      others: windows
        .filter((each) => each.window !== window)
        .map((each) => ({ name: `${each.window} days`, value: each.value })),
      why: `needs ${window} days`,
    }),
    found.why,
  )
}

const SEPARATOR = '~'

/** The pair that the address names; until one was chosen, the two that are most alike. */
function usePair(source: Source<RiskView>, window: string): readonly [PairChosen | null, (pair: PairChosen) => void] {
  const [text, setText] = useParameter('pair', '')
  const [left, right] = text.split(SEPARATOR)
  const correlations = source.data?.correlation.data ?? []
  const view = correlations.find((each) => String(each.window) === window) ?? correlations[0]
  const alike = view === undefined ? undefined : rankedPairs(view)[0]
  const chosen = left !== undefined && left !== '' && right !== undefined ? { left, right } : (alike ?? null)
  return [chosen, (pair) => setText(`${pair.left}${SEPARATOR}${pair.right}`)]
}

/** How much can be lost, by whom, and what would happen if. */
export function RiskPage(): ReactNode {
  const source = useAnalysis('risk')
  const [chosen, setWindow] = useParameter('window', '60', WINDOWS)
  const window = chosen as WindowText
  const [pair, setPair] = usePair(source, window)
  return (
    <div className="grid risk-page">
      <GaugePanel title="Leverage" unit="gross over value" source={leverageOf(source)} format={leverage} />
      <GaugePanel title="Volatility" unit="a year" source={volatilityOf(source)} format={percent} />
      <TailPanel source={panelPart(source, ({ tail }) => tail)} />
      <DiversificationPanel source={panelPart(source, ({ diversification }) => diversification)} />
      <DrawdownPanel source={panelPart(source, ({ drawdown }) => drawdown)} />
      <ContributionPanel source={panelPart(source, ({ parts }) => parts)} />
      <CorrelationPanel
        source={panelPart(source, ({ correlation }) => correlation)}
        window={window}
        onWindow={setWindow}
        pair={pair}
        onPair={setPair}
      />
      {pair === null ? <NoPairPanel source={source} /> : <PairPanel pair={pair} window={window} />}
      <ConcentrationPanel source={panelPart(source, ({ concentration }) => concentration)} />
      <StressPanel />
      <ConePanels />
      <ViolationsPanel />
    </div>
  )
}
