/**
 * A venue that lives outside every process: takes orders, fills them as its market goes, changes its mind about fills, and
 * is traded at by others, too. What it holds is the truth that books are compared with.
 */
import type {
  AccountEvent,
  BrokerEvent,
  BrokerOrder,
  BrokerOrderState,
  BrokerSnapshot,
  ClientOrderId,
  Execution,
  OrderRequest,
  SubmitAnswer,
} from '../../src/domain/broker.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import type { DatedAction } from '../../src/domain/market.ts'
import type { CashCause } from '../../src/domain/risk.ts'
import { type Session, sessionAtIndex } from '../../src/domain/sessions.ts'
import {
  currencyCode,
  type Instant,
  type InstrumentId,
  type Money,
  type Price,
  type Quantity,
  type TradeDate,
} from '../../src/domain/units.ts'
import type { Random } from '../../src/numerics/random.ts'
import type { VenueFaults } from './faults.ts'
import type { DrawnMarket } from './market.ts'
import type { Scheduler } from './scheduler.ts'
import { createVenueBooks, type VenueBooks } from './venue-books.ts'

export interface VenueOrder {
  readonly request: OrderRequest | null
  readonly clientId: ClientOrderId | null
  readonly brokerId: string
  readonly instrument: Instrument
  readonly quantity: number
  readonly acceptedAt: number
  /** As it was from each moment on. */
  readonly versions: { readonly at: number; readonly state: BrokerOrderState; readonly filled: number }[]
  filled: number
  state: BrokerOrderState
  /** A cancel that never comes to an end while things go wrong. */
  isStuck: boolean
}

export interface Venue {
  readonly books: VenueBooks
  /** Every order that was ever accepted, in that order. */
  readonly orders: readonly VenueOrder[]
  submit(request: OrderRequest, age: number): SubmitAnswer
  cancel(clientId: ClientOrderId): 'requested' | 'refused'
  /** As of a moment. */
  orderAt(clientId: ClientOrderId, time: number): BrokerOrder | 'absent'
  snapshotAt(time: number): BrokerSnapshot
  executionsSince(cursor: string, time: number): { readonly executions: readonly Execution[]; readonly cursor: string }
  accountEventsSince(
    cursor: string,
    time: number,
  ): { readonly events: readonly AccountEvent[]; readonly cursor: string }
  /** When it trades. */
  sessions(from: TradeDate, to: TradeDate): readonly Session[]
  /** Told of everything that happens. */
  listen(told: (event: BrokerEvent) => void): void
  /** A person trades whole shares of an instrument by hand. */
  tradeByHand(place: number, shares: number): void
  /** Money comes or goes without an order. */
  moveMoney(cents: number, cause: CashCause): void
  /** An ex-date begins: what rests ends, and nothing that was traded before is corrected any more. */
  opens(action: DatedAction): void
  /** What an action comes to is on the account. */
  acts(action: DatedAction): void
  /** A person leaves an order of whole shares there for some time. */
  restByHand(place: number, shares: number, forMilliseconds: number): void
  /** From now on it does as it is asked, and what hung comes loose. */
  heal(): void
}

export interface VenueOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly market: DrawnMarket
  readonly faults: VenueFaults
  /** Cash on the first day, in money counts. */
  readonly capital: number
  /** Told of each order when it is accepted, before anybody else. */
  onAccepted(order: VenueOrder): void
  /** Told of each that still works when its instrument is split. */
  onRested(order: VenueOrder): void
}

export const ACCOUNT_NUMBER = 'SIM-0042'
/** What an operator types of it. */
export const ACCOUNT_SUFFIX = '0042'
const DOLLAR = currencyCode('USD')
const CENT = 10_000
const CALM = {
  rejects: 0,
  alwaysRejects: null,
  stuckCancel: 0,
  lateFill: 0,
  correction: 0,
  bust: 0,
  lateFees: false,
  halts: [],
}
const LATE_MOST = 600_000
const LAST_WORD_MS = 30_000

export function isOver(state: BrokerOrderState): boolean {
  return state !== 'working' && state !== 'pendingCancel'
}

export function createVenue({
  scheduler,
  random,
  market,
  faults: drawn,
  capital,
  onAccepted,
  onRested,
}: VenueOptions): Venue {
  const books = createVenueBooks(market.instruments, capital)
  const placeOf = new Map<InstrumentId, number>(market.instruments.map(({ id }, place) => [id, place]))
  const orders: VenueOrder[] = []
  const byClient = new Map<ClientOrderId, VenueOrder>()
  const listeners: ((event: BrokerEvent) => void)[] = []
  const splitAt = new Map<InstrumentId, number>()
  let faults = drawn
  let count = 0

  const happens = (chance: number): boolean => chance > 0 && random.uniform() < chance
  const tell = (event: BrokerEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const next = (letter: string): string => {
    count += 1
    return `${letter}${count}`
  }

  /** Whatever comes late comes while somebody is there to hear it. */
  const later = (delay: number, what: string, act: () => void): void => {
    scheduler.at(Math.min(scheduler.now + delay, market.end + LAST_WORD_MS), what, act)
  }

  /** Writes down what it is now and tells everybody. */
  function change(order: VenueOrder, state: BrokerOrderState): void {
    order.state = state
    order.versions.push({ at: scheduler.now, state, filled: order.filled })
    tell({ kind: 'order', order: viewOf(order, scheduler.now) })
  }

  function accept(request: OrderRequest | null, instrument: Instrument, quantity: number): VenueOrder {
    const order: VenueOrder = {
      request,
      clientId: request?.clientId ?? null,
      brokerId: next('B'),
      instrument,
      quantity,
      acceptedAt: scheduler.now,
      versions: [],
      filled: 0,
      state: 'working',
      isStuck: false,
    }
    orders.push(order)
    if (order.clientId !== null && !byClient.has(order.clientId)) byClient.set(order.clientId, order)
    onAccepted(order)
    change(order, 'working')
    return order
  }

  function execute(order: VenueOrder, units: number): void {
    if (units === 0) return
    const place = placeOf.get(order.instrument.id)!
    const price = market.priceAt(place, scheduler.now)
    const fee = Math.ceil(Math.abs(units) / order.instrument.unitsPerWhole / 100) * CENT
    const execution: Execution = {
      id: next('X'),
      kind: 'trade',
      corrects: null,
      clientId: order.clientId,
      brokerId: order.brokerId,
      symbol: order.instrument.symbol,
      instrument: order.instrument.id,
      quantity: units as Quantity,
      price: price as Price,
      fee: faults.lateFees ? null : (fee as Money),
      at: scheduler.now as Instant,
    }
    order.filled += units
    say(execution)
    if (order.filled === order.quantity) change(order, 'filled')
    else change(order, order.state)
    if (execution.fee === null)
      later(random.integer(1_000, 60_000), `fee of ${execution.id}`, () => correct(execution, { fee: fee as Money }))
    else if (happens(faults.correction)) {
      const moved = (Math.floor(price * 100) + random.integer(-20, 20)) / 100
      later(random.integer(500, 200_000), `correction of ${execution.id}`, () =>
        correct(execution, { price: moved as Price }),
      )
    } else if (happens(faults.bust)) {
      later(random.integer(500, 200_000), `bust of ${execution.id}`, () => bust(order, execution))
    }
  }

  function say(execution: Execution): void {
    books.book(execution)
    tell({ kind: 'execution', execution })
  }

  /** In counts of before a split nothing is said any more. */
  const isOld = (instrument: InstrumentId | null, since: number): boolean =>
    instrument !== null && since < (splitAt.get(instrument) ?? since)

  function correct(execution: Execution, changed: Partial<Pick<Execution, 'price' | 'fee'>>): void {
    if (changed.fee === undefined && isOld(execution.instrument, execution.at)) return
    say({
      ...execution,
      ...changed,
      id: `${execution.id}.02`,
      kind: 'correction',
      corrects: execution.id,
      at: scheduler.now as Instant,
    })
  }

  function bust(order: VenueOrder, execution: Execution): void {
    if (isOld(execution.instrument, execution.at)) return
    order.filled -= execution.quantity
    say({
      ...execution,
      id: `${execution.id}.bust`,
      kind: 'bust',
      corrects: execution.id,
      quantity: 0 as Quantity,
      at: scheduler.now as Instant,
    })
    change(order, order.state === 'filled' ? 'cancelled' : order.state)
  }

  /** When an order that has just arrived begins to be filled; null: it rests for ever. */
  function fillsFrom({ terms }: OrderRequest, place: number, isBuy: boolean): number | null {
    const soon = scheduler.now + random.integer(0, Math.min(300, drawn.fillDelay))
    const { type, limit, stop } = terms
    if (type === 'close') return soon
    const open = market.nextOpen(soon)
    if (open === null) return type === 'market' || type === 'open' ? soon : null
    if (type === 'market' || type === 'open') return open
    const triggered =
      stop === undefined ? open : market.firstWhere(place, open, (price) => (isBuy ? price >= stop : price <= stop))
    if (limit === undefined || triggered === null) return triggered
    return market.firstWhere(place, triggered, (price) => (isBuy ? price <= limit : price >= limit))
  }

  function work(order: VenueOrder, request: OrderRequest): void {
    const place = placeOf.get(order.instrument.id)!
    const from = fillsFrom(request, place, order.quantity > 0)
    const { force, type } = request.terms
    const isPriced = type !== 'market' && type !== 'open' && type !== 'close'
    const end = isPriced && force !== 'gtc' ? market.sessionEnd(scheduler.now) : null
    if (isPriced && force === 'cycle')
      scheduler.after(1_000, `${order.brokerId} lapses`, () => finish(order, 'cancelled'))
    else if (end !== null) scheduler.at(end, `${order.brokerId} expires`, () => finish(order, 'expired'))
    if (from === null) return
    let at = from
    for (const units of partsOf(order)) {
      const fill = (): void => {
        const until = haltedUntil(place)
        if (until !== null) scheduler.at(until, `${order.brokerId} fills after a halt`, fill)
        else if (!isOver(order.state)) execute(order, boundedBy(order, units))
      }
      scheduler.at(at, `${order.brokerId} fills`, fill)
      at += random.integer(0, drawn.fillDelay)
    }
  }

  function haltedUntil(place: number): number | null {
    const span = (faults.halts ?? []).find(
      (one) => one.place === place && scheduler.now >= one.from && scheduler.now < one.until,
    )
    return span?.until ?? null
  }

  /** In whole steps, one to four of them. */
  function partsOf({ quantity, instrument: { step } }: VenueOrder): readonly number[] {
    const steps = Math.abs(quantity) / step
    if (!happens(drawn.partial) || steps < 2) return [quantity]
    const parts: number[] = []
    let left = steps
    while (left > 0 && parts.length < 3) {
      const part = random.integer(1, left)
      parts.push(part)
      left -= part
    }
    if (left > 0) parts.push(left)
    return parts.map((part) => part * step * Math.sign(quantity))
  }

  const boundedBy = (order: VenueOrder, units: number): number => {
    const left = order.quantity - order.filled
    return units > 0 ? Math.min(units, left) : Math.max(units, left)
  }

  /** Ends what still works; now and then a fill is found much later. */
  function finish(order: VenueOrder, state: 'cancelled' | 'expired'): void {
    if (isOver(order.state)) return
    change(order, state)
    const left = order.quantity - order.filled
    if (left === 0 || !happens(faults.lateFill)) return
    const { step } = order.instrument
    const units = random.integer(1, Math.abs(left) / step) * step * Math.sign(left)
    const endedAt = scheduler.now
    later(random.integer(1_000, LATE_MOST), `late fill of ${order.brokerId}`, () => {
      if (!isOld(order.instrument.id, endedAt)) execute(order, boundedBy(order, units))
    })
  }

  function refusalOf({ clientId }: OrderRequest, place: number, age: number): string | null {
    if (drawn.requestLife !== null && age > drawn.requestLife) return 'the request is too old'
    if (faults.alwaysRejects === place) return `${market.instruments[place]!.symbol} is not tradable here`
    if (happens(faults.rejects)) return `order ${clientId} was rejected`
    return null
  }

  function positionsOf(positions: ReadonlyMap<string, number>): BrokerSnapshot['positions'] {
    return [...positions].map(([symbol, quantity]) => {
      const place = market.instruments.findIndex((one) => one.symbol === symbol)
      const price = place < 0 ? null : (market.priceAt(place, scheduler.now) as Price)
      return { symbol, instrument: market.instruments[place]?.id ?? null, quantity: quantity as Quantity, price }
    })
  }

  const happenedBy = (time: number): number => books.happened.filter(({ at }) => at <= time).length

  return {
    books,
    orders,
    listen: (told) => listeners.push(told),
    submit(request, age) {
      const known = byClient.get(request.clientId)
      if (drawn.enforcesIds && known !== undefined) return { state: 'accepted', brokerId: known.brokerId }
      const place = placeOf.get(request.legs[0]!.instrument)!
      const refusal = refusalOf(request, place, age)
      if (refusal !== null) return { state: 'rejected', evidence: refusal }
      const order = accept(request, market.instruments[place]!, request.quantity)
      work(order, request)
      return { state: 'accepted', brokerId: order.brokerId }
    },
    cancel(clientId) {
      const order = byClient.get(clientId)
      if (order === undefined || isOver(order.state)) return 'refused'
      if (order.state === 'pendingCancel') return 'requested'
      order.isStuck = happens(faults.stuckCancel)
      change(order, 'pendingCancel')
      if (!order.isStuck)
        scheduler.after(random.integer(0, drawn.fillDelay), `${order.brokerId} cancels`, () =>
          finish(order, 'cancelled'),
        )
      return 'requested'
    },
    orderAt(clientId, time) {
      const order = byClient.get(clientId)
      return order === undefined || order.acceptedAt > time ? 'absent' : viewOf(order, time)
    },
    snapshotAt(time) {
      const { positions, cash } = books.at(time)
      return {
        at: time as Instant,
        accountNumber: ACCOUNT_NUMBER,
        cash: new Map([[DOLLAR, cash as Money]]),
        positions: positionsOf(positions),
        openOrders: orders
          .filter(({ acceptedAt }) => acceptedAt <= time)
          .map((order) => viewOf(order, time))
          .filter(({ state }) => !isOver(state)),
        cursor: String(books.countAt(time)),
        eventsCursor: String(happenedBy(time)),
      }
    },
    executionsSince(cursor, time) {
      const until = books.countAt(time)
      const from = cursor === '' ? 0 : Number(cursor)
      return { executions: books.executions.slice(from, until), cursor: String(Math.max(from, until)) }
    },
    accountEventsSince(cursor, time) {
      const from = cursor === '' ? 0 : Number(cursor)
      const until = Math.max(from, happenedBy(time))
      return { events: books.happened.slice(from, until), cursor: String(until) }
    },
    sessions(from, to) {
      const [table] = market.data.sessions
      return Array.from(table!.dates, (_, index) => sessionAtIndex(table!, index)).filter(
        ({ date }) => date >= from && date <= to,
      )
    },
    moveMoney(cents, cause) {
      const amount = (cents * CENT) as Money
      const event = {
        kind: 'cash',
        id: next('M'),
        currency: DOLLAR,
        amount,
        cause,
        at: scheduler.now as Instant,
      } as const
      books.move(event)
      tell(event)
    },
    opens({ action }) {
      if (action.kind !== 'split') return
      splitAt.set(action.instrument, scheduler.now)
      for (const order of orders) {
        if (order.instrument.id !== action.instrument || isOver(order.state)) continue
        onRested(order)
        change(order, 'cancelled')
      }
    },
    acts({ at, action }) {
      const place = placeOf.get(action.instrument)!
      const instrument = market.instruments[place]!
      const now = { id: next('A'), at: scheduler.now as Instant }
      if (action.kind === 'split') {
        const event = { kind: 'action', ...now, action } as const
        const price = market.priceAt(place, at)
        books.split(
          { instrument, numerator: action.numerator, denominator: action.denominator, price, cutoff: at },
          event,
        )
        tell(event)
      }
      if (action.kind !== 'dividend') return
      const amount = books.due(instrument, action.amount, at) as Money
      if (amount === 0) return
      const event = { kind: 'cash', ...now, currency: DOLLAR, amount, cause: 'dividend' } as const
      books.move(event)
      tell(event)
    },
    tradeByHand(place, shares) {
      const instrument = market.instruments[place % market.instruments.length]!
      const order = accept(null, instrument, shares * instrument.unitsPerWhole)
      execute(order, order.quantity)
    },
    restByHand(place, shares, forMilliseconds) {
      const instrument = market.instruments[place % market.instruments.length]!
      const order = accept(null, instrument, shares * instrument.unitsPerWhole)
      scheduler.after(forMilliseconds, `${order.brokerId} is taken back`, () => finish(order, 'cancelled'))
    },
    heal() {
      faults = { ...faults, ...CALM }
      for (const order of orders) if (order.isStuck) finish(order, 'cancelled')
    },
  }
}

function viewOf({ clientId, brokerId, instrument, quantity, versions }: VenueOrder, time: number): BrokerOrder {
  const version = versions.findLast(({ at }) => at <= time) ?? versions[0]!
  return {
    clientId,
    brokerId,
    symbol: instrument.symbol,
    instrument: instrument.id,
    quantity: quantity as Quantity,
    filled: version.filled as Quantity,
    state: version.state,
    evidence: `${version.state} at the venue`,
  }
}
