import { choice, integer, optional, real, type ValuesOf } from '../../../domain/parameters.ts'
import { defineStrategy } from '../define.ts'
import { closeAtLoss, creditRefusal, isReachable, spreadsWish } from '../structures/premium.ts'
import { creditSpread } from '../structures/selection.ts'
import { daysProblem, sellPremium } from '../structures/seller.ts'

const parameters = {
  select: choice(
    'delta',
    ['delta', 'width', 'credit'],
    'What chooses the bought contracts: their delta, a fixed width, or the least credit',
  ),
  shortDelta: real(0.2, { min: 0.05, max: 0.45, search: [0.1, 0.3], title: 'Delta of the put and call that are sold' }),
  longDelta: real(0.08, { min: 0.01, max: 0.4, search: [0.03, 0.09], title: 'Delta of those that are bought' }),
  width: real(5, { min: 0.5, max: 200, search: [1, 20], title: 'Distance of the strikes when the width selects' }),
  creditMin: real(0.5, { min: 0, max: 100, title: 'Least premium of both sides per share' }),
  creditMax: optional(null, { min: 0, max: 1_000, title: 'Largest premium of both sides per share' }),
  daysMin: integer(30, { min: 2, max: 365, title: 'Least days to expiry' }),
  daysTarget: integer(38, { min: 2, max: 365, search: [32, 44], title: 'Days to expiry wanted' }),
  daysMax: integer(45, { min: 2, max: 365, title: 'Most days to expiry' }),
  profitTarget: real(0.5, { min: 0.05, max: 1, search: [0.25, 0.8], title: 'Part of the credit at which it closes' }),
  stopMultiple: real(1.5, { min: 0.1, max: 20, title: 'Loss as a multiple of the credit at which it closes' }),
  exitDays: integer(21, { min: 1, max: 365, title: 'Days before expiry at which it closes; never on the last day' }),
  places: integer(3, { min: 1, max: 100, title: 'Condors at one time' }),
}

type P = ValuesOf<typeof parameters>

/** Sells a put spread and a call spread of one expiry: earns while the price stays between. See README.md. */
export const ironCondor = defineStrategy({
  name: 'iron-condor',
  summary: 'sells a put spread and a call spread around the price',
  parameters,
  check(p) {
    const days = daysProblem(p)
    if (days !== null) return days
    if (p.creditMax !== null && p.creditMax < p.creditMin) {
      return `the largest credit ${p.creditMax} must not lie below the least one ${p.creditMin}`
    }
    if (p.select === 'delta' && p.longDelta >= p.shortDelta) {
      return `long delta ${p.longDelta} must lie below short delta ${p.shortDelta}`
    }
    if (p.select === 'width' && !stopReachable(p, p.creditMin, p.width)) {
      return (
        `a loss of ${p.stopMultiple} times the least credit ${p.creditMin} is out of reach with a width of ${p.width}: ` +
        `lower stop_multiple or credit_min, or widen the spreads`
      )
    }
    return null
  },
  decide(view, out) {
    const p = view.parameters
    sellPremium(view, out, (chain, expiry) => {
      // Under `select: credit` each side pays half of the least credit.
      const side = { ...p, creditMin: p.creditMin / 2 }
      const put = creditSpread(chain, expiry, 'put', side)
      const call = creditSpread(chain, expiry, 'call', side)
      // Strikes so coarse that both sides would meet leave no room to stay in.
      if (put === null || call === null || put.short >= call.short) return null
      const credit = put.credit + call.credit
      const widest = Math.max(put.width, call.width)
      const refusal = creditRefusal(credit, p) ?? (stopReachable(p, credit, widest) ? null : 'stopUnreachable')
      return refusal === null ? spreadsWish([put, call], 'iron condor') : { refusal }
    })
    return view.memory
  },
})

/** Only one side can end in the money: buying back never costs more than the wider one. */
function stopReachable(p: P, credit: number, widest: number): boolean {
  return isReachable(widest, closeAtLoss(credit, p.stopMultiple))
}
