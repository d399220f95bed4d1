/** What acts on the weights of a day, in its stated order. What an overlay cuts is used by nobody else. */
import type {
  BenchOverlay,
  LadderOverlay,
  Overlays,
  ReductionOverlay,
  SpikeOverlay,
  VolatilityTargetOverlay,
} from '../../domain/capital.ts'
import { sampleCovarianceMatrix } from '../../numerics/covariance.ts'
import { pairAt, stepBench } from '../../pipeline/risk/correlation-bench.ts'
import { correlationReduction } from '../../pipeline/risk/correlation-reduction.ts'
import { meanPairwise, stepSpike } from '../../pipeline/risk/correlation-spike.ts'
import { monthToDate, startMonthLadder, stepMonthLadder } from '../../pipeline/risk/month-ladder.ts'
import { takesCapital } from '../rebalance/free-cash.ts'
import type { Runtime } from '../runtime.ts'
import { tellCapital } from './record.ts'
import { monthOf } from './schedule.ts'
import { correlations, lastScore, scoredReturns, scoredSharpe } from './scores.ts'
import { type CapitalState, type Closing, isRecorded, stageOf } from './state.ts'

/** One day of one capital: what every overlay needs. */
export interface OverlayDay {
  readonly runtime: Runtime
  readonly capital: CapitalState
  /** Ordinals of the sleeves that capital is allocated to, as declared. */
  readonly allocated: readonly number[]
  readonly tradeDate: number
  /** Return of the day of each sleeve's own books by ordinal, flows taken out; 0 where it had no money. */
  readonly own: Float64Array
}

const EPSILON = 1e-12

/** Whether a sleeve moves with the others today: not while it is not part of the portfolio, or trades on paper only. */
function takesPart({ runtime, capital }: OverlayDay, sleeve: number): boolean {
  return takesCapital(runtime, sleeve) && stageOf(capital, sleeve) !== 'PAPER'
}

/** Correlations of the last days among the allocated sleeves, by place; NaN for those that are left out. */
function closeness(day: OverlayDay, window: number, isIn: (place: number) => boolean): readonly (readonly number[])[] {
  const nothing = new Float64Array(0)
  const columns = day.allocated.map((sleeve, place) =>
    takesPart(day, sleeve) && isIn(place) ? scoredReturns(day.capital, sleeve, window) : nothing,
  )
  return correlations(columns, window)
}

function nameOf({ runtime, allocated }: OverlayDay, place: number): string {
  return runtime.sleeves[allocated[place]!]!.config.id
}

/** Who has moved with another one for too long sits out; who has been calm for as long comes back. */
export function stepBenchDay(day: OverlayDay, rule: BenchOverlay): void {
  const { runtime, capital, allocated } = day
  const state = capital.bench!
  const square = closeness(day, rule.window, () => true)
  const { periods } = runtime.state.config!
  const sharpe = allocated.map((sleeve) =>
    scoredSharpe(scoredReturns(capital, sleeve, rule.window), rule.window, periods),
  )
  // Who does not take part is close to nobody: that is known, where a correlation without enough days is not.
  const takes = allocated.map((sleeve) => takesPart(day, sleeve))
  const between = (left: number, right: number): number => (takes[left]! && takes[right]! ? square[left]![right]! : -1)
  for (const move of stepBench(state, rule, between, sharpe)) {
    const sleeve = allocated[move.sleeve]!
    if (move.pair === null) {
      const reason = `no correlation above ${rule.threshold} for ${rule.days} days: entries again, weight from the next computation`
      tellCapital(runtime, { cause: 'return', sleeve, before: null, after: null, reason })
      continue
    }
    const other = move.pair[0] === move.sleeve ? move.pair[1] : move.pair[0]
    const days = state.above[pairAt(state.sleeves, move.pair[0], move.pair[1])]!
    const reason = `correlation ${move.correlation.toFixed(4)} with ${nameOf(day, other)}, above ${rule.threshold} for ${days} days; the lower Sharpe ratio (${figure(sharpe[move.sleeve]!)} and ${figure(sharpe[other]!)})`
    tellCapital(runtime, { cause: 'bench', sleeve, before: capital.weights[sleeve]!, after: 0, reason })
  }
}

/** Two that move together both shrink while they do. */
export function stepReductionDay(day: OverlayDay, rule: ReductionOverlay): void {
  const { capital, allocated } = day
  const { bench } = capital
  const square = closeness(day, rule.window, (place) => bench?.benched[place] !== true)
  correlationReduction(square, rule.threshold).forEach((factor, place) => {
    let nearest = -1
    square[place]!.forEach((value, other) => {
      if (other !== place && !Number.isNaN(value) && !(value <= (square[place]![nearest] ?? -2))) nearest = other
    })
    const reason =
      factor < 1
        ? `correlation ${square[place]![nearest]!.toFixed(4)} with ${nameOf(day, nearest)}, above ${rule.threshold}`
        : `no correlation above ${rule.threshold}`
    setFactor(day, 'reduction', capital.reduction!, allocated[place]!, factor, reason)
  })
}

/** A bad month halves a sleeve, then takes it to nothing until it has recovered. */
export function stepLadderDay(day: OverlayDay, rule: LadderOverlay): void {
  const { runtime, capital, allocated, tradeDate, own } = day
  const ladder = capital.ladder!
  const month = monthOf(tradeDate)
  for (const sleeve of allocated) {
    const before = ladder.index[sleeve]!
    // A recorded stream goes on while its sleeve holds none of it, so its own book would never tell of a recovery.
    const scored = isRecorded(runtime.sleeves[sleeve]!.config) ? lastScore(capital, sleeve) : own[sleeve]!
    ladder.index[sleeve] = before * (1 + (Number.isNaN(scored) ? 0 : scored))
    const state = ladder.months[sleeve] ?? startMonthLadder(before, month)
    ladder.months[sleeve] = state
    const returns = scoredReturns(capital, sleeve, rule.window)
    const shadowSharpe = scoredSharpe(returns, rule.window, runtime.state.config!.periods)
    const factor = stepMonthLadder(state, rule, { month, equity: ladder.index[sleeve]!, shadowSharpe })
    const sharpe = state.latched ? `; Sharpe ratio ${figure(shadowSharpe)}, released above ${rule.sharpeRelease}` : ''
    const reason = `month to date ${(monthToDate(state) * 100).toFixed(2)} %${sharpe}`
    setFactor(day, 'ladder', ladder.factor, sleeve, factor, reason)
  }
}

/** Everything shrinks while the weights as they stand promise more volatility than is wanted. */
export function stepVolatilityDay(day: OverlayDay, rule: VolatilityTargetOverlay): void {
  const { runtime, capital } = day
  const forecast = forecastVolatility(day, rule.window)
  if (Number.isNaN(forecast)) return
  const state = capital.volatility!
  const wanted = forecast > 0 ? Math.min(rule.scaleMax, rule.target / forecast) : rule.scaleMax
  const isNear = Math.abs(wanted - state.scale) <= rule.band * state.scale + EPSILON
  if (isNear) return
  const reason = `expected volatility ${(forecast * 100).toFixed(2)} %, target ${(rule.target * 100).toFixed(2)} %`
  tellCapital(runtime, { cause: 'volatilityTarget', sleeve: null, before: state.scale, after: wanted, reason })
  state.scale = wanted
}

/** Annual volatility of the weights after reduction and ladder; NaN until every weighted sleeve has enough returns. */
function forecastVolatility({ runtime, capital, allocated }: OverlayDay, window: number): number {
  const weighted = allocated.filter((sleeve) => takesCapital(runtime, sleeve) && capital.weights[sleeve]! > 0)
  const columns = weighted.map((sleeve) => scoredReturns(capital, sleeve, window))
  if (weighted.length === 0 || columns.some((column) => column.length < window || column.includes(Number.NaN)))
    return Number.NaN
  const size = weighted.length
  const rows = new Float64Array(window * size)
  columns.forEach((column, place) => {
    for (let at = 0; at < window; at += 1) rows[at * size + place] = column[at]!
  })
  const covariance = sampleCovarianceMatrix(rows, size)
  const used = weighted.map(
    (sleeve) => capital.weights[sleeve]! * (capital.reduction?.[sleeve] ?? 1) * (capital.ladder?.factor[sleeve] ?? 1),
  )
  let variance = 0
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      variance += used[row]! * used[column]! * covariance[row * size + column]!
  return Math.sqrt(Math.max(0, variance) * runtime.state.config!.periods)
}

/** All entries halt while everything moves together. */
export function stepSpikeDay(day: OverlayDay, rule: SpikeOverlay): void {
  const mean = meanPairwise(closeness(day, rule.window, () => true))
  const move = stepSpike(day.capital.spike!, rule, mean)
  if (move === null) return
  const reason =
    move === 'halt'
      ? `mean correlation ${mean.toFixed(4)}, above ${rule.halt}: no entries`
      : `mean correlation ${mean.toFixed(4)}, below ${rule.resume}: entries again`
  tellCapital(day.runtime, { cause: 'spike', sleeve: null, before: null, after: null, reason })
}

/** Puts the overlays together: one factor per sleeve, and the first of them by which it takes no entry. */
export function combine({ runtime, capital, allocated }: OverlayDay, { bench }: Overlays): void {
  const { reduction, ladder, volatility, spike } = capital
  allocated.forEach((sleeve, place) => {
    const step = ladder?.factor[sleeve] ?? 1
    capital.factor[sleeve] = (reduction?.[sleeve] ?? 1) * step * (volatility?.scale ?? 1)
    // A recorded stream has no entries that could wait: it keeps its size until weights are computed without it.
    const isBenched = bench !== null && capital.bench!.benched[place]! && !isRecorded(runtime.sleeves[sleeve]!.config)
    const reasons: readonly (readonly [Closing, boolean])[] = [
      ['lifecycle', stageOf(capital, sleeve) === 'PAPER'],
      ['bench', isBenched],
      ['ladder', step === 0],
      ['spike', spike?.halted === true],
    ]
    capital.closed[sleeve] = reasons.find(([, isClosed]) => isClosed)?.[0] ?? ''
  })
}

function setFactor(
  { runtime }: OverlayDay,
  cause: 'reduction' | 'ladder',
  factors: Float64Array,
  sleeve: number,
  after: number,
  reason: string,
): void {
  const before = factors[sleeve]!
  factors[sleeve] = after
  // A reduction moves a little every day: that it begins and ends is told, the days between stand in the weighings.
  const isTold = before !== after && (cause === 'ladder' || before === 1 || after === 1)
  if (isTold) tellCapital(runtime, { cause, sleeve, before, after, reason })
}

function figure(value: number): string {
  return Number.isNaN(value) ? 'not known' : value.toFixed(2)
}
