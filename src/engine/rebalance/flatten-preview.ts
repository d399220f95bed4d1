/** What closing everything that a sleeve, or the portfolio, holds would do now, tried on copies: nothing of it happens. */
import { isExternal } from '../../domain/external.ts'
import { sessionAt, sessionAtOrAfter } from '../../domain/sessions.ts'
import type { Instant, SleeveId, TradeDate } from '../../domain/units.ts'
import type { SimulatedExchange } from '../../exchange/simulated.ts'
import type { Kernel } from '../kernel.ts'
import { valueAll } from '../positions/valuation.ts'
import { createRecorder } from '../records/recorder.ts'
import type { Runtime } from '../runtime.ts'
import { type PreviewOrder, playAuction, previewOrders, tell, trialOf } from './trial.ts'

/** A market that is closed now, and what waits for it. */
export interface ClosedMarket {
  readonly calendar: string
  /** Null: behind the last session that is known. */
  readonly opens: Instant | null
  readonly instruments: readonly string[]
}

/** Money in the base currency. */
export interface FlattenPreview {
  /** The last portfolio day. */
  readonly tradeDate: TradeDate
  readonly orders: readonly PreviewOrder[]
  readonly fees: number
  readonly slippage: number
  readonly closed: readonly ClosedMarket[]
  /** What is held and could not be closed at its last mark. */
  readonly left: readonly string[]
}

/**
 * Tries a flattening at the last marks: the kernel's own steps and the broker's own costs. What waits to enter is given up
 * first, as it would be. Volume is not known ahead, so slippage that depends on it counts nothing.
 *
 * @param sleeve null: every sleeve
 */
export function previewFlatten(
  kernel: Kernel,
  exchange: Pick<SimulatedExchange, 'state'>,
  sleeve: SleeveId | null,
): FlattenPreview {
  const recorder = createRecorder()
  const trial = trialOf(kernel, exchange, recorder)
  const { runtime } = trial.kernel
  valueAll(runtime)
  const marks = runtime.state.mark.slice()
  runtime.state.waiting = []
  runtime.state.waitingStructures = []
  tell(trial, { kind: 'flatten', sleeve, reason: 'preview' })
  playAuction(trial, null)
  const orders = previewOrders(runtime, recorder, marks, 0)
  return {
    tradeDate: runtime.tradeDate as TradeDate,
    orders,
    fees: orders.reduce((sum, { fee }) => sum + fee, 0),
    slippage: orders.reduce((sum, { slippage }) => sum + slippage, 0),
    closed: closedMarkets(kernel.runtime, orders),
    left: heldBy(runtime, sleeve),
  }
}

function closedMarkets(runtime: Runtime, orders: readonly PreviewOrder[]): readonly ClosedMarket[] {
  const traded = new Set(orders.map(({ instrument }) => instrument))
  const at = runtime.state.at as Instant
  const byCalendar = new Map<string, string[]>()
  for (const { symbol, calendar } of runtime.state.instruments)
    if (traded.has(symbol)) byCalendar.set(calendar, [...(byCalendar.get(calendar) ?? []), symbol])
  return [...byCalendar].flatMap(([calendar, instruments]) => {
    const sessions = runtime.sessions.get(calendar)
    if (sessions === undefined || sessionAt(sessions, at) !== -1) return []
    const next = sessionAtOrAfter(sessions, at)
    return [{ calendar, opens: next === -1 ? null : (sessions.opens[next]! as Instant), instruments }]
  })
}

function heldBy({ state, sleeves, symbols, isOption }: Runtime, asked: SleeveId | null): readonly string[] {
  const { width, quantity } = state.books
  const concerned = sleeves.filter(({ config }) => (asked === null || config.id === asked) && !isExternal(config))
  const held = new Set<string>()
  for (const { ordinal } of concerned) {
    for (const { index } of state.instruments)
      if (isOption[index] !== 1 && quantity[ordinal * width + index] !== 0) held.add(symbols[index]!)
    for (const { sleeve, underlying } of state.structures) if (sleeve === ordinal) held.add(symbols[underlying]!)
  }
  return [...held]
}
