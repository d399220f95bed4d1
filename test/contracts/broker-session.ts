import { expect } from 'vitest'
import type {
  Broker,
  BrokerEvent,
  BrokerOrder,
  BrokerSnapshot,
  ClientOrderId,
  Execution,
  OrderRequest,
} from '../../src/domain/broker.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import type { Leg, Terms } from '../../src/domain/orders.ts'
import type { AccountId, OrderId, Price, Quantity } from '../../src/domain/units.ts'

/** A venue, real or simulated, that the suite may steer: what it does by itself happens here. */
export interface VenueUnderTest {
  readonly account: AccountId
  /** Trades in whole shares; the account has none of it, and money for a thousand at 100. */
  readonly share: Instrument
  /** Two legs that the venue fills as a unit; null where it has no structures. */
  readonly structure: readonly Leg[] | null
  readonly broker: Broker
  /** Our side ends and starts again: another handle to the same venue, which has forgotten nothing. */
  restart(): Promise<void>
  /** The share trades at a price, and so many of it (left out: plenty): orders that this satisfies are filled from these. */
  trade(price: number, shares?: number): Promise<void>
  /** What is said meanwhile gets lost on its way. Absent where nothing can. */
  readonly deafen?: (meanwhile: () => Promise<void>) => Promise<void>
  /** The venue cannot be read meanwhile. Absent where it always can. */
  readonly blind?: (meanwhile: () => Promise<void>) => Promise<void>
  /** Something happens to an account that is short, without an order. Absent where nothing does. */
  readonly happen?: () => Promise<void>
  /** Gives the venue and its connection time to say what they have to say. */
  pause(): Promise<void>
  remove(): Promise<void>
}

/** How often something is waited for, a pause each. */
const PATIENCE = 40

/** One venue, what was heard from it, and the requests that it is sent. */
export class BrokerSession {
  readonly venue: VenueUnderTest
  heard: BrokerEvent[] = []
  #sent = 0
  #stop = new AbortController()
  #listening: Promise<void> = Promise.resolve()

  constructor(venue: VenueUnderTest) {
    this.venue = venue
    this.listen()
  }

  get broker(): Broker {
    return this.venue.broker
  }

  listen(): void {
    const stop = new AbortController()
    this.#stop = stop
    const events = this.broker.events(stop.signal)
    this.#listening = (async () => {
      for await (const event of events) this.heard.push(event)
    })()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    expect(await this.ends(this.#listening), 'events must end with the signal').toBe(true)
  }

  /** Whether something is over before long. */
  async ends(doing: Promise<unknown>): Promise<boolean> {
    let isOver = false
    const over = (): void => {
      isOver = true
    }
    doing.then(over, over)
    for (let time = 0; time < PATIENCE && !isOver; time += 1) await this.venue.pause()
    return isOver
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.venue.restart()
    this.listen()
  }

  /** A request of whole shares. */
  request(shares: number, terms: Partial<Terms> = {}, change: Partial<OrderRequest> = {}): OrderRequest {
    this.#sent += 1
    const { account, share } = this.venue
    return {
      clientId: `CONTRACT${String(this.#sent).padStart(18, 'A')}` as ClientOrderId,
      order: (1_048_576 + this.#sent) as OrderId,
      account,
      legs: [{ instrument: share.id, ratio: 1 }],
      terms: { type: 'market', force: 'gtc', ...terms },
      quantity: (shares * share.unitsPerWhole) as Quantity,
      reducing: false,
      ...change,
    }
  }

  limit(shares: number, limit: number): OrderRequest {
    return this.request(shares, { type: 'limit', limit: limit as Price })
  }

  async accepted(request: OrderRequest): Promise<OrderRequest> {
    expect(await this.broker.submit(request)).toMatchObject({ state: 'accepted', brokerId: expect.any(String) })
    return request
  }

  /** As the broker knows it, once it is as expected. */
  async until(request: OrderRequest, isSo: (order: BrokerOrder) => boolean): Promise<BrokerOrder> {
    let last: BrokerOrder | 'absent' | 'unknown' = 'unknown'
    for (let time = 0; time < PATIENCE; time += 1) {
      last = await this.broker.query(request.clientId)
      if (typeof last === 'object' && isSo(last)) return last
      await this.venue.pause()
    }
    throw new Error(`the order never got there; the last answer was ${JSON.stringify(last)}`)
  }

  async ended(request: OrderRequest, state: BrokerOrder['state']): Promise<BrokerOrder> {
    return this.until(request, (order) => order.state === state)
  }

  /** Waits until a thing was said. */
  async says(isSo: (event: BrokerEvent) => boolean): Promise<void> {
    for (let time = 0; time < PATIENCE; time += 1) {
      if (this.heard.some(isSo)) return
      await this.venue.pause()
    }
    throw new Error(`it was never said; heard was ${JSON.stringify(this.heard)}`)
  }

  executionsHeard(): Map<string, Execution> {
    const found = new Map<string, Execution>()
    for (const event of this.heard) {
      if (event.kind !== 'execution') continue
      const { execution } = event
      // Heard twice, it is the same to the last field.
      expect(found.get(execution.id) ?? execution).toEqual(execution)
      found.set(execution.id, execution)
    }
    return found
  }

  async executions(cursor = ''): Promise<readonly Execution[]> {
    return (await this.broker.executionsSince(cursor)).executions
  }

  /** Signed whole shares that executions add up to, of one order or of all. */
  async shares(request?: OrderRequest): Promise<number> {
    const { share } = this.venue
    let units = 0
    for (const { clientId, quantity, instrument } of await this.executions())
      if (instrument === share.id && (request === undefined || clientId === request.clientId)) units += quantity
    return units / share.unitsPerWhole
  }

  held({ positions }: BrokerSnapshot): number {
    const { share } = this.venue
    return (positions.find(({ instrument }) => instrument === share.id)?.quantity ?? 0) / share.unitsPerWhole
  }
}
