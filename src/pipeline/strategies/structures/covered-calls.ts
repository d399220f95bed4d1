import type { OptionChain } from '../../../domain/market.ts'
import type { IntentSink, StructureHolding, View } from '../../../domain/strategy.ts'
import type { Memory } from '../../../domain/units.ts'
import { below } from '../thresholds.ts'
import { CONTRACT_SIZE, type PremiumExits } from './premium.ts'
import { type ExpiryRules, nearestDelta } from './selection.ts'
import { openOffer } from './seller.ts'

/** Which call is sold against shares. */
export interface CoveredCallRules extends ExpiryRules, PremiumExits {
  /** Delta of the call that is sold. */
  readonly callDelta: number
  /** Least premium per share. */
  readonly creditMin: number
  readonly exitDays: number
}

/** Hundreds of shares that the sleeve holds in a column; less those whose sale is on its way. */
export function lotsHeld<P, M extends Memory>(view: View<P, M>, column: number): number {
  const { unitsPerWhole } = view.instrument(column)
  const units = Math.min(view.position(column), view.projected(column))
  return Math.max(0, Math.floor(units / (CONTRACT_SIZE * unitsPerWhole)))
}

/** Sells calls against the lots that none is sold against yet; never more than there are. */
export function coverLots<P extends CoveredCallRules, M extends Memory>(
  view: View<P, M>,
  column: number,
  chain: OptionChain,
  own: readonly StructureHolding[],
  out: IntentSink,
): void {
  const p = view.parameters
  const sold = own.reduce((sum, { quantity }) => sum + quantity, 0)
  const quantity = lotsHeld(view, column) - sold
  if (quantity <= 0) return
  openOffer(chain, p, column, out, (_, expiry) => {
    const call = nearestDelta(chain, { expiry, right: 'call' }, p.callDelta)
    if (call === null) return null
    const credit = call.quote.bid
    if (below(credit, p.creditMin)) return { refusal: 'creditBelowMinimum' }
    return {
      legs: [{ right: 'call', strike: call.strike, expiry, ratio: -1 }],
      credit,
      maximumLoss: 0,
      reason: 'covered call',
      quantity,
      coveredByShares: true,
    }
  })
}
