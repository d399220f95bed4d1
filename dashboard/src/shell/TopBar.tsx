import type { ReactNode } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { EngineView } from '../../../src/api/contract/overview.ts'
import type { SessionView } from '../../../src/api/contract/session.ts'
import { useAmounts } from '../data/amounts.ts'
import { useSecond } from '../data/clock.ts'
import { connection } from '../data/connection.ts'
import { useLive } from '../data/readings.ts'
import { useRole } from '../data/session.ts'
import { engine } from '../data/socket.ts'
import { percent } from '../format.ts'
import { Icon } from '../frame/Icon.tsx'
import { Signed } from '../frame/Signed.tsx'
import { openOverlay } from '../state/dialogs.ts'
import { prefer, preferences, themeShown } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { carriedSearch } from '../state/url.ts'
import { clock, instantOf, remaining, zoneLabel } from '../times.ts'
import { Account } from './Account.tsx'
import { isAt, PAGES } from './pages.ts'

export function Mark(): ReactNode {
  return (
    <svg
      width="26"
      height="22"
      viewBox="0 0 26 22"
      aria-hidden="true"
      fill="none"
      strokeWidth="2.6"
      strokeLinecap="round"
    >
      <path d="M2 3.5C10 3.5 10 11 17 11" stroke="var(--sleeve-1)" />
      <path d="M2 11H17" stroke="var(--sleeve-2)" />
      <path d="M2 18.5C10 18.5 10 11 17 11" stroke="var(--sleeve-3)" />
      <path d="M17 11H24" stroke="var(--text)" />
    </svg>
  )
}

/** Links of the five pages; the portfolio and the period go along. */
export function Tabs({ isBottom = false }: { readonly isBottom?: boolean }): ReactNode {
  const [path] = useLocation()
  const carried = carriedSearch(useSearch())
  return (
    <nav className={isBottom ? 'bottom-tabs' : 'tabs'} aria-label={isBottom ? 'Pages, bottom' : 'Pages'}>
      {PAGES.map((page) => (
        <Link key={page.path} href={`${page.path}${carried}`} aria-current={isAt(page, path) ? 'page' : undefined}>
          {isBottom && <Icon name={page.icon} />}
          {isBottom ? page.short : page.title}
        </Link>
      ))}
    </nav>
  )
}

const CONNECTION_TEXT = { connecting: 'Connecting', live: 'Live', lost: 'Lost' } as const

function ConnectionState(): ReactNode {
  const state = useStore(connection, (value) => value.state)
  return (
    <span className={`connection connection-${state}`} role="status">
      <i className="dot" />
      <span>{CONNECTION_TEXT[state]}</span>
    </span>
  )
}

function modeText(
  view: EngineView | null,
  isDemo: boolean,
  nowMs: number,
): { text: string; title: string; isArmed: boolean } {
  if (view === null)
    return { text: isDemo ? 'Demo' : 'No engine', title: 'No engine runs this portfolio.', isArmed: false }
  const until = instantOf(view.armedUntil)
  if (until !== null && until > nowMs)
    return {
      text: `Live armed ${remaining(until - nowMs)}`,
      title: `Orders leave for the real account until ${view.armedUntil}.`,
      isArmed: true,
    }
  if (view.mode === 'live')
    return { text: 'Live, disarmed', title: 'The account is real; no order leaves until it is armed.', isArmed: false }
  if (view.mode === 'demo' || isDemo)
    return { text: 'Demo', title: 'A simulated market with made-up prices.', isArmed: false }
  return { text: 'Paper', title: 'Orders go to the simulated exchange. No broker is armed.', isArmed: false }
}

function Mode({ isDemo }: { readonly isDemo: boolean }): ReactNode {
  const view = useStore(engine)
  const { text, title, isArmed } = modeText(view, isDemo, useSecond())
  return (
    <span className={`mode ${isArmed ? 'mode-armed' : ''}`} title={title}>
      {text}
    </span>
  )
}

function Clock(): ReactNode {
  const zone = useStore(preferences, (value) => value.zone)
  const now = useSecond()
  return (
    <span className="bar-clock">
      <b>{clock(now, zone)}</b> {zoneLabel(zone)}
    </span>
  )
}

/** Today's result, wherever the reader is. */
export function Ticker({ className = '' }: { readonly className?: string }): ReactNode {
  const { data } = useLive('figures')
  const amounts = useAmounts()
  if (data === null || data.today.amount === null) return <span className={`ticker ${className}`} />
  const { amount, fraction } = data.today
  return (
    <span className={`ticker ${className}`} title="Result since the last close">
      <span className="quiet">Today</span>
      <Signed value={amount} text={amounts.money(amount, { signed: true })} />
      {!amounts.isDiscreet && <Signed value={fraction} decimals={4} text={percent(fraction, { signed: true })} />}
    </span>
  )
}

function KillButton(): ReactNode {
  const isKilled = useStore(engine, (view) => view?.killed === true)
  const mayStop = useRole('operator')
  if (!mayStop) return null
  return (
    <button
      type="button"
      className="button button-danger kill"
      aria-label={isKilled ? 'Trading is stopped' : 'Kill switch'}
      title="Stop all trading (Ctrl Shift K)"
      disabled={isKilled}
      onClick={() => openOverlay({ kind: 'kill' })}
    >
      <Icon name="stop" />
      <span>{isKilled ? 'Stopped' : 'Kill switch'}</span>
    </button>
  )
}

export function TopBar({ session }: { readonly session: SessionView }): ReactNode {
  useStore(preferences)
  const other = themeShown() === 'dark' ? 'light' : 'dark'
  return (
    <header className="bar">
      <Link href="/" className="brand" aria-label="Polyfolio, overview">
        <Mark />
        <span>Polyfolio</span>
      </Link>
      <Tabs />
      <span className="grow" />
      <button
        type="button"
        className="search"
        aria-label="Search or run a command, Ctrl K"
        onClick={() => openOverlay({ kind: 'palette' })}
      >
        <Icon name="search" />
        <span>Search or run a command</span>
        <kbd>Ctrl K</kbd>
      </button>
      <Ticker className="ticker-bar" />
      <ConnectionState />
      <Mode isDemo={session.demo} />
      <Clock />
      <button
        type="button"
        className="icon-button bar-theme"
        aria-label={`Switch to ${other} theme`}
        onClick={() => prefer({ theme: other })}
      >
        <Icon name={other === 'light' ? 'sun' : 'moon'} />
      </button>
      <Account session={session} />
      <KillButton />
    </header>
  )
}
