/** What a portfolio is run with once its file was changed: the file's settings, over sleeves that keep their places. */
import type { AllocationRule, CapitalPlan, LifecycleOverlay } from '../../domain/capital.ts'
import type { PolicyPart, PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import { isExternal } from '../../domain/external.ts'
import { money } from '../../domain/units.ts'
import { isSameData } from '../canonical.ts'
import { allocatedSleeves } from '../capital/state.ts'

const NO_RECORD = { weight: null, stage: null, sharpe: null, winRate: null, payoff: null, strength: null } as const
const NO_POLICY: PolicyPart = { weight: 0, benchmark: null }

/**
 * The configuration that is in force after a change. Sleeves keep their ordinals: a new one comes behind all that were ever
 * there and waits to be added; one that the file no longer names stays as `removed`. What was dealt at the beginning stays
 * as it was dealt. The same object where nothing changes.
 *
 * @param before in force until now
 * @param after as the file says it, its sleeves in the file's order
 */
export function configInForce(before: PortfolioConfig, after: PortfolioConfig): PortfolioConfig {
  const wanted = new Map(after.sleeves.map((sleeve) => [sleeve.id, sleeve]))
  const known = new Set(before.sleeves.map(({ id }) => id))
  const kept = before.sleeves.map((sleeve) => (isExternal(sleeve) ? sleeve : keptSleeve(sleeve, wanted.get(sleeve.id))))
  const added = after.sleeves.filter((sleeve) => !known.has(sleeve.id) && !isExternal(sleeve)).map(appended)
  const merged = arranged(before, after, [...kept, ...added])
  return isSameData(merged, before) ? before : merged
}

function keptSleeve(before: SleeveConfig, after: SleeveConfig | undefined): SleeveConfig {
  if (after === undefined) return { ...before, removed: true }
  const { awaited: _, capitalIn: __, capital: ___, ...rest } = after
  return {
    ...rest,
    capital: before.capital,
    ...(before.capitalIn === undefined ? {} : { capitalIn: before.capitalIn }),
    ...(before.awaited === undefined ? {} : { awaited: before.awaited }),
  }
}

/** It gets its money from the other sleeves, when it is added. */
function appended(sleeve: SleeveConfig): SleeveConfig {
  const { capitalIn: _, ...rest } = sleeve
  return { ...rest, capital: money(0), awaited: true }
}

/** Whatever is by sleeve, in the places of the sleeves. */
function arranged(before: PortfolioConfig, after: PortfolioConfig, sleeves: readonly SleeveConfig[]): PortfolioConfig {
  const merged: PortfolioConfig = { ...after, sleeves }
  const own = after.sleeves.filter((sleeve) => !isExternal(sleeve))
  const hasFileOrder = sleeves.filter((sleeve) => !isExternal(sleeve)).every(({ id }, place) => own[place]?.id === id)
  if (hasFileOrder && sleeves.slice(own.length).every(isExternal)) return merged
  const { policy, capitalPlan } = after
  return {
    ...merged,
    ...(policy === undefined ? {} : { policy: policyBySleeve(policy, own, sleeves) }),
    ...(capitalPlan === undefined ? {} : { capitalPlan: planBySleeve(capitalPlan, before, after, merged) }),
  }
}

function policyBySleeve(
  policy: readonly PolicyPart[],
  own: readonly SleeveConfig[],
  sleeves: readonly SleeveConfig[],
): readonly PolicyPart[] {
  return sleeves.map(({ id }) => policy[own.findIndex((sleeve) => sleeve.id === id)] ?? NO_POLICY)
}

/** By place among the sleeves that capital is allocated to: where each stands in the file, and where it stood before. */
interface Places {
  readonly inFile: readonly number[]
  readonly before: readonly number[]
}

function planBySleeve(
  plan: CapitalPlan,
  before: PortfolioConfig,
  after: PortfolioConfig,
  merged: PortfolioConfig,
): CapitalPlan {
  const [ids, file, old] = [merged, after, before].map((config) =>
    allocatedSleeves(config).map((ordinal) => config.sleeves[ordinal]!.id),
  )
  const places: Places = { inFile: ids!.map((id) => file!.indexOf(id)), before: ids!.map((id) => old!.indexOf(id)) }
  const { lifecycle } = plan.overlays
  const former = before.capitalPlan?.overlays.lifecycle ?? null
  return {
    ...plan,
    allocation: allocationBySleeve(plan.allocation, before.capitalPlan?.allocation, places),
    overlays: {
      ...plan.overlays,
      lifecycle: lifecycle === null ? null : lifecycleBySleeve(lifecycle, former, places),
    },
  }
}

function allocationBySleeve(rule: AllocationRule, former: AllocationRule | undefined, places: Places): AllocationRule {
  const { lower, upper, groups } = rule.bounds
  return {
    ...rule,
    records: chosen(rule.records, former?.records, places, NO_RECORD),
    bounds: {
      lower: Float64Array.from(chosen(Array.from(lower), undefined, places, 0)),
      upper: Float64Array.from(chosen(Array.from(upper), undefined, places, 1)),
      groups: groups.map((group) => ({
        ...group,
        members: group.members.map((member) => places.inFile.indexOf(member)),
      })),
    },
  }
}

function lifecycleBySleeve(
  lifecycle: LifecycleOverlay,
  former: LifecycleOverlay | null,
  places: Places,
): LifecycleOverlay {
  return {
    ...lifecycle,
    stages: chosen(lifecycle.stages, former?.stages, places, 'PAPER'),
    validatedDrawdown: chosen(lifecycle.validatedDrawdown, former?.validatedDrawdown, places, null),
  }
}

/** Of a sleeve that the file no longer names, what was said of it before. */
function chosen<T>(said: readonly T[], former: readonly T[] | undefined, places: Places, otherwise: T): readonly T[] {
  return places.inFile.map((place, at) =>
    place >= 0 ? (said[place] ?? otherwise) : (former?.[places.before[at]!] ?? otherwise),
  )
}
