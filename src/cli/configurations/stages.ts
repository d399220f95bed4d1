/** Which configurations trade, in which order, and what a configuration must have shown to be promoted. */
import { LIFECYCLE_STAGES, type LifecycleStage } from '../../domain/allocation.ts'
import { STAGE_RULE } from '../../pipeline/allocation/stage-changes.ts'
import type { Configuration } from './schema.ts'

const EPSILON = 1e-12

/** Active ones, the most trusted stage first, of one stage the highest Sharpe ratio of validation; PAPER stands last. */
export function activeOnes(configurations: readonly Configuration[]): readonly Configuration[] {
  return configurations.filter((one) => one.is_active).sort(byTrust)
}

/** Active ones that may use money: PAPER trades its shadow only. */
export function tradingOnes(configurations: readonly Configuration[]): readonly Configuration[] {
  return activeOnes(configurations).filter((one) => one.lifecycle_stage !== 'PAPER')
}

function byTrust(one: Configuration, other: Configuration): number {
  return (
    LIFECYCLE_STAGES.indexOf(one.lifecycle_stage) - LIFECYCLE_STAGES.indexOf(other.lifecycle_stage) ||
    other.validation.sharpe_ratio - one.validation.sharpe_ratio
  )
}

const NEXT: Readonly<Record<LifecycleStage, LifecycleStage | null>> = {
  PAPER: 'DISCOVERY',
  DISCOVERY: 'VALIDATION',
  VALIDATION: 'MATURE',
  MATURE: null,
  DECAY: 'DISCOVERY',
}

/** The stage above; null for the highest. */
export function nextStage(stage: LifecycleStage): LifecycleStage | null {
  return NEXT[stage]
}

/** What keeps a configuration from its next stage, in words; empty where nothing does. */
export function promotionProblems({ lifecycle_stage: stage, validation }: Configuration): readonly string[] {
  const { validation: asked, mature } = STAGE_RULE
  switch (stage) {
    case 'PAPER':
      return ['paper is left by an operator only']
    case 'DECAY':
      return ['a strategy in decay ends on paper']
    case 'MATURE':
      return ['it is in the highest stage']
    case 'DISCOVERY':
      return [
        ...fewer('round trips', validation.trades, asked.trades),
        ...lower('probabilistic Sharpe ratio', validation.probabilistic_sharpe, asked.probability),
      ]
    default:
      return [
        ...fewer('round trips', validation.trades, mature.trades),
        ...fewer('days on paper or live', validation.days, mature.days),
        ...lower('deflated Sharpe ratio', validation.deflated_sharpe, mature.probability),
      ]
  }
}

function fewer(what: string, value: number, asked: number): readonly string[] {
  return value >= asked ? [] : [`${value} ${what} of ${asked}`]
}

function lower(what: string, value: number | null, asked: number): readonly string[] {
  if (value === null) return [`no ${what} is recorded, it must be above ${asked}`]
  return value > asked + EPSILON ? [] : [`${what} ${value}, it must be above ${asked}`]
}
