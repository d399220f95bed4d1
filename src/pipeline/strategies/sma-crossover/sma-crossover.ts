import { integer } from '../../../domain/parameters.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { defineStrategy } from '../define.ts'

/** Side of the last cross by column: 1 = fast above slow, -1 = not. Grown when instruments are listed later. */
type Sides = { readonly side: readonly number[] }

/**
 * Long while the fast average is above the slow one, else flat; acts once per cross, so a refused entry is not asked
 * again before the next one. Nothing is allocated on a bar: the memory is one array that is written in place.
 */
export const smaCrossover = defineStrategy({
  name: 'sma-crossover',
  parameters: {
    fast: integer(20, { min: 1, max: 399, search: [5, 60], title: 'Bars of the fast average' }),
    slow: integer(50, { min: 2, max: 400, search: [61, 250], title: 'Bars of the slow average' }),
  },
  check: ({ fast, slow }) => (fast < slow ? null : `the fast period ${fast} must lie below the slow one ${slow}`),
  indicators: (p) => ({ fast: sma(p.fast), slow: sma(p.slow) }),
  start: (): Sides => ({ side: [] }),
  decide(view, out) {
    const { universe } = view
    const fast = view.indicator('fast')
    const slow = view.indicator('slow')
    const side = view.memory.side as number[]
    while (side.length < fast.length) side.push(-1)
    for (let place = 0; place < universe.length; place += 1) {
      const column = universe[place]!
      const difference = fast[column]! - slow[column]!
      // True on few bars only: the difference and the side disagree, or the averages are equal. Undefined ones never are.
      if (!(difference * side[column]! <= 0)) continue
      const next = difference > 0 ? 1 : -1
      if (next === side[column]) continue
      if (next < 0) out.exit(column, 'cross')
      else if (view.eligible(column)) out.enter(column, 1, 'cross')
      side[column] = next
    }
    return view.memory
  },
})
