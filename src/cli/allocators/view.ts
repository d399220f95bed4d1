import type { AllocatorFigures, AllocatorsView } from '../../api/contract/allocators.ts'
import type { DaySchedule } from '../../domain/capital.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { normalQuantile } from '../../numerics/elementary.ts'
import { probabilisticSharpe, sharpeDeviation } from '../../numerics/sharpe.ts'
import {
  mean,
  NO_DEVIATION,
  populationKurtosis,
  populationSkewness,
  sampleDeviation,
} from '../../numerics/statistics.ts'
import { summariseReturns } from '../../pipeline/metrics/summary.ts'
import { type AllocatorTrial, type TrialInput, tryAllocators } from '../../research/weight-walk/compare-allocators.ts'
import { finite, known } from '../report/numbers.ts'

const POINTS_MAX = 900
const CONFIDENCE = 0.975
const BASIS_POINT = 0.0001

/** The document of a comparison of allocators. */
export function allocatorsView(source: string, input: TrialInput, notes: readonly string[]): AllocatorsView {
  const { names, dates, returns, rule, periods, cost } = input
  const trials = tryAllocators(input)
  const start = Math.min(rule.window, returns.rows)
  const rows = returns.rows - start
  const shown = shownDays(rows)
  const dateAt = (row: number): string => formatDate(dates[row] as TradeDate)
  return {
    source,
    series: names,
    start: rows === 0 ? null : dateAt(start),
    end: rows === 0 ? null : dateAt(returns.rows - 1),
    rows,
    window: rule.window,
    schedule: scheduleText(rule.recompute),
    periods,
    covariance: rule.covariance,
    costBps: known(cost / BASIS_POINT),
    allocators: trials.map((trial) => figuresOf(trial, names, periods)),
    curves: {
      days: shown.map((day) => dateAt(start + day)),
      allocators: trials.flatMap(({ method, walk }) =>
        walk === null
          ? []
          : [{ name: method, title: method, values: shown.map((day) => finite(walk.equity[day]! - 1)) }],
      ),
    },
    notes: [...notes, ...notesOn(trials)],
  }
}

/** Days that a curve is drawn through: all, or every so many, always with the last one. */
function shownDays(rows: number): readonly number[] {
  const step = Math.max(1, Math.ceil(rows / POINTS_MAX))
  return Array.from({ length: Math.ceil(rows / step) }, (_, index) => rows - 1 - index * step).reverse()
}

function scheduleText(schedule: DaySchedule): string {
  if (schedule.kind === 'never') return 'never'
  if (schedule.kind === 'calendar') return `on the first day of each ${schedule.unit}`
  return schedule.every === 1 ? 'every row' : `every ${schedule.every} rows`
}

const NOTHING = {
  totalReturn: null,
  annualReturn: null,
  volatility: null,
  sharpe: null,
  sharpeError: null,
  sharpeLow: null,
  sharpeHigh: null,
  probabilisticSharpe: null,
  maxDrawdown: null,
  turnover: null,
  cost: null,
  finalWeights: null,
  meanWeights: null,
} as const

function figuresOf(trial: AllocatorTrial, names: readonly string[], periods: number): AllocatorFigures {
  const { method, walk, reason, computed, fallbacks } = trial
  const counts = { method, skipped: reason, computed, fallbacks }
  if (walk === null || walk.returns.length === 0) return { ...counts, ...NOTHING }
  const years = walk.returns.length / periods
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)
  const { totalReturn, annualReturn, volatility, maxDrawdown } = summariseReturns(walk.returns, periods)
  const paid = walk.cost.map((cost, day) => cost / (walk.equity[day]! + cost))
  return {
    ...counts,
    totalReturn: finite(totalReturn),
    annualReturn: finite(annualReturn),
    volatility: finite(volatility),
    ...sharpeOf(walk.returns, periods),
    maxDrawdown: finite(maxDrawdown),
    turnover: finite(total(walk.turnover) / 2 / years),
    cost: finite(total(paid) / years),
    finalWeights: named(names, (at) => walk.weights[walk.weights.length - names.length + at]!),
    meanWeights: named(names, (at) => meanOf(walk.weights, names.length, at)),
  }
}

function named(names: readonly string[], of: (at: number) => number): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name, at) => [name, known(of(at))]))
}

function meanOf(weights: Float64Array, streams: number, at: number): number {
  let sum = 0
  for (let place = at; place < weights.length; place += streams) sum += weights[place]!
  return sum / (weights.length / streams)
}

/** The annual Sharpe ratio and how sure it is. */
function sharpeOf(returns: Float64Array, periods: number) {
  const deviation = sampleDeviation(returns)
  const sharpe = deviation >= NO_DEVIATION ? mean(returns) / deviation : Number.NaN
  const evidence = {
    sharpe,
    observations: returns.length,
    skewness: populationSkewness(returns),
    kurtosis: populationKurtosis(returns),
  }
  const root = Math.sqrt(periods)
  const error = sharpeDeviation(evidence) * root
  const reach = normalQuantile(CONFIDENCE) * error
  return {
    sharpe: finite(sharpe * root),
    sharpeError: finite(error),
    sharpeLow: finite(sharpe * root - reach),
    sharpeHigh: finite(sharpe * root + reach),
    probabilisticSharpe: finite(probabilisticSharpe(evidence, 0)),
  }
}

function notesOn(trials: readonly AllocatorTrial[]): readonly string[] {
  const left = trials.flatMap(({ method, reason }) => (reason === null ? [] : [`${method} is left out: it ${reason}`]))
  const alike = new Map<string, string[]>()
  for (const { method, computed, fallbacks } of trials) {
    const text = `no answer at ${fallbacks} of ${computed} computations, where the stated fallback was taken`
    if (fallbacks > 0) alike.set(text, [...(alike.get(text) ?? []), method])
  }
  return [...left, ...[...alike].map(([text, methods]) => `${methods.join(', ')}: ${text}`)]
}
