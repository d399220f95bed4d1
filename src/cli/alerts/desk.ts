/** Rules, channels and deliveries as pages and programs see them: secrets go in and never come out. */
import { readSettings } from '../../adapters/alerts/settings.ts'
import type {
  AlertChannelChange,
  AlertChannelView,
  AlertDeliveryRow,
  AlertRuleView,
  AlertThresholdView,
  OpenAlert,
} from '../../api/contract/alerting.ts'
import type { AlertDesk } from '../../api/ports.ts'
import { Refusal } from '../../api/refusal.ts'
import type { AlertLog } from '../../domain/alert-log.ts'
import {
  type Acknowledgement,
  type Alert,
  type AlertChannel,
  type AlertDelivery,
  type AlertRule,
  type AlertThreshold,
  type AlertTransport,
  CHANNEL_SECRETS,
  type ChannelAnswer,
  type ChannelKind,
  type ChannelSettings,
} from '../../domain/alerts.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instant } from '../../domain/units.ts'
import { SEVERITIES } from '../../domain/violations.ts'
import type { OpenIncident } from '../../live/alerts/router.ts'
import type { KeptState } from '../../live/alerts/teller.ts'
import { type AlertConfiguration, minutesOf, thresholdProblem, type WrittenChannel } from '../config/alerts.ts'
import { NO_ALERTS, portfolioChannels } from './settings.ts'

const SECOND_MS = 1_000
/** Where nobody says otherwise. */
const SAME_WITHIN_MS = 900_000
const PER_MINUTE = 10

/** One message that says that nothing is wrong. */
export function sendTest(transport: AlertTransport, portfolio: string, dashboard: string): Promise<ChannelAnswer> {
  const at = Date.now() as Instant
  const what = { purpose: 'test', severity: 'low', alerts: [], unsaid: 0, mayRepeat: false } as const
  return transport.send({ ...what, id: `${portfolio} test ${at}`, portfolio, dashboard }, at)
}

/**
 * @param files what the files of portfolios say that this process runs; a channel or rules that are saved here take the
 *   place of the file's
 */
export function alertDesk(log: AlertLog, files: ReadonlyMap<string, AlertConfiguration>): AlertDesk {
  const fileOf = (portfolio: string): AlertConfiguration => files.get(portfolio) ?? NO_ALERTS
  const rulesOf = async (portfolio: string): Promise<readonly AlertRule[]> => {
    const stored = await log.rules(portfolio)
    return stored.length > 0 ? stored : fileOf(portfolio).rules
  }

  const thresholdsOf = async (portfolio: string): Promise<readonly AlertThreshold[]> => {
    const stored = await log.thresholds(portfolio)
    return stored.length > 0 ? stored : fileOf(portfolio).thresholds
  }

  /** As whoever tells people of them remembers them. */
  async function incidentsOf(portfolio: string): Promise<readonly OpenIncident[]> {
    const memory = await log.memory(portfolio)
    return memory === null ? [] : Object.values((JSON.parse(memory.state) as KeptState).open)
  }

  async function openOf(portfolio: string): Promise<readonly OpenAlert[]> {
    const seen = new Map((await log.acknowledgements(portfolio)).map((one) => [one.incident, one]))
    const views = (await incidentsOf(portfolio)).map(({ alert, channels }) => {
      const own = seen.get(alert.incident)
      return openAlert(alert, Object.keys(channels), own?.alert === alert.id ? own : null)
    })
    return views.sort(
      (one, other) =>
        SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || (one.at < other.at ? 1 : -1),
    )
  }

  async function channelsOf(portfolio: string): Promise<readonly AlertChannelView[]> {
    const stored = await log.shownChannels(portfolio)
    const own = new Set(stored.map(({ channel }) => channel.name))
    return [
      ...fileOf(portfolio)
        .channels.filter(({ name }) => !own.has(name))
        .map(writtenView),
      ...stored.map(({ channel, lastFour }) => storedView(channel, lastFour)),
    ]
  }

  return {
    rules: async (portfolio) => (await rulesOf(portfolio)).map(ruleView),
    async saveRules(portfolio, given) {
      const saved = given.map(savedRule)
      refuseTwice(saved, 'rule')
      await log.putRules(portfolio, saved, Date.now() as Instant)
      return saved.map(ruleView)
    },
    thresholds: async (portfolio) => (await thresholdsOf(portfolio)).map(thresholdView),
    async saveThresholds(portfolio, given) {
      const saved = given.map(savedThreshold)
      refuseTwice(saved, 'threshold')
      await log.putThresholds(portfolio, saved, Date.now() as Instant)
      return saved.map(thresholdView)
    },
    open: openOf,
    async acknowledge(portfolio, id, note, actor) {
      const incident = (await incidentsOf(portfolio)).find(({ alert }) => alert.incident === id)
      if (incident === undefined) return null
      const seen = { incident: id, alert: incident.alert.id, actor, at: Date.now() as Instant, note }
      await log.acknowledge(portfolio, seen)
      return (await openOf(portfolio)).find((one) => one.id === id) ?? null
    },
    channels: channelsOf,
    async saveChannel(portfolio, change) {
      const before = (await log.channels(portfolio)).find(({ name }) => name === change.id)
      await log.putChannel(portfolio, savedChannel(change, before), Date.now() as Instant)
      return (await channelsOf(portfolio)).find(({ id }) => id === change.id)!
    },
    removeChannel: (portfolio, id) => log.removeChannel(portfolio, id),
    async test(portfolio, id) {
      const channels = portfolioChannels(fileOf(portfolio), log, portfolio)
      const { channels: known, dashboard } = await channels.settings()
      if (known.every(({ name }) => name !== id)) return null
      const { kind, text } = await sendTest(channels.transportOf(id), portfolio, dashboard)
      return { ok: kind === 'taken', answer: text }
    },
    async deliveries(portfolio, { before, limit }) {
      const page = await log.deliveries(portfolio, { ...(before === undefined ? {} : { before }), limit })
      return { ...page, rows: page.rows.map(deliveryRow) }
    },
  }
}

/** @throws Refusal where two have one name: what was told by each could not be told apart */
function refuseTwice(named: readonly { readonly name: string }[], what: string): void {
  for (const [place, { name }] of named.entries())
    if (named.findIndex((one) => one.name === name) !== place)
      throw new Refusal('invalid', `"${name}" names another ${what} already.`)
}

function clockOf(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

function ruleView(rule: AlertRule): AlertRuleView {
  const { name, rules, severity, isEnabled, sleeves, channels, quiet, sameWithin, digestEvery, escalation } = rule
  return {
    id: name,
    title: name,
    about: rules.length === 0 ? '*' : rules.join(', '),
    severity,
    enabled: isEnabled,
    channels,
    sleeves,
    quiet: quiet === null ? null : { ...quiet, from: clockOf(quiet.from), to: clockOf(quiet.to) },
    escalate: escalation === null ? null : { after: escalation.after / SECOND_MS, channels: escalation.channels },
    resolved: rule.isResolutionTold,
    deduplicate: sameWithin / SECOND_MS,
    digest: (digestEvery ?? 0) / SECOND_MS,
  }
}

/** A rule is called what its title says, as one of the file is by its name. */
function savedRule(view: AlertRuleView): AlertRule {
  const { quiet, escalate } = view
  const about = view.about
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== '*')
  return {
    name: view.title.trim() === '' ? view.id : view.title.trim(),
    isEnabled: view.enabled,
    severity: view.severity,
    rules: about,
    sleeves: view.sleeves,
    channels: view.channels,
    isResolutionTold: view.resolved,
    sameWithin: view.deduplicate > 0 ? view.deduplicate * SECOND_MS : SAME_WITHIN_MS,
    digestEvery: view.digest > 0 ? view.digest * SECOND_MS : null,
    quiet: quiet === null ? null : { ...quiet, from: minutesOf(quiet.from), to: minutesOf(quiet.to) },
    escalation: escalate === null ? null : { after: escalate.after * SECOND_MS, channels: escalate.channels },
  }
}

function thresholdView({ name, isEnabled, ...threshold }: AlertThreshold): AlertThresholdView {
  return { id: name, enabled: isEnabled, ...threshold }
}

/** @throws Refusal where it could never be told, or never be over */
function savedThreshold({ id, enabled, ...view }: AlertThresholdView): AlertThreshold {
  const threshold = { name: id, isEnabled: enabled, ...view }
  const reason = thresholdProblem(threshold)
  if (reason !== '') throw new Refusal('invalid', `"${id}": ${reason}.`)
  return threshold
}

function openAlert(alert: Alert, told: readonly string[], seen: Acknowledgement | null): OpenAlert {
  const { incident, at, severity, rule, subject, sleeve, text, link } = alert
  return {
    id: incident,
    at: new Date(at).toISOString(),
    severity,
    rule,
    subject,
    sleeve,
    text,
    link,
    told,
    acknowledged: seen === null ? null : { by: seen.actor, at: new Date(seen.at).toISOString(), note: seen.note },
  }
}

type Shown = Record<string, string | number | boolean>

/** Lists stand as words with commas between them. */
function shownOf(kind: ChannelKind, given: Readonly<Record<string, unknown>>): Shown {
  const hidden: readonly string[] = CHANNEL_SECRETS[kind]
  const shown: Shown = {}
  for (const [name, value] of Object.entries(given)) {
    if (name === 'kind' || hidden.includes(name)) continue
    if (Array.isArray(value)) shown[name] = value.join(', ')
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') shown[name] = value
  }
  return shown
}

/** A channel of a file shows where its secret comes from, by what is known of that: nothing of the secret. */
function writtenView({ name, isEnabled, written }: WrittenChannel): AlertChannelView {
  const kind = written['kind'] as ChannelKind
  const secrets = Object.fromEntries(CHANNEL_SECRETS[kind].map((secret) => [secret, '']))
  return { id: name, kind, title: name, enabled: isEnabled, settings: shownOf(kind, written), secrets }
}

function storedView(
  { name, isEnabled, settings }: AlertChannel,
  lastFour: Readonly<Record<string, string>>,
): AlertChannelView {
  const { kind } = settings
  return {
    id: name,
    kind,
    title: name,
    enabled: isEnabled,
    settings: shownOf(kind, { ...settings }),
    secrets: lastFour,
  }
}

/** @throws FaultError CHANNEL_INVALID with everything that is wrong */
function savedChannel(change: AlertChannelChange, before: AlertChannel | undefined): AlertChannel {
  const { id, kind, enabled, settings, secrets = {} } = change
  const known = before?.settings.kind === kind ? (before.settings as unknown as Record<string, unknown>) : {}
  const kept = Object.fromEntries(CHANNEL_SECRETS[kind].map((name) => [name, secrets[name] ?? known[name] ?? '']))
  const { to, ...rest } = settings
  const readers =
    typeof to === 'string'
      ? {
          to: to
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== ''),
        }
      : {}
  const read = readSettings({ kind, ...rest, ...readers, ...kept })
  if (!read.ok) {
    const reason = read.problems.map(({ path, reason: why }) => `${path.join('.')}: ${why}`).join('; ')
    throw new FaultError(fault('CHANNEL_INVALID', { channel: id, reason }))
  }
  const isKept = CHANNEL_SECRETS[kind].some((name) => !secrets[name] && known[name])
  if (isKept && leadsTo(read.settings) !== leadsTo(before!.settings)) {
    const reason = 'it leads elsewhere than before: give its secret again, which is not sent where it was not meant for'
    throw new FaultError(fault('CHANNEL_INVALID', { channel: id, reason }))
  }
  return { name: id, isEnabled: enabled, perMinute: before?.perMinute ?? PER_MINUTE, settings: read.settings }
}

/** Where a secret is sent; that of a webhook signs, and is sent nowhere. */
function leadsTo(settings: ChannelSettings): string {
  if (settings.kind === 'email') return `${settings.host}:${settings.port} ${settings.security} ${settings.certificate}`
  return 'address' in settings ? settings.address : ''
}

function deliveryRow(delivery: AlertDelivery): AlertDeliveryRow {
  const { id, createdAt, rule, channel, severity, alerts, purpose, state, attempts, answer } = delivery
  const first = alerts[0]
  return {
    id,
    at: new Date(createdAt).toISOString(),
    rule,
    channel,
    severity,
    subject: first === undefined ? '' : first.subject === '' ? first.rule : `${first.rule} (${first.subject})`,
    text: alerts.length === 1 ? first!.text : `${purpose} of ${alerts.length}`,
    state: state === 'sending' ? 'waiting' : state,
    attempts,
    answer,
  }
}
