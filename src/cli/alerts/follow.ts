/** A process that tells people of one portfolio, beside whatever else it does. */
import { setTimeout as wait } from 'node:timers/promises'
import { backupState } from '../../adapters/store/backup-state.ts'
import { lastMessageOf } from '../../adapters/store/message-rows.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { AlertLog } from '../../domain/alert-log.ts'
import type { EquityMemory } from '../../domain/projections.ts'
import type { Lease } from '../../domain/store.ts'
import type { Instant } from '../../domain/units.ts'
import { openTeller, type Teller } from '../../live/alerts/teller.ts'
import { type AlertConfiguration, foundIn } from '../config/alerts.ts'
import type { Log } from '../serve/log.ts'
import type { EngineExit, SupervisedEnd } from '../serve/supervise.ts'
import { aroundOf, endAlert, failureAlert } from './around.ts'
import { figuresFrom } from './figures.ts'
import { portfolioChannels, SURROUNDINGS } from './settings.ts'

/** Between two looks, and how often one that stands by asks whether it is its turn. */
const TURN_MS = 1_000
const STANDBY_MS = 10_000
/** Where nobody is told of anything it is enough to see now and then whether that has changed. */
const IDLE_MS = 10_000
const PING_MS = 10_000
/** How long it is on record what was told. */
const KEPT_MS = 90 * 86_400_000
const DAY_MS = 86_400_000
const DAY_MINUTES = 1_440
/** Under which a store knows how far this reader of its messages is. */
const READER = 'alerts'

export interface AlertFollower {
  /** The supervisor saw the engine fail. */
  failed(exit: EngineExit): void
  /** The supervisor has done with it. */
  done(end: SupervisedEnd): void
  /** Ends when the process is told to stop; what is on its way is waited for. */
  readonly running: Promise<'ended'>
}

export interface Followed {
  readonly portfolio: string
  readonly store: OpenedStore
  readonly alertLog: AlertLog
  readonly configuration: AlertConfiguration
  readonly log: Log
  readonly signal: AbortSignal
}

export function followAlerts(followed: Followed): AlertFollower {
  const { portfolio, store, alertLog, configuration, log } = followed
  const since = Date.now()
  const channels = portfolioChannels(configuration, alertLog, portfolio)
  for (const { name, isEnabled } of configuration.channels) {
    const opened = channels.open(name)
    if (isEnabled && !opened.ok)
      log.error('a channel for alerts cannot be used', { channel: name, reason: opened.reason })
  }
  const around = async () => {
    const now = Date.now() as Instant
    const beat = (await store.control.beats()).find((one) => one.portfolio === portfolio) ?? null
    return aroundOf({ portfolio, beat, since, backup: await backupState(store.tables.db, now), now })
  }
  let isWell = true
  let equity: EquityMemory | null = null
  let equityAt = -2
  let hasRules = false
  const teller = openTeller({
    portfolio,
    log: alertLog,
    messages: (from) => store.messages(portfolio, from),
    lastMessage: () => lastMessageOf(store.tables.db, portfolio),
    looked: (number) => store.confirm(portfolio, READER, number),
    async settings() {
      const settings = await channels.settings()
      hasRules = [...settings.rules, ...settings.thresholds].some(({ isEnabled }) => isEnabled)
      return settings
    },
    async around() {
      const found = await around()
      isWell = found.every(({ severity }) => severity !== 'critical')
      return found
    },
    async figures() {
      const beat = (await store.control.beats()).find((one) => one.portfolio === portfolio) ?? null
      // Figures of the tables change with events alone.
      if (beat === null || beat.seq !== equityAt) {
        equity = await store.projections.equityMemory(portfolio)
        equityAt = beat?.seq ?? -1
      }
      return figuresFrom(equity!, beat)
    },
    transportOf: channels.transportOf,
    now: () => Date.now() as Instant,
    chance: Math.random,
    minuteOf,
    note: (text) => log.warn(text, { portfolio }),
  })
  return {
    failed: (exit) => teller.say(failureAlert(portfolio, exit, Date.now() as Instant)),
    done(end) {
      if (end !== 'ended') teller.say(endAlert(portfolio, end, Date.now() as Instant))
    },
    running: run(teller, followed, () => ({ isWell, hasRules })),
  }
}

/** One process tells of a portfolio: who comes later stands by. */
interface Seen {
  readonly isWell: boolean
  readonly hasRules: boolean
}

async function run(
  teller: Teller,
  { portfolio, store, alertLog, configuration, log, signal }: Followed,
  seen: () => Seen,
) {
  let lease: Lease | null = null
  let pinged = 0
  let forgotten = 0
  try {
    while (!signal.aborted) {
      lease ??= await store.lease(`alerts of ${portfolio}`).catch(() => null)
      const hasTurned = lease !== null && (await teller.turn())
      const { heartbeat } = configuration
      if (heartbeat !== null && hasTurned && seen().isWell && Date.now() - pinged >= heartbeat.everyMs) {
        pinged = Date.now()
        void ping(heartbeat.url, log)
      }
      if (hasTurned && Date.now() - forgotten >= DAY_MS) {
        forgotten = Date.now()
        await alertLog.forgetDeliveries(portfolio, (forgotten - KEPT_MS) as Instant).catch(() => {})
      }
      const pause = lease === null ? STANDBY_MS : seen().hasRules ? TURN_MS : IDLE_MS
      await wait(pause, undefined, { signal }).catch(() => {})
    }
  } finally {
    await teller.close()
    await lease?.release().catch(() => {})
  }
  return 'ended' as const
}

/** Who waits for it raises the alarm when it does not come: the only alarm that a dead machine can raise. */
async function ping(written: unknown, log: Log): Promise<void> {
  const found = foundIn(SURROUNDINGS, written)
  try {
    if (!found.ok) throw new Error(found.reason)
    const { status, ok } = await fetch(String(found.value), { signal: AbortSignal.timeout(PING_MS) })
    if (!ok) throw new Error(`it answered ${status}`)
  } catch (error) {
    log.warn('the sign of life was not taken', { reason: error instanceof Error ? error.message : String(error) })
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Minutes since midnight in a time zone; those of UTC where this machine does not know it. */
export function minuteOf(at: Instant, zone: string): number {
  let format = formats.get(zone)
  if (format === undefined) {
    format = formatOf(zone)
    formats.set(zone, format)
  }
  const parts = format.formatToParts(at)
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return (of('hour') * 60 + of('minute')) % DAY_MINUTES
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const shown = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  try {
    return new Intl.DateTimeFormat('en-GB', { ...shown, timeZone: zone })
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...shown, timeZone: 'UTC' })
  }
}
