/**
 * What the size of the account allows: below the threshold no broker trades some classes, and sleeves that named a
 * substitute trade that instead. Measured on portfolio equity, at the portfolio's daily close.
 */
import type { SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { ROUTE_CLASSES } from '../../domain/routing.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { InstrumentId, TradeDate } from '../../domain/units.ts'
import { routeClassOf, routeOf, startRouting } from '../../pipeline/orders/route.ts'
import type { Runtime } from '../runtime.ts'

/** The tier of the first day: a shadow has that of the account that it stands beside. */
export function openRouting({ state, beside }: Runtime): void {
  const { routing: table, capital, currency } = state.config!
  if (table === undefined) return
  const first = startRouting(table, capital / countsPerUnit(currency))
  state.routing = { tier: beside?.state.routing?.tier ?? first.tier, changes: [] }
}

/** The instruments that a sleeve trades at the size of the account, in its declared order. */
export function activeUniverse(runtime: Runtime, { universe, universeBelow }: SleeveConfig): readonly InstrumentId[] {
  if (universeBelow === undefined || runtime.state.routing === undefined) return universe
  const isReplaced = universe.some((id) => {
    const index = runtime.byId.get(id)
    return index !== undefined && routeFor(runtime, index, universeBelow) === 'substitute'
  })
  return isReplaced ? universeBelow : universe
}

/** Whether an instrument is one that no broker trades for an account of this size. */
export function isTooSmallFor(runtime: Runtime, instrument: number): boolean {
  return runtime.state.routing !== undefined && routeFor(runtime, instrument, null) === 'refused'
}

function routeFor({ state }: Runtime, instrument: number, universeBelow: readonly InstrumentId[] | null) {
  const routeClass = routeClassOf(state.instruments[instrument]!.kind)
  if (routeClass === null) return 'broker'
  return routeOf(state.config!.routing!, state.routing!, { routeClass, needs: [], universeBelow }).kind
}

/** What the size of the account did to whom, for the reader of a report. */
export function accountSizeNotes({ state, sleeves }: Runtime): readonly string[] {
  const { routing, config } = state
  const table = config?.routing
  if (routing === undefined || table === undefined) return []
  const needy = ROUTE_CLASSES.filter(
    (one) => (table.lower[one] ?? []).length === 0 && (table.upper[one] ?? []).length > 0,
  )
  const above = (id: InstrumentId): boolean => {
    const kind = state.instruments.find((instrument) => instrument.id === id)?.kind
    const routeClass = kind === undefined ? null : routeClassOf(kind)
    return routeClass !== null && needy.includes(routeClass)
  }
  const money = `${table.upgradeAt} ${config!.currency}`
  const notes = sleeves.flatMap(({ config: { id, universe, universeBelow } }) => {
    const missing = universe.filter(above)
    if (missing.length === 0) return []
    const does =
      universeBelow === undefined
        ? `is refused ${missing.join(', ')}`
        : `trades ${universeBelow.join(', ')} instead of ${universe.join(', ')}`
    return [`${id}: while the account is below ${money} it ${does}`]
  })
  if (notes.length === 0) return []
  const size = (tier: string): string => (tier === 'lower' ? `below ${money}` : `of ${money} and more`)
  const first =
    routing.changes[0] === undefined ? routing.tier : routing.changes[0].tier === 'lower' ? 'upper' : 'lower'
  const moves = routing.changes.map(
    ({ tradeDate, tier, equity }) =>
      `from ${formatDate(tradeDate as TradeDate)} on, with ${equity.toFixed(0)}, as one ${size(tier)}`,
  )
  return [...notes, `account: begins as one ${size(first)}${moves.map((move) => `; ${move}`).join('')}`]
}
