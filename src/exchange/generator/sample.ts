/**
 * Corrections in sample: a few years of chance would blur the very figures that an asset states of itself.
 * In:    a finished path   Out: the same path, with its mean, variance, echo and correlation with factors as intended
 * Keeps: each path is corrected against shared factors only, never against another asset
 */

/** Fewer sessions than this would be explained away altogether, so they stay as drawn. */
const SESSIONS_MIN = 20

/** A path of moves, per session, and the deviation that each of them had before it was drawn. */
export interface SessionFactor {
  readonly moves: Float64Array
  readonly volatility: Float64Array
}

/** Shrinks the mean of the moves and scales them to unit variance; returns the scale. */
export function standardise(factor: SessionFactor, meanKept: number): number {
  const { moves, volatility } = factor
  let sum = 0
  for (const move of moves) sum += move
  const mean = sum / moves.length
  let squares = 0
  for (const move of moves) squares += (move - mean) * (move - mean)
  // one session, or a path without any move, has no scale
  const scale = squares > 0 ? Math.sqrt(moves.length / squares) : 1
  for (let session = 0; session < moves.length; session += 1) {
    moves[session] = (moves[session]! - (1 - meanKept) * mean) * scale
    volatility[session]! *= scale
  }
  return scale
}

/** Takes out of `moves` what `factor` explains in sample, so that their correlation is zero. */
export function removeShadow(moves: Float64Array, factor: Float64Array): void {
  let factorSum = 0
  let movesSum = 0
  for (let session = 0; session < moves.length; session += 1) {
    factorSum += factor[session]!
    movesSum += moves[session]!
  }
  const factorMean = factorSum / moves.length
  const movesMean = movesSum / moves.length
  let product = 0
  let squares = 0
  for (let session = 0; session < moves.length; session += 1) {
    const deviation = factor[session]! - factorMean
    product += deviation * (moves[session]! - movesMean)
    squares += deviation * deviation
  }
  if (squares === 0 || moves.length < SESSIONS_MIN) return
  const shadow = product / squares
  for (let session = 0; session < moves.length; session += 1) {
    moves[session]! -= shadow * (factor[session]! - factorMean)
  }
}

/** Takes out what yesterday's move tells about today's in sample: a market that everybody trades keeps no such gift. */
export function removeEcho(moves: Float64Array): void {
  let product = 0
  let squares = 0
  for (let session = 1; session < moves.length; session += 1) {
    product += moves[session]! * moves[session - 1]!
    squares += moves[session - 1]! * moves[session - 1]!
  }
  if (squares === 0 || moves.length < SESSIONS_MIN) return
  const echo = product / squares
  for (let session = moves.length - 1; session > 0; session -= 1) moves[session]! -= echo * moves[session - 1]!
}
