/** Which limits of a lifecycle portfolio can ever bind: for checking a configuration. */
import type { LifecycleLimits } from '../../domain/limits.ts'

export interface StageRoom {
  readonly sumOfStages: number
  /** The stages together may want more than the whole allows. */
  readonly totalBinds: boolean
  /** The reserve is asked for more than the exposure limit leaves anyway. */
  readonly cashBinds: boolean
}

export function stageRoom(limits: Pick<LifecycleLimits, 'exposureMax' | 'stageMax' | 'cashMin'>): StageRoom {
  const sumOfStages = Object.values(limits.stageMax).reduce((sum, limit) => sum + limit, 0)
  return {
    sumOfStages,
    totalBinds: sumOfStages > limits.exposureMax,
    cashBinds: 1 - limits.cashMin < Math.min(limits.exposureMax, sumOfStages),
  }
}
