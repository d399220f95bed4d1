import type { NettingShadow, ShadowFigures } from '../../api/contract/report.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { RunResult, ShadowResult } from '../../engine/records/result.ts'
import { shadowCapital } from '../../engine/shadows/shadow.ts'
import { summariseReturns } from '../../pipeline/metrics/summary.ts'
import { timeWeightedReturns } from '../../pipeline/metrics/time-weighted.ts'
import { finite, known } from './numbers.ts'

/* What sleeves would have done alone, beside what they did. */

/** Daily returns of a shadow: no money moves in or out of it after the start. */
export function shadowReturns({ config }: RunResult, { sleeve, equity }: ShadowResult): Float64Array {
  const capital = shadowCapital(config, config.sleeves.find(({ id }) => id === sleeve)!)
  const initial = capital / countsPerUnit(config.currency)
  return timeWeightedReturns({ initial, equity, flows: new Float64Array(equity.length) })
}

export function shadowFigures(result: RunResult, sleeve: string): ShadowFigures | null {
  const shadow = result.shadows.find((candidate) => candidate.sleeve === sleeve)
  if (shadow === undefined) return null
  const figures = summariseReturns(shadowReturns(result, shadow), result.config.periods)
  return {
    final: finite(shadow.equity.at(-1)),
    totalReturn: finite(figures.totalReturn),
    volatility: finite(figures.volatility),
    sharpe: finite(figures.sharpe),
    maxDrawdown: finite(figures.maxDrawdown),
    roundTrips: shadow.trades,
    fees: known(shadow.fees),
    fault: shadow.fault,
  }
}

/** Two sums over the same orders differ by rounding where they are taken in another order. */
const ROUNDING = 1e-12

function spared(alone: number, together: number): number {
  const difference = alone - together
  return Math.abs(difference) <= ROUNDING * Math.max(Math.abs(alone), Math.abs(together)) ? 0 : known(difference)
}

/** All orders of the shadows, each sent alone, and how much less the account really sent. */
export function nettingShadow({ shadows, netting, sleeves }: RunResult): NettingShadow | null {
  if (shadows.length === 0) return null
  const total = { orders: 0, units: 0, notional: 0, fees: 0 }
  for (const { orders, units, notional, fees } of shadows) {
    total.orders += orders
    total.units += units
    total.notional += notional
    total.fees += fees
  }
  let paid = 0
  for (const { fees } of sleeves) paid += fees
  return {
    orders: total.orders,
    units: known(total.units),
    notional: known(total.notional),
    fees: known(total.fees),
    ordersSpared: total.orders - netting.ordersNet,
    unitsSpared: spared(total.units, netting.unitsNet),
    notionalSpared: spared(total.notional, netting.notionalNet),
    feesSpared: spared(total.fees, paid),
  }
}
