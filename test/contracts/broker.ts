import { describe, expect, it } from 'vitest'
import type { ClientOrderId, Execution, OrderRequest } from '../../src/domain/broker.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import { countsPerPrice, tradedCash } from '../../src/domain/traded-cash.ts'
import { type AccountId, instrumentId, type Price, type Quantity } from '../../src/domain/units.ts'
import { BrokerSession, type VenueUnderTest } from './broker-session.ts'

const PRICE = 100

/** What executions took out of a purse, fees included; null while a fee is not known. */
function paid(executions: readonly Execution[], share: Instrument): number | null {
  let sum = 0
  for (const { quantity, price, fee } of executions) {
    if (fee === null) return null
    const cash = tradedCash(quantity, price, countsPerPrice(share, share.currency))
    sum += (quantity > 0 ? cash : 0 - cash) + fee
  }
  return sum
}

export interface BrokerPromise {
  readonly name: string
  /** Left out: of every venue. */
  holdsFor?(venue: VenueUnderTest): boolean
  keep(session: BrokerSession): Promise<void>
}

/** What the engine relies on, whatever stands behind the port. */
export const BROKER_CONTRACT: readonly BrokerPromise[] = [
  {
    name: 'tells what it can do, the same each time, and a time',
    async keep({ broker, venue }) {
      const can = await broker.capabilities()
      expect(can).toEqual(await broker.capabilities())
      expect(can.kinds).toContain(venue.share.kind)
      expect(can.requestLife === null || can.requestLife >= 0).toBe(true)
      expect(can.can.includes('structure')).toBe(venue.structure !== null)
      expect(Number.isFinite(await broker.time())).toBe(true)
    },
  },
  {
    name: 'fills a market order, and says so in events, executions, the order and the account alike',
    async keep(session) {
      const { broker, venue } = session
      await venue.trade(PRICE)
      const before = await broker.snapshot()
      const request = await session.accepted(session.request(10))
      const order = await session.ended(request, 'filled')
      expect(order).toMatchObject({ clientId: request.clientId, quantity: request.quantity, filled: request.quantity })
      expect(order.instrument).toBe(venue.share.id)
      await session.says((event) => event.kind === 'order' && event.order.state === 'filled')
      const executions = await session.executions()
      expect([...session.executionsHeard().values()]).toEqual(executions)
      for (const execution of executions) {
        expect(execution).toMatchObject({ kind: 'trade', clientId: request.clientId, brokerId: order.brokerId })
        expect(execution.price).toBeGreaterThan(0)
      }
      const after = await broker.snapshot()
      expect(session.held(after) - session.held(before)).toBe(10)
      const spent = paid(executions, venue.share)
      const { currency } = venue.share
      if (spent !== null) expect(before.cash.get(currency)! - after.cash.get(currency)!).toBe(spent)
      expect(after.openOrders).toEqual([])
    },
  },
  {
    name: 'sells what is held, and a sale is negative',
    async keep(session) {
      await session.venue.trade(PRICE)
      await session.ended(await session.accepted(session.request(10)), 'filled')
      const sale = session.request(-4, {}, { reducing: true })
      const order = await session.ended(await session.accepted(sale), 'filled')
      expect(order.filled).toBe(sale.quantity)
      expect(await session.shares(sale)).toBe(-4)
      expect(session.held(await session.broker.snapshot())).toBe(6)
    },
  },
  {
    name: 'takes a client id once, however often it is sent, while it works and when it has ended',
    async keep(session) {
      if ((await session.broker.capabilities()).clientIds === 'none') return
      await session.venue.trade(PRICE)
      const request = session.request(10)
      const answers = await Promise.all([session.broker.submit(request), session.broker.submit(request)])
      await session.ended(request, 'filled')
      answers.push(await session.broker.submit(request))
      await session.restart()
      answers.push(await session.broker.submit(request))
      // A refusal would say of an order that trades that it does not.
      for (const { state } of answers) expect(['accepted', 'unknown']).toContain(state)
      await session.venue.trade(PRICE)
      expect(await session.shares()).toBe(10)
      expect(session.held(await session.broker.snapshot())).toBe(10)
    },
  },
  {
    name: 'keeps a client id to its first order, also where another one is asked for under it',
    async keep(session) {
      if ((await session.broker.capabilities()).clientIds === 'none') return
      await session.venue.trade(PRICE)
      const first = await session.accepted(session.request(10))
      await session.ended(first, 'filled')
      const other = session.request(3, {}, { clientId: first.clientId })
      await session.broker.submit(other)
      await session.venue.trade(PRICE)
      expect(await session.shares()).toBe(10)
    },
  },
  {
    name: 'says absent of an id that it has never seen',
    async keep({ broker }) {
      expect(await broker.query('CONTRACTNEVERSEEN000000000' as ClientOrderId)).toBe('absent')
    },
  },
  {
    name: 'lets a limit rest, shows it as open, and fills it when its price comes, at its price or better',
    async keep(session) {
      const { broker, venue } = session
      await venue.trade(PRICE)
      const request = await session.accepted(session.limit(10, 90))
      await session.until(request, ({ state, filled }) => state === 'working' && filled === 0)
      const { openOrders } = await broker.snapshot()
      expect(openOrders.map(({ clientId, quantity }) => [clientId, quantity])).toEqual([
        [request.clientId, request.quantity],
      ])
      expect(await session.shares()).toBe(0)
      await venue.trade(80)
      await session.ended(request, 'filled')
      for (const { price } of await session.executions()) expect(price).toBeLessThanOrEqual(90)
      expect((await broker.snapshot()).openOrders).toEqual([])
    },
  },
  {
    name: 'cancels what rests: the end is said, and no price fills it any more',
    async keep(session) {
      await session.venue.trade(PRICE)
      const request = await session.accepted(session.limit(10, 90))
      await session.until(request, ({ state }) => state === 'working')
      expect((await session.broker.cancel(request.clientId)).state).toBe('requested')
      const order = await session.ended(request, 'cancelled')
      expect(order.filled).toBe(0)
      await session.says((event) => event.kind === 'order' && event.order.state === 'cancelled')
      await session.venue.trade(80)
      expect(await session.shares()).toBe(0)
      expect((await session.broker.snapshot()).openOrders).toEqual([])
    },
  },
  {
    name: 'refuses to cancel what has ended or was never there, and changes nothing by it',
    async keep(session) {
      await session.venue.trade(PRICE)
      const request = await session.accepted(session.request(10))
      await session.ended(request, 'filled')
      const late = await session.broker.cancel(request.clientId)
      expect(late.state).toBe('refused')
      expect(late.evidence).not.toBe('')
      expect((await session.ended(request, 'filled')).filled).toBe(request.quantity)
      const never = await session.broker.cancel('CONTRACTNEVERSEEN000000000' as ClientOrderId)
      expect(never.state).not.toBe('requested')
    },
  },
  {
    name: 'in a race of a cancel with a fill, says one outcome everywhere',
    async keep(session) {
      await session.venue.trade(PRICE)
      const request = await session.accepted(session.limit(10, 90))
      await Promise.all([session.broker.cancel(request.clientId), session.venue.trade(80)])
      const order = await session.until(request, ({ state }) => state === 'filled' || state === 'cancelled')
      const whole = order.filled / session.venue.share.unitsPerWhole
      if (order.state === 'filled') expect(whole).toBe(10)
      expect(await session.shares(request)).toBe(whole)
      expect(session.held(await session.broker.snapshot())).toBe(whole)
    },
  },
  {
    name: 'fills in parts: each once, added up in the order, the rest still working until it is cancelled',
    async keep(session) {
      const { venue, broker } = session
      await venue.trade(PRICE)
      const request = await session.accepted(session.limit(100, 90))
      await session.until(request, ({ state }) => state === 'working')
      await venue.trade(80, 30)
      const first = await session.until(request, ({ filled }) => filled !== 0)
      expect(first.state).toBe('working')
      await venue.trade(80, 30)
      const second = await session.until(request, ({ filled }) => filled !== first.filled)
      const whole = second.filled / venue.share.unitsPerWhole
      expect(whole).toBeLessThan(100)
      expect(await session.shares(request)).toBe(whole)
      expect((await broker.snapshot()).openOrders.map(({ filled }) => filled)).toEqual([second.filled])
      await broker.cancel(request.clientId)
      expect((await session.ended(request, 'cancelled')).filled).toBe(second.filled)
      await venue.trade(80)
      expect(await session.shares(request)).toBe(whole)
      expect(session.held(await broker.snapshot())).toBe(whole)
    },
  },
  {
    name: 'gives executions after a cursor: every one once, in their order, whatever cursors are asked',
    async keep(session) {
      await session.venue.trade(PRICE)
      const cursors = ['']
      const parts: Execution[] = []
      for (const shares of [3, 5, -2]) {
        const request = session.request(shares, {}, { reducing: shares < 0 })
        await session.ended(await session.accepted(request), 'filled')
        const { executions, cursor } = await session.broker.executionsSince(cursors.at(-1)!)
        parts.push(...executions)
        cursors.push(cursor)
      }
      const all = await session.executions()
      expect(parts).toEqual(all)
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
      expect(await session.executions(cursors.at(-1)!)).toEqual([])
      expect((await session.broker.snapshot()).cursor).toBe(cursors.at(-1)!)
      expect([...session.executionsHeard().keys()]).toEqual(all.map(({ id }) => id))
    },
  },
  {
    name: 'says from where on events of the account are to be asked for',
    async keep({ broker, venue }) {
      await venue.trade(PRICE)
      const { events, cursor } = await broker.accountEventsSince('')
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
      expect((await broker.accountEventsSince(cursor)).events).toEqual([])
      expect((await broker.snapshot()).eventsCursor).toBe(cursor)
    },
  },
  {
    name: 'tells what happens to the account without an order, and gives it again after a cursor, under one id',
    holdsFor: ({ happen }) => happen !== undefined,
    async keep(session) {
      const { broker, venue } = session
      await venue.trade(PRICE)
      const before = await broker.accountEventsSince('')
      await session.ended(await session.accepted(session.request(-10)), 'filled')
      await venue.happen!()
      await session.says(({ kind }) => kind === 'action' || kind === 'cash')
      const { events, cursor } = await broker.accountEventsSince(before.cursor)
      expect(events).not.toEqual([])
      const heard = session.heard.filter(({ kind }) => kind === 'action' || kind === 'cash')
      expect(events).toEqual(heard)
      expect((await broker.accountEventsSince(cursor)).events).toEqual([])
      expect((await broker.snapshot()).eventsCursor).toBe(cursor)
      await session.restart()
      expect(await session.broker.accountEventsSince(before.cursor)).toEqual({ events, cursor })
    },
  },
  {
    name: 'rejects what it does not trade with evidence, and trades nothing for it',
    async keep(session) {
      await session.venue.trade(PRICE)
      const strange = session.request(10, {}, { legs: [{ instrument: instrumentId('NOWHERE-LISTED'), ratio: 1 }] })
      const answer = await session.broker.submit(strange)
      expect(answer).toMatchObject({ state: 'rejected', evidence: expect.stringMatching(/\w/) })
      const known = await session.broker.query(strange.clientId)
      expect(known === 'absent' || (typeof known === 'object' && known.state === 'rejected')).toBe(true)
      expect(await session.executions()).toEqual([])
    },
  },
  {
    name: 'rejects what the account cannot pay, at once or by an event, with evidence',
    async keep(session) {
      await session.venue.trade(PRICE)
      const request = session.request(1_000_000)
      const answer = await session.broker.submit(request)
      if (answer.state === 'accepted') {
        const order = await session.until(request, ({ state }) => state === 'rejected' || state === 'cancelled')
        expect(order.evidence).not.toBe('')
        await session.says((event) => event.kind === 'order' && event.order.clientId === request.clientId)
      } else expect(answer).toMatchObject({ state: 'rejected', evidence: expect.stringMatching(/\w/) })
      expect(session.held(await session.broker.snapshot())).toBe(await session.shares())
    },
  },
  {
    name: 'never throws, whatever it is sent',
    async keep(session) {
      await session.venue.trade(PRICE)
      const bad: readonly OrderRequest[] = [
        session.request(0),
        session.request(Number.NaN),
        session.request(Number.POSITIVE_INFINITY),
        session.request(1, {}, { legs: [] }),
        session.request(1, {}, { quantity: 0.5 as Quantity }),
        session.request(1, { type: 'limit' }),
        session.request(1, { type: 'limit', limit: Number.NaN as Price }),
        session.request(1, { type: 'limit', limit: -5 as Price }),
        session.request(1, { type: 'stop', stop: Number.POSITIVE_INFINITY as Price }),
        session.request(1, {}, { account: 'nobody' as AccountId }),
        session.request(Number.MAX_SAFE_INTEGER),
      ]
      for (const request of bad) {
        const answer = await session.broker.submit(request)
        if (answer.state === 'accepted') await session.until(request, ({ state }) => state !== 'working')
        else expect(answer.evidence).not.toBe('')
      }
      expect(await session.shares()).toBe(0)
      expect(session.held(await session.broker.snapshot())).toBe(0)
    },
  },
  {
    name: 'sells short where it says that it can, and refuses it where not',
    async keep(session) {
      await session.venue.trade(PRICE)
      const can = (await session.broker.capabilities()).can.includes('short')
      const request = session.request(-10)
      const answer = await session.broker.submit(request)
      const order =
        answer.state === 'accepted' ? await session.until(request, ({ state }) => state !== 'working') : answer
      expect(order.state === 'filled').toBe(can)
      expect(session.held(await session.broker.snapshot())).toBe(can ? -10 : 0)
    },
  },
  {
    name: 'fills a structure as a unit: every leg by its ratio, or none',
    holdsFor: ({ structure }) => structure !== null,
    async keep(session) {
      const { venue, broker } = session
      await venue.trade(PRICE)
      const legs = venue.structure!
      const request = await session.accepted(session.request(0, {}, { legs, quantity: 2 as Quantity }))
      const order = await session.ended(request, 'filled')
      expect(order).toMatchObject({ instrument: null, filled: 2 })
      const { positions } = await broker.snapshot()
      for (const { instrument, ratio } of legs) {
        const own = (await session.executions()).filter((execution) => execution.instrument === instrument)
        expect(own.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(2 * ratio)
        expect(positions.find((position) => position.instrument === instrument)?.quantity).toBe(2 * ratio)
      }
    },
  },
  {
    name: 'remembers across a restart of ours: orders by their client ids, executions by their cursors',
    async keep(session) {
      await session.venue.trade(PRICE)
      const filled = await session.accepted(session.request(10))
      await session.ended(filled, 'filled')
      const resting = await session.accepted(session.limit(5, 90))
      await session.until(resting, ({ state }) => state === 'working')
      const { cursor } = await session.broker.snapshot()
      const executions = await session.executions()
      await session.restart()
      expect(await session.ended(filled, 'filled')).toMatchObject({ filled: filled.quantity })
      expect(await session.executions()).toEqual(executions)
      expect(await session.executions(cursor)).toEqual([])
      await session.venue.trade(80)
      await session.ended(resting, 'filled')
      expect((await session.executions(cursor)).map(({ clientId }) => clientId)).toEqual([resting.clientId])
      expect(session.held(await session.broker.snapshot())).toBe(15)
    },
  },
  {
    name: 'says that it may have missed something, and executions then tell it',
    holdsFor: ({ deafen }) => deafen !== undefined,
    async keep(session) {
      await session.venue.trade(PRICE)
      const { cursor } = await session.broker.executionsSince('')
      const request = session.request(10)
      await session.venue.deafen!(async () => {
        await session.broker.submit(request)
        await session.ended(request, 'filled')
      })
      await session.says(({ kind }) => kind === 'gap')
      expect((await session.executions(cursor)).map(({ clientId }) => clientId)).toContain(request.clientId)
    },
  },
  {
    name: 'says that it could not look, rather than that nothing is there',
    holdsFor: ({ blind }) => blind !== undefined,
    async keep(session) {
      await session.venue.trade(PRICE)
      const request = await session.accepted(session.request(10))
      await session.ended(request, 'filled')
      await session.venue.blind!(async () => {
        await expect(session.broker.snapshot()).rejects.toThrow(/./)
        await expect(session.broker.executionsSince('')).rejects.toThrow(/./)
        await expect(session.broker.accountEventsSince('')).rejects.toThrow(/./)
        expect(await session.broker.query(request.clientId)).toBe('unknown')
        expect((await session.broker.cancel(request.clientId)).state).toBe('unknown')
        expect((await session.broker.submit(session.request(1))).state).toBe('unknown')
      })
      expect(session.held(await session.broker.snapshot())).toBeGreaterThanOrEqual(10)
    },
  },
  {
    name: 'ends its events when it is told to: by the signal, and by the close',
    async keep(session) {
      await session.stop()
      const { broker } = session
      const listening = (async () => {
        for await (const event of broker.events(new AbortController().signal)) session.heard.push(event)
      })()
      await broker.close()
      expect(await session.ends(listening)).toBe(true)
      await broker.close()
    },
  },
]

/** @param prepare a venue on which nothing has happened yet */
export function brokerContract(name: string, prepare: () => Promise<VenueUnderTest>): void {
  describe(name, () => {
    for (const promise of BROKER_CONTRACT) it(promise.name, () => keepsPromise(promise, prepare))
  })
}

/** @throws where the venue breaks the promise */
export async function keepsPromise(promise: BrokerPromise, prepare: () => Promise<VenueUnderTest>): Promise<void> {
  const venue = await prepare()
  const session = new BrokerSession(venue)
  try {
    if (promise.holdsFor?.(venue) ?? true) await promise.keep(session)
  } finally {
    await session.stop()
    await venue.remove()
  }
}
