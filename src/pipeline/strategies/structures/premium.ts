import type { StructureHolding, StructureWish } from '../../../domain/strategy.ts'
import { lowestPayoff } from '../../../numerics/options/payoff.ts'
import { above, atLeast, below } from '../thresholds.ts'
import type { CreditSpread } from './selection.ts'

/** Shares that one contract stands for. */
export const CONTRACT_SIZE = 100

/** Bounds on the premium of what is sold. Per share; null: unbounded. */
export interface CreditBounds {
  readonly creditMin: number
  readonly creditMax: number | null
}

/** When sold premium is bought back. */
export interface PremiumExits {
  /** Part of the credit that is earned. */
  readonly profitTarget: number
  /** Loss as a multiple of the credit; null: a loss is ridden out. */
  readonly stopMultiple: number | null
}

/** What buying back costs when so much of the credit is earned. */
export function closeAtProfit(credit: number, profitTarget: number): number {
  return (1 - profitTarget) * credit
}

/** What buying back costs when the loss is so many times the credit: 2 times is a price of 3 credits. */
export function closeAtLoss(credit: number, stopMultiple: number): number {
  return (1 + stopMultiple) * credit
}

/** Whether a stop can ever be reached: only one side can end in the money, so buying back never costs more than the widest. */
export function isStopReachable(stopMultiple: number, credit: number, width: number): boolean {
  return atLeast(width, closeAtLoss(credit, stopMultiple))
}

/** Which exit the cost of closing has reached; null: none, or no quote to say so. */
export function premiumExit(structure: StructureHolding, exits: PremiumExits): 'stop' | 'profit' | null {
  const { credit, costToClose } = structure
  if (costToClose === null) return null
  const { stopMultiple } = exits
  if (stopMultiple !== null && atLeast(costToClose - credit, stopMultiple * credit)) return 'stop'
  return atLeast(credit - costToClose, exits.profitTarget * credit) ? 'profit' : null
}

/** Why bounds on a premium do not go together, as text; null where they do. */
export function creditProblem({ creditMin, creditMax }: CreditBounds): string | null {
  if (creditMax === null || creditMax >= creditMin) return null
  return `the largest credit ${creditMax} must not lie below the least one ${creditMin}`
}

/** Which bound a premium breaks; null: none. */
export function creditRefusal(credit: number, bounds: CreditBounds): string | null {
  if (below(credit, bounds.creditMin)) return 'creditBelowMinimum'
  return bounds.creditMax !== null && above(credit, bounds.creditMax) ? 'creditAboveMaximum' : null
}

/** Which rule refuses spreads of such a premium and width: a bound, or a stop that could never be reached; null: none. */
export function spreadRefusal(
  credit: number,
  width: number,
  rules: CreditBounds & { readonly stopMultiple: number },
): string | null {
  const refusal = creditRefusal(credit, rules)
  if (refusal !== null) return refusal
  return isStopReachable(rules.stopMultiple, credit, width) ? null : 'stopUnreachable'
}

/** One structure of credit spreads that share an expiry: its worst case is the wider side less the whole credit. */
export function spreadsWish(spreads: readonly CreditSpread[], reason: string): StructureWish {
  const legs = spreads.flatMap(({ right, expiry, short, long }) => [
    { right, strike: short, expiry, ratio: -1 },
    { right, strike: long, expiry, ratio: 1 },
  ])
  const credit = spreads.reduce((sum, spread) => sum + spread.credit, 0)
  return { legs, credit, maximumLoss: maximumLossOf(legs, credit), reason }
}

/** Largest loss at expiry in money, per structure; infinite where a sold call has no bought one. */
export function maximumLossOf(legs: StructureWish['legs'], credit: number): number {
  return Math.max(0, 0 - lowestPayoff(legs) - credit) * CONTRACT_SIZE
}
