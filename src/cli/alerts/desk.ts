/** Rules, channels and deliveries as pages and programs see them: secrets go in and never come out. */
import { readSettings } from '../../adapters/alerts/settings.ts'
import type {
  AlertChannelChange,
  AlertChannelView,
  AlertDeliveryRow,
  AlertRuleView,
} from '../../api/contract/alerting.ts'
import type { AlertDesk } from '../../api/ports.ts'
import type { AlertLog } from '../../domain/alert-log.ts'
import {
  type AlertChannel,
  type AlertDelivery,
  type AlertRule,
  type AlertTransport,
  CHANNEL_SECRETS,
  type ChannelAnswer,
  type ChannelKind,
  type ChannelSettings,
} from '../../domain/alerts.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instant } from '../../domain/units.ts'
import { type AlertConfiguration, minutesOf, type WrittenChannel } from '../config/alerts.ts'
import { NO_ALERTS, portfolioChannels } from './settings.ts'

const SECOND_MS = 1_000
/** What a rule has that a page does not show: where there was none, these. */
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
    async saveRules(portfolio, rules) {
      const before = await rulesOf(portfolio)
      const saved = rules.map((rule) => savedRule(rule, before))
      await log.putRules(portfolio, saved, Date.now() as Instant)
      return saved.map(ruleView)
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

function clockOf(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

function ruleView(rule: AlertRule): AlertRuleView {
  const { name, rules, severity, isEnabled, channels, quiet, sameWithin, digestEvery } = rule
  return {
    id: name,
    title: name,
    about: rules.length === 0 ? '*' : rules.join(', '),
    severity,
    enabled: isEnabled,
    channels,
    quiet: quiet === null ? null : { from: clockOf(quiet.from), to: clockOf(quiet.to) },
    deduplicate: sameWithin / SECOND_MS,
    digest: (digestEvery ?? 0) / SECOND_MS,
  }
}

/** What a page does not show of a rule stays as it was. */
function savedRule(view: AlertRuleView, before: readonly AlertRule[]): AlertRule {
  const known = before.find(({ name }) => name === view.id)
  const about = view.about
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== '*')
  return {
    name: view.id,
    isEnabled: view.enabled,
    severity: view.severity,
    rules: about,
    sleeves: known?.sleeves ?? [],
    channels: view.channels,
    isResolutionTold: known?.isResolutionTold ?? true,
    sameWithin: view.deduplicate > 0 ? view.deduplicate * SECOND_MS : SAME_WITHIN_MS,
    digestEvery: view.digest > 0 ? view.digest * SECOND_MS : null,
    quiet:
      view.quiet === null
        ? null
        : {
            from: minutesOf(view.quiet.from),
            to: minutesOf(view.quiet.to),
            zone: known?.quiet?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
            except: known?.quiet?.except ?? 'critical',
          },
    escalation: known?.escalation ?? null,
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
