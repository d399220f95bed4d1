/** When capital is dealt anew. */
import type { RebalancingRule } from '../../domain/capital.ts'
import { isDue } from '../capital/schedule.ts'
import type { Runtime } from '../runtime.ts'
import { baseUnit, takesCapital, targetCounts } from './free-cash.ts'
import { type RebalanceState, startRebalancing } from './state.ts'

const EPSILON = 1e-12

export function rebalanceState({ state, sleeves }: Runtime): RebalanceState {
  state.rebalance ??= startRebalancing(sleeves.length)
  return state.rebalance
}

/** A breach asks for a rebalancing at the end of the day; nothing happens where the configuration has no `on_breach`. */
export function askRebalancing(runtime: Runtime, reason: string): void {
  const triggers = runtime.state.config!.capitalPlan?.rebalancing.triggers ?? []
  if (triggers.includes('on_breach')) rebalanceState(runtime).asked = reason
}

/** Whether anything in this portfolio can make a rebalancing due by itself. */
export function hasTrigger({ triggers }: RebalancingRule): boolean {
  return triggers.some((trigger) => trigger !== 'every_bar' && trigger !== 'manual')
}

/**
 * Counts the day that ends and says why a rebalancing is due at its close; '' where none is.
 *
 * @param tradeDate of the day; a second close of the same day is not counted again
 */
export function takeDay(runtime: Runtime, rule: RebalancingRule, tradeDate: number): string {
  const own = rebalanceState(runtime)
  if (own.tradeDate === tradeDate) return ''
  const previous = own.tradeDate
  own.days += 1
  own.tradeDate = tradeDate
  const { asked } = own
  own.asked = ''
  if (asked !== '') return `breach: ${asked}`
  if (rule.triggers.includes('periodic') && isDue(rule.schedule, own.days, previous, tradeDate)) return 'periodic'
  return rule.triggers.includes('threshold') ? drifted(runtime, rule.threshold) : ''
}

/**
 * The sleeve that drifted furthest beyond the threshold, in points of weight; '' where none did. A loan of the reserve is
 * no drift.
 */
function drifted(runtime: Runtime, threshold: number): string {
  const targets = targetCounts(runtime)
  if (!(runtime.equity > 0)) return ''
  let [furthest, most] = [-1, threshold]
  for (const { ordinal, equity } of runtime.sleeves) {
    if (!takesCapital(runtime, ordinal)) continue
    const drift = Math.abs(equity - targets[ordinal]! / baseUnit(runtime)) / runtime.equity
    // Of equal ones the first declared is named.
    if (drift > most + EPSILON) [furthest, most] = [ordinal, drift]
  }
  return furthest < 0 ? '' : `threshold: "${runtime.sleeves[furthest]!.config.id}" drifted by ${points(most)}`
}

const points = (weight: number): string => `${Math.floor(weight * 10_000 + 0.5) / 100} points of weight`

/** Whether everything is being closed: until money has been dealt nothing is opened. */
export function isLiquidating({ state }: Runtime): boolean {
  return state.rebalance?.underWay?.by === 'liquidation'
}
