/**
 * The simulated exchange as a broker: orders come in through the port, the market through its steps, and what becomes of
 * the orders is said as the broker's events.
 *
 * Orders sent between two steps of the market meet it together, as the rows of one submission, at the moment that stands:
 * exits first, whatever order they were sent in. They meet it when anybody asks: by `drain`, by a question or a cancel
 * through the port, or by the next step; where somebody listens to `events`, as soon as the sender has finished.
 */
import type {
  Broker,
  BrokerCapabilities,
  BrokerEvent,
  BrokerPosition,
  BrokerSnapshot,
  CancelAnswer,
  ClientOrderId,
  Execution,
  OrderRequest,
  SubmitAnswer,
} from '../../../domain/broker.ts'
import { FORCE_CODE, orderColumns, TYPE_CODE } from '../../../domain/columns.ts'
import { INSTRUMENT_KINDS, type Instrument } from '../../../domain/instruments.ts'
import { CAPABILITIES } from '../../../domain/routing.ts'
import type { CurrencyCode, Instant, Money, Price, Quantity } from '../../../domain/units.ts'
import type { Moment } from '../../../exchange/matching.ts'
import {
  type ExchangeAnswer,
  type ExchangeOptions,
  type SimulatedExchange,
  simulatedExchange,
} from '../../../exchange/simulated.ts'
import type { ExchangeState } from '../../../exchange/state.ts'
import { BrokerEvents } from './broker-events.ts'
import { brokerOrder, isOpen, type LedgerState, PaperLedger, type PaperOrder } from './ledger.ts'
import { malformation } from './refusals.ts'

export interface PaperVenueOptions {
  /** As the configuration names the broker. */
  readonly name: string
  /** Of the store that keeps the books: in front of every id that the venue gives. */
  readonly storeId: string
  readonly exchange: Omit<ExchangeOptions, 'from'>
  readonly capabilities?: BrokerCapabilities
  /** Goes on from here instead of beginning with the cash. */
  readonly from?: PaperState
}

/** All that the venue remembers, as plain data: taken between two steps. */
export interface PaperState {
  readonly exchange: ExchangeState
  readonly ledger: LedgerState
  readonly moment: Moment
  readonly at: Instant
  /** Sent, and not yet met the market. */
  readonly waiting: readonly OrderRequest[]
  readonly unheard: readonly BrokerEvent[]
}

/** The market's side: orders come through the port only, and every answer is empty, because it is said as events. */
export type PaperMarket = Omit<SimulatedExchange, 'submit' | 'cancel'>

export interface PaperVenue {
  readonly broker: Broker
  readonly market: PaperMarket
  /** Lets the market take what was sent, and gives what the venue has to say, once. Empty where `events` is listened to. */
  drain(): readonly BrokerEvent[]
  state(): PaperState
}

export const PAPER_CAPABILITIES: BrokerCapabilities = {
  kinds: INSTRUMENT_KINDS,
  can: CAPABILITIES,
  clientIds: 'enforced',
  requestLife: 0,
  isReal: false,
}

const NOTHING: ExchangeAnswer = { states: [], fills: null }

export function paperVenue(options: PaperVenueOptions): PaperVenue {
  const venue = new Venue(options)
  return { broker: venue.broker(), market: venue.market(), drain: () => venue.drain(), state: () => venue.state() }
}

class Venue {
  readonly #options: PaperVenueOptions
  readonly #exchange: SimulatedExchange
  readonly #ledger: PaperLedger
  readonly #events: BrokerEvents
  readonly #columns
  readonly #listed: Instrument[] = []
  readonly #byId = new Map<string, Instrument>()
  #waiting: OrderRequest[] = []
  #moment: Moment
  #at: Instant
  #isDue = false

  constructor(options: PaperVenueOptions) {
    const { from, exchange, storeId } = options
    this.#options = options
    this.#exchange = simulatedExchange({ ...exchange, ...(from === undefined ? {} : { from: from.exchange }) })
    this.#ledger = new PaperLedger(storeId, from?.ledger)
    this.#events = new BrokerEvents(from?.unheard)
    this.#moment = from?.moment ?? 'auction'
    this.#at = from?.at ?? (0 as Instant)
    this.#waiting = [...(from?.waiting ?? [])]
    for (const instrument of from?.exchange.instruments ?? []) if (instrument != null) this.#list(instrument)
    this.#columns = orderColumns(exchange.account.id, {
      instrumentId: (index) => this.#listed[index]!.id,
      shares: () => [],
    })
  }

  broker(): Broker {
    return {
      name: this.#options.name,
      capabilities: () => Promise.resolve(this.#options.capabilities ?? PAPER_CAPABILITIES),
      snapshot: () => settled(() => this.#snapshot()),
      submit: (request) => Promise.resolve(this.#submit(request)),
      cancel: (clientId) => settled(() => this.#cancel(clientId)),
      query: (clientId) =>
        settled(() => {
          this.#meet()
          const order = this.#ledger.find(clientId)
          return order === undefined ? 'absent' : brokerOrder(order)
        }),
      executionsSince: (cursor) =>
        settled(() => {
          this.#meet()
          return this.#ledger.executionsSince(cursor)
        }),
      events: (signal) => {
        this.#meet()
        return this.#events.listen(signal)
      },
      time: () => Promise.resolve(this.#at),
      close: () => settled(() => this.#events.end()),
    }
  }

  market(): PaperMarket {
    const exchange = this.#exchange
    const step = (moment: Moment, at: Instant, take: () => ExchangeAnswer): ExchangeAnswer => {
      this.#meet()
      this.#moment = moment
      this.#at = at
      this.#say(take())
      return NOTHING
    }
    const asked =
      <Asked extends readonly unknown[], Told>(ask: (...given: Asked) => Told) =>
      (...given: Asked): Told => {
        this.#meet()
        return ask(...given)
      }
    return {
      account: exchange.account,
      list: (instrument) => {
        exchange.list(instrument)
        this.#list(instrument)
      },
      open: (at, tradeDate, bars, chains) => step('auction', at, () => exchange.open(at, tradeDate, bars, chains)),
      range: (at, bars) => step('range', at, () => exchange.range(at, bars)),
      close: (at, tradeDate, bars, chains, sessionEnds) =>
        step('close', at, () => exchange.close(at, tradeDate, bars, chains, sessionEnds)),
      apply: (action) => {
        this.#meet()
        this.#say(exchange.apply(action))
        return NOTHING
      },
      post: asked(exchange.post),
      setRate: asked(exchange.setRate),
      convert: asked(exchange.convert),
      equity: asked(exchange.equity),
      buyingPower: asked(exchange.buyingPower),
      marginCall: asked(exchange.marginCall),
      owesNothing: asked(exchange.owesNothing),
      bears: asked(exchange.bears),
      forcedReduction: asked(exchange.forcedReduction),
      restingCount: asked(exchange.restingCount),
      expiries: asked(exchange.expiries),
      pinned: asked(exchange.pinned),
      endedContracts: asked(exchange.endedContracts),
      earlyAssignments: asked(exchange.earlyAssignments),
      state: asked(exchange.state),
    }
  }

  drain(): readonly BrokerEvent[] {
    this.#meet()
    return this.#events.isHeard ? [] : this.#events.take()
  }

  state(): PaperState {
    this.#meet()
    return {
      exchange: this.#exchange.state(),
      ledger: this.#ledger.state(),
      moment: this.#moment,
      at: this.#at,
      waiting: [...this.#waiting],
      unheard: this.#events.unheard(),
    }
  }

  #list(instrument: Instrument): void {
    this.#listed[instrument.index] = instrument
    this.#byId.set(instrument.id, instrument)
  }

  #submit(request: OrderRequest): SubmitAnswer {
    const known = this.#ledger.find(request.clientId)
    // The id was taken: it is the same order, whatever became of it.
    if (known !== undefined)
      return known.state === 'rejected'
        ? { state: 'rejected', evidence: known.evidence }
        : { state: 'accepted', brokerId: known.brokerId }
    const refusal = this.#refusalOf(request)
    if (refusal !== null) return { state: 'rejected', evidence: refusal }
    const { brokerId } = this.#ledger.accept(request, this.#nameOf(request))
    this.#waiting.push(request)
    if (this.#events.isHeard && !this.#isDue) {
      this.#isDue = true
      setImmediate(() => this.#meet())
    }
    return { state: 'accepted', brokerId }
  }

  /** What no market is needed for to refuse. */
  #refusalOf(request: OrderRequest): string | null {
    const { order, account } = request
    if (this.#ledger.isSealed(order)) return `order ${order} is older than what the venue remembers`
    if (this.#ledger.byNumber(order) !== undefined) return `order ${order} is here under another client id`
    if (account !== this.#options.exchange.account.id) return `the venue has no account "${account}"`
    return malformation(request, (id) => this.#byId.get(id))
  }

  #nameOf({ legs }: OrderRequest): string {
    if (legs.length === 1) return this.#byId.get(legs[0]!.instrument)!.symbol
    return legs.map(({ instrument, ratio }) => `${ratio} ${this.#byId.get(instrument)!.symbol}`).join(' ')
  }

  /** What was sent meets the market, as one submission. */
  #meet(): void {
    this.#isDue = false
    if (this.#waiting.length === 0) return
    this.#columns.clear(0)
    for (const { order, legs, terms, quantity, reducing } of this.#waiting) {
      this.#columns.push({
        id: order,
        instrument: legs.length === 1 ? this.#byId.get(legs[0]!.instrument)!.index : -1,
        quantity,
        crossed: 0,
        type: TYPE_CODE[terms.type],
        force: FORCE_CODE[terms.force],
        limit: terms.limit ?? Number.NaN,
        stop: terms.stop ?? Number.NaN,
        reducing,
        legs: legs.length === 1 ? null : legs,
      })
    }
    this.#waiting = []
    this.#say(this.#exchange.submit(this.#columns, this.#moment))
  }

  #cancel(clientId: ClientOrderId): CancelAnswer {
    this.#meet()
    const order = this.#ledger.find(clientId)
    if (order === undefined) return { state: 'refused', evidence: 'the venue has never seen the order' }
    if (!isOpen(order)) return { state: 'refused', evidence: `the order is ${order.state}` }
    this.#say(this.#exchange.cancel(order.order))
    return { state: 'requested', evidence: '' }
  }

  /** The exchange's answer as events: executions first, then the states of the orders that they or the market moved. */
  #say({ fills, states }: ExchangeAnswer): void {
    const filled = new Set<PaperOrder>()
    for (let row = 0; row < (fills?.count ?? 0); row += 1) {
      const { order: number, instrument, quantity, price, fee, at } = fills!.at(row)
      const order = this.#ledger.byNumber(number)!
      const execution: Execution = {
        id: this.#ledger.executionId(fills!.execution[row]!),
        kind: 'trade',
        corrects: null,
        clientId: order.clientId,
        brokerId: order.brokerId,
        symbol: this.#byId.get(instrument)!.symbol,
        instrument,
        quantity,
        price,
        fee,
        at,
      }
      this.#ledger.execute(order, execution)
      this.#events.say({ kind: 'execution', execution })
      filled.add(order)
    }
    for (const { order: number, state, evidence } of states) {
      const order = this.#ledger.byNumber(number)!
      if (state === 'working' || state === 'unknown') order.evidence = evidence
      else this.#ledger.end(order, state, evidence, this.#at)
      filled.delete(order)
      this.#events.say({ kind: 'order', order: brokerOrder(order) })
    }
    for (const order of filled) {
      if (order.filled === order.quantity) this.#ledger.end(order, 'filled', '', this.#at)
      this.#events.say({ kind: 'order', order: brokerOrder(order) })
    }
  }

  #snapshot(): BrokerSnapshot {
    this.#meet()
    const { account } = this.#exchange
    const { account: rules, currency } = this.#options.exchange
    const { currencies } = this.#exchange.state()
    const cash = new Map<CurrencyCode, Money>([[currency, account.cash as Money]])
    for (const code of currencies) cash.set(code, account.cashOf(code) as Money)
    const positions: BrokerPosition[] = []
    for (let place = 0; place < account.heldCount; place += 1) {
      const { index, symbol, id } = this.#listed[account.held[place]!]!
      const mark = account.marks[index]!
      positions.push({
        symbol,
        instrument: id,
        quantity: account.positions[index] as Quantity,
        price: Number.isNaN(mark) ? null : (mark as Price),
      })
    }
    return {
      at: this.#at,
      accountNumber: `${this.#options.storeId}-${rules.id}`,
      cash,
      positions,
      openOrders: this.#ledger.open().map(brokerOrder),
      cursor: this.#ledger.cursor(),
    }
  }
}

/** An answer or an error as a promise. */
function settled<Told>(tell: () => Told): Promise<Told> {
  try {
    return Promise.resolve(tell())
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)))
  }
}
