import type { Strategy } from '../../../domain/strategy.ts'
import { MAGNITUDE_MAX, type Quantity } from '../../../domain/units.ts'
import { defineStrategy } from '../define.ts'

/** Units of a recorded stream for a price of one: its unit is a millionth. */
const UNITS = 1_000_000
const AT_THIS_CLOSE = { terms: { type: 'close', force: 'day' } } as const

/**
 * Holds a recorded stream of returns with all that its sleeve may use, adjusted at every close and filled at that close.
 * What a halt refuses stays as it drifted: the position shrinks with its capital, and does not grow.
 */
export const returnStream = defineStrategy({
  name: 'return-stream',
  targets: 'capital',
  summary: 'holds recorded returns; the kind of a sleeve brings it, it cannot be named',
  parameters: {},
  decide(view, out) {
    for (const column of view.universe) {
      const price = view.slice.close[column]!
      if (Number.isNaN(price)) continue
      const units = Math.min(MAGNITUDE_MAX, Math.max(0, Math.floor((view.capital / price) * UNITS)))
      // One unit more or less is rounding.
      if (units > 0 && Math.abs(units - view.projected(column)) <= 1) continue
      out.target(column, units as Quantity, 'sized to its capital', AT_THIS_CLOSE)
    }
    return view.memory
  },
}) as unknown as Strategy
