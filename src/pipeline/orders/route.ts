/**
 * Which broker an order goes to: by what the instrument is, how large the account is, and what a broker can do.
 * In:    the routing table of the configuration, the account's tier   Out: a broker, a substitute, or a refusal
 * Keeps: the tier changes at a daily close only, and never falls while something is open that needs the higher one
 */
import type { InstrumentKind } from '../../domain/instruments.ts'
import {
  type Capability,
  ROUTE_CLASSES,
  type RouteClass,
  type RoutingTable,
  type RoutingTier,
} from '../../domain/routing.ts'

/** Persisted. */
export interface RoutingState {
  tier: RoutingTier
}

/** The tier of an account that has no history. At the threshold itself it is the upper one. */
export function startRouting(table: RoutingTable, equity: number): RoutingState {
  return { tier: equity >= table.upgradeAt ? 'upper' : 'lower' }
}

/**
 * At a daily close. Between the two thresholds nothing changes.
 *
 * @param open classes of which something is open or on its way
 */
export function stepRouting(
  state: RoutingState,
  table: RoutingTable,
  { equity, open }: { readonly equity: number; readonly open: ReadonlySet<RouteClass> },
): void {
  if (equity >= table.upgradeAt) {
    state.tier = 'upper'
    return
  }
  if (equity >= table.downgradeBelow) return
  const stranded = [...open].some((routeClass) => brokersOf(table, 'lower', routeClass).length === 0)
  if (!stranded) state.tier = 'lower'
}

export type Route =
  | { readonly kind: 'broker'; readonly broker: string }
  /** Not here, but the sleeve has named instruments to trade instead. */
  | { readonly kind: 'substitute'; readonly universe: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }

export interface RouteRequest {
  readonly routeClass: RouteClass
  readonly needs: readonly Capability[]
  /** What the sleeve trades below the threshold; null: nothing. */
  readonly universeBelow: readonly string[] | null
}

/** The first broker of the tier's line that can do all that is needed. */
export function routeOf(table: RoutingTable, state: RoutingState, request: RouteRequest): Route {
  const { routeClass, needs, universeBelow } = request
  const candidates = brokersOf(table, state.tier, routeClass)
  const able = candidates.find((broker) => needs.every((need) => table.brokers[broker]?.includes(need)))
  if (able !== undefined) return { kind: 'broker', broker: able }
  if (candidates.length > 0)
    return {
      kind: 'refused',
      reason: `none of ${candidates.join(', ')} can do ${needs.join(' and ')} for ${routeClass}`,
    }
  const above = brokersOf(table, 'upper', routeClass)
  if (state.tier === 'upper' || above.length === 0)
    return { kind: 'refused', reason: `no broker trades ${routeClass}; name one under routing` }
  if (universeBelow !== null) return { kind: 'substitute', universe: universeBelow }
  return {
    kind: 'refused',
    reason: `${routeClass} needs equity of at least ${table.upgradeAt}, for ${above.join(', ')}`,
  }
}

/** Brokers that a tier uses, in the order in which the table lists them. */
export function brokersInUse(table: RoutingTable, tier: RoutingState['tier']): readonly string[] {
  const used = new Set(ROUTE_CLASSES.flatMap((routeClass) => brokersOf(table, tier, routeClass)))
  return Object.keys(table.brokers).filter((broker) => used.has(broker))
}

function brokersOf(table: RoutingTable, tier: RoutingState['tier'], routeClass: RouteClass): readonly string[] {
  return table[tier][routeClass] ?? []
}

/** The line that an instrument is routed by; null for what is never sent anywhere. */
export function routeClassOf(kind: InstrumentKind): RouteClass | null {
  switch (kind) {
    case 'equity':
    case 'etf':
      return 'equity'
    case 'crypto':
    case 'perpetual':
      return 'crypto'
    case 'fx':
      return 'forex'
    case 'option':
    case 'future':
      return kind
    default:
      return null
  }
}
