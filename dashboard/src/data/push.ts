import type { QueryClient } from '@tanstack/react-query'
import type { Dated, Page } from '../../../src/api/contract/answers.ts'
import type { ActivityRow, EquityCurve, PositionRow, PositionTable } from '../../../src/api/contract/overview.ts'
import type { EquityDelta, PushMessage } from '../../../src/api/contract/push.ts'
import { numberOf } from '../format.ts'
import { readingKey } from './readings.ts'

/** Pages of the activity as they were read, newest first. */
export interface ActivityPages {
  readonly pages: readonly Dated<Page<ActivityRow>>[]
  readonly pageParams: readonly unknown[]
}

/** Most that the largest table of positions shows. */
const POSITIONS_SHOWN = 10
/** Live points kept behind a curve before it is read anew, thinned by the server. */
const LIVE_POINTS_MAX = 300

/** A table of positions with the rows that changed put in; closed ones leave it. A whole table takes its place. */
export function mergePositions(before: PositionTable, delta: PositionTable): PositionTable {
  if (delta.rows.length >= Math.min(POSITIONS_SHOWN, delta.total.count)) return delta
  const changed = new Map(delta.rows.map((row) => [row.instrument, row]))
  const kept = before.rows.map((row) => changed.get(row.instrument) ?? row)
  const known = new Set(before.rows.map(({ instrument }) => instrument))
  const size = (row: PositionRow): number => Math.abs(numberOf(row.grossValue) ?? 0)
  const rows = [...kept, ...delta.rows.filter(({ instrument }) => !known.has(instrument))]
    .filter((row) => numberOf(row.gross) !== 0)
    .sort((a, b) => size(b) - size(a))
    .slice(0, Math.max(POSITIONS_SHOWN, before.rows.length))
  return { ...delta, rows }
}

/** Rows with the changed ones in their place and the new ones before them. */
export function mergeRows<R>(
  before: readonly R[],
  delta: readonly R[],
  keyOf: (row: R) => string | number,
): readonly R[] {
  const changed = new Map(delta.map((row) => [keyOf(row), row]))
  const known = new Set(before.map(keyOf))
  return [...delta.filter((row) => !known.has(keyOf(row))), ...before.map((row) => changed.get(keyOf(row)) ?? row)]
}

/** A curve with the newest points behind it; null where it must be read anew. */
export function extendCurve(curve: EquityCurve, delta: EquityDelta): EquityCurve | null {
  const longest = Math.max(0, ...curve.lines.map(({ at }) => at.length))
  if (longest > 900 + LIVE_POINTS_MAX) return null
  const points = new Map(delta.lines.map((point) => [point.id, point]))
  const lines = curve.lines.map((line) => {
    const point = points.get(line.id)
    const lastAt = line.at.at(-1)
    if (point === undefined || lastAt === undefined || point.at < lastAt) return line
    // Same moment or same day: the last point moves; a later one is put behind it.
    const keep = point.at === lastAt || line.dates !== null ? line.at.length - 1 : line.at.length
    const lastValue = line.value.at(-1) ?? null
    const lastGrowth = line.growth.at(-1) ?? null
    const growth =
      lastValue === null || lastValue === 0 || lastGrowth === null ? null : (lastGrowth * point.value) / lastValue
    return {
      ...line,
      at: [...line.at.slice(0, keep), keep < line.at.length ? lastAt : point.at],
      value: [...line.value.slice(0, keep), point.value],
      growth: [...line.growth.slice(0, keep), growth],
    }
  })
  return { ...curve, lines }
}

type Keyed = readonly unknown[]

function patch<T>(cache: QueryClient, key: Keyed, change: (before: T) => T | undefined): void {
  const before = cache.getQueryData<T>(key)
  if (before !== undefined) {
    const next = change(before)
    if (next === undefined) void cache.invalidateQueries({ queryKey: key })
    else cache.setQueryData(key, next)
  }
}

function stale(cache: QueryClient, portfolio: string, ...whats: readonly string[]): void {
  for (const what of whats) void cache.invalidateQueries({ queryKey: ['p', portfolio, what] })
}

function prependActivity(cache: QueryClient, portfolio: string, delta: Dated<readonly ActivityRow[]>): void {
  for (const [key, before] of cache.getQueriesData<ActivityPages>({ queryKey: ['p', portfolio, 'activity'] })) {
    const first = before?.pages?.[0]
    if (before === undefined || first === undefined) continue
    const kind = (key[3] as { kind?: string } | undefined)?.kind ?? ''
    const wanted = kind === '' ? delta.data : delta.data.filter((row) => kind.split(',').includes(row.kind))
    const rows = mergeRows(first.data.rows, wanted, ({ id }) => id)
    const page = { ...first, asOf: delta.asOf, seq: delta.seq, every: delta.every, data: { ...first.data, rows } }
    cache.setQueryData(key, { ...before, pages: [page, ...before.pages.slice(1)] })
  }
}

function moveCurves(cache: QueryClient, portfolio: string, delta: Dated<EquityDelta>): void {
  for (const [key, before] of cache.getQueriesData<Dated<EquityCurve>>({ queryKey: ['p', portfolio, 'equity'] })) {
    if (before === undefined) continue
    const data = extendCurve(before.data, delta.data)
    if (data === null) void cache.invalidateQueries({ queryKey: key })
    else cache.setQueryData(key, { ...delta, data })
  }
  rereadLater(cache, portfolio)
}

const REREAD_MS = 10_000
let reread: ReturnType<typeof setTimeout> | undefined

/** Money that moved between sleeves bends their growth: points put behind a curve stand until it is read again. */
function rereadLater(cache: QueryClient, portfolio: string): void {
  if (reread !== undefined) return
  reread = setTimeout(() => {
    reread = undefined
    stale(cache, portfolio, 'equity')
  }, REREAD_MS)
}

/** Everything of a portfolio is read again. */
export function resync(cache: QueryClient, portfolio: string): void {
  void cache.invalidateQueries({ queryKey: ['p', portfolio] })
}

/** Puts one pushed message into the cache: the panels that show it are drawn again, no others. */
export function applyPush(cache: QueryClient, portfolio: string, message: PushMessage): void {
  const key = (what: string): Keyed => readingKey(portfolio, what)
  switch (message.kind) {
    case 'hello':
      if (!message.data.resumed) resync(cache, portfolio)
      break
    case 'gap':
      resync(cache, portfolio)
      break
    case 'beat':
      patch<Dated<unknown>>(cache, key('attention'), (before) => ({ ...before, data: message.data.attention }))
      break
    case 'figures':
    case 'sleeves':
      cache.setQueryData(key(message.kind), message.data)
      if (message.kind === 'sleeves') stale(cache, portfolio, 'limits')
      break
    case 'positions':
      patch<Dated<PositionTable>>(cache, key('positions'), (before) => ({
        ...message.data,
        data: mergePositions(before.data, message.data.data),
      }))
      // Longer tables than the one that is pushed are read anew.
      void cache.invalidateQueries({
        queryKey: ['p', portfolio, 'positions'],
        predicate: ({ queryKey }) => Object.keys(queryKey[3] ?? {}).length > 0,
      })
      stale(cache, portfolio, 'exposures')
      break
    case 'equity':
      moveCurves(cache, portfolio, message.data)
      break
    case 'activity':
      prependActivity(cache, portfolio, message.data)
      break
    case 'approvals':
      stale(cache, portfolio, 'approvals', 'attention')
      break
    case 'orders':
      stale(cache, portfolio, 'orders', 'trades')
      break
    case 'violations':
      stale(cache, portfolio, 'violations')
      break
    case 'configuration':
      stale(cache, portfolio, 'configuration', 'sleeves', 'limits', 'exposures', 'rebalancings', 'attention')
      break
    case 'command':
      stale(cache, portfolio, 'commands', 'configuration', 'rebalancings', 'attention')
      break
    default:
      message satisfies never
  }
}
