import { type ReactNode, useEffect } from 'react'
import { useLocation } from 'wouter'
import type { SessionView } from '../../../src/api/contract/session.ts'
import { connection } from '../data/connection.ts'
import { kept } from '../data/kept.ts'
import { useLive } from '../data/readings.ts'
import { useRole } from '../data/session.ts'
import { Icon } from '../frame/Icon.tsx'
import { Segments } from '../frame/Segments.tsx'
import { PERIOD_DEFAULT, PERIODS, PERIODS_SHORT, type Period } from '../state/periods.ts'
import { preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { useParameter } from '../state/url.ts'
import { clock, tradeDate } from '../times.ts'
import { pageAt } from './pages.ts'
import { Ticker } from './TopBar.tsx'
import { updateNow, useUpdate } from './update.ts'

/** The period of the page, kept in its address. */
export function usePeriod(): readonly [Period, (period: Period) => void] {
  const [period, setPeriod] = useParameter('period', PERIOD_DEFAULT, PERIODS)
  return [period as Period, (next) => setPeriod(next)]
}

const CURRENCIES: Readonly<Record<string, string>> = {
  USD: 'US dollars',
  EUR: 'euros',
  GBP: 'pounds',
  JPY: 'yen',
  CHF: 'Swiss francs',
}

function Subtitle(): ReactNode {
  const { data: figures } = useLive('figures')
  const { data: curve } = useLive('equity', { points: 2 }) // for the benchmark's name alone
  if (figures === null) return <p className="subtitle">&nbsp;</p>
  const benchmark = curve?.lines.find(({ kind }) => kind === 'benchmark')
  const parts = [
    CURRENCIES[figures.currency] ?? figures.currency,
    `${figures.sleeves.total} sleeves`,
    ...(figures.totalReturn.since === null ? [] : [`since ${tradeDate(figures.totalReturn.since)}`]),
    ...(benchmark === undefined ? [] : [`benchmark ${benchmark.title}`]),
  ]
  return <p className="subtitle">{parts.join(' · ')}</p>
}

function UpdateButton(): ReactNode {
  const { isRunning, endedAt } = useUpdate()
  const { zone } = useStore(preferences)
  const last = endedAt === null ? '' : `; the last one ended at ${clock(Date.parse(endedAt), zone)}`
  const isLost = useStore(connection, ({ state }) => state === 'lost')
  const mayUpdate = useRole('operator')
  return (
    <button
      type="button"
      className="button update"
      disabled={isRunning || isLost || !mayUpdate}
      aria-busy={isRunning}
      title={`One cycle now (Shift U)${last}`}
      onClick={() => void updateNow()}
    >
      <Icon name="sync" className={isRunning ? 'turning' : ''} />
      <span className="update-wide">{isRunning ? 'Updating' : 'Update now'}</span>
    </button>
  )
}

/** A report in a file shows one page at a time; on paper it has all of them. */
function PrintButton(): ReactNode {
  const [print, setPrint] = useParameter('print', '')
  if (print !== '') return null
  return (
    <button type="button" className="button print" onClick={() => setPrint('all', { isStep: true })}>
      Print
    </button>
  )
}

interface TitleRowProps {
  readonly session: SessionView
  readonly portfolio: string
}

function PortfolioName({ session, portfolio }: TitleRowProps): ReactNode {
  const [, setPortfolio] = useParameter('portfolio', session.portfolios[0] ?? '')
  if (session.portfolios.length < 2) return <h1>{portfolio}</h1>
  return (
    <h1>
      <label>
        <span className="only-heard">Portfolio</span>
        <select
          className="title-select"
          value={portfolio}
          onChange={(event) => setPortfolio(event.target.value, { isStep: true })}
        >
          {session.portfolios.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </h1>
  )
}

export function TitleRow({ session, portfolio }: TitleRowProps): ReactNode {
  const [period, setPeriod] = usePeriod()
  const [path] = useLocation()
  const page = pageAt(path)?.title ?? 'Polyfolio'
  useEffect(() => {
    document.title = `${page} · ${portfolio} · Polyfolio`
  }, [page, portfolio])
  const hasPeriod = path !== '/config' && !path.startsWith('/config/')
  return (
    <div className="title-row">
      <div className="title-names">
        <div className="title-line">
          <PortfolioName session={session} portfolio={portfolio} />
          {session.demo && <span className="demo-mark">Demo data</span>}
        </div>
        <Subtitle />
      </div>
      <span className="grow" />
      {path !== '/' && <Ticker className="ticker-row" />}
      {hasPeriod && (
        <>
          <Segments label="Period" className="periods-wide" options={PERIODS} value={period} onChange={setPeriod} />
          <Segments
            label="Period"
            className="periods-short"
            options={PERIODS_SHORT}
            value={period}
            onChange={setPeriod}
          />
        </>
      )}
      <UpdateButton />
      {kept !== null && <PrintButton />}
    </div>
  )
}
