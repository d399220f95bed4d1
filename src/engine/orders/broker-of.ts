/** Where an order gets its broker: by its kind, the size of the account, and what a broker must be able to do for it. */
import type { InstrumentKind } from '../../domain/instruments.ts'
import type { NetOrder } from '../../domain/orders.ts'
import type { Capability, RouteClass } from '../../domain/routing.ts'
import { type Route, routeClassOf, routeOf } from '../../pipeline/orders/route.ts'
import type { Runtime } from '../runtime.ts'

type Routed = Pick<NetOrder, 'legs' | 'quantity' | 'reducing'>

/**
 * Null where the portfolio has no table, or trades what no table speaks of. An exit is refused by no table: where nobody
 * can do all that it needs, it goes to who trades its kind.
 */
export function brokerOf(runtime: Runtime, order: Routed): Exclude<Route, { readonly kind: 'substitute' }> | null {
  const { config, routing: state } = runtime.state
  const table = config!.routing
  const routeClass = classOf(runtime, order)
  if (table === undefined || state === undefined || routeClass === null) return null
  const needs = needsOf(runtime, order, routeClass)
  const route = routeOf(table, state, { routeClass, needs, universeBelow: null })
  if (route.kind !== 'refused' || !order.reducing) return route.kind === 'substitute' ? null : route
  const broker = (table[state.tier][routeClass] ?? [])[0] ?? (table.upper[routeClass] ?? [])[0]
  return broker === undefined ? route : { kind: 'broker', broker }
}

/**
 * Why a broker that can do no more than this does not take an order; null: it does. An exit is refused only where its kind
 * is not traded at all: for want of anything else the broker itself is asked.
 */
export function incapacity(
  runtime: Runtime,
  order: Routed,
  { kinds, can }: { readonly kinds: readonly InstrumentKind[]; readonly can: readonly Capability[] },
): string | null {
  const { byId, state } = runtime
  for (const { instrument } of order.legs) {
    const { kind } = state.instruments[byId.get(instrument)!]!
    if (!kinds.includes(kind)) return `the broker does not trade ${kind} instruments`
  }
  const routeClass = classOf(runtime, order)
  if (order.reducing || routeClass === null) return null
  const missing = needsOf(runtime, order, routeClass).find((need) => !can.includes(need))
  return missing === undefined ? null : `the broker cannot do what it needs: ${missing}`
}

/** Of a structure that of its contracts: who trades these trades their shares, too. */
function classOf({ byId, state }: Runtime, { legs }: Routed): RouteClass | null {
  const classes = legs.map(({ instrument }) => routeClassOf(state.instruments[byId.get(instrument)!]!.kind))
  return classes.find((one) => one === 'option') ?? classes[0] ?? null
}

/** A sale of more than the account holds is a short one; parts of a share are what only some brokers trade. */
function needsOf({ byId, state }: Runtime, { legs, quantity }: Routed, routeClass: RouteClass): readonly Capability[] {
  if (legs.length > 1) return ['structure']
  const index = byId.get(legs[0]!.instrument)!
  const isHeldAsShares = routeClass === 'equity' || routeClass === 'crypto'
  const needs: Capability[] = []
  if (isHeldAsShares && quantity < 0 && state.books.accountQuantity[index]! + quantity < 0) needs.push('short')
  if (routeClass === 'equity' && quantity % state.instruments[index]!.unitsPerWhole !== 0) needs.push('fractional')
  return needs
}
