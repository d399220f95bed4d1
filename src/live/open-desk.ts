/** The desk of a run, with what it asks the kernel. */
import type { Broker, BrokerCapabilities } from '../domain/broker.ts'
import type { Clock } from '../domain/clock.ts'
import type { OrderRecord } from '../domain/order-records.ts'
import type { NetOrder } from '../domain/orders.ts'
import type { BrokerPlace, Store } from '../domain/store.ts'
import type { AccountId, Instant } from '../domain/units.ts'
import { brokerOf, incapacity } from '../engine/orders/broker-of.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Hash } from './desk/client-id.ts'
import { createDesk } from './desk/desk.ts'
import type { OrderDesk } from './desk/order-desk.ts'
import type { DeskPolicy } from './desk/policy.ts'
import type { DeskRoute } from './desk/tracked.ts'
import { accountElsewhere, type Elsewhere } from './elsewhere.ts'
import type { LiveState } from './resumption.ts'

interface DeskOf {
  readonly broker: Broker
  readonly account: AccountId
  readonly runtime: Runtime
  readonly store: Store
  readonly portfolio: string
  readonly hash: Hash
  readonly policy: DeskPolicy
  readonly clock: Clock | null
  /** Of the lease: counts who had the account before. */
  readonly epoch: number
  isStopped(): boolean
}

/** An account that could not be read is asked for after so many milliseconds, doubling, */
const READ_AGAIN_MS = 500
/** up to so many. */
const READ_AGAIN_MS_MOST = 30_000

interface OpenedDesk {
  readonly desk: OrderDesk
  /** Number of the last execution that the store holds; 0 before the first. */
  readonly lastExecution: number
  /** Up to where events of the account were told. */
  readonly eventsCursor: string
}

/**
 * @param kept of the state that the run goes on from; undefined: it begins
 * @param now null where the venue is in this process: it is taken back to where it was then, and does again what it did
 *   since. Elsewhere it went on, and is asked for everything.
 * @param isFirst nothing was ever written of this portfolio: what its account did before is in its positions, and the first
 *   comparison finds those
 */
async function openDesk(
  of: DeskOf,
  kept: LiveState['desk'] | undefined,
  now: Instant | null,
  isFirst: boolean,
): Promise<OpenedDesk> {
  const { broker, store, portfolio } = of
  const desk = await newDesk(now === null ? { ...of, policy: inTheTimeOfTheMarket(of.policy) } : of)
  const ids: string[] = []
  let lastExecution = 0
  for await (const { id, number } of store.executionsFrom(portfolio, kept?.state.nextExecution ?? 0)) {
    ids.push(id)
    lastExecution = Math.max(lastExecution, number)
  }
  if (now === null) {
    if (kept !== undefined) desk.restore(kept.records, kept.state)
    return { desk, lastExecution, eventsCursor: '' }
  }
  const place = (isFirst ? await presentPlace(of) : await store.placeOf(portfolio, broker.name)) ?? NOWHERE
  const { executions: cursor, events: eventsCursor, counts } = place
  const nextExecution = Math.max(lastExecution + 1, kept?.state.nextExecution ?? 1)
  const state = { ...counts, cursor, nextExecution }
  const records = await store.openOrders(portfolio)
  desk.resume({ records, executionIds: ids, cursor, state, isSuccessor: of.epoch > 1 }, now)
  return { desk, lastExecution, eventsCursor }
}

/** The desk with the account beside it: null where the venue is in this process. */
export async function openAccount(
  of: DeskOf & Pick<Parameters<typeof accountElsewhere>[0], 'expected' | 'reconcile' | 'isBehind' | 'wake'>,
  kept: LiveState['desk'] | undefined,
  now: Instant | null,
  isFirst: boolean,
): Promise<OpenedDesk & { readonly elsewhere: Elsewhere | null }> {
  const opened = await openDesk(of, kept, now, isFirst)
  return { ...opened, elsewhere: now === null ? null : accountElsewhere({ ...of, ...opened }) }
}

type Place = Pick<BrokerPlace, 'executions' | 'events' | 'counts'>
const NOWHERE: Place = { executions: '', events: '', counts: { counted: {}, notional: { day: 0, amount: 0 } } }

/** From one bar to the next hours may pass at once: what a venue in this process has not answered by then is not stuck. */
function inTheTimeOfTheMarket(policy: DeskPolicy): DeskPolicy {
  const never = Number.POSITIVE_INFINITY
  return { ...policy, stuckAfter: never, unresolvedAfter: never, renewAfter: never }
}

/** Up to where an account's past goes. One that cannot be read is no account without a past: it is asked again. */
async function presentPlace({ broker, clock, policy, isStopped }: DeskOf): Promise<Place> {
  for (let pause = READ_AGAIN_MS; ; pause = Math.min(pause * 2, READ_AGAIN_MS_MOST)) {
    try {
      const { cursor, eventsCursor } = await answerWithin(broker.snapshot(), policy.answerWithin, clock)
      return { ...NOWHERE, executions: cursor, events: eventsCursor }
    } catch (error) {
      if (clock === null || isStopped()) throw error
      await clock.wait(pause)
    }
  }
}

/** @throws where it takes longer than so many milliseconds */
async function answerWithin<T>(answer: Promise<T>, milliseconds: number, clock: Clock | null): Promise<T> {
  if (clock === null) return answer
  const waiting = new AbortController()
  const isOver = clock.wait(milliseconds, waiting.signal).then(() => {
    throw new Error(`no answer within ${milliseconds} ms`)
  })
  // Whichever comes last is nobody's business any more.
  isOver.catch(() => {})
  answer.catch(() => {})
  try {
    return await Promise.race([answer, isOver])
  } finally {
    waiting.abort()
  }
}

async function newDesk({ broker, account, runtime, store, hash, policy, clock }: DeskOf): Promise<OrderDesk> {
  const capabilities = await answerWithin(broker.capabilities(), policy.answerWithin, clock)
  return createDesk({
    broker: broker.name,
    account,
    store: store.id,
    hash,
    capabilities,
    indexOf: (id) => runtime.byId.get(id) ?? -1,
    instrumentOf: (index) => runtime.state.instruments[index]!.id,
    routeOf: (order) => routeOf(runtime, order, broker.name, capabilities),
    notionalOf: (record) => worthOf(runtime, record),
    policy,
  })
}

/** By the table; whatever that says, the broker that is spoken to is sent nothing that it cannot do. */
function routeOf(
  runtime: Runtime,
  order: NetOrder,
  broker: string,
  capabilities: BrokerCapabilities,
): DeskRoute | null {
  const route = brokerOf(runtime, order)
  if (route?.kind === 'refused' || (route?.kind === 'broker' && route.broker !== broker)) return route
  const reason = incapacity(runtime, order, capabilities)
  return reason === null ? route : { kind: 'refused', reason }
}

/** What an order is worth at the last marks, in the base currency; what has no mark yet counts nothing. */
function worthOf({ byId, unitValue }: Runtime, { legs, quantity }: OrderRecord): number {
  let worth = 0
  for (const { instrument, ratio } of legs) {
    const index = byId.get(instrument)
    const value = index === undefined ? 0 : Math.abs(unitValue[index]! * ratio * quantity)
    if (!Number.isNaN(value)) worth += value
  }
  return worth
}
