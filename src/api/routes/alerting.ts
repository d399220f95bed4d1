/** Who is told of what, what goes on, and whether it arrived. */
import { z } from 'zod'
import type { RoomRules } from '../access/pace.ts'
import { Refusal } from '../refusal.ts'
import { limit, page, portfolioName } from '../schemas/answers.ts'
import {
  acknowledgeRequest,
  alertChannelChange,
  alertChannelView,
  alertDeliveryRow,
  alertRuleView,
  alertThresholdView,
  channelTest,
  openAlert,
} from '../schemas/desks.ts'
import { basisOf, type Context } from './context.ts'
import { type Call, type Endpoint, endpoint } from './endpoint.ts'
import { paged } from './queries.ts'

const TESTS: RoomRules = { name: 'tests of channels', most: 4, ofOneMost: 2, againAfter: 10 }
const params = z.object({ portfolio: portfolioName })

const ROWS_MOST = 200

interface WholeList<Row> {
  readonly path: string
  /** Of the reading, and of the change. */
  readonly names: readonly [string, string]
  readonly summaries: readonly [string, string]
  readonly row: z.ZodType<Row>
  read(portfolio: string): Promise<readonly Row[]>
  save(portfolio: string, rows: readonly Row[], actor: string): Promise<readonly Row[]>
}

export function alertRoutes(context: Context): readonly Endpoint[] {
  const { alerts } = context.ports
  if (alerts === null) return []
  const channel = z.object({ portfolio: portfolioName, id: z.string().min(1).max(64) })
  const at = (path: string): string => `/api/v1/p/:portfolio/${path}`
  type Of = Call<{ readonly portfolio: string }>

  /** What is read and saved as a whole. */
  function wholeList<Row>(list: WholeList<Row>): readonly Endpoint[] {
    const { path, names, summaries, row, read, save } = list
    const rows = z.array(row)
    return [
      endpoint({
        method: 'GET',
        path,
        name: names[0],
        summary: summaries[0],
        tag: 'alerts',
        who: 'viewer',
        params,
        answer: rows,
        async run({ params: { portfolio } }: Of) {
          await basisOf(context, portfolio)
          return (await read(portfolio)) as never
        },
      }),
      endpoint({
        method: 'PUT',
        path,
        name: names[1],
        summary: summaries[1],
        tag: 'alerts',
        who: 'operator',
        // Whoever may change them may also see to it that nobody hears of the worst.
        isDangerous: true,
        standing: async ({ params: { portfolio } }) => (await read(portfolio)) as never,
        params,
        body: rows.max(ROWS_MOST),
        answer: rows,
        async run({ params: { portfolio }, body, caller }) {
          await basisOf(context, portfolio)
          return (await save(portfolio, body as readonly Row[], caller!.user)) as never
        },
      }),
    ]
  }

  /** Without its secrets. */
  const channelOf = async (portfolio: string, id: string) => {
    const found = (await alerts.channels(portfolio)).find((one) => one.id === id)
    return found === undefined ? null : { ...found, secrets: Object.keys(found.secrets) }
  }
  return [
    ...wholeList({
      path: at('alert-rules'),
      names: ['alertRules', 'saveAlertRules'],
      summaries: ['Which alerts go where', 'Put these rules in the place of all'],
      row: alertRuleView,
      read: (portfolio) => alerts.rules(portfolio),
      save: (portfolio, rows, actor) => alerts.saveRules(portfolio, rows, actor),
    }),
    ...wholeList({
      path: at('alert-thresholds'),
      names: ['alertThresholds', 'saveAlertThresholds'],
      summaries: ['Figures that are told of beyond a value', 'Put these thresholds in the place of all'],
      row: alertThresholdView,
      read: (portfolio) => alerts.thresholds(portfolio),
      save: (portfolio, rows, actor) => alerts.saveThresholds(portfolio, rows, actor),
    }),
    endpoint({
      method: 'GET',
      path: at('alerts/open'),
      name: 'openAlerts',
      summary: 'What goes on that somebody must know, and who has seen it',
      tag: 'alerts',
      who: 'viewer',
      params,
      answer: z.array(openAlert),
      async run({ params: { portfolio } }: Of) {
        await basisOf(context, portfolio)
        return (await alerts.open(portfolio)) as never
      },
    }),
    endpoint({
      method: 'POST',
      path: at('alerts/acknowledge'),
      name: 'acknowledgeAlert',
      summary: 'Say that you have seen what goes on: nobody else is called for it, unless it grows worse',
      tag: 'alerts',
      who: 'operator',
      params,
      body: acknowledgeRequest,
      answer: openAlert,
      async run({ params: { portfolio }, body: { id, note = '' }, caller }) {
        await basisOf(context, portfolio)
        const seen = await alerts.acknowledge(portfolio, id, note, caller!.user)
        if (seen === null) throw new Refusal('not_found', 'This does not go on, or does no more.')
        return seen
      },
    }),
    endpoint({
      method: 'GET',
      path: at('alert-channels'),
      name: 'alertChannels',
      summary: 'Channels; of secrets the last four characters',
      tag: 'alerts',
      who: 'viewer',
      params,
      answer: z.array(alertChannelView),
      async run({ params: { portfolio } }: Of) {
        await basisOf(context, portfolio)
        return (await alerts.channels(portfolio)) as never
      },
    }),
    endpoint({
      method: 'PUT',
      path: at('alert-channels'),
      name: 'saveAlertChannel',
      summary: 'Add a channel, or change one',
      tag: 'alerts',
      who: 'admin',
      isDangerous: true,
      params,
      body: alertChannelChange,
      answer: alertChannelView,
      standing: ({ params: { portfolio }, body }) => channelOf(portfolio, body.id),
      async run({ params: { portfolio }, body, caller }) {
        await basisOf(context, portfolio)
        return (await alerts.saveChannel(portfolio, body, caller!.user)) as never
      },
    }),
    endpoint({
      method: 'DELETE',
      path: at('alert-channels/:id'),
      name: 'removeAlertChannel',
      summary: 'Take a channel away',
      tag: 'alerts',
      who: 'admin',
      isDangerous: true,
      params: channel,
      answer: z.object({ done: z.boolean() }),
      standing: ({ params: { portfolio, id } }) => channelOf(portfolio, id),
      async run({ params: { portfolio, id } }) {
        if (await alerts.removeChannel(portfolio, id)) return { done: true }
        const text = `There is no channel "${id}" that was set here; one of the portfolio file is taken out of that file.`
        throw new Refusal('not_found', text)
      },
    }),
    endpoint({
      method: 'POST',
      path: at('alert-channels/:id/test'),
      name: 'testAlertChannel',
      summary: 'Send one message now, and say what the other side answered',
      tag: 'alerts',
      who: 'operator',
      params: channel,
      rooms: TESTS,
      answer: channelTest,
      async run({ params: { portfolio, id } }) {
        const tested = await alerts.test(portfolio, id)
        if (tested === null) throw new Refusal('not_found', `There is no channel "${id}".`)
        return tested
      },
    }),
    endpoint({
      method: 'GET',
      path: at('alert-deliveries'),
      name: 'alertDeliveries',
      summary: 'What was told to whom, and whether it arrived',
      tag: 'alerts',
      who: 'viewer',
      params,
      query: z.object({ before: z.string().max(200).exactOptional(), limit: limit(500, 50) }),
      answer: page(alertDeliveryRow),
      async run({ params: { portfolio }, query }) {
        await basisOf(context, portfolio)
        return (await paged(() => alerts.deliveries(portfolio, query))) as never
      },
    }),
  ]
}
