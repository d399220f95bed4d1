import type { AllocationInput, LifecycleStage } from '../../src/domain/allocation.ts'
import { roundHalfUp, splitByLargestRemainder } from '../../src/numerics/exact.ts'
import { diagonalOf } from '../../src/numerics/linear.ts'
import { allocate } from '../../src/pipeline/allocation/allocators.ts'
import { keepsBounds, uniformBounds } from '../../src/pipeline/allocation/bounds.ts'
import { fixedAllocation } from '../../src/pipeline/allocation/fixed.ts'
import { inputOfMoments, inputOfReturns } from '../../src/pipeline/allocation/input.ts'
import { lifecycleSize } from '../../src/pipeline/allocation/lifecycle.ts'
import { advanceMoments, createRollingMoments } from '../../src/pipeline/allocation/rolling.ts'
import { allocateScores } from '../../src/pipeline/allocation/scored.ts'
import { sharpeRatios } from '../../src/pipeline/allocation/sharpe-weighted.ts'
import { diversification } from '../../src/pipeline/metrics/diversification.ts'
import { covarianceOf, namesOf, numbers, observationsOf } from './allocation.ts'
import type { ReadTable } from './case-files.ts'

/** Worked cases of the portfolio's rules that are about allocation. */

type Input = Readonly<Record<string, unknown>>
type Answer = Readonly<Record<string, unknown>>

const sumOf = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

function uncorrelated(volatilities: Float64Array): AllocationInput {
  const size = volatilities.length
  const values = covarianceOf(volatilities, () => 0)
  return inputOfMoments(namesOf(size), { rows: size, columns: size, values }, null)
}

const inverse = (volatilities: Float64Array): Float64Array =>
  allocate('inverse_volatility', uncorrelated(volatilities)).weights

function boundsCase(input: Input): Answer {
  const weights = numbers(input['weights'])
  const bounds = uniformBounds(weights.length, Number(input['lower']), Number(input['upper']))
  return { valid: keepsBounds(weights, bounds) && Math.abs(fixedAllocation(weights).cash) < 1e-9 }
}

function centsCase(input: Input): Answer {
  const capital = roundHalfUp(Number(input['capital']) * 100)
  const cents = splitByLargestRemainder(
    capital,
    numbers(input['weights']).map((weight) => roundHalfUp(weight * 1e9)),
  )
  return { cents, sum_cents: sumOf(cents) }
}

function diversificationCase(input: Input): Answer {
  const [weights, volatilities] = [numbers(input['weights']), numbers(input['vols'])]
  const covariance = covarianceOf(volatilities, () => Number(input['corr']))
  const variance = sumOf(
    covariance.map((value, at) => value * weights[Math.floor(at / weights.length)]! * weights[at % weights.length]!),
  )
  const { ratio, volatilityOverWeighted } = diversification([...volatilities], [...weights], Math.sqrt(variance))
  return {
    choueifaty: ratio,
    seed_definition: volatilityOverWeighted,
    passes_choueifaty: ratio !== null && ratio >= 1.2,
  }
}

function sizeCase(input: Input): Answer {
  const capital = Number(input['capital'])
  const [sharpe, winRate] = [Number(input['sharpe']), Number(input['win_rate']) / 100]
  const of = lifecycleSize(input['stage'] as LifecycleStage, sharpe, winRate, Number(input['signal']), true)
  const size = of.size * capital
  return {
    base: of.base,
    sharpe_multiplier: of.sharpeMultiplier,
    confidence_raw: of.confidenceRaw,
    confidence_factor: of.confidence,
    uncapped: of.uncapped * capital,
    cap: of.base * capital,
    size,
    below_minimum: size < Number(input['min_position_size']),
  }
}

/** Multipliers cut what the weights gave; nobody else gets it. */
function multiplierCase(input: Input): Answer {
  const multipliers = numbers(input['multipliers'])
  const { weights, cash } = fixedAllocation(numbers(input['weights']).map((weight, at) => weight * multipliers[at]!))
  return { effective: weights, cash: cash - fixedAllocation(numbers(input['weights'])).cash }
}

function sharpeAllocationCase(input: Input, readTable: ReadTable): Answer {
  if (input['sharpe'] !== undefined) return { weights: allocateScores(numbers(input['sharpe'])).weights }
  const { values, size } = observationsOf(readTable(String(input['file'])), input['columns'])
  const returns = { rows: values.length / size, columns: size, values }
  const data = inputOfReturns(namesOf(size), returns, 'sample')
  return {
    positive_sharpe: sharpeRatios(data).map((ratio) => Math.max(0, ratio)),
    weights: allocate('sharpe_weighted', data).weights,
  }
}

function doubledCase(input: Input): Answer {
  const place = Number(input['strategy'])
  const before = inverse(numbers(input['vols_before']))[place]!
  const after = inverse(numbers(input['vols_after']))[place]!
  return { before, after, ratio: after / before, closed_form_ratio: 1 / (2 - before) }
}

function tableCase(input: Input): Answer {
  const volatilities = numbers(input['vols'])
  const names = input['strategies'] as readonly string[]
  const capital = Number(input['capital'])
  const weights = inverse(volatilities)
  const ranked = [...weights.keys()].sort((left, right) => weights[right]! - weights[left]! || left - right)
  return {
    inverse_vol: volatilities.map((value) => 1 / value),
    weights,
    notional: weights.map((weight) => weight * capital),
    notional_cents: splitByLargestRemainder(
      capital * 100,
      weights.map((weight) => roundHalfUp(weight * 1e12)),
    ),
    dollar_vol_each: weights[0]! * volatilities[0]! * capital,
    ranking: ranked.map((index) => names[index]),
  }
}

/** The engine's own rolling weights, taken at every recomputation. */
function scheduleCase(input: Input, readTable: ReadTable, wanted: number): Answer {
  const table = readTable(String(input['file']))
  const { values, size } = observationsOf(table, input['columns'])
  const [every, window] = [Number(input['recompute_every']), Number(input['window'])]
  const moments = createRollingMoments(size, { volatility: window, correlation: window, minimum: window })
  const schedule: Answer[] = []
  for (let day = 0; schedule.length < wanted && (day + 1) * size <= values.length; day += 1) {
    if (day > 0 && day % every === 0) {
      const part = values.slice((day - window) * size, day * size)
      const data = inputOfReturns(namesOf(size), { rows: window, columns: size, values: part }, 'sample')
      schedule.push({
        recompute_index: day,
        effective_date: table.columns.get('date')![day],
        window: [day - window, day],
        vols_ann: diagonalOf(data.covariance.values, size).map((variance) => Math.sqrt(variance * 252)),
        weights: Float64Array.from(moments.weights),
      })
    }
    advanceMoments(moments, values.slice(day * size, (day + 1) * size))
  }
  return { schedule }
}

/** A sleeve without enough observations leaves all of them equal: what is unknown is not a volatility of 100 % a day. */
function unknownVolatilityCase(input: Input): Answer {
  const counts = input['observations'] as readonly number[]
  const daily = input['daily_vols'] as readonly (number | null)[]
  const size = counts.length
  const rows = Math.max(...counts)
  const moments = createRollingMoments(size)
  for (let day = rows - Math.min(...counts); day < rows; day += 1) {
    const sign = day % 2 === 0 ? 1 : -1
    advanceMoments(
      moments,
      Float64Array.from(daily, (volatility) => sign * (volatility ?? 0)),
    )
  }
  return { recommended: Float64Array.from(moments.weights) }
}

function parityCase(input: Input, readTable: ReadTable, expected: Answer): Answer {
  if (input['file'] !== undefined) {
    return scheduleCase(input, readTable, (expected['schedule'] as readonly unknown[]).length)
  }
  return input['strategies'] === undefined ? unknownVolatilityCase(input) : tableCase(input)
}

/** By the beginning of a case's name. */
const FAMILIES: readonly (readonly [string, (input: Input, readTable: ReadTable, expected: Answer) => Answer])[] = [
  ['bounds_', boundsCase],
  ['channel_allocation_', centsCase],
  ['diversification_ratio_', diversificationCase],
  ['lifecycle_size_', sizeCase],
  ['multiplier_on_top_', multiplierCase],
  ['risk_parity_', parityCase],
  ['sharpe_alloc_', sharpeAllocationCase],
  ['vol_doubles_', doubledCase],
]

/** The families of rules that are about allocation: `run-case.ts` lists them beside the topic of the rules. */
export const ALLOCATION_RULES: readonly string[] = FAMILIES.map(([prefix]) => prefix)

/** Answers such a case in the keys of its `expected` (and more). */
export function runAllocationRulesCase(
  input: Input,
  readTable: ReadTable,
  { name, expected }: { readonly name: string; readonly expected: Answer },
): Answer | null {
  const family = FAMILIES.find(([prefix]) => name.startsWith(prefix))
  return family === undefined ? null : family[1](input, readTable, expected)
}
