/** Every allocator on the same return streams, walk-forward: weights only ever come from rows before the ones they earn. */
import { ALLOCATION_METHODS, type AllocationMethod, type Matrix } from '../../domain/allocation.ts'
import type { AllocationRule } from '../../domain/capital.ts'
import { type Walk, walkWeights } from './walk.ts'

export interface AllocatorTrial {
  readonly method: AllocationMethod
  /** Null where the method needs what is not known; `reason` says what. */
  readonly walk: Walk | null
  readonly reason: string | null
  /** Times that weights were computed, and how many of them fell back because the method had no answer. */
  readonly computed: number
  readonly fallbacks: number
}

export interface TrialInput {
  readonly names: readonly string[]
  /** Trade dates of the rows, yyyymmdd. */
  readonly dates: ArrayLike<number>
  readonly returns: Matrix
  /** Everything but the method. */
  readonly rule: Omit<AllocationRule, 'method'>
  /** Fraction of what is moved. */
  readonly cost: number
  readonly periods: number
}

/** What a method cannot do without; null when it is known. */
function missing(method: AllocationMethod, { records }: TrialInput['rule']): string | null {
  if (method === 'fixed' && records.every(({ weight }) => weight === null)) return 'needs a weight of each series'
  if (method === 'lifecycle' && records.every(({ stage }) => stage === null)) return 'needs a stage of each series'
  return null
}

/**
 * Walks every method from the first row that a whole window stands before. Holdings drift between the days on which
 * weights are computed.
 */
export function tryAllocators(input: TrialInput): readonly AllocatorTrial[] {
  const { names, dates, returns, rule, cost, periods } = input
  return ALLOCATION_METHODS.map((method) => {
    const reason = missing(method, rule)
    if (reason !== null) return { method, walk: null, reason, computed: 0, fallbacks: 0 }
    const walk = walkWeights({
      names,
      dates,
      returns,
      start: Math.min(rule.window, returns.rows),
      capital: 1,
      plan: {
        allocation: { ...rule, method },
        rebalance: { kind: 'never' },
        bench: null,
        reduction: null,
        ladder: null,
        drawdown: null,
        cost,
        periods,
        firstWeights: null,
      },
    })
    const outcomes = walk.events.flatMap((event) => (event.kind === 'weights' ? [event.outcome] : []))
    return {
      method,
      walk,
      reason: null,
      computed: outcomes.length,
      fallbacks: outcomes.filter((outcome) => outcome === 'fallback').length,
    }
  })
}
