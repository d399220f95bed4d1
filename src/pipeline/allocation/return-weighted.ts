import type { Allocator } from '../../domain/allocation.ts'
import { allocateScores } from './scored.ts'

/** Weights in proportion to the mean returns per period that are above 0; equal where means are unknown. */
export const returnWeighted: Allocator = {
  name: 'return_weighted',
  observationsMin: 20,
  keepsSize: false,
  allocate: ({ means, names }) => allocateScores(means ?? new Float64Array(names.length)),
}
