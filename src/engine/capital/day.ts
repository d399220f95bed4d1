/** The end of a portfolio day, before the decisions of its close: returns are scored, then capital is dealt anew. */
import type { CapitalPlan } from '../../domain/capital.ts'
import { advanceMoments } from '../../pipeline/allocation/rolling.ts'
import type { Parts } from '../parts.ts'
import type { Runtime } from '../runtime.ts'
import { stepLifecycleDay } from './lifecycle.ts'
import {
  combine,
  type OverlayDay,
  stepBenchDay,
  stepLadderDay,
  stepReductionDay,
  stepSpikeDay,
  stepVolatilityDay,
} from './overlays.ts'
import { isDue } from './schedule.ts'
import { scoredEquity, takeScores } from './scores.ts'
import { allocatedSleeves, type CapitalState, startCapital } from './state.ts'
import { beginWeights, holdWeights, reweigh, tellFirstCuts } from './weights.ts'

/** Capital before the first day: the first weights hold from the start. */
export function openCapital({ runtime }: Parts): void {
  const { state, sleeves } = runtime
  const plan = state.config!.capitalPlan
  if (plan === undefined) return
  const capital = startCapital(state.config!, plan, state.books.width)
  state.capital = capital
  for (let sleeve = 0; sleeve < sleeves.length; sleeve += 1)
    capital.scored[sleeve] = scoredEquity(runtime, sleeve) ?? Number.NaN
  beginWeights(runtime, capital, plan)
  combine(overlayDay(runtime, capital, 0), plan.overlays)
  tellWeighing(runtime, capital, true)
}

/** The sleeves are others than before: weights are computed for those that are in now. */
export function reweighSleeves(runtime: Runtime): void {
  const { capital } = runtime.state
  if (capital === undefined) return
  reweigh(runtime)
  tellWeighing(runtime, capital, true)
}

/** The rules that act on weights are others than before: what they hold back is so by what is known of each now. */
export function combineOverlays(runtime: Runtime): void {
  const { capital, config } = runtime.state
  const plan = config!.capitalPlan
  if (capital !== undefined && plan !== undefined)
    combine(overlayDay(runtime, capital, capital.tradeDate), plan.overlays)
}

/** Everything that the close of a portfolio day does to capital. */
export function capitalDay({ runtime }: Parts, tradeDate: number): void {
  const { state } = runtime
  const { capital } = state
  const plan = state.config!.capitalPlan
  // A day that ends with several closes is counted once.
  const isNew = capital !== undefined && capital.tradeDate !== tradeDate
  if (isNew) takeScores(runtime, capital)
  takeDayReturns(runtime)
  advanceMoments(state.moments, returns)
  runtime.observer?.allocated(state.moments.weights, state.moments.correlation)
  if (isNew && plan !== undefined) dealCapital(runtime, capital, plan, tradeDate)
}

/** Machines first, then the weights when they are due, then what acts on them. */
function dealCapital(runtime: Runtime, capital: CapitalState, plan: CapitalPlan, tradeDate: number): void {
  const { overlays, allocation } = plan
  const day = overlayDay(runtime, capital, tradeDate)
  const [weights, factors] = [capital.weights, capital.factor.slice()]
  if (capital.tradeDate === 0) tellFirstCuts(runtime, capital, plan)
  if (overlays.lifecycle !== null) stepLifecycleDay(runtime, capital, overlays.lifecycle)
  if (overlays.bench !== null) stepBenchDay(day, overlays.bench)
  const isComputed = isDue(allocation.recompute, capital.days, capital.tradeDate, tradeDate)
  capital.tradeDate = tradeDate
  if (isComputed) reweigh(runtime)
  else holdWeights(runtime, capital, plan)
  if (overlays.reduction !== null) stepReductionDay(day, overlays.reduction)
  if (overlays.ladder !== null) stepLadderDay(day, overlays.ladder)
  if (overlays.volatilityTarget !== null) stepVolatilityDay(day, overlays.volatilityTarget)
  if (overlays.spike !== null) stepSpikeDay(day, overlays.spike)
  combine(day, overlays)
  if (weights !== capital.weights || capital.factor.some((factor, sleeve) => factor !== factors[sleeve]))
    tellWeighing(runtime, capital, isComputed)
}

function overlayDay(runtime: Runtime, capital: CapitalState, tradeDate: number): OverlayDay {
  return { runtime, capital, allocated: allocatedSleeves(runtime.state.config!), tradeDate, own: returns }
}

function tellWeighing({ observer, tradeDate }: Runtime, capital: CapitalState, isComputed: boolean): void {
  observer?.weighed?.({ tradeDate, isComputed, weights: capital.weights, factors: capital.factor })
}

/** Returns of the day of the sleeves' own books; flows are no returns. One shared array. */
let returns = new Float64Array(0)

function takeDayReturns({ state, sleeves }: Runtime): void {
  if (returns.length !== sleeves.length) returns = new Float64Array(sleeves.length)
  for (let ordinal = 0; ordinal < sleeves.length; ordinal += 1) {
    const equity = sleeves[ordinal]!.equity
    const previous = state.previousEquity[ordinal]!
    returns[ordinal] = previous > 0 ? equity / previous - 1 : 0
    state.previousEquity[ordinal] = equity
  }
}
