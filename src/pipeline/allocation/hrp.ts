import type { Allocator } from '../../domain/allocation.ts'
import { leafOrder, singleLinkage } from '../../numerics/linkage.ts'
import { allocateMoving } from './moving.ts'

/** How alike two sleeves are: by their correlation alone, or by their distances to all others. */
export type ClusterDistance = 'columns' | 'plain'

export interface HierarchicalRiskParity {
  readonly weights: Float64Array
  /** Sleeves in the order of the tree. */
  readonly order: readonly number[]
}

/**
 * Hierarchical risk parity: sleeves are ordered by single linkage, then the whole is halved again and again; each half
 * gets capital in inverse proportion to its variance at inverse-variance weights. Needs no inverse of a matrix.
 *
 * @param covariance every variance above 0
 * @see López de Prado (2016), "Building diversified portfolios that outperform out of sample"
 */
export function hierarchicalRiskParity(
  covariance: Float64Array,
  size: number,
  distance: ClusterDistance = 'columns',
): HierarchicalRiskParity {
  const apart = new Float64Array(size * size)
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const scale = Math.sqrt(covariance[row * size + row]! * covariance[column * size + column]!)
      const correlation = Math.max(-1, Math.min(1, covariance[row * size + column]! / scale))
      apart[row * size + column] = row === column ? 0 : Math.sqrt((1 - correlation) / 2)
    }
  }
  const order = leafOrder(singleLinkage(distance === 'plain' ? apart : betweenColumns(apart, size), size), size)
  const weights = new Float64Array(size).fill(1)
  const waiting: (readonly number[])[] = [order]
  for (let cluster = waiting.pop(); cluster !== undefined; cluster = waiting.pop()) {
    if (cluster.length < 2) continue
    const middle = Math.floor(cluster.length / 2)
    const [left, right] = [cluster.slice(0, middle), cluster.slice(middle)]
    const [own, other] = [clusterVariance(covariance, size, left), clusterVariance(covariance, size, right)]
    // two halves that both cancel out share evenly
    const share = own + other > 0 ? other / (own + other) : 0.5
    for (const index of left) weights[index] = weights[index]! * share
    for (const index of right) weights[index] = weights[index]! * (1 - share)
    waiting.push(left, right)
  }
  return { weights, order }
}

/** Euclidean distance between the columns of a matrix of distances. */
function betweenColumns(apart: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size)
  for (let left = 0; left < size; left += 1) {
    for (let right = 0; right < left; right += 1) {
      let total = 0
      for (let row = 0; row < size; row += 1) {
        const difference = apart[row * size + left]! - apart[row * size + right]!
        total += difference * difference
      }
      out[left * size + right] = Math.sqrt(total)
      out[right * size + left] = Math.sqrt(total)
    }
  }
  return out
}

/** Variance of some sleeves at inverse-variance weights. */
function clusterVariance(covariance: Float64Array, size: number, members: readonly number[]): number {
  let whole = 0
  for (const index of members) whole += 1 / covariance[index * size + index]!
  let variance = 0
  for (const row of members) {
    for (const column of members) {
      const scale = covariance[row * size + row]! * covariance[column * size + column]!
      variance += covariance[row * size + column]! / scale
    }
  }
  return Math.max(0, variance / (whole * whole))
}

/** Hierarchical risk parity of the sleeves that move. */
export const hrp: Allocator = {
  name: 'hrp',
  observationsMin: 2,
  keepsSize: false,
  allocate: (input) =>
    allocateMoving(input, ({ covariance, size, total }) => {
      const { weights } = hierarchicalRiskParity(covariance, size)
      return [weights.map((weight) => weight * total), {}]
    }),
}
