import './kinds.ts'
import '../../panels/panels.css'
import './performance.css'
import type { ReactNode } from 'react'
import { useAnalysis } from '../../data/readings.ts'
import { panelPart } from '../../data/source.ts'
import { PERIOD_DEFAULT, PERIODS, type Period, periodStart } from '../../state/periods.ts'
import { useParameter } from '../../state/url.ts'
import { AttributionPanel } from './AttributionPanel.tsx'
import { CumulativePanel } from './CumulativePanel.tsx'
import { DistributionPanel } from './DistributionPanel.tsx'
import { MonthlyPanel } from './MonthlyPanel.tsx'
import { AttributionTable, BrinsonPanel, NettingPanel } from './ResultTables.tsx'
import { RollingPanels } from './RollingPanels.tsx'
import { SummaryPanel } from './SummaryPanel.tsx'
import { TradePanels } from './TradePanels.tsx'

/** What was earned, how evenly, by whom, and what each trade had to do with it. */
export function PerformancePage(): ReactNode {
  const source = useAnalysis('performance')
  const [period] = useParameter('period', PERIOD_DEFAULT, PERIODS)
  const last = source.data?.to ?? null
  const from = last === null ? null : periodStart(period as Period, last)
  const attribution = panelPart(source, (page) => page.attribution)
  const titles = new Map(attribution.data?.rows.map((row) => [row.name, row.title]) ?? [])
  return (
    <div className="grid performance-page">
      <CumulativePanel source={panelPart(source, ({ cumulative }) => cumulative)} from={from} />
      <SummaryPanel source={panelPart(source, ({ summary }) => summary)} />
      <MonthlyPanel source={panelPart(source, ({ monthly }) => monthly)} from={source.data?.from ?? null} />
      <DistributionPanel source={panelPart(source, ({ histograms }) => histograms)} />
      <AttributionPanel source={attribution} />
      <AttributionTable source={attribution} />
      <BrinsonPanel
        source={panelPart(source, ({ brinson }) => brinson)}
        titleOf={(sleeve) => titles.get(sleeve) ?? sleeve}
      />
      <NettingPanel source={panelPart(source, ({ netting }) => netting)} />
      <RollingPanels source={panelPart(source, ({ rolling }) => rolling)} />
      <TradePanels source={panelPart(source, ({ trades }) => trades)} />
    </div>
  )
}
