import { integer, optional, real, type ValuesOf } from '../../../domain/parameters.ts'
import type { IntentSink, View } from '../../../domain/strategy.ts'
import { type Memory, quantity } from '../../../domain/units.ts'
import { defineStrategy } from '../define.ts'
import { coverLots, lotsHeld } from '../structures/covered-calls.ts'
import { CONTRACT_SIZE } from '../structures/premium.ts'
import { closeWhenDue, daysProblem, structuresOn } from '../structures/seller.ts'

const parameters = {
  callDelta: real(0.3, { min: 0.05, max: 0.6, search: [0.15, 0.4], title: 'Delta of the call that is sold' }),
  creditMin: real(0.1, { min: 0, max: 100, title: 'Least premium per share' }),
  daysMin: integer(30, { min: 2, max: 365, title: 'Least days to expiry' }),
  daysTarget: integer(38, { min: 2, max: 365, search: [32, 44], title: 'Days to expiry wanted' }),
  daysMax: integer(45, { min: 2, max: 365, title: 'Most days to expiry' }),
  profitTarget: real(0.8, { min: 0.05, max: 1, search: [0.5, 0.9], title: 'Part of the credit at which it closes' }),
  stopMultiple: optional(null, { min: 0.1, max: 50, title: 'Loss as a multiple of the credit at which it closes' }),
  exitDays: integer(0, { min: 0, max: 365, title: 'Days before expiry at which it closes; 0 lets it expire' }),
  lotsMax: integer(10, { min: 1, max: 1_000, title: 'Hundreds of shares of one underlying at most' }),
}

type P = ValuesOf<typeof parameters>

/** Holds whole hundreds of shares and sells a call against each; called away, they are bought again. See README.md. */
export const coveredCall = defineStrategy({
  name: 'covered-call',
  targets: 'capital',
  summary: 'holds hundreds of shares and sells a call against each',
  parameters,
  check: daysProblem,
  decide(view, out) {
    const structures = view.structures()
    for (const structure of structures) closeWhenDue(view, structure, out)
    for (const column of view.universe) {
      const chain = view.chain(column)
      if (chain === null || !view.eligible(column)) continue
      const own = structuresOn(structures, chain)
      if (own.some(({ pending }) => pending)) continue
      if (own.length > 0 || lotsHeld(view, column) > 0) coverLots(view, column, chain, own, out)
      else if (view.projected(column) === view.position(column)) buyLots(view, column, out)
    }
    return view.memory
  },
})

/** Whole hundreds that an equal part of the sleeve's capital buys, what is held already among them. */
function buyLots(view: View<P, Memory>, column: number, out: IntentSink): void {
  const units = CONTRACT_SIZE * view.instrument(column).unitsPerWhole
  const worth = units * view.unitValue(column)
  const held = view.position(column) * view.unitValue(column)
  const part = Math.min(view.capital / view.universe.length, view.available + held)
  const lots = worth > 0 ? Math.min(Math.floor(part / worth), view.parameters.lotsMax) : 0
  if (lots > 0) out.target(column, quantity(lots * units), 'shares to cover')
  else out.refuse(column, 'belowStep')
}
