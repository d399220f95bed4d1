/** What of a sleeve's money could leave it now, and what it is meant to have. In counts of the base currency. */
import { countsPerUnit } from '../../domain/currencies.ts'
import { isAllocated } from '../capital/state.ts'
import type { Runtime } from '../runtime.ts'
import { collateral } from '../valuation.ts'

export function baseUnit({ state }: Runtime): number {
  return countsPerUnit(state.config!.currency)
}

/** Equity at the last marks, whole counts, rounded down. */
export function equityCounts(runtime: Runtime, sleeve: number): number {
  return Math.floor(runtime.sleeves[sleeve]!.equity * baseUnit(runtime))
}

/** Ordinal of the sleeve that keeps what no other gets; -1 where the portfolio has none. */
export function reserveOf({ sleeves }: Runtime): number {
  return sleeves.findIndex(({ config }) => !isAllocated(config))
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

/**
 * Cash of the base currency that a sleeve can do without: its purse less waiting purchases at their mark, the collateral
 * of structures, and what its shorts need to be bought back with their margin. A return stream trades at the very close
 * at which it is sized, so everything that it has is free while it is sized at all.
 */
export function freeCash(runtime: Runtime, sleeve: number): number {
  const { state, unitValue } = runtime
  const { books } = state
  if (runtime.sleeves[sleeve]!.config.kind === 'return_stream' && state.sleeves[sleeve]!.paused === '')
    return Math.max(0, equityCounts(runtime, sleeve))
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

/** What each sleeve is meant to have: its weight of the portfolio, and what the reserve has lent it; the rest is the reserve's. */
export function targetCounts(runtime: Runtime): Float64Array {
  const { state } = runtime
  const total = Math.floor(runtime.equity * baseUnit(runtime))
  const targets = weightsInForce(runtime).map((weight) => Math.floor(total * weight))
  const reserve = reserveOf(runtime)
  if (state.loans !== undefined) for (const [sleeve, lent] of state.loans.lent.entries()) targets[sleeve]! += lent
  if (reserve < 0) return targets
  let dealt = 0
  for (const [sleeve, target] of targets.entries()) if (sleeve !== reserve) dealt += target
  targets[reserve] = total - dealt
  return targets
}
