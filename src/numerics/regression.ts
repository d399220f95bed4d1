/** A linear regression of one lane on a few others. */
export interface Regression {
  /** One per regressor, in their order. */
  readonly coefficients: Float64Array
  /** Standard errors of the coefficients; 0 of a perfect fit. */
  readonly errors: Float64Array
  /** What the fit leaves over, one per row. */
  readonly residuals: Float64Array
  readonly sumOfSquares: number
  /** Rows less regressors: what the variance of the residuals is over. */
  readonly degrees: number
}

/** A regressor whose part that the others do not explain is below this fraction of itself is explained by them. */
const DEPENDENT = 1e-10

/**
 * Ordinary least squares by Householder's reflections: no product of the regressors with themselves is formed, so that
 * nearly collinear ones (a price and its neighbour) keep their digits. A constant is a regressor of ones.
 *
 * @param regressors lanes of the length of `y`, fewer than its rows
 * @returns null where there is no one answer: collinear regressors, no degree of freedom, a value that is not finite
 * @see Golub and Van Loan (2013), "Matrix Computations", 5.3
 */
export function regress(y: Float64Array, regressors: readonly Float64Array[]): Regression | null {
  const factors = triangulated(y, regressors)
  if (factors === null) return null
  const { triangle, projected } = factors
  const width = regressors.length
  const coefficients = backSubstituted(triangle, width, projected)
  const residuals = Float64Array.from(y)
  for (let column = 0; column < width; column += 1) {
    const lane = regressors[column]!
    for (let row = 0; row < y.length; row += 1) residuals[row] = residuals[row]! - coefficients[column]! * lane[row]!
  }
  let sumOfSquares = 0
  for (let row = 0; row < residuals.length; row += 1) sumOfSquares += residuals[row]! * residuals[row]!
  if (!Number.isFinite(sumOfSquares)) return null
  const degrees = y.length - width
  const variance = sumOfSquares / degrees
  return {
    coefficients,
    errors: inverseLengths(triangle, width).map((length) => Math.sqrt(variance * length)),
    residuals,
    sumOfSquares,
    degrees,
  }
}

/**
 * Sums of squared residuals of the regressions on the first 1, 2, .. regressors, from one factorisation of them all.
 *
 * @returns one per count of regressors; null where `regress` of all of them has no answer
 */
export function nestedSums(y: Float64Array, regressors: readonly Float64Array[]): Float64Array | null {
  const factors = triangulated(y, regressors)
  if (factors === null) return null
  const { projected } = factors
  const sums = new Float64Array(regressors.length)
  let rest = 0
  for (let row = y.length - 1; row >= 0; row -= 1) {
    if (row < regressors.length) sums[row] = rest
    rest += projected[row]! * projected[row]!
  }
  return sums
}

interface Factors {
  /** The upper triangle R of the regressors' Q R: entry (row, column) at row * width + column. */
  readonly triangle: Float64Array
  /** Q' y. */
  readonly projected: Float64Array
}

function triangulated(y: Float64Array, regressors: readonly Float64Array[]): Factors | null {
  const width = regressors.length
  const rows = y.length
  if (width === 0 || rows <= width) return null
  const lanes = regressors.map((lane) => Float64Array.from(lane))
  const projected = Float64Array.from(y)
  const triangle = new Float64Array(width * width)
  for (let place = 0; place < width; place += 1) {
    const lane = lanes[place]!
    const length = lengthFrom(lane, place)
    const whole = lengthFrom(regressors[place]!, 0)
    // Written so that NaN fails it too.
    if (!(length > DEPENDENT * whole && Number.isFinite(whole))) return null
    const head = lane[place]! > 0 ? 0 - length : length
    for (let row = 0; row < place; row += 1) triangle[row * width + place] = lane[row]!
    triangle[place * width + place] = head
    // The reflection that sends the rest of the lane to its head.
    lane[place] = lane[place]! - head
    const square = 0 - head * lane[place]!
    for (let other = place + 1; other < width; other += 1) reflect(lanes[other]!, lane, place, square)
    reflect(projected, lane, place, square)
  }
  return { triangle, projected }
}

/** Applies the reflection along `direction`, of which the rows from `from` on count, to a lane. */
function reflect(lane: Float64Array, direction: Float64Array, from: number, square: number): void {
  let product = 0
  for (let row = from; row < lane.length; row += 1) product += direction[row]! * lane[row]!
  const factor = product / square
  for (let row = from; row < lane.length; row += 1) lane[row] = lane[row]! - factor * direction[row]!
}

function lengthFrom(lane: Float64Array, from: number): number {
  let total = 0
  for (let row = from; row < lane.length; row += 1) total += lane[row]! * lane[row]!
  return Math.sqrt(total)
}

function backSubstituted(triangle: Float64Array, width: number, projected: Float64Array): Float64Array {
  const out = new Float64Array(width)
  for (let row = width - 1; row >= 0; row -= 1) {
    let total = projected[row]!
    for (let column = row + 1; column < width; column += 1) total -= triangle[row * width + column]! * out[column]!
    out[row] = total / triangle[row * width + row]!
  }
  return out
}

/** Diagonal of (R' R)^-1: the squared lengths of the rows of R^-1. */
function inverseLengths(triangle: Float64Array, width: number): Float64Array {
  const lengths = new Float64Array(width)
  for (let column = 0; column < width; column += 1) {
    const unit = new Float64Array(width)
    unit[column] = 1
    const solved = backSubstituted(triangle, width, unit)
    for (let row = 0; row < width; row += 1) lengths[row] = lengths[row]! + solved[row]! * solved[row]!
  }
  return lengths
}
