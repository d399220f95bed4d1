/** What a difference between books and broker may be without anybody having to look: what is known and posted later. */
import type { CurrencyCode, Instant, InstrumentId } from '../../domain/units.ts'

/** Money that the books know and the broker posts later, or the other way round: a dividend, funding, a fee. */
export interface Accrual {
  readonly currency: CurrencyCode
  /** Signed counts that the books have and the broker may not have yet; negative where the broker has it first. */
  readonly amount: number
  readonly at: Instant
}

/** Coins bought whose fee the broker takes in coins, at its own time. */
export interface FeeInKind {
  readonly instrument: InstrumentId
  /** Units bought. */
  readonly bought: number
  readonly at: Instant
}

export interface ToleranceRules {
  /** Part of what is bought that a fee in kind is at most; 0: none is taken. */
  readonly feeInKind: number
  /** How long the broker may take to post a fee in kind, */
  readonly feeWindowMs: number
  /** and a dividend, funding or a fee in money. */
  readonly accrualWindowMs: number
  /** How long an order of which nobody knows what became of it may be why the broker shows something else. */
  readonly undecidedMostMs: number
  /** Counts by which the broker may round each of these in another way. */
  readonly roundingCounts: number
}

export const TOLERANCE_RULES: ToleranceRules = {
  feeInKind: 0.0025,
  feeWindowMs: 36 * 3_600_000,
  accrualWindowMs: 45 * 86_400_000,
  undecidedMostMs: 2 * 60_000,
  roundingCounts: 10_000,
}

/** Accruals that are looked at one by one; older ones of the window together. */
const ONE_BY_ONE = 12

/** Whether the broker may lack these coins as a fee in kind that the books do not know yet. */
export function isFeeInKind(
  difference: number,
  instrument: InstrumentId,
  fees: readonly FeeInKind[],
  { rules, now }: { readonly rules: ToleranceRules; readonly now: number },
): boolean {
  if (difference >= 0 || rules.feeInKind === 0) return false
  let bought = 0
  for (const fee of fees)
    if (fee.instrument === instrument && fee.at > now - rules.feeWindowMs) bought += Math.abs(fee.bought)
  return 0 - difference <= Math.ceil(bought * rules.feeInKind)
}

/**
 * Whether some of what is accrued explains a difference in money: each is posted whole or not at all, so that money that
 * is missing beside them is still found.
 */
export function isAccrued(
  difference: number,
  currency: CurrencyCode,
  accruals: readonly Accrual[],
  { rules, now }: { readonly rules: ToleranceRules; readonly now: number },
): boolean {
  const own = accruals
    .filter((one) => one.currency === currency && one.at > now - rules.accrualWindowMs && one.amount !== 0)
    .sort((one, other) => other.at - one.at || other.amount - one.amount)
  if (own.length === 0) return false
  const [single, rest] = [own.slice(0, ONE_BY_ONE), own.slice(ONE_BY_ONE)]
  let [low, high] = [0, 0]
  for (const { amount } of rest) {
    low += Math.min(0, 0 - amount)
    high += Math.max(0, 0 - amount)
  }
  return isSum(difference, single, 0, { low, high, slack: rules.roundingCounts })
}

/** Depth first over what is posted and what is not. */
function isSum(
  difference: number,
  accruals: readonly Accrual[],
  at: number,
  range: { readonly low: number; readonly high: number; readonly slack: number },
): boolean {
  if (at === accruals.length) {
    const slack = range.slack * accruals.length
    return difference >= range.low - slack && difference <= range.high + slack
  }
  return isSum(difference + accruals[at]!.amount, accruals, at + 1, range) || isSum(difference, accruals, at + 1, range)
}
