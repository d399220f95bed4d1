/** A venue that does as each step of a test says: takes, loses, delays, fills, repeats. What it holds is the truth. */
import type {
  BrokerEvent,
  BrokerOrder,
  BrokerOrderState,
  CancelAnswer,
  ClientOrderId,
  Execution,
  OrderRequest,
  SubmitAnswer,
} from '../../src/domain/broker.ts'
import type { Instant, InstrumentId, Money, Price, Quantity } from '../../src/domain/units.ts'

/** What happens to one request: `silent` is answered only much later, `late` arrives after its answer was lost. */
export type SubmitFate =
  | 'taken'
  | 'answerLost'
  | 'requestLost'
  | 'late'
  | 'veryLate'
  | 'rejected'
  | 'deferred'
  | 'silent'
export type CancelFate = 'taken' | 'answerLost' | 'requestLost' | 'stuck'

export interface VenueRules {
  readonly clientIds: 'enforced' | 'none'
  readonly requestLife: number | null
  /** What a venue that enforces ids says to a request that it has already. */
  readonly repeated: 'accepted' | 'rejected'
}

export interface VenueOrder {
  readonly request: OrderRequest
  readonly brokerId: string
  readonly acceptedAt: number
  /** Signed units that stand, */
  filled: number
  /** and with what was taken back: an order gets nothing twice. */
  gross: number
  state: BrokerOrderState
  isStuck: boolean
}

export type DeskEvent = Extract<BrokerEvent, { kind: 'execution' | 'order' | 'gap' }>

const DELAY = { late: 4_000, veryLate: 80_000 } as const

export class ScriptedVenue {
  readonly rules: VenueRules
  readonly orders: VenueOrder[] = []
  readonly executions: Execution[] = []
  readonly heard: DeskEvent[] = []
  readonly rejected = new Set<ClientOrderId>()
  #onTheWay: { readonly request: OrderRequest; readonly arrivesAt: number; readonly isDead: boolean }[] = []
  /** What is younger than this is not shown to who asks. */
  lag = 0
  isMute = false

  constructor(rules: VenueRules) {
    this.rules = rules
  }

  submit(request: OrderRequest, fate: SubmitFate, now: number): SubmitAnswer {
    switch (fate) {
      case 'requestLost':
        return { state: 'unknown', evidence: 'time-out' }
      case 'late':
      case 'veryLate':
        this.#onTheWay.push({ request, arrivesAt: now + DELAY[fate], isDead: this.#isOver(DELAY[fate]) })
        return { state: 'unknown', evidence: 'time-out' }
      case 'deferred':
        return { state: 'deferred', retryAfter: 700, evidence: '429' }
      case 'rejected':
        if (this.#find(request.clientId) !== undefined) return this.#accept(request, now)
        this.rejected.add(request.clientId)
        return { state: 'rejected', evidence: 'not enough buying power' }
      case 'answerLost':
        this.#accept(request, now)
        return { state: 'unknown', evidence: '502' }
      default:
        return this.#accept(request, now)
    }
  }

  #accept(request: OrderRequest, now: number): SubmitAnswer {
    const there = this.#find(request.clientId)
    if (there !== undefined && this.rules.clientIds === 'enforced') {
      if (this.rules.repeated === 'rejected') return { state: 'rejected', evidence: 'client id was used before' }
      return { state: 'accepted', brokerId: there.brokerId }
    }
    const brokerId = `B${this.orders.length + 1}`
    const order: VenueOrder = {
      request,
      brokerId,
      acceptedAt: now,
      filled: 0,
      gross: 0,
      state: 'working',
      isStuck: false,
    }
    this.orders.push(order)
    this.#say(order)
    return { state: 'accepted', brokerId }
  }

  /** Requests that were held up arrive, unless their life is over. */
  arrive(now: number): void {
    const due = this.#onTheWay.filter(({ arrivesAt }) => arrivesAt <= now)
    this.#onTheWay = this.#onTheWay.filter(({ arrivesAt }) => arrivesAt > now)
    for (const { request, isDead } of due) if (!isDead) this.#accept(request, now)
  }

  #isOver(age: number): boolean {
    const { requestLife } = this.rules
    return requestLife !== null && age > requestLife
  }

  cancel(clientId: ClientOrderId, fate: CancelFate): CancelAnswer {
    const order = this.#find(clientId)
    if (fate === 'requestLost') return { state: 'unknown', evidence: 'time-out' }
    if (order === undefined) return { state: 'refused', evidence: 'no such order' }
    if (!isLive(order)) return { state: 'refused', evidence: 'not active' }
    if (fate === 'stuck') {
      order.isStuck = true
      order.state = 'pendingCancel'
    } else order.state = 'cancelled'
    this.#say(order)
    return fate === 'answerLost' ? { state: 'unknown', evidence: '502' } : { state: 'requested', evidence: '' }
  }

  query(clientId: ClientOrderId, now: number): BrokerOrder | 'absent' | 'unknown' {
    if (this.isMute) return 'unknown'
    const order = this.#find(clientId)
    return order === undefined || order.acceptedAt > now - this.lag ? 'absent' : shown(order)
  }

  executionsSince(cursor: string, now: number): { executions: readonly Execution[]; cursor: string } {
    if (this.isMute) throw new Error('503')
    const from = cursor === '' ? 0 : Number(cursor)
    const executions = this.executions.slice(from).filter(({ at }) => at <= now - this.lag)
    return { executions, cursor: String(from + executions.length) }
  }

  fill(order: VenueOrder, units: number, now: number): void {
    order.filled += units
    order.gross += units
    const isDone = order.gross === order.request.quantity
    if (isDone) order.state = 'filled'
    const { legs, clientId } = order.request
    for (const { instrument, ratio } of legs) this.#execute(instrument, units * ratio, clientId, order.brokerId, now)
    this.#say(order)
  }

  end(order: VenueOrder, state: 'cancelled' | 'expired' | 'rejected'): void {
    order.state = state
    this.#say(order)
  }

  trade(instrument: InstrumentId, units: number, now: number): void {
    this.#execute(instrument, units, null, 'hand', now)
  }

  /** The venue takes an execution back, or changes how much it was; an order that is over stays over. */
  amend(target: Execution, units: number, now: number): void {
    const isBust = units === 0
    const id = `X${this.executions.length + 1}`
    const kind = isBust ? ('bust' as const) : ('correction' as const)
    const execution: Execution = {
      ...target,
      id,
      kind,
      corrects: target.id,
      quantity: units as Quantity,
      at: now as Instant,
    }
    const order = target.clientId === null ? undefined : this.#find(target.clientId)
    if (order !== undefined) order.filled += units - target.quantity
    this.executions.push(execution)
    this.heard.push({ kind: 'execution', execution })
  }

  /** What is left of each execution of an order once its corrections are taken in. */
  standing(clientId: ClientOrderId | null): number {
    const corrected = new Set(this.executions.flatMap(({ corrects }) => (corrects === null ? [] : [corrects])))
    let sum = 0
    for (const one of this.executions) if (one.clientId === clientId && !corrected.has(one.id)) sum += one.quantity
    return sum
  }

  heal(now: number): void {
    this.isMute = false
    this.lag = 0
    this.arrive(now)
    for (const order of this.orders) {
      if (!order.isStuck || !isLive(order)) continue
      order.state = 'cancelled'
      this.#say(order)
    }
  }

  #execute(
    instrument: InstrumentId,
    units: number,
    clientId: ClientOrderId | null,
    brokerId: string,
    now: number,
  ): void {
    const execution: Execution = {
      id: `X${this.executions.length + 1}`,
      kind: 'trade',
      corrects: null,
      clientId,
      brokerId,
      symbol: instrument,
      instrument,
      quantity: units as Quantity,
      price: 100 as Price,
      fee: 0 as Money,
      at: now as Instant,
    }
    this.executions.push(execution)
    this.heard.push({ kind: 'execution', execution })
  }

  #say(order: VenueOrder): void {
    this.heard.push({ kind: 'order', order: shown(order) })
  }

  #find(clientId: ClientOrderId): VenueOrder | undefined {
    return this.orders.find(({ request }) => request.clientId === clientId)
  }
}

export function isLive({ state }: VenueOrder): boolean {
  return state === 'working' || state === 'pendingCancel'
}

function shown({ request, brokerId, filled, state }: VenueOrder): BrokerOrder {
  const { clientId, legs, quantity } = request
  const instrument = legs.length === 1 ? legs[0]!.instrument : null
  const symbol = instrument ?? 'structure'
  return { clientId, brokerId, symbol, instrument, quantity, filled: filled as Quantity, state, evidence: '' }
}
