/** How a portfolio runs, in the units of the engine: milliseconds. */
import type { BackupRule } from '../../adapters/store/backups.ts'
import type { Retention } from '../../adapters/store/retention.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { barLength, timeframeOf } from '../../domain/timeframes.ts'
import { type BreakerLimits, DESK_POLICY, type DeskPolicy } from '../../live/desk/policy.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import type { RawOrders } from './schema/running.ts'

export interface RunningSettings {
  readonly mode: 'paper' | 'live'
  /** Between two looks of the engine. */
  readonly cycleMs: number
  readonly retryMs: number
  readonly stale: { readonly graceMs: number; readonly barsMissed: number }
  /** How patient the order protocol is, and what makes it stop. */
  readonly desk: DeskPolicy
  readonly live: {
    /** Part of the allocation that live trading starts with. */
    readonly fraction: number
    /** Criteria by the names of the gates. */
    readonly gates: Readonly<Record<string, string>>
  }
  readonly store: StoreSettings
}

/** What is kept while it runs, and for how long. */
export interface StoreSettings {
  readonly encrypted: boolean
  /** Null: no copies are made. */
  readonly backups: (BackupRule & { readonly folder: string | null }) | null
  readonly retention: Retention
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE_MS, h: 60 * MINUTE_MS }

/** Of a duration such as 30s, 5m or 1h. */
export function milliseconds(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.at(-1)!]!
}

function storeSettings({ encryption, backups, retention }: RawPortfolio['store']): StoreSettings {
  const age = (days: number | undefined): number | null => (days === undefined ? null : days * DAY_MS)
  const { slices, messages, cycles, hours, snapshots } = retention
  return {
    encrypted: encryption === 'on' || encryption === true,
    backups: backups === null ? null : { ...backups, folder: backups.folder ?? null },
    retention: {
      slices: age(slices),
      messages: age(messages),
      cycles: age(cycles),
      hours: age(hours),
      snapshots: age(snapshots),
    },
  }
}

export function runningOf({ mode, engine, live, store }: RawPortfolio, { sleeves }: PortfolioConfig): RunningSettings {
  const cycleMs = engine.cycle === undefined ? usualCycle(sleeves) : milliseconds(engine.cycle)
  return {
    mode,
    cycleMs,
    retryMs: milliseconds(engine.retry_after),
    stale: { graceMs: milliseconds(engine.stale_after.grace), barsMissed: engine.stale_after.bars },
    desk: deskOf(engine.orders, mode),
    live: { fraction: live.fraction, gates: live.gates },
    store: storeSettings(store),
  }
}

/** What is watched on bars that come more often is looked at as often. */
function usualCycle(sleeves: PortfolioConfig['sleeves']): number {
  const trading = sleeves.filter(({ strategy }) => strategy !== null)
  const isRoundTheClock = trading.length > 0 && trading.every(({ calendar }) => calendar === 'continuous')
  const watches = trading.flatMap(({ watch }) => (watch === undefined ? [] : (barLength(timeframeOf(watch)) ?? [])))
  return Math.min(isRoundTheClock ? 5 * MINUTE_MS : MINUTE_MS, ...watches)
}

/** Settings of a file that an engine has no use for, each with the reason. */
export function unusedRunning(document: unknown): readonly string[] {
  const engine = (document as { readonly engine?: { readonly update_every?: unknown } | null } | null)?.engine
  if (engine?.update_every === undefined) return []
  return ['engine.update_every is not used: figures are renewed with every event that changes them']
}

/** A past that is played again trips nothing that was not asked for: it would differ from its backtest. */
const NO_BREAKERS: BreakerLimits = {
  rejectsOfInstrument: Number.POSITIVE_INFINITY,
  rejects: Number.POSITIVE_INFINITY,
  rejectedCloses: Number.POSITIVE_INFINITY,
  ordersPerMinute: Number.POSITIVE_INFINITY,
  notionalPerDay: Number.POSITIVE_INFINITY,
}

function deskOf({ intent_life, sweep_every, takeover_wait, breakers }: RawOrders, mode: 'paper' | 'live'): DeskPolicy {
  const unstated = mode === 'live' ? DESK_POLICY.breakers : NO_BREAKERS
  return {
    ...DESK_POLICY,
    intentLife: milliseconds(intent_life),
    sweepEvery: milliseconds(sweep_every),
    takeoverWait: milliseconds(takeover_wait),
    breakers: {
      rejectsOfInstrument: breakers.rejects_of_instrument ?? unstated.rejectsOfInstrument,
      rejects: breakers.rejects ?? unstated.rejects,
      rejectedCloses: breakers.rejected_closes ?? unstated.rejectedCloses,
      ordersPerMinute: breakers.orders_per_minute ?? unstated.ordersPerMinute,
      notionalPerDay: breakers.notional_per_day ?? unstated.notionalPerDay,
    },
  }
}
