import type { Allocation, AllocationInput, AllocationMethod, WeightBounds } from '../../src/domain/allocation.ts'
import { deviationParts } from '../../src/numerics/components.ts'
import {
  columnMeans,
  ledoitWolf,
  ledoitWolfConstant,
  oracleApproximating,
  sampleCovarianceMatrix,
} from '../../src/numerics/covariance.ts'
import { diagonalOf, dot, eigenSymmetric } from '../../src/numerics/linear.ts'
import { minimiseQuadratic } from '../../src/numerics/quadratic.ts'
import { allocate } from '../../src/pipeline/allocation/allocators.ts'
import { boundsProblem, fitToBounds, keepsBounds, uniformBounds } from '../../src/pipeline/allocation/bounds.ts'
import { type ClusterDistance, hierarchicalRiskParity } from '../../src/pipeline/allocation/hrp.ts'
import { ALLOCATION_SETTINGS, inputOfMoments, inputOfReturns } from '../../src/pipeline/allocation/input.ts'
import { growthOfBet, heldTo, kellyOfBet, kellyOfEach, kellyOfMoments } from '../../src/pipeline/allocation/kelly.ts'
import { diversification } from '../../src/pipeline/metrics/diversification.ts'
import { returnsOfPrices } from '../../src/pipeline/metrics/returns.ts'
import type { CaseTable, ReadTable } from './case-files.ts'

/** Worked cases of allocation: the same allocators, solvers and estimators that the product uses. */

type Input = Readonly<Record<string, unknown>>
type Answer = Readonly<Record<string, unknown>>

export const numbers = (value: unknown): Float64Array => Float64Array.from(value as readonly number[], Number)

export function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `s${index}`)
}

/** Columns of a table as rows of observations. */
export function observationsOf(table: CaseTable, columns: unknown): { values: Float64Array; size: number } {
  const wanted = (columns as readonly string[] | undefined) ?? table.header
  const lanes = wanted.map((name) => numbers(table.columns.get(name)))
  const rows = lanes[0]!.length
  const values = new Float64Array(rows * lanes.length)
  lanes.forEach((lane, column) => {
    lane.forEach((value, row) => {
      values[row * lanes.length + column] = value
    })
  })
  return { values, size: lanes.length }
}

export function covarianceOf(
  volatilities: Float64Array,
  correlation: (row: number, column: number) => number,
): Float64Array {
  const size = volatilities.length
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size]
    return volatilities[row]! * volatilities[column]! * (row === column ? 1 : correlation(row, column))
  })
}

interface Moments {
  readonly covariance: Float64Array
  readonly means: Float64Array | null
  readonly size: number
}

/** Moments that a case states, or those of its file, of a year. */
function momentsOf(input: Input, readTable: ReadTable): Moments {
  const means = input['mu'] === undefined ? null : numbers(input['mu'])
  if (input['cov'] !== undefined) {
    const covariance = numbers((input['cov'] as readonly (readonly number[])[]).flat())
    return { covariance, means, size: Math.sqrt(covariance.length) }
  }
  if (input['vols'] !== undefined) {
    const volatilities = numbers(input['vols'])
    const table = input['corr']
    const common = Number(input['common_corr'] ?? (typeof table === 'number' ? table : 0))
    const correlation = (row: number, column: number): number =>
      Array.isArray(table) ? (table as readonly (readonly number[])[])[row]![column]! : common
    return { covariance: covarianceOf(volatilities, correlation), means, size: volatilities.length }
  }
  const { values, size } = observationsOf(readTable(String(input['file'])), input['columns'])
  const year = Number(input['ann'] ?? 1)
  return {
    covariance: sampleCovarianceMatrix(values, size).map((value) => value * year),
    means: columnMeans(values, size).map((value) => value * year),
    size,
  }
}

function boundsOf(input: Input, size: number): WeightBounds {
  const each = (value: unknown, otherwise: number): Float64Array =>
    Array.isArray(value) ? numbers(value) : new Float64Array(size).fill(Number(value ?? otherwise))
  return { lower: each(input['lower'], 0), upper: each(input['upper'], 1), groups: [] }
}

function allocateCase(method: AllocationMethod, input: Input, moments: Moments): Allocation {
  const { covariance, means, size } = moments
  const names = namesOf(size)
  const shares = input['budgets'] as readonly number[] | undefined
  const known: Partial<AllocationInput> = {
    bounds: boundsOf(input, size),
    budget: shares === undefined ? null : names.map((name, index) => ({ name, share: shares[index]!, parts: [] })),
    settings: {
      ...ALLOCATION_SETTINGS,
      riskFree: Number(input['rf'] ?? input['r'] ?? 0),
      kellyFraction: 1,
      leverageMax: Number(input['sum_cap'] ?? 1),
    },
  }
  return allocate(method, inputOfMoments(names, { rows: size, columns: size, values: covariance }, means, known))
}

function riskOf(weights: Float64Array, { covariance, size }: Moments): Answer {
  const { deviation, marginal, component } = deviationParts(covariance, size, weights)
  return {
    weights,
    portfolio_vol: deviation,
    marginal,
    risk_contribution: component,
    risk_contribution_pct: component.map((value) => value / deviation),
  }
}

const byMethod =
  (method: AllocationMethod) =>
  (input: Input, readTable: ReadTable): Answer => {
    const moments = momentsOf(input, readTable)
    const { weights } = allocateCase(method, input, moments)
    return { ...riskOf(weights, moments), ...ratiosOf(weights, moments) }
  }

function ratiosOf(weights: Float64Array, { covariance, size }: Moments): Answer {
  const volatilities = Array.from(diagonalOf(covariance, size), (variance) => Math.sqrt(variance))
  const { deviation } = deviationParts(covariance, size, weights)
  const { ratio, volatilityOverSum, volatilityOverWeighted } = diversification(volatilities, [...weights], deviation)
  return {
    diversification_ratio: ratio,
    seed0_portfolio_vol_over_sum_vols: volatilityOverSum,
    seed1_portfolio_vol_over_weighted_vol: volatilityOverWeighted,
  }
}

function budgetCase(input: Input, readTable: ReadTable): Answer {
  if (input['weights'] === undefined) return byMethod('risk_budget')(input, readTable)
  const moments = momentsOf(input, readTable)
  const weights = numbers(input['weights'])
  return { ...riskOf(weights, moments), ...ratiosOf(weights, moments) }
}

/** The nearest weights in the sum of squares: what proportional filling is not. */
function nearest(weights: Float64Array, { lower, upper }: WeightBounds): Float64Array | null {
  const size = weights.length
  const unit = (at: number, value: number): Float64Array =>
    Float64Array.from({ length: size }, (_, index) => (index === at ? value : 0))
  const places = [...weights.keys()]
  return minimiseQuadratic({
    size,
    matrix: Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0)),
    linear: weights,
    rows: [new Float64Array(size).fill(1), ...places.map((at) => unit(at, 1)), ...places.map((at) => unit(at, -1))],
    floors: [1, ...lower, ...upper.map((value) => -value)],
    equalities: 1,
  })
}

function inverseVolatilityCase(input: Input, readTable: ReadTable): Answer {
  if (input['file'] !== undefined) {
    const table = readTable(String(input['file']))
    const read = observationsOf(table, input['columns'])
    const isPrices = table.header.includes('AAPL')
    const lanes = Array.from({ length: read.size }, (_, column) => {
      const own = read.values.filter((_value, at) => at % read.size === column)
      return isPrices ? returnsOfPrices(own) : own
    })
    const rows = lanes[0]!.length
    const values = Float64Array.from(
      { length: rows * read.size },
      (_, at) => lanes[at % read.size]![Math.floor(at / read.size)]!,
    )
    const data = inputOfReturns(namesOf(read.size), { rows, columns: read.size, values }, 'sample')
    return {
      weights: allocate('inverse_volatility', data).weights,
      vols_ann_sample: diagonalOf(data.covariance.values, read.size).map((variance) => Math.sqrt(variance * 252)),
    }
  }
  const moments = momentsOf(input, readTable)
  const volatilities = numbers(input['vols'])
  const raw = allocateCase('inverse_volatility', {}, moments).weights
  const bounds = boundsOf(input, moments.size)
  const clipped = raw.map((weight, index) => Math.max(bounds.lower[index]!, Math.min(weight, bounds.upper[index]!)))
  const clippedSum = clipped.reduce((total, weight) => total + weight, 0)
  const naive = clipped.map((weight) => weight / clippedSum)
  return {
    weights: raw,
    vol_contribution_standalone: raw.map((weight, index) => weight * volatilities[index]!),
    raw,
    water_filling: allocateCase('inverse_volatility', input, moments).weights,
    euclidean_projection: nearest(raw, bounds),
    naive_clip_and_renormalise: naive,
    naive_violates_bounds: !keepsBounds(naive, bounds),
  }
}

function clusterCase(input: Input, readTable: ReadTable): Answer {
  const moments = momentsOf(input, readTable)
  const { covariance, size } = moments
  const by = (distance: ClusterDistance): Answer => ({ ...hierarchicalRiskParity(covariance, size, distance) })
  const variances = diagonalOf(covariance, size)
  const whole = variances.reduce((total, variance) => total + 1 / variance, 0)
  return {
    ldp_distance_of_distance: by('columns'),
    simple_distance: by('plain'),
    hrp: allocateCase('hrp', input, moments).weights,
    quasi_diag_order: hierarchicalRiskParity(covariance, size).order,
    inverse_variance: variances.map((variance) => 1 / variance / whole),
    min_variance_long_only: allocateCase('min_variance', input, moments).weights,
  }
}

function betCase(input: Input): Answer {
  const [winRate, payoff] = [Number(input['win_prob']), Number(input['payoff_ratio'])]
  const full = kellyOfBet(winRate, payoff)
  const clamped = Math.max(0, full)
  return {
    full,
    clamped,
    half: clamped / 2,
    quarter: clamped / 4,
    growth_at_full: growthOfBet(winRate, payoff, clamped),
  }
}

function kellyMomentsCase(input: Input, readTable: ReadTable): Answer {
  const { covariance, means, size } = momentsOf(input, readTable)
  const full = kellyOfMoments(covariance, size, means!)!
  const square = dot(full, means!)
  return {
    full,
    half: full.map((value) => value / 2),
    quarter: full.map((value) => value / 4),
    gross_leverage_full: full.reduce((total, value) => total + Math.abs(value), 0),
    growth_full: square / 2,
    sharpe_max: Math.sqrt(square),
  }
}

function kellyEachCase(input: Input, readTable: ReadTable): Answer {
  const { covariance, means, size } = momentsOf(input, readTable)
  const raw = kellyOfEach(diagonalOf(covariance, size), means!, Number(input['fraction']))
  return { raw, normalised: heldTo(raw, 1) }
}

function kellyBoundedCase(input: Input, readTable: ReadTable): Answer {
  const moments = momentsOf(input, readTable)
  const { weights } = allocateCase('kelly', input, moments)
  const { deviation } = deviationParts(moments.covariance, moments.size, weights)
  return { weights, growth: dot(weights, moments.means!) - (deviation * deviation) / 2 }
}

function estimatorCase(input: Input, readTable: ReadTable, name: string): Answer {
  const { values, size } = observationsOf(readTable(String(input['file'])), undefined)
  const estimate = name.startsWith('oas')
    ? oracleApproximating
    : name.includes('constcorr')
      ? ledoitWolfConstant
      : ledoitWolf
  const { matrix, shrinkage } = estimate(values, size)
  const diagonal = diagonalOf(matrix, size)
  return {
    shrinkage,
    trace: diagonal.reduce((total, value) => total + value, 0),
    cov_first_row: matrix.subarray(0, size),
    cov_diag: diagonal,
    frobenius: Math.sqrt(dot(matrix, matrix)),
    min_eig: Math.min(...eigenSymmetric(matrix, size).values),
  }
}

function sharpeCase(input: Input, readTable: ReadTable): Answer {
  const moments = momentsOf(input, readTable)
  const { weights, diagnostics } = allocateCase('max_sharpe', input, moments)
  const { deviation } = deviationParts(moments.covariance, moments.size, weights)
  const excess = moments.means!.map((mean) => mean - Number(input['rf'] ?? 0))
  return { weights, sharpe: dot(weights, excess) / deviation, defined: diagnostics['fallback'] !== 1 }
}

function boundsCase(input: Input): Answer {
  if (input['n'] !== undefined) {
    const count = Number(input['n'])
    const bounds = uniformBounds(count, Number(input['lower']), Number(input['upper']))
    return { feasible: boundsProblem(bounds, namesOf(count)) === null }
  }
  const weights = numbers(input['weights'])
  return { weights: fitToBounds(weights, boundsOf(input, weights.length), 1) }
}

const FAMILIES: readonly (readonly [string, (input: Input, readTable: ReadTable, name: string) => Answer])[] = [
  ['bounds_', boundsCase],
  ['cap_weights_', boundsCase],
  ['crb_', budgetCase],
  ['divratio_', budgetCase],
  ['erc_', byMethod('erc')],
  ['hrp_', clusterCase],
  ['invvol_', inverseVolatilityCase],
  ['kelly_binary_', betCase],
  ['kelly_multi_', kellyMomentsCase],
  ['kelly_single_', kellyEachCase],
  ['kelly_constrained_', kellyBoundedCase],
  ['ledoit_wolf_', estimatorCase],
  ['oas_', estimatorCase],
  ['maxsharpe_', sharpeCase],
  ['mdp_', byMethod('max_diversification')],
  ['minvar_', byMethod('min_variance')],
  ['rb_', budgetCase],
]

/** Answers an allocation case in the keys of its `expected` (and more); null for a family that does not exist here. */
export function runAllocationCase(
  input: Input,
  readTable: ReadTable,
  { name }: { readonly name: string },
): Answer | null {
  const family = FAMILIES.find(([prefix]) => name.startsWith(prefix))
  return family === undefined ? null : family[1](input, readTable, name)
}
