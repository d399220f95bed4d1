/**
 * What may become of a portfolio: many futures drawn from its past, and how many of them end badly.
 * In:    returns per period, the portfolio first, then its parts   Out: cones, and probabilities of ruin and breaches
 */
import { assert } from '../../domain/assert.ts'
import { createRandom } from '../../numerics/random.ts'
import { quantileOfSorted, sorted } from '../../numerics/statistics.ts'
import { blockPaths, type PathSource, studentPaths, tailDegrees } from './paths.ts'

export const SIMULATION_METHODS = ['bootstrap', 'student'] as const
export type SimulationMethod = (typeof SIMULATION_METHODS)[number]

export interface SimulationSettings {
  readonly method: SimulationMethod
  /** Periods ahead. */
  readonly horizon: number
  readonly paths: number
  readonly seed: number
  /** Rows that stay together in a bootstrap. */
  readonly block: number
  /** Degrees of freedom of a Student t; null: fitted to the kurtosis of the past. */
  readonly degrees: number | null
  /** Quantiles of the cone, ascending, each within (0, 1). */
  readonly quantiles: readonly number[]
  /** A path is ruined once it stands at or below this fraction of its start. */
  readonly ruinAt: number
  /** Drawdowns, as positive fractions, whose breach is counted. */
  readonly breaches: readonly number[]
}

/** How one series ends, over all paths. Values are multiples of the start. */
export interface Outcome {
  /** By quantile, at the end. */
  readonly final: Float64Array
  readonly mean: number
  /** Share of paths that end below their start. */
  readonly loss: number
  readonly ruin: number
  /** By level of `breaches`: share of paths that were ever deeper. */
  readonly breached: Float64Array
  /** By quantile, of the deepest drawdown of each path, as a positive fraction. */
  readonly drawdown: Float64Array
}

export interface Simulation {
  /** By quantile, then by period: the portfolio as a multiple of its start; period 0 is the start. */
  readonly cone: readonly Float64Array[]
  /** The portfolio first, then its parts. */
  readonly outcomes: readonly Outcome[]
  readonly degrees: number | null
}

const EPSILON = 1e-12

/**
 * Draws the paths of every series together.
 *
 * @param columns returns per period, the portfolio first; all of one length, no NaN
 */
export function simulate(columns: readonly Float64Array[], settings: SimulationSettings): Simulation {
  const { horizon, paths, quantiles } = settings
  assert(columns.length > 0 && columns[0]!.length >= 2, 'a simulation needs two periods of a past')
  assert(horizon >= 1 && paths >= 1, 'a simulation needs a path of at least one period')
  const degrees = settings.method === 'student' ? (settings.degrees ?? tailDegrees(columns)) : null
  const source = sourceOf(columns, settings, degrees)
  const drawn = columns.map(() => new Float64Array(horizon))
  const steps = Array.from({ length: horizon }, () => new Float64Array(paths))
  const tallies = columns.map(() => tallyOf(paths, settings.breaches.length))
  for (let path = 0; path < paths; path += 1) {
    source.draw(drawn)
    for (let column = 0; column < columns.length; column += 1) {
      walk(drawn[column]!, path, settings, tallies[column]!, column === 0 ? steps : null)
    }
  }
  const cone = quantiles.map(() => new Float64Array(horizon + 1).fill(1, 0, 1))
  for (let step = 0; step < horizon; step += 1) {
    const ordered = sorted(steps[step]!)
    quantiles.forEach((quantile, line) => {
      cone[line]![step + 1] = quantileOfSorted(ordered, quantile)
    })
  }
  return { cone, outcomes: tallies.map((tally) => outcomeOf(tally, settings)), degrees }
}

function sourceOf(
  columns: readonly Float64Array[],
  { method, seed, block }: SimulationSettings,
  degrees: number | null,
): PathSource {
  const random = createRandom(seed).fork(method)
  return method === 'bootstrap' ? blockPaths(columns, block, random) : studentPaths(columns, degrees!, random)
}

interface Tally {
  readonly finals: Float64Array
  readonly drawdowns: Float64Array
  readonly breached: Float64Array
  ruined: number
}

function tallyOf(paths: number, levels: number): Tally {
  return {
    finals: new Float64Array(paths),
    drawdowns: new Float64Array(paths),
    breached: new Float64Array(levels),
    ruined: 0,
  }
}

/** One path of one series. Nothing is left after a loss of everything, and nothing comes back. */
function walk(
  returns: Float64Array,
  path: number,
  { ruinAt, breaches }: SimulationSettings,
  tally: Tally,
  steps: readonly Float64Array[] | null,
): void {
  let value = 1
  let peak = 1
  let lowest = 1
  let deepest = 0
  for (let step = 0; step < returns.length; step += 1) {
    value *= Math.max(0, 1 + returns[step]!)
    if (value > peak) peak = value
    if (value < lowest) lowest = value
    const drawdown = 1 - value / peak
    if (drawdown > deepest) deepest = drawdown
    if (steps !== null) steps[step]![path] = value
  }
  tally.finals[path] = value
  tally.drawdowns[path] = deepest
  if (lowest <= ruinAt + EPSILON) tally.ruined += 1
  for (let level = 0; level < breaches.length; level += 1) {
    if (deepest > breaches[level]! + EPSILON) tally.breached[level]! += 1
  }
}

function outcomeOf(tally: Tally, { paths, quantiles }: SimulationSettings): Outcome {
  let sum = 0
  let losses = 0
  for (const value of tally.finals) {
    sum += value
    if (value < 1 - EPSILON) losses += 1
  }
  const finals = sorted(tally.finals)
  const drawdowns = sorted(tally.drawdowns)
  return {
    final: Float64Array.from(quantiles, (quantile) => quantileOfSorted(finals, quantile)),
    mean: sum / paths,
    loss: losses / paths,
    ruin: tally.ruined / paths,
    breached: tally.breached.map((count) => count / paths),
    drawdown: Float64Array.from(quantiles, (quantile) => quantileOfSorted(drawdowns, quantile)),
  }
}
