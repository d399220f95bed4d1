/** The order protocol between a scripted venue, a store that forgets what was not committed, and a kernel that is checked. */
import { createHash } from 'node:crypto'
import type { ClientOrderId } from '../../src/domain/broker.ts'
import type { BookedShare, OpenShare } from '../../src/domain/corrections.ts'
import { type ExecutionRecord, isEnded, type OrderRecord } from '../../src/domain/order-records.ts'
import { FOREIGN_ORDER, type NetOrder } from '../../src/domain/orders.ts'
import type {
  AccountId,
  Instant,
  InstrumentId,
  IntentId,
  Money,
  OrderId,
  Quantity,
  SleeveId,
} from '../../src/domain/units.ts'
import type { EventBody } from '../../src/engine/run/broker-side.ts'
import { createDesk } from '../../src/live/desk/desk.ts'
import type { DeskAction, DeskAlert, DeskAnswer, DeskState, OrderDesk } from '../../src/live/desk/order-desk.ts'
import { DESK_POLICY, type DeskPolicy } from '../../src/live/desk/policy.ts'
import { type CancelFate, isLive, ScriptedVenue, type SubmitFate, type VenueRules } from './venue.ts'

export const INSTRUMENTS = ['SPY', 'QQQ', 'IWM'] as InstrumentId[]
const ACCOUNT = 'main' as AccountId
const SEQUENCES = 1_048_576
export const BEGIN = Date.UTC(2024, 0, 2, 15)

/** A kernel's view of one order. */
export interface Known {
  readonly id: OrderId
  readonly quantity: number
  readonly legs: NetOrder['legs']
  /** Units by leg. */
  filled: Record<string, number>
  state: string
}

interface Books {
  orders: Record<number, Known>
  foreign: number
  connected: boolean
  shut: string[]
}

interface Durable {
  orders: Map<ClientOrderId, OrderRecord>
  executions: Map<string, ExecutionRecord>
  cursor: string
  books: string
  state: DeskState | undefined
}

/** A way to do it wrong that the properties must find. */
export type Mutant = (desk: OrderDesk, rig: Rig) => OrderDesk

/** Where the process dies: before the commit, before it sends, after it has sent. */
export type CrashAt = 'beforeCommit' | 'beforeSend' | 'afterSend'

class Crash extends Error {}

export class Rig {
  readonly venue: ScriptedVenue
  readonly policy: DeskPolicy
  readonly alerts: DeskAlert[] = []
  /** Shares that came with fills of orders that were let go. */
  readonly attached: (readonly OpenShare[])[] = []
  /** When each order was over, as it was first written down. */
  readonly endedAt = new Map<ClientOrderId, number>()
  now = BEGIN
  desk: OrderDesk
  fates: SubmitFate[] = []
  cancelFates: CancelFate[] = []
  crashAt: CrashAt | null = null
  isGateShut = false
  /** Whose orders to buy are, with somebody who sells nothing short; null: there is no table. */
  routed: { readonly kind: 'broker'; readonly broker: string } | null = null
  #books: Books = { orders: {}, foreign: 0, connected: true, shut: [] }
  #durable: Durable
  #silent: { readonly action: DeskAction; readonly answer: DeskAnswer; readonly at: number }[] = []
  #cycle = 0
  readonly #mutant: Mutant | undefined

  constructor(rules: VenueRules, mutant?: Mutant, policy: Partial<DeskPolicy> = {}) {
    this.venue = new ScriptedVenue(rules)
    // Requests of a process that died have arrived, or never will.
    this.policy = { ...DESK_POLICY, takeoverWait: 0, ...policy }
    this.#mutant = mutant
    this.#durable = {
      orders: new Map(),
      executions: new Map(),
      cursor: '',
      books: this.#frozenBooks(),
      state: undefined,
    }
    this.desk = this.#newDesk()
  }

  get books(): Books {
    return this.#books
  }

  get records(): ReadonlyMap<ClientOrderId, OrderRecord> {
    return this.#durable.orders
  }

  get executions(): ReadonlyMap<string, ExecutionRecord> {
    return this.#durable.executions
  }

  #newDesk(): OrderDesk {
    const { clientIds, requestLife } = this.venue.rules
    const desk = createDesk({
      broker: 'scripted',
      account: ACCOUNT,
      store: 'store-1',
      hash: (bytes) => createHash('sha256').update(bytes).digest(),
      capabilities: { clientIds, requestLife },
      policy: this.policy,
      indexOf: (instrument) => INSTRUMENTS.indexOf(instrument),
      instrumentOf: (index) => INSTRUMENTS[index]!,
      routeOf: ({ quantity }) =>
        this.routed === null || quantity > 0 ? this.routed : { kind: 'refused', reason: 'nobody sells short' },
      notionalOf: ({ quantity }) => Math.abs(quantity) * 100,
    })
    return this.#mutant === undefined ? desk : this.#mutant(desk, this)
  }

  /** Orders of one cycle: signed units by instrument. */
  intend(
    wishes: readonly { readonly legs: NetOrder['legs']; readonly quantity: number; readonly reducing?: boolean }[],
  ): void {
    this.#cycle += 1
    const orders = wishes.map(({ legs, quantity, reducing = false }, sequence): NetOrder => {
      const id = (this.#cycle * SEQUENCES + sequence) as OrderId
      this.#books.orders[id] = { id, quantity, legs, filled: {}, state: 'working' }
      return {
        id,
        cycle: this.#cycle,
        account: ACCOUNT,
        legs,
        terms: { type: 'limit', limit: 100 as never, force: 'gtc' },
        quantity: quantity as Quantity,
        crossed: 0 as Quantity,
        shares: [
          { intent: 1 as IntentId, sleeve: 'a' as SleeveId, wanted: quantity as Quantity, crossed: 0 as Quantity },
        ],
        reducing,
      }
    })
    this.desk.intend(orders, this.now as Instant)
    this.settle()
  }

  askCancel(order: OrderId): void {
    this.desk.askCancel(order, this.now as Instant)
    this.settle()
  }

  /** As the engine does: hear, commit, do what is due, until nothing is. A process that dies begins again. */
  settle(): void {
    try {
      for (let round = 0; round < 100; round += 1) {
        this.#apply(this.desk.elapsed(this.now as Instant))
        this.#commit()
        const actions = this.desk.due(this.now as Instant)
        const isSending = actions.some(({ kind }) => kind === 'submit')
        if (isSending && !this.#books.connected) throw new Error('an order is due while something may have been missed')
        if (actions.length === 0) return
        for (const action of actions) this.#carryOut(action)
      }
      throw new Error('the desk never comes to rest')
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      this.restart()
    }
  }

  /** Time passes; what was held up arrives, and the desk acts when it wants to. */
  wait(milliseconds: number): void {
    const until = this.now + milliseconds
    for (let steps = 0; steps < 5_000; steps += 1) {
      const next = Math.min(until, this.desk.nextAt() ?? until, ...this.#silent.map(({ at }) => at))
      this.now = Math.max(this.now, next)
      this.venue.arrive(this.now)
      this.#answerSilent()
      this.settle()
      if (this.now >= until) return
      if (next <= this.now && (this.desk.nextAt() ?? until) <= this.now) this.now += 1
    }
    throw new Error('the desk asks without end')
  }

  /** Time passes at once: nobody looked meanwhile. */
  leap(milliseconds: number): void {
    this.now += milliseconds
    this.wait(0)
  }

  #answerSilent(): void {
    const due = this.#silent.filter(({ at }) => at <= this.now)
    this.#silent = this.#silent.filter(({ at }) => at > this.now)
    for (const { action, answer } of due) this.#apply(this.desk.answered(action, answer, this.now as Instant))
  }

  /** Gives the desk what the venue said since: as it was, or otherwise. */
  deliver(how: 'once' | 'twice' | 'lost' | 'reversed' | 'oneByOne'): void {
    const events = this.venue.heard.splice(0)
    if (how === 'lost') return
    const told = how === 'twice' ? [...events, ...events] : how === 'reversed' ? events.reverse() : events
    if (how === 'oneByOne') for (const event of told) this.#apply(this.desk.heard(event, this.now as Instant))
    else this.#apply(this.desk.heard(told, this.now as Instant))
    this.settle()
  }

  /** As the comparison of the account with the books does: every order that works at the venue. */
  showOpenOrders(): void {
    const orders = this.venue.orders.filter(isLive).map(({ request }) => this.venue.query(request.clientId, this.now))
    for (const order of orders) {
      if (typeof order === 'object') this.#apply(this.desk.heard({ kind: 'order', order }, this.now as Instant))
    }
    this.settle()
  }

  gap(): void {
    this.#apply(this.desk.heard({ kind: 'gap', evidence: 'the stream broke' }, this.now as Instant))
    this.settle()
  }

  /** The process is gone, and with it all that was not committed. */
  restart(): void {
    this.crashAt = null
    this.#silent = []
    this.venue.heard.length = 0
    this.#books = JSON.parse(this.#durable.books) as Books
    const { orders, executions, cursor, state } = this.#durable
    this.desk = this.#newDesk()
    const open = [...orders.values()].filter((record) => !isEnded(record.state))
    const ids = [...executions.keys()].slice(-3) // the rest is left to be asked for
    const kept = state === undefined ? {} : { state }
    this.desk.resume({ records: open, executionIds: ids, cursor, ...kept, isSuccessor: true }, this.now as Instant)
    this.settle()
  }

  #frozenBooks(): string {
    return JSON.stringify(this.#books)
  }

  #commit(): void {
    if (this.crashAt === 'beforeCommit') throw new Crash()
    const { orders, executions } = this.desk.takeRecords()
    for (const record of orders) {
      this.#durable.orders.set(record.clientId, record)
      if (!isEnded(record.state) || this.endedAt.has(record.clientId)) continue
      this.endedAt.set(record.clientId, this.now)
      if (record.brokerId === null) this.#checkGivenUp(record)
    }
    for (const execution of executions) {
      if (this.#durable.executions.has(execution.id)) throw new Error(`execution "${execution.id}" was booked twice`)
      this.#durable.executions.set(execution.id, { ...execution, shares: sharesOf(execution) })
    }
    const state = this.desk.state()
    this.#durable.state = state
    this.#durable.cursor = state.cursor
    this.#durable.books = this.#frozenBooks()
    this.alerts.push(...this.desk.takeAlerts())
    this.desk.committed()
    if (this.crashAt === 'beforeSend') throw new Crash()
  }

  /** An order is given up only where the venue has nothing of it to show. */
  #checkGivenUp({ clientId, order, state }: OrderRecord): void {
    const there = this.venue.orders.find(({ request }) => request.clientId === clientId)
    if (there === undefined || there.acceptedAt + this.venue.lag > this.now) return
    throw new Error(`order ${order} is given up as ${state}, and the venue has it`)
  }

  #carryOut(action: DeskAction): void {
    const isShut = this.isGateShut || !this.#books.connected || this.#books.shut.includes('armed')
    if (action.kind === 'submit' && isShut) {
      this.#apply(this.desk.refuse(action.request.clientId, 'the gate is shut', this.now as Instant))
      return
    }
    const fate = action.kind === 'submit' ? (this.fates.shift() ?? 'taken') : 'taken'
    const answer = this.answerTo(action, fate)
    if (this.crashAt === 'afterSend' && action.kind === 'submit') throw new Crash()
    if (fate === 'silent') this.#silent.push({ action, answer, at: this.now + 20_000 })
    else this.#apply(this.desk.answered(action, answer, this.now as Instant))
  }

  /** What the outside says to it. */
  answerTo(action: DeskAction, fate: SubmitFate): DeskAnswer {
    const { venue, now } = this
    try {
      switch (action.kind) {
        case 'submit':
          this.#checkSend(action.request.clientId)
          return venue.submit(action.request, fate, now)
        case 'cancel':
          return venue.cancel(action.clientId, this.cancelFates.shift() ?? 'taken')
        case 'query':
          return venue.query(action.clientId, now)
        case 'sweep':
          return venue.executionsSince(action.cursor, now)
        case 'recall': {
          const { orders, executions } = this.#durable
          const of = (id: string | null): ExecutionRecord | null => (id === null ? null : (executions.get(id) ?? null))
          const { clientId } = action
          return {
            record: clientId === null ? null : (orders.get(clientId) ?? null),
            execution: of(action.execution),
            corrected: of(action.corrects),
            executions: clientId === null ? [] : [...executions.values()].filter((one) => one.clientId === clientId),
          }
        }
      }
    } catch (error) {
      if (error instanceof Error && error.message === '503') return error
      throw error
    }
  }

  /** What must hold of every order that leaves. */
  #checkSend(clientId: ClientOrderId): void {
    const record = this.#durable.orders.get(clientId)
    if (record === undefined) throw new Error('an order left that was not written down')
    for (const { request, state } of this.venue.orders) {
      if (state !== 'working' && state !== 'pendingCancel') continue
      // One that arrived after everybody had to give it up is known to nobody.
      if (isEnded(this.#durable.orders.get(request.clientId)?.state ?? 'unknown')) continue
      const isOpposing = request.legs.some(({ instrument, ratio }) =>
        record.legs.some(
          (leg) => leg.instrument === instrument && leg.ratio * record.quantity * ratio * request.quantity < 0,
        ),
      )
      if (isOpposing) throw new Error(`order ${record.order} left against ${request.order} of the same instrument`)
    }
  }

  #apply(bodies: readonly EventBody[]): void {
    for (const body of bodies) this.applyOne(body)
  }

  /** The kernel, as far as it matters here. */
  applyOne(body: EventBody): void {
    switch (body.kind) {
      case 'fills':
        for (let row = 0; row < body.fills.count; row += 1) {
          const { order, instrument, quantity, shares } = body.fills.at(row)
          if (shares !== undefined) this.attached.push(shares)
          this.#fill(order, instrument, quantity)
        }
        return
      case 'order': {
        const known = this.#books.orders[body.order]!
        if (known.state === 'working' || known.state === 'unknown') known.state = body.state
        return
      }
      case 'correction': {
        const { amendment, order, instrument, shares } = body.correction
        const booked = shares.reduce((sum, share) => sum + share.quantity, 0)
        this.#fill(order, instrument, (amendment.kind === 'replaced' ? amendment.quantity : 0) - booked)
        return
      }
      case 'gate':
        if (body.gate === 'connected') this.#books.connected = body.isOpen
        else if (!body.isOpen) this.#books.shut.push(`${body.gate} ${body.instrument ?? ''}`.trim())
        return
      case 'mode':
        this.#books.shut.push(body.mode)
        return
      default:
        throw new Error(`the desk says "${body.kind}"`)
    }
  }

  #fill(order: OrderId, instrument: InstrumentId, units: number): void {
    if (order === FOREIGN_ORDER) {
      this.#books.foreign += units
      return
    }
    const known = this.#books.orders[order]!
    const before = known.filled[instrument] ?? 0
    known.filled[instrument] = before + units
    const leg = known.legs.find((one) => one.instrument === instrument)!
    if (Math.abs(known.filled[instrument]) > Math.abs(known.quantity * leg.ratio)) {
      throw new Error(`order ${order} was filled beyond its ${known.quantity} units`)
    }
    const isDone = known.legs.every((one) => known.filled[one.instrument] === known.quantity * one.ratio)
    if (isDone) known.state = 'filled'
  }

  /** What the venue thinks of an order now. */
  liveAtVenue(clientId: ClientOrderId): boolean {
    return this.venue.orders.some((order) => order.request.clientId === clientId && isLive(order))
  }
}

function sharesOf({ quantity, price }: ExecutionRecord): readonly BookedShare[] {
  return [{ sleeve: 'a' as SleeveId, quantity, price, cash: 0 as Money, fee: 0 as Money, realised: 0 }]
}
