/** Schemas of what others compute or keep for the API. */
import { z } from 'zod'
import { THRESHOLD_FIGURES } from '../../domain/alerts.ts'
import type {
  AcknowledgeRequest,
  AlertChannelChange,
  AlertChannelView,
  AlertDeliveryRow,
  AlertRuleView,
  AlertThresholdView,
  ChannelTest,
  OpenAlert,
} from '../contract/alerting.ts'
import type {
  ConfigurationCheck,
  ConfigurationDraft,
  ConfigurationSave,
  ConfigurationText,
  ConfigurationView,
} from '../contract/configuration.ts'
import { amount, commandId, instant, problemDetail, sleeveName } from './answers.ts'

/** What was computed from a portfolio's events. */
export function analysis<View extends z.ZodType>(view: View) {
  const name = view.meta()?.['id'] ?? ''
  return z.object({
    asOf: instant.nullable(),
    seq: z.int(),
    data: view.nullable().meta({ 'x-view': name }),
    why: z.string(),
  })
}

const json = z.unknown()
const text = z.string().max(1 << 20)

const change = z.object({
  path: z.string(),
  before: json,
  after: json,
  consequence: z.string(),
  isDangerous: z.boolean(),
})
export const configurationView = z
  .object({
    portfolio: z.string(),
    currency: z.string(),
    capital: amount,
    version: z.int(),
    at: instant,
    document: json,
    text: z.string().nullable(),
    fingerprint: z.string(),
    readOnlyWhy: z.string(),
    history: z.array(
      z.object({
        seq: z.int(),
        at: instant,
        by: z.string(),
        savedAt: instant.nullable(),
        isKept: z.boolean(),
        changes: z.array(change),
      }),
    ),
    strategies: z.array(
      z.object({
        strategy: z.string(),
        title: z.string(),
        description: z.string(),
        parameters: z.array(
          z.object({
            name: z.string(),
            title: z.string(),
            kind: z.enum(['number', 'integer', 'boolean', 'choice', 'text', 'list']),
            default: json,
            least: z.number().nullable(),
            most: z.number().nullable(),
            choices: z.array(z.string()),
            unit: z.string(),
            description: z.string(),
          }),
        ),
      }),
    ),
    rebalancing: z.object({ text: z.string(), methods: z.array(z.string()) }),
  })
  .meta({ id: 'ConfigurationView' })
configurationView satisfies z.ZodType<ConfigurationView>
export const configurationText = z.object({ seq: z.int(), text: z.string() }).meta({ id: 'ConfigurationText' })
configurationText satisfies z.ZodType<ConfigurationText>
export const configurationCheck = z
  .object({
    valid: z.boolean(),
    problems: z.array(problemDetail),
    warnings: z.array(problemDetail),
    changes: z.array(change),
  })
  .meta({ id: 'ConfigurationCheck' })
configurationCheck satisfies z.ZodType<ConfigurationCheck>
export const configurationDraft = z.strictObject({ text })
configurationDraft satisfies z.ZodType<ConfigurationDraft>
export const configurationSave = z.strictObject({
  id: commandId,
  text,
  seen: z.int().min(-1),
  fingerprint: z.string().max(64).exactOptional(),
  confirm: z.string().max(120).exactOptional(),
})
configurationSave satisfies z.ZodType<ConfigurationSave>

const scenario = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('window'),
    name: z.string().min(1).max(60),
    from: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    to: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  }),
  z.strictObject({ kind: z.literal('shock'), name: z.string().min(1).max(60), change: z.number().min(-1).max(10) }),
])
export const jobRequest = z
  .discriminatedUnion('kind', [
    z.strictObject({
      id: commandId,
      kind: z.literal('stress'),
      input: z.strictObject({
        scenarios: z.array(z.string().max(60)).max(50),
        own: z.array(scenario).max(20),
      }),
    }),
    z.strictObject({
      id: commandId,
      kind: z.literal('monte-carlo'),
      input: z.strictObject({
        method: z.enum(['block-bootstrap', 'bootstrap', 'normal', 'student-t']),
        horizon: z.int().min(1).max(2_520),
        paths: z.int().min(100).max(100_000),
        seed: z
          .int()
          .min(0)
          .max(2 ** 31),
        drawdown: z.number().min(0).max(1),
      }),
    }),
    z.strictObject({
      id: commandId,
      kind: z.literal('rebalance-preview'),
      input: z.strictObject({ by: z.enum(['transfer', 'scaling', 'liquidation']).exactOptional() }),
    }),
    z.strictObject({
      id: commandId,
      kind: z.literal('flatten-preview'),
      input: z.strictObject({ sleeve: sleeveName.nullable() }),
    }),
    z.strictObject({ id: commandId, kind: z.literal('config-diff'), input: z.strictObject({ document: text }) }),
  ])
  .meta({ id: 'JobRequest' })
export const jobView = z
  .object({
    id: z.string(),
    kind: z.enum(['stress', 'monte-carlo', 'rebalance-preview', 'flatten-preview', 'config-diff']),
    state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
    actor: z.string(),
    at: instant,
    endedAt: instant.nullable(),
    progress: z.object({ done: z.number(), of: z.number(), what: z.string() }).nullable(),
    result: z.object({ kind: z.string(), view: z.record(z.string(), z.unknown()) }).nullable(),
    error: z.string(),
  })
  .meta({ id: 'JobView' })

const alertSeverity = z.enum(['critical', 'high', 'medium', 'low'])
const channelKind = z.enum(['email', 'sms', 'slack', 'discord', 'pagerduty', 'telegram', 'webhook'])
const settings = z.record(z.string(), z.union([z.string().max(2_000), z.number(), z.boolean()]))
const id = z.string().min(1).max(64)
const title = z.string().min(1).max(120)

export const alertChannelView = z
  .object({ id, kind: channelKind, title, enabled: z.boolean(), settings, secrets: z.record(z.string(), z.string()) })
  .meta({ id: 'AlertChannelView' })
alertChannelView satisfies z.ZodType<AlertChannelView>
export const alertChannelChange = z.strictObject({
  id,
  kind: channelKind,
  title,
  enabled: z.boolean(),
  settings,
  secrets: z.record(z.string(), z.string().max(2_000)).exactOptional(),
})
alertChannelChange satisfies z.ZodType<AlertChannelChange>

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
const timeZone = z
  .string()
  .max(60)
  .refine((zone) => isTimeZone(zone), 'is no time zone; write one such as Europe/Berlin')
export const alertRuleView = z
  .strictObject({
    id,
    title: id, // it becomes the rule's name
    about: z.string().min(1).max(120),
    severity: alertSeverity,
    enabled: z.boolean(),
    channels: z.array(id).max(50),
    sleeves: z.array(z.string().min(1).max(120)).max(200),
    quiet: z.strictObject({ from: clock, to: clock, zone: timeZone, except: alertSeverity }).nullable(),
    escalate: z.strictObject({ after: z.int().min(1).max(604_800), channels: z.array(id).min(1).max(50) }).nullable(),
    resolved: z.boolean(),
    deduplicate: z.int().min(0).max(604_800),
    digest: z.int().min(0).max(604_800),
  })
  .meta({ id: 'AlertRuleView' })
alertRuleView satisfies z.ZodType<AlertRuleView>
export const alertThresholdView = z
  .strictObject({
    id,
    enabled: z.boolean(),
    figure: z.enum(THRESHOLD_FIGURES),
    sleeve: z.string().min(1).max(120).nullable(),
    side: z.enum(['above', 'below']),
    value: z.number().min(-1e9).max(1e9),
    release: z.number().min(-1e9).max(1e9),
    severity: alertSeverity,
  })
  .meta({ id: 'AlertThresholdView' })
alertThresholdView satisfies z.ZodType<AlertThresholdView>
export const openAlert = z
  .object({
    id: z.string(),
    at: instant,
    severity: alertSeverity,
    rule: z.string(),
    subject: z.string(),
    sleeve: z.string().nullable(),
    text: z.string(),
    link: z.string(),
    told: z.array(z.string()),
    acknowledged: z.object({ by: z.string(), at: instant, note: z.string() }).nullable(),
  })
  .meta({ id: 'OpenAlert' })
openAlert satisfies z.ZodType<OpenAlert>
export const acknowledgeRequest = z.strictObject({
  id: z.string().min(1).max(300),
  note: z.string().max(500).exactOptional(),
})
acknowledgeRequest satisfies z.ZodType<AcknowledgeRequest>
export const alertDeliveryRow = z
  .object({
    id: z.string(),
    at: instant,
    rule: z.string(),
    channel: z.string(),
    severity: alertSeverity,
    subject: z.string(),
    text: z.string(),
    state: z.enum(['waiting', 'sent', 'failed', 'quiet', 'gathered']),
    attempts: z.int(),
    answer: z.string(),
  })
  .meta({ id: 'AlertDeliveryRow' })
alertDeliveryRow satisfies z.ZodType<AlertDeliveryRow>
export const channelTest = z.object({ ok: z.boolean(), answer: z.string() }).meta({ id: 'ChannelTest' })
channelTest satisfies z.ZodType<ChannelTest>

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
