import './printed.css'
import { type ReactNode, useLayoutEffect } from 'react'
import { useLive } from '../../data/readings.ts'
import { layOutForPaper } from '../../state/preferences.ts'
import { useParameter } from '../../state/url.ts'
import { OverviewPage } from '../overview/OverviewPage.tsx'
import { PerformancePage } from '../performance/PerformancePage.tsx'
import { RiskPage } from '../risk/RiskPage.tsx'
import { Strategy } from '../strategy/StrategyPage.tsx'

/** Strategies that have pages of their own on paper. */
const SLEEVES_MOST = 12

/** Every page one after another, as wide as the paper: what is printed is what is seen here. */
export function PrintedPages(): ReactNode {
  const [, setPrint] = useParameter('print', '')
  useLayoutEffect(() => {
    layOutForPaper(true)
    return () => layOutForPaper(false)
  }, [])
  const sleeves = (useLive('sleeves').data?.rows ?? []).filter(({ strategy }) => strategy !== null)
  return (
    <div className="printed">
      <p className="printed-bar">
        <button type="button" className="button button-main" onClick={() => window.print()}>
          Print
        </button>
        <button type="button" className="button" onClick={() => setPrint(null)}>
          Back to the pages
        </button>
        {sleeves.length > SLEEVES_MOST && `The first ${SLEEVES_MOST} of ${sleeves.length} strategies are printed.`}
      </p>
      <section aria-label="Overview">
        <OverviewPage />
      </section>
      <section>
        <h2 className="printed-title">Risk</h2>
        <RiskPage />
      </section>
      <section>
        <h2 className="printed-title">Performance</h2>
        <PerformancePage />
      </section>
      {sleeves.slice(0, SLEEVES_MOST).map(({ sleeve, title }) => (
        <section key={sleeve}>
          <h2 className="printed-title">{title}</h2>
          <Strategy sleeve={sleeve} />
        </section>
      ))}
    </div>
  )
}
