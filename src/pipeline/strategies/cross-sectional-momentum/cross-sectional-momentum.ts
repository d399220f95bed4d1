import { choice, flag, integer, optional, real } from '../../../domain/parameters.ts'
import type { IntentSink, View } from '../../../domain/strategy.ts'
import type { Quantity } from '../../../domain/units.ts'
import { roc } from '../../../indicators/roc/roc.ts'
import { volatility } from '../../../indicators/volatility/volatility.ts'
import { defineStrategy } from '../define.ts'
import { above } from '../thresholds.ts'

/** Bars until the next ranking. */
type Wait = { readonly wait: number }

/** Where a column had no bar on the very day that is looked back to, so many older bars are asked instead. */
const GAP_BARS = 5

/**
 * Ranks the universe by what each name has gained over its lookback, the last month left out, and holds the best of it;
 * on request it is short the worst. Ranks and sizes anew every so many bars. See README.md.
 */
export const crossSectionalMomentum = defineStrategy({
  name: 'cross-sectional-momentum',
  sizes: 'own',
  summary: 'holds the best of its universe, ranks anew every month',
  parameters: {
    lookback: integer(252, { min: 2, max: 520, search: [60, 260], title: 'Bars back at which the gain begins' }),
    skip: integer(21, { min: 0, max: 60, search: [0, 42], title: 'Latest bars that the gain leaves out' }),
    top: integer(3, { min: 1, max: 500, search: [1, 20], title: 'Names that are held' }),
    fraction: optional(null, {
      min: 0.001,
      max: 1,
      title: 'Names that are held, as a fraction of those that can be ranked; instead of `top`',
    }),
    shortBottom: flag(false, 'Be short as many of the worst names, where enough are left'),
    sizes: choice('equal', ['equal', 'inverse_volatility'], 'How the capital is divided between the names of a side'),
    volatilityBars: integer(60, { min: 5, max: 250, title: 'Bars of the volatility' }),
    rebalanceBars: integer(21, { min: 1, max: 260, search: [5, 63], title: 'Bars from one ranking to the next' }),
    invested: real(0.95, { min: 0.01, max: 2, title: "Part of the sleeve's capital that each side is worth" }),
    band: real(0.1, { min: 0, max: 1, title: 'A smaller change of a position, as a fraction of it, is not made' }),
  },
  check: ({ lookback, skip }) =>
    skip < lookback ? null : `the lookback ${lookback} must be longer than the ${skip} bars that are left out`,
  indicators: (p) => ({ gain: roc(p.lookback - p.skip), volatility: volatility(p.volatilityBars) }),
  lookback: (p) => p.skip + GAP_BARS,
  start: (): Wait => ({ wait: 0 }),
  decide(view, out): Wait {
    if (view.memory.wait > 0) return { wait: view.memory.wait - 1 }
    const ranked = ranking(view)
    if (ranked.length === 0 && !holdsAny(view)) return view.memory
    const { fraction, top, shortBottom } = view.parameters
    const wanted = fraction === null ? top : Math.max(1, Math.floor(fraction * ranked.length))
    const longs = ranked.slice(0, wanted)
    const shorts = shortBottom ? worst(view, ranked.slice(longs.length), longs.length) : []
    const leaving = new Set(view.universe)
    for (const column of [...longs, ...shorts]) leaving.delete(column)
    for (const column of leaving) if (view.projected(column) !== 0) out.exit(column, 'rank')
    deal(view, out, longs, 1)
    deal(view, out, shorts, -1)
    return { wait: view.parameters.rebalanceBars - 1 }
  },
})

type Ranking = View<
  {
    readonly skip: number
    readonly sizes: string
    readonly invested: number
    readonly band: number
  },
  Wait
>

/** Columns of members that have a bar and a gain, the best first; equal ones in declared order. */
function ranking(view: Ranking): readonly number[] {
  const found: { readonly column: number; readonly place: number; readonly gain: number }[] = []
  for (const [place, column] of view.universe.entries()) {
    if (Number.isNaN(view.slice.close[column]!) || !view.eligible(column)) continue
    const gain = gainOf(view, column)
    if (!Number.isNaN(gain)) found.push({ column, place, gain })
  }
  found.sort((left, right) => right.gain - left.gain || left.place - right.place)
  return found.map(({ column }) => column)
}

function gainOf(view: Ranking, column: number): number {
  const { skip } = view.parameters
  for (let back = skip; back <= skip + GAP_BARS; back += 1) {
    const gain = view.ago('gain', column, back)
    if (!Number.isNaN(gain)) return gain
  }
  return Number.NaN
}

/** The last `count` of those that may be held short, the worst first: a short side is as broad as the long one or none. */
function worst(view: Ranking, rest: readonly number[], count: number): readonly number[] {
  const shortable = rest.filter((column) => view.instrument(column).shortable)
  return shortable.length < count ? [] : shortable.slice(-count).reverse()
}

function holdsAny(view: Ranking): boolean {
  return view.universe.some((column) => view.projected(column) !== 0)
}

/** Brings every name of one side to its part of the capital, in whole steps. */
function deal(view: Ranking, out: IntentSink, columns: readonly number[], side: 1 | -1): void {
  const { invested, band } = view.parameters
  const parts = partsOf(view, columns)
  for (const [place, column] of columns.entries()) {
    const unit = view.unitValue(column)
    if (!(unit > 0)) continue
    const { step } = view.instrument(column)
    const steps = Math.floor((view.capital * invested * parts[place]!) / (unit * step))
    const wanted = side * steps * step
    const now = view.projected(column)
    // A share dearer than the part of its name: nothing can be held of it.
    if (wanted === 0) {
      if (now !== 0) out.exit(column, 'size')
      continue
    }
    const isNew = now * side <= 0
    if (isNew || Math.abs(wanted - now) > band * Math.abs(wanted)) {
      out.target(column, wanted as Quantity, isNew ? 'rank' : 'size')
    }
  }
}

/** Parts of one side that add up to 1. Where a name has no volatility yet, all are equal. */
function partsOf(view: Ranking, columns: readonly number[]): readonly number[] {
  const swing = view.indicator('volatility')
  const isInverse =
    view.parameters.sizes === 'inverse_volatility' && columns.every((column) => above(swing[column]!, 0))
  const inverse = columns.map((column) => (isInverse ? 1 / swing[column]! : 1))
  const sum = inverse.reduce((total, one) => total + one, 0)
  return inverse.map((one) => one / sum)
}
