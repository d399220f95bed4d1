/** Where a search ended. */
export interface Minimum {
  readonly at: readonly number[]
  readonly value: number
  /** False when the steps ran out first. */
  readonly converged: boolean
}

/** When a search may stop: both the spread of the points and of their values are this small. */
export interface MinimumTolerance {
  readonly point: number
  readonly value: number
  readonly stepsMax: number
}

/**
 * Finds a minimum near `start` without derivatives: a simplex that reflects, expands, contracts and shrinks.
 * The first simplex moves each coordinate by 5 % (by 0.00025 where it is zero).
 *
 * @see Nelder and Mead (1965); the coefficients are 1, 2, 1/2, 1/2
 */
export function minimise(
  target: (point: readonly number[]) => number,
  start: readonly number[],
  tolerance: MinimumTolerance,
): Minimum {
  const size = start.length
  interface Corner {
    readonly at: readonly number[]
    readonly value: number
  }
  const corner = (at: readonly number[]): Corner => ({ at, value: target(at) })
  const blend = (from: readonly number[], to: readonly number[], share: number): number[] =>
    from.map((value, index) => value + share * (to[index]! - value))
  const order = (corners: Corner[]): Corner[] => corners.sort((left, right) => left.value - right.value)
  let simplex: Corner[] = [corner(start)]
  for (let index = 0; index < size; index += 1) {
    simplex.push(corner(start.map((value, at) => (at !== index ? value : value === 0 ? 0.00025 : value * 1.05))))
  }
  order(simplex)
  for (let step = 0; step < tolerance.stepsMax; step += 1) {
    const best = simplex[0]!
    const worst = simplex[size]!
    const spread = simplex
      .slice(1)
      .map(({ at }) => Math.max(...at.map((value, index) => Math.abs(value - best.at[index]!))))
    const heights = simplex.slice(1).map(({ value }) => Math.abs(value - best.value))
    if (Math.max(...spread) <= tolerance.point && Math.max(...heights) <= tolerance.value) {
      return { ...best, converged: true }
    }
    const centre = start.map((_, index) => simplex.slice(0, size).reduce((sum, { at }) => sum + at[index]!, 0) / size)
    const reflected = corner(blend(centre, worst.at, -1))
    let chosen: Corner | null = null
    if (reflected.value < best.value) {
      const expanded = corner(blend(centre, worst.at, -2))
      chosen = expanded.value < reflected.value ? expanded : reflected
    } else if (reflected.value < simplex[size - 1]!.value) {
      chosen = reflected
    } else if (reflected.value < worst.value) {
      const outside = corner(blend(centre, worst.at, -0.5))
      if (outside.value <= reflected.value) chosen = outside
    } else {
      const inside = corner(blend(centre, worst.at, 0.5))
      if (inside.value < worst.value) chosen = inside
    }
    if (chosen === null)
      simplex = simplex.map((old, index) => (index === 0 ? old : corner(blend(best.at, old.at, 0.5))))
    else simplex[size] = chosen
    order(simplex)
  }
  return { ...simplex[0]!, converged: false }
}
