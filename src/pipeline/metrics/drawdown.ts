/**
 * Drawdowns are negative fractions of the highest wealth so far, starting capital included: -0.25 means 25 % was lost.
 * Missing observations change nothing.
 */

/** The drawdown at the end of each period. */
export function drawdowns(returns: Float64Array): Float64Array {
  const out = new Float64Array(returns.length)
  let wealth = 1
  let peak = 1
  for (let index = 0; index < returns.length; index += 1) {
    const step = returns[index]!
    if (!Number.isNaN(step)) wealth *= 1 + step
    if (wealth > peak) peak = wealth
    out[index] = wealth / peak - 1
  }
  return out
}

/** The drawdown of each element of a curve of equity or prices, its first element counting as a peak. */
export function drawdownsOfEquity(equity: Float64Array): Float64Array {
  const out = new Float64Array(equity.length)
  let peak = equity[0] ?? Number.NaN
  for (let index = 0; index < equity.length; index += 1) {
    if (equity[index]! > peak) peak = equity[index]!
    out[index] = equity[index]! / peak - 1
  }
  return out
}

/**
 * Deepest fall from a peak, as a negative fraction.
 *
 * @returns 0 for a series that never falls, NaN for an empty one.
 * @see Magdon-Ismail and Atiya (2004), "Maximum Drawdown"
 */
export function maxDrawdown(returns: Float64Array): number {
  return deepest(drawdowns(returns))
}

/** The lowest element of a drawdown series; NaN for an empty one. */
export function deepest(series: Float64Array): number {
  let low = series.length === 0 ? Number.NaN : 0
  for (let index = 0; index < series.length; index += 1) if (series[index]! < low) low = series[index]!
  return low
}

/** Root of the mean squared drawdown over all periods. @see Martin and McCann (1989) */
export function ulcerIndex(returns: Float64Array): number {
  const series = drawdowns(returns)
  let squares = 0
  for (let index = 0; index < series.length; index += 1) squares += series[index]! * series[index]!
  return Math.sqrt(squares / series.length)
}

/** Mean depth of the drawdowns over all periods, positive. @see Becker (2006) */
export function painIndex(returns: Float64Array): number {
  const series = drawdowns(returns)
  let depth = 0
  for (let index = 0; index < series.length; index += 1) depth -= series[index]!
  return depth / series.length
}

/** One stretch below a peak, by index of its periods. */
export interface DrawdownPeriod {
  /** First period that closes below the peak. */
  readonly start: number
  /** Deepest period; the first one where several are equal. */
  readonly trough: number
  /** First period back at or above the peak; null while it lasts. */
  readonly recovery: number | null
  readonly depth: number
  /** Periods from the start to the trough, both counted. */
  readonly barsToTrough: number
  /** Periods from the start to the recovery, both counted, or to the last period. */
  readonly barsLength: number
}

/** Every stretch below a peak, in the order of time, from a drawdown series. */
export function drawdownPeriods(series: Float64Array): DrawdownPeriod[] {
  const out: DrawdownPeriod[] = []
  let start = -1
  let trough = -1
  const close = (end: number, recovery: number | null): void => {
    out.push({
      start,
      trough,
      recovery,
      depth: series[trough]!,
      barsToTrough: trough - start + 1,
      barsLength: end - start + 1,
    })
  }
  for (let index = 0; index < series.length; index += 1) {
    if (series[index]! < 0) {
      if (start < 0) start = trough = index
      else if (series[index]! < series[trough]!) trough = index
    } else if (start >= 0) {
      close(index, index)
      start = -1
    }
  }
  if (start >= 0) close(series.length - 1, null)
  return out
}

/** The deepest stretches below a peak, deepest first; equal depths in the order of time. */
export function deepestDrawdowns(series: Float64Array, count: number): DrawdownPeriod[] {
  return drawdownPeriods(series)
    .sort((left, right) => left.depth - right.depth || left.start - right.start)
    .slice(0, count)
}
