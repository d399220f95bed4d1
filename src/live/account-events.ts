/** What a broker says of an account without an order, as the kernel is to hear it. */
import type { BrokerEvent } from '../domain/broker.ts'
import { EXTERNAL } from '../domain/external.ts'
import { type Price, quantity, type TradeDate } from '../domain/units.ts'
import { reserveOf } from '../engine/rebalance/free-cash.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import type { Runtime } from '../engine/runtime.ts'

/** Causes by which the kernel books money for itself, from what it knows of the market: the broker's word is only compared. */
const BOOKED_ALREADY: ReadonlySet<string> = new Set(['dividend', 'funding', 'borrow', 'conversion', 'marginCall'])

/** Of an account elsewhere: assignments and the like with their ids, and money that no sleeve moved. */
export function accountBodies(
  heard: readonly BrokerEvent[],
  runtime: Runtime,
  { tradeDate, isElsewhere }: { readonly tradeDate: TradeDate; readonly isElsewhere: boolean },
): readonly EventBody[] {
  return heard.flatMap((event): EventBody[] => {
    if (event.kind === 'action') {
      const { id: brokerEvent, action } = event
      return [{ kind: 'corporateAction', tradeDate, action, ...(isElsewhere ? { brokerEvent } : {}) }]
    }
    if (event.kind !== 'cash' || !isElsewhere || BOOKED_ALREADY.has(event.cause)) return []
    return [moneyOf(runtime, event, tradeDate)]
  })
}

/** Interest and charges are the reserve's; what somebody put in or took out is external until an operator assigns it. */
function moneyOf(
  runtime: Runtime,
  { id: brokerEvent, currency, amount, cause }: Extract<BrokerEvent, { kind: 'cash' }>,
  tradeDate: TradeDate,
): EventBody {
  const { config } = runtime.state
  if (cause === 'interest' || cause === 'fee') {
    const reserve = reserveOf(runtime)
    const sleeve = reserve < 0 ? EXTERNAL : config!.sleeves[reserve]!.id
    return { kind: 'cash', account: config!.account.id, currency, amount, cause, sleeve, tradeDate, brokerEvent }
  }
  const cash = [{ currency, amount }]
  const none = { instrument: null, quantity: quantity(0), price: 0 as Price, evidence: cause } as const
  return { kind: 'external', finding: { id: brokerEvent, cash, ...none }, brokerEvent }
}
