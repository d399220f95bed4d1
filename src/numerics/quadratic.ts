import { cholesky, diagonalOf, dot, scaled, withRidge } from './linear.ts'

/**
 * Minimise x' G x / 2 - a' x where every row's product with x is at least its floor, and the first `equalities` of them
 * are exactly that.
 */
export interface QuadraticProblem {
  readonly size: number
  /** G: symmetric; where it is positive semidefinite, the answer is the minimum. */
  readonly matrix: Float64Array
  /** a */
  readonly linear: Float64Array
  readonly rows: readonly Float64Array[]
  readonly floors: ArrayLike<number>
  readonly equalities: number
}

/** What a matrix without an inverse gets added to its diagonal of ones first; tenfold until it has one. */
const RIDGE = 1e-9
const PIVOT_MIN = 1e-12
const PROXIMAL_STEPS = 200
/** A row counts as kept within this, and as dependent on the others below it. Rows have length 1 here. */
const SLACK = 1e-13
const DEPENDENT = 1e-11

/**
 * The minimum of a quadratic function under linear constraints: the dual active set method. A matrix without an inverse
 * gets a ridge, whose effect further steps from the last answer take away again (proximal points): a singular one gives
 * one of its minima, and one that is not positive semidefinite a point that no small move makes better.
 *
 * @returns null when no x keeps every row
 * @see Goldfarb and Idnani (1983), "A numerically stable dual method for solving strictly convex quadratic programs"
 * @see Rockafellar (1976), "Monotone operators and the proximal point algorithm"
 */
export function minimiseQuadratic(problem: QuadraticProblem): Float64Array | null {
  const { size, equalities } = problem
  const diagonal = diagonalOf(problem.matrix, size)
  const largest = diagonal.reduce((most, value) => Math.max(most, value), 0)
  // in units in which G has ones on its diagonal, and rows of length 1
  const unit = diagonal.map((value) =>
    value > 1e-16 * largest ? 1 / Math.sqrt(value) : largest > 0 ? 1 / Math.sqrt(largest) : 1,
  )
  const matrix = scaled(problem.matrix, size, unit)
  const linear = problem.linear.map((value, index) => value * unit[index]!)
  const rows: Float64Array[] = []
  const floors = new Float64Array(problem.rows.length)
  problem.rows.forEach((row, index) => {
    const stretched = row.map((value, column) => value * unit[column]!)
    const length = Math.sqrt(dot(stretched, stretched))
    rows.push(length > 0 ? stretched.map((value) => value / length) : stretched)
    floors[index] = length > 0 ? problem.floors[index]! / length : problem.floors[index]!
  })
  const inUnits: Ready = { size, rows, floors, equalities }
  const restored = (x: Float64Array): Float64Array => x.map((value, index) => value * unit[index]!)
  const whole = cholesky(matrix, size, PIVOT_MIN)
  if (whole !== null) {
    const x = solved(whole, linear, inUnits)
    return x === null ? null : restored(x)
  }
  let ridge = RIDGE
  let triangle = cholesky(withRidge(matrix, size, ridge), size, ridge / 10)
  for (; triangle === null && ridge < size; ridge *= 10) {
    triangle = cholesky(withRidge(matrix, size, ridge * 10), size, ridge)
  }
  if (triangle === null) return null
  let x = solved(triangle, linear, inUnits)
  for (let step = 0; x !== null && step < PROXIMAL_STEPS; step += 1) {
    const before = x
    x = solved(
      triangle,
      linear.map((value, index) => value + ridge * before[index]!),
      inUnits,
    )
    if (x === null) return restored(before)
    // what is left of the ridge in the slope, or rounding of the answer itself
    const near = Math.max(1e-12, 1e-14 / ridge)
    if (x.every((value, index) => Math.abs(value - before[index]!) <= near * (1 + Math.abs(value)))) break
  }
  return x === null ? null : restored(x)
}

/** Rows in the units of the solver. */
interface Ready {
  readonly size: number
  readonly rows: readonly Float64Array[]
  readonly floors: Float64Array
  readonly equalities: number
}

function solved(triangle: Float64Array, linear: Float64Array, ready: Ready): Float64Array | null {
  const { size, rows, floors, equalities } = ready
  const state = startOf(triangle, size, linear)
  for (let index = 0; index < equalities; index += 1) {
    if (!settle(state, rows, floors, index, equalities)) return null
  }
  const limit = 50 * (size + rows.length)
  for (let step = 0; step < limit; step += 1) {
    let worst = worstRow(state, rows, floors, equalities)
    if (worst === -1) {
      refine(state, triangle, linear, rows, floors)
      worst = worstRow(state, rows, floors, equalities)
    }
    if (worst === -1) return state.x
    if (!settle(state, rows, floors, worst, equalities)) return null
  }
  return null
}

interface State {
  readonly size: number
  x: Float64Array
  /** Inverse of the transposed triangle, turned so that its first columns span the active rows. */
  readonly j: Float64Array
  /** Upper triangle of the active rows in those columns. */
  readonly r: Float64Array
  readonly active: number[]
  readonly multipliers: number[]
  /** -1 for an equality whose row was turned round. */
  readonly signs: number[]
}

function startOf(triangle: Float64Array, size: number, linear: Float64Array): State {
  const j = new Float64Array(size * size)
  // column by column of the inverse of L, which is a row of its transposed
  for (let column = 0; column < size; column += 1) {
    for (let row = column; row < size; row += 1) {
      let total = row === column ? 1 : 0
      for (let inner = column; inner < row; inner += 1)
        total -= triangle[row * size + inner]! * j[column * size + inner]!
      j[column * size + row] = total / triangle[row * size + row]!
    }
  }
  const x = new Float64Array(size)
  const turned = projected(j, size, linear)
  for (let row = 0; row < size; row += 1) {
    let total = 0
    for (let k = 0; k < size; k += 1) total += j[row * size + k]! * turned[k]!
    x[row] = total
  }
  return { size, x, j, r: new Float64Array(size * size), active: [], multipliers: [], signs: [] }
}

/** J' row */
function projected(j: Float64Array, size: number, row: Float64Array): Float64Array {
  const out = new Float64Array(size)
  for (let index = 0; index < size; index += 1) {
    const value = row[index]!
    if (value === 0) continue
    for (let k = 0; k < size; k += 1) out[k] = out[k]! + j[index * size + k]! * value
  }
  return out
}

/** The row that is missed by most; -1 when all are kept. */
function worstRow({ x, active }: State, rows: readonly Float64Array[], floors: Float64Array, from: number): number {
  let worst = -1
  let most = -SLACK
  for (let index = from; index < rows.length; index += 1) {
    const slack = dot(rows[index]!, x) - floors[index]!
    const noise = SLACK * Math.max(1, Math.abs(floors[index]!))
    if (slack < Math.min(most, -noise) && !active.includes(index)) {
      most = slack
      worst = index
    }
  }
  return worst
}

/** Makes one row active, dropping others on the way; false when that cannot be. */
function settle(
  state: State,
  rows: readonly Float64Array[],
  floors: Float64Array,
  index: number,
  equalities: number,
): boolean {
  const { size, j, r, active, multipliers } = state
  const isEquality = index < equalities
  const missing = dot(rows[index]!, state.x) - floors[index]!
  const turned = isEquality && missing > 0 ? -1 : 1
  const row = turned === 1 ? rows[index]! : rows[index]!.map((value) => -value)
  let multiplier = 0
  for (let step = 0; step <= size + rows.length; step += 1) {
    const d = projected(j, size, row)
    const count = active.length
    let free = 0
    for (let k = count; k < size; k += 1) free += d[k]! * d[k]!
    let length = 0
    for (let k = 0; k < size; k += 1) length += d[k]! * d[k]!
    const gain = backSubstituted(r, size, count, d)
    // the longest dual step that keeps every multiplier of an inequality
    let drop = -1
    let dual = Number.POSITIVE_INFINITY
    for (let k = 0; k < count; k += 1) {
      if (active[k]! < equalities || !(gain[k]! > 0)) continue
      const ratio = multipliers[k]! / gain[k]!
      if (ratio < dual) {
        dual = ratio
        drop = k
      }
    }
    const slack = turned * (dot(rows[index]!, state.x) - floors[index]!)
    const isDependent = free <= DEPENDENT * DEPENDENT * Math.max(length, 1)
    if (isDependent && Math.abs(slack) <= 1e-9 && isEquality) return true // said already by the others
    const primal = isDependent ? Number.POSITIVE_INFINITY : -slack / free
    const move = Math.min(dual, primal)
    if (move === Number.POSITIVE_INFINITY) return Math.abs(slack) <= 1e-11
    for (let k = 0; k < count; k += 1) multipliers[k] = multipliers[k]! - move * gain[k]!
    multiplier += move
    if (!isDependent) {
      const x = Float64Array.from(state.x)
      for (let at = 0; at < size; at += 1) {
        let z = 0
        for (let k = count; k < size; k += 1) z += j[at * size + k]! * d[k]!
        x[at] = x[at]! + move * z
      }
      state.x = x
    }
    if (move === primal) {
      addRow(state, index, multiplier, d)
      state.signs.push(turned)
      return true
    }
    dropRow(state, drop)
  }
  return false
}

const REFINEMENTS = 3

/**
 * Takes off what rounding has left of the way here, which began far away where the matrix is near singular: the active
 * rows are met again, and the slope along them is made zero.
 */
function refine(
  state: State,
  triangle: Float64Array,
  linear: Float64Array,
  rows: readonly Float64Array[],
  floors: Float64Array,
): void {
  const { size, j, r, active, signs } = state
  const count = active.length
  for (let round = 0; round < REFINEMENTS; round += 1) {
    const slope = productOf(triangle, size, state.x).map((value, index) => linear[index]! - value)
    const step = projected(j, size, slope)
    for (let k = 0; k < count; k += 1) {
      let total = signs[k]! * (floors[active[k]!]! - dot(rows[active[k]!]!, state.x))
      for (let inner = 0; inner < k; inner += 1) total -= r[inner * size + k]! * step[inner]!
      step[k] = total / r[k * size + k]!
    }
    const { x } = state
    state.x = x.map((value, at) => value + dot(j.subarray(at * size, at * size + size), step))
  }
}

/** L L' x */
function productOf(triangle: Float64Array, size: number, x: Float64Array): Float64Array {
  const inner = new Float64Array(size)
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      inner[column] = inner[column]! + triangle[row * size + column]! * x[row]!
    }
  }
  return inner.map((_, row) => dot(triangle.subarray(row * size, row * size + row + 1), inner.subarray(0, row + 1)))
}

/** R^-1 d */
function backSubstituted(r: Float64Array, size: number, count: number, d: Float64Array): Float64Array {
  const out = new Float64Array(count)
  for (let row = count - 1; row >= 0; row -= 1) {
    let total = d[row]!
    for (let column = row + 1; column < count; column += 1) total -= r[row * size + column]! * out[column]!
    out[row] = total / r[row * size + row]!
  }
  return out
}

/** Turns two columns of J by the rotation that takes (first, second) to (length, 0); gives the length. */
function turn(j: Float64Array, size: number, column: number, first: number, second: number): number {
  if (second === 0) return first
  const length = Math.sqrt(first * first + second * second)
  const cosine = first / length
  const sine = second / length
  for (let row = 0; row < size; row += 1) {
    const left = j[row * size + column]!
    const right = j[row * size + column + 1]!
    j[row * size + column] = cosine * left + sine * right
    j[row * size + column + 1] = cosine * right - sine * left
  }
  return length
}

function addRow(state: State, index: number, multiplier: number, d: Float64Array): void {
  const { size, j, r, active, multipliers } = state
  const count = active.length
  for (let k = size - 1; k > count; k -= 1) d[k - 1] = turn(j, size, k - 1, d[k - 1]!, d[k]!)
  for (let k = 0; k <= count; k += 1) r[k * size + count] = d[k]!
  active.push(index)
  multipliers.push(multiplier)
}

function dropRow(state: State, place: number): void {
  const { size, j, r, active, multipliers } = state
  active.splice(place, 1)
  multipliers.splice(place, 1)
  state.signs.splice(place, 1)
  const count = active.length
  for (let column = place; column < count; column += 1) {
    for (let row = 0; row <= column + 1; row += 1) r[row * size + column] = r[row * size + column + 1]!
  }
  for (let k = place; k < count; k += 1) {
    const first = r[k * size + k]!
    const second = r[(k + 1) * size + k]!
    const length = turn(j, size, k, first, second)
    if (second !== 0) {
      for (let column = k + 1; column < count; column += 1) {
        const top = r[k * size + column]!
        const bottom = r[(k + 1) * size + column]!
        r[k * size + column] = (first * top + second * bottom) / length
        r[(k + 1) * size + column] = (first * bottom - second * top) / length
      }
    }
    r[k * size + k] = length
    r[(k + 1) * size + k] = 0
  }
}
