import { sampleDeviation } from '../../numerics/statistics.ts'
import { observed } from './returns.ts'

const EPSILON = 1e-12

export interface RegimeRule {
  /** An alert when the rolling correlation differs by more than this from `days` before, */
  readonly move: number
  readonly days: number
  /** and when it comes to lie on the other side of this. */
  readonly level: number
}

const REGIME_RULE: RegimeRule = { move: 0.3, days: 30, level: 0.7 }

export interface RegimeAlert {
  readonly index: number
  readonly kind: 'moved' | 'above' | 'below'
  readonly correlation: number
  /** What it is compared with: the correlation `days` before, or the level. */
  readonly reference: number
}

export interface CorrelationStability {
  /** Sample deviation of the rolling correlation: 0 is a relation that never changes. */
  readonly deviation: number
  readonly alerts: readonly RegimeAlert[]
}

/**
 * How steady a rolling correlation is and when its regime shifts: one alert when a move begins to exceed the rule's and
 * one per crossing of the level. Days without a correlation (NaN) change nothing.
 */
export function correlationStability(rolling: Float64Array, rule: RegimeRule = REGIME_RULE): CorrelationStability {
  const alerts: RegimeAlert[] = []
  let above: boolean | null = null
  let moving = false
  for (let index = 0; index < rolling.length; index += 1) {
    const correlation = rolling[index]!
    if (Number.isNaN(correlation)) continue
    const now = correlation > rule.level + EPSILON
    if (above !== null && now !== above)
      alerts.push({ index, kind: now ? 'above' : 'below', correlation, reference: rule.level })
    above = now
    const before = index >= rule.days ? rolling[index - rule.days]! : Number.NaN
    const moves = Math.abs(correlation - before) > rule.move + EPSILON
    if (moves && !moving) alerts.push({ index, kind: 'moved', correlation, reference: before })
    moving = moves
  }
  return { deviation: sampleDeviation(observed(rolling)), alerts }
}
