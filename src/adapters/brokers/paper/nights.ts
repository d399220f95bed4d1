/** What the paper venue charges by itself: shares held short over night, where no record says what borrowing them costs. */
import type { AccountEvent } from '../../../domain/broker.ts'
import type { CorporateAction } from '../../../domain/market.ts'
import { daysBetween } from '../../../domain/sessions.ts'
import type { Instant, InstrumentId, Price, TradeDate } from '../../../domain/units.ts'
import type { SimulatedExchange } from '../../../exchange/simulated.ts'
import type { Counter } from './counter.ts'
import type { PaperStrictness } from './strictness.ts'

export interface NightsState {
  /** The last day that trading began on; 0 before the first. */
  readonly tradeDate: number
  /** What records tell the borrow of. */
  readonly recorded: readonly InstrumentId[]
  readonly said: number
}

type Borrow = Extract<CorporateAction, { readonly kind: 'borrow' }>

export class Nights {
  readonly #strictness: PaperStrictness
  readonly #prefix: string
  #tradeDate: number
  readonly #recorded: Set<InstrumentId>
  #said: number

  constructor(strictness: PaperStrictness, prefix: string, from?: NightsState) {
    this.#strictness = strictness
    this.#prefix = prefix
    this.#tradeDate = from?.tradeDate ?? 0
    this.#recorded = new Set(from?.recorded)
    this.#said = from?.said ?? 0
  }

  /** A record tells what borrowing costs, so nothing is charged on top. */
  heard(action: CorporateAction): void {
    if (action.kind === 'borrow') this.#recorded.add(action.instrument)
  }

  /** Before a day's first open: booked on the account, and to be booked by whoever hears of it. */
  begin(tradeDate: TradeDate, at: Instant, counter: Counter, exchange: SimulatedExchange): readonly AccountEvent[] {
    if (tradeDate <= this.#tradeDate) return []
    const before = this.#tradeDate
    this.#tradeDate = tradeDate
    const actions =
      before === 0 ? this.#refusals(counter) : this.#charges(before as TradeDate, tradeDate, counter, exchange)
    return actions.map((action) => {
      exchange.apply(action)
      this.#said += 1
      return { kind: 'action', id: `${this.#prefix}-n${this.#said}`, action, at }
    })
  }

  #refusals(counter: Counter): readonly Borrow[] {
    const { unborrowable } = this.#strictness
    return counter
      .listed()
      .filter(({ id }) => unborrowable.includes(id))
      .map(({ id }) => ({ kind: 'borrow', instrument: id, rate: 0, days: 0, isAvailable: false, price: null }))
  }

  #charges(
    before: TradeDate,
    tradeDate: TradeDate,
    counter: Counter,
    { account }: SimulatedExchange,
  ): readonly Borrow[] {
    const { borrowRate: rate, unborrowable } = this.#strictness
    if (rate === 0) return []
    const days = daysBetween(before, tradeDate)
    return counter
      .listed()
      .filter(({ index, kind, id }) => {
        const isShare = kind === 'equity' || kind === 'etf'
        return (
          isShare && account.positions[index]! < 0 && !this.#recorded.has(id) && !Number.isNaN(account.marks[index]!)
        )
      })
      .map(({ id, index }) => {
        const price = account.marks[index] as Price
        return { kind: 'borrow', instrument: id, rate, days, isAvailable: !unborrowable.includes(id), price }
      })
  }

  state(): NightsState {
    return { tradeDate: this.#tradeDate, recorded: [...this.#recorded], said: this.#said }
  }
}
