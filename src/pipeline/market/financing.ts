/** Dated charges of holding: funding as it is published, borrowed shares by the day. */

import type { CorporateAction, DatedAction } from '../../domain/market.ts'
import type { BorrowRecord, FundingRecord } from '../../domain/market-records.ts'
import { daysBetween, type Sessions } from '../../domain/sessions.ts'
import type { Instant, InstrumentId, TradeDate } from '../../domain/units.ts'

/** One payment per record, at its instant, valued at the last mark. */
export function fundingActions(records: readonly FundingRecord[], sessions: Sessions): DatedAction[] {
  const actions: DatedAction[] = []
  let row = 0
  for (const { instrument, eventAt, rate } of inOrder(records)) {
    while (row < sessions.closes.length && sessions.closes[row]! < eventAt) row += 1
    if (row === sessions.closes.length) break
    const action: CorporateAction = { kind: 'funding', instrument, rate, price: null }
    actions.push({ at: eventAt, tradeDate: sessions.dates[row] as TradeDate, action })
  }
  return actions
}

/**
 * At each open, the nights since the last one, at the terms in force then. Before the first record the constant rate
 * holds, and everything can be borrowed.
 *
 * @param rate a year, as a fraction of what is owed
 */
export function borrowActions(
  instrument: InstrumentId,
  { rate, records }: { readonly rate: number; readonly records: readonly BorrowRecord[] },
  sessions: Sessions,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): DatedAction[] {
  const terms = inOrder(records)
  const actions: DatedAction[] = []
  let last = -1
  let wasAvailable = true
  for (let row = 1; row < sessions.dates.length; row += 1) {
    const tradeDate = sessions.dates[row] as TradeDate
    if (tradeDate <= reach.from || tradeDate > reach.to) continue
    const at = sessions.opens[row] as Instant
    while (last + 1 < terms.length && terms[last + 1]!.eventAt <= at) last += 1
    const own = terms[last]
    const isAvailable = own?.available ?? true
    const now = own?.rate ?? rate
    if (now === 0 && isAvailable && wasAvailable) continue
    wasAvailable = isAvailable
    const days = daysBetween(sessions.dates[row - 1] as TradeDate, tradeDate)
    actions.push({
      at,
      tradeDate,
      action: { kind: 'borrow', instrument, rate: now, days, isAvailable, price: null },
    })
  }
  return actions
}

function inOrder<R extends { readonly eventAt: Instant }>(records: readonly R[]): R[] {
  return [...records].sort((one, other) => one.eventAt - other.eventAt)
}
