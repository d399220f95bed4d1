import { choice, integer, optional, real, type ValuesOf } from '../../../domain/parameters.ts'
import type { IntentSink, StructureHolding, StructureWish, View } from '../../../domain/strategy.ts'
import type { Memory, TradeDate } from '../../../domain/units.ts'
import { defineStrategy } from '../define.ts'
import { coverLots, lotsHeld } from '../structures/covered-calls.ts'
import { creditProblem, creditRefusal, maximumLossOf } from '../structures/premium.ts'
import { type Candidate, nearestDelta } from '../structures/selection.ts'
import { closeWhenDue, daysProblem, openOffer, structuresOn } from '../structures/seller.ts'

const parameters = {
  shortDelta: real(0.3, { min: 0.05, max: 0.6, search: [0.15, 0.4], title: 'Delta of the put that is sold' }),
  creditMin: real(0.3, { min: 0, max: 100, title: 'Least premium per share' }),
  creditMax: optional(null, { min: 0, max: 1_000, title: 'Largest premium per share of the put' }),
  daysMin: integer(30, { min: 2, max: 365, title: 'Least days to expiry' }),
  daysTarget: integer(38, { min: 2, max: 365, search: [32, 44], title: 'Days to expiry wanted' }),
  daysMax: integer(45, { min: 2, max: 365, title: 'Most days to expiry' }),
  profitTarget: real(0.5, { min: 0.05, max: 1, search: [0.25, 0.8], title: 'Part of the credit at which it closes' }),
  stopMultiple: optional(null, { min: 0.1, max: 50, title: 'Loss as a multiple of the credit at which it closes' }),
  exitDays: integer(0, { min: 0, max: 365, title: 'Days before expiry at which it closes; 0 lets it expire' }),
  onAssignment: choice('sell', ['sell', 'cover'], 'Shares that are put to it: sold at the next open, or covered calls'),
  callDelta: real(0.3, { min: 0.05, max: 0.6, title: 'Delta of the call that is sold against them' }),
  places: integer(3, { min: 1, max: 100, title: 'Underlyings at one time' }),
}

type P = ValuesOf<typeof parameters>

/** Sells puts with the whole strike in cash beside them; with `cover`, goes on to covered calls. See README.md. */
export const cashSecuredPut = defineStrategy({
  name: 'cash-secured-put',
  summary: 'sells puts with the strike in cash; by choice goes on to covered calls',
  parameters,
  check: (p) => creditProblem(p) ?? daysProblem(p),
  decide(view, out) {
    const structures = view.structures()
    for (const structure of structures) closeWhenDue(view, structure, out)
    const isTaken = (column: number): boolean =>
      view.projected(column) !== 0 || ownOf(view, structures, column).length > 0
    let taken = view.universe.reduce((count, column) => count + (isTaken(column) ? 1 : 0), 0)
    for (const column of view.universe) {
      if (view.chain(column) === null || !view.eligible(column)) continue
      if (!isTaken(column)) {
        if (taken < view.parameters.places && sellPut(view, column, out)) taken += 1
      } else if (view.parameters.onAssignment === 'cover')
        coverAssigned(view, column, ownOf(view, structures, column), out)
    }
    return view.memory
  },
})

function ownOf(
  view: View<P, Memory>,
  structures: readonly StructureHolding[],
  column: number,
): readonly StructureHolding[] {
  return structuresOn(structures, { underlying: view.instrument(column).id })
}

function sellPut(view: View<P, Memory>, column: number, out: IntentSink): boolean {
  const p = view.parameters
  return openOffer(view.chain(column)!, p, column, out, (chain, expiry) => {
    const put = nearestDelta(chain, { expiry, right: 'put' }, p.shortDelta)
    if (put === null) return null
    const refusal = creditRefusal(put.quote.bid, p)
    return refusal === null ? putWish(p, put, expiry) : { refusal }
  })
}

function putWish(p: P, { strike, quote }: Candidate, expiry: TradeDate): StructureWish {
  const legs = [{ right: 'put', strike, expiry, ratio: -1 }] as const
  return {
    legs,
    credit: quote.bid,
    maximumLoss: maximumLossOf(legs, quote.bid),
    reason: 'cash-secured put',
    ...(p.onAssignment === 'cover' ? { keepsShares: true } : {}),
  }
}

/** Shares that were put to the sleeve get calls sold against them; when those are exercised the shares go. */
function coverAssigned(view: View<P, Memory>, column: number, own: readonly StructureHolding[], out: IntentSink): void {
  if (lotsHeld(view, column) > 0 && own.length === 0) coverLots(view, column, view.chain(column)!, own, out)
}
