/** Worked cases of attribution: contribution to return and to risk, Brinson with linking, netted positions. */

import { type DeviationParts, deviationParts } from '../../src/numerics/components.ts'
import { type BrinsonPeriod, brinson, linkBrinson, mencheroTerms } from '../../src/pipeline/metrics/brinson.ts'
import { driftedPortfolio } from '../../src/pipeline/metrics/contribution.ts'
import { defined } from '../../src/pipeline/metrics/defined.ts'
import { nettedParts } from '../../src/pipeline/metrics/netting-attribution.ts'
import { totalReturn } from '../../src/pipeline/metrics/returns.ts'
import { volatility } from '../../src/pipeline/metrics/risk.ts'
import { deviationWithoutEach, mixOf, riskComponentsOfSeries } from '../../src/pipeline/metrics/risk-components.ts'
import {
  cornishFisherTail,
  gaussianTail,
  historicalTail,
  type TailFigure,
} from '../../src/pipeline/metrics/tail-components.ts'
import { covarianceOf, numbers } from './allocation.ts'
import type { ReadTable } from './case-files.ts'
import type { RunCase } from './run-case.ts'

type Input = Readonly<Record<string, unknown>>

function periodOf(input: Input): BrinsonPeriod {
  return {
    portfolioWeights: input['wp'] as number[],
    policyWeights: input['wb'] as number[],
    portfolioReturns: input['rp'] as number[],
    policyReturns: input['rb'] as number[],
  }
}

function brinsonCase(input: Input): Record<string, unknown> {
  const result = brinson(periodOf(input))
  return {
    portfolio_return: result.portfolioReturn,
    benchmark_return: result.policyReturn,
    active: result.active,
    allocation_BF: result.allocation,
    allocation_BHB: result.allocationOfReturn,
    selection: result.selection,
    interaction: result.interaction,
    selection_incl_interaction: result.selection.map((effect, at) => effect + result.interaction[at]!),
    total: result.total,
  }
}

function linkingCase(periods: readonly Input[]): Record<string, unknown> {
  const carino = linkBrinson(periods.map(periodOf), 'carino')
  const menchero = linkBrinson(periods.map(periodOf), 'menchero')
  const { a, c } = mencheroTerms(carino.periods, carino.portfolioReturn, carino.policyReturn)
  const plain = (effect: 'allocation' | 'selection' | 'interaction'): number =>
    carino.periods.reduce((sum, period) => sum + period.total[effect], 0)
  return {
    portfolio_total: carino.portfolioReturn,
    benchmark_total: carino.policyReturn,
    excess_arithmetic: carino.excess,
    excess_geometric: carino.excessGeometric,
    per_period: carino.periods.map((period) => period.total),
    carino_factors: carino.factors,
    carino_linked: carino.total,
    menchero: { A: a, C: c, linked: menchero.total },
    simple_sum_of_effects: {
      allocation: plain('allocation'),
      selection: plain('selection'),
      interaction: plain('interaction'),
    },
  }
}

function covarianceCase(input: Input): Record<string, unknown> {
  const correlation = input['corr'] as number[][]
  const covariance = covarianceOf(numbers(input['vols']), (row, column) => correlation[row]![column]!)
  const parts = (weights: Float64Array): DeviationParts => deviationParts(covariance, correlation.length, weights)
  if (input['positions'] === undefined) return componentFields(parts(numbers(input['weights'])), 1)
  const positions = numbers(input['positions'])
  const z = Number(input['z'])
  const individual = Array.from(positions, (_, at) => {
    const alone = positions.map((position, other) => (other === at ? position : 0))
    return parts(alone).deviation * z
  })
  const { portfolio_vol: portfolioVar, ...fields } = componentFields(parts(positions), z)
  return {
    ...fields,
    portfolio_var: portfolioVar,
    individual,
    undiversified: individual.reduce((sum, value) => sum + value, 0),
  }
}

function componentFields({ deviation, marginal, component }: DeviationParts, z: number): Record<string, unknown> {
  return {
    portfolio_vol: deviation * z,
    marginal: Array.from(marginal, (value) => value * z),
    component: Array.from(component, (value) => value * z),
    percent: Array.from(component, (value) => defined(value / deviation)),
    sum_component: component.reduce((sum, value) => sum + value, 0) * z,
  }
}

function columnsOf(input: Input, readTable: ReadTable): Float64Array[] {
  const table = readTable(String(input['file']))
  return (input['columns'] as string[]).map((name) =>
    Float64Array.from(table.columns.get(name)!, (cell) => (cell === null ? Number.NaN : Number(cell))),
  )
}

function figure({ total, contributions }: TailFigure): Record<string, unknown> {
  return { total, contribution: contributions, pct: contributions.map((value) => value / total) }
}

/** A library's component figures: its shape is standardised by the sample deviation. */
function componentCase(columns: readonly Float64Array[], weights: readonly number[]): Record<string, unknown> {
  const sd = riskComponentsOfSeries(columns, weights)
  const [gauss95, gauss99] = [gaussianTail(columns, weights, 0.05), gaussianTail(columns, weights, 0.01)]
  const modified = cornishFisherTail(columns, weights, 0.05, 'sample')
  // the library takes the days beyond its modified value at risk, and reports their count as the contribution
  const days = historicalTail(columns, weights, 0.05, modified.valueAtRisk.total)
  return {
    sd: { total: sd.total, contribution: sd.component, pct: sd.share },
    var95_gauss: figure(gauss95.valueAtRisk),
    var99_gauss: figure(gauss99.valueAtRisk),
    es95_gauss: figure(gauss95.shortfall),
    var95_mod: figure(modified.valueAtRisk),
    es95_mod: figure(modified.shortfall),
    es95_hist: { ...figure(days.shortfall), contribution: days.days },
  }
}

function driftedCase(columns: readonly Float64Array[], input: Input): Record<string, unknown> {
  const weights = input['weights'] as number[]
  const every = input['rebalance_every'] as number | null
  const result = driftedPortfolio(columns, weights, every)
  return {
    total_return: result.totalReturn,
    contribution: result.contributions,
    final_weights: result.finalWeights,
    sum_w0_times_total_return: columns.reduce((sum, column, at) => sum + weights[at]! * totalReturn(column), 0),
    ann_vol: volatility(result.returns, 252),
  }
}

function seriesCase(columns: readonly Float64Array[], input: Input, expected: Input): Record<string, unknown> | null {
  const weights = input['weights'] as number[]
  if (input['rebalance_every'] !== undefined) return driftedCase(columns, input)
  if ('sd' in expected) return componentCase(columns, weights)
  if ('vol_without' in expected) {
    const year = Math.sqrt(252)
    return {
      portfolio_vol: volatility(mixOf(columns, weights), 252),
      vol_without: deviationWithoutEach(columns, weights, year),
    }
  }
  if (!('var_components' in expected)) return null
  const { valueAtRisk, shortfall } = gaussianTail(columns, weights, 1 - Number(input['p']))
  return {
    var: valueAtRisk.total,
    var_components: valueAtRisk.contributions,
    cvar: shortfall.total,
    cvar_components: shortfall.contributions,
  }
}

function nettingCase(input: Input): Record<string, unknown> {
  const intents = input['intents'] as Readonly<Record<string, number>>
  const names = Object.keys(intents)
  const parts = nettedParts(Object.values(intents), {
    price: Number(input['price']),
    mark: Number(input['next_price']),
  })
  const named = (values: readonly number[]): Record<string, number | null> =>
    Object.fromEntries(names.map((name, at) => [name, defined(values[at]!)]))
  return {
    net_order: parts.net,
    pnl: named(parts.profits),
    portfolio_pnl: parts.profit,
    signed_shares_of_net: named(parts.shares),
  }
}

/** Answers an attribution case in the keys of its `expected`; null for what is not built. */
export const runAttributionCase: RunCase = (input, readTable, { expected }) => {
  if (input['periods'] !== undefined) return linkingCase(input['periods'] as Input[])
  if (input['wp'] !== undefined) return brinsonCase(input)
  if (input['intents'] !== undefined) return nettingCase(input)
  if (input['corr'] !== undefined) return covarianceCase(input)
  if (input['columns'] !== undefined) return seriesCase(columnsOf(input, readTable), input, expected)
  return null
}
