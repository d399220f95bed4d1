import type {
  AllocationMethod,
  AllocationSettings,
  BudgetPart,
  GroupBounds,
  SleeveRecord,
  WeightBounds,
} from '../../domain/allocation.ts'
import type {
  AllocationRule,
  CapitalPlan,
  DaySchedule,
  LifecycleOverlay,
  Overlays,
  RebalancingRule,
} from '../../domain/capital.ts'
import { boundsWithin } from '../../engine/capital/deal-weights.ts'
import { splitByLargestRemainder } from '../../numerics/exact.ts'
import { ALLOCATORS, allocate } from '../../pipeline/allocation/allocators.ts'
import { boundsProblem } from '../../pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS, inputOfMoments, NO_RECORD } from '../../pipeline/allocation/input.ts'
import type { CheckedSleeve, WeightedSleeve } from './checked-sleeve.ts'
import type { Path } from './document.ts'
import { rebalancingOf } from './money-moves.ts'
import { overlaysOf } from './overlay-rules.ts'
import type { Problems } from './problems.ts'
import { allocationSchema, type RawAllocation, type RawDaySchedule } from './schema/allocation.ts'
import { overlaysSchema, type RawOverlays } from './schema/overlays.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import type { RawSleeve } from './schema/sleeve.ts'
import { checkNames, placeOf } from './sleeve-names.ts'

/** What a capital plan is made of: the blocks as written, and the sleeves that capital is allocated to. */
interface CapitalSource {
  readonly allocation: RawAllocation | undefined
  readonly overlays: RawOverlays | undefined
  readonly shadows: boolean | undefined
  readonly leverage: number | undefined
  /** Null where the file says nothing of it. */
  readonly rebalancing: RebalancingRule | null
  /** In declared order, without reserves; a weight that is not stated is undefined. */
  readonly sleeves: readonly { readonly id: string; readonly weight: number | undefined; readonly position: number }[]
  /** Part of the portfolio that stated reserves hold. */
  readonly reserved: number
  /** Portfolio days in a year. */
  readonly periods: number
}

const NO_REBALANCING: RebalancingRule = { triggers: [], schedule: { kind: 'never' }, threshold: 0.05, by: 'transfer' }
const SCORE_WEIGHTED: ReadonlySet<AllocationMethod> = new Set([
  'sharpe_weighted',
  'sortino_weighted',
  'return_weighted',
])
const STATED: ReadonlySet<AllocationMethod> = new Set(['fixed', 'equal'])
const WEIGHT_ROUNDING = 1e-9

/** The plan by which capital moves; undefined where the file has none. What does not fit together is a problem. */
function capitalPlanOf(source: CapitalSource, problems: Problems): CapitalPlan | undefined {
  const { allocation, overlays, shadows, rebalancing } = source
  const isStated = allocation !== undefined || overlays !== undefined || rebalancing !== null || shadows === true
  if (!isStated) return undefined
  const overlay = overlaysOf(overlays ?? overlaysSchema.parse({}), source, problems)
  const rule = allocationOf(allocation ?? allocationSchema.parse({}), overlay, source, problems)
  return {
    allocation: rule,
    overlays: overlay,
    rebalancing: rebalancing ?? NO_REBALANCING,
    shadows: shadowsOf(rule, overlay, shadows, problems),
  }
}

/** Shadows are kept where something scores; a sleeve that an overlay stopped is never seen to recover without one. */
function shadowsOf(
  { method }: AllocationRule,
  overlays: Overlays,
  stated: boolean | undefined,
  problems: Problems,
): boolean {
  const { bench, ladder, lifecycle, reduction, volatilityTarget, spike } = overlays
  if (stated === false) {
    const needing = bench !== null ? 'correlation_bench' : lifecycle !== null ? 'lifecycle' : null
    if (needing !== null) {
      const reason = `a sleeve that ${needing} has stopped would never be seen to recover; leave this out or remove overlays.${needing}`
      problems.at(['shadows'], reason)
    }
  }
  const isScored = !STATED.has(method) || [bench, ladder, lifecycle, reduction, volatilityTarget, spike].some(Boolean)
  return stated ?? isScored
}

function allocationOf(
  raw: RawAllocation,
  { lifecycle, bench }: Overlays,
  source: CapitalSource,
  problems: Problems,
): AllocationRule {
  const { method, window } = raw
  const names = source.sleeves.map(({ id }) => id)
  const observationsMin = raw.min_observations ?? (SCORE_WEIGHTED.has(method) ? 20 : window)
  if (observationsMin > window) {
    const reason = `must be at most the window (${window}), was "${observationsMin}"; raise the window or lower this`
    problems.at(['allocation', 'min_observations'], reason)
  }
  if (method === 'lifecycle' && lifecycle === null)
    problems.at(['allocation', 'method'], '"lifecycle" sizes by stage; add overlays.lifecycle.stages')
  const bounds = boundsOf(raw, names, problems)
  const records = recordsOf(raw, source, lifecycle, problems)
  const settings = settingsOf(raw, source)
  checkNames(raw.volatilities ?? {}, names, ['allocation', 'volatilities'], problems)
  const beside = Math.max(0, 1 - source.reserved)
  // methods that deal all there is deal what the stated weights leave to no reserve
  const investable = ALLOCATORS[method].keepsSize ? beside : Math.min(beside, statedSum(source) ?? beside)
  checkBounds(bounds, names, investable, problems)
  const moves = bench !== null || lifecycle !== null
  return {
    method,
    window,
    observationsMin,
    recompute: scheduleOf(raw.recompute ?? usualSchedule(method, moves)),
    investable,
    covariance: raw.covariance,
    bounds,
    budget: budgetOf(raw, names, problems),
    records,
    settings,
  }
}

/** Stated weights are computed anew only where an overlay may take a sleeve out. */
function usualSchedule(method: AllocationMethod, moves: boolean): RawDaySchedule {
  if (STATED.has(method) && !moves) return 'never'
  return SCORE_WEIGHTED.has(method) ? 21 : 60
}

/** What stated weights add up to; null where none are. */
function statedSum({ sleeves }: CapitalSource): number | null {
  let sum = 0
  for (const { weight } of sleeves) {
    if (weight === undefined) return null
    sum += weight
  }
  return sum
}

function scheduleOf(raw: RawDaySchedule): DaySchedule {
  if (typeof raw === 'number') return { kind: 'days', every: raw }
  return raw === 'never' ? { kind: 'never' } : { kind: 'calendar', unit: raw }
}

function settingsOf(raw: RawAllocation, { periods, leverage }: CapitalSource): AllocationSettings {
  return {
    ...ALLOCATION_SETTINGS,
    riskFree: raw.risk_free / periods,
    periods,
    kellyFraction: raw.kelly_fraction,
    kelly: raw.kelly,
    leverageMax: leverage ?? 1,
    turnoverPenalty: raw.turnover_penalty,
    buffer: raw.buffer,
    lifecycleLiteral: raw.compatibility === 'literal',
  }
}

function boundsOf(raw: RawAllocation, names: readonly string[], problems: Problems): WeightBounds {
  const { bounds = [0, 1], groups } = raw
  const lower = new Float64Array(names.length)
  const upper = new Float64Array(names.length).fill(1)
  if (Array.isArray(bounds)) {
    lower.fill(bounds[0])
    upper.fill(bounds[1])
  } else {
    for (const [name, [least, most]] of Object.entries(bounds as Record<string, [number, number]>)) {
      const place = placeOf(name, names, ['allocation', 'bounds', name], problems)
      if (place < 0) continue
      lower[place] = least
      upper[place] = most
    }
  }
  const bounded: GroupBounds[] = Object.entries(groups).map(
    ([
      name,
      {
        sleeves,
        bounds: [least, most],
      },
    ]) => ({
      name,
      members: sleeves.flatMap((sleeve, index) => {
        const place = placeOf(sleeve, names, ['allocation', 'groups', name, 'sleeves', index], problems)
        return place < 0 ? [] : [place]
      }),
      lower: least,
      upper: most,
    }),
  )
  return { lower, upper, groups: bounded }
}

/** Lower bounds that no weights can keep are said with the count of sleeves, and what is to be invested. */
function checkBounds(bounds: WeightBounds, names: readonly string[], investable: number, problems: Problems): void {
  const { lower, groups } = bounds
  const path: Path = groups.length > 0 ? ['allocation', 'groups'] : ['allocation', 'bounds']
  const problem = boundsProblem(bounds, names)
  if (problem !== null) {
    problems.at(boundsProblem({ ...bounds, groups: [] }, names) === null ? path : ['allocation', 'bounds'], problem)
    return
  }
  let least = 0
  for (const value of lower) least += value
  for (const group of groups) {
    let own = 0
    for (const place of group.members) own += lower[place]!
    least += Math.max(0, group.lower - own)
  }
  if (least > investable + WEIGHT_ROUNDING) {
    const sum = `${names.length} sleeves need at least ${Number(least.toPrecision(9))}`
    const rest = `${Number(investable.toPrecision(9))} may be invested beside the reserve`
    problems.at(['allocation', 'bounds'], `${sum}, but only ${rest}; make the lower ones smaller`)
  }
}

function budgetOf(raw: RawAllocation, names: readonly string[], problems: Problems): readonly BudgetPart[] | null {
  const { budget } = raw
  if (budget === undefined) return null
  const base: Path = ['allocation', 'budget']
  const seen = new Set<string>()
  const leaf = (name: string, share: number, path: Path): BudgetPart => {
    placeOf(name, names, path, problems)
    if (seen.has(name)) problems.at(path, `"${name}" stands in the budget twice; name it once`)
    seen.add(name)
    return { name, share, parts: [] }
  }
  const parts = Object.entries(budget).map(([name, part]): BudgetPart => {
    if (typeof part === 'number') return leaf(name, part, [...base, name])
    const inner = Object.entries(part.sleeves)
    return {
      name,
      share: part.share,
      parts: inner.map(([sleeve, share]) => leaf(sleeve, share, [...base, name, 'sleeves', sleeve])),
    }
  })
  const missing = names.filter((name) => !seen.has(name))
  if (missing.length > 0) problems.at(base, `names no share for ${missing.join(', ')}; give every sleeve one`)
  return parts
}

function recordsOf(
  raw: RawAllocation,
  { sleeves }: CapitalSource,
  lifecycle: LifecycleOverlay | null,
  problems: Problems,
): readonly SleeveRecord[] {
  const names = sleeves.map(({ id }) => id)
  checkNames(raw.known, names, ['allocation', 'known'], problems)
  return sleeves.map(({ id, weight }, place) => {
    const known = raw.known[id]
    return {
      ...NO_RECORD,
      weight: weight ?? null,
      stage: lifecycle?.stages[place] ?? null,
      sharpe: known?.sharpe ?? null,
      winRate: known?.win_rate ?? null,
      payoff: known?.payoff ?? null,
      strength: known?.strength ?? null,
    }
  })
}

/**
 * The weights with which a run begins where none are stated: by the stated volatilities, by what is known for methods that
 * keep their size, else equal. Fractions of the portfolio.
 */
function firstWeightsOf(
  rule: AllocationRule,
  names: readonly string[],
  volatilities: Readonly<Record<string, number>> | undefined,
): Float64Array {
  const { bounds, settings, records, investable, method } = rule
  const size = names.length
  const values = new Float64Array(size * size)
  names.forEach((name, place) => {
    const volatility = volatilities?.[name] ?? 0
    values[place * size + place] = volatility * volatility
  })
  const { keepsSize } = ALLOCATORS[method]
  const part = keepsSize || investable === 0 ? 1 : investable
  const known = { records, bounds: boundsWithin(bounds, [...names.keys()], part), settings }
  const input = inputOfMoments(names, { rows: size, columns: size, values }, null, known)
  const found = allocate(volatilities !== undefined || keepsSize ? method : 'equal', input)
  return found.weights.map((weight) => weight * part)
}

/** Weights are written as billionths, so that they add up to what is dealt to the last one. */
const WEIGHT_SCALE = 1_000_000_000

/** The plan of a portfolio, and its sleeves each with a weight: as stated, else what the plan begins with. */
export function planOf(
  raw: RawPortfolio,
  checked: readonly CheckedSleeve[],
  periods: number,
  problems: Problems,
): { readonly plan: CapitalPlan | undefined; readonly weighted: readonly WeightedSleeve[] } {
  const isReserve = ({ strategy }: CheckedSleeve): boolean => strategy === null
  let reserved = 0
  for (const sleeve of checked) if (isReserve(sleeve)) reserved += sleeve.raw.weight ?? 0
  const sleeves = checked
    .filter((sleeve) => !isReserve(sleeve))
    .map(({ raw: { id, weight }, position }) => ({ id, weight, position: position ?? 0 }))
  const { allocation, overlays, shadows, leverage } = raw
  const rebalancing = rebalancingOf(raw.rebalancing, allocation?.method ?? 'fixed')
  const before = problems.faults.length
  const plan = capitalPlanOf(
    { allocation, overlays, shadows, leverage, rebalancing, sleeves, reserved, periods },
    problems,
  )
  checkWeights(checked, allocation?.method ?? 'fixed', problems)
  const isSound = problems.faults.length === before && plan !== undefined && sleeves.length > 0
  const dealt = isSound && sleeves[0]!.weight === undefined ? firstOf(plan.allocation, sleeves, allocation) : null
  let place = -1
  const weighted = checked.map((sleeve): WeightedSleeve => {
    if (!isReserve(sleeve)) place += 1
    return { ...sleeve, raw: { ...sleeve.raw, weight: sleeve.raw.weight ?? dealt?.[place] ?? 0 } }
  })
  return { plan, weighted }
}

/** First weights to the billionth. */
function firstOf(
  rule: AllocationRule,
  sleeves: CapitalSource['sleeves'],
  allocation: RawAllocation | undefined,
): readonly number[] {
  const ids = sleeves.map(({ id }) => id)
  const weights = firstWeightsOf(rule, ids, allocation?.volatilities)
  let sum = 0
  for (const weight of weights) sum += weight
  if (sum === 0) return ids.map(() => 0)
  const parts = Array.from(weights, (weight) => Math.floor(weight * WEIGHT_SCALE + 0.5))
  return splitByLargestRemainder(Math.floor(sum * WEIGHT_SCALE + 0.5), parts).map((part) => part / WEIGHT_SCALE)
}

/** All sleeves state a weight, or none of those that the allocation deals to. */
function checkWeights(checked: readonly CheckedSleeve[], method: AllocationMethod, problems: Problems): void {
  const isDealt = method !== 'fixed'
  const anyStated = checked.some(({ raw, strategy }) => strategy !== null && raw.weight !== undefined)
  checked.forEach(({ raw, strategy, position }) => {
    if (raw.weight !== undefined) return
    const path: Path = ['sleeves', position ?? 0, 'weight']
    if (strategy === null || !isDealt) problems.at(path, 'is missing; add it')
    else if (anyStated) problems.at(path, 'is missing; state the weights of all sleeves, or of none')
  })
}

/** Keys that only some methods look at. */
const KEYS_OF_METHODS: Readonly<Record<string, readonly AllocationMethod[]>> = {
  budget: ['risk_budget', 'hierarchical_risk_budget'],
  kelly: ['kelly'],
  kelly_fraction: ['kelly'],
  compatibility: ['lifecycle'],
  known: ['kelly', 'lifecycle'],
  risk_free: ['kelly', 'lifecycle', 'max_sharpe', 'sharpe_weighted', 'sortino_weighted'],
}

/** Keys of the allocation, as written, that have no effect: kept, and named. */
export function unusedAllocation(document: unknown, sleeves: readonly RawSleeve[]): readonly string[] {
  const block = (document as { readonly allocation?: unknown } | null)?.allocation
  if (typeof block !== 'object' || block === null) return []
  const { method = 'fixed' } = block as { readonly method?: AllocationMethod }
  const isStated = sleeves.some(
    ({ kind, strategy, weight }) => (kind === 'return_stream' || strategy !== null) && weight !== undefined,
  )
  return Object.keys(block).flatMap((key) => {
    if (key === 'volatilities' && isStated)
      return ['allocation.volatilities is not used: the sleeves state their weights']
    const methods = KEYS_OF_METHODS[key]
    return methods === undefined || methods.includes(method)
      ? []
      : [`allocation.${key} is not used: the method is ${method}`]
  })
}
