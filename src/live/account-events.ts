/** What a broker says of an account without an order, as the kernel is to hear it. */
import type { AccountEvent, BrokerEvent } from '../domain/broker.ts'
import { EXTERNAL } from '../domain/external.ts'
import type { CorporateAction } from '../domain/market.ts'
import { type Price, quantity, type TradeDate } from '../domain/units.ts'
import { reserveOf } from '../engine/rebalance/free-cash.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { DeskEvent } from './desk/order-desk.ts'

/** Causes by which the kernel books money for itself, from what it knows of the market: the broker's word is only compared. */
const BOOKED_ALREADY: ReadonlySet<string> = new Set(['dividend', 'funding', 'borrow', 'conversion', 'marginCall'])

/** Actions that the kernel books from what it knows of the market, for the same reason: booked twice, a split would be two. */
const KNOWN_OF_THE_MARKET: ReadonlySet<string> = new Set(['split', 'dividend', 'funding', 'borrow', 'roll', 'ended'])

/** Of an account elsewhere: assignments and the like with their ids, and money that no sleeve moved. */
export function accountBodies(
  heard: readonly BrokerEvent[],
  runtime: Runtime,
  { tradeDate, isElsewhere }: { readonly tradeDate: TradeDate; readonly isElsewhere: boolean },
): readonly EventBody[] {
  return heard.flatMap((event): EventBody[] => {
    if (event.kind === 'action') {
      const { id: brokerEvent, action } = event
      if (!isElsewhere) return [{ kind: 'corporateAction', tradeDate, action }]
      if (KNOWN_OF_THE_MARKET.has(action.kind)) return []
      const told = { kind: 'corporateAction', tradeDate, action, brokerEvent } as const
      return isOfOneLeg(runtime, event) ? [told, reducingAfter(action)] : [told]
    }
    if (event.kind !== 'cash' || !isElsewhere || BOOKED_ALREADY.has(event.cause)) return []
    return [moneyOf(runtime, event, tradeDate)]
  })
}

/** Whether it takes a leg out of a structure whose others stay: what was bounded is so no more. */
function isOfOneLeg({ state, byId }: Runtime, { id, action }: Extract<BrokerEvent, { kind: 'action' }>): boolean {
  if (action.kind !== 'assignment' || state.told?.includes(id) === true) return false
  const contract = byId.get(action.instrument)!
  return state.structures.some(({ contracts }) => contracts.length > 1 && contracts.includes(contract))
}

function reducingAfter({ instrument }: CorporateAction): EventBody {
  return { kind: 'mode', mode: 'reducing', reason: `one leg of a structure was assigned: ${instrument}` }
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

/** What the store judges before anybody is told. */
export function isOfAccount(event: BrokerEvent): event is AccountEvent {
  return event.kind === 'action' || event.kind === 'cash'
}

/** What the desk listens to; the rest is the books' business. */
export function isOfOrders(event: BrokerEvent): event is DeskEvent {
  return event.kind === 'execution' || event.kind === 'order' || event.kind === 'gap'
}
