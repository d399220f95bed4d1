import type {
  AllocationInput,
  AllocationSettings,
  CovarianceEstimator,
  Matrix,
  SleeveRecord,
} from '../../domain/allocation.ts'
import {
  columnMeans,
  ledoitWolf,
  ledoitWolfConstant,
  oracleApproximating,
  sampleCovarianceMatrix,
  weightedCovarianceMatrix,
} from '../../numerics/covariance.ts'
import { symmetric } from '../../numerics/linear.ts'
import { uniformBounds } from './bounds.ts'

/** What a day weighs of the next one under `ewma`. @see RiskMetrics (1996) */
const EWMA_DECAY = 0.94

function estimate(estimator: CovarianceEstimator, values: Float64Array, size: number): Float64Array {
  switch (estimator) {
    case 'sample':
      return sampleCovarianceMatrix(values, size)
    case 'ewma':
      return weightedCovarianceMatrix(values, size, EWMA_DECAY)
    case 'ledoit_wolf':
      return ledoitWolf(values, size).matrix
    case 'ledoit_wolf_constant':
      return ledoitWolfConstant(values, size).matrix
    case 'oas':
      return oracleApproximating(values, size).matrix
  }
}

/** The rows in which every column has a number. */
function wholeRows({ rows, columns, values }: Matrix): Matrix {
  const kept: number[] = []
  for (let row = 0; row < rows; row += 1) {
    let isWhole = true
    for (let column = 0; column < columns; column += 1) {
      if (!Number.isFinite(values[row * columns + column]!)) isWhole = false
    }
    if (isWhole) kept.push(row)
  }
  if (kept.length === rows) return { rows, columns, values }
  const out = new Float64Array(kept.length * columns)
  kept.forEach((row, place) => {
    out.set(values.subarray(row * columns, (row + 1) * columns), place * columns)
  })
  return { rows: kept.length, columns, values: out }
}

export const NO_RECORD: SleeveRecord = {
  weight: null,
  stage: null,
  sharpe: null,
  winRate: null,
  payoff: null,
  strength: null,
}

export const ALLOCATION_SETTINGS: AllocationSettings = {
  riskFree: 0,
  periods: 252,
  kellyFraction: 0.5,
  kelly: 'joint',
  leverageMax: 1,
  turnoverPenalty: 0,
  buffer: 0,
  lifecycleLiteral: false,
}

type Known = Partial<Omit<AllocationInput, 'names' | 'returns' | 'observations' | 'covariance'>>

function completed(
  names: readonly string[],
  moments: Pick<AllocationInput, 'returns' | 'observations' | 'covariance' | 'means'>,
  known: Known,
): AllocationInput {
  return {
    names,
    records: names.map(() => NO_RECORD),
    budget: null,
    previous: new Float64Array(0),
    bounds: uniformBounds(names.length, 0, 1),
    settings: ALLOCATION_SETTINGS,
    ...known,
    ...moments,
  }
}

/**
 * What allocators need, from returns. Periods in which any sleeve has none (NaN) are left out, so that all moments are of
 * the same periods; below two common periods the covariance is zero and the means are unknown.
 */
export function inputOfReturns(
  names: readonly string[],
  returns: Matrix,
  estimator: CovarianceEstimator,
  known: Known = {},
): AllocationInput {
  const size = names.length
  const common = wholeRows(returns)
  const isEnough = common.rows >= 2
  const values = isEnough ? estimate(estimator, common.values, size) : new Float64Array(size * size)
  return completed(
    names,
    {
      returns: common,
      observations: common.rows,
      covariance: { rows: size, columns: size, values },
      means: isEnough ? columnMeans(common.values, size) : null,
    },
    known,
  )
}

/** What allocators need, from moments that are known already. */
export function inputOfMoments(
  names: readonly string[],
  covariance: Matrix,
  means: Float64Array | null,
  known: Known = {},
): AllocationInput {
  const size = names.length
  const values = symmetric(covariance.values, size)
  return completed(
    names,
    {
      returns: { rows: 0, columns: size, values: new Float64Array(0) },
      observations: null,
      covariance: { rows: size, columns: size, values },
      means,
    },
    known,
  )
}
