import type { Allocator } from '../../domain/allocation.ts'
import { allocateBudgets, budgetsOf } from './risk-budget.ts'

/**
 * Risk budgeting down a tree: the portfolio's volatility is dealt to groups, theirs to sleeves. Contributions add up, so
 * the product of the shares on the way to a sleeve is its budget, and every group contributes exactly its own.
 */
export const hierarchicalRiskBudget: Allocator = {
  name: 'hierarchical_risk_budget',
  observationsMin: 2,
  keepsSize: false,
  allocate: (input) =>
    allocateBudgets(
      input,
      input.budget === null ? new Float64Array(input.names.length).fill(1) : budgetsOf(input.names, input.budget),
    ),
}
