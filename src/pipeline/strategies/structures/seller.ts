import type { OptionChain } from '../../../domain/market.ts'
import { daysBetween } from '../../../domain/sessions.ts'
import type { IntentSink, StructureHolding, StructureWish, View } from '../../../domain/strategy.ts'
import type { Memory, TradeDate } from '../../../domain/units.ts'
import { type CreditBounds, creditProblem, isStopReachable, type PremiumExits, premiumExit } from './premium.ts'
import { type ExpiryRules, nearestExpiry, type SpreadRules } from './selection.ts'

/** What every seller of premium is told: which expiry, when to buy back, and how many at a time. */
export interface SellerRules extends ExpiryRules, PremiumExits {
  /** Days before expiry at which it closes; 0: it is left to expire. */
  readonly exitDays: number
  readonly places: number
}

/** What a seller of credit spreads is told. */
export interface SpreadSellerRules extends SellerRules, SpreadRules, CreditBounds {
  readonly stopMultiple: number
}

/** What a chain offers: a structure to open, or the rule that refuses it; null: nothing to choose from. */
export type Offer = StructureWish | { readonly refusal: string } | null

/** Why rules of days do not go together, as text; null where they do. */
export function daysProblem(
  rules: Pick<SellerRules, 'daysMin' | 'daysTarget' | 'daysMax' | 'exitDays'>,
): string | null {
  const { daysMin, daysTarget, daysMax, exitDays } = rules
  if (!(daysMin <= daysTarget && daysTarget <= daysMax)) {
    return `days to expiry ${daysMin}, ${daysTarget}, ${daysMax} must not fall`
  }
  if (exitDays >= daysMin) return `exit days ${exitDays} must lie below the least days to expiry ${daysMin}`
  return null
}

/** Why rules of credit spreads do not go together, as text; null where they do. */
export function spreadProblem(rules: SpreadSellerRules): string | null {
  const { select, shortDelta, longDelta, stopMultiple, creditMin, width } = rules
  const problem = daysProblem(rules) ?? creditProblem(rules)
  if (problem !== null) return problem
  if (select === 'delta' && longDelta >= shortDelta) {
    return `long delta ${longDelta} must lie below short delta ${shortDelta}`
  }
  if (select !== 'width' || isStopReachable(stopMultiple, creditMin, width)) return null
  return (
    `a loss of ${stopMultiple} times the least credit ${creditMin} is out of reach with a width of ${width}: ` +
    `lower stop_multiple or credit_min, or widen the spread`
  )
}

/**
 * A seller's day: what is due is bought back, then the universe is gone through in declared order, one structure per
 * underlying, until the places are taken.
 */
export function sellPremium<P extends SellerRules, M extends Memory>(
  view: View<P, M>,
  out: IntentSink,
  offerOf: (chain: OptionChain, expiry: TradeDate) => Offer,
): void {
  const structures = view.structures()
  for (const structure of structures) closeWhenDue(view, structure, out)
  let taken = structures.length
  for (const column of view.universe) {
    if (taken >= view.parameters.places) return
    const chain = view.chain(column)
    // Without a chain there is nothing to open either.
    if (chain === null || structuresOn(structures, chain).length > 0 || !view.eligible(column)) continue
    if (openOffer(chain, view.parameters, column, out, offerOf)) taken += 1
  }
}

export function structuresOn(
  structures: readonly StructureHolding[],
  { underlying }: Pick<OptionChain, 'underlying'>,
): readonly StructureHolding[] {
  return structures.filter((structure) => structure.underlying === underlying)
}

/** Buys back at the stop or the target, and so many days before expiry; not again while the order is on its way. */
export function closeWhenDue<P extends PremiumExits & Pick<SellerRules, 'exitDays'>, M extends Memory>(
  view: View<P, M>,
  structure: StructureHolding,
  out: IntentSink,
): void {
  if (structure.pending) return
  const { exitDays } = view.parameters
  const isLate = exitDays > 0 && daysBetween(view.slice.tradeDate, structure.expiry) <= exitDays
  const reason = premiumExit(structure, view.parameters) ?? (isLate ? 'dte' : null)
  if (reason !== null) out.closeStructure(structure.id, reason)
}

/** Wishes for what the nearest expiry offers, or says which rule refuses it. False where nothing is wished for. */
export function openOffer(
  chain: OptionChain,
  rules: ExpiryRules,
  column: number,
  out: IntentSink,
  offerOf: (chain: OptionChain, expiry: TradeDate) => Offer,
): boolean {
  const expiry = nearestExpiry(chain, rules)
  const offer = expiry === null ? null : offerOf(chain, expiry)
  if (offer === null) return false
  if ('refusal' in offer) {
    out.refuse(column, offer.refusal)
    return false
  }
  out.openStructure(column, offer)
  return true
}
