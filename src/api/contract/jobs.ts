import type { RebalanceMethod } from './commands.ts'
import type { SimulationView } from './simulation.ts'
import type { StressView } from './stress.ts'

/* Long questions: asked once by id, answered by a worker, kept until they are read. */

type Figure = number | null

export type JobKindView = 'stress' | 'monte-carlo' | 'rebalance-preview' | 'flatten-preview' | 'config-diff'

export interface StressInput {
  /** Names of the built-in scenarios; empty: all of them. */
  readonly scenarios: readonly string[]
  /** Windows of the past of the portfolio's own instruments, and shocks, of the user's own. */
  readonly own: readonly OwnScenario[]
}

export type OwnScenario =
  | { readonly kind: 'window'; readonly name: string; readonly from: string; readonly to: string }
  | { readonly kind: 'shock'; readonly name: string; readonly change: number }

export interface MonteCarloInput {
  readonly method: 'block-bootstrap' | 'bootstrap' | 'normal' | 'student-t'
  readonly horizon: number
  readonly paths: number
  readonly seed: number
  /** Positive fraction: a drawdown whose probability is asked for. */
  readonly drawdown: number
}

/** Targets and prices are those of the portfolio as it stands. */
export interface RebalanceInput {
  /** How money would move; as the configuration says where left out. */
  readonly by?: RebalanceMethod
}

export interface FlattenInput {
  /** Null: every sleeve. */
  readonly sleeve: string | null
}

export interface ConfigDiffInput {
  /** The whole portfolio file as it would be. */
  readonly document: string
}

export type JobInput = StressInput | MonteCarloInput | RebalanceInput | FlattenInput | ConfigDiffInput

export interface JobRequest {
  /** Random: the same id is one job, however often it is asked. */
  readonly id: string
  readonly kind: JobKindView
  readonly input: JobInput
}

export interface RebalanceOrder {
  readonly sleeve: string
  readonly instrument: string
  readonly quantity: number
  readonly price: number
  readonly notional: number
  readonly cost: number
  readonly reason: string
}

export interface RebalancePreview {
  readonly currency: string
  readonly asOf: string
  readonly rule: string
  readonly sleeves: readonly {
    readonly name: string
    readonly title: string
    readonly target: Figure
    readonly before: Figure
    readonly after: Figure
    /** Money that comes to it; negative: that leaves it. */
    readonly moved: number
  }[]
  readonly orders: readonly RebalanceOrder[]
  readonly notional: number
  readonly cost: number
  /** Largest distance of a sleeve's weight from its target. */
  readonly driftBefore: Figure
  readonly driftAfter: Figure
  readonly notes: readonly string[]
}

/** A market that is closed now: orders for it wait. */
export interface ClosedMarket {
  readonly calendar: string
  /** Null: not known. */
  readonly opens: string | null
  readonly instruments: readonly string[]
}

export interface FlattenPreview {
  readonly currency: string
  readonly asOf: string
  readonly orders: readonly RebalanceOrder[]
  readonly notional: number
  readonly cost: number
  readonly closed: readonly ClosedMarket[]
  /** What is held and could not be closed at its last price. */
  readonly left: readonly string[]
  readonly notes: readonly string[]
}

export interface ConfigChange {
  /** `sleeves.trend.weight` */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
  readonly kind: 'added' | 'removed' | 'changed'
  /** What follows from it, one sentence; empty where nothing is to be said. */
  readonly consequence: string
}

export interface ConfigDiff {
  readonly changes: readonly ConfigChange[]
  /** With file, line and value; a document with problems is not taken. */
  readonly problems: readonly string[]
}

export type JobResult =
  | { readonly kind: 'stress'; readonly view: StressView }
  | { readonly kind: 'monte-carlo'; readonly view: SimulationView }
  | { readonly kind: 'rebalance-preview'; readonly view: RebalancePreview }
  | { readonly kind: 'flatten-preview'; readonly view: FlattenPreview }
  | { readonly kind: 'config-diff'; readonly view: ConfigDiff }

export interface JobView {
  readonly id: string
  readonly kind: JobKindView
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly actor: string
  readonly at: string
  readonly endedAt: string | null
  /** Parts done of all; null before it runs. */
  readonly progress: { readonly done: number; readonly of: number; readonly what: string } | null
  readonly result: JobResult | null
  /** Why it failed; empty where it did not. */
  readonly error: string
}
