/** When the account passes a threshold, or falls below the lower one: what a sleeve may not trade any more, it leaves. */
import type { RouteClass } from '../../domain/routing.ts'
import type { TradeDate } from '../../domain/units.ts'
import { routeClassOf, stepRouting } from '../../pipeline/orders/route.ts'
import type { Parts } from '../parts.ts'
import { chainOf } from '../positions/rolling.ts'
import type { Runtime } from '../runtime.ts'
import { pushWish, WISH } from '../view.ts'
import { activeUniverse } from './account-size.ts'
import { withdrawLeaver } from './leavers.ts'

/** Why positions outside of the universe of the day are closed. */
const REASON = 'account size'

/** At the portfolio's daily close, before its decisions: what a sleeve may not trade any more, it leaves. */
export function stepAccountSize({ runtime, wishes }: Parts, tradeDate: TradeDate): void {
  const { state, sleeves } = runtime
  const { routing } = state
  const table = state.config!.routing
  if (routing === undefined || table === undefined) return
  const before = routing.tier
  const beside = runtime.beside?.state.routing
  if (beside !== undefined) routing.tier = beside.tier
  else stepRouting(routing, table, { equity: runtime.equity, open: openClasses(runtime) })
  if (routing.tier === before) return
  routing.changes = [...routing.changes, { tradeDate, tier: routing.tier, equity: runtime.equity }]
  for (const { config, ordinal } of sleeves) {
    if (config.universeBelow === undefined) continue
    const kept = new Set(activeUniverse(runtime, config))
    for (const { id, index, option, future } of state.instruments) {
      if (option !== null || kept.has(future?.root ?? id)) continue
      withdrawLeaver(runtime, ordinal, chainOf(runtime, index), 'accountSize')
      if (state.books.quantity[ordinal * state.books.width + index] !== 0)
        pushWish(wishes, ordinal, index, WISH.exit, 0, REASON, null, null)
    }
  }
}

/** Classes of which something is open or on its way, all sleeves netted. */
function openClasses({ state, roster }: Runtime): ReadonlySet<RouteClass> {
  const open = new Set<RouteClass>()
  const { books, accountBuys, accountSells } = state
  for (const index of roster.live) {
    const routeClass = routeClassOf(state.instruments[index]!.kind)
    if (routeClass === null) continue
    if (anyHolds(state.books.sleeves, books.quantity, books.width, index)) open.add(routeClass)
    else if (accountBuys[index] !== 0 || accountSells[index] !== 0) open.add(routeClass)
  }
  return open
}

function anyHolds(sleeves: number, quantity: Float64Array, width: number, index: number): boolean {
  for (let sleeve = 0; sleeve < sleeves; sleeve += 1) if (quantity[sleeve * width + index] !== 0) return true
  return false
}
