/** What the kernel remembers of how capital is dealt: plain data, absent while the configuration has no capital plan. */
import type { LifecycleStage } from '../../domain/allocation.ts'
import type { CapitalPlan } from '../../domain/capital.ts'
import type { PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import { type BenchState, startBench } from '../../pipeline/risk/correlation-bench.ts'
import type { SpikeState } from '../../pipeline/risk/correlation-spike.ts'
import type { MonthLadderState } from '../../pipeline/risk/month-ladder.ts'

/** The overlays that close a sleeve to entries; each is a rule that refuses by this name. */
export type Closing = 'lifecycle' | 'bench' | 'ladder' | 'spike'

/** Arrays are by sleeve ordinal; a reserve has its place in them, and nothing in it. */
export interface CapitalState {
  /** Portfolio days that have ended; the last one's date, 0 before the first. */
  days: number
  tradeDate: number
  /** Most days that `returns` holds. */
  readonly capacity: number
  /** Scored returns of the last days: a ring, day-major; NaN where a sleeve had none. */
  readonly returns: Float64Array
  /** Equity of the shadow with which the last day ended; NaN where the sleeve's own books are scored. */
  readonly scored: Float64Array
  /** Target fractions of portfolio equity after the lifecycle and the bench, before the daily overlays. */
  weights: Float64Array
  /** Product of the daily overlays: reduction, ladder and volatility target. 1 is full size. */
  factor: Float64Array
  /** The rule by which a sleeve takes no new entry; '' while it may. */
  closed: (Closing | '')[]
  bench?: BenchState
  ladder?: LadderState
  /** Factor per sleeve while it moves together with another one. */
  reduction?: Float64Array
  volatility?: VolatilityState
  spike?: SpikeState
  /** Stage of each sleeve; null for a reserve. */
  stages?: (LifecycleStage | null)[]
}

export interface LadderState {
  /** Null until the first day has ended. */
  readonly months: (MonthLadderState | null)[]
  /** What one unit of money put in at the start has become, flows taken out, per sleeve. */
  readonly index: Float64Array
  readonly factor: Float64Array
}

export interface VolatilityState {
  scale: number
}

/** Whether capital is allocated to a sleeve: to every one but a reserve. */
export function isAllocated(config: SleeveConfig): boolean {
  return config.strategy !== null
}

/** Ordinals of the sleeves that capital is allocated to, as declared: the order of all arrays in a capital plan. */
export function allocatedSleeves(config: PortfolioConfig): readonly number[] {
  return config.sleeves.flatMap((sleeve, ordinal) => (isAllocated(sleeve) ? [ordinal] : []))
}

/** Part of the portfolio that may be invested: what reserves are not meant to hold. */
export function investableFraction(config: PortfolioConfig): number {
  let reserved = 0
  for (const sleeve of config.sleeves) if (!isAllocated(sleeve)) reserved += sleeve.weight
  return Math.max(0, 1 - reserved)
}

/** Capital before the first day. The first weights are the caller's. */
export function startCapital(config: PortfolioConfig, plan: CapitalPlan): CapitalState {
  const sleeves = config.sleeves.length
  const { bench, reduction, ladder, volatilityTarget, spike, lifecycle } = plan.overlays
  const allocated = allocatedSleeves(config)
  const capacity = longestWindow(plan)
  return {
    days: 0,
    tradeDate: 0,
    capacity,
    returns: new Float64Array(capacity * sleeves).fill(Number.NaN),
    scored: new Float64Array(sleeves).fill(Number.NaN),
    weights: new Float64Array(sleeves),
    factor: new Float64Array(sleeves).fill(1),
    closed: config.sleeves.map(() => ''),
    ...(bench === null ? {} : { bench: startBench(allocated.length) }),
    ...(reduction === null ? {} : { reduction: new Float64Array(sleeves).fill(1) }),
    ...(ladder === null ? {} : { ladder: startLadder(sleeves) }),
    ...(volatilityTarget === null ? {} : { volatility: { scale: 1 } }),
    ...(spike === null ? {} : { spike: { halted: false } }),
    ...(lifecycle === null
      ? {}
      : { stages: config.sleeves.map((_, ordinal) => lifecycle.stages[allocated.indexOf(ordinal)] ?? null) }),
  }
}

function startLadder(sleeves: number): LadderState {
  return {
    months: Array.from({ length: sleeves }, () => null),
    index: new Float64Array(sleeves).fill(1),
    factor: new Float64Array(sleeves).fill(1),
  }
}

/** Days of returns that some rule looks back on. */
function longestWindow({ allocation, overlays }: CapitalPlan): number {
  const { bench, reduction, ladder, volatilityTarget, spike } = overlays
  const windows = [bench, reduction, ladder, volatilityTarget, spike].map((overlay) => overlay?.window ?? 0)
  return Math.max(allocation.window, allocation.observationsMin, ...windows)
}
