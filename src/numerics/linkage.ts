/** One joining of two clusters: items are 0 .. n - 1, the cluster of joining k is n + k. The smaller number is `left`. */
export interface Joining {
  readonly left: number
  readonly right: number
  readonly distance: number
}

/**
 * Hierarchical clusters by single linkage: the two clusters whose nearest members are nearest join first. Equal
 * distances join the pair with the smallest numbers first.
 *
 * @param distances symmetric, row by row
 */
export function singleLinkage(distances: Float64Array, size: number): Joining[] {
  const between = Float64Array.from(distances)
  /** Number of the cluster that each living row stands for; -1 for a row that was taken up. */
  const cluster = Array.from({ length: size }, (_, index) => index)
  const joinings: Joining[] = []
  for (let step = 0; step < size - 1; step += 1) {
    let [first, second, nearest] = [-1, -1, Number.POSITIVE_INFINITY]
    for (let row = 0; row < size; row += 1) {
      if (cluster[row] === -1) continue
      for (let column = row + 1; column < size; column += 1) {
        const distance = between[row * size + column]!
        if (cluster[column] === -1 || !(distance < nearest || first === -1)) continue
        ;[first, second, nearest] = [row, column, distance]
      }
    }
    const [a, b] = [cluster[first]!, cluster[second]!]
    joinings.push({ left: Math.min(a, b), right: Math.max(a, b), distance: nearest })
    for (let other = 0; other < size; other += 1) {
      const distance = Math.min(between[first * size + other]!, between[second * size + other]!)
      between[first * size + other] = distance
      between[other * size + first] = distance
    }
    cluster[first] = size + step
    cluster[second] = -1
  }
  return joinings
}

/** The items in the order in which the tree of clusters holds them, left before right: neighbours are alike. */
export function leafOrder(joinings: readonly Joining[], size: number): number[] {
  const order: number[] = []
  const waiting = [size + joinings.length - 1]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node < size) order.push(node)
    else waiting.push(joinings[node - size]!.right, joinings[node - size]!.left)
  }
  return size === 1 ? [0] : order
}
