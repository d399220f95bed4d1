import type { Allocation } from '../../domain/allocation.ts'

/** Sums this near to 1 leave no cash: the rest is rounding. */
const ROUNDING = 1e-12

/** Weights with the cash that they leave. */
export function allocationOf(weights: Float64Array, diagnostics: Readonly<Record<string, number>> = {}): Allocation {
  let total = 0
  for (const weight of weights) total += weight
  const cash = 1 - total
  return { weights, cash: Math.abs(cash) < ROUNDING ? 0 : cash, diagnostics }
}

/** The same weight for each of `count` sleeves. */
export function equalWeights(count: number): Float64Array {
  return new Float64Array(count).fill(1 / count)
}
