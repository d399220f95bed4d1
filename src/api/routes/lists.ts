/** Lists of what was traded, refused, noticed and moved. */
import { z } from 'zod'
import type { OrderRecord } from '../../domain/order-records.ts'
import {
  PAGE_MAX,
  type PageQuery,
  type PostingPageRow,
  SORTED_BY,
  type SortColumn,
  type Page as StoredPage,
  type ViolationPageRow,
} from '../../domain/paging.ts'
import type { TradeSort } from '../contract/trading.ts'
import { dated, limit, page, sleeveName } from '../schemas/answers.ts'
import {
  alertRow as alertSchema,
  approvalRow as approvalSchema,
  discrepancyRow as discrepancySchema,
  gateChangeRow as gateSchema,
  orderRow as orderSchema,
  rebalancingRow as rebalancingSchema,
  tradeRow as tradeSchema,
  violationRow as violationSchema,
} from '../schemas/trading.ts'
import { type Basis, currencyOf, dated as datedOf } from '../views/basis.ts'
import {
  alertRow,
  approvalRow,
  discrepancyRow,
  gateChangeRow,
  orderRow,
  rebalancingRows,
  tradeRow,
  violationRow,
} from '../views/lists.ts'
import { basisOf, type Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { cursor, momentsOf, offset, opt, paged, params, range } from './queries.ts'

const severities = z
  .string()
  .regex(/^(critical|high|medium|low)(,(critical|high|medium|low)){0,3}$/)
  .transform((text) => text.split(','))
const TRADE_COLUMNS = ['exitAt', 'entryAt', 'sleeve', 'symbol', 'quantity', 'profit', 'held'] as const
const tradeSort = z
  .enum([...TRADE_COLUMNS, ...TRADE_COLUMNS.map((column) => `-${column}` as const)])
  .default('exitAt')
  .describe('largest or newest first; with - before it smallest or oldest first')
const violationSort = z
  .enum([...SORTED_BY.violations, ...SORTED_BY.violations.map((column) => `-${column}` as const)])
  .default('at')
  .describe('newest or most severe first; with - before it the other way')
/** Rows of lists that have no pages. */
const APPROVALS_MOST = 200
const LATEST_MOST = 500
/** Pages of rows that are looked through where the tables cannot be asked for the rows that are wanted. */
const LOOKED_THROUGH = 20
const TRADE_SORTS: Readonly<Record<TradeSort, SortColumn<'trips'>>> = {
  exitAt: 'closedAt',
  entryAt: 'openedAt',
  sleeve: 'sleeve',
  symbol: 'symbol',
  quantity: 'quantity',
  profit: 'profit',
  held: 'holdMs',
}

export function listRoutes(context: Context): readonly Endpoint[] {
  const { store } = context.ports

  async function unitsOf(portfolio: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await store.paging.instruments(portfolio, [...new Set(names)])
    return new Map(rows.map(({ instrument, unitsPerWhole }) => [instrument, unitsPerWhole]))
  }

  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/violations',
      name: 'violations',
      seen: 'violations',
      summary: 'Limits that were exceeded, newest first',
      tag: 'live',
      who: 'viewer',
      params,
      query: z.object({
        severity: severities.exactOptional(),
        sleeve: sleeveName.exactOptional(),
        open: z.stringbool().exactOptional(),
        ...range,
        sort: violationSort,
        before: cursor.exactOptional(),
        offset: offset.exactOptional(),
        limit: limit(500, 50),
      }),
      answer: dated(page(violationSchema)),
      async run({ params: { portfolio }, query }) {
        const basis = await basisOf(context, portfolio)
        const { before, from, to, severity: wanted = [], sort, ...filter } = query
        const isUp = sort.startsWith('-')
        const order = { sort: isUp ? sort.slice(1) : sort, descending: !isUp }
        const moments = momentsOf({ from, to })
        const asked = { ...filter, ...moments, ...order, ...opt('after', before) } as PageQuery<'violations'>
        const found = await paged(() =>
          wanted.length > 1
            ? ofSeverities(portfolio, wanted, asked)
            : store.paging.page(portfolio, 'violations', { ...asked, ...opt('severity', wanted[0]) }),
        )
        return datedOf(basis, { ...found, rows: found.rows.map(violationRow) })
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/orders',
      name: 'orders',
      seen: 'orders',
      summary: 'Net orders, newest first',
      tag: 'live',
      who: 'viewer',
      params,
      query: z.object({
        sleeve: sleeveName.exactOptional(),
        symbol: z.string().max(60).exactOptional(),
        open: z.stringbool().exactOptional(),
        ...range,
        before: cursor.exactOptional(),
        limit: limit(500, 50),
      }),
      answer: dated(page(orderSchema)),
      async run({ params: { portfolio }, query }) {
        const basis = await basisOf(context, portfolio)
        const { before, from, to, ...filter } = query
        const asked = { ...filter, ...momentsOf({ from, to }), ...opt('after', before) }
        const found = await paged(() => store.paging.page(portfolio, 'orders', asked as PageQuery<'orders'>))
        const records = new Map<number, OrderRecord>()
        for (const record of await store.orders.openOrders(portfolio)) records.set(record.order, record)
        const rows = found.rows.map((row) => orderRow(row, records.get(row.order) ?? null))
        return datedOf(basis, { ...found, rows })
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/trades',
      name: 'trades',
      seen: 'trades',
      summary: 'Closed round trips, filtered, sorted and paged here',
      tag: 'live',
      who: 'viewer',
      params,
      query: z.object({
        sleeve: sleeveName.exactOptional(),
        symbol: z.string().max(60).exactOptional(),
        ...range,
        sort: tradeSort,
        offset: offset.default(0),
        limit: limit(500, 50),
      }),
      answer: dated(page(tradeSchema)),
      async run({ params: { portfolio }, query }) {
        const basis = await basisOf(context, portfolio)
        const { from, to, sort, offset, ...filter } = query
        const isUp = sort.startsWith('-')
        const asked = {
          ...filter,
          ...momentsOf({ from, to }),
          open: false,
          sort: TRADE_SORTS[(isUp ? sort.slice(1) : sort) as TradeSort],
          descending: !isUp,
          offset,
        }
        const found = await paged(() => store.paging.page(portfolio, 'trips', asked))
        const rows = found.rows.flatMap((trip) =>
          trip.closedAt === null ? [] : [tradeRow({ ...trip, closedAt: trip.closedAt }, currencyOf(basis))],
        )
        const end = offset + found.rows.length
        return datedOf(basis, { rows, total: found.total, next: end < found.total ? String(end) : null })
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/approvals',
      name: 'approvals',
      seen: 'approvals',
      summary: 'Wishes that wait for a word, and the last ones that had it',
      tag: 'live',
      who: 'viewer',
      params,
      answer: dated(z.array(approvalSchema)),
      async run({ params: { portfolio } }) {
        const basis = await basisOf(context, portfolio)
        const rows = await store.paging.latest(portfolio, 'approval', APPROVALS_MOST)
        const asked = rows.map(({ instrument }) => instrument)
        const units = await unitsOf(portfolio, asked)
        const view = rows.map((row) => approvalRow(row, units.get(row.instrument) ?? 1, currencyOf(basis)))
        return datedOf(basis, view)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/alerts',
      name: 'alerts',
      seen: 'alerts',
      summary: 'What was noticed of orders while they were out, newest first',
      tag: 'live',
      who: 'viewer',
      params,
      query: z.object({ before: cursor.exactOptional(), limit: limit(500, 50) }),
      answer: dated(page(alertSchema)),
      async run({ params: { portfolio }, query }) {
        const basis = await basisOf(context, portfolio)
        const asked = { limit: query.limit, ...opt('after', query.before) }
        const found = await paged(() => store.paging.page(portfolio, 'alerts', asked))
        return datedOf(basis, { ...found, rows: found.rows.map(alertRow) })
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/discrepancies',
      name: 'discrepancies',
      seen: 'discrepancies',
      summary: 'Where the broker and the books differ, or did',
      tag: 'live',
      who: 'viewer',
      params,
      answer: dated(z.array(discrepancySchema)),
      async run({ params: { portfolio } }) {
        const basis = await basisOf(context, portfolio)
        const rows = await store.paging.latest(portfolio, 'discrepancy', LATEST_MOST)
        return datedOf(basis, rows.map(discrepancyRow))
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/gates',
      name: 'gates',
      summary: 'Gates that were shut and opened, newest first',
      tag: 'live',
      who: 'viewer',
      params,
      answer: dated(z.array(gateSchema)),
      async run({ params: { portfolio } }) {
        const basis = await basisOf(context, portfolio)
        const rows = await store.paging.latest(portfolio, 'gateChange', LATEST_MOST)
        return datedOf(basis, rows.map(gateChangeRow))
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/rebalancings',
      name: 'rebalancings',
      summary: 'Occasions on which capital was dealt anew or cut, newest first',
      tag: 'live',
      who: 'viewer',
      params,
      query: z.object({ before: cursor.exactOptional(), limit: limit(500, 200) }),
      answer: dated(page(rebalancingSchema)),
      async run({ params: { portfolio }, query }) {
        const basis = await basisOf(context, portfolio)
        const asked = { limit: query.limit, ...opt('after', query.before) }
        const found = await paged(() => store.paging.page(portfolio, 'capitalChanges', asked))
        const fills = await rebalancingFills(portfolio, basis, found.rows.at(-1)?.at ?? null)
        const until = query.before === undefined ? null : await rebalancedAfter(portfolio, found.rows[0]?.at ?? null)
        const rows = rebalancingRows(found.rows, { fills, until }, currencyOf(basis))
        return datedOf(basis, { rows, total: null, next: found.next })
      },
    }),
  ]

  /** The first rebalancing after those of a page; null: there is none. */
  async function rebalancedAfter(portfolio: string, at: number | null): Promise<number | null> {
    if (at === null) return null
    const query: PageQuery<'capitalChanges'> = { kind: 'rebalance', from: at + 1, descending: false, limit: 1 }
    return (await store.paging.page(portfolio, 'capitalChanges', query)).rows[0]?.seq ?? null
  }

  /** Where rebalancing moves money alone there are none; null: too many to look through. */
  async function rebalancingFills(portfolio: string, { config }: Basis, from: number | null) {
    const by = config?.capitalPlan?.rebalancing.by
    if (from === null || by === undefined || by === 'transfer') return []
    const fills: PostingPageRow[] = []
    let after: string | null = null
    for (let page = 0; page < LOOKED_THROUGH; page += 1) {
      const query: PageQuery<'postings'> = { kind: 'fill', from, limit: PAGE_MAX, ...(after === null ? {} : { after }) }
      const found: StoredPage<PostingPageRow> = await store.paging.page(portfolio, 'postings', query)
      fills.push(...found.rows.filter(({ reason }) => reason.split(', ').includes('rebalance')))
      after = found.next
      if (after === null) return fills
    }
    return null
  }

  /** The tables know one severity at a time: the newest are looked through. */
  async function ofSeverities(portfolio: string, wanted: readonly string[], asked: PageQuery<'violations'>) {
    const { offset: skipped = 0, limit: most, after: _, ...filter } = asked
    const rows: ViolationPageRow[] = []
    let after: string | null = null
    for (let page = 0; page < LOOKED_THROUGH; page += 1) {
      const query: PageQuery<'violations'> = { ...filter, limit: PAGE_MAX, ...(after === null ? {} : { after }) }
      const found: StoredPage<ViolationPageRow> = await store.paging.page(portfolio, 'violations', query)
      rows.push(...found.rows.filter(({ severity }) => wanted.includes(severity)))
      after = found.next
      if (after === null) break
    }
    return { rows: rows.slice(skipped, skipped + most), total: rows.length, next: null }
  }
}
