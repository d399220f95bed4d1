/** Value at risk and expected shortfall of one series, by method and level, and how sure they are. */
import { normalPdf, normalQuantile, pow } from '../../numerics/elementary.ts'
import { createRandom } from '../../numerics/random.ts'
import {
  mean,
  NO_DEVIATION,
  populationKurtosis,
  populationSkewness,
  quantileOfSorted,
  sampleDeviation,
  sorted,
} from '../../numerics/statistics.ts'
import { blockDraws } from './bootstrap.ts'
import { cornishFisherQuantile, edgeworthShortfall } from './cornish-fisher.ts'
import { observed } from './returns.ts'

export const TAIL_METHODS = ['historical', 'gaussian', 'cornishFisher'] as const
export type TailMethod = (typeof TAIL_METHODS)[number]

/** Positive losses per period; NaN where undefined. */
export interface TailRisk {
  readonly valueAtRisk: number
  readonly shortfall: number
}
export type TailRiskByMethod = Readonly<Record<TailMethod, TailRisk>>

/**
 * All methods at one tail (0.05 for 95 %), with the conventions of the single figures: quantile of type 7, sample
 * deviation, population skewness and kurtosis. Missing observations are left out.
 */
export function tailRisk(returns: Float64Array, tail: number): TailRiskByMethod {
  return tailRiskOfSorted(sorted(observed(returns)), [tail])[0]!
}

function tailRiskOfSorted(ordered: Float64Array, tails: readonly number[]): readonly TailRiskByMethod[] {
  const centre = mean(ordered)
  const deviation = sampleDeviation(ordered)
  const moves = deviation >= NO_DEVIATION
  const shape = {
    skewness: moves ? populationSkewness(ordered) : Number.NaN,
    excessKurtosis: moves ? populationKurtosis(ordered) - 3 : Number.NaN,
  }
  return tails.map((tail) => {
    const limit = quantileOfSorted(ordered, tail)
    let beyond = 0
    while (beyond < ordered.length && ordered[beyond]! <= limit) beyond += 1
    const z = normalQuantile(tail)
    return {
      historical: { valueAtRisk: -limit, shortfall: -mean(ordered.subarray(0, beyond)) },
      gaussian: {
        valueAtRisk: -(centre + z * deviation),
        shortfall: (deviation * normalPdf(z)) / tail - centre,
      },
      cornishFisher: {
        valueAtRisk: -(centre + cornishFisherQuantile(tail, shape).value * deviation),
        shortfall: edgeworthShortfall(tail, shape).value * deviation - centre,
      },
    }
  })
}

/** The middle part of what the figure would be on redrawn histories; NaN ends where it is undefined. */
export interface Interval {
  readonly low: number
  readonly high: number
}
export type TailIntervals = Readonly<
  Record<TailMethod, { readonly valueAtRisk: Interval; readonly shortfall: Interval }>
>

export interface IntervalOptions {
  readonly seed: number
  /** Redrawn histories. */
  readonly draws: number
  /** Part of them between the ends: 0.9. */
  readonly confidence: number
}

/** Days per block: the cube root of their number, as whole days, at least one. @see Hall, Horowitz and Jing (1995) */
export function blockLength(observations: number): number {
  return Math.max(1, Math.floor(pow(observations, 1 / 3) + 0.5))
}

/**
 * Percentile intervals of every method's figures at each tail, from histories redrawn in blocks so that quiet and wild
 * stretches stay together. The same seed gives the same intervals.
 */
export function tailIntervals(
  returns: Float64Array,
  tails: readonly number[],
  options: IntervalOptions,
): readonly TailIntervals[] {
  const present = observed(returns)
  const figures = tails.map(() => TAIL_METHODS.map(() => [[], []] as [number[], number[]]))
  const random = createRandom(options.seed)
  const history = createReordering(present)
  for (const rows of blockDraws(present.length, {
    random,
    draws: options.draws,
    block: blockLength(present.length),
  })) {
    const risks = tailRiskOfSorted(history.sortedDraw(rows), tails)
    for (let at = 0; at < tails.length; at += 1) {
      for (let method = 0; method < TAIL_METHODS.length; method += 1) {
        const own = risks[at]![TAIL_METHODS[method]!]
        figures[at]![method]![0].push(own.valueAtRisk)
        figures[at]![method]![1].push(own.shortfall)
      }
    }
  }
  const outside = (1 - options.confidence) / 2
  return figures.map((methods) => {
    const named = TAIL_METHODS.map((method, at) => {
      const [valueAtRisk, shortfall] = methods[at]!
      return [method, { valueAtRisk: middle(valueAtRisk, outside), shortfall: middle(shortfall, outside) }] as const
    })
    return Object.fromEntries(named) as unknown as TailIntervals
  })
}

/** Puts drawn rows in the order of their values by counting ranks: no draw is sorted anew. */
function createReordering(values: Float64Array): { sortedDraw(rows: Int32Array): Float64Array } {
  const order = Array.from(values, (_, row) => row).sort((left, right) => values[left]! - values[right]!)
  const rank = new Int32Array(values.length)
  for (let at = 0; at < order.length; at += 1) rank[order[at]!] = at
  const counts = new Int32Array(values.length)
  const drawn = new Float64Array(values.length)
  return {
    sortedDraw(rows) {
      counts.fill(0)
      for (const row of rows) counts[rank[row]!] = counts[rank[row]!]! + 1
      let filled = 0
      for (let at = 0; at < counts.length; at += 1) {
        const value = values[order[at]!]!
        for (let times = counts[at]!; times > 0; times -= 1) {
          drawn[filled] = value
          filled += 1
        }
      }
      return drawn
    },
  }
}

function middle(values: readonly number[], outside: number): Interval {
  const ordered = sorted(observed(Float64Array.from(values)))
  return { low: quantileOfSorted(ordered, outside), high: quantileOfSorted(ordered, 1 - outside) }
}
