/**
 * Sizing: a wish becomes a signed quantity.
 * In:    the sleeve's sizing rule, prices and capital   Out: whole steps
 * Keeps: never more than the rule allows: sizes are floored to the step
 */
import type { Sizing } from '../../domain/config.ts'

export interface SizeInput {
  /** Raw price of one whole share, contract or coin. */
  readonly price: number
  /** Base-currency value of one unit at this price. */
  readonly unitValue: number
  /** The same in the instrument's own currency: what fixed amounts are in. */
  readonly ownValue: number
  readonly unitsPerWhole: number
  readonly step: number
  readonly sleeveEquity: number
  readonly portfolioEquity: number
  /** Product of the factors on the size: signal strength, weekend. */
  readonly factor: number
  /** Maximum loss of one structure in the base currency; 0 for a plain instrument. */
  readonly maximumLoss: number
}

/** Units to hold, at least 0; for a structure, structures. NaN where a price is missing. */
export function sizeOf(sizing: Sizing, input: SizeInput): number {
  switch (sizing.kind) {
    case 'notional':
      return stepsOf((sizing.amount * input.factor) / input.ownValue, input.step)
    case 'percent': {
      const equity = sizing.of === 'sleeve' ? input.sleeveEquity : input.portfolioEquity
      return percentSize(equity, sizing.fraction, input.factor, input.unitValue, input.step)
    }
    case 'quantity':
      return stepsOf(sizing.quantity * input.unitsPerWhole * input.factor, input.step)
    case 'own':
      return 0
    case 'maximumLoss': {
      // One is asked for even beyond the budget: the position limit decides whether it fits.
      const affordable = Math.floor((sizing.budget * input.factor) / input.maximumLoss)
      return Math.max(1, Math.min(sizing.contractsMax, affordable))
    }
  }
}

/** Units that a fraction of an equity buys, times the factor. */
export function percentSize(equity: number, fraction: number, factor: number, unitValue: number, step: number): number {
  return stepsOf((equity * fraction * factor) / unitValue, step)
}

/** Whole steps in a wished count of units; a wish that is a rounding error short of a step counts as that step. */
function stepsOf(units: number, step: number): number {
  return Math.floor(units / step + 1e-9) * step
}
