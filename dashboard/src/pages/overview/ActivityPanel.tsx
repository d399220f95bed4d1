import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Dated, Page } from '../../../../src/api/contract/answers.ts'
import type { ActivityKind, ActivityRow } from '../../../../src/api/contract/overview.ts'
import { ask, ofPortfolio, queryOf } from '../../data/api.ts'
import { useMarketNow } from '../../data/market-clock.ts'
import { readingKey, useLive, usePortfolio } from '../../data/readings.ts'
import type { Source } from '../../data/source.ts'
import { Icon, type IconName } from '../../frame/Icon.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { useExplain } from '../../shell/ExplainDrawer.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { useParameter } from '../../state/url.ts'
import { isoInZone, moment } from '../../times.ts'

const ROWS = 20
const ROW_PX = 51
const FILTERS = ['All', 'Trades', 'Risk'] as const
const KINDS: Readonly<Record<(typeof FILTERS)[number], readonly ActivityKind[]>> = {
  All: [],
  Trades: ['trade', 'order'],
  Risk: ['risk', 'gate', 'alert', 'approval'],
}

interface Sign {
  readonly icon: IconName
  readonly tone: string
}

/** A sign for each kind; fills tell buying from selling. */
function signOf({ kind, text, severity }: ActivityRow): Sign {
  if (kind === 'trade' || kind === 'order') {
    if (/^Bought\b/.test(text)) return { icon: 'up', tone: 'pos' }
    if (/^Sold\b/.test(text)) return { icon: 'down', tone: 'neg' }
    return { icon: 'cross', tone: '' }
  }
  const tone = severity === 'critical' || severity === 'high' ? 'neg' : severity === 'medium' ? 'warn' : ''
  const icons: Readonly<Record<Exclude<ActivityKind, 'trade' | 'order'>, IconName>> = {
    risk: 'refuse',
    rebalance: 'balance',
    status: 'pause',
    command: 'sync',
    gate: 'clock',
    alert: 'alert',
    approval: 'tick',
  }
  return { icon: icons[kind], tone }
}

function useActivity(filter: (typeof FILTERS)[number]) {
  const portfolio = usePortfolio()
  const kind = KINDS[filter].join(',')
  return useInfiniteQuery({
    queryKey: readingKey(portfolio, 'activity', { kind }),
    queryFn: ({ pageParam, signal }) =>
      ask<Dated<Page<ActivityRow>>>(
        'GET',
        ofPortfolio(portfolio, `activity${queryOf({ kind, before: pageParam, limit: ROWS })}`),
        undefined,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.data.next,
    enabled: portfolio !== '',
  })
}

const TITLE_MOST = 44
const TITLE_LEAST = 10

/** A long sentence as its first part and what follows, told apart at a full stop or a colon. */
export function headline(text: string): readonly [title: string, more: string] {
  if (text.length <= TITLE_MOST) return [text, '']
  for (const found of text.matchAll(/[.:] /g))
    if (found.index >= TITLE_LEAST) return [text.slice(0, found.index), text.slice(found.index + 2)]
  return [text, '']
}

interface RowProps {
  readonly row: ActivityRow
  readonly place: number
  readonly sleeves: ReadonlyMap<string, string>
}

function Row({ row, place, sleeves }: RowProps): ReactNode {
  const explain = useExplain()
  const zone = useStore(preferences, (value) => value.zone)
  const now = useMarketNow()
  const { icon, tone } = signOf(row)
  const [title, more] = headline(row.text)
  const named = row.sleeve === null ? '' : (sleeves.get(row.sleeve) ?? row.sleeve)
  const detail = [named, more, row.actor ?? ''].filter(Boolean).join(' · ')
  const content = (
    <>
      <Icon name={icon} className={tone} />
      <span className="activity-text">
        <span>{title}</span>
        <small>{detail}</small>
      </span>
      <time dateTime={row.at} title={isoInZone(row.at, zone)}>
        {moment(row.at, zone, now)}
      </time>
    </>
  )
  return (
    <li style={{ transform: `translateY(${place * ROW_PX}px)` }}>
      {row.order === null ? (
        <div className="activity-row">{content}</div>
      ) : (
        <button type="button" className="activity-row" data-order={row.order} onClick={() => explain(row.order)}>
          {content}
        </button>
      )}
    </li>
  )
}

interface ListProps {
  readonly rows: readonly ActivityRow[]
  readonly hasMore: boolean
  readonly isLoading: boolean
  readonly onMore: () => void
}

/** The feed; a reader who scrolled down stays where they are when a row comes on top. */
function List({ rows, hasMore, isLoading, onMore }: ListProps): ReactNode {
  const { data } = useLive('sleeves')
  const sleeves = new Map((data?.rows ?? []).map(({ sleeve, title }) => [sleeve, title]))
  const box = useRef<HTMLDivElement>(null)
  const top = rows[0]?.id
  const before = useRef({ top, length: rows.length })
  useEffect(() => {
    const element = box.current
    const came = rows.findIndex(({ id }) => id === before.current.top)
    if (element !== null && came > 0 && element.scrollTop > ROW_PX) element.scrollTop += came * ROW_PX
    before.current = { top, length: rows.length }
  }, [rows, top])
  return (
    <div ref={box} className="activity-list">
      <ol style={{ height: rows.length * ROW_PX }}>
        {rows.map((row, place) => (
          <Row key={row.id} row={row} place={place} sleeves={sleeves} />
        ))}
      </ol>
      {hasMore && (
        <button type="button" className="link activity-more" disabled={isLoading} onClick={onMore}>
          {isLoading ? 'Loading' : 'Load more'}
        </button>
      )}
    </div>
  )
}

/** What happened last: trades, refusals, rebalancings, changes of status. */
export function ActivityPanel(): ReactNode {
  const [filter, setFilter] = useParameter('activity', 'All', FILTERS)
  const query = useActivity(filter as (typeof FILTERS)[number])
  const first = query.data?.pages[0]
  const source: Source<readonly ActivityRow[]> = {
    data: query.data === undefined ? null : query.data.pages.flatMap(({ data }) => data.rows),
    why: '',
    asOf: first?.asOf ?? null,
    every: first?.every ?? null,
    late: [],
    isLoading: query.isPending && query.failureReason === null,
    error: (query.error ?? query.failureReason)?.message ?? null,
    failures: query.failureCount,
    isRetrying: query.isFetching,
    retry: () => void query.refetch(),
  }
  return (
    <Panel
      title="Activity"
      span={4}
      height={476}
      className="activity"
      source={source}
      skeleton="table"
      controls={
        <Segments
          label="Activity of"
          isSmall
          options={FILTERS}
          value={filter as (typeof FILTERS)[number]}
          onChange={setFilter}
        />
      }
      empty={(rows) =>
        rows.length === 0
          ? {
              text: filter === 'All' ? 'Nothing yet.' : 'Nothing of that kind yet.',
              ...(filter === 'All' ? {} : { action: { label: 'Show all', run: () => setFilter(null) } }),
            }
          : null
      }
    >
      {(rows) => (
        <List
          rows={rows}
          hasMore={query.hasNextPage}
          isLoading={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
      )}
    </Panel>
  )
}
