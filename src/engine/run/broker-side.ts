/** What happens to a book without any wish of its own: the night's exercises, margin, contracts through a split, conversions. */
import type { PortfolioConfig } from '../../domain/config.ts'
import { type CapitalAbroad, countsPerUnit } from '../../domain/currencies.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { CorporateAction } from '../../domain/market.ts'
import { type InstrumentId, money, quantity, type TradeDate } from '../../domain/units.ts'
import type { SimulatedExchange } from '../../exchange/simulated.ts'
import { contractChanges } from '../positions/adjustment.ts'
import type { Runtime } from '../runtime.ts'

/** An event without its number and instant. */
export type EventBody = EngineEvent extends infer One ? (One extends unknown ? Omit<One, 'seq' | 'at'> : never) : never

/** A kernel's book, the exchange behind it, and how the one hears of the other. */
export interface BookAndBroker {
  readonly runtime: Runtime
  readonly exchange: SimulatedExchange
  /** Gives the kernel an event and carries its commands out. */
  give(body: EventBody): void
  /** The broker books an action on its account, the kernel on its own. */
  act(action: CorporateAction): void
}

type Ended = Extract<CorporateAction, { kind: 'ended' }>

/** Riskless rate that decides early exercise of American contracts. */
const EXERCISE_RATE = 0.03

/** After the close: contracts that end today, and holders who gain by exercising tonight. */
export function endOptionDay(
  { runtime, exchange, act }: BookAndBroker,
  tradeDate: TradeDate,
  dividendOf: (underlying: InstrumentId) => number,
): void {
  if (!holdsContracts(runtime)) return
  const priceOf = (underlying: InstrumentId): number => runtime.state.mark[runtime.byId.get(underlying)!]!
  for (const action of exchange.pinned(tradeDate, priceOf)) act(action)
  for (const action of exchange.expiries(tradeDate, priceOf)) act(action)
  for (const action of exchange.earlyAssignments(tradeDate, { priceOf, dividendOf, rate: EXERCISE_RATE })) act(action)
}

function holdsContracts({ roster, state }: Runtime): boolean {
  return roster.contracts.some((index) => state.books.accountQuantity[index] !== 0)
}

/** A margin call that nobody met: the broker's reduction, shared by the sleeves that hold the position. */
export function forceReduction({ runtime, exchange, give }: BookAndBroker): void {
  if (exchange.marginCall() === null) return
  for (const order of exchange.forcedReduction()) {
    for (const leg of order.legs) {
      const seen = runtime.state.seq + 1
      give({
        kind: 'operator',
        id: `margin-${seen}`,
        actor: 'broker',
        seen,
        command: {
          kind: 'reduce',
          instrument: leg.instrument.id,
          quantity: quantity(leg.quantity),
          reason: 'margin call',
        },
      })
    }
  }
}

/** Contracts on an underlying that trades no more end before it does, in money at its last price. */
export function endContracts({ runtime, exchange, act }: BookAndBroker, ended: Ended): void {
  if (!holdsContracts(runtime)) return
  for (const action of exchange.endedContracts(ended.instrument, ended.price)) act(action)
}

/** Contracts on the shares become others first: each new one is listed, then all change at once. */
export function adjustContracts(
  { runtime, exchange, give, act }: BookAndBroker,
  split: Extract<CorporateAction, { kind: 'split' }>,
): void {
  const { changes, count } = contractChanges(runtime, split.instrument, split)
  if (changes.length === 0) return
  for (const { to, isListed } of changes) {
    if (isListed) continue
    exchange.list(to)
    give({ kind: 'listed', instrument: to })
  }
  const contracts = changes.map(({ from, to }) => ({ from, to: to.id }))
  act({ kind: 'adjustment', instrument: split.instrument, contracts, count })
}

/** What the configuration wants in other currencies, in the currency's own code. */
export function capitalAbroad(config: PortfolioConfig): readonly CapitalAbroad[] {
  return config.sleeves.flatMap((sleeve) =>
    (sleeve.capitalIn ?? []).map(({ currency, fraction }) => ({
      sleeve: sleeve.id,
      currency: config.parity[currency] ?? currency,
      amount: money(Math.floor(sleeve.capital * fraction)),
    })),
  )
}

/** Changes capital into its currency at a rate, as far as the sleeve still has the money. */
export function convertCapital({ runtime, exchange, give }: BookAndBroker, one: CapitalAbroad, rate: number): void {
  const { books, config } = runtime.state
  const { currency: base, account } = config!
  const { sleeve, currency, amount } = one
  const purse = books.cash[runtime.sleeveOrdinal.get(sleeve)! * books.currencies]!
  const sold = Math.min(amount, purse)
  const units = sold / countsPerUnit(base) / rate
  const bought = Math.floor(units * countsPerUnit(currency) + 0.5) // half up, to the book unit
  if (sold <= 0 || bought <= 0) return
  const conversion = { sleeve, from: base, sold: money(sold), to: currency, bought: money(bought) }
  exchange.convert(conversion)
  give({
    kind: 'cash',
    account: account.id,
    currency: base,
    amount: conversion.sold,
    cause: 'conversion',
    conversion,
  })
}
