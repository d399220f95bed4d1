/** What the paper venue remembers of orders and executions: what is open for ever, what has ended for a while. */
import type {
  AccountEvent,
  BrokerOrder,
  BrokerOrderState,
  ClientOrderId,
  Execution,
  OrderRequest,
} from '../../../domain/broker.ts'
import { isStructure } from '../../../domain/orders.ts'
import type { Instant, InstrumentId, Quantity } from '../../../domain/units.ts'

/** An order as the venue keeps it; plain data. */
export interface PaperOrder {
  readonly clientId: ClientOrderId
  readonly order: number
  readonly brokerId: string
  readonly symbol: string
  /** Null for a structure. */
  readonly instrument: InstrumentId | null
  readonly quantity: number
  /** Its first leg: by that one a structure's fills are counted. */
  readonly leg: { readonly instrument: InstrumentId; readonly ratio: number }
  filled: number
  state: BrokerOrderState
  evidence: string
  /** NaN while it works. */
  endedAt: number
}

/** Ended orders and executions are forgotten after this long, */
const KEPT_MS = 7 * 86_400_000
/** or earlier where there are more of them. */
const KEPT_MOST = 2_000

export interface LedgerState {
  readonly orders: readonly PaperOrder[]
  readonly executions: readonly Execution[]
  /** Number of the last execution that is no longer kept. */
  readonly forgotten: number
  /** No order up to this number is taken any more: what is forgotten cannot be sent again. */
  readonly sealed: number
  readonly accepted: number
  /** What happened to the account without an order, and how much of that is no longer kept. */
  readonly happened?: readonly AccountEvent[]
  readonly happenedForgotten?: number
}

/** @param prefix of the venue's ids, so that those of two venues differ */
export class PaperLedger {
  readonly #prefix: string
  readonly #byClientId = new Map<ClientOrderId, PaperOrder>()
  readonly #byOrder = new Map<number, PaperOrder>()
  /** Ended ones in the order of their ends. */
  #ended: PaperOrder[] = []
  #executions: Execution[] = []
  #forgotten = 0
  #sealed = -1
  #accepted = 0
  #happened: AccountEvent[] = []
  #happenedForgotten = 0

  constructor(prefix: string, from?: LedgerState) {
    this.#prefix = prefix
    if (from === undefined) return
    for (const kept of from.orders) {
      const order = { ...kept }
      this.#file(order)
      if (!isOpen(order)) this.#ended.push(order)
    }
    this.#executions = [...from.executions]
    this.#forgotten = from.forgotten
    this.#sealed = from.sealed
    this.#accepted = from.accepted
    this.#happened = [...(from.happened ?? [])]
    this.#happenedForgotten = from.happenedForgotten ?? 0
  }

  find(clientId: ClientOrderId): PaperOrder | undefined {
    return this.#byClientId.get(clientId)
  }

  byNumber(order: number): PaperOrder | undefined {
    return this.#byOrder.get(order)
  }

  /** Whether an order of this number may have been here and be forgotten. */
  isSealed(order: number): boolean {
    return order <= this.#sealed
  }

  accept({ clientId, order, legs, quantity }: OrderRequest, symbol: string): PaperOrder {
    this.#accepted += 1
    const [leg] = legs
    const accepted: PaperOrder = {
      clientId,
      order,
      brokerId: `${this.#prefix}-o${this.#accepted}`,
      symbol,
      instrument: isStructure(legs) ? null : leg!.instrument,
      quantity,
      leg: { instrument: leg!.instrument, ratio: leg!.ratio },
      filled: 0,
      state: 'working',
      evidence: '',
      endedAt: Number.NaN,
    }
    this.#file(accepted)
    return accepted
  }

  /** Notes an execution of the order and counts it. */
  execute(order: PaperOrder, execution: Execution): void {
    this.#executions.push(execution)
    if (execution.instrument === order.leg.instrument) order.filled += execution.quantity / order.leg.ratio
  }

  end(order: PaperOrder, state: BrokerOrderState, evidence: string, at: Instant): void {
    order.state = state
    order.evidence = evidence
    order.endedAt = at
    this.#ended.push(order)
    this.#forget(at)
  }

  happen(event: AccountEvent): void {
    this.#happened.push(event)
    let old = 0
    const { length } = this.#happened
    while (old < length && this.#isPast(length - old, this.#happened[old]!.at, event.at)) old += 1
    this.#happened.splice(0, old)
    this.#happenedForgotten += old
  }

  executionId(number: number): string {
    return `${this.#prefix}-${number}`
  }

  open(): readonly PaperOrder[] {
    return [...this.#byOrder.values()].filter(isOpen).sort((one, other) => one.order - other.order)
  }

  /** @throws RangeError where the cursor is none of the venue's, or older than what it keeps */
  executionsSince(cursor: string): { readonly executions: readonly Execution[]; readonly cursor: string } {
    return { executions: after(cursor, this.#executions, this.#forgotten, 'executions'), cursor: this.cursor() }
  }

  cursor(): string {
    return String(this.#last())
  }

  /** @throws RangeError as `executionsSince` */
  accountEventsSince(cursor: string): { readonly events: readonly AccountEvent[]; readonly cursor: string } {
    return { events: after(cursor, this.#happened, this.#happenedForgotten, 'events'), cursor: this.eventsCursor() }
  }

  eventsCursor(): string {
    return String(this.#happenedForgotten + this.#happened.length)
  }

  state(): LedgerState {
    return {
      orders: [...this.open(), ...this.#ended].map((order) => ({ ...order })),
      executions: [...this.#executions],
      forgotten: this.#forgotten,
      sealed: this.#sealed,
      accepted: this.#accepted,
      happened: [...this.#happened],
      happenedForgotten: this.#happenedForgotten,
    }
  }

  #last(): number {
    return this.#forgotten + this.#executions.length
  }

  #file(order: PaperOrder): void {
    this.#byClientId.set(order.clientId, order)
    this.#byOrder.set(order.order, order)
  }

  #forget(now: Instant): void {
    let past = 0
    while (past < this.#ended.length && this.#isPast(this.#ended.length - past, this.#ended[past]!.endedAt, now))
      past += 1
    if (past > 0) {
      for (const order of this.#ended.splice(0, past)) {
        this.#byClientId.delete(order.clientId)
        this.#byOrder.delete(order.order)
        this.#sealed = Math.max(this.#sealed, order.order)
      }
    }
    let old = 0
    const { length } = this.#executions
    while (old < length && this.#isPast(length - old, this.#executions[old]!.at, now)) old += 1
    if (old === 0) return
    this.#executions.splice(0, old)
    this.#forgotten += old
  }

  #isPast(left: number, at: number, now: Instant): boolean {
    return left > KEPT_MOST || at < now - KEPT_MS
  }
}

/** Those of a list, of which so many are no longer kept, that come after a count. */
function after<T>(cursor: string, kept: readonly T[], forgotten: number, what: string): readonly T[] {
  const count = cursor === '' ? 0 : Number(cursor)
  if (!Number.isInteger(count) || count < 0 || count > forgotten + kept.length)
    throw new RangeError(`"${cursor}" is no cursor of this venue`)
  if (count < forgotten)
    throw new RangeError(`${what} after "${cursor}" are no longer kept: the oldest is ${forgotten + 1}`)
  return kept.slice(count - forgotten)
}

export function isOpen({ state }: Pick<PaperOrder, 'state'>): boolean {
  return state === 'working' || state === 'pendingCancel'
}

/** As the port tells it. */
export function brokerOrder({
  clientId,
  brokerId,
  symbol,
  instrument,
  quantity,
  filled,
  state,
  evidence,
}: PaperOrder): BrokerOrder {
  return {
    clientId,
    brokerId,
    symbol,
    instrument,
    quantity: quantity as Quantity,
    filled: filled as Quantity,
    state,
    evidence,
  }
}
