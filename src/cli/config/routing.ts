import type { RoutingTable } from '../../domain/routing.ts'
import type { Problems } from './problems.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import { type RawRouting, routingSchema } from './schema/routing.ts'
import type { RawSleeve } from './schema/sleeve.ts'
import { hint } from './suggest.ts'

/** The threshold that the short form of a substitute universe speaks of. */
const SHORT_FORM = 25_000
/** An account falls back only once it is this part of the threshold. */
const DOWNGRADE_PART = 0.9

/** What a sleeve trades while the account is small, and below what; null where it names nothing. */
export function substituteOf(raw: RawSleeve): { readonly below: number; readonly universe: readonly string[] } | null {
  if (raw.universe_below !== undefined) return raw.universe_below
  return raw.universe_below_25000 === undefined ? null : { below: SHORT_FORM, universe: raw.universe_below_25000 }
}

/** Every instrument that a sleeve may come to trade. */
export function namesOf(raw: RawSleeve): readonly string[] {
  return [...raw.universe, ...(substituteOf(raw)?.universe ?? [])]
}

/** The table that the portfolio states, or that its sleeves' substitutes imply; absent where neither is there. */
export function routingOf(
  raw: RawPortfolio,
  sleeves: readonly { readonly raw: RawSleeve; readonly position: number | null }[],
  problems: Problems,
): { readonly routing?: RoutingTable } {
  const substitutes = sleeves.flatMap(({ raw: sleeve, position }) => {
    const own = substituteOf(sleeve)
    return own === null || position === null ? [] : [{ sleeve, position, below: own.below }]
  })
  const first = substitutes[0]
  if (raw.routing === undefined && first === undefined) return {}
  const stated = raw.routing ?? routingSchema.parse({ threshold: first!.below })
  for (const { sleeve, position, below } of substitutes) {
    const key = sleeve.universe_below === undefined ? 'universe_below_25000' : 'universe_below'
    if (sleeve.universe_below !== undefined && sleeve.universe_below_25000 !== undefined)
      problems.at(['sleeves', position, 'universe_below_25000'], 'says what "universe_below" says; keep one')
    if (below !== stated.threshold) {
      const reason = `speaks of ${below}, the account of ${stated.threshold}; one account has one threshold`
      problems.at(['sleeves', position, key], reason)
    }
  }
  return { routing: tableOf(stated, problems) }
}

function tableOf(stated: RawRouting, problems: Problems): RoutingTable {
  const { threshold, brokers, lower, upper } = stated
  const downgradeBelow = stated.downgrade_below ?? threshold * DOWNGRADE_PART
  if (downgradeBelow > threshold) {
    const reason = `must be at most the threshold of ${threshold}, was "${downgradeBelow}"`
    problems.at(['routing', 'downgrade_below'], reason)
  }
  for (const [tier, table] of Object.entries({ lower, upper })) {
    for (const [routeClass, names] of Object.entries(table)) {
      for (const [place, name] of (names ?? []).entries()) {
        if (Object.hasOwn(brokers, name)) continue
        const reason = `no broker is named "${name}"${hint(name, Object.keys(brokers))}; list it under "brokers"`
        problems.at(['routing', tier, routeClass, place], reason)
      }
    }
  }
  return { brokers, upgradeAt: threshold, downgradeBelow, lower, upper }
}
