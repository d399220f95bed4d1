/** What has changed of a portfolio since it was told last, as frames. */

import type { ProjectedRows } from '../../domain/projections.ts'
import type { PushData, PushKind } from '../contract/push.ts'
import type { ApiStore } from '../ports.ts'
import { activityRow } from '../views/activity.ts'
import { type Basis, currencyOf, dated } from '../views/basis.ts'
import { figuresView } from '../views/figures.ts'
import { approvalRow, orderRow, violationRow } from '../views/lists.ts'
import { positionTable } from '../views/positions.ts'
import { drawdownOf, sleeveTable } from '../views/sleeves.ts'

/** Positions that are told of: those of the first page. */
const POSITIONS = 10
/** Rows of a list that are told at once; more than that is read anew by whoever wants to see them. */
const ROWS_MOST = 50

/** What was told last, by kind: the same again is not told again. */
export interface Told {
  readonly seq: number
  readonly closeAt: number
  readonly texts: ReadonlyMap<PushKind, string>
  /** Ids of the rows that were told, newest first. */
  readonly activity: ReadonlySet<string>
  readonly orders: ReadonlyMap<number, string>
  readonly violations: ReadonlyMap<number, string>
}

export interface Change {
  readonly kind: PushKind
  readonly data: PushData[PushKind]
}

/** @param told null: nothing yet, what stands now is only remembered */
export async function changesOf(
  store: ApiStore,
  basis: Basis,
  told: Told | null,
): Promise<{ readonly told: Told; readonly frames: readonly Change[] }> {
  const frames: Change[] = []
  const texts = new Map(told?.texts ?? [])
  const isNews = (kind: PushKind, view: unknown): boolean => {
    const text = JSON.stringify(view)
    if (texts.get(kind) === text) return false
    texts.set(kind, text)
    return told !== null
  }
  const say = <Kind extends PushKind>(kind: Kind, data: PushData[Kind]): void => {
    frames.push({ kind, data })
  }

  const figures = figuresView(basis)
  if (isNews('figures', figures)) say('figures', dated(basis, figures))
  const sleeves = sleeveTable(basis)
  if (isNews('sleeves', sleeves)) say('sleeves', dated(basis, sleeves))
  const configuration = { version: basis.version }
  if (isNews('configuration', configuration)) say('configuration', configuration)
  const positions = positionTable(basis, POSITIONS)
  if (isNews('positions', positions)) say('positions', dated(basis, positions))

  const closeAt = basis.last.get('')?.at ?? -1
  if (told !== null && closeAt > told.closeAt) say('equity', dated(basis, equityDelta(basis)))

  const isSame = told !== null && told.seq === basis.seq
  const lists = isSame
    ? { activity: told.activity, orders: told.orders, violations: told.violations }
    : await listsOf(store, basis, told, say)
  if (!isSame || told === null) {
    const approvals = await approvalsOf(store, basis)
    if (isNews('approvals', approvals)) say('approvals', dated(basis, approvals))
  }
  return { told: { seq: basis.seq, closeAt, texts, ...lists }, frames }
}

function equityDelta({ last }: Basis): PushData['equity']['data'] {
  const lines = [...last.values()].map(({ sleeve, at, equity, growth }) => ({ id: sleeve, at, value: equity, growth }))
  return { lines, drawdown: drawdownOf(last.get('') ?? null) ?? 0 }
}

async function listsOf(
  store: ApiStore,
  basis: Basis,
  told: Told | null,
  say: <Kind extends PushKind>(kind: Kind, data: PushData[Kind]) => void,
): Promise<Pick<Told, 'activity' | 'orders' | 'violations'>> {
  const { paging } = store
  const { portfolio } = basis
  const happened = await paging.activity(portfolio, { limit: ROWS_MOST })
  const news = happened.rows.filter(({ id }) => told !== null && !told.activity.has(id))
  if (news.length > 0)
    say(
      'activity',
      dated(
        basis,
        news.map((entry) => activityRow(entry, currencyOf(basis))),
      ),
    )

  const newest = await paging.page(portfolio, 'orders', { limit: ROWS_MOST })
  const records = new Map((await store.orders.openOrders(portfolio)).map((record) => [record.order as number, record]))
  const orders = new Map<number, string>()
  const changed = newest.rows.flatMap((row) => {
    const view = orderRow(row, records.get(row.order) ?? null)
    const text = JSON.stringify(view)
    orders.set(row.order, text)
    return told !== null && told.orders.get(row.order) !== text ? [view] : []
  })
  if (changed.length > 0) say('orders', dated(basis, changed))

  const exceeded = await paging.page(portfolio, 'violations', { limit: ROWS_MOST })
  const violations = new Map<number, string>()
  const others = exceeded.rows.flatMap((row) => {
    const view = violationRow(row)
    const text = JSON.stringify(view)
    violations.set(row.id, text)
    return told !== null && told.violations.get(row.id) !== text ? [view] : []
  })
  if (others.length > 0) say('violations', dated(basis, others))
  return { activity: new Set(happened.rows.map(({ id }) => id)), orders, violations }
}

async function approvalsOf(store: ApiStore, basis: Basis): Promise<PushData['approvals']['data']> {
  const units = new Map<string, number>()
  const rows: ProjectedRows['approval'][] = []
  for await (const row of store.projections.projectedRows(basis.portfolio, 'approval')) {
    const one = row as unknown as ProjectedRows['approval']
    if (one.state === 'asked') rows.push(one)
  }
  if (rows.length === 0) return []
  for await (const row of store.projections.projectedRows(basis.portfolio, 'instrument')) {
    units.set(String(row['instrument']), Number(row['unitsPerWhole']))
  }
  return rows.map((row) => approvalRow(row, units.get(row.instrument) ?? 1, currencyOf(basis)))
}
