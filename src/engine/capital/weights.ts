/** Weights by the rule of the plan: over the sleeves that are in, then held to what their stages may have. */
import type { LifecycleStage, SleeveRecord } from '../../domain/allocation.ts'
import type { CapitalPlan, LifecycleOverlay } from '../../domain/capital.ts'
import { takesCapital } from '../rebalance/free-cash.ts'
import type { Runtime } from '../runtime.ts'
import { dealWeights } from './deal-weights.ts'
import { tellCapital } from './record.ts'
import { scoredReturns, scoredSharpe } from './scores.ts'
import { allocatedSleeves, type CapitalState, stageOf } from './state.ts'
import { tradeRecord } from './trades.ts'

const EPSILON = 1e-12

interface Weighed {
  /** By sleeve ordinal. */
  readonly weights: Float64Array
  readonly reason: string
}

/** Computes the weights anew and records what changed. */
export function reweigh(runtime: Runtime): void {
  const { capital, config } = runtime.state
  const plan = config!.capitalPlan
  if (capital === undefined || plan === undefined) return
  const before = capital.weights
  const { weights, reason } = weigh(runtime, capital, plan)
  capital.weights = heldToStages(runtime, capital, plan, { weights, reason })
  capital.weights.forEach((weight, sleeve) => {
    if (Math.abs(weight - before[sleeve]!) > EPSILON)
      tellCapital(runtime, { cause: 'weights', sleeve, before: before[sleeve]!, after: weight, reason })
  })
}

/** The weights with which the run begins: the sleeves' own, held to the stages from the start. */
export function beginWeights(runtime: Runtime, capital: CapitalState, { overlays: { lifecycle } }: CapitalPlan): void {
  const weights = firstWeights(runtime, capital)
  capital.weights = lifecycle === null ? weights : capByStage(weights, stagesOf(runtime, capital), lifecycle)
}

/** Records what the stages took off the first weights: on the first day, because before it there is no date. */
export function tellFirstCuts(runtime: Runtime, capital: CapitalState, plan: CapitalPlan): void {
  heldToStages(runtime, capital, plan, { weights: firstWeights(runtime, capital), reason: 'first weights' })
}

function stagesOf(runtime: Runtime, capital: CapitalState): readonly (LifecycleStage | null)[] {
  return runtime.sleeves.map(({ ordinal }) => stageOf(capital, ordinal))
}

/** A sleeve that came to a smaller stage has no more than that allows at once; more it gets when weights are computed. */
export function holdWeights(runtime: Runtime, capital: CapitalState, plan: CapitalPlan): void {
  const { weights } = capital
  const held = heldToStages(runtime, capital, plan, { weights, reason: 'between computations' })
  if (held.some((weight, sleeve) => weights[sleeve]! - weight > EPSILON)) capital.weights = held
}

/** Weights of which no stage has more than it may; what is cut is recorded. */
function heldToStages(
  runtime: Runtime,
  capital: CapitalState,
  { overlays: { lifecycle } }: CapitalPlan,
  { weights, reason }: Weighed,
): Float64Array {
  if (lifecycle === null) return weights
  const stages = stagesOf(runtime, capital)
  const capped = capByStage(weights, stages, lifecycle)
  capped.forEach((weight, sleeve) => {
    if (weights[sleeve]! - weight <= EPSILON) return
    const why = `${stages[sleeve]}: what its stage may have; ${reason}`
    tellCapital(runtime, { cause: 'lifecycle', sleeve, before: weights[sleeve]!, after: weight, reason: why })
  })
  return capped
}

/** The sleeves' own weights. */
function firstWeights(runtime: Runtime, capital: CapitalState): Float64Array {
  return Float64Array.from(runtime.sleeves, ({ config, ordinal }) =>
    takesCapital(runtime, ordinal) && stageOf(capital, ordinal) !== 'PAPER' ? config.weight : 0,
  )
}

/** Places, among the allocated sleeves, of those that weights are computed for: the benched and the unproved are out. */
function placesIn(runtime: Runtime, capital: CapitalState, allocated: readonly number[]): readonly number[] {
  return allocated.flatMap((sleeve, place) => {
    const isOut = capital.bench?.benched[place] === true || stageOf(capital, sleeve) === 'PAPER'
    return takesCapital(runtime, sleeve) && !isOut ? [place] : []
  })
}

function weigh(runtime: Runtime, capital: CapitalState, plan: CapitalPlan): Weighed {
  const { method, window, observationsMin } = plan.allocation
  const allocated = allocatedSleeves(runtime.state.config!)
  const places = placesIn(runtime, capital, allocated)
  const weights = new Float64Array(runtime.sleeves.length)
  if (places.length === 0) return { weights, reason: 'no sleeve is in' }
  const ordinals = places.map((place) => allocated[place]!)
  const returns = ordinals.map((sleeve) => scoredReturns(capital, sleeve, window))
  const found = dealWeights(plan.allocation, {
    names: ordinals.map((sleeve) => String(runtime.sleeves[sleeve]!.config.id)),
    places,
    returns,
    records: places.map((place, index) => recordOf(runtime, plan, place, ordinals[index]!, returns[index]!)),
    previous: Float64Array.from(ordinals, (sleeve) => capital.weights[sleeve]!),
  })
  const first = found.weights === null ? firstWeights(runtime, capital) : null
  ordinals.forEach((sleeve, index) => {
    weights[sleeve] = first === null ? found.weights![index]! : first[sleeve]!
  })
  if (first !== null)
    return { weights, reason: `first weights: ${found.observations} of ${observationsMin} days of returns are known` }
  const stated = method === 'fixed' || method === 'equal'
  return { weights, reason: stated ? method : `${method} over ${found.observations} days` }
}

/** What is known of a sleeve: its own Sharpe ratio and trades before what is stated of them. */
function recordOf(
  runtime: Runtime,
  { allocation }: CapitalPlan,
  place: number,
  sleeve: number,
  returns: Float64Array,
): SleeveRecord {
  const stated = allocation.records[place]!
  const sharpe = scoredSharpe(returns, allocation.observationsMin, allocation.settings.periods)
  const trades = tradeRecord(runtime, sleeve)
  return {
    ...stated,
    stage: stageOf(runtime.state.capital!, sleeve) ?? stated.stage,
    sharpe: Number.isNaN(sharpe) ? stated.sharpe : sharpe,
    winRate: trades.winRate ?? stated.winRate,
    payoff: trades.payoff ?? stated.payoff,
  }
}

/** No sleeve above its stage's base, no stage above its total: its sleeves shrink in proportion. What is cut is the reserve's. */
function capByStage(
  weights: Float64Array,
  stages: readonly (LifecycleStage | null)[],
  { stageBase, stageMax }: LifecycleOverlay,
): Float64Array {
  const totals: Partial<Record<LifecycleStage, number>> = {}
  const capped = weights.map((weight, sleeve) => {
    const stage = stages[sleeve] ?? null
    if (stage === null) return weight
    const own = Math.min(weight, stageBase[stage] ?? weight)
    totals[stage] = (totals[stage] ?? 0) + own
    return own
  })
  return capped.map((weight, sleeve) => {
    const stage = stages[sleeve] ?? null
    if (stage === null) return weight
    const [total, most] = [totals[stage] ?? 0, stageMax[stage] ?? Number.POSITIVE_INFINITY]
    return total > most + EPSILON ? (weight / total) * most : weight
  })
}
