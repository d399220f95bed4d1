/**
 * Alerts become deliveries: by rules, once per channel, gathered where a rule says so, held back in quiet hours, told to
 * others where nothing ends them. A function of what it remembers and of the moment: the same alert again changes nothing.
 */
import type { Alert, AlertDelivery, AlertRule, DeliveryPurpose } from '../../domain/alerts.ts'
import type { Instant } from '../../domain/units.ts'
import type { Severity } from '../../domain/violations.ts'
import { fits, highestOf, isAtLeast, type MinuteOf, quietUntil } from './matching.ts'

/** Alerts of a digest that are listed; what is beyond is counted. */
const GATHERED_MAX = 100

/** What a channel was told of an incident last. */
interface Told {
  readonly at: number
  readonly severity: Severity
  readonly unsaid: number
  /** Of the same within this nothing more is told. */
  readonly until: number
}

/** Something that goes on, and which channels know of it by which rule. */
export interface OpenIncident {
  readonly alert: Alert
  readonly channels: Readonly<Record<string, string>>
  readonly escalations: readonly { readonly at: number; readonly rule: string; readonly channels: readonly string[] }[]
}

/** What waits to be told together. */
interface Gathered {
  readonly rule: string
  readonly channel: string
  readonly dueAt: number
  readonly alerts: readonly Alert[]
  readonly unsaid: number
}

/** Plain data: it is kept beside the deliveries. */
export interface RouterState {
  readonly told: Readonly<Record<string, Told>>
  readonly open: Readonly<Record<string, OpenIncident>>
  readonly gathered: readonly Gathered[]
}

export const NOTHING_ROUTED: RouterState = { told: {}, open: {}, gathered: [] }

export interface Routing {
  readonly portfolio: string
  readonly rules: readonly AlertRule[]
  /** Channels that may be used. */
  readonly channels: ReadonlySet<string>
  /** By incident, the alert of it that somebody has seen: nobody else is called for that one. */
  readonly seen: ReadonlyMap<string, string>
  readonly at: Instant
  readonly minuteOf: MinuteOf
}

export interface Routed {
  readonly state: RouterState
  readonly deliveries: readonly AlertDelivery[]
}

export function route(state: RouterState, alert: Alert, routing: Routing): Routed {
  const open = state.open[alert.incident]
  if (alert.state === 'resolved') return open === undefined ? { state, deliveries: [] } : resolve(state, alert, routing)
  // Where nobody was told when it began, whoever is to be told by now hears of it.
  const isKnown = alert.state === 'raised' && open?.alert.id === alert.id
  if (isKnown && (Object.keys(open.channels).length > 0 || waysOf(alert, routing).size === 0))
    return { state, deliveries: [] }
  return raise(state, alert, routing)
}

interface Way {
  readonly rule: AlertRule
  /** Null: at once. */
  readonly heldUntil: number | null
}

function raise(state: RouterState, alert: Alert, routing: Routing): Routed {
  const ways = waysOf(alert, routing)
  const known = state.open[alert.incident]
  const told: Record<string, Told> = { ...state.told }
  const deliveries: AlertDelivery[] = []
  let { gathered } = state
  for (const [channel, { rule, heldUntil }] of ways) {
    const key = keyOf(channel, alert)
    const last = told[key]
    if (last !== undefined && routing.at < last.until && isAtLeast(last.severity, alert.severity)) {
      told[key] = { ...last, unsaid: last.unsaid + 1 }
      continue
    }
    // What goes on was told when it began; that it grew worse is news.
    if (known?.channels[channel] !== undefined && isAtLeast(known.alert.severity, alert.severity)) continue
    const until = routing.at + rule.sameWithin
    told[key] = { at: routing.at, severity: alert.severity, unsaid: 0, until }
    const one = { rule: rule.name, channel, alerts: [alert], unsaid: last?.unsaid ?? 0 }
    if (heldUntil === null) deliveries.push(deliveryOf(`${alert.id} > ${channel}`, 'alert', one, routing))
    else gathered = gatheredWith(gathered, { ...one, dueAt: heldUntil })
  }
  if (alert.state === 'said') return { state: { ...state, told, gathered }, deliveries }
  const rules = Object.fromEntries([...ways].map(([channel, { rule }]) => [channel, rule.name]))
  const incident: OpenIncident = {
    alert,
    channels: { ...known?.channels, ...rules },
    escalations: known?.escalations ?? escalationsOf(ways, routing.at),
  }
  return { state: { told, gathered, open: { ...state.open, [alert.incident]: incident } }, deliveries }
}

/** By channel, the rule that tells it soonest. */
function waysOf(alert: Alert, { rules, channels, at, minuteOf }: Routing): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>()
  for (const rule of rules) {
    if (!fits(rule, alert)) continue
    const heldUntil = heldBy(rule, alert.severity, at, minuteOf)
    for (const channel of rule.channels) {
      if (!channels.has(channel)) continue
      const other = ways.get(channel)
      if (other === undefined || (heldUntil ?? at) < (other.heldUntil ?? at)) ways.set(channel, { rule, heldUntil })
    }
  }
  return ways
}

function heldBy(rule: AlertRule, severity: Severity, at: Instant, minuteOf: MinuteOf): number | null {
  const quiet = quietUntil(rule.quiet, severity, at, minuteOf)
  const digest = rule.digestEvery === null ? null : at + rule.digestEvery
  if (quiet === null || digest === null) return quiet ?? digest
  return Math.max(quiet, digest)
}

function escalationsOf(ways: ReadonlyMap<string, Way>, at: number): OpenIncident['escalations'] {
  const rules = new Map([...ways.values()].map(({ rule, heldUntil }) => [rule.name, { rule, from: heldUntil ?? at }]))
  return [...rules.values()].flatMap(({ rule: { name, escalation }, from }) =>
    escalation === null ? [] : [{ at: from + escalation.after, rule: name, channels: escalation.channels }],
  )
}

/** Who was told that it began hears that it is over; who was about to be told hears both together. */
function resolve(state: RouterState, alert: Alert, routing: Routing): Routed {
  const { [alert.incident]: incident, ...open } = state.open
  const told = { ...state.told }
  const deliveries: AlertDelivery[] = []
  let { gathered } = state
  for (const [channel, name] of Object.entries(incident!.channels)) {
    // What begins anew after this is news.
    delete told[keyOf(channel, alert)]
    const rule = routing.rules.find((one) => one.name === name)
    if (rule === undefined || !rule.isResolutionTold || !routing.channels.has(channel)) continue
    const one = { rule: name, channel, alerts: [alert], unsaid: 0 }
    const waiting = gathered.find(
      (group) => group.channel === channel && group.alerts.some(({ incident: its }) => its === alert.incident),
    )
    const heldUntil = waiting?.dueAt ?? quietUntil(rule.quiet, alert.severity, routing.at, routing.minuteOf)
    if (heldUntil === null) deliveries.push(deliveryOf(`${alert.id} > ${channel}`, 'resolution', one, routing))
    else gathered = gatheredWith(gathered, { ...one, rule: waiting?.rule ?? name, dueAt: heldUntil })
  }
  return { state: { told, gathered, open }, deliveries }
}

/** What has become due by now: digests, held ones, and whoever is told of what goes on. */
export function elapse(state: RouterState, routing: Routing): Routed {
  const { at } = routing
  const deliveries: AlertDelivery[] = []
  const gathered: Gathered[] = []
  for (const group of state.gathered) {
    if (!routing.channels.has(group.channel)) continue // switched off since
    const quiet = routing.rules.find(({ name }) => name === group.rule)?.quiet ?? null
    const until = quietUntil(quiet, highestOf(group.alerts), at, routing.minuteOf)
    if (group.dueAt > at) gathered.push(group)
    else if (until !== null) gathered.push({ ...group, dueAt: until })
    else deliveries.push(deliveryOf(`${group.alerts[0]!.id} > ${group.channel} together`, 'digest', group, routing))
  }
  const open: Record<string, OpenIncident> = {}
  for (const [key, incident] of Object.entries(state.open)) {
    const isSeen = routing.seen.get(key) === incident.alert.id
    const due = incident.escalations.filter((one) => isSeen || one.at <= at)
    if (!isSeen) deliveries.push(...due.flatMap((one) => escalated(incident, one, routing)))
    open[key] =
      due.length === 0
        ? incident
        : { ...incident, escalations: incident.escalations.filter((one) => !due.includes(one)) }
  }
  const told = Object.fromEntries(Object.entries(state.told).filter(([, { until }]) => until > at))
  const isSame =
    deliveries.length === 0 &&
    Object.entries(open).every(([key, incident]) => incident === state.open[key]) &&
    gathered.length === state.gathered.length &&
    gathered.every((group, index) => group === state.gathered[index]) &&
    Object.keys(told).length === Object.keys(state.told).length
  return isSame ? { state, deliveries } : { state: { told, open, gathered }, deliveries }
}

function escalated(
  { alert }: OpenIncident,
  { rule, channels }: OpenIncident['escalations'][number],
  routing: Routing,
): readonly AlertDelivery[] {
  return channels
    .filter((channel) => routing.channels.has(channel))
    .map((channel) =>
      deliveryOf(
        `${alert.id} > ${channel} escalated`,
        'escalation',
        { rule, channel, alerts: [alert], unsaid: 0 },
        routing,
      ),
    )
}

/** Appended to the group of its rule and channel; the first one says when. */
function gatheredWith(groups: readonly Gathered[], one: Gathered): readonly Gathered[] {
  const at = groups.findIndex(({ rule, channel }) => rule === one.rule && channel === one.channel)
  if (at === -1) return [...groups, one]
  const group = groups[at]!
  const isFull = group.alerts.length >= GATHERED_MAX
  const alerts = isFull ? group.alerts : [...group.alerts, ...one.alerts]
  const joined = { ...group, alerts, unsaid: group.unsaid + one.unsaid + (isFull ? one.alerts.length : 0) }
  return groups.map((other, index) => (index === at ? joined : other))
}

function keyOf(channel: string, { incident }: Alert): string {
  return `${channel} ${incident}`
}

interface Telling {
  readonly rule: string
  readonly channel: string
  readonly alerts: readonly Alert[]
  readonly unsaid: number
}

function deliveryOf(
  id: string,
  purpose: DeliveryPurpose,
  { rule, channel, alerts, unsaid }: Telling,
  { portfolio, at }: Routing,
): AlertDelivery {
  return {
    id,
    portfolio,
    channel,
    rule,
    purpose,
    severity: highestOf(alerts),
    alerts,
    unsaid,
    createdAt: at,
    dueAt: at,
    attempts: 0,
    state: 'waiting',
    answer: '',
    sentAt: null,
  }
}
