import { log, normalCdf, pow } from './elementary.ts'
import { NO_DEVIATION, quantileOfSorted, sorted } from './statistics.ts'

/** More bins than this say nothing that fewer do not say better. */
const BINS_MOST = 80

/** Bins of one width: bin k holds [edges[k], edges[k + 1]), the last one its upper edge as well. */
export interface Histogram {
  readonly edges: Float64Array
  readonly counts: Int32Array
  /** The bin of each value, in the order of the values. */
  readonly binOf: Int32Array
}

/**
 * Values in bins of the width 2 IQR / n^(1/3), at most 80 of them; where the middle half of the values are equal, or below
 * four values, in 1 + log2(n) bins. Values that are all equal have one bin; no value has none.
 *
 * @see Freedman and Diaconis (1981), "On the Histogram as a Density Estimator"; Sturges (1926)
 */
export function histogram(values: Float64Array): Histogram {
  const ordered = sorted(values)
  const low = ordered[0] ?? Number.NaN
  const range = (ordered.at(-1) ?? Number.NaN) - low
  if (values.length === 0) return { edges: new Float64Array(0), counts: new Int32Array(0), binOf: new Int32Array(0) }
  const bins = range > NO_DEVIATION ? Math.min(BINS_MOST, binsFor(ordered, range)) : 1
  const width = range / bins
  const edges = Float64Array.from({ length: bins + 1 }, (_, edge) => (edge === bins ? low + range : low + edge * width))
  const counts = new Int32Array(bins)
  const binOf = Int32Array.from(values, (value) => {
    const bin = bins === 1 ? 0 : Math.max(0, Math.min(bins - 1, Math.floor((value - low) / width)))
    counts[bin] = counts[bin]! + 1
    return bin
  })
  return { edges, counts, binOf }
}

function binsFor(ordered: Float64Array, range: number): number {
  const spread = quantileOfSorted(ordered, 0.75) - quantileOfSorted(ordered, 0.25)
  if (ordered.length < 4 || !(spread > NO_DEVIATION)) return Math.ceil(1 + log(ordered.length) / log(2))
  return Math.max(1, Math.ceil(range / (2 * spread * pow(ordered.length, -1 / 3))))
}

/** How many of `count` values of a normal distribution lie between two edges. NaN without deviation. */
export function normalCount(
  count: number,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
  from: number,
  to: number,
): number {
  if (!(deviation >= NO_DEVIATION)) return Number.NaN
  return count * (normalCdf((to - mean) / deviation) - normalCdf((from - mean) / deviation))
}
