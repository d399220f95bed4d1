import type { Allocator } from '../../domain/allocation.ts'
import { allocationOf, equalWeights } from './outcome.ts'

/** The same weight for every sleeve. */
export const equal: Allocator = {
  name: 'equal',
  observationsMin: 0,
  keepsSize: false,
  allocate: ({ names }) => allocationOf(equalWeights(names.length)),
}
