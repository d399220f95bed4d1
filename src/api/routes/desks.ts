/** What others compute or keep for the API: analysis, long questions, explanations, configurations, exports, alerts. */
import { z } from 'zod'
import type { RoomRules } from '../access/pace.ts'
import type { Analysis } from '../contract/analysis.ts'
import type { JobRequest } from '../contract/jobs.ts'
import { EXPORT_FORMATS, EXPORTED } from '../ports.ts'
import { Refusal } from '../refusal.ts'
import { performancePage } from '../schemas/analysis/performance-page.ts'
import { backtestReport } from '../schemas/analysis/report.ts'
import { pairReturns, riskPage } from '../schemas/analysis/risk-page.ts'
import { sleevePage } from '../schemas/analysis/sleeve-page.ts'
import { commandId, portfolioName, sleeveName } from '../schemas/answers.ts'
import {
  analysis,
  configurationCheck,
  configurationDraft,
  configurationSave,
  configurationText,
  configurationView,
  jobRequest,
  jobView,
} from '../schemas/desks.ts'
import { explainView } from '../schemas/trading.ts'
import { withConsequences } from '../views/consequences.ts'
import { alertRoutes } from './alerting.ts'
import { basisOf, type Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

/** What takes the server long, at once: pages of a whole office ask for the same analysis when a day has closed. */
const ANALYSES: RoomRules = { name: 'analyses', most: 300, ofOneMost: 150, againAfter: 5 }
const EXPLANATIONS: RoomRules = { name: 'explanations', most: 8, ofOneMost: 4, againAfter: 5 }
const EXPORTS: RoomRules = { name: 'exports', most: 6, ofOneMost: 3, againAfter: 10 }
const CHECKS: RoomRules = { name: 'checks', most: 6, ofOneMost: 3, againAfter: 5 }

const params = z.object({ portfolio: portfolioName })
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

/** Routes of the ports that are there. */
export function deskRoutes(context: Context): readonly Endpoint[] {
  return [
    ...analysisRoutes(context),
    ...jobRoutes(context),
    ...explainRoutes(context),
    ...configurationRoutes(context),
    ...exportRoutes(context),
    ...alertRoutes(context),
  ]
}

function analysisRoutes(context: Context): readonly Endpoint[] {
  const { analyses } = context.ports
  if (analyses === null) return []
  const one = <Query extends z.ZodType>(
    path: string,
    name: string,
    summary: string,
    view: z.ZodType,
    query: Query,
    run: (portfolio: string, query: z.output<Query>) => Promise<Analysis<unknown>>,
  ): Endpoint =>
    endpoint({
      method: 'GET',
      path: `/api/v1/p/:portfolio/analysis/${path}`,
      name,
      summary,
      tag: 'analysis',
      who: 'viewer',
      seen: path.split('/')[0]!,
      params,
      query,
      rooms: ANALYSES,
      answer: analysis(view),
      async run({ params: { portfolio }, query: asked }) {
        await basisOf(context, portfolio)
        return (await run(portfolio, asked as z.output<Query>)) as never
      },
    })
  return [
    one(
      'report',
      'report',
      'The document of report.json, of the portfolio as it runs',
      backtestReport,
      z.object({}),
      (portfolio) => analyses.report(portfolio),
    ),
    one('risk', 'risk', 'The Risk page', riskPage, z.object({}), (portfolio) => analyses.risk(portfolio)),
    one(
      'risk/pair',
      'pair',
      'Daily returns of two sleeves against each other',
      pairReturns,
      z.object({
        left: sleeveName,
        right: sleeveName,
        window: z.coerce
          .number()
          .pipe(z.union([z.literal(30), z.literal(60), z.literal(90)]))
          .default(60),
      }),
      (portfolio, asked) => analyses.pair(portfolio, asked),
    ),
    one('performance', 'performance', 'The Performance page', performancePage, z.object({}), (portfolio) =>
      analyses.performance(portfolio),
    ),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/analysis/sleeves/:sleeve',
      name: 'sleeve',
      summary: 'The Strategy page of one sleeve',
      tag: 'analysis',
      who: 'viewer',
      seen: 'strategy',
      rooms: ANALYSES,
      params: z.object({ portfolio: portfolioName, sleeve: sleeveName }),
      query: z.object({ instrument: z.string().max(120).exactOptional() }),
      answer: analysis(sleevePage),
      async run({ params: { portfolio, sleeve }, query }) {
        await basisOf(context, portfolio)
        return (await analyses.sleeve(portfolio, sleeve, query)) as never
      },
    }),
  ]
}

function jobRoutes(context: Context): readonly Endpoint[] {
  const { jobs } = context.ports
  if (jobs === null) return []
  const one = z.object({ portfolio: portfolioName, id: commandId })
  const found = <T>(view: T | null, id: string): T => {
    if (view === null) throw new Refusal('not_found', `There is no job ${id}.`)
    return view
  }
  return [
    endpoint({
      method: 'POST',
      path: '/api/v1/p/:portfolio/jobs',
      name: 'askJob',
      summary:
        'Ask a long question: stress, monte-carlo, rebalance-preview, flatten-preview, config-diff; the same id again is the same job',
      tag: 'jobs',
      who: 'operator',
      bodyMost: 1 << 20,
      params,
      body: jobRequest,
      answer: jobView,
      status: 202,
      async run({ params: { portfolio }, body, caller }) {
        await basisOf(context, portfolio)
        return (await jobs.ask(portfolio, body as JobRequest, caller!.user)) as never
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/jobs/:id',
      name: 'job',
      summary: 'How far a job is, and what it came to',
      tag: 'jobs',
      who: 'viewer',
      params: one,
      answer: jobView,
      run: async ({ params: { portfolio, id } }) => found(await jobs.find(portfolio, id), id) as never,
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/v1/p/:portfolio/jobs/:id',
      name: 'cancelJob',
      summary: 'Stop a job',
      tag: 'jobs',
      who: 'operator',
      params: one,
      answer: jobView,
      run: async ({ params: { portfolio, id } }) => found(await jobs.cancel(portfolio, id), id) as never,
    }),
  ]
}

/** Of an order or an approval, as addresses have it. */
const numbered = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 48)

function explainRoutes(context: Context): readonly Endpoint[] {
  const { explainer } = context.ports
  if (explainer === null) return []
  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/explain/:order',
      name: 'explain',
      summary: 'Why an order is as it is: from the bar to the sleeves’ shares',
      tag: 'live',
      who: 'viewer',
      seen: 'explain',
      rooms: EXPLANATIONS,
      params: z.object({ portfolio: portfolioName, order: numbered }),
      answer: explainView,
      async run({ params: { portfolio, order } }) {
        await basisOf(context, portfolio)
        const view = await explainer.explain(portfolio, order)
        if (view === null) throw new Refusal('not_found', `There is no order ${order} in ${portfolio}.`)
        return view
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/approvals/:id/explain',
      name: 'explainApproval',
      summary: 'Why an entry is wished for that waits for an approval: from the bar to the rules',
      tag: 'live',
      who: 'viewer',
      seen: 'explain',
      rooms: EXPLANATIONS,
      params: z.object({ portfolio: portfolioName, id: numbered }),
      answer: explainView,
      async run({ params: { portfolio, id } }) {
        await basisOf(context, portfolio)
        const view = await explainer.explainWish(portfolio, id)
        if (view === null) throw new Refusal('not_found', `Nobody was asked about ${id} in ${portfolio}.`)
        return view
      },
    }),
  ]
}

function configurationRoutes(context: Context): readonly Endpoint[] {
  const { configurations } = context.ports
  if (configurations === null) return []
  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/configuration',
      name: 'configuration',
      summary: 'What the portfolio is run with, how it came about, and what strategies can be added',
      tag: 'configuration',
      who: 'viewer',
      seen: 'configuration',
      params,
      answer: configurationView,
      async run({ params: { portfolio } }) {
        await basisOf(context, portfolio)
        return configurations.view(portfolio) as never
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/configuration/schema',
      name: 'configurationSchema',
      summary: 'JSON Schema of a portfolio file: what forms are made of',
      tag: 'configuration',
      who: 'viewer',
      params,
      answer: z.record(z.string(), z.unknown()),
      async run({ params: { portfolio } }) {
        await basisOf(context, portfolio)
        return configurations.schema()
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/configuration/versions/:seq',
      name: 'configurationText',
      summary: 'The file of one version, as it was',
      tag: 'configuration',
      who: 'viewer',
      seen: 'configuration',
      params: z.object({ portfolio: portfolioName, seq: z.coerce.number().int().min(0) }),
      answer: configurationText,
      async run({ params: { portfolio, seq } }) {
        await basisOf(context, portfolio)
        const text = await configurations.textOf(portfolio, seq)
        if (text === null) throw new Refusal('not_found', `The file of version ${seq} is not kept.`)
        return text
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/p/:portfolio/configuration/check',
      name: 'checkConfiguration',
      summary: 'What is wrong with a draft, and what it would change',
      tag: 'configuration',
      who: 'admin',
      rooms: CHECKS,
      bodyMost: 1 << 20,
      params,
      body: configurationDraft,
      answer: configurationCheck,
      async run({ params: { portfolio }, body }) {
        const basis = await basisOf(context, portfolio)
        return withConsequences(await configurations.check(portfolio, body), basis) as never
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/p/:portfolio/configuration',
      name: 'saveConfiguration',
      summary: 'Put a draft in the place of the configuration',
      tag: 'configuration',
      who: 'admin',
      isDangerous: true,
      bodyMost: 1 << 20,
      params,
      body: configurationSave,
      answer: configurationView,
      standing: async ({ params: { portfolio } }) => ({ version: (await configurations.view(portfolio)).version }),
      async run({ params: { portfolio }, body, caller }) {
        await basisOf(context, portfolio)
        const saved = await configurations.save(portfolio, body, caller!.user)
        switch (saved.state) {
          case 'saved':
            return saved.view as never
          case 'refused':
            throw new Refusal('invalid', 'This configuration is not taken.', { details: saved.check.problems })
          case 'reused':
            throw new Refusal('id_reused', 'This id belongs to another command. Send a new one.')
          case 'unanswered':
            throw new Refusal('unavailable', 'Sent, not confirmed. Send it again under the same id.')
          case 'stale': {
            const conflict = { seen: body.seen, changedAt: saved.view.version, what: 'configuration', now: saved.view }
            throw new Refusal('stale', 'Somebody else has changed the configuration since.', { conflict })
          }
        }
      },
    }),
  ]
}

function exportRoutes(context: Context): readonly Endpoint[] {
  const { exports } = context.ports
  if (exports === null) return []
  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/exports/:what.:format',
      name: 'exportFile',
      summary: 'A table as a file: CSV, Excel, JSON or Parquet',
      tag: 'exports',
      who: 'viewer',
      seen: 'export',
      rooms: EXPORTS,
      params: z.object({ portfolio: portfolioName, what: z.enum(EXPORTED), format: z.enum(EXPORT_FORMATS) }),
      query: z.object({
        sleeve: sleeveName.exactOptional(),
        symbol: z.string().max(60).exactOptional(),
        from: day.exactOptional(),
        to: day.exactOptional(),
      }),
      answer: null,
      async run({ params: { portfolio, ...asked }, query, reply }) {
        await basisOf(context, portfolio)
        const { name, type, body } = await exports.export(portfolio, { ...asked, ...query })
        reply.header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`)
        reply.header('cache-control', 'no-store')
        reply.type(type)
        return body
      },
    }),
  ]
}
