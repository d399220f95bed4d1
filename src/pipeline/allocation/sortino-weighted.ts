import type { AllocationInput, Allocator } from '../../domain/allocation.ts'
import { allocateScores } from './scored.ts'

/**
 * Mean return above the risk-free rate over the downside deviation, which counts all periods. A sleeve that gained and
 * never lost has no ratio: it counts like the best of the others (as 1 when there is none).
 */
function sortinoRatios({ returns, settings }: AllocationInput): Float64Array {
  const { rows, columns, values } = returns
  const ratios = new Float64Array(columns)
  for (let column = 0; column < columns; column += 1) {
    let total = 0
    let squares = 0
    for (let row = 0; row < rows; row += 1) {
      const excess = values[row * columns + column]! - settings.riskFree
      total += excess
      if (excess < 0) squares += excess * excess
    }
    if (squares > 0) ratios[column] = total / rows / Math.sqrt(squares / rows)
    else ratios[column] = total > 0 ? Number.POSITIVE_INFINITY : 0
  }
  const best = ratios.reduce((most, ratio) => (Number.isFinite(ratio) ? Math.max(most, ratio) : most), 0)
  return ratios.map((ratio) => (Number.isFinite(ratio) ? ratio : best > 0 ? best : 1))
}

/** Weights in proportion to the Sortino ratios that are above 0; equal where returns are unknown. */
export const sortinoWeighted: Allocator = {
  name: 'sortino_weighted',
  observationsMin: 20,
  keepsSize: false,
  allocate: (input) => allocateScores(sortinoRatios(input)),
}
