import type { AllocationMethod } from '../../domain/allocation.ts'
import type { AllocationRule, CapitalPlan, DaySchedule, Overlays } from '../../domain/capital.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { allocatedSleeves } from '../../engine/capital/state.ts'
import { uniformBounds } from '../../pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS, NO_RECORD } from '../../pipeline/allocation/input.ts'

const WINDOW = 60
const MONTHLY: DaySchedule = { kind: 'calendar', unit: 'month' }
const NO_OVERLAYS: Overlays = {
  bench: null,
  reduction: null,
  ladder: null,
  volatilityTarget: null,
  lifecycle: null,
  spike: null,
}

/**
 * The same portfolio with its capital allocated by another method: all else of its plan stays. Without a plan weights
 * come from sixty days of returns and are computed anew every month; weights that were stated for ever are so, too.
 */
export function underAllocator(config: PortfolioConfig, method: AllocationMethod): PortfolioConfig {
  const plan = config.capitalPlan ?? planFor(config)
  const { recompute } = plan.allocation
  const allocation = { ...plan.allocation, method, recompute: recompute.kind === 'never' ? MONTHLY : recompute }
  return { ...config, capitalPlan: { ...plan, allocation } }
}

function planFor(config: PortfolioConfig): CapitalPlan {
  const allocated = allocatedSleeves(config).map((ordinal) => config.sleeves[ordinal]!)
  const allocation: AllocationRule = {
    method: 'fixed',
    window: WINDOW,
    observationsMin: WINDOW,
    recompute: MONTHLY,
    investable: allocated.reduce((sum, { weight }) => sum + weight, 0),
    covariance: 'sample',
    bounds: { ...uniformBounds(allocated.length, 0, 1), groups: [] },
    budget: null,
    records: allocated.map(({ weight }) => ({ ...NO_RECORD, weight })),
    settings: { ...ALLOCATION_SETTINGS, periods: config.periods },
  }
  const rebalancing = { triggers: [], schedule: { kind: 'never' }, threshold: 0.05, by: 'transfer' } as const
  return { allocation, overlays: NO_OVERLAYS, rebalancing, shadows: true }
}
