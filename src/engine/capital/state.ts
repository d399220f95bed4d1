/** What the kernel remembers of how capital is dealt: plain data, absent while the configuration has no capital plan. */
import type { LifecycleStage } from '../../domain/allocation.ts'
import type { CapitalPlan, LifecycleOverlay } from '../../domain/capital.ts'
import type { PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import { type StageState, startStage } from '../../pipeline/allocation/stage-changes.ts'
import { type BenchState, startBench } from '../../pipeline/risk/correlation-bench.ts'
import type { SpikeState } from '../../pipeline/risk/correlation-spike.ts'
import type { MonthLadderState } from '../../pipeline/risk/month-ladder.ts'
import { startTrades, type TradeTally } from './trade-tally.ts'

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
  lifecycle?: LifecycleState
  /** Kept where weights or stages ask for them. */
  trades?: TradeTally
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

export interface LifecycleState {
  /** Null for a reserve. */
  readonly states: (StageState | null)[]
  /** The stage that waits for an operator, '' where none does; and the number of its violation, 0 where none is open. */
  readonly proposed: (LifecycleStage | '')[]
  readonly open: Int32Array
  /** Round trips of each sleeve that its stage has seen. */
  readonly tradesSeen: Int32Array
}

/** The stage of a sleeve; null for a reserve, and where stages are not used. */
export function stageOf({ lifecycle }: CapitalState, sleeve: number): LifecycleStage | null {
  return lifecycle?.states[sleeve]?.stage ?? null
}

/** Whether capital is allocated to a sleeve: to every one but a reserve. */
export function isAllocated(config: SleeveConfig): boolean {
  return config.strategy !== null
}

/** Whether a sleeve holds a recorded stream of returns. */
export function isRecorded({ kind }: SleeveConfig): boolean {
  return kind === 'return_stream'
}

/** Ordinals of the sleeves that capital is allocated to, as declared: the order of all arrays in a capital plan. */
export function allocatedSleeves(config: PortfolioConfig): readonly number[] {
  return config.sleeves.flatMap((sleeve, ordinal) => (isAllocated(sleeve) ? [ordinal] : []))
}

/** Capital before the first day. The first weights are the caller's. */
export function startCapital(config: PortfolioConfig, plan: CapitalPlan, width: number): CapitalState {
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
    ...(lifecycle === null ? {} : { lifecycle: startLifecycle(lifecycle, allocated, sleeves) }),
    ...(TRADE_METHODS.has(plan.allocation.method) || lifecycle !== null ? { trades: startTrades(sleeves, width) } : {}),
  }
}

/** Methods that ask how a sleeve's trades ended. */
const TRADE_METHODS: ReadonlySet<string> = new Set(['kelly', 'lifecycle'])

function startLifecycle(
  { stages, validatedDrawdown }: LifecycleOverlay,
  allocated: readonly number[],
  sleeves: number,
): LifecycleState {
  const states: (StageState | null)[] = Array.from({ length: sleeves }, () => null)
  allocated.forEach((sleeve, place) => {
    states[sleeve] = startStage(stages[place]!, validatedDrawdown[place] ?? null)
  })
  const counts = { open: new Int32Array(sleeves), tradesSeen: new Int32Array(sleeves) }
  return { states, proposed: states.map(() => ''), ...counts }
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
