/** How a portfolio stands at one event: what `replay` shows of the past, and a running engine of now. */
import type { CurrencyCode, Instant, TradeDate } from '../domain/units.ts'
import { shownSleeves } from '../engine/external/sleeve.ts'
import type { Kernel } from '../engine/kernel.ts'
import { cashValue, valueAll } from '../engine/positions/valuation.ts'
import type { PositionRecord } from '../engine/records/result.ts'
import { positionsOf } from '../engine/records/result-of.ts'
import type { Runtime } from '../engine/runtime.ts'

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
  /** Orders at the broker that have not ended. */
  readonly openOrders: number
  /** Wishes that no order stands for yet: they wait for an auction, a gate or an operator. */
  readonly waitingWishes: number
  readonly openViolations: number
}

/** Looking changes nothing: what the kernel had reckoned with before, it goes on with. */
export function standingOf({ runtime }: Kernel): Standing {
  const { equity, cash, sleeves } = runtime
  const before = sleeves.map((sleeve) => sleeve.equity)
  valueAll(runtime)
  const standing = valued(runtime)
  runtime.equity = equity
  runtime.cash = cash
  for (const [place, sleeve] of sleeves.entries()) sleeve.equity = before[place]!
  return standing
}

function valued(runtime: Runtime): Standing {
  const { state } = runtime
  const config = state.config!
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
    ...workOf(runtime),
    openViolations: state.violations.filter(({ resolvedAt }) => resolvedAt === null).length,
  }
}

/** What is under way: at the broker, and before it. */
export function workOf({ state, batch, rowEnded, plain }: Runtime): Pick<Standing, 'openOrders' | 'waitingWishes'> {
  let openOrders = state.working.length + (state.workingStructures?.length ?? 0)
  for (let row = 0; row < batch.count; row += 1) if (rowEnded[row] === 0) openOrders += 1
  const waitingWishes = state.waiting.length + plain.count + state.waitingStructures.length
  return { openOrders, waitingWishes }
}
