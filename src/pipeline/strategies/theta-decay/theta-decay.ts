import { choice, integer, optional, real } from '../../../domain/parameters.ts'
import { defineStrategy } from '../define.ts'
import { spreadRefusal, spreadsWish } from '../structures/premium.ts'
import { creditSpread } from '../structures/selection.ts'
import { sellPremium, spreadProblem } from '../structures/seller.ts'

const parameters = {
  select: choice(
    'delta',
    ['delta', 'width', 'credit'],
    'What chooses the long put: its delta, a fixed width, or the least credit',
  ),
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

/** Sells bull put spreads and keeps the time value that decays; one spread per underlying. See README.md. */
export const thetaDecay = defineStrategy({
  name: 'theta-decay',
  summary: 'sells bull put spreads chosen by delta',
  parameters,
  check: spreadProblem,
  decide(view, out) {
    const p = view.parameters
    sellPremium(view, out, (chain, expiry) => {
      const spread = creditSpread(chain, expiry, 'put', p)
      if (spread === null) return null
      const { credit, width } = spread
      const refusal = spreadRefusal(credit, width, p)
      return refusal === null ? spreadsWish([spread], 'bull put spread') : { refusal }
    })
    return view.memory
  },
})
