import type { GroupBounds, WeightBounds } from '../../domain/allocation.ts'

/** Weights and sums this near to a bound keep it. */
const ROUNDING = 1e-9
const HALVINGS = 300

/** The same bounds for every sleeve, without groups. */
export function uniformBounds(count: number, lower: number, upper: number): WeightBounds {
  return { lower: new Float64Array(count).fill(lower), upper: new Float64Array(count).fill(upper), groups: [] }
}

/** Why no weights that add up to at most 1 can keep these bounds; null when some can. */
export function boundsProblem({ lower, upper, groups }: WeightBounds, names: readonly string[]): string | null {
  let least = 0
  for (let index = 0; index < lower.length; index += 1) {
    const [from, to] = [lower[index]!, upper[index]!]
    if (!(from >= 0 && from <= to)) return `of "${names[index]}" go from ${from} to ${to}; write 0 <= lower <= upper`
    least += from
  }
  const taken = new Set<number>()
  for (const group of groups) {
    const twice = group.members.find((index) => taken.has(index))
    if (twice !== undefined) return `name "${names[twice]}" in two groups; a sleeve is in one`
    for (const index of group.members) taken.add(index)
    const own = sumOf(group.members, (index) => lower[index]!)
    const room = sumOf(group.members, (index) => upper[index]!)
    if (!(group.lower >= 0 && group.lower <= group.upper)) {
      return `of group "${group.name}" go from ${group.lower} to ${group.upper}; write 0 <= lower <= upper`
    }
    if (own > group.upper + ROUNDING) return `of the members of "${group.name}" need ${own}, it may have ${group.upper}`
    if (room < group.lower - ROUNDING) return `of the members of "${group.name}" hold ${room}, it needs ${group.lower}`
    least += Math.max(0, group.lower - own)
  }
  if (least <= 1 + ROUNDING) return null
  const isUniform = lower.every((value) => value === lower[0])
  const total = Number(least.toPrecision(9))
  const sum = isUniform && groups.length === 0 ? `${lower.length} x ${lower[0]} = ${total}` : `together ${total}`
  return `need at least ${sum}, above 1; make the lower ones smaller`
}

/** Whether weights keep their bounds, those of groups too. */
export function keepsBounds(weights: ArrayLike<number>, { lower, upper, groups }: WeightBounds): boolean {
  for (let index = 0; index < weights.length; index += 1) {
    if (!(weights[index]! >= lower[index]! - ROUNDING && weights[index]! <= upper[index]! + ROUNDING)) return false
  }
  return groups.every(({ members, lower: least, upper: most }) => {
    const total = sumOf(members, (index) => weights[index]!)
    return total >= least - ROUNDING && total <= most + ROUNDING
  })
}

function sumOf(members: readonly number[], of: (index: number) => number): number {
  let total = 0
  for (const index of members) total += of(index)
  return total
}

/** The largest level in 0 .. most at which a non-decreasing sum is still at most `target`. */
function levelOf(sumAt: (level: number) => number, target: number, most: number): number {
  if (sumAt(most) <= target) return most
  let [low, high] = [0, most]
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = low + (high - low) / 2
    if (!(middle > low && middle < high)) break
    if (sumAt(middle) <= target) low = middle
    else high = middle
  }
  return low
}

interface Pool {
  readonly members: readonly number[]
  readonly lower: number
  readonly upper: number
}

/**
 * Weights within their bounds that add up to `total`, all others in the proportion that they had: each is its weight
 * times one common level, held to its bounds, and a group that reaches a bound of its own has a level of its own. A
 * weight of 0 is not raised above its lower bound, so that what nobody may hold stays cash.
 *
 * Proportional filling: the nearest weights in relative entropy, and the limit of handing out excess again and again.
 */
export function fitToBounds(weights: Float64Array, bounds: WeightBounds, total: number): Float64Array {
  const { lower, upper, groups } = bounds
  const sum = sumOf([...weights.keys()], (index) => weights[index]!)
  if (Math.abs(sum - total) <= 1e-12 && keepsBounds(weights, bounds)) return weights
  const grouped = new Set(groups.flatMap(({ members }) => members))
  const pools: Pool[] = [
    ...groups.map(({ members, lower: least, upper: most }: GroupBounds) => ({ members, lower: least, upper: most })),
    ...[...weights.keys()].flatMap((index) =>
      grouped.has(index) ? [] : [{ members: [index], lower: lower[index]!, upper: upper[index]! }],
    ),
  ]
  const filled = (index: number, level: number): number =>
    Math.max(lower[index]!, Math.min(level * weights[index]!, upper[index]!))
  const poolAt = (pool: Pool, level: number): number =>
    Math.max(
      pool.lower,
      Math.min(
        sumOf(pool.members, (index) => filled(index, level)),
        pool.upper,
      ),
    )
  let most = 0
  for (let index = 0; index < weights.length; index += 1) {
    if (weights[index]! > 0) most = Math.max(most, upper[index]! / weights[index]!)
  }
  const common = levelOf(
    (level) => {
      let at = 0
      for (const pool of pools) at += poolAt(pool, level)
      return at
    },
    total,
    most,
  )
  const out = new Float64Array(weights.length)
  for (const pool of pools) {
    const inner = (level: number): number => sumOf(pool.members, (index) => filled(index, level))
    const own = inner(common)
    const wanted = poolAt(pool, common)
    const level = own === wanted ? common : levelOf(inner, wanted, most)
    for (const index of pool.members) out[index] = filled(index, level)
  }
  return out
}

/**
 * Weights held to their bounds one by one: what is cut goes to cash, and nobody else gets it. A lower bound lifts only
 * what is above 0. When lower bounds lift the sum above `most`, what each has above its lower bound is made smaller.
 */
export function clampToBounds(weights: Float64Array, bounds: WeightBounds, most: number): Float64Array {
  const { lower, upper, groups } = bounds
  const out = weights.map((weight, index) =>
    weight > 0 ? Math.max(lower[index]!, Math.min(weight, upper[index]!)) : 0,
  )
  for (const { members, upper: limit } of groups) shrinkTo(out, members, lower, limit)
  shrinkTo(out, [...out.keys()], lower, most)
  return out
}

/** Takes from what members have above their lower bounds until they add up to `limit`. */
function shrinkTo(weights: Float64Array, members: readonly number[], lower: Float64Array, limit: number): void {
  const total = sumOf(members, (index) => weights[index]!)
  if (total <= limit + 1e-12) return
  const floors = sumOf(members, (index) => Math.min(weights[index]!, lower[index]!))
  const share = total > floors ? Math.max(0, limit - floors) / (total - floors) : 0
  for (const index of members) {
    const floor = Math.min(weights[index]!, lower[index]!)
    weights[index] = floor + (weights[index]! - floor) * share
  }
}
