/** A kernel goes on under another configuration: between two events, with everything that it remembers. */
import { assert } from '../../domain/assert.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { startRouting } from '../../pipeline/orders/route.ts'
import { takeConfig } from '../assembly.ts'
import { isSameData } from '../canonical.ts'
import { combineOverlays, openCapital, reweighSleeves } from '../capital/day.ts'
import { scoredEquity } from '../capital/scores.ts'
import { askAnew, endAsking } from '../clock.ts'
import { retireBatch } from '../orders/batch.ts'
import { listPlain } from '../orders/plain.ts'
import type { Parts } from '../parts.ts'
import { valueAll } from '../positions/valuation.ts'
import type { Runtime } from '../runtime.ts'
import type { Shadows } from '../shadows/shadow-book.ts'
import type { KernelState, ShadowState } from '../state.ts'
import { projectedBooks } from '../wishes/risk-view.ts'
import { carriedOver } from './carry-over.ts'

/**
 * @param after every sleeve of the configuration in force in its place, new ones behind: as `configInForce` gives it
 * @param openShadows opens shadows that go on from states, or begin where there are none
 */
export function reconfigure(
  parts: Parts,
  after: PortfolioConfig,
  codes: Readonly<Record<string, string>>,
  openShadows: (states: readonly (ShadowState | null)[] | null) => Shadows,
): void {
  const { runtime } = parts
  const { state } = runtime
  const before = state.config!
  demandPlaces(before, after)
  state.codes = codes
  if (isSameData(before, after)) return
  listPlain(runtime)
  retireBatch(runtime)
  const shadows = runtime.shadows?.states() ?? null
  runtime.shadows = null
  take(state, carriedOver(state, after, factsOf(runtime, after)))
  rebuild(parts, after)
  if (after.capitalPlan?.shadows === true) runtime.shadows = openShadows(shadows)
  takeCapital(parts, before, after)
  takeRouting(state, before, after)
  runtime.observer?.configured?.()
}

/** Ordinals are for good. */
function demandPlaces(before: PortfolioConfig, after: PortfolioConfig): void {
  before.sleeves.forEach(({ id }, ordinal) => {
    const now = after.sleeves[ordinal]?.id
    assert(now === id, `sleeve "${id}" must stay in place ${ordinal}, where "${now ?? ''}" is now`)
  })
}

function factsOf({ sleeves, strategies }: Runtime, after: PortfolioConfig): Parameters<typeof carriedOver>[2] {
  return {
    equity: Float64Array.from(after.sleeves, (_, ordinal) => sleeves[ordinal]?.equity ?? 0),
    start: ({ strategy, isolatedAs, parameters }) =>
      strategy === null ? {} : (strategies.get(isolatedAs ?? strategy)?.start(parameters) ?? {}),
  }
}

/** Whoever holds the state holds the carried one. */
function take(state: KernelState, carried: KernelState): void {
  for (const key of Object.keys(state) as (keyof KernelState)[]) if (!(key in carried)) delete state[key]
  Object.assign(state, carried)
}

/** What is derived from the configuration: sleeves, views, and the indicators that somebody still asks for. */
function rebuild(parts: Parts, after: PortfolioConfig): void {
  const { runtime } = parts
  runtime.sleeveOrdinal.clear()
  parts.screens = []
  // A shadow reads the clocks of the kernel that it stands beside.
  const own = runtime.beside === null ? [...runtime.clocks.values()] : []
  for (const clock of own) askAnew(clock)
  takeConfig(parts, after)
  for (const clock of own) endAsking(clock)
  parts.books = projectedBooks(runtime)
  runtime.recorded.clear()
  for (const { index, id, kind } of runtime.state.instruments)
    if (
      kind === 'stream' &&
      after.sleeves.some((sleeve) => sleeve.kind === 'return_stream' && sleeve.universe.includes(id))
    )
      runtime.recorded.add(index)
  valueAll(runtime)
}

/** Weights and what acts on them are those of the new plan at once; money moves when it is due. */
function takeCapital(parts: Parts, before: PortfolioConfig, after: PortfolioConfig): void {
  const { runtime } = parts
  const { capital } = runtime.state
  if (after.capitalPlan === undefined) return
  if (capital === undefined) {
    openCapital(parts)
    return
  }
  for (let sleeve = before.sleeves.length; sleeve < after.sleeves.length; sleeve += 1)
    capital.scored[sleeve] = scoredEquity(runtime, sleeve) ?? Number.NaN
  if (isSameData(weightsOf(before), weightsOf(after))) return
  combineOverlays(runtime)
  reweighSleeves(runtime)
}

/** What weights and overlays are made of. */
function weightsOf({ capitalPlan, sleeves }: PortfolioConfig): unknown {
  return [capitalPlan, sleeves.map(({ weight, removed }) => [weight, removed])]
}

/** An account that sizes decide for from now on begins with the tier of the size that it was opened with. */
function takeRouting(state: KernelState, before: PortfolioConfig, after: PortfolioConfig): void {
  const { routing, capital, currency } = after
  if (routing === undefined) delete state.routing
  else if (before.routing === undefined)
    state.routing = { tier: startRouting(routing, capital / countsPerUnit(currency)).tier, changes: [] }
}
