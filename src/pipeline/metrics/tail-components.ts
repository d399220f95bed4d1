/**
 * Value at risk and expected shortfall of a mix by method, and what each part carries of it: weight times what the
 * figure changes with the weight (Euler). Contributions add up to the figure.
 */
import { normalPdf, normalQuantile } from '../../numerics/elementary.ts'
import {
  mean,
  NO_DEVIATION,
  populationCovariance,
  quantileOfSorted,
  sampleCovariance,
} from '../../numerics/statistics.ts'
import { cornishFisherQuantile, edgeworthShortfall, type Shape, type ShapeValue } from './cornish-fisher.ts'
import { mixOf } from './risk-components.ts'

/** A positive loss and what each part carries of it; negative for a part that takes risk away. */
export interface TailFigure {
  readonly total: number
  readonly contributions: readonly number[]
}

/** The figures beyond one quantile. */
export interface TailFigures {
  readonly valueAtRisk: TailFigure
  readonly shortfall: TailFigure
}

/** A mix of series without a missing row, with the numbers that all methods need. */
interface Mix {
  readonly columns: readonly Float64Array[]
  readonly weights: readonly number[]
  readonly whole: Float64Array
  readonly means: readonly number[]
  /** Sample deviation of the whole, and how it changes with each weight. */
  readonly deviation: number
  readonly byWeight: readonly number[]
}

function mixed(columns: readonly Float64Array[], weights: readonly number[]): Mix {
  const whole = mixOf(columns, weights)
  const covariances = columns.map((column) => sampleCovariance(column, whole))
  const variance = sampleCovariance(whole, whole)
  const deviation = Math.sqrt(variance)
  return {
    columns,
    weights,
    whole,
    means: columns.map(mean),
    deviation,
    byWeight: covariances.map((value) => (deviation < NO_DEVIATION ? 0 : value / deviation)),
  }
}

/** Loss of a location and a multiple of the deviation; the multiple may itself change with the weights. */
function located(mix: Mix, multiple: number, multipleByWeight: readonly number[] | null): TailFigure {
  const contributions = mix.weights.map((weight, at) => {
    const ofShape = multipleByWeight === null ? 0 : multipleByWeight[at]! * mix.deviation
    return weight === 0 ? 0 : weight * (ofShape + multiple * mix.byWeight[at]! - mix.means[at]!)
  })
  return { total: multiple * mix.deviation - mean(mix.whole), contributions }
}

/** Under a normal distribution with the sample covariances. @see Jorion (2006), "Value at Risk", chapter 7 */
export function gaussianTail(columns: readonly Float64Array[], weights: readonly number[], tail: number): TailFigures {
  const mix = mixed(columns, weights)
  const z = normalQuantile(tail)
  return { valueAtRisk: located(mix, -z, null), shortfall: located(mix, normalPdf(z) / tail, null) }
}

/** What standardises the third and fourth moments, which are themselves over n. */
export type ShapeDivisor = 'population' | 'sample'

/**
 * By the Cornish-Fisher expansion, with the sample covariances. Skewness and kurtosis are the population's, or those that
 * PerformanceAnalytics has: population moments over powers of the sample deviation (`sample`). NaN for a mix that does
 * not move.
 *
 * @see Boudt, Peterson and Croux (2008), "Estimation and decomposition of downside risk for portfolios with non-normal
 *   returns"
 */
export function cornishFisherTail(
  columns: readonly Float64Array[],
  weights: readonly number[],
  tail: number,
  divisor: ShapeDivisor = 'population',
): TailFigures {
  const mix = mixed(columns, weights)
  const { shape, bySkewness, byKurtosis } = shapeOf(mix, divisor)
  const figure = (value: ShapeValue, sign: 1 | -1): TailFigure =>
    located(
      mix,
      sign * value.value,
      bySkewness.map((slope, at) => sign * (value.bySkewness * slope + value.byKurtosis * byKurtosis[at]!)),
    )
  return {
    valueAtRisk: figure(cornishFisherQuantile(tail, shape), -1),
    shortfall: figure(edgeworthShortfall(tail, shape), 1),
  }
}

/** Skewness and excess kurtosis of the whole and their changes with each weight, from its co-moments with the parts. */
function shapeOf(mix: Mix, divisor: ShapeDivisor): { shape: Shape; bySkewness: number[]; byKurtosis: number[] } {
  const centre = mean(mix.whole)
  const squares = mix.whole.map((value) => (value - centre) * (value - centre))
  const cubes = squares.map((value, row) => value * (mix.whole[row]! - centre))
  const covariance = divisor === 'sample' ? sampleCovariance : populationCovariance
  const variance = covariance(mix.whole, mix.whole)
  const deviation = variance < NO_DEVIATION * NO_DEVIATION ? Number.NaN : Math.sqrt(variance)
  const third = mean(cubes)
  const fourth = mean(squares.map((value) => value * value))
  const bySkewness: number[] = []
  const byKurtosis: number[] = []
  for (const column of mix.columns) {
    const ofVariance = 2 * covariance(column, mix.whole)
    // the mean of the parts' distances vanishes, so a covariance with the powers is the co-moment
    const ofThird = 3 * populationCovariance(column, squares)
    const ofFourth = 4 * populationCovariance(column, cubes)
    bySkewness.push((ofThird - (1.5 * third * ofVariance) / variance) / (variance * deviation))
    byKurtosis.push((ofFourth - (2 * fourth * ofVariance) / variance) / (variance * variance))
  }
  const shape = { skewness: third / (variance * deviation), excessKurtosis: fourth / (variance * variance) - 3 }
  return { shape, bySkewness, byKurtosis }
}

/**
 * From the days themselves. The value at risk is the quantile of type 7, whose two days share it; the shortfall is the
 * mean loss of the days at or beyond it, or beyond a `loss` that is given.
 */
export function historicalTail(
  columns: readonly Float64Array[],
  weights: readonly number[],
  tail: number,
  loss: number | null = null,
): TailFigures & { readonly days: number } {
  const whole = mixOf(columns, weights)
  const order = Array.from(whole, (_, row) => row).sort((left, right) => whole[left]! - whole[right]! || left - right)
  const ordered = Float64Array.from(order, (row) => whole[row]!)
  const quantile = quantileOfSorted(ordered, tail)
  const position = (whole.length - 1) * tail
  const below = Math.floor(position)
  const low = order[below]
  const high = order[Math.min(below + 1, order.length - 1)]
  const fraction = position - below
  const limit = loss === null ? quantile : -loss
  const beyond = order.filter((row) => whole[row]! <= limit)
  const carried = (of: (column: Float64Array) => number): number[] =>
    columns.map((column, at) => (weights[at] === 0 ? 0 : -weights[at]! * of(column)))
  return {
    valueAtRisk: {
      total: -quantile,
      contributions: carried((column) =>
        low === undefined ? Number.NaN : column[low]! + fraction * (column[high!]! - column[low]!),
      ),
    },
    shortfall: {
      total: -mean(Float64Array.from(beyond, (row) => whole[row]!)),
      contributions: carried((column) => mean(Float64Array.from(beyond, (row) => column[row]!))),
    },
    days: beyond.length,
  }
}
