/** How sleeves move together: the matrix of each window, its close pairs, and one pair by itself. */
import type { Panel } from '../../api/contract/analysis.ts'
import type { ClosePair, Correlation, PairReturns } from '../../api/contract/risk-page.ts'
import { leafOrder, singleLinkage } from '../../numerics/linkage.ts'
import { rollingCorrelation } from '../../numerics/rolling.ts'
import { correlation, leastSquares } from '../../numerics/statistics.ts'
import { finite, known } from '../report/numbers.ts'
import { commonDates, tradingPlaces } from '../report/risk.ts'
import { empty, type Facts, filled, titleOf } from './facts.ts'
import { lineOf } from './lines.ts'

const CORRELATION_WINDOWS = [30, 60, 90] as const
const NEEDED = 20
/** The rule of the bench where a portfolio states no other. */
const STANDARD = { threshold: 0.7, days: 30, window: 60 }
/** From here on sleeves are marked as close, and another line is drawn. */
const CLOSE = 0.7
const VERY_CLOSE = 0.8
const POINTS_MOST = 5_000

interface Pair {
  readonly rows: Int32Array
  readonly left: Float64Array
  readonly right: Float64Array
}

/** Returns of two sleeves on the days that both have. */
function pairOf({ result, returns }: Facts, left: number, right: number): Pair {
  const { rows, columns } = commonDates(result, returns, [left, right])
  return { rows, left: columns[0]!, right: columns[1]! }
}

/** Days in a row, up to the last one, on which two sleeves are above the bench's threshold. */
function runOf(facts: Facts, left: string, right: string, pair: Pair): number {
  const { capital, config } = facts.result
  const bench = config.capitalPlan?.overlays.bench ?? null
  if (bench !== null) {
    const found = capital?.closeness.find(
      (one) => (one.left === left && one.right === right) || (one.left === right && one.right === left),
    )
    return found?.days ?? 0
  }
  const lane = rollingCorrelation(pair.left, pair.right, STANDARD.window)
  let days = 0
  while (days < lane.length && lane[lane.length - 1 - days]! > STANDARD.threshold) days += 1
  return days
}

function ruleOf({ result }: Facts): { readonly threshold: number; readonly days: number } {
  return result.config.capitalPlan?.overlays.bench ?? STANDARD
}

export function correlationsOf(facts: Facts): Panel<readonly Correlation[]> {
  const { result } = facts
  const places = tradingPlaces(result)
  if (places.length < 2) return empty('Needs two sleeves that trade.')
  const pairs = places.map((left, row) =>
    places.map((right, column) => (row < column ? pairOf(facts, left, right) : null)),
  )
  const longest = Math.max(0, ...pairs.flatMap((row) => row.map((pair) => pair?.rows.length ?? 0)))
  if (longest < NEEDED) return empty(`Needs ${NEEDED} common days; ${longest} so far.`)
  const names = places.map((place) => result.sleeves[place]!.id)
  const runs = pairs.map((row, left) =>
    row.map((pair, right) => (pair === null ? 0 : runOf(facts, names[left]!, names[right]!, pair))),
  )
  return filled(CORRELATION_WINDOWS.map((window) => windowOf(facts, window, { names, pairs, runs })))
}

function windowOf(
  facts: Facts,
  window: number,
  {
    names,
    pairs,
    runs,
  }: {
    readonly names: readonly string[]
    readonly pairs: readonly (readonly (Pair | null)[])[]
    readonly runs: readonly (readonly number[])[]
  },
): Correlation {
  const size = names.length
  const matrix = names.map(() => names.map((): number | null => null))
  const observations = names.map(() => names.map(() => 0))
  const close: ClosePair[] = []
  const { threshold: benchedAt, days } = ruleOf(facts)
  const threshold = Math.min(CLOSE, benchedAt)
  for (let left = 0; left < size; left += 1) {
    matrix[left]![left] = 1
    for (let right = left + 1; right < size; right += 1) {
      const pair = pairs[left]![right]!
      const count = Math.min(window, pair.rows.length)
      const value = count < NEEDED ? null : finite(correlation(pair.left.slice(-count), pair.right.slice(-count)))
      matrix[left]![right] = matrix[right]![left] = value
      observations[left]![right] = observations[right]![left] = count
      if (value !== null && value >= threshold)
        close.push({ left: names[left]!, right: names[right]!, correlation: value, runDays: runs[left]![right]! })
    }
  }
  names.forEach((_, at) => {
    observations[at]![at] = Math.max(...observations[at]!)
  })
  return {
    window,
    names,
    titles: names.map((name) => titleOf(facts, name)),
    order: likeness(matrix),
    matrix,
    observations,
    needed: NEEDED,
    threshold,
    close: close.sort((one, other) => other.correlation! - one.correlation! || (one.left < other.left ? -1 : 1)),
    runOf: days,
  }
}

/** Places in the order of clusters: who moves alike stands together. */
function likeness(matrix: readonly (readonly (number | null)[])[]): readonly number[] {
  const size = matrix.length
  const distances = new Float64Array(size * size)
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      distances[row * size + column] = row === column ? 0 : Math.sqrt((1 - (matrix[row]![column] ?? 0)) / 2)
  return leafOrder(singleLinkage(distances, size), size)
}

/** One pair by itself; null where one of the names is no sleeve that trades. */
export function pairView(facts: Facts, left: string, right: string, window: number): Panel<PairReturns> | null {
  const places = tradingPlaces(facts.result)
  const placeOf = (name: string): number | undefined => places.find((place) => facts.result.sleeves[place]!.id === name)
  const [own, other] = [placeOf(left), placeOf(right)]
  if (own === undefined || other === undefined || own === other) return null
  const pair = pairOf(facts, own, other)
  if (pair.rows.length < NEEDED) return empty(`Needs ${NEEDED} common days; ${pair.rows.length} so far.`)
  const days = Array.from(pair.rows, (row) => facts.days[row]!)
  const { slope, intercept } = leastSquares(pair.left, pair.right)
  const together = correlation(pair.left, pair.right)
  const { threshold, days: of } = ruleOf(facts)
  return filled({
    left,
    right,
    leftTitle: titleOf(facts, left),
    rightTitle: titleOf(facts, right),
    window,
    points: days
      .map((day, at) => ({ day, left: known(pair.left[at]!), right: known(pair.right[at]!) }))
      .slice(-POINTS_MOST),
    fit: Number.isNaN(slope)
      ? null
      : { slope: known(slope), intercept: known(intercept), correlation: known(together) },
    rolling: lineOf(
      { name: 'rolling', title: `${window} days` },
      days,
      rollingCorrelation(pair.left, pair.right, window),
    ),
    thresholds: [...new Set([CLOSE, threshold === CLOSE ? VERY_CLOSE : threshold])].sort((one, next) => one - next),
    run: { days: runOf(facts, left, right, pair), of },
  })
}
