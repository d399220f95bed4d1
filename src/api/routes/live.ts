/** Live readings of a portfolio, out of the tables of its store. */
import { z } from 'zod'
import type { ActivityKind as StoredKind } from '../../domain/paging.ts'
import { PAGE_MAX } from '../../domain/paging.ts'
import type { EquityRange } from '../../domain/projections.ts'
import type { ActivityKind, EquityCurve } from '../contract/overview.ts'
import { Refusal } from '../refusal.ts'
import { dated, limit, page, portfolioName, sleeveName } from '../schemas/answers.ts'
import {
  ACTIVITY,
  activityRow as activitySchema,
  attention as attentionSchema,
  equityCurve as equitySchema,
  exposureView as exposureSchema,
  figures as figuresSchema,
  portfolioSummary,
  positionTable as positionSchema,
  sleeveTable as sleeveSchema,
} from '../schemas/overview.ts'
import { limitUse as limitSchema, priceChart as priceSchema } from '../schemas/trading.ts'
import { activityRow, attention } from '../views/activity.ts'
import { type Basis, currencyOf, dated as datedOf } from '../views/basis.ts'
import { equityCurve, POINTS_MOST } from '../views/equity.ts'
import { figuresView, summaryView } from '../views/figures.ts'
import { limitUses } from '../views/limits.ts'
import { exposureView, positionTable } from '../views/positions.ts'
import { priceChart } from '../views/prices.ts'
import { sleeveTable } from '../views/sleeves.ts'
import { basisOf, type Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { cursor, momentsOf, opt, paged, params, range } from './queries.ts'

const points = limit(POINTS_MOST, POINTS_MOST)

/** What each kind of activity is in the tables. */
const STORED: Readonly<Partial<Record<ActivityKind, StoredKind>>> = {
  trade: 'trade',
  order: 'trade',
  risk: 'violation',
  rebalance: 'rebalancing',
  status: 'status',
  command: 'status',
  gate: 'status',
  alert: 'alert',
}
const activityKinds = z
  .string()
  .max(120)
  .refine((text) => text.split(',').every((one) => ACTIVITY.includes(one as ActivityKind)), 'is no kind of activity')
  .transform((text) => text.split(',') as ActivityKind[])
  .describe(`one or several of ${ACTIVITY.join(', ')}, separated by commas`)

const CURVES_KEPT = 20

export function liveRoutes(context: Context): readonly Endpoint[] {
  const { store } = context.ports

  /** Curves of the last events: all pages that are open draw the same ones. */
  const curves = new Map<string, Promise<EquityCurve>>()

  async function curveOf(basis: Basis, asked: EquityRange): Promise<EquityCurve> {
    const { portfolio } = basis
    const { from, to } = asked
    const lines = await store.paging.equityOfAll(portfolio, asked)
    const found = await store.paging.page(portfolio, 'capitalChanges', { from, to, kind: 'rebalance', limit: 500 })
    const instrument = basis.config?.benchmark
    const benchmark =
      instrument === undefined
        ? null
        : {
            instrument,
            symbol: await symbolOf(portfolio, instrument),
            bars: await store.paging.priceBars(portfolio, instrument, asked),
          }
    return equityCurve(basis, { lines, rebalancings: found.rows, benchmark }, asked.points)
  }

  /** A reading that is made of the basis alone. */
  function reading<Schema extends z.ZodType>(
    path: string,
    name: string,
    summary: string,
    schema: Schema,
    view: (basis: Basis) => unknown,
    seen?: string,
  ): Endpoint {
    return endpoint({
      method: 'GET',
      path: `/api/v1/p/:portfolio/${path}`,
      name,
      summary,
      tag: 'live',
      who: 'viewer',
      params,
      answer: dated(schema),
      ...(seen === undefined ? {} : { seen }),
      async run({ params: { portfolio } }) {
        const basis = await basisOf(context, portfolio)
        return datedOf(basis, view(basis)) as never
      },
    })
  }

  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/portfolios',
      name: 'portfolios',
      summary: 'Every portfolio of the store, and how its engine is',
      tag: 'live',
      who: 'viewer',
      answer: z.array(portfolioSummary),
      async run() {
        const names = await context.readings.names()
        const all = await Promise.all(names.map((name) => context.readings.basis(name)))
        return all.flatMap((basis) => (basis === null ? [] : [summaryView(basis)]))
      },
    }),
    reading('figures', 'figures', 'Key figures', figuresSchema, figuresView, 'overview'),
    reading('sleeves', 'sleeves', 'The sleeves side by side', sleeveSchema, sleeveTable),
    reading('exposures', 'exposures', 'Exposure by asset class and sector', exposureSchema, exposureView),
    reading('attention', 'attention', 'What somebody should look at', attentionSchema, attention),
    reading('limits', 'limits', 'How much of each limit is used', z.array(limitSchema), limitUses),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/positions',
      name: 'positions',
      seen: 'positions',
      summary: 'What is held: the largest, and what the others come to',
      tag: 'live',
      who: 'viewer',
      params,
      query: z.object({ limit: limit(PAGE_MAX, 10) }),
      answer: dated(positionSchema),
      async run({ params: { portfolio }, query }) {
        const basis = await basisOf(context, portfolio)
        return datedOf(basis, positionTable(basis, query.limit))
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/equity',
      name: 'equity',
      summary: 'Curves of the portfolio, its sleeves and the benchmark, as coarse as a chart shows them',
      tag: 'live',
      who: 'viewer',
      params,
      query: z.object({ ...range, points }),
      answer: dated(equitySchema),
      async run({ params: { portfolio }, query }) {
        const basis = await basisOf(context, portfolio)
        const { from = 0, to = basis.last.get('')?.at ?? 0 } = momentsOf(query)
        const key = `${portfolio} ${basis.seq} ${from} ${to} ${query.points}`
        let curve = curves.get(key)
        if (curve === undefined) {
          curve = curveOf(basis, { from, to, points: query.points })
          if (curves.size >= CURVES_KEPT) curves.delete(curves.keys().next().value!)
          curves.set(key, curve)
          curve.catch(() => curves.delete(key))
        }
        return datedOf(basis, await curve)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/activity',
      name: 'activity',
      seen: 'activity',
      summary: 'What happened, newest first',
      tag: 'live',
      who: 'viewer',
      params,
      query: z.object({
        kind: activityKinds.exactOptional(),
        sleeve: sleeveName.exactOptional(),
        before: cursor.exactOptional(),
        limit: limit(200, 20),
      }),
      answer: dated(page(activitySchema)),
      async run({ params: { portfolio }, query }) {
        const { kind: wanted, ...asked } = query
        const basis = await basisOf(context, portfolio)
        const kinds = wanted === undefined ? undefined : [...new Set(wanted.flatMap((one) => STORED[one] ?? []))]
        if (kinds?.length === 0) return datedOf(basis, { rows: [], total: 0, next: null })
        const found = await paged(() =>
          store.paging.activity(portfolio, { ...asked, ...(kinds === undefined ? {} : { kinds }) }),
        )
        const rows = found.rows.map((entry) => activityRow(entry, currencyOf(basis)))
        return datedOf(basis, { rows, total: null, next: found.next })
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/prices/:instrument',
      name: 'prices',
      summary: 'Bars of one instrument, with what sleeves saw and did in it',
      tag: 'live',
      who: 'viewer',
      params: z.object({ portfolio: portfolioName, instrument: z.string().min(1).max(120) }),
      query: z.object({ ...range, sleeve: sleeveName.exactOptional(), points: limit(2_500, POINTS_MOST) }),
      answer: dated(priceSchema),
      async run({ params: { portfolio, instrument }, query }) {
        const basis = await basisOf(context, portfolio)
        const named = await store.paging.instruments(portfolio, [instrument])
        const own = named.find((one) => one.instrument === instrument) ?? named[0]
        if (own === undefined) throw new Refusal('not_found', `There is no instrument "${instrument}" in ${portfolio}.`)
        const { from = 0, to = basis.last.get('')?.at ?? 0 } = momentsOf({
          ...opt('from', query.from),
          ...opt('to', query.to),
        })
        const filter = { instrument: own.instrument, ...opt('sleeve', query.sleeve), from, to, limit: PAGE_MAX }
        const bars = await store.paging.priceBars(portfolio, own.instrument, { from, to, points: query.points })
        const signals = await store.paging.page(portfolio, 'signals', filter)
        const postings = await store.paging.page(portfolio, 'postings', filter)
        return datedOf(
          basis,
          priceChart(basis, own, { bars, signals: signals.rows, postings: postings.rows }, query.points),
        )
      },
    }),
  ]

  async function symbolOf(portfolio: string, instrument: string): Promise<string> {
    const rows = await store.paging.instruments(portfolio, [instrument])
    return rows.find((one) => one.instrument === instrument)?.symbol ?? instrument
  }
}
