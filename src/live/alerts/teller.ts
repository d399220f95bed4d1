/**
 * The desk that tells people: it follows a portfolio's messages, and what is wrong around them, and hands each alert to
 * its channels. What it has looked at and what it owes are kept in one transaction; a delivery is marked before it leaves
 * and after it was answered, so that a process that dies forgets none, and says of one that it may come twice.
 */
import type { AlertLog } from '../../domain/alert-log.ts'
import type {
  Alert,
  AlertChannel,
  AlertDelivery,
  AlertNotice,
  AlertRule,
  AlertThreshold,
  AlertTransport,
  ChannelAnswer,
} from '../../domain/alerts.ts'
import type { Message } from '../../domain/bus.ts'
import type { Instant } from '../../domain/units.ts'
import type { MinuteOf } from './matching.ts'
import { afterAttempt } from './retry.ts'
import { elapse, NOTHING_ROUTED, type Routed, type RouterState, type Routing, route } from './router.ts'
import { alertOf } from './sources.ts'
import { type Exceeded, exceededBy, type FigureOf, thresholdAlerts } from './thresholds.ts'

/** Messages that are looked at in one transaction, and deliveries that are taken up at a time. */
const PAGE = 500
const DUE_MAX = 200
const MINUTE_MS = 60_000
/** Turns without the store after which people are told past it. */
const STORELESS_TURNS = 3
/** An incident of something around the engine; whoever looks again says all that is wrong now. */
const AROUND = 'around '

/** What the desk must know of a channel; where it leads is its transport's affair. */
export type UsedChannel = Pick<AlertChannel, 'name' | 'isEnabled' | 'perMinute'>

/** Who is told of what, as it stands now. */
export interface AlertSettings {
  readonly rules: readonly AlertRule[]
  readonly thresholds: readonly AlertThreshold[]
  readonly channels: readonly UsedChannel[]
  /** Address of the dashboard; '' where nobody said it. */
  readonly dashboard: string
}

export interface TellerOptions {
  readonly portfolio: string
  readonly log: AlertLog
  messages(from: number): AsyncIterable<Message>
  /** Number of the last message: what was said before the first start is nobody's alert. */
  lastMessage(): Promise<number>
  /** Told how far messages were looked at, so that they may be let go. */
  looked(number: number): Promise<void>
  settings(): Promise<AlertSettings>
  /** What is wrong around the engine now, each with an incident that begins with `around `. */
  around(): Promise<readonly Alert[]>
  /** Figures as they stand; asked where there are thresholds. */
  figures(): Promise<FigureOf>
  /** Asked for every message: settings may have changed. */
  transportOf(channel: string): AlertTransport
  now(): Instant
  /** From 0 up to 1. */
  chance(): number
  readonly minuteOf: MinuteOf
  /** What whoever runs it should read: a channel that fails, a store that is away. */
  note(text: string): void
}

/** As it is kept between two processes. */
export interface KeptState extends RouterState {
  readonly exceeded?: Exceeded
}

export interface Teller {
  /** Said beside the messages, such as that an engine was started again; kept with the next turn. */
  say(alert: Alert): void
  /** Looks at everything once, and hands over what is due. Never throws. @returns whether the store took part */
  turn(): Promise<boolean>
  /** Waits for what is on its way. */
  close(): Promise<void>
}

export function openTeller(options: TellerOptions): Teller {
  const { portfolio, log } = options
  let cursor = -1
  let state: RouterState = NOTHING_ROUTED
  let exceeded: Exceeded = {}
  let seen: ReadonlyMap<string, string> = new Map()
  let settings: AlertSettings = { rules: [], thresholds: [], channels: [], dashboard: '' }
  let said: Alert[] = []
  let storeless = 0
  const busy = new Map<string, Promise<void>>()
  const sentAt = new Map<string, number[]>()

  const routing = (): Routing => ({
    portfolio,
    rules: settings.rules,
    channels: new Set(settings.channels.filter(({ isEnabled }) => isEnabled).map(({ name }) => name)),
    seen,
    at: options.now(),
    minuteOf: options.minuteOf,
  })

  async function remember(): Promise<void> {
    if (cursor >= 0) return
    const memory = await log.memory(portfolio)
    if (memory === null) {
      const last = await options.lastMessage()
      await log.keep(portfolio, { cursor: last, state: JSON.stringify(NOTHING_ROUTED), deliveries: [] })
      cursor = last
      return
    }
    cursor = memory.cursor
    const kept = JSON.parse(memory.state) as KeptState
    const { exceeded: beyond = {}, ...router } = kept
    exceeded = beyond
    state = router
  }

  /** What figures are beyond, and what follows for who is told. */
  async function beyond(): Promise<{ readonly now: Exceeded; readonly alerts: readonly Alert[] }> {
    const { thresholds } = settings
    const figureOf: FigureOf = thresholds.length === 0 ? () => null : await options.figures()
    const now = exceededBy(thresholds, figureOf, exceeded, options.now())
    return { now, alerts: thresholdAlerts(portfolio, thresholds, figureOf, now) }
  }

  /** Takes what was said since, and keeps what follows from it. */
  async function look(): Promise<void> {
    let next = cursor
    const alerts: Alert[] = []
    for await (const message of options.messages(cursor + 1)) {
      next = message.number
      const alert = alertOf(portfolio, message)
      if (alert !== null) alerts.push(alert)
      if (next - cursor >= PAGE) break
    }
    const taken = said
    const figures = await beyond()
    const around = [...(await options.around()), ...figures.alerts]
    seen = new Map((await log.acknowledgements(portfolio)).map(({ incident, alert }) => [incident, alert]))
    const all = [...alerts, ...taken, ...changesOf(state, around, options.now())]
    const { state: routed, deliveries } = routedAll(state, all, routing())
    if (next !== cursor || routed !== state || figures.now !== exceeded || deliveries.length > 0) {
      const kept: KeptState = { ...routed, exceeded: figures.now }
      const over = [...seen.keys()].filter((incident) => routed.open[incident] === undefined)
      await log.keep(portfolio, { cursor: next, state: JSON.stringify(kept), deliveries, over })
      if (next !== cursor) await options.looked(next)
    }
    cursor = next
    state = routed
    exceeded = figures.now
    said = said.slice(taken.length)
  }

  async function handOver(): Promise<void> {
    const due = await log.due(portfolio, options.now(), DUE_MAX)
    const byChannel = new Map<string, AlertDelivery[]>()
    for (const delivery of due) {
      const list = byChannel.get(delivery.channel)
      if (list === undefined) byChannel.set(delivery.channel, [delivery])
      else list.push(delivery)
    }
    for (const [name, list] of byChannel) {
      // One that is slow holds nobody else up.
      if (busy.has(name)) continue
      const work = deliverAll(name, list)
        .catch((error: unknown) => options.note(`alerts through "${name}" wait: ${wordsOf(error)}`))
        .finally(() => busy.delete(name))
      busy.set(name, work)
    }
  }

  async function deliverAll(name: string, list: readonly AlertDelivery[]): Promise<void> {
    const channel = settings.channels.find((one) => one.name === name)
    for (const delivery of list) {
      if (channel === undefined || !channel.isEnabled) {
        const why = channel === undefined ? 'there is no such channel any more' : 'the channel is switched off'
        await log.mark(portfolio, { ...delivery, state: 'failed', answer: why })
        continue
      }
      if (!hasRoom(channel)) return
      await deliver(channel, delivery)
    }
  }

  /** Whether the channel may take one more within this minute. */
  function hasRoom({ name, perMinute }: UsedChannel): boolean {
    const lately = (sentAt.get(name) ?? []).filter((at) => at > options.now() - MINUTE_MS)
    sentAt.set(name, lately)
    return lately.length < perMinute
  }

  async function deliver(channel: UsedChannel, delivery: AlertDelivery): Promise<void> {
    sentAt.get(channel.name)!.push(options.now())
    await log.mark(portfolio, { ...delivery, state: 'sending' })
    const answer = await answerOf(channel, delivery)
    const after = afterAttempt(delivery, answer, options.now(), options.chance())
    await log.mark(portfolio, after)
    if (after.state !== 'failed') return
    options.note(`an alert could not be told through "${channel.name}": ${after.answer}`)
    // That a channel fails is told through the others; never that this could not be told either.
    if (delivery.alerts.every(({ rule }) => rule !== UNTOLD)) said.push(untoldBy(channel.name, after, options.now()))
  }

  function answerOf(channel: UsedChannel, delivery: AlertDelivery): Promise<ChannelAnswer> {
    const notice: AlertNotice = {
      ...delivery,
      mayRepeat: delivery.state === 'sending',
      dashboard: settings.dashboard,
    }
    return options.transportOf(channel.name).send(notice, options.now())
  }

  /** Past the store: nobody keeps this, and it is said once. */
  async function sayStoreless(reason: string): Promise<void> {
    const alert = storelessAlert(portfolio, reason, options.now())
    const { deliveries } = route(NOTHING_ROUTED, alert, { ...routing(), rules: settings.rules.map(atOnce) })
    for (const delivery of deliveries) {
      const channel = settings.channels.find(({ name }) => name === delivery.channel)!
      const { text } = await answerOf(channel, delivery)
      options.note(`the store is away, told through "${channel.name}": ${text}`)
    }
  }

  return {
    say: (alert) => void said.push(alert),
    async turn() {
      try {
        await remember()
        settings = await options.settings()
        await look()
        await handOver()
        storeless = 0
        return true
      } catch (error) {
        storeless += 1
        if (storeless === 1) options.note(`alerts wait: ${wordsOf(error)}`)
        if (storeless === STORELESS_TURNS) await sayStoreless(wordsOf(error))
        return false
      }
    },
    close: async () => void (await Promise.all(busy.values())),
  }
}

function routedAll(state: RouterState, alerts: readonly Alert[], routing: Routing): Routed {
  const deliveries: AlertDelivery[] = []
  let now = state
  for (const alert of alerts) {
    const routed = route(now, alert, routing)
    now = routed.state
    deliveries.push(...routed.deliveries)
  }
  const due = elapse(now, routing)
  return { state: due.state, deliveries: [...deliveries, ...due.deliveries] }
}

/** What has become wrong around the engine, and what is right again. */
function changesOf({ open }: RouterState, around: readonly Alert[], at: Instant): readonly Alert[] {
  const over = Object.values(open)
    .map(({ alert }) => alert)
    .filter(({ incident }) => incident.startsWith(AROUND) && around.every((one) => one.incident !== incident))
  return [
    ...around,
    ...over.map((alert): Alert => ({ ...alert, id: `${alert.id} over`, at, state: 'resolved', text: 'it is over' })),
  ]
}

/** Rule of the alert that another one could not be told. */
const UNTOLD = 'alert_untold'

function untoldBy(channel: string, { id, portfolio, answer }: AlertDelivery, at: Instant): Alert {
  return {
    ...bare(portfolio, at),
    id: `${id} untold`,
    severity: 'high',
    rule: UNTOLD,
    subject: channel,
    text: `the channel "${channel}" did not take an alert: ${answer}`,
    incident: `untold ${channel}`,
    state: 'said',
  }
}

function storelessAlert(portfolio: string, reason: string, at: Instant): Alert {
  const text = `the store cannot be used: ${reason}`
  const what = { severity: 'critical', rule: 'store_away', subject: '', text } as const
  return { ...bare(portfolio, at), ...what, id: `store away ${at}`, incident: 'store away', state: 'said' }
}

function bare(portfolio: string, at: Instant): Pick<Alert, 'portfolio' | 'at' | 'sleeve' | 'value' | 'limit' | 'link'> {
  return { portfolio, at, sleeve: null, value: null, limit: null, link: '/config' }
}

function atOnce(rule: AlertRule): AlertRule {
  return { ...rule, digestEvery: null, quiet: null }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
