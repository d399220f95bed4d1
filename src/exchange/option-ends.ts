import type { CorporateAction } from '../domain/market.ts'
import type { InstrumentId, TradeDate } from '../domain/units.ts'
import type { Desk } from './desk.ts'
import { type AssignmentFacts, assignmentsOf, endedContractsOf, expiriesOf, pinnedOf } from './expiry.ts'
import { quoteNow } from './quoted.ts'

/** How option positions end without a trade: the actions are named here, and booked by whoever applies them. */
export interface OptionEnds {
  expiries(tradeDate: TradeDate, priceOf: (underlying: InstrumentId) => number): readonly CorporateAction[]
  /** Contracts sold that expire today near their strike: to be asked, and applied, before `expiries`. */
  pinned(tradeDate: TradeDate, priceOf: (underlying: InstrumentId) => number): readonly CorporateAction[]
  /** Contracts held on an underlying that ends at this price. */
  endedContracts(underlying: InstrumentId, price: number): readonly CorporateAction[]
  /** To be asked after `close`: the quote of a contract is taken from the chains given there. */
  earlyAssignments(
    tradeDate: TradeDate,
    facts: Pick<AssignmentFacts, 'priceOf' | 'dividendOf' | 'rate'>,
  ): readonly CorporateAction[]
}

export function optionEnds(desk: Desk): OptionEnds {
  const { listings } = desk
  return {
    expiries: (tradeDate, priceOf) => expiriesOf(listings, tradeDate, priceOf),
    pinned: (tradeDate, priceOf) => pinnedOf(listings, tradeDate, priceOf, desk.rules.pinBand ?? 0),
    endedContracts: (underlying, price) => endedContractsOf(listings, underlying, price),
    earlyAssignments: (tradeDate, facts) =>
      assignmentsOf(listings, tradeDate, {
        priceOf: facts.priceOf,
        dividendOf: facts.dividendOf,
        rate: facts.rate,
        quoteOf: (contract) => quoteNow(desk, listings.indexOf.get(contract)!),
      }),
  }
}
