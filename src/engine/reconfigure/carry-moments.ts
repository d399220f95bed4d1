import type { RollingMoments } from '../../pipeline/allocation/rolling.ts'
import { lengthened, relaidRing } from './rows.ts'

/** Rolling returns with sleeves behind those that they have: as if these had been there and never moved. */
export function carriedMoments(moments: RollingMoments, sleeves: number): RollingMoments {
  const { sleeves: from, correlationBars: capacity, count, observationsMin } = moments
  const square = (values: Float64Array, empty: number): Float64Array => {
    const next = new Float64Array(sleeves * sleeves).fill(empty)
    for (let row = 0; row < from; row += 1) next.set(values.subarray(row * from, row * from + from), row * sleeves)
    return next
  }
  return {
    ...moments,
    sleeves,
    ring: relaidRing(
      moments.ring,
      count,
      { capacity, columns: from },
      {
        capacity,
        columns: sleeves,
        at: (column) => column,
        empty: 0,
      },
    ),
    sum: lengthened(moments.sum, sleeves),
    sumOfSquares: lengthened(moments.sumOfSquares, sleeves),
    longSum: lengthened(moments.longSum, sleeves),
    products: square(moments.products, 0),
    // Before there are enough returns everybody has the same share.
    weights:
      count < observationsMin ? new Float64Array(sleeves).fill(1 / sleeves) : lengthened(moments.weights, sleeves),
    correlation: square(moments.correlation, Number.NaN),
  }
}
