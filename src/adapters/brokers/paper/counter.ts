/**
 * Where orders come in and what became of them goes out. Orders sent between two steps of the market meet it together, as
 * the rows of one submission, at the moment that stands: exits first, whatever order they were sent in.
 */
import type {
  BrokerCapabilities,
  BrokerEvent,
  CancelAnswer,
  ClientOrderId,
  Execution,
  OrderRequest,
  SubmitAnswer,
} from '../../../domain/broker.ts'
import { FORCE_CODE, type OrderColumns, orderColumns, TYPE_CODE } from '../../../domain/columns.ts'
import type { Instrument } from '../../../domain/instruments.ts'
import { isStructure } from '../../../domain/orders.ts'
import type { AccountId, Instant } from '../../../domain/units.ts'
import type { BarColumns } from '../../../exchange/desk.ts'
import type { Moment } from '../../../exchange/matching.ts'
import type { ExchangeAnswer, SimulatedExchange } from '../../../exchange/simulated.ts'
import type { BrokerEvents } from './broker-events.ts'
import { brokerOrder, isOpen, type PaperLedger, type PaperOrder } from './ledger.ts'
import { incapacity, malformation, oddity } from './refusals.ts'
import type { PaperStrictness } from './strictness.ts'
import type { Transit } from './transit.ts'

export interface CounterParts {
  readonly account: AccountId
  readonly exchange: SimulatedExchange
  readonly ledger: PaperLedger
  readonly events: BrokerEvents
  readonly transit: Transit
  readonly capabilities: BrokerCapabilities
  /** Null: orders are taken as a backtest takes them. */
  readonly strictness: PaperStrictness | null
}

export class Counter {
  readonly #parts: CounterParts
  readonly #columns: OrderColumns
  readonly #listed: Instrument[] = []
  readonly #byId = new Map<string, Instrument>()
  #waiting: OrderRequest[]
  #isDue = false
  moment: Moment
  at: Instant

  constructor(parts: CounterParts, moment: Moment, at: Instant, waiting: readonly OrderRequest[]) {
    this.#parts = parts
    this.moment = moment
    this.at = at
    this.#waiting = [...waiting]
    this.#columns = orderColumns(parts.account, {
      instrumentId: (index) => this.#listed[index]!.id,
      shares: () => [],
    })
  }

  get waiting(): readonly OrderRequest[] {
    return this.#waiting
  }

  list(instrument: Instrument): void {
    this.#listed[instrument.index] = instrument
    this.#byId.set(instrument.id, instrument)
  }

  instrumentAt(index: number): Instrument {
    return this.#listed[index]!
  }

  listed(): readonly Instrument[] {
    return this.#listed.filter((instrument) => instrument !== undefined)
  }

  submit(request: OrderRequest): SubmitAnswer {
    const { ledger, events } = this.#parts
    const known = ledger.find(request.clientId)
    // The id was taken: it is the same order, whatever became of it.
    if (known !== undefined)
      return known.state === 'rejected'
        ? { state: 'rejected', evidence: known.evidence }
        : { state: 'accepted', brokerId: known.brokerId }
    const refusal = this.#refusalOf(request)
    if (refusal !== null) return { state: 'rejected', evidence: refusal }
    const { brokerId } = ledger.accept(request, this.#nameOf(request))
    this.#take(request)
    if (events.isHeard && !this.#isDue) {
      this.#isDue = true
      setImmediate(() => this.meet())
    }
    return { state: 'accepted', brokerId }
  }

  #take(request: OrderRequest): void {
    const { transit } = this.#parts
    const own = isStructure(request.legs) ? null : this.#byId.get(request.legs[0]!.instrument)!
    if (transit.latency === 0 || own === null || this.#isOnTime(request, own)) this.#waiting.push(request)
    else transit.send({ kind: 'order', request, arrives: this.at + transit.latency })
  }

  /** Orders for an auction are in before it; contracts have one quote a moment; within a bar everything has happened. */
  #isOnTime({ terms }: OrderRequest, { option }: Instrument): boolean {
    return terms.type === 'open' || terms.type === 'close' || option !== null || this.moment === 'range'
  }

  /** What no market is needed for to refuse. */
  #refusalOf(request: OrderRequest): string | null {
    const { order, account } = request
    const { ledger, capabilities, strictness, exchange } = this.#parts
    if (ledger.isSealed(order)) return `order ${order} is older than what the venue remembers`
    if (ledger.byNumber(order) !== undefined) return `order ${order} is here under another client id`
    if (account !== this.#parts.account) return `the venue has no account "${account}"`
    const instrumentOf = (id: string): Instrument | undefined => this.#byId.get(id)
    const fault = malformation(request, instrumentOf) ?? incapacity(capabilities, request, instrumentOf)
    if (fault !== null || strictness === null) return fault
    const canFractions = capabilities.can.includes('fractional')
    return oddity(
      request,
      strictness,
      canFractions,
      instrumentOf,
      (index) => exchange.account.marks[index] ?? Number.NaN,
    )
  }

  #nameOf({ legs }: OrderRequest): string {
    if (!isStructure(legs)) return this.#byId.get(legs[0]!.instrument)!.symbol
    return legs.map(({ instrument, ratio }) => `${ratio} ${this.#byId.get(instrument)!.symbol}`).join(' ')
  }

  #indexOf({ legs }: OrderRequest): number {
    return isStructure(legs) ? -1 : this.#byId.get(legs[0]!.instrument)!.index
  }

  /** What was sent meets the market. */
  meet(): void {
    this.#isDue = false
    if (this.#waiting.length === 0) return
    const { transit } = this.#parts
    const orders = this.#waiting
    this.#waiting = []
    if (transit.latency === 0 || this.moment !== 'range') {
      this.#submit(orders, 0)
      return
    }
    // What the bar triggered waits its time, too: stops first, as they stood.
    for (const isStop of [true, false])
      for (const order of orders) {
        const { type } = order.terms
        if ((type === 'stop') !== isStop) continue
        const isPriced = type === 'stop' || type === 'limit' || type === 'stopLimit'
        this.#submit([order], isPriced ? transit.slideOfLatency(this.#indexOf(order), this.at) : 0)
      }
  }

  #submit(orders: readonly OrderRequest[], slide: number): void {
    const columns = this.#columns
    columns.clear(0)
    for (const request of orders) {
      const { order, legs, terms, quantity, reducing } = request
      columns.push({
        id: order,
        instrument: this.#indexOf(request),
        quantity,
        crossed: 0,
        type: TYPE_CODE[terms.type],
        force: FORCE_CODE[terms.force],
        limit: terms.limit ?? Number.NaN,
        stop: terms.stop ?? Number.NaN,
        reducing,
        legs: isStructure(legs) ? legs : null,
      })
    }
    this.say(this.#parts.exchange.submit(columns, this.moment, slide))
  }

  cancel(clientId: ClientOrderId): CancelAnswer {
    this.meet()
    const { ledger, transit, events } = this.#parts
    const order = ledger.find(clientId)
    if (order === undefined) return { state: 'refused', evidence: 'the venue has never seen the order' }
    if (!isOpen(order)) return { state: 'refused', evidence: `the order is ${order.state}` }
    if (transit.latency === 0 || order.instrument === null) {
      this.say(this.#parts.exchange.cancel(order.order))
      return { state: 'requested', evidence: '' }
    }
    if (order.state === 'working') {
      order.state = 'pendingCancel'
      events.say({ kind: 'order', order: brokerOrder(order) })
      const { index } = this.#byId.get(order.instrument)!
      transit.send({ kind: 'cancel', clientId, instrument: index, arrives: this.at + transit.latency })
    }
    return { state: 'requested', evidence: '' }
  }

  /** Before these bars open: what has arrived since the last ones. Orders meet the open, cancels come before it. */
  arriveBefore(at: Instant, bars: BarColumns): void {
    const { transit } = this.#parts
    transit.opens(bars.instrument, at)
    for (const one of transit.arrived(at, bars.instrument, (request) => this.#indexOf(request))) {
      if (one.kind === 'order') this.#waiting.push(one.request)
      else this.#cancelled(one.clientId)
    }
  }

  /** While these bars ran, in the order in which it was sent. */
  arriveWithin(at: Instant, bars: BarColumns): void {
    const { transit } = this.#parts
    for (const one of transit.arrived(at, bars.instrument, (request) => this.#indexOf(request))) {
      if (one.kind === 'cancel') this.#cancelled(one.clientId)
      else this.#submit([one.request], transit.slide(this.#indexOf(one.request), one.arrives, at))
    }
  }

  #cancelled(clientId: ClientOrderId): void {
    const { ledger, exchange, events } = this.#parts
    const order = ledger.find(clientId)
    if (order === undefined || !isOpen(order)) return
    const waiting = this.#waiting.findIndex((request) => request.clientId === clientId)
    if (waiting < 0) {
      this.say(exchange.cancel(order.order))
      return
    }
    this.#waiting.splice(waiting, 1)
    ledger.end(order, 'cancelled', 'cancelled on request', this.at)
    events.say({ kind: 'order', order: brokerOrder(order) })
  }

  /** The exchange's answer as events: executions first, then the states of the orders that they or the market moved. */
  say({ fills, states }: ExchangeAnswer): void {
    const { ledger, events } = this.#parts
    const filled = new Set<PaperOrder>()
    for (let row = 0; row < (fills?.count ?? 0); row += 1) {
      const { order: number, instrument, quantity, price, fee, at } = fills!.at(row)
      const order = ledger.byNumber(number)!
      const execution: Execution = {
        id: ledger.executionId(fills!.execution[row]!),
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
      ledger.execute(order, execution)
      events.say({ kind: 'execution', execution })
      filled.add(order)
    }
    for (const { order: number, state, evidence } of states) {
      const order = ledger.byNumber(number)!
      if (state === 'working' || state === 'unknown') order.evidence = evidence
      else ledger.end(order, state, evidence, this.at)
      filled.delete(order)
      events.say(asEvent(order))
    }
    for (const order of filled) {
      if (order.filled === order.quantity) ledger.end(order, 'filled', '', this.at)
      events.say(asEvent(order))
    }
  }
}

function asEvent(order: PaperOrder): BrokerEvent {
  return { kind: 'order', order: brokerOrder(order) }
}
