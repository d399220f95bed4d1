/**
 * A hedge ratio and an intercept that drift: y = intercept + ratio x + noise, both a random walk, estimated step by step.
 * Plain numbers: it may be persisted.
 */
export type HedgeFilter = {
  intercept: number
  ratio: number
  /** Covariance of what is known of the two, in units of the noise of y. */
  interceptVariance: number
  covariance: number
  ratioVariance: number
}

export interface HedgeFilterOptions {
  /** Variance that one step adds to each of the two, over the variance of y's noise: 0 is least squares over all. */
  readonly drift: number
  /** How little is known at the start, in the same unit: large forgets the start at once. */
  readonly ignorance: number
}

export function startHedgeFilter(intercept: number, ratio: number, { ignorance }: HedgeFilterOptions): HedgeFilter {
  return { intercept, ratio, interceptVariance: ignorance, covariance: 0, ratioVariance: ignorance }
}

/**
 * Takes one step in place.
 *
 * @returns the surprise: y less what was expected of it before it was seen; null, and nothing is taken, where a value is
 *   not finite
 * @see Kalman (1960), "A new approach to linear filtering and prediction problems"
 */
export function takeHedgeStep(filter: HedgeFilter, x: number, y: number, { drift }: HedgeFilterOptions): number | null {
  if (!(Number.isFinite(x) && Number.isFinite(y))) return null
  const a = filter.interceptVariance + drift
  const b = filter.covariance
  const c = filter.ratioVariance + drift
  const surprise = y - filter.intercept - filter.ratio * x
  // Covariances of the two with y, and the variance of the surprise.
  const withIntercept = a + b * x
  const withRatio = b + c * x
  const variance = withIntercept + withRatio * x + 1
  const gainIntercept = withIntercept / variance
  const gainRatio = withRatio / variance
  filter.intercept += gainIntercept * surprise
  filter.ratio += gainRatio * surprise
  // Joseph's form: it stays a covariance whatever is rounded.
  const keptIntercept = 1 - gainIntercept
  const keptRatio = 1 - gainRatio * x
  const crossIntercept = 0 - gainIntercept * x
  const crossRatio = 0 - gainRatio
  const top = keptIntercept * a + crossIntercept * b
  const topRight = keptIntercept * b + crossIntercept * c
  const bottom = crossRatio * a + keptRatio * b
  const bottomRight = crossRatio * b + keptRatio * c
  filter.interceptVariance = top * keptIntercept + topRight * crossIntercept + gainIntercept * gainIntercept
  filter.covariance = top * crossRatio + topRight * keptRatio + gainIntercept * gainRatio
  filter.ratioVariance = bottom * crossRatio + bottomRight * keptRatio + gainRatio * gainRatio
  return surprise
}
