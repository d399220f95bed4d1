import { choice, integer, optional, real, type ValuesOf } from '../../../domain/parameters.ts'
import { daysBetween } from '../../../domain/sessions.ts'
import type { IntentSink, StructureHolding, View } from '../../../domain/strategy.ts'
import type { Memory } from '../../../domain/units.ts'
import { defineStrategy } from '../define.ts'
import { closeAtLoss, creditRefusal, isReachable, premiumExit, spreadsWish } from '../structures/premium.ts'
import { creditSpread, nearestExpiry } from '../structures/selection.ts'

const parameters = {
  select: choice('delta', ['delta', 'width'], 'What chooses the long put: its delta, or a fixed width'),
  shortDelta: real(0.3, { min: 0.05, max: 0.6, search: [0.2, 0.4], title: 'Delta of the put that is sold' }),
  longDelta: real(0.15, { min: 0.01, max: 0.5, search: [0.05, 0.19], title: 'Delta of the put that is bought' }),
  width: real(5, { min: 0.5, max: 200, search: [1, 20], title: 'Distance of the strikes when the width selects' }),
  creditMin: real(0.5, { min: 0, max: 100, title: 'Least premium per share' }),
  creditMax: optional(null, { min: 0, max: 1_000, title: 'Largest premium per share' }),
  daysMin: integer(30, { min: 1, max: 365, title: 'Least days to expiry' }),
  daysTarget: integer(38, { min: 1, max: 365, search: [32, 44], title: 'Days to expiry wanted' }),
  daysMax: integer(45, { min: 1, max: 365, title: 'Most days to expiry' }),
  profitTarget: real(0.5, { min: 0.05, max: 1, search: [0.25, 0.8], title: 'Part of the credit at which it closes' }),
  stopMultiple: real(2, { min: 0.1, max: 20, title: 'Loss as a multiple of the credit at which it closes' }),
  exitDays: integer(21, { min: 0, max: 365, title: 'Days before expiry at which it closes' }),
  places: integer(3, { min: 1, max: 100, title: 'Spreads at one time' }),
}

type P = ValuesOf<typeof parameters>

/** Sells bull put spreads and keeps the time value that decays; one spread per underlying. See README.md. */
export const thetaDecay = defineStrategy({
  name: 'theta-decay',
  parameters,
  check(p) {
    if (!(p.daysMin <= p.daysTarget && p.daysTarget <= p.daysMax)) {
      return `days to expiry ${p.daysMin}, ${p.daysTarget}, ${p.daysMax} must not fall`
    }
    if (p.exitDays >= p.daysMin) return `exit days ${p.exitDays} must lie below the least days to expiry ${p.daysMin}`
    if (p.creditMax !== null && p.creditMax < p.creditMin) {
      return `the largest credit ${p.creditMax} must not lie below the least one ${p.creditMin}`
    }
    if (p.select === 'delta') {
      return p.longDelta < p.shortDelta ? null : `long delta ${p.longDelta} must lie below short delta ${p.shortDelta}`
    }
    return stopReachable(p, p.creditMin, p.width)
      ? null
      : `a loss of ${p.stopMultiple} times the least credit ${p.creditMin} is out of reach with a width of ${p.width}: ` +
          `lower stop_multiple or credit_min, or widen the spread`
  },
  decide(view, out) {
    const structures = view.structures()
    for (const structure of structures) closeWhenDue(view, structure, out)
    let taken = structures.length
    for (const column of view.universe) {
      if (taken >= view.parameters.places) break
      if (holds(structures, view, column) || !view.eligible(column)) continue
      if (openSpread(view, column, out)) taken += 1
    }
    return view.memory
  },
})

function stopReachable(p: P, credit: number, width: number): boolean {
  return isReachable(width, closeAtLoss(credit, p.stopMultiple))
}

function closeWhenDue(view: View<P, Memory>, structure: StructureHolding, out: IntentSink): void {
  if (structure.pending) return
  const days = daysBetween(view.slice.tradeDate, structure.expiry)
  const reason = premiumExit(structure, view.parameters) ?? (days <= view.parameters.exitDays ? 'dte' : null)
  if (reason !== null) out.closeStructure(structure.id, reason)
}

function holds(structures: readonly StructureHolding[], view: View<P, Memory>, column: number): boolean {
  const chain = view.chain(column)
  // Without a chain there is nothing to open either.
  return chain === null || structures.some((structure) => structure.underlying === chain.underlying)
}

/** Wishes the spread that the rules choose, or says which rule refuses it. False where there is nothing to choose from. */
function openSpread(view: View<P, Memory>, column: number, out: IntentSink): boolean {
  const p = view.parameters
  const chain = view.chain(column)
  const expiry = chain === null ? null : nearestExpiry(chain, p)
  const spread = chain === null || expiry === null ? null : creditSpread(chain, expiry, 'put', p)
  if (spread === null) return false
  const { credit, width } = spread
  const refusal = creditRefusal(credit, p) ?? (stopReachable(p, credit, width) ? null : 'stopUnreachable')
  if (refusal !== null) {
    out.refuse(column, refusal)
    return false
  }
  out.openStructure(column, spreadsWish([spread], 'bull put spread'))
  return true
}
