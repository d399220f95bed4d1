import type { AttributionFigures, BrinsonView, EffectsView, PolicyView } from '../../api/contract/attribution.ts'
import type { RiskFigures } from '../../api/contract/risk.ts'
import { isExternal } from '../../domain/external.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { type BrinsonPeriod, type Effects, linkBrinson, linkedSegments } from '../../pipeline/metrics/brinson.ts'
import { finite, known } from './numbers.ts'
import type { Returns } from './returns.ts'
import { shadowReturns } from './shadow-figures.ts'

/* The attribution block of a report: each sleeve's books, its contribution to return and risk, and Brinson's effects. */

const EPSILON = 1e-12
/** A sleeve with less than this of the capital holds nothing but what rounding left. */
const DUST = 1e-9
/** Segment of what a policy leaves uninvested. */
const CASH = 'cash'

export function attributionFigures(result: RunResult, returns: Returns, risk: RiskFigures): AttributionFigures {
  const sleeves = result.sleeves.map((sleeve, at) => ({
    name: sleeve.id,
    realised: known(sleeve.realised),
    unrealised: known(sleeve.unrealised),
    dividends: known(sleeve.dividends),
    currencyGain: finite(sleeve.currencyGain),
    financing: known(sleeve.financing),
    fees: known(sleeve.fees),
    profit: known(
      sleeve.realised +
        sleeve.unrealised +
        sleeve.dividends +
        (sleeve.currencyGain ?? 0) +
        sleeve.financing -
        sleeve.fees,
    ),
    slippage: known(sleeve.slippage),
    crossingGain: known(sleeve.crossingGain),
    contribution: finite(returns.contribution[at]),
    riskShare: shareOf(risk, sleeve.id),
  }))
  return {
    sleeves,
    totalReturn: finite(returns.contribution.reduce((sum, value) => sum + value, 0)),
    brinson: brinsonView(result, returns),
  }
}

function shareOf({ names, shares }: RiskFigures, name: string): number | null {
  const at = names.indexOf(name)
  return at < 0 ? (shares.every((share) => share === null) ? null : 0) : shares[at]!
}

/** The stated policy, or the weights that capital was dealt by; what its parts leave is cash, the reserve's where there is one. */
function policyOf(result: RunResult): PolicyView[] {
  const { config } = result
  const parts = result.sleeves.map((sleeve, at): PolicyView => {
    const stated = config.policy?.[at]
    const dealt = config.sleeves.find(({ id }) => id === sleeve.id)!.capital / config.capital
    return { name: sleeve.id, weight: stated?.weight ?? dealt, benchmark: stated?.benchmark ?? null }
  })
  const rest = 1 - parts.reduce((sum, { weight }) => sum + weight, 0)
  if (Math.abs(rest) <= EPSILON) return parts
  const reserve = config.sleeves.find((sleeve) => sleeve.strategy === null && !isExternal(sleeve))?.id
  const isCash = ({ name, benchmark }: PolicyView): boolean => name === reserve && benchmark === null
  if (!parts.some(isCash)) return [...parts, { name: CASH, weight: rest, benchmark: null }]
  return parts.map((part) => (isCash(part) ? { ...part, weight: part.weight + rest } : part))
}

/**
 * One period per day on which capital was at work. A sleeve that is its own benchmark and had no capital would have done as
 * its shadow did, where one is kept; otherwise it, cash, and a benchmark without a price return nothing.
 */
function periodsOf(result: RunResult, returns: Returns, policy: readonly PolicyView[]): BrinsonPeriod[] {
  const benchmarks = policy.map(
    ({ benchmark }) => result.benchmarks.find(({ instrument }) => instrument === benchmark)?.returns ?? null,
  )
  const shadows = policy.map(({ name, benchmark }) => {
    const kept = benchmark === null ? result.shadows.find(({ sleeve }) => sleeve === name) : undefined
    return kept === undefined ? null : shadowReturns(result, kept)
  })
  const policyWeights = policy.map(({ weight }) => weight)
  return Array.from(result.days, (_, day) => day).flatMap((day) => {
    const weights = policy.map((_, at) => {
      const weight = returns.weights[at]?.[day] ?? 0
      return Math.abs(weight) < DUST ? 0 : weight
    })
    if (weights.every((weight) => weight === 0)) return []
    const own = policy.map((_, at) =>
      weights[at] === 0 && at < returns.sleeves.length ? Number.NaN : (returns.sleeves[at]?.[day] ?? 0),
    )
    const policyReturns = policy.map((_, at) => {
      const value = benchmarks[at]?.[day] ?? own[at]!
      const instead = Number.isNaN(value) ? (shadows[at]?.[day] ?? 0) : value
      return Number.isNaN(instead) ? 0 : instead
    })
    return [{ portfolioWeights: weights, policyWeights, portfolioReturns: own, policyReturns }]
  })
}

function effectsView({ allocation, selection, interaction }: Effects): EffectsView {
  return { allocation: finite(allocation), selection: finite(selection), interaction: finite(interaction) }
}

function brinsonView(result: RunResult, returns: Returns): BrinsonView {
  const policy = policyOf(result)
  const linked = linkBrinson(periodsOf(result, returns, policy), 'carino')
  const segments = linkedSegments(linked, policy.length)
  return {
    policy: policy.map(({ name, weight, benchmark }) => ({ name, weight: known(weight), benchmark })),
    linking: 'carino',
    portfolioReturn: finite(linked.portfolioReturn),
    policyReturn: finite(linked.policyReturn),
    excess: finite(linked.excess),
    ...effectsView(linked.total),
    sleeves: policy.map(({ name }, at) => ({ name, ...effectsView(segments[at]!) })),
  }
}
