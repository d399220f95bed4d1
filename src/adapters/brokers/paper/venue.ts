/**
 * The simulated exchange as a broker: orders come in through the port, the market through its steps, and what becomes of
 * the orders is said as the broker's events.
 *
 * What was sent meets the market when anybody asks: by `drain`, by a question or a cancel through the port, or by the next
 * step; where somebody listens to `events`, as soon as the sender has finished.
 */
import type {
  Broker,
  BrokerCapabilities,
  BrokerEvent,
  BrokerPosition,
  BrokerSnapshot,
  OrderRequest,
} from '../../../domain/broker.ts'
import type { CurrencyCode, Instant, Money, Price, Quantity, TradeDate } from '../../../domain/units.ts'
import type { Moment } from '../../../exchange/matching.ts'
import {
  type ExchangeAnswer,
  type ExchangeOptions,
  type SimulatedExchange,
  simulatedExchange,
} from '../../../exchange/simulated.ts'
import type { ExchangeState } from '../../../exchange/state.ts'
import { SIMULATED } from '../capabilities.ts'
import { BrokerEvents } from './broker-events.ts'
import { Counter } from './counter.ts'
import { brokerOrder, type LedgerState, PaperLedger } from './ledger.ts'
import { Nights, type NightsState } from './nights.ts'
import type { PaperStrictness } from './strictness.ts'
import { Transit, type TransitState } from './transit.ts'

export interface PaperVenueOptions {
  /** As the configuration names the broker. */
  readonly name: string
  /** Of the store that keeps the books: in front of every id that the venue gives. */
  readonly storeId: string
  readonly exchange: Omit<ExchangeOptions, 'from'>
  /** Left out: those of a simulation that can do everything. */
  readonly capabilities?: BrokerCapabilities
  /** Left out: orders are filled as a backtest fills them. */
  readonly strictness?: PaperStrictness | null
  /** Goes on from here instead of beginning with the cash. */
  readonly from?: PaperState
}

/** All that the venue remembers, as plain data: taken between two steps. */
export interface PaperState {
  readonly exchange: ExchangeState
  readonly ledger: LedgerState
  readonly moment: Moment
  readonly at: Instant
  readonly waiting: readonly OrderRequest[]
  readonly transit: TransitState
  readonly nights: NightsState | null
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

const NOTHING: ExchangeAnswer = { states: [], fills: null }

/** What the two sides share. */
interface Parts {
  readonly options: PaperVenueOptions
  readonly exchange: SimulatedExchange
  readonly ledger: PaperLedger
  readonly events: BrokerEvents
  readonly transit: Transit
  readonly nights: Nights | null
  readonly counter: Counter
}

export function paperVenue(options: PaperVenueOptions): PaperVenue {
  const parts = partsOf(options)
  const { exchange, ledger, events, transit, nights, counter } = parts
  return {
    broker: brokerOf(parts),
    market: marketOf(parts),
    drain() {
      counter.meet()
      return events.isHeard ? [] : events.take()
    },
    state() {
      counter.meet()
      return {
        exchange: exchange.state(),
        ledger: ledger.state(),
        moment: counter.moment,
        at: counter.at,
        waiting: [...counter.waiting],
        transit: transit.state(),
        nights: nights?.state() ?? null,
        unheard: events.unheard(),
      }
    },
  }
}

function partsOf(options: PaperVenueOptions): Parts {
  const { from, storeId, strictness = null, capabilities = SIMULATED } = options
  const exchange = simulatedExchange({ ...options.exchange, ...(from === undefined ? {} : { from: from.exchange }) })
  const ledger = new PaperLedger(storeId, from?.ledger)
  const events = new BrokerEvents(from?.unheard)
  const transit = new Transit(strictness?.latency ?? 0, from?.transit)
  const nights = strictness === null ? null : new Nights(strictness, storeId, from?.nights ?? undefined)
  const account = options.exchange.account.id
  const counter = new Counter(
    { account, exchange, ledger, events, transit, capabilities, strictness },
    from?.moment ?? 'auction',
    from?.at ?? (0 as Instant),
    from?.waiting ?? [],
  )
  for (const instrument of from?.exchange.instruments ?? []) counter.list(instrument)
  return { options, exchange, ledger, events, transit, nights, counter }
}

function brokerOf(parts: Parts): Broker {
  const { options, ledger, events, counter } = parts
  return {
    name: options.name,
    capabilities: () => Promise.resolve(options.capabilities ?? SIMULATED),
    snapshot: () => settled(() => snapshotOf(parts)),
    submit: (request) => Promise.resolve(counter.submit(request)),
    cancel: (clientId) => settled(() => counter.cancel(clientId)),
    query: (clientId) =>
      settled(() => {
        counter.meet()
        const order = ledger.find(clientId)
        return order === undefined ? 'absent' : brokerOrder(order)
      }),
    executionsSince: (cursor) =>
      settled(() => {
        counter.meet()
        return ledger.executionsSince(cursor)
      }),
    accountEventsSince: (cursor) =>
      settled(() => {
        counter.meet()
        return ledger.accountEventsSince(cursor)
      }),
    events(signal) {
      counter.meet()
      return events.listen(signal)
    },
    time: () => Promise.resolve(counter.at),
    close: () => settled(() => events.end()),
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

function marketOf(parts: Parts): PaperMarket {
  const { exchange, transit, nights, counter } = parts
  const asked =
    <Asked extends readonly unknown[], Told>(ask: (...given: Asked) => Told) =>
    (...given: Asked): Told => {
      counter.meet()
      return ask(...given)
    }
  const step = (moment: Moment, at: Instant): void => {
    counter.meet()
    counter.moment = moment
    counter.at = at
  }
  return {
    account: exchange.account,
    list(instrument) {
      exchange.list(instrument)
      counter.list(instrument)
    },
    open(at, tradeDate, bars, chains) {
      step('auction', at)
      beginDay(parts, tradeDate, at)
      counter.arriveBefore(at, bars)
      counter.say(exchange.open(at, tradeDate, bars, chains))
      counter.meet()
      return NOTHING
    },
    range(at, bars) {
      step('range', at)
      counter.say(exchange.range(at, bars))
      counter.arriveWithin(at, bars)
      return NOTHING
    },
    close(at, tradeDate, bars, chains, sessionEnds) {
      step('close', at)
      counter.say(exchange.close(at, tradeDate, bars, chains, sessionEnds))
      return NOTHING
    },
    apply(action) {
      counter.meet()
      nights?.heard(action)
      counter.say(exchange.apply(action))
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
    restingCount: asked(() => exchange.restingCount() + transit.count),
    expiries: asked(exchange.expiries),
    pinned: asked(exchange.pinned),
    endedContracts: asked(exchange.endedContracts),
    earlyAssignments: asked(exchange.earlyAssignments),
    state: asked(exchange.state),
  }
}

function beginDay({ nights, events, ledger, counter, exchange }: Parts, tradeDate: TradeDate, at: Instant): void {
  for (const event of nights?.begin(tradeDate, at, counter, exchange) ?? []) {
    ledger.happen(event)
    events.say(event)
  }
}

function snapshotOf({ options, exchange, ledger, counter }: Parts): BrokerSnapshot {
  counter.meet()
  const { account } = exchange
  const { account: rules, currency } = options.exchange
  const cash = new Map<CurrencyCode, Money>([[currency, account.cash as Money]])
  for (const code of exchange.state().currencies) cash.set(code, account.cashOf(code) as Money)
  const positions: BrokerPosition[] = []
  for (let place = 0; place < account.heldCount; place += 1) {
    const { index, symbol, id } = counter.instrumentAt(account.held[place]!)
    const mark = account.marks[index]!
    positions.push({
      symbol,
      instrument: id,
      quantity: account.positions[index] as Quantity,
      price: Number.isNaN(mark) ? null : (mark as Price),
    })
  }
  return {
    at: counter.at,
    accountNumber: `${options.storeId}-${rules.id}`,
    cash,
    positions,
    openOrders: ledger.open().map(brokerOrder),
    cursor: ledger.cursor(),
    eventsCursor: ledger.eventsCursor(),
  }
}
