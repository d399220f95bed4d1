import { ownEquity } from '../external/sleeve.ts'
import type { Runtime } from '../runtime.ts'

/** What a sleeve's sizes are measured on before the overlays of the day: money in the base currency. */
export function sizingBase(runtime: Runtime, sleeve: number): number {
  const { state } = runtime
  const plan = state.config!.capitalPlan
  if (plan === undefined || state.capital === undefined || !plan.rebalancing.triggers.includes('every_bar'))
    return runtime.sleeves[sleeve]!.equity
  return ownEquity(runtime) * state.capital.weights[sleeve]!
}

/** Product of the day's overlays on a sleeve's sizes, and of the part that trades live; 1 where there are none. */
export function capitalFactor({ state }: Runtime, sleeve: number): number {
  const traded = state.liveFraction ?? 1
  return state.capital === undefined ? traded : state.capital.factor[sleeve]! * traded
}

/** Capital that a sleeve may work with now, in the base currency: a fully invested sleeve holds this much. */
export function sizingCapital(runtime: Runtime, sleeve: number): number {
  return sizingBase(runtime, sleeve) * capitalFactor(runtime, sleeve)
}
