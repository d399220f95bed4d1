/** What of a sleeve's money could leave it now, and what it is meant to have. In counts of the base currency. */
import { countsPerUnit } from '../../domain/currencies.ts'
import { isExternal } from '../../domain/external.ts'
import { roundHalfUp } from '../../numerics/exact.ts'
import { isAllocated, isRecorded } from '../capital/state.ts'
import { ownEquity } from '../external/sleeve.ts'
import { collateral } from '../positions/valuation.ts'
import type { Runtime } from '../runtime.ts'

export function baseUnit({ state }: Runtime): number {
  return countsPerUnit(state.config!.currency)
}

/** Equity at the last marks in whole counts. */
export function equityCounts(runtime: Runtime, sleeve: number): number {
  return roundHalfUp(runtime.sleeves[sleeve]!.equity * baseUnit(runtime))
}

/** Ordinal of the sleeve that keeps what no other gets; -1 where the portfolio has none. */
export function reserveOf({ sleeves }: Runtime): number {
  return sleeves.findIndex(({ config }) => !isAllocated(config) && !isExternal(config))
}

/** Whether capital is dealt to the sleeve now: not to a reserve, nor while it waits to be added or is closed. */
export function takesCapital({ state, sleeves }: Runtime, sleeve: number): boolean {
  return isAllocated(sleeves[sleeve]!.config) && state.sleeves[sleeve]!.standing === undefined
}

/**
 * Fractions of portfolio equity by sleeve: the weights in force, or the configured ones where nothing computes others.
 * Never more than one together, and never raised because a sleeve stands aside.
 */
export function weightsInForce(runtime: Runtime): Float64Array {
  const { state, sleeves } = runtime
  const computed = state.capital?.weights
  let sum = 0
  const weights = Float64Array.from(sleeves, ({ config, ordinal }) => {
    const weight = takesCapital(runtime, ordinal) ? (computed?.[ordinal] ?? config.weight) : 0
    sum += weight
    return weight
  })
  return sum > 1 ? weights.map((weight) => weight / sum) : weights
}

/** Whether a return stream is sized anew before it could miss what is taken from it. */
function isSizedNow({ state, sleeves, closing }: Runtime, sleeve: number): boolean {
  const { config } = sleeves[sleeve]!
  if (!isRecorded(config) || state.sleeves[sleeve]!.paused !== '') return false
  return config.calendar === state.config!.dayCalendar || closing.some(({ clock }) => clock === config.clock)
}

/**
 * Cash of the base currency that a sleeve can do without: its purse less waiting purchases at their mark, the collateral
 * of structures, and what its shorts need to be bought back with their margin. A return stream trades at the very close
 * at which it is sized: where that is now, or at the end of every portfolio day, everything that it has is free. Nothing
 * that is external is.
 */
export function freeCash(runtime: Runtime, sleeve: number): number {
  const { state, unitValue } = runtime
  const { books } = state
  if (isExternal(runtime.sleeves[sleeve]!.config)) return 0
  if (isSizedNow(runtime, sleeve)) return Math.max(0, equityCounts(runtime, sleeve))
  const margin = state.config!.account.shortMaintenanceMargin
  let bound = collateral(runtime, sleeve)
  for (let index = 0; index < state.instruments.length; index += 1) {
    if (books.currency[index] !== 0 || runtime.isOption[index] === 1) continue
    const at = sleeve * books.width + index
    const held = books.quantity[at]!
    const short = held < 0 ? 0 - held : 0
    const lowest = held - state.pendingSells[at]!
    const shortToCome = (lowest < 0 ? 0 - lowest : 0) - short
    // A short that has not filled yet brings its own price, but not its margin.
    bound += (state.pendingBuys[at]! + short * (1 + margin) + shortToCome * margin) * unitValue[index]!
  }
  const free = books.cash[sleeve * books.currencies]! - Math.ceil(bound * baseUnit(runtime))
  return free > 0 ? free : 0
}

/**
 * What each sleeve is meant to have: its weight of what is not lent, and its loan on top of that. The rest is the
 * reserve's, but for what sleeves hold that stand aside: it moves nowhere.
 */
export function targetCounts(runtime: Runtime): Float64Array {
  const { state } = runtime
  const total = roundHalfUp(ownEquity(runtime) * baseUnit(runtime))
  const reserve = reserveOf(runtime)
  const lent = state.loans?.lent
  const owed = lent?.reduce((sum, counts) => sum + counts, 0) ?? 0
  let dealt = 0
  let aside = 0
  const targets = weightsInForce(runtime).map((weight, sleeve) => {
    const target = Math.max(0, Math.floor((total - owed) * weight)) + (lent?.[sleeve] ?? 0)
    dealt += target
    if (sleeve !== reserve && !takesCapital(runtime, sleeve) && !isExternal(runtime.sleeves[sleeve]!.config))
      aside += equityCounts(runtime, sleeve)
    return target
  })
  if (reserve >= 0) targets[reserve] = Math.max(0, total - dealt - aside)
  return targets
}
