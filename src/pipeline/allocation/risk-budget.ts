import type { Allocation, AllocationInput, Allocator, BudgetPart } from '../../domain/allocation.ts'
import { deviationParts, weightsOfComponents, weightsOfComponentsWithin } from '../../numerics/components.ts'
import { nearestPositive, subMatrix } from '../../numerics/linear.ts'
import { allocateMoving } from './moving.ts'

/**
 * Weights whose contributions to the volatility stand in the proportion of the budgets, held to the bounds. A budget of
 * 0 is no part of the book.
 */
export function allocateBudgets(input: AllocationInput, budgets: Float64Array): Allocation {
  const wanted = Float64Array.from(budgets)
  return allocateMoving(input, (part) => {
    const { kept, size, covariance, total } = part
    const places = kept.flatMap((index, place) => (wanted[index]! > 0 ? [place] : []))
    if (places.length === 0) return null
    const inner = nearestPositive(subMatrix(covariance, size, places), places.length)
    const shares = Float64Array.from(places, (place) => wanted[kept[place]!]!)
    const bound = (values: Float64Array): Float64Array => Float64Array.from(places, (place) => values[kept[place]!]!)
    const [lower, upper] = [bound(input.bounds.lower), bound(input.bounds.upper)]
    let room = 0
    let taken = 0
    for (const value of upper) room += value
    for (const value of lower) taken += value
    let found: Float64Array | null = null
    let isBounded = 0
    if (total > 0 && room > total && taken < total) {
      const inside = (values: Float64Array): Float64Array => values.map((value) => value / total)
      found = weightsOfComponentsWithin(inner, shares, inside(lower), inside(upper))
      isBounded = found === null ? 0 : 1
    }
    found ??= weightsOfComponents(inner, places.length, shares)
    const { deviation, component } = deviationParts(inner, places.length, found)
    let miss = 0
    let whole = 0
    for (const share of shares) whole += share
    component.forEach((value, index) => {
      if (deviation > 0) miss = Math.max(miss, Math.abs(value / deviation - shares[index]! / whole))
    })
    const weights = new Float64Array(size)
    places.forEach((place, index) => {
      weights[place] = found[index]! * total
    })
    return [weights, { budgetMiss: miss, boundsSolved: isBounded }]
  })
}

/** The share of each sleeve in the whole: its own times that of every level above it. Unnamed sleeves have none. */
export function budgetsOf(names: readonly string[], parts: readonly BudgetPart[]): Float64Array {
  const shares = new Map<string, number>()
  const walk = (level: readonly BudgetPart[], available: number): void => {
    let whole = 0
    for (const part of level) whole += part.share
    for (const part of level) {
      const own = whole > 0 ? (available * part.share) / whole : 0
      if (part.parts.length > 0) walk(part.parts, own)
      else shares.set(part.name, (shares.get(part.name) ?? 0) + own)
    }
  }
  walk(parts, 1)
  return Float64Array.from(names, (name) => shares.get(name) ?? 0)
}

/** All sleeves of a budget at one level, as if their groups were not there. */
function leavesOf(parts: readonly BudgetPart[]): BudgetPart[] {
  return parts.flatMap((part) => (part.parts.length > 0 ? leavesOf(part.parts) : [part]))
}

/**
 * Risk budgeting: each sleeve contributes its own share to the volatility; equal shares without a budget.
 *
 * @see Bruder and Roncalli (2012), "Managing risk exposures using the risk budgeting approach"
 */
export const riskBudget: Allocator = {
  name: 'risk_budget',
  observationsMin: 2,
  keepsSize: false,
  allocate: (input) =>
    allocateBudgets(
      input,
      input.budget === null
        ? new Float64Array(input.names.length).fill(1)
        : budgetsOf(input.names, leavesOf(input.budget)),
    ),
}
