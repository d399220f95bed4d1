import { normalPdf, normalQuantile } from '../../numerics/elementary.ts'

/** Third and fourth moment of a standardised distribution. */
export interface Shape {
  readonly skewness: number
  /** Above the normal's 3. */
  readonly excessKurtosis: number
}

/** A value that depends on the shape, and how it changes with it. */
export interface ShapeValue {
  readonly value: number
  readonly bySkewness: number
  readonly byKurtosis: number
}

/** Quantile of a nearly normal distribution by the second-order Cornish-Fisher expansion, at `tail` (0.05 for 95 %). */
export function cornishFisherQuantile(tail: number, { skewness: s, excessKurtosis: k }: Shape): ShapeValue {
  const z = normalQuantile(tail)
  const ofSkewness = (z * z - 1) / 6
  const ofKurtosis = (z * z * z - 3 * z) / 24
  const ofSquare = (2 * z * z * z - 5 * z) / 36
  return {
    value: z + ofSkewness * s + ofKurtosis * k - ofSquare * s * s,
    bySkewness: ofSkewness - 2 * ofSquare * s,
    byKurtosis: ofKurtosis,
  }
}

/**
 * Mean loss beyond the Cornish-Fisher quantile under the Edgeworth density, in deviations, positive. Far out the expansion
 * may fall below the quantile itself; then that one is the answer.
 *
 * @see Boudt, Peterson and Croux (2008), "Estimation and decomposition of downside risk for portfolios with non-normal
 *   returns"
 */
export function edgeworthShortfall(tail: number, shape: Shape): ShapeValue {
  const { skewness: s, excessKurtosis: k } = shape
  const quantile = cornishFisherQuantile(tail, shape)
  const h = quantile.value
  const h2 = h * h
  const h4 = h2 * h2
  const density = normalPdf(h) / tail
  const inSkewness = (h * h2) / 6
  const inKurtosis = (h4 - 2 * h2 - 1) / 24
  const inSquare = (h4 * h2 - 9 * h4 + 9 * h2 + 3) / 72
  const value = density * (1 + s * inSkewness + k * inKurtosis + s * s * inSquare)
  if (value < -h) return { value: -h, bySkewness: -quantile.bySkewness, byKurtosis: -quantile.byKurtosis }
  const edgeworth =
    1 + (s * (h * h2 - 3 * h)) / 6 + (k * (h4 - 6 * h2 + 3)) / 24 + (s * s * (h4 * h2 - 15 * h4 + 45 * h2 - 15)) / 72
  const byQuantile = -h * density * edgeworth
  return {
    value,
    bySkewness: byQuantile * quantile.bySkewness + density * (inSkewness + 2 * s * inSquare),
    byKurtosis: byQuantile * quantile.byKurtosis + density * inKurtosis,
  }
}
