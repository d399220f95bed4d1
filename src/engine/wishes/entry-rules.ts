/** Rules for entries that need more than projected books: they come before the limits. */
import type { RuleName } from '../../domain/risk.ts'
import { toDays, utcDate, WEEKDAY, weekday } from '../../domain/sessions.ts'
import { type Instant, MAGNITUDE_MAX } from '../../domain/units.ts'
import type { ViolationKind } from '../../domain/violations.ts'
import { barredEntries } from '../gates/gates.ts'
import { isChain } from '../positions/rolling.ts'
import { isLiquidating } from '../rebalance/due.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import type { KernelState } from '../state.ts'
import { isTooSmallFor } from '../universe/account-size.ts'
import { allowsRegime } from '../watch/regimes.ts'
import { blockingViolation } from '../watch/return.ts'
import type { Entry } from './entry.ts'
import { lacksStop } from './wish-orders.ts'

/** Saturday or Sunday in UTC. */
export function isWeekend(at: number): boolean {
  const day = weekday(utcDate(at as Instant))
  return day === WEEKDAY.saturday || day === WEEKDAY.sunday
}

/** The books count to 2^52; a sixteenth of it is left to the many small positions that are not added up here. */
const REACH_MAX = MAGNITUDE_MAX - MAGNITUDE_MAX / 16

/**
 * Most units that all sleeves together might come to hold on the side of the change; 0 where the sleeve's own are few.
 * Peers on the other side are not counted against them: they may leave at any time.
 */
function largestReach(runtime: Runtime, sleeve: number, instrument: number, wanted: number): number {
  const { books } = runtime.state
  const side = wanted > 0 ? 1 : -1
  const size = Math.abs(wanted)
  if (reachOf(runtime.state, sleeve, instrument, side) + size <= MAGNITUDE_MAX / 16 / books.sleeves) return 0
  let reach = size
  for (let one = 0; one < books.sleeves; one += 1) reach += reachOf(runtime.state, one, instrument, side)
  return reach
}

/** Units of this side that one sleeve holds or waits for. */
function reachOf(state: KernelState, sleeve: number, instrument: number, side: number): number {
  const at = sleeve * state.books.width + instrument
  const held = state.books.quantity[at]! * side
  return (held > 0 ? held : 0) + (side > 0 ? state.pendingBuys[at]! : state.pendingSells[at]!)
}

/** Violations of limits that entries are judged by as well: those rules give their names. */
const RULE_OF: { readonly [K in ViolationKind]?: RuleName } = {
  portfolio_drawdown: 'drawdownBreaker',
  strategy_drawdown: 'sleeveDrawdown',
  daily_loss: 'dailyLoss',
  strategy_daily_loss: 'sleeveDailyLoss',
  value_at_risk: 'valueAtRisk',
  portfolio_volatility: 'volatility',
  strategy_volatility: 'sleeveVolatility',
  diversification: 'diversification',
  strategy_correlation: 'strategyCorrelation',
}

/** The rule that forbids an entry whatever its size; null where none does. */
export function forbidden(
  runtime: Runtime,
  entry: Entry,
): { rule: RuleName; value: number | null; limit: number | null } | null {
  const { state } = runtime
  const { sleeve, instrument } = entry
  // A structure is one; its legs are judged when it is built.
  const wanted = entry.maximumLoss === null ? entry.quantity : 1
  const own = state.sleeves[sleeve.ordinal]!
  if (own.paused !== '') return { rule: 'paused', value: null, limit: null }
  const barred = barredEntries(state)
  if (barred !== null) return { rule: barred, value: null, limit: null }
  if (isLiquidating(runtime)) return { rule: 'rebalancing', value: null, limit: null }
  if (state.delisted[instrument] === 1 || isChain(state.instruments[instrument]!))
    return { rule: 'notListed', value: null, limit: null }
  if (wanted < 0 && !state.instruments[instrument]!.shortable) return { rule: 'notHoldable', value: null, limit: null }
  if (isTooSmallFor(runtime, instrument))
    return { rule: 'accountSize', value: runtime.equity, limit: state.config!.routing!.upgradeAt }
  if (wanted < 0 && state.unborrowable?.includes(instrument) === true)
    return { rule: 'notBorrowable', value: null, limit: null }
  const reach = largestReach(runtime, sleeve.ordinal, instrument, wanted)
  if (reach > REACH_MAX) return { rule: 'notHoldable', value: reach, limit: REACH_MAX }
  // Without a mark no limit can say what the change is worth.
  if (runtime.unitValue[instrument] === 0)
    return { rule: Number.isNaN(state.mark[instrument]!) ? 'priceMissing' : 'rateMissing', value: null, limit: null }
  if (!eligible(runtime, sleeve, instrument)) return { rule: 'universe', value: null, limit: null }
  if (!allowsRegime(runtime, sleeve.ordinal, instrument)) return { rule: 'regime', value: null, limit: null }
  const stop = sleeve.config.limits.position?.stop ?? null
  // What a structure can lose is bounded by its strikes.
  if (stop !== null && entry.maximumLoss === null) {
    const { protection } = entry
    if (lacksStop(runtime, stop, { sleeve: sleeve.ordinal, instrument, protection }))
      return { rule: 'stopMissing', value: null, limit: stop.widest }
  }
  const closed = state.capital?.closed[sleeve.ordinal] ?? ''
  // Under the limits of a lifecycle PAPER objects in its own place, after what the others say.
  if (closed !== '' && (closed !== 'lifecycle' || state.config!.limits.lifecycle === undefined))
    return { rule: closed, value: null, limit: null }
  const violation = blockingViolation(runtime, sleeve.ordinal, instrument)
  if (violation !== null) {
    const rule = RULE_OF[violation.rule as ViolationKind] ?? 'openViolation'
    return { rule, value: violation.value, limit: violation.limit }
  }
  const weekend = sleeve.config.limits.weekend
  if (weekend !== null && isWeekend(state.at)) {
    const dayReturn = own.dayStartEquity > 0 ? sleeve.equity / own.dayStartEquity - 1 : 0
    if (dayReturn < -weekend.dayLossMax) return { rule: 'weekend', value: -dayReturn, limit: weekend.dayLossMax }
    const opened = openedThisWeekend(runtime, sleeve.ordinal)
    if (opened >= weekend.positionsMax) return { rule: 'weekend', value: opened, limit: weekend.positionsMax }
  }
  return null
}

/** Positions opened since Saturday began (UTC), waiting entries included. */
function openedThisWeekend(runtime: Runtime, sleeve: number): number {
  const { state } = runtime
  const today = utcDate(state.at as Instant)
  const since = (toDays(today) - (weekday(today) === WEEKDAY.sunday ? 1 : 0)) * 86_400_000
  let opened = 0
  for (let index = 0; index < state.instruments.length; index += 1) {
    const at = sleeve * state.books.width + index
    if (
      state.books.quantity[at] !== 0
        ? state.openedAt[at]! >= since
        : state.pendingBuys[at] !== 0 || state.pendingSells[at] !== 0
    )
      opened += 1
  }
  return opened
}

function eligible(runtime: Runtime, sleeve: SleeveRuntime, instrument: number): boolean {
  return runtime.eligible === null || runtime.eligible(sleeve.ordinal, instrument)
}
