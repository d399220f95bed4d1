import { type HedgeFilter, startHedgeFilter, takeHedgeStep } from '../../../numerics/hedge-filter.ts'
import { regress } from '../../../numerics/regression.ts'
import type { Window } from './formation.ts'

/** A hedge ratio that moves with the pair, and how large its surprises are. Plain data. */
export type MovingHedge = {
  readonly filter: HedgeFilter
  /** Mean of the second's logarithms when it began: around it, ratio and intercept hardly depend on each other. */
  readonly centre: number
  /** Exponentially weighted mean of the squared surprises. */
  readonly variance: number
}

export interface MovingRules {
  readonly drift: number
  readonly formation: number
}

/** How little is known before the first bar, in variances of the noise. */
const IGNORANCE = 1

const optionsOf = ({ drift }: MovingRules) => ({ drift, ignorance: IGNORANCE })

/** Begins with the least squares of a window and goes through it; null where the window has none. */
export function startMovingHedge(window: Window, rules: MovingRules): MovingHedge | null {
  const { first, second } = window
  const centre = second.reduce((total, value) => total + value, 0) / second.length
  const fit = regress(first, [new Float64Array(first.length).fill(1), second.map((value) => value - centre)])
  if (fit === null || !(fit.sumOfSquares > 0)) return null
  const filter = startHedgeFilter(fit.coefficients[0]!, fit.coefficients[1]!, optionsOf(rules))
  let hedge: MovingHedge = { filter, centre, variance: fit.sumOfSquares / fit.degrees }
  for (let bar = 0; bar < first.length; bar += 1) hedge = moved(hedge, first[bar]!, second[bar]!, rules).hedge
  return hedge
}

/** One more bar of both: the surprise in deviations of those before it, then the filter takes the bar. */
export function moved(
  hedge: MovingHedge,
  first: number,
  second: number,
  rules: MovingRules,
): { readonly hedge: MovingHedge; readonly z: number | null } {
  const filter = { ...hedge.filter }
  const surprise = takeHedgeStep(filter, second - hedge.centre, first, optionsOf(rules))
  if (surprise === null) return { hedge, z: null }
  const weight = 2 / (rules.formation + 1)
  const z = hedge.variance > 0 ? surprise / Math.sqrt(hedge.variance) : null
  const variance = (1 - weight) * hedge.variance + weight * surprise * surprise
  return { hedge: { filter, centre: hedge.centre, variance }, z }
}
