import { log } from './elementary.ts'
import { nestedSums, type Regression, regress } from './regression.ts'

/** What the regression holds beside the level: nothing, a constant, or a constant and a straight line in time. */
export type Deterministic = 'none' | 'constant' | 'trend'

/** Chance of calling a series stationary that has a unit root. */
export const SIGNIFICANCE_LEVELS = ['0.01', '0.05', '0.10'] as const
export type SignificanceLevel = (typeof SIGNIFICANCE_LEVELS)[number]

export interface UnitRootTest {
  /** The t-ratio of the level: the further below zero, the less does the series look like a random walk. */
  readonly statistic: number
  /** Lagged changes in the regression. */
  readonly lags: number
  /** Rows of the regression. */
  readonly observations: number
  /** Part of a distance from the mean that is left after one step: the coefficient of the level plus 1. */
  readonly persistence: number
}

export interface DickeyFullerOptions {
  readonly deterministic: Deterministic
  /** Most lagged changes; left out: Schwert's rule, 12 (n / 100)^(1/4) rounded up. Akaike's criterion picks among them. */
  readonly lagsMax?: number
}

/** A level that explains all but this part of the changes leaves nothing to test: the series follows a formula. */
const EXACT = 1e-20

/**
 * The augmented Dickey-Fuller test: changes regressed on the level before them, lagged changes and deterministic terms.
 * The number of lags is the one of the lowest Akaike criterion over the rows that all candidates share; the test is then
 * made over all the rows that this many lags leave.
 *
 * @returns null where there is nothing to test: too few values, a constant or otherwise exact series, one not finite
 * @see Said and Dickey (1984), "Testing for unit roots in autoregressive-moving average models of unknown order"
 * @see Schwert (1989), "Tests for unit roots: a Monte Carlo investigation"
 */
export function augmentedDickeyFuller(values: Float64Array, options: DickeyFullerOptions): UnitRootTest | null {
  const { deterministic } = options
  const terms = TERMS[deterministic]
  // Half of the rows at most may go into regressors.
  const room = Math.floor(values.length / 2) - terms - 1
  if (room < 0) return null
  const wanted = options.lagsMax ?? Math.ceil(12 * Math.sqrt(Math.sqrt(values.length / 100)))
  const lagsMax = Math.min(wanted, room)
  const lags = lagsMax === 0 ? 0 : lagsOfLowestCriterion(values, deterministic, lagsMax)
  if (lags === null) return null
  const { changes, regressors } = designOf(values, deterministic, lags)
  const fit = regress(changes, regressors)
  if (fit === null || isExact(fit, changes)) return null
  const level = fit.coefficients[terms]!
  return {
    statistic: level / fit.errors[terms]!,
    lags,
    observations: changes.length,
    persistence: 1 + level,
  }
}

const TERMS: Readonly<Record<Deterministic, number>> = { none: 0, constant: 1, trend: 2 }

function isExact({ sumOfSquares }: Regression, changes: Float64Array): boolean {
  let total = 0
  for (let row = 0; row < changes.length; row += 1) total += changes[row]! * changes[row]!
  return !(sumOfSquares > EXACT * total)
}

function lagsOfLowestCriterion(values: Float64Array, deterministic: Deterministic, lagsMax: number): number | null {
  const { changes, regressors } = designOf(values, deterministic, lagsMax)
  const sums = nestedSums(changes, regressors)
  if (sums === null) return null
  const rows = changes.length
  const first = TERMS[deterministic] + 1
  let best = 0
  let lowest = Number.POSITIVE_INFINITY
  for (let lags = 0; lags <= lagsMax; lags += 1) {
    const sum = sums[first + lags - 1]!
    if (!(sum > 0)) return null
    const criterion = rows * log(sum / rows) + 2 * (first + lags)
    if (criterion < lowest) {
      lowest = criterion
      best = lags
    }
  }
  return best
}

/** Changes, and what explains them: deterministic terms, the level before, then the lagged changes, latest first. */
function designOf(
  values: Float64Array,
  deterministic: Deterministic,
  lags: number,
): { readonly changes: Float64Array; readonly regressors: readonly Float64Array[] } {
  const rows = Math.max(0, values.length - 1 - lags)
  const changeAt = (at: number): number => values[at]! - values[at - 1]!
  const lane = (ofRow: (at: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => ofRow(lags + 1 + row))
  const regressors: Float64Array[] = []
  if (deterministic !== 'none') regressors.push(lane(() => 1))
  if (deterministic === 'trend') regressors.push(lane((at) => at - lags))
  regressors.push(lane((at) => values[at - 1]!))
  for (let lag = 1; lag <= lags; lag += 1) regressors.push(lane((at) => changeAt(at - lag)))
  return { changes: lane(changeAt), regressors }
}

/** Critical value = first + second / T + third / T^2 + fourth / T^3, T the rows of the regression. */
type Surface = readonly [number, number, number, number]
type Surfaces = Readonly<Record<SignificanceLevel, Surface>>

/**
 * Response surfaces of the critical values, of one series and of the residuals of one regressed on another.
 * @see MacKinnon (2010), "Critical values for cointegration tests", Queen's Economics Department Working Paper 1227,
 *   tables 1 to 3
 */
const ONE_SERIES: Readonly<Record<Deterministic, Surfaces>> = {
  none: {
    '0.01': [-2.56574, -2.2358, -3.627, 0],
    '0.05': [-1.941, -0.2686, -3.365, 31.223],
    '0.10': [-1.61682, 0.2656, -2.714, 25.364],
  },
  constant: {
    '0.01': [-3.43035, -6.5393, -16.786, -79.433],
    '0.05': [-2.86154, -2.8903, -4.234, -40.04],
    '0.10': [-2.56677, -1.5384, -2.809, 0],
  },
  trend: {
    '0.01': [-3.95877, -9.0531, -28.428, -134.155],
    '0.05': [-3.41049, -4.3904, -9.036, -45.374],
    '0.10': [-3.12705, -2.5856, -3.925, -22.38],
  },
}
const TWO_SERIES: Surfaces = {
  '0.01': [-3.89644, -10.9519, -33.527, 0],
  '0.05': [-3.33613, -6.1101, -6.823, 0],
  '0.10': [-3.04445, -4.2412, -2.72, 0],
}

/** The statistic of one series is significant below this. `observations` are the rows of the test's regression. */
export function unitRootCritical(deterministic: Deterministic, level: SignificanceLevel, observations: number): number {
  return onSurface(ONE_SERIES[deterministic][level], observations)
}

/** The same for the residuals of a regression of one series on another and a constant. */
export function cointegrationCritical(level: SignificanceLevel, observations: number): number {
  return onSurface(TWO_SERIES[level], observations)
}

function onSurface([first, second, third, fourth]: Surface, observations: number): number {
  const part = 1 / observations
  return first + part * (second + part * (third + part * fourth))
}
