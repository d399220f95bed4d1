import { integer } from '../../../domain/parameters.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { countsUp } from '../../../numerics/counting.ts'
import { defineStrategy } from '../define.ts'

/** Side of the last cross by column: 1 = fast above slow, -1 = not. Grown when instruments are listed later. */
type Sides = { readonly side: readonly number[] }

/**
 * Long while the fast average is above the slow one, else flat; acts once per cross, so a refused entry is not asked
 * again before the next one. Nothing is allocated on a bar: the memory is one array that is written in place.
 */
export const smaCrossover = defineStrategy({
  name: 'sma-crossover',
  summary: 'long while the fast average is above the slow one',
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
    const end = universe.length
    const isWhole = end > FEW && countsUp(universe)
    for (let place = 0; ; place += 1) {
      place = isWhole ? nextInRow(end, fast, slow, side, place) : nextDispute(universe, fast, slow, side, place)
      if (place < 0) break
      const column = universe[place]!
      const next = fast[column]! - slow[column]! > 0 ? 1 : -1
      if (next === side[column]) continue
      if (next < 0) out.exit(column, 'cross')
      else if (view.eligible(column)) out.enter(column, 1, 'cross')
      side[column] = next
    }
    return view.memory
  },
  idle({ memory, first, count, indicator }) {
    const side = memory.side[0]
    if (side === undefined) return 0
    const fast = indicator('fast')
    const slow = indicator('slow')
    const end = first + count
    let bar = first
    // Four at a time until one of them disputes.
    for (; bar + 3 < end; bar += 4) {
      if ((fast[bar]! - slow[bar]!) * side <= 0 || (fast[bar + 1]! - slow[bar + 1]!) * side <= 0) break
      if ((fast[bar + 2]! - slow[bar + 2]!) * side <= 0 || (fast[bar + 3]! - slow[bar + 3]!) * side <= 0) break
    }
    while (bar < end && !((fast[bar]! - slow[bar]!) * side <= 0)) bar += 1
    return bar - first
  },
})

/** Up to this many columns it does not matter whether they are all of them, in their order. */
const FEW = 8

/**
 * As `nextDispute`, where the place is the column. Of none it says -1 and not `end`: a length may be more than a small whole
 * number holds, and every place would be carried as a real.
 */
function nextInRow(end: number, fast: Float64Array, slow: Float64Array, side: readonly number[], from: number): number {
  let column = from
  // Four at a time until one of them disputes.
  for (; column + 3 < end; column += 4) {
    if ((fast[column]! - slow[column]!) * side[column]! <= 0) return column
    if ((fast[column + 1]! - slow[column + 1]!) * side[column + 1]! <= 0) return column + 1
    if ((fast[column + 2]! - slow[column + 2]!) * side[column + 2]! <= 0) return column + 2
    if ((fast[column + 3]! - slow[column + 3]!) * side[column + 3]! <= 0) return column + 3
  }
  for (; column < end; column += 1) if ((fast[column]! - slow[column]!) * side[column]! <= 0) return column
  return -1
}

/**
 * The first place from `from` on where the averages are equal or their difference and the side disagree; -1 where none is.
 * True on few bars only, so the search is a loop of its own that calls nothing. Undefined averages never dispute.
 */
function nextDispute(
  universe: Int32Array,
  fast: Float64Array,
  slow: Float64Array,
  side: readonly number[],
  from: number,
): number {
  const end = universe.length
  let place = from
  // Four at a time until one of them disputes.
  for (; place + 3 < end; place += 4) {
    const a = universe[place]!
    const b = universe[place + 1]!
    const c = universe[place + 2]!
    const d = universe[place + 3]!
    if ((fast[a]! - slow[a]!) * side[a]! <= 0) return place
    if ((fast[b]! - slow[b]!) * side[b]! <= 0) return place + 1
    if ((fast[c]! - slow[c]!) * side[c]! <= 0) return place + 2
    if ((fast[d]! - slow[d]!) * side[d]! <= 0) return place + 3
  }
  for (; place < end; place += 1) {
    const column = universe[place]!
    if ((fast[column]! - slow[column]!) * side[column]! <= 0) return place
  }
  return -1
}
