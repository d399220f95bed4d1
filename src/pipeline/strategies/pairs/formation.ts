import type { View } from '../../../domain/strategy.ts'
import { engleGranger, halfLife, isCointegrated } from '../../../numerics/cointegration.ts'
import { log } from '../../../numerics/elementary.ts'
import type { SignificanceLevel } from '../../../numerics/unit-root.ts'

/** Columns of two instruments that trade as one. */
export interface Pair {
  readonly first: number
  readonly second: number
}

/** The universe two by two, in its declared order; an instrument left over is in no pair. */
export function pairsOf(universe: Int32Array): readonly Pair[] {
  return Array.from({ length: Math.floor(universe.length / 2) }, (_, place) => ({
    first: universe[2 * place]!,
    second: universe[2 * place + 1]!,
  }))
}

/** Logarithms of the closes of a pair, on the bars that both have, oldest first. */
export interface Window {
  readonly first: Float64Array
  readonly second: Float64Array
}

/** What a window says of a pair: log first = intercept + ratio x log second + spread. */
export type Fit = {
  readonly intercept: number
  readonly ratio: number
  /** Of the spread over the window. */
  readonly deviation: number
  /** In bars. */
  readonly halfLife: number
}

export interface FormationRules {
  readonly formation: number
  readonly significance: SignificanceLevel
  readonly halfLifeMin: number
  readonly halfLifeMax: number
}

/** Part of the bars of a window that at least must be there on both sides. */
const PRESENT_MIN = 0.95

/** The last `formation` bars; null where they do not reach back that far, or either side lacks too many of them. */
export function windowOf(view: Pick<View, 'ago'>, { first, second }: Pair, formation: number): Window | null {
  const oldest = formation - 1
  if (Number.isNaN(view.ago('close', first, oldest)) && Number.isNaN(view.ago('close', second, oldest))) return null
  const firsts: number[] = []
  const seconds: number[] = []
  for (let back = oldest; back >= 0; back -= 1) {
    const one = view.ago('close', first, back)
    const other = view.ago('close', second, back)
    if (Number.isNaN(one) || Number.isNaN(other)) continue
    firsts.push(log(one))
    seconds.push(log(other))
  }
  if (firsts.length < PRESENT_MIN * formation) return null
  return { first: Float64Array.from(firsts), second: Float64Array.from(seconds) }
}

/**
 * What may be traded on: a spread that returns, by the test of Engle and Granger, within the bounds of its half-life,
 * between instruments that move the same way. Null where any of it fails.
 */
export function fitOf({ first, second }: Window, rules: FormationRules): Fit | null {
  const found = engleGranger(first, second)
  if (found === null || !(found.ratio > 0) || !isCointegrated(found, rules.significance)) return null
  const life = halfLife(found.spread)
  if (life === null || life < rules.halfLifeMin || life > rules.halfLifeMax) return null
  return { intercept: found.intercept, ratio: found.ratio, deviation: deviationOf(found.spread), halfLife: life }
}

/** Residuals have no mean of their own; two coefficients were fitted. */
function deviationOf(residuals: Float64Array): number {
  let total = 0
  for (const value of residuals) total += value * value
  return Math.sqrt(total / (residuals.length - 2))
}
