import { countsPerUnit } from '../../domain/currencies.ts'
import { isExternal } from '../../domain/external.ts'
import { marginOf } from '../../domain/margins.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import { baseCounts } from '../positions/foreign.ts'
import type { Runtime } from '../runtime.ts'

/** Money counts by which a sleeve's equity is below the maintenance requirement of its own positions. */
export function maintenanceDeficit(runtime: Runtime, ordinal: number): number {
  // Nobody lends for what nobody here has asked for.
  if (isExternal(runtime.sleeves[ordinal]!.config)) return 0
  const { state } = runtime
  const rules = state.config!.account
  let required = 0
  let value = 0
  for (let currency = 0; currency < state.books.currencies; currency += 1) {
    const cash = state.books.cash[ordinal * state.books.currencies + currency]!
    if (cash !== 0) value += cash * baseCounts(runtime, currency)
  }
  const row = ordinal * state.books.width
  for (const index of runtime.roster.live) {
    const quantity = state.books.quantity[row + index]!
    if (quantity === 0) continue
    const instrument = state.instruments[index]!
    const own = tradedCash(quantity, state.mark[index]!, runtime.perPrice[index]!)
    const worth = own * baseCounts(runtime, state.books.currency[index]!)
    value += quantity > 0 ? worth : 0 - worth
    if (instrument.option !== null) continue
    const margin = marginOf(rules, instrument.kind)
    required += worth * (margin?.maintenance ?? (quantity > 0 ? rules.maintenanceMargin : rules.shortMaintenanceMargin))
  }
  for (const structure of state.structures) {
    if (structure.sleeve === ordinal)
      required += structure.maximumLoss * structure.quantity * countsPerUnit(state.config!.currency)
  }
  const deficit = Math.ceil(required - value)
  return deficit > 0 ? deficit : 0
}
