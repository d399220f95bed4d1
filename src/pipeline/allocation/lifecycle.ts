import type { AllocationInput, Allocator, LifecycleStage } from '../../domain/allocation.ts'
import { heldTo } from './kelly.ts'
import { allocationOf } from './outcome.ts'
import { sharpeRatios } from './sharpe-weighted.ts'

/** Largest position of a strategy in each stage, as a fraction of equity: base of its size and cap alike. */
export const STAGE_BASES: Readonly<Record<LifecycleStage, number>> = {
  MATURE: 0.1,
  VALIDATION: 0.05,
  DISCOVERY: 0.02,
  DECAY: 0.03,
  PAPER: 0,
}

export interface LifecycleSize {
  readonly base: number
  /** min(Sharpe / 2, 1.5) */
  readonly sharpeMultiplier: number
  /** 0.6 of the multiplier and 0.4 of the win rate, before and after it is held to 0.5 .. 1.5. */
  readonly confidenceRaw: number
  readonly confidence: number
  /** Fraction of equity before the cap, and after it. */
  readonly uncapped: number
  readonly size: number
}

/**
 * Size by stage and confidence: base x confidence x strength of the signal, at most the base. A Sharpe ratio of 0 or
 * less sizes to nothing, unless the formula is taken `literal`ly, where its smallest confidence of 0.5 remains.
 *
 * @param sharpe annual
 * @param winRate 0 to 1
 * @param strength 0 to 1
 */
export function lifecycleSize(
  stage: LifecycleStage,
  sharpe: number,
  winRate: number,
  strength: number,
  literal: boolean,
): LifecycleSize {
  const base = STAGE_BASES[stage]
  const sharpeMultiplier = Math.min(sharpe / 2, 1.5)
  const confidenceRaw = 0.6 * sharpeMultiplier + 0.4 * winRate
  const confidence = Math.max(0.5, Math.min(confidenceRaw, 1.5))
  const uncapped = sharpe > 0 || literal ? base * confidence * strength : 0
  return { base, sharpeMultiplier, confidenceRaw, confidence, uncapped, size: Math.min(uncapped, base) }
}

/** Fraction of periods with a gain; 0 without periods. */
function gainRate({ returns }: AllocationInput, column: number): number {
  let gains = 0
  for (let row = 0; row < returns.rows; row += 1) {
    if (returns.values[row * returns.columns + column]! > 0) gains += 1
  }
  return returns.rows === 0 ? 0 : gains / returns.rows
}

/**
 * Lifecycle-and-confidence sizes. Sharpe ratio and win rate come from the records, else from the returns; a signal is at
 * full strength unless stated. A sleeve without a stage gets nothing; what no sleeve takes is cash.
 */
export const lifecycle: Allocator = {
  name: 'lifecycle',
  observationsMin: 0,
  keepsSize: true,
  allocate(input) {
    const { records, settings } = input
    const root = Math.sqrt(settings.periods)
    const own = sharpeRatios(input)
    const weights = Float64Array.from(records, ({ stage, sharpe, winRate, strength }, index) => {
      const measured = own[index]! * root
      const ratio = sharpe ?? (Number.isFinite(measured) ? measured : 0)
      if (stage === null) return 0
      return lifecycleSize(stage, ratio, winRate ?? gainRate(input, index), strength ?? 1, settings.lifecycleLiteral)
        .size
    })
    return allocationOf(heldTo(weights, settings.leverageMax))
  },
}
