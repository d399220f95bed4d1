import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Page } from '../../../../src/api/contract/answers.ts'
import type { AuditRow } from '../../../../src/api/contract/session.ts'
import { ask, queryOf } from '../../data/api.ts'
import { useRole } from '../../data/session.ts'
import type { Source } from '../../data/source.ts'
import type { Column } from '../../frame/DataTable.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { VirtualTable } from '../../frame/VirtualTable.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { useParameter } from '../../state/url.ts'
import { stamp } from '../../times.ts'

const ROWS = 100
const KINDS = ['all', 'saw', 'did'] as const

function useAudit(user: string, kind: string) {
  return useInfiniteQuery({
    queryKey: ['people', 'audit', { user, kind }],
    queryFn: ({ pageParam, signal }) =>
      ask<Page<AuditRow>>(
        'GET',
        `/api/v1/audit${queryOf({ user, kind: kind === 'all' ? '' : kind, before: pageParam, limit: ROWS })}`,
        undefined,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })
}

function shown(value: unknown): string {
  return value === null || value === undefined ? '' : JSON.stringify(value)
}

function Log(): ReactNode {
  const [user, setUser] = useParameter('user', '')
  const [typed, setTyped] = useState(user)
  const [kind, setKind] = useParameter('kind', 'all', KINDS)
  const zone = useStore(preferences, (value) => value.zone)
  const query = useAudit(user, kind)
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? []
  const source: Source<readonly AuditRow[]> = {
    data: query.data === undefined ? null : rows,
    why: '',
    asOf: query.dataUpdatedAt === 0 ? null : new Date(query.dataUpdatedAt).toISOString(),
    every: null,
    late: [],
    isLoading: query.isPending && query.failureReason === null,
    error: (query.error ?? query.failureReason)?.message ?? null,
    failures: query.failureCount,
    isRetrying: query.isFetching,
    retry: () => void query.refetch(),
  }
  const showAll = (): void => {
    setUser(null)
    setKind(null)
    setTyped('')
  }
  const columns: readonly Column<AuditRow>[] = [
    { key: 'number', title: 'No.', width: '80px', cell: ({ number }) => number },
    { key: 'at', title: 'Time', align: 'left', width: '180px', cell: ({ at }) => stamp(at, zone) },
    { key: 'actor', title: 'Who', align: 'left', width: '120px', cell: ({ actor }) => actor },
    { key: 'kind', title: 'Kind', align: 'left', width: '90px', cell: ({ kind: name }) => name },
    { key: 'action', title: 'What', align: 'left', width: '170px', cell: ({ action }) => action },
    {
      key: 'subject',
      title: 'About',
      align: 'left',
      cell: ({ subject, portfolio }) => [portfolio, subject].filter(Boolean).join(' · '),
    },
    {
      key: 'after',
      title: 'Said',
      align: 'left',
      cell: ({ after, before }) => <span title={`${shown(before)} → ${shown(after)}`}>{shown(after)}</span>,
    },
    { key: 'address', title: 'From', align: 'left', width: '110px', cell: ({ address }) => address },
  ]
  return (
    <Panel
      title="Audit"
      unit="each row is linked to the one before by a hash"
      span={12}
      source={source}
      skeleton="table"
      empty={(list) =>
        list.length === 0
          ? {
              text: 'Nothing of that kind is on record.',
              action: { label: 'Show all', run: showAll },
            }
          : null
      }
      controls={
        <>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              setUser(typed.trim() === '' ? null : typed.trim())
            }}
          >
            <input
              className="input filter-input"
              data-filter
              aria-label="Of user"
              placeholder="user"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </form>
          <Segments
            label="Kind of rows"
            isSmall
            options={KINDS}
            value={kind as (typeof KINDS)[number]}
            onChange={setKind}
          />
        </>
      }
    >
      {(list) => (
        <VirtualTable
          label="Audit"
          columns={columns}
          total={list.length}
          row={(index) => list[index]}
          onRange={(_, last) =>
            last >= list.length - 20 && query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()
          }
          height={560}
        />
      )}
    </Panel>
  )
}

/** Who saw and who did what. */
export function AuditTab(): ReactNode {
  const administers = useRole('admin')
  return administers ? <Log /> : <p className="nowhere second">Only an admin may read the audit log.</p>
}
