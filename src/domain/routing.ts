/** Which broker trades what, by the size of the account. */
export const ROUTE_CLASSES = ['equity', 'option', 'crypto', 'future', 'forex'] as const
export type RouteClass = (typeof ROUTE_CLASSES)[number]

/** What an order may need from its broker. */
export const CAPABILITIES = ['short', 'fractional', 'structure'] as const
export type Capability = (typeof CAPABILITIES)[number]

/** Brokers by preference for each class, the same at every size or parted at the threshold. */
export interface RoutingTable {
  /** Every broker and what it can do. Their order is the one in which they are listed. */
  readonly brokers: Readonly<Record<string, readonly Capability[]>>
  /** Portfolio equity from which the upper table holds, in the base currency, */
  readonly upgradeAt: number
  /** and below which the lower one holds again. */
  readonly downgradeBelow: number
  readonly lower: Readonly<Partial<Record<RouteClass, readonly string[]>>>
  readonly upper: Readonly<Partial<Record<RouteClass, readonly string[]>>>
}

export type RoutingTier = 'lower' | 'upper'
