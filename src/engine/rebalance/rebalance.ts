/** Capital is dealt by the weights in force: by moving cash, by resizing positions, or by closing everything first. */
import type { RebalancingMethod } from '../../domain/capital.ts'
import { tellCapital } from '../capital/record.ts'
import type { Parts } from '../parts.ts'
import { valueAll } from '../positions/valuation.ts'
import type { Runtime } from '../runtime.ts'
import { closeSleeve, isFlat } from './close-sleeve.ts'
import { type Deal, deal, type Standing } from './deal.ts'
import { hasTrigger, rebalanceState, takeDay } from './due.ts'
import { baseUnit, equityCounts, freeCash, reserveOf, takesCapital, targetCounts } from './free-cash.ts'
import { stepLoans } from './loans.ts'
import { moveCapital } from './move-money.ts'
import { grow, isResizing, REBALANCE, shrink } from './resize.ts'
import { stepClosing } from './standing.ts'

/** Portfolio days after which a liquidation deals what there is: what cannot be sold must not hold up the others for ever. */
const LIQUIDATION_DAYS_MAX = 10

/** Everything that moves money at the close of a portfolio day, before the decisions of that close. */
export function moneyDay(parts: Parts, tradeDate: number): void {
  const { runtime } = parts
  const { state } = runtime
  const config = state.config!
  if (state.sleeves.some(({ standing }) => standing === 'closing')) stepClosing(parts)
  if (config.deploy !== undefined || state.loans !== undefined) stepLoans(runtime, tradeDate)
  const rule = config.capitalPlan?.rebalancing
  const due = rule !== undefined && hasTrigger(rule) ? takeDay(runtime, rule, tradeDate) : ''
  const underWay = state.rebalance?.underWay ?? null
  if (underWay !== null) {
    underWay.days += 1
    carryOn(parts)
  } else if (due !== '') rebalance(parts, rule!.by, due)
}

/** Begins a rebalancing now. One that is under way goes on instead, as far as it can: its orders are not given twice. */
export function rebalance(parts: Parts, by: RebalancingMethod, reason: string): void {
  const { runtime } = parts
  const own = rebalanceState(runtime)
  valueAll(runtime)
  if (own.underWay !== null) {
    carryOn(parts)
    if (own.underWay !== null) tellNothing(runtime, `${reason}: not begun, another one is under way`)
    return
  }
  if (!(runtime.equity > 0)) {
    tellNothing(runtime, `${reason}: no equity to deal`)
    return
  }
  switch (by) {
    case 'transfer':
      dealNow(parts, reason)
      return
    case 'scaling':
      own.underWay = { by, reason, days: 0 }
      for (const [sleeve, fraction] of excesses(runtime)) shrink(runtime, sleeve, fraction)
      if (!isResizing(runtime)) carryOn(parts)
      return
    case 'liquidation':
      own.underWay = { by, reason, days: 0 }
      carryOn(parts)
  }
}

function carryOn(parts: Parts): void {
  const { runtime } = parts
  const own = rebalanceState(runtime)
  const { by, reason, days } = own.underWay!
  if (by === 'scaling') {
    if (isResizing(runtime)) return
    own.underWay = null
    grow(parts, dealNow(parts, reason))
    return
  }
  let open = 0
  for (const { ordinal } of runtime.sleeves) {
    if (!takesCapital(runtime, ordinal) || isFlat(runtime, ordinal)) continue
    if (days < LIQUIDATION_DAYS_MAX) closeSleeve(parts, ordinal, REBALANCE)
    open += 1
  }
  if (open > 0 && days < LIQUIDATION_DAYS_MAX) return
  own.underWay = null
  dealNow(parts, reason)
}

/** What every sleeve has, should have and can give. */
export function standingOf(runtime: Runtime): Standing {
  const by = (read: (sleeve: number) => number): Float64Array =>
    Float64Array.from(runtime.sleeves, ({ ordinal }) => read(ordinal))
  const target = targetCounts(runtime)
  const stands = (sleeve: number): boolean => takesCapital(runtime, sleeve) || sleeve === reserveOf(runtime)
  const equity = by((sleeve) => equityCounts(runtime, sleeve))
  return {
    equity,
    // Who stands aside neither gives nor gets, and what is less than a hundredth of the currency is where it should be.
    target: by((sleeve) => {
      const lacks = Math.abs(target[sleeve]! - equity[sleeve]!)
      return stands(sleeve) && lacks >= baseUnit(runtime) / 100 ? target[sleeve]! : equity[sleeve]!
    }),
    free: by((sleeve) => (stands(sleeve) ? freeCash(runtime, sleeve) : 0)),
    reserve: reserveOf(runtime),
  }
}

/** Parts of its positions by which each sleeve above its target is too large. */
function excesses(runtime: Runtime): ReadonlyMap<number, number> {
  const { equity, target } = standingOf(runtime)
  const found = new Map<number, number>()
  for (const { ordinal } of runtime.sleeves) {
    const own = equity[ordinal]!
    if (own > target[ordinal]! && own > 0) found.set(ordinal, 1 - Math.max(0, target[ordinal]!) / own)
  }
  return found
}

/** Moves what can move and records what cannot. Returns by which fraction each sleeve that got money has grown. */
function dealNow({ runtime }: Parts, reason: string): ReadonlyMap<number, number> {
  const standing = standingOf(runtime)
  const dealt = deal(standing)
  const unit = baseUnit(runtime)
  moveCapital(runtime, dealt.transfers, REBALANCE, reason)
  rebalanceState(runtime).unfunded = Float64Array.from(dealt.unfunded)
  if (dealt.transfers.length === 0 && dealt.unfunded.every((counts) => counts === 0))
    tellNothing(runtime, `${reason}: nothing to move`)
  dealt.unfunded.forEach((counts, sleeve) => {
    if (counts === 0) return
    const { equity } = runtime.sleeves[sleeve]!
    const text = `${reason}: ${counts / unit} unfunded, bound in positions and orders`
    tellCapital(runtime, { cause: REBALANCE, sleeve, before: equity, after: equity, reason: text })
  })
  return growthOf(standing, dealt)
}

function tellNothing(runtime: Runtime, reason: string): void {
  tellCapital(runtime, { cause: REBALANCE, sleeve: null, before: null, after: null, reason })
}

/** Money got as a fraction of what the sleeve had before. */
function growthOf({ equity, reserve }: Standing, { transfers }: Deal): ReadonlyMap<number, number> {
  const got = new Map<number, number>()
  for (const { to, amount } of transfers) got.set(to, (got.get(to) ?? 0) + amount)
  return new Map(
    [...got].flatMap(([sleeve, amount]) =>
      sleeve === reserve || equity[sleeve]! <= 0 ? [] : [[sleeve, amount / equity[sleeve]!]],
    ),
  )
}
