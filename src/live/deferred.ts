/** The exchange as a live run sees it: the market's steps reach a venue, orders and cancels wait until they are written down. */
import type { PortfolioConfig } from '../domain/config.ts'
import type { CorporateAction } from '../domain/market.ts'
import type { OrderRecord } from '../domain/order-records.ts'
import type { NetOrder } from '../domain/orders.ts'
import { money, type OrderId } from '../domain/units.ts'
import { type ExchangeAnswer, type SimulatedExchange, simulatedExchange } from '../exchange/simulated.ts'
import { type Recall, recallsOver } from './dated-actions.ts'

/** What takes part in the market's steps: a simulated venue, or nobody where a real one lives elsewhere. */
export type Market = Omit<SimulatedExchange, 'submit' | 'cancel'> & {
  /** What is to be asked back before an action of the market. Left out: the venue sees to that by itself. */
  recalls?(action: CorporateAction): readonly Recall[]
}

/** What the kernel has commanded and nobody has carried out yet, in its order. */
export type Outgoing =
  | { readonly kind: 'submit'; readonly orders: readonly NetOrder[] }
  | { readonly kind: 'cancel'; readonly order: OrderId }

const NOTHING: ExchangeAnswer = { states: [], fills: null }

/** @param send takes every command, at the moment of the event that brought it */
export function deferredExchange(market: Market, send: (outgoing: Outgoing) => void): SimulatedExchange {
  return {
    ...market,
    apply(action) {
      for (const recall of market.recalls?.(action) ?? []) send(recall)
      return market.apply(action)
    },
    submit(orders) {
      // Records, because the next cycle writes over the columns.
      send({ kind: 'submit', orders: Array.from({ length: orders.count }, (_, row) => orders.at(row)) })
      return NOTHING
    },
    cancel(order) {
      send({ kind: 'cancel', order: order as OrderId })
      return NOTHING
    },
  }
}

/**
 * Where the venue sees its own market: none of the steps reaches it, and it speaks for itself.
 *
 * @param open orders that are out
 */
export function marketElsewhere(
  { account, currency, parity, costs }: PortfolioConfig,
  open: () => readonly OrderRecord[],
): Market {
  const nothing = (): ExchangeAnswer => NOTHING
  const ignore = (): void => {}
  const none = (): readonly never[] => []
  return {
    ...simulatedExchange({ account, currency, cash: money(0), parity, costs }),
    list: ignore,
    open: nothing,
    range: nothing,
    close: nothing,
    apply: nothing,
    recalls: (action) => recallsOver(open(), [action]),
    post: ignore,
    setRate: ignore,
    convert: ignore,
    marginCall: () => null,
    forcedReduction: none,
    expiries: none,
    pinned: none,
    endedContracts: none,
    earlyAssignments: none,
    restingCount: () => 0,
  }
}
