import { describe, expect, it } from 'vitest'
import { BROKER_CONTRACT, brokerContract, keepsPromise } from '../../../../test/contracts/broker.ts'
import { MARGIN_ACCOUNT } from '../../../../test/fixtures/exchange-rig.ts'
import { type PaperUnderTest, paperUnderTest } from '../../../../test/fixtures/paper-under-test.ts'
import type { Broker, BrokerEvent, ClientOrderId, OrderRequest } from '../../../domain/broker.ts'
import { currencyCode, money, type OrderId, type Quantity } from '../../../domain/units.ts'
import { fillsOf, PAPER_DEFAULTS } from './strictness.ts'

brokerContract('the paper venue keeps the contract of brokers', () => paperUnderTest())

const strictVenue = (between: (broker: Broker) => Broker = (broker) => broker): Promise<PaperUnderTest> => {
  const paper = { ...PAPER_DEFAULTS, fills: 'strict', latency: 0, broker: 'alpaca' } as const
  const { account, costs, capabilities, strictness } = fillsOf({ account: MARGIN_ACCOUNT, costs: {}, paper })
  const exchange = { account, costs, currency: currencyCode('USD'), cash: money(200_000_000_000) }
  return paperUnderTest({ options: { exchange, capabilities, strictness }, between })
}

brokerContract('a strict one that stands for a broker keeps it as well', () => strictVenue())

async function* heard(
  broker: Broker,
  signal: AbortSignal,
  pass: (event: BrokerEvent) => readonly BrokerEvent[],
): AsyncGenerator<BrokerEvent, void, undefined> {
  for await (const event of broker.events(signal)) yield* pass(event)
}

/** What has gone wrong between engines and brokers before, one at a time. */
const FAULTS: Readonly<Record<string, (broker: Broker) => Partial<Broker>>> = {
  'an execution told twice under two ids': (broker) => ({
    async executionsSince(cursor) {
      const told = await broker.executionsSince(cursor)
      return { ...told, executions: told.executions.flatMap((one) => [one, { ...one, id: `${one.id}-again` }]) }
    },
  }),
  'other ids in events than in the list': (broker) => ({
    events: (signal) =>
      heard(broker, signal, (event) =>
        event.kind === 'execution'
          ? [{ ...event, execution: { ...event.execution, id: `e${event.execution.id}` } }]
          : [event],
      ),
  }),
  'executions that no event tells': (broker) => ({
    events: (signal) => heard(broker, signal, (event) => (event.kind === 'execution' ? [] : [event])),
  }),
  'ends that no event tells': (broker) => ({
    events: (signal) => heard(broker, signal, (event) => (event.kind === 'order' ? [] : [event])),
  }),
  'a client id taken twice': (broker) => {
    let sent = 0
    const first = new Set<string>()
    return {
      submit(request: OrderRequest) {
        if (!first.has(request.clientId)) {
          first.add(request.clientId)
          return broker.submit(request)
        }
        sent += 1
        const again = { clientId: `${request.clientId}-${sent}` as ClientOrderId, order: (9_000_000 + sent) as OrderId }
        return broker.submit({ ...request, ...again })
      },
    }
  },
  'a refusal for an id that trades': (broker) => {
    const first = new Set<string>()
    return {
      submit(request: OrderRequest) {
        if (first.has(request.clientId))
          return Promise.resolve({ state: 'rejected', evidence: 'duplicate id' } as const)
        first.add(request.clientId)
        return broker.submit(request)
      },
    }
  },
  'a snapshot that looks flat': (broker) => ({
    snapshot: async () => ({ ...(await broker.snapshot()), positions: [] }),
  }),
  'a snapshot without what is open': (broker) => ({
    snapshot: async () => ({ ...(await broker.snapshot()), openOrders: [] }),
  }),
  'cash that forgets fees': (broker) => ({
    snapshot: async () => {
      const told = await broker.snapshot()
      return {
        ...told,
        cash: new Map([...told.cash].map(([code, amount]) => [code, (amount - (amount % 1_000_000)) as never])),
      }
    },
  }),
  'the last part told as all that was filled': (broker) => {
    let last = 0
    return {
      async query(clientId) {
        const told = await broker.query(clientId)
        if (typeof told !== 'object') return told
        const part = told.filled - last
        last = told.filled
        return { ...told, filled: part as Quantity }
      },
    }
  },
  'an ended order called absent': (broker) => ({
    async query(clientId) {
      const told = await broker.query(clientId)
      return typeof told === 'object' && told.state === 'filled' ? 'absent' : told
    },
  }),
  'an unknown id called unknown for ever': (broker) => ({
    async query(clientId) {
      const told = await broker.query(clientId)
      return told === 'absent' ? 'unknown' : told
    },
  }),
  'a cancel that is only said': (broker) => ({
    cancel: () => Promise.resolve({ state: 'requested', evidence: '' } as const),
    async query(clientId) {
      const told = await broker.query(clientId)
      return typeof told === 'object' && told.state === 'working' ? { ...told, state: 'cancelled' } : told
    },
  }),
  'a cancel of what has ended': () => ({
    cancel: () => Promise.resolve({ state: 'requested', evidence: '' } as const),
  }),
  'a cursor that is not looked at': (broker) => ({
    executionsSince: () => broker.executionsSince(''),
  }),
  'a submit that throws': (broker) => ({
    submit: (request) =>
      Number.isSafeInteger(request.quantity) ? broker.submit(request) : Promise.reject(new Error('bad quantity')),
  }),
  'a refusal without evidence': (broker) => ({
    async submit(request) {
      const answer = await broker.submit(request)
      return answer.state === 'rejected' ? { ...answer, evidence: '' } : answer
    },
  }),
  'a sale told without its sign': (broker) => ({
    async executionsSince(cursor) {
      const told = await broker.executionsSince(cursor)
      const executions = told.executions.map((one) => ({ ...one, quantity: Math.abs(one.quantity) as Quantity }))
      return { ...told, executions }
    },
  }),
  'shorts that it says it cannot do': (broker) => ({
    capabilities: async () => ({ ...(await broker.capabilities()), can: ['structure', 'fractional'] }),
  }),
  'a structure of which one leg is lost': (broker) => ({
    async executionsSince(cursor) {
      const told = await broker.executionsSince(cursor)
      return { ...told, executions: told.executions.filter(({ symbol }) => !symbol.includes('put 95')) }
    },
  }),
  'events that go on after the close': (broker) => ({
    close: () => Promise.resolve(),
    events: (signal) => broker.events(signal),
  }),
}

/** The same where something happens to the account without an order. */
const ACCOUNT_FAULTS: Readonly<Record<string, (broker: Broker) => Partial<Broker>>> = {
  'other ids of what happens in events than in the list': (broker) => ({
    events: (signal) =>
      heard(broker, signal, (event) => (event.kind === 'action' ? [{ ...event, id: `e${event.id}` }] : [event])),
  }),
  'a list of what happens that forgets its cursor': (broker) => ({
    accountEventsSince: () => broker.accountEventsSince(''),
  }),
  'a snapshot that does not say what is in it': (broker) => ({
    snapshot: async () => ({ ...(await broker.snapshot()), eventsCursor: '' }),
  }),
}

/** Promises that the venue breaks. */
async function broken(prepare: () => Promise<PaperUnderTest>): Promise<readonly string[]> {
  const names: string[] = []
  for (const promise of BROKER_CONTRACT)
    await keepsPromise(promise, prepare).catch(() => {
      names.push(promise.name)
    })
  return names
}

describe('the contract of brokers', () => {
  it('is kept by what stands between nothing', async () => {
    expect(await broken(() => paperUnderTest({ between: (broker) => ({ ...broker }) }))).toEqual([])
  })

  for (const [fault, changed] of Object.entries(FAULTS)) {
    it(`is broken by ${fault}`, async () => {
      const between = (broker: Broker): Broker => ({ ...broker, ...changed(broker) })
      expect(await broken(() => paperUnderTest({ between }))).not.toEqual([])
    })
  }

  for (const [fault, changed] of Object.entries(ACCOUNT_FAULTS)) {
    it(`is broken by ${fault}`, async () => {
      const between = (broker: Broker): Broker => ({ ...broker, ...changed(broker) })
      expect(await broken(() => strictVenue(between))).not.toEqual([])
    })
  }

  it('is broken by a venue that forgets while we are away', async () => {
    const forgetful = async (): Promise<PaperUnderTest> => {
      const venue = await paperUnderTest()
      return new Proxy(venue, {
        get: (target, key) => (key === 'restart' ? async () => target.forget() : Reflect.get(target, key)),
      })
    }
    expect(await broken(forgetful)).toContain(
      'remembers across a restart of ours: orders by their client ids, executions by their cursors',
    )
  })
})
