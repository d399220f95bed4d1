import { choice, integer, optional, real } from '../../../domain/parameters.ts'
import { defineStrategy } from '../define.ts'
import { spreadRefusal, spreadsWish } from '../structures/premium.ts'
import { creditSpread } from '../structures/selection.ts'
import { sellPremium, spreadProblem } from '../structures/seller.ts'

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

/** Sells a put spread and a call spread of one expiry: earns while the price stays between. See README.md. */
export const ironCondor = defineStrategy({
  name: 'iron-condor',
  summary: 'sells a put spread and a call spread around the price',
  parameters,
  check: spreadProblem,
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
      const refusal = spreadRefusal(credit, widest, p)
      return refusal === null ? spreadsWish([put, call], 'iron condor') : { refusal }
    })
    return view.memory
  },
})
