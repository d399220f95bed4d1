/** The reserve answers margin calls first: it lends to sleeves that ran out of money, each loan a transfer. */

import { isExternal } from '../../domain/external.ts'
import type { CashTransfer } from '../../domain/risk.ts'
import { money } from '../../domain/units.ts'
import { give, type Run } from './drive.ts'
import { maintenanceDeficit } from './maintenance.ts'

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
  const reserve = config.sleeves.find((sleeve) => sleeve.strategy === null && !isExternal(sleeve))
  if (reserve !== undefined) {
    for (const sleeve of runtime.sleeves) {
      if (sleeve.config === reserve) continue
      const deficit = maintenanceDeficit(runtime, sleeve.ordinal)
      const available = state.books.cash[runtime.sleeveOrdinal.get(reserve.id)! * state.books.currencies]!
      const amount = Math.min(deficit, available)
      if (amount > 0) lend(run, { from: reserve.id, to: sleeve.config.id, amount: money(amount) })
    }
  }
  return run.exchange.marginCall() !== null
}

function lend(run: Run, transfer: CashTransfer): void {
  const config = run.kernel.runtime.state.config!
  give(run, {
    kind: 'cash',
    account: config.account.id,
    currency: config.currency,
    amount: transfer.amount,
    cause: 'marginCall',
    transfer,
  })
}
