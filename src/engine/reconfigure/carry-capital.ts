/** How capital is dealt, carried over to a plan that says it otherwise. */
import type { CapitalPlan } from '../../domain/capital.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { startStage } from '../../pipeline/allocation/stage-changes.ts'
import { type BenchState, pairAt, startBench } from '../../pipeline/risk/correlation-bench.ts'
import {
  allocatedSleeves,
  type CapitalState,
  type LadderState,
  type LifecycleState,
  startCapital,
} from '../capital/state.ts'
import type { TradeTally } from '../capital/trade-tally.ts'
import type { KernelState } from '../state.ts'
import { lengthened, relaidRing } from './rows.ts'

/**
 * Undefined where there is no plan any more, and where there was none yet: that one begins as on a first day.
 *
 * Overlays that stay remember what they knew; those that are new begin; those that are gone are forgotten with what they
 * held back.
 */
export function carriedCapital(state: KernelState, after: PortfolioConfig): CapitalState | undefined {
  const { capital, config, books } = state
  const plan = after.capitalPlan
  const former = config!.capitalPlan
  if (capital === undefined || former === undefined || plan === undefined) return undefined
  const fresh = startCapital(after, plan, books.width)
  const [from, to] = [config!.sleeves.length, after.sleeves.length]
  const { bench, reduction, ladder, volatility, spike, lifecycle, trades } = fresh
  return {
    days: capital.capacity === fresh.capacity ? capital.days : Math.min(capital.days, capital.capacity, fresh.capacity),
    tradeDate: capital.tradeDate,
    capacity: fresh.capacity,
    returns: relaidRing(
      capital.returns,
      capital.days,
      { capacity: capital.capacity, columns: from },
      {
        capacity: fresh.capacity,
        columns: to,
        at: (column) => column,
        empty: Number.NaN,
      },
    ),
    scored: lengthened(capital.scored, to, Number.NaN),
    weights: lengthened(capital.weights, to),
    factor: lengthened(capital.factor, to, 1),
    closed: after.sleeves.map((_, sleeve) => capital.closed[sleeve] ?? ''),
    ...(bench === undefined ? {} : { bench: carriedBench(capital.bench, bench) }),
    ...(reduction === undefined ? {} : { reduction: lengthened(capital.reduction ?? new Float64Array(0), to, 1) }),
    ...(ladder === undefined ? {} : { ladder: carriedLadder(capital.ladder, ladder) }),
    ...(volatility === undefined ? {} : { volatility: capital.volatility ?? volatility }),
    ...(spike === undefined ? {} : { spike: capital.spike ?? spike }),
    ...(lifecycle === undefined ? {} : { lifecycle: carriedStages(state, after, plan, lifecycle) }),
    ...(trades === undefined ? {} : { trades: carriedTrades(capital.trades, trades) }),
  }
}

/** Pairs are numbered by how many sleeves there are. */
function carriedBench(former: BenchState | undefined, fresh: BenchState): BenchState {
  if (former === undefined) return fresh
  if (former.sleeves === fresh.sleeves) return former
  const next = startBench(fresh.sleeves)
  for (let left = 0; left < former.sleeves; left += 1) {
    next.calm[left] = former.calm[left]!
    next.benched[left] = former.benched[left]!
    for (let right = left + 1; right < former.sleeves; right += 1)
      next.above[pairAt(next.sleeves, left, right)] = former.above[pairAt(former.sleeves, left, right)]!
  }
  return next
}

function carriedLadder(former: LadderState | undefined, fresh: LadderState): LadderState {
  if (former === undefined) return fresh
  const count = fresh.months.length
  return {
    months: fresh.months.map((_, sleeve) => former.months[sleeve] ?? null),
    index: lengthened(former.index, count, 1),
    factor: lengthened(former.factor, count, 1),
  }
}

/** A sleeve stays in the stage that it has come to, unless the file names another one than before. */
function carriedStages(
  { capital, config }: KernelState,
  after: PortfolioConfig,
  plan: CapitalPlan,
  fresh: LifecycleState,
): LifecycleState {
  const former = capital!.lifecycle
  const named = config!.capitalPlan?.overlays.lifecycle ?? null
  if (former === undefined || named === null) return fresh
  const [old, now] = [allocatedSleeves(config!), allocatedSleeves(after)]
  const { stages, validatedDrawdown } = plan.overlays.lifecycle!
  const isMoved = (sleeve: number): boolean => {
    const place = old.indexOf(sleeve)
    return place >= 0 && named.stages[place] !== stages[now.indexOf(sleeve)]
  }
  const states = fresh.states.map((begun, sleeve) => {
    const own = former.states[sleeve] ?? null
    if (own === null) return begun
    const place = now.indexOf(sleeve)
    if (isMoved(sleeve)) return startStage(stages[place]!, validatedDrawdown[place] ?? null)
    return own
  })
  const count = states.length
  return {
    states,
    proposed: states.map((_, sleeve) => former.proposed[sleeve] ?? ''),
    open: longer(former.open, count),
    tradesSeen: longer(former.tradesSeen, count),
  }
}

function carriedTrades(former: TradeTally | undefined, fresh: TradeTally): TradeTally {
  if (former === undefined) return fresh
  const count = fresh.winners.length
  return {
    winners: longer(former.winners, count),
    losers: longer(former.losers, count),
    gained: lengthened(former.gained, count),
    lost: lengthened(former.lost, count),
    open: lengthened(former.open, fresh.open.length),
  }
}

function longer(values: Int32Array, length: number): Int32Array {
  const next = new Int32Array(length)
  next.set(values)
  return next
}
