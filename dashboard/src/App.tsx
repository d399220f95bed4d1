import { lazy, type ReactNode, Suspense, useEffect } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import type { SessionView } from '../../src/api/contract/session.ts'
import { queries } from './data/client.ts'
import { kept } from './data/kept.ts'
import { useSession } from './data/session.ts'
import { followPortfolio } from './data/socket.ts'
import { Frame } from './shell/Frame.tsx'
import { portfolioShown } from './state/portfolio.ts'
import { useStore } from './state/store.ts'
import { useParameter } from './state/url.ts'

const overview = () => import('./pages/overview/OverviewPage.tsx')
const risk = () => import('./pages/risk/RiskPage.tsx')
const performance = () => import('./pages/performance/PerformancePage.tsx')
const strategy = () => import('./pages/strategy/StrategyPage.tsx')
const configuration = () => import('./pages/configuration/ConfigurationPage.tsx')

const OverviewPage = lazy(async () => ({ default: (await overview()).OverviewPage }))
const RiskPage = lazy(async () => ({ default: (await risk()).RiskPage }))
const PerformancePage = lazy(async () => ({ default: (await performance()).PerformancePage }))
const StrategyPage = lazy(async () => ({ default: (await strategy()).StrategyPage }))
const ConfigurationPage = lazy(async () => ({ default: (await configuration()).ConfigurationPage }))
const PrintedPages = lazy(async () => ({ default: (await import('./pages/printed/PrintedPages.tsx')).PrintedPages }))
const LoginPage = lazy(async () => ({ default: (await import('./pages/login/LoginPage.tsx')).LoginPage }))
const SetupPage = lazy(async () => ({ default: (await import('./pages/login/SetupPage.tsx')).SetupPage }))

const BY_ADDRESS: Readonly<Record<string, () => Promise<unknown>>> = {
  risk,
  performance,
  strategy,
  config: configuration,
}

/** Reads the code of the page that the address names, while who is signed in is still being asked. */
export function readPageAhead(): void {
  const [, room = ''] = window.location.pathname.split('/')
  const read = room === '' ? overview : BY_ADDRESS[room]
  void read?.().catch(() => undefined) // whoever shows the page reads it again, and says what failed
}

/** The portfolio that the address names, else the first one; its push channel is open while it is shown. */
function useShownPortfolio({ portfolios }: SessionView): string {
  const [asked] = useParameter('portfolio', portfolios[0] ?? '', portfolios)
  useEffect(() => {
    portfolioShown.set(asked)
    if (asked === '' || kept !== null) return
    return followPortfolio(queries, asked)
  }, [asked])
  return useStore(portfolioShown)
}

function Pages({ session }: { readonly session: SessionView }): ReactNode {
  const portfolio = useShownPortfolio(session)
  const [print] = useParameter('print', '', ['all'])
  if (print === 'all')
    return (
      <Frame session={session} portfolio={portfolio}>
        <Suspense fallback={<div className="page-wait" aria-busy="true" />}>
          <PrintedPages />
        </Suspense>
      </Frame>
    )
  return (
    <Frame session={session} portfolio={portfolio}>
      <Suspense fallback={<div className="page-wait" aria-busy="true" />}>
        <Switch>
          <Route path="/">
            <OverviewPage />
          </Route>
          <Route path="/risk">
            <RiskPage />
          </Route>
          <Route path="/performance">
            <PerformancePage />
          </Route>
          <Route path="/strategy/:sleeve?">
            <StrategyPage />
          </Route>
          <Route path="/config/:tab?">
            <ConfigurationPage />
          </Route>
          <Route>
            <p className="nowhere">
              There is no page at this address. <a href="/">Overview</a>
            </p>
          </Route>
        </Switch>
      </Suspense>
    </Frame>
  )
}

/** Who is signed in decides what is shown: setup, sign-in, or the pages. */
export function App(): ReactNode {
  const { session, error } = useSession()
  if (session === null)
    return (
      <div className="page-wait">
        {error !== null && <p role="alert">The server cannot be reached ({error}). Retrying.</p>}
      </div>
    )
  const isIn = session.user !== null
  return (
    <Suspense fallback={<div className="page-wait" />}>
      <Switch>
        <Route path="/setup">{session.setupNeeded ? <SetupPage /> : <Redirect to="/" />}</Route>
        <Route path="/login">{isIn ? <Redirect to="/" /> : <LoginPage />}</Route>
        <Route>
          {isIn ? <Pages session={session} /> : <Redirect to={session.setupNeeded ? '/setup' : '/login'} />}
        </Route>
      </Switch>
    </Suspense>
  )
}
