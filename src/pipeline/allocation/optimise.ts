import type { WeightBounds } from '../../domain/allocation.ts'
import { dot, nearestPositive, times } from '../../numerics/linear.ts'
import { minimiseQuadratic } from '../../numerics/quadratic.ts'
import type { MovingPart } from './moving.ts'

/** Linear conditions on the weights of the moving sleeves: each row's product with them is at least its floor. */
interface Conditions {
  readonly rows: Float64Array[]
  readonly floors: number[]
}

function unitRow(size: number, entries: readonly number[], value: number): Float64Array {
  const row = new Float64Array(size)
  for (const entry of entries) row[entry] = value
  return row
}

/** Bounds and groups as rows; what still sleeves take of a group is taken off. */
export function conditionsOf({ kept, size, others }: MovingPart, bounds: WeightBounds): Conditions {
  const rows: Float64Array[] = []
  const floors: number[] = []
  const add = (entries: readonly number[], value: 1 | -1, floor: number): void => {
    rows.push(unitRow(size, entries, value))
    floors.push(floor)
  }
  kept.forEach((index, place) => {
    add([place], 1, bounds.lower[index]!)
    if (bounds.upper[index]! < 1) add([place], -1, -bounds.upper[index]!)
  })
  for (const group of bounds.groups) {
    const places = group.members.flatMap((index) => (kept.includes(index) ? [kept.indexOf(index)] : []))
    if (places.length === 0) continue
    const taken = group.members.reduce((sum, index) => sum + (kept.includes(index) ? 0 : others[index]!), 0)
    if (group.lower > taken) add(places, 1, group.lower - taken)
    if (group.upper < 1) add(places, -1, Math.min(0, taken - group.upper))
  }
  return { rows, floors }
}

/** What the moving sleeves can hold at most: the rest stays cash. */
function investable({ kept, total }: MovingPart, bounds: WeightBounds): number {
  let room = 0
  for (const index of kept) room += bounds.upper[index]!
  return Math.min(total, room)
}

/** Rounding at a bound is the bound. */
function tidied(weights: Float64Array, { kept }: MovingPart, { lower, upper }: WeightBounds): Float64Array {
  return weights.map((weight, place) => {
    const [least, most] = [lower[kept[place]!]!, upper[kept[place]!]!]
    if (Math.abs(weight - least) < 1e-13 || weight < least) return least
    return Math.abs(weight - most) < 1e-13 || weight > most ? most : weight
  })
}

/** The weights of least variance within the bounds; null where the bounds leave none. */
export function leastVariance(part: MovingPart, bounds: WeightBounds): Float64Array | null {
  const { size, covariance } = part
  const { rows, floors } = conditionsOf(part, bounds)
  const weights = minimiseQuadratic({
    size,
    matrix: covariance,
    linear: new Float64Array(size),
    rows: [new Float64Array(size).fill(1), ...rows],
    floors: [investable(part, bounds), ...floors],
    equalities: 1,
  })
  return weights === null ? null : tidied(weights, part, bounds)
}

/**
 * The weights of the largest gain per volatility within the bounds. The ratio does not change with the size of the book,
 * so the gain is set to 1, the variance made as small as can be, and the book brought back to its size.
 *
 * @returns null where no weights within the bounds have a gain above 0
 * @see Cornuejols and Tütüncü (2006), "Optimization methods in finance", section 8.2
 */
export function largestRatio(part: MovingPart, bounds: WeightBounds, gains: Float64Array): Float64Array | null {
  const { size, covariance } = part
  const whole = investable(part, bounds)
  if (!(whole > 0) || !gains.some((gain) => gain > 0)) return null
  const { rows, floors } = conditionsOf(part, bounds)
  // row x w >= floor with sum(w) = whole says (row - floor / whole) x y >= 0 for every multiple y of w
  const free = rows.map((row, index) => row.map((value) => value - floors[index]! / whole))
  const largest = gains.reduce((most, gain) => Math.max(most, Math.abs(gain)), 0)
  const solve = (matrix: Float64Array): Float64Array | null =>
    minimiseQuadratic({
      size,
      matrix,
      linear: new Float64Array(size),
      rows: [gains.map((gain) => gain / largest), ...free],
      floors: [1, ...free.map(() => 0)],
      equalities: 1,
    })
  let book = solve(covariance)
  if (book === null) return null
  // only a matrix that is no covariance has a variance below 0: take the nearest one that is
  if (dot(times(covariance, size, book), book) < 0) book = solve(nearestPositive(covariance, size))
  if (book === null) return null
  let total = 0
  for (const value of book) total += value
  if (!(total > 0)) return null
  return tidied(
    book.map((value) => (value / total) * whole),
    part,
    bounds,
  )
}
