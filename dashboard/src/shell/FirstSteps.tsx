import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { PortfolioSummary } from '../../../src/api/contract/overview.ts'
import type { SessionView } from '../../../src/api/contract/session.ts'
import { ask } from '../data/api.ts'
import { Icon } from '../frame/Icon.tsx'
import { Menu } from '../frame/Menu.tsx'
import { prefer, preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { carriedSearch } from '../state/url.ts'
import { PAGES, pageAt } from './pages.ts'

interface Step {
  readonly text: string
  readonly to: string
  readonly isDone: boolean
}

/** What a newcomer has done so far: seen every page, and which kinds of portfolios run here. */
export function stepsOf(seen: readonly string[], portfolios: readonly PortfolioSummary[]): readonly Step[] {
  const modes = portfolios.map(({ engine }) => engine?.mode ?? null)
  const own = portfolios.some(({ engine }) => engine !== null && engine.mode !== 'demo')
  return [
    {
      text: 'Look around (demo)',
      to: PAGES.find(({ path }) => !seen.includes(path))?.path ?? '/',
      isDone: PAGES.every(({ path }) => seen.includes(path)),
    },
    { text: 'Load your portfolio', to: '/config/sleeves', isDone: own },
    { text: 'Run it on paper', to: '/config/sleeves', isDone: modes.includes('paper') || modes.includes('live') },
    { text: 'Connect a broker', to: '/config/limits', isDone: modes.includes('live') },
  ]
}

/** Four steps, ticked by doing; gone when all are done, and only where the demo runs. */
export function FirstSteps({ session }: { readonly session: SessionView }): ReactNode {
  const [path] = useLocation()
  const carried = carriedSearch(useSearch())
  const seen = useStore(preferences, (value) => value.seen)
  const { data } = useQuery({
    queryKey: ['portfolios'],
    queryFn: ({ signal }) => ask<readonly PortfolioSummary[]>('GET', '/api/v1/portfolios', undefined, signal),
    enabled: session.demo,
  })
  const page = pageAt(path)?.path
  useEffect(() => {
    if (session.demo && page !== undefined && !seen.includes(page)) prefer({ seen: [...seen, page] })
  }, [session.demo, page, seen])
  if (!session.demo || data === undefined) return null
  const steps = stepsOf(seen, data)
  const done = steps.filter(({ isDone }) => isDone).length
  if (done === steps.length) return null
  return (
    <Menu
      label={`First steps ${done}/${steps.length}`}
      icon={`First steps ${done}/${steps.length}`}
      className="link attention-more"
    >
      {steps.map(({ text, to, isDone }) => (
        <Link key={text} role="menuitem" href={`${to}${carried}`}>
          <Icon name={isDone ? 'tick' : 'next'} className={isDone ? 'pos' : ''} />
          {text}
          {isDone && <span className="only-heard">, done</span>}
        </Link>
      ))}
    </Menu>
  )
}
