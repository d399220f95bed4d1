import type { Allocator } from '../../domain/allocation.ts'
import { allocateBudgets } from './risk-budget.ts'

/**
 * Equal risk contribution: every sleeve contributes the same to the volatility.
 *
 * @see Maillard, Roncalli and Teiletche (2010), "The properties of equally weighted risk contribution portfolios"
 */
export const erc: Allocator = {
  name: 'erc',
  observationsMin: 2,
  keepsSize: false,
  allocate: (input) => allocateBudgets(input, new Float64Array(input.names.length).fill(1)),
}
