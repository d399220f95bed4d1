import { z } from 'zod'
import { EMAIL_SECURITY, THRESHOLD_FIGURES } from '../../../domain/alerts.ts'
import { SEVERITIES } from '../../../domain/violations.ts'
import { duration } from './running.ts'
import { text, wholePositive } from './terms.ts'

/* Who is told of what, and through which services. Nothing here changes what a portfolio does. */

const NAME = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/
const file = z.strictObject({ file: text.describe('a file that holds it, and nothing else') })

// biome-ignore lint/suspicious/noTemplateCurlyInString: the text that people are told to write
const ELSEWHERE = 'must be ${NAME} with NAME set in the environment, or {file: PATH}: a secret is not written here'

/** Where a secret is, never the secret: a file of settings ends up in copies, mails and repositories. */
const secret = z
  .union([z.string().regex(NAME, ELSEWHERE), file], { error: ELSEWHERE })
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text that people are told to write
  .describe('${NAME} of the environment, or {file: PATH}')

const own = {
  enabled: z.boolean().default(true).describe('false: nothing is sent through it'),
  per_minute: wholePositive.default(10).describe('messages within a minute at most; what is beyond waits'),
}
const address = text.optional().describe("of a gateway; the service's own where left out")

const channel = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('email'),
    ...own,
    host: text.describe('of the mail server'),
    port: z.int().min(1).max(65_535).optional().describe('587 where left out'),
    security: z.enum(EMAIL_SECURITY).optional().describe('starttls where left out; none: to this machine alone'),
    user: text.optional().describe('name at the mail server'),
    password: secret.optional(),
    from: text,
    to: z.array(text).min(1),
    certificate: text.optional().describe('a file: of an authority of your own that signed the server'),
  }),
  z.strictObject({
    kind: z.literal('sms'),
    ...own,
    account: text.describe('account SID at Twilio'),
    token: secret,
    from: text.describe('your number there, or the SID of a messaging service'),
    to: z.array(text).min(1).describe('numbers such as "+15550100999"'),
    address,
  }),
  z.strictObject({ kind: z.literal('slack'), ...own, url: secret.describe('of the incoming webhook') }),
  z.strictObject({ kind: z.literal('discord'), ...own, url: secret.describe('of the webhook') }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    ...own,
    key: secret.describe('integration key of the Events API v2'),
    address,
  }),
  z.strictObject({
    kind: z.literal('telegram'),
    ...own,
    token: secret.describe('of the bot'),
    chat: text.describe('number of the chat, or @name of the channel'),
    address,
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    ...own,
    url: text,
    secret: secret.describe('with which messages are signed'),
  }),
])
export type RawChannel = z.output<typeof channel>

const severity = z.enum(SEVERITIES)
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "22:00", in quotes')

const rule = z.strictObject({
  name: text,
  enabled: z.boolean().default(true),
  severity: severity.default('low').describe('the least severity'),
  about: z.array(text).default([]).describe('names of alerts, * for any characters; all where left out'),
  sleeves: z.array(text).default([]).describe('alerts of these sleeves alone'),
  to: z.array(text).min(1).describe('names of channels'),
  resolved: z.boolean().default(true).describe('whether they hear that it is over'),
  same_within: duration.default('15m').describe('the same is told once within this, and counted'),
  digest: duration.optional().describe('gathered for so long, and told in one message; at once where left out'),
  quiet: z
    .strictObject({
      from: clock,
      to: clock,
      zone: text.default('UTC').describe('a time zone such as Europe/Berlin'),
      except: severity.default('critical').describe('this severity and those above it are told all the same'),
    })
    .optional()
    .describe('hours in which nothing is told; what came meanwhile is told at their end'),
  escalate: z
    .strictObject({ after: duration, to: z.array(text).min(1) })
    .optional()
    .describe('who else is told of what goes on for so long'),
})
export type RawAlertRule = z.output<typeof rule>

const threshold = z.strictObject({
  name: text,
  enabled: z.boolean().default(true),
  figure: z.enum(THRESHOLD_FIGURES),
  sleeve: text.optional().describe('id of a sleeve; the whole portfolio where left out'),
  above: z.number().optional().describe('told where the figure is above this'),
  below: z.number().optional().describe('told where the figure is below this'),
  release: z
    .number()
    .optional()
    .describe('it is over once the figure is back here; a tenth short of the value where left out'),
  severity: severity.default('high'),
})
export type RawThreshold = z.output<typeof threshold>

export const alertsSchema = z.strictObject({
  dashboard: text.optional().describe('address of the dashboard, for links in messages'),
  heartbeat: z
    .strictObject({
      url: z.union([secret, text]).describe('asked so often while all is well: who misses it raises the alarm'),
      every: duration.default('1m'),
    })
    .optional(),
  channels: z.record(text, channel).default({}),
  rules: z.array(rule).default([]),
  thresholds: z.array(threshold).default([]).describe('figures that are told of beyond a value'),
})
export type RawAlerts = z.output<typeof alertsSchema>
