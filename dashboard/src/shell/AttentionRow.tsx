import type { ReactNode } from 'react'
import { Link, useSearch } from 'wouter'
import type { OpenAlert } from '../../../src/api/contract/alerting.ts'
import type { AttentionItem, Figures } from '../../../src/api/contract/overview.ts'
import type { SessionView } from '../../../src/api/contract/session.ts'
import { alertsOf, seenBy, useOpenAlerts } from '../data/alerts.ts'
import { useLive } from '../data/readings.ts'
import { count } from '../format.ts'
import { Icon, type IconName } from '../frame/Icon.tsx'
import { Menu } from '../frame/Menu.tsx'
import { Acknowledge } from '../panels/Acknowledge.tsx'
import { carriedSearch } from '../state/url.ts'
import { tradeDate } from '../times.ts'
import { FirstSteps } from './FirstSteps.tsx'

const SHOWN = 2
const ICONS: Readonly<Record<AttentionItem['severity'], IconName>> = {
  critical: 'alert',
  high: 'alert',
  medium: 'clock',
  low: 'info',
}

/** The first sentence is what happened, the rest what follows from it. */
export function sentences(text: string): readonly [first: string, rest: string] {
  const end = text.search(/[.](\s|$)/)
  return end < 0 ? [text, ''] : [text.slice(0, end + 1), text.slice(end + 2)]
}

function address(to: string, carried: string): string {
  const separator = to.includes('?') ? `&${carried.slice(1)}` : carried
  return carried === '' ? to : `${to}${separator}`
}

interface ItemProps {
  readonly item: AttentionItem
  readonly alerts: readonly OpenAlert[]
  readonly carried: string
}

function Item({ item, alerts, carried }: ItemProps): ReactNode {
  const [first, rest] = sentences(item.text)
  const isLoud = item.severity === 'critical' || item.severity === 'high'
  return (
    <li className={isLoud ? 'attention-loud' : ''}>
      <Icon name={ICONS[item.severity]} />
      <span className="attention-text">
        <b>{first}</b> <span>{rest}</span>
      </span>
      <Link href={address(item.to, carried)} aria-label={`Look: ${first}`}>
        Look
      </Link>
      <Acknowledge alerts={alerts} what={first} />
    </li>
  )
}

/** What is next where nothing needs anybody, and beside what does, where there is room. */
function NextRebalance({ calm }: { readonly calm: string | null }): ReactNode {
  const { data } = useLive('figures')
  const text = data === null ? '' : rebalanceText(data.nextRebalance)
  if (calm !== null) return <span className="attention-calm">{text === '' ? calm : `${calm} ${text}.`}</span>
  return text === '' ? null : <span className="attention-calm attention-besides">{text}</span>
}

/** `Next rebalance in 6 trading days`; '' where none is foreseen. */
export function rebalanceText({ at, sessions }: Figures['nextRebalance']): string {
  if (sessions !== null) return `Next rebalance in ${count(sessions)} trading day${sessions === 1 ? '' : 's'}`
  return at === null ? '' : `Next rebalance on ${tradeDate(at)}`
}

/** What nobody has acknowledged comes first; else they stand as they came. */
export function unseenFirst(items: readonly AttentionItem[], open: readonly OpenAlert[]): readonly AttentionItem[] {
  const isSeen = ({ id }: AttentionItem): boolean => seenBy(alertsOf(id, open)) !== null
  return [...items.filter((item) => !isSeen(item)), ...items.filter(isSeen)]
}

/** What needs somebody: two at most and how many more, or that nothing does. Its height stays. */
export function AttentionRow({ session }: { readonly session: SessionView }): ReactNode {
  const { data } = useLive('attention')
  const carried = carriedSearch(useSearch())
  const open = useOpenAlerts().data ?? []
  const items = unseenFirst(data?.items ?? [], open)
  const more = items.slice(SHOWN)
  return (
    <section className="attention" aria-label="Needs attention">
      <ul aria-live="polite">
        {items.slice(0, SHOWN).map((item) => (
          <Item key={item.id} item={item} alerts={alertsOf(item.id, open)} carried={carried} />
        ))}
      </ul>
      {more.length > 0 && (
        <Menu
          label={`${more.length} more that need attention`}
          icon={`${more.length} more`}
          className="link attention-more"
        >
          {more.map((item) => (
            <Link key={item.id} role="menuitem" href={address(item.to, carried)}>
              <Icon name={ICONS[item.severity]} />
              {item.text}
            </Link>
          ))}
        </Menu>
      )}
      <FirstSteps session={session} />
      <span className="grow" />
      {data !== null && <NextRebalance calm={items.length === 0 ? data.calm : null} />}
    </section>
  )
}
