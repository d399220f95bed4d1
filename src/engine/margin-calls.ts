/** The reserve answers margin calls first: it lends to sleeves that ran out of money, each loan a transfer. */

import { countsPerUnit } from '../domain/currencies.ts'
import type { CashTransfer } from '../domain/risk.ts'
import { tradedCash } from '../domain/traded-cash.ts'
import { money } from '../domain/units.ts'
import { give, type Run } from './drive.ts'
import { baseCounts } from './foreign.ts'

/**
 * After a close: a sleeve whose own book is below its maintenance requirement is lent the difference by the reserve.
 *
 * @returns whether the account itself is still short: then the broker reduces at the next auction
 */
export function answerMarginCalls(run: Run): boolean {
  const { runtime } = run.kernel
  const { state } = runtime
  const config = state.config!
  if (config.account.kind !== 'margin') return false
  const reserve = config.sleeves.find((sleeve) => sleeve.strategy === null)
  if (reserve !== undefined) {
    for (const sleeve of runtime.sleeves) {
      if (sleeve.config === reserve) continue
      const deficit = sleeveDeficit(run, sleeve.ordinal)
      const available = state.books.cash[runtime.sleeveOrdinal.get(reserve.id)! * state.books.currencies]!
      const amount = Math.min(deficit, available)
      if (amount > 0) lend(run, { from: reserve.id, to: sleeve.config.id, amount: money(amount) })
    }
  }
  return run.exchange.marginCall() !== null
}

function lend(run: Run, transfer: CashTransfer): void {
  const { books, config } = run.kernel.runtime.state
  const before = sum(books.cash)
  give(run, {
    kind: 'cash',
    account: config!.account.id,
    currency: config!.currency,
    amount: transfer.amount,
    cause: 'marginCall',
    transfer,
  })
  run.auditor?.transferred(before, sum(books.cash))
}

function sum(cash: Float64Array): number {
  let total = 0
  for (const counts of cash) total += counts
  return total
}

/** Money counts by which a sleeve's equity is below the maintenance requirement of its own positions. */
function sleeveDeficit(run: Run, ordinal: number): number {
  const { runtime } = run.kernel
  const { state } = runtime
  const rules = state.config!.account
  let required = 0
  let value = 0
  for (let currency = 0; currency < state.books.currencies; currency += 1) {
    const cash = state.books.cash[ordinal * state.books.currencies + currency]!
    if (cash !== 0) value += cash * baseCounts(runtime, currency)
  }
  for (const instrument of state.instruments) {
    const quantity = state.books.quantity[ordinal * state.books.width + instrument.index]!
    if (quantity === 0) continue
    const own = tradedCash(quantity, state.mark[instrument.index]!, runtime.perPrice[instrument.index]!)
    const worth = own * baseCounts(runtime, state.books.currency[instrument.index]!)
    value += quantity > 0 ? worth : 0 - worth
    if (instrument.option === null)
      required += worth * (quantity > 0 ? rules.maintenanceMargin : rules.shortMaintenanceMargin)
  }
  for (const structure of state.structures) {
    if (structure.sleeve === ordinal)
      required += structure.maximumLoss * structure.quantity * countsPerUnit(state.config!.currency)
  }
  const deficit = Math.ceil(required - value)
  return deficit > 0 ? deficit : 0
}
