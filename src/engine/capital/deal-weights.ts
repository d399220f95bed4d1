/** Weights of the sleeves that are in, from their scored returns: what the kernel and a walk in weight space both deal by. */
import type { BudgetPart, GroupBounds, SleeveRecord, WeightBounds } from '../../domain/allocation.ts'
import type { AllocationRule } from '../../domain/capital.ts'
import { ALLOCATORS, allocate } from '../../pipeline/allocation/allocators.ts'
import { inputOfReturns } from '../../pipeline/allocation/input.ts'

/** The sleeves that weights are computed for, all arrays in one order. */
export interface DealtSleeves {
  readonly names: readonly string[]
  /** Their places among all that the rule speaks of. */
  readonly places: readonly number[]
  /** Scored returns of the rule's window, oldest first; NaN where there was none. */
  readonly returns: readonly Float64Array[]
  readonly records: readonly SleeveRecord[]
  /** Weights until now, as fractions of the portfolio. */
  readonly previous: Float64Array
}

export interface DealtWeights {
  /** Fractions of the portfolio; null while too few days are known. */
  readonly weights: Float64Array | null
  /** Days that all of the sleeves have. */
  readonly observations: number
  /** The method had no answer, and its stated other one is given. */
  readonly fallback: boolean
}

/** Sizes are fractions of the whole; what is meant to be invested is dealt within the part that may be. */
export function dealWeights(rule: AllocationRule, sleeves: DealtSleeves): DealtWeights {
  const { method, bounds, budget, covariance, settings, observationsMin, investable } = rule
  const { names, places, returns, records, previous } = sleeves
  const { keepsSize } = ALLOCATORS[method]
  const part = keepsSize || investable === 0 ? 1 : investable
  const input = inputOfReturns(names, asMatrix(returns), covariance, {
    records,
    budget: budget === null ? null : prunedBudget(budget, new Set(names)),
    previous: previous.map((weight) => weight / part),
    bounds: boundsWithin(bounds, places, part),
    settings: keepsSize ? { ...settings, leverageMax: settings.leverageMax * investable } : settings,
  })
  const observations = input.observations ?? 0
  if (method !== 'fixed' && observations < observationsMin) return { weights: null, observations, fallback: false }
  const { weights, diagnostics } = allocate(method, input)
  return { weights: weights.map((weight) => weight * part), observations, fallback: diagnostics['fallback'] === 1 }
}

/** Rows of days, a column per sleeve. */
function asMatrix(columns: readonly Float64Array[]): { rows: number; columns: number; values: Float64Array } {
  const rows = columns[0]!.length
  const values = new Float64Array(rows * columns.length)
  columns.forEach((column, at) => {
    for (let row = 0; row < rows; row += 1) values[row * columns.length + at] = column[row]!
  })
  return { rows, columns: columns.length, values }
}

/** Bounds of the sleeves that are in, as fractions of what is dealt among them. */
export function boundsWithin(
  { lower, upper, groups }: WeightBounds,
  places: readonly number[],
  part: number,
): WeightBounds {
  const most = Float64Array.from(places, (place) => Math.min(1, upper[place]! / part))
  return {
    lower: Float64Array.from(places, (place) => lower[place]! / part),
    upper: most,
    groups: groups.flatMap((group) => groupOf(group, places, most, part)),
  }
}

/** A group with fewer members asks for no more than these can hold; one without any asks for nothing. */
function groupOf(group: GroupBounds, places: readonly number[], upper: Float64Array, part: number): GroupBounds[] {
  const members = places.flatMap((place, index) => (group.members.includes(place) ? [index] : []))
  if (members.length === 0) return []
  let room = 0
  for (const index of members) room += upper[index]!
  return [{ name: group.name, members, lower: Math.min(group.lower / part, room), upper: group.upper / part }]
}

/** The parts of a budget that still have a sleeve. */
function prunedBudget(parts: readonly BudgetPart[], names: ReadonlySet<string>): readonly BudgetPart[] {
  return parts.flatMap((part) => {
    if (part.parts.length === 0) return names.has(part.name) ? [part] : []
    const inner = prunedBudget(part.parts, names)
    return inner.length === 0 ? [] : [{ ...part, parts: inner }]
  })
}
