/** How a portfolio stands at one event: what `replay` shows of the past, and a running engine of now. */
import type { CurrencyCode, Instant, TradeDate } from '../domain/units.ts'
import { shownSleeves } from '../engine/external/sleeve.ts'
import type { Kernel } from '../engine/kernel.ts'
import { cashValue, valueAll } from '../engine/positions/valuation.ts'
import type { PositionRecord } from '../engine/records/result.ts'
import { positionsOf } from '../engine/records/result-of.ts'

/** Amounts are of the base currency. */
export interface SleeveStanding {
  readonly id: string
  readonly title: string
  /** Why it takes no new positions; empty: it trades. */
  readonly paused: string
  readonly equity: number
  readonly cash: number
}

export interface Standing {
  readonly name: string
  readonly currency: CurrencyCode
  /** Number of the last event, and when it happened. */
  readonly seq: number
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly equity: number
  readonly cash: number
  readonly sleeves: readonly SleeveStanding[]
  readonly positions: readonly PositionRecord[]
  /** Orders that work at the broker or wait for their moment. */
  readonly openOrders: number
  readonly openViolations: number
}

export function standingOf({ runtime }: Kernel): Standing {
  const { state } = runtime
  const config = state.config!
  valueAll(runtime)
  return {
    name: config.name,
    currency: config.currency,
    seq: state.seq,
    at: state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    equity: runtime.equity,
    cash: runtime.cash,
    sleeves: shownSleeves(runtime).map(({ config: { id, title }, ordinal, equity }) => ({
      id,
      title,
      paused: state.sleeves[ordinal]!.paused,
      equity,
      cash: cashValue(runtime, ordinal),
    })),
    positions: positionsOf(runtime),
    openOrders: state.working.length + state.waiting.length,
    openViolations: state.violations.filter(({ resolvedAt }) => resolvedAt === null).length,
  }
}
