import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClientOrderId } from '../../src/domain/broker.ts'
import type { ExecutionRecord, OrderRecord } from '../../src/domain/order-records.ts'
import type { BreakerCounts, BrokerPlace, Lease, Store } from '../../src/domain/store.ts'
import type {
  AccountId,
  Instant,
  InstrumentId,
  IntentId,
  Money,
  OrderId,
  Price,
  Quantity,
  SleeveId,
} from '../../src/domain/units.ts'
import { rowsFrom } from './rows.ts'
import type { StoreUnderTest } from './store.ts'

/** An order of 120 shares for two sleeves, as it was written down first. */
export function orderRecord(number: number, changed: Partial<OrderRecord> = {}): OrderRecord {
  return {
    clientId: `id-${number}` as ClientOrderId,
    order: (4_294_967_296 + number) as OrderId,
    account: 'main' as AccountId,
    broker: 'paper',
    brokerId: null,
    instrument: 'SPY' as InstrumentId,
    legs: [{ instrument: 'SPY' as InstrumentId, ratio: 1 }],
    terms: { type: 'limit', limit: 470.25 as Price, force: 'day' },
    quantity: 120_000_000 as Quantity,
    filled: 0 as Quantity,
    reducing: false,
    shares: [
      { intent: 1 as IntentId, sleeve: 'a' as SleeveId, wanted: 100_000_000 as Quantity, crossed: 0 as Quantity },
      { intent: 2 as IntentId, sleeve: 'b' as SleeveId, wanted: 20_000_000 as Quantity, crossed: 0 as Quantity },
    ],
    state: 'intended',
    isCancelling: false,
    evidence: '',
    intendedAt: (1_700_000_000_000 + number) as Instant,
    sends: 0,
    changedAt: (1_700_000_000_000 + number) as Instant,
    ...changed,
  }
}

export function executionRecord(number: number, changed: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    broker: 'paper',
    id: `execution-${number}`,
    number,
    corrects: null,
    clientId: 'id-1' as ClientOrderId,
    symbol: 'SPY',
    instrument: 'SPY' as InstrumentId,
    quantity: 60_000_000 as Quantity,
    price: (470.1 + number / 3) as Price,
    fee: 1_250_000 as Money,
    at: (1_700_000_000_500 + number) as Instant,
    shares: [
      {
        sleeve: 'a' as SleeveId,
        quantity: 60_000_000 as Quantity,
        price: 470.1 as Price,
        cash: -28_206_000_000 as Money,
        fee: 1_250_000 as Money,
        realised: 0,
      },
    ],
    ...changed,
  }
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const row of rows) list.push(row)
  return list
}

/** What every store keeps of orders and executions. */
export function orderStoreContract(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`${name}: orders and executions`, () => {
    let under: StoreUnderTest
    let store: Store
    let lease: Lease
    beforeEach(async () => {
      under = await prepare()
      store = await under.open()
      lease = (await store.lease('one'))!
    })
    afterEach(async () => {
      await lease.release()
      await store.close()
      await under.remove()
    })

    it('keeps the last word on an order under its client id, and finds it by id and by number', async () => {
      const [first, second] = [orderRecord(1), orderRecord(2, { instrument: null, reducing: true })]
      await store.commit('one', lease, { rows: rowsFrom(0, 1), orders: [first, second] })
      expect(await store.openOrders('one')).toEqual([first, second])
      const acked = { ...first, state: 'acked' as const, brokerId: 'B1', sends: 1, changedAt: 9 as Instant }
      const filled = { ...second, state: 'filled' as const, filled: second.quantity, evidence: 'said so' }
      await store.commit('one', lease, { rows: [], orders: [acked, { ...second, state: 'acked' }, filled] })
      const other = await under.open()
      expect(await other.openOrders('one')).toEqual([acked])
      expect(await other.openOrders('two')).toEqual([])
      expect(await other.orderOf('one', second.clientId)).toEqual(filled)
      expect(await other.orderByNumber('one', second.order)).toEqual(filled)
      expect(await other.orderByNumber('one', 7 as OrderId)).toBeUndefined()
      expect(await other.orderOf('two', second.clientId)).toBeUndefined()
      await other.close()
    })

    it('keeps an order open in doubt and while it is being cancelled', async () => {
      const doubt = orderRecord(1, { state: 'unknown', evidence: 'timed out' })
      const leaving = orderRecord(2, { state: 'acked', isCancelling: true })
      const ends = (['filled', 'cancelled', 'expired', 'rejected', 'unsent'] as const).map((state, place) =>
        orderRecord(10 + place, { state }),
      )
      await store.commit('one', lease, { rows: [], orders: [...ends, leaving, doubt] })
      expect(await store.openOrders('one')).toEqual([doubt, leaving])
    })

    it('books an execution once: the second one refuses the whole commit', async () => {
      const executions = [1, 2, 3].map((number) => executionRecord(number))
      await store.commit('one', lease, { rows: rowsFrom(0, 2), executions })
      const again = { rows: rowsFrom(2, 2), orders: [orderRecord(5)], executions: [executionRecord(4), executions[1]!] }
      await expect(store.commit('one', lease, again)).rejects.toMatchObject({
        fault: { code: 'EXECUTION_KNOWN', values: { portfolio: 'one', broker: 'paper', execution: 'execution-2' } },
      })
      await expect(
        store.commit('one', lease, { rows: rowsFrom(2, 1), executions: [executionRecord(8), executionRecord(8)] }),
      ).rejects.toMatchObject({ fault: { code: 'EXECUTION_KNOWN', values: { execution: 'execution-8' } } })
      expect(await store.openOrders('one')).toEqual([])
      expect(await store.hasExecution('one', 'paper', ['execution-4', 'execution-2', 'execution-8'])).toEqual([
        'execution-2',
      ])
      // Another broker may use the same id, and another portfolio may have the same broker.
      await store.commit('one', lease, {
        rows: rowsFrom(2, 1),
        executions: [executionRecord(2, { broker: 'other', number: 4 })],
      })
      const two = (await store.lease('two'))!
      await store.commit('two', two, { rows: rowsFrom(0, 1), executions })
      await two.release()
      expect((await all(store.executionsFrom('one', 0))).map(({ broker, id }) => `${broker} ${id}`)).toEqual([
        'paper execution-1',
        'paper execution-2',
        'paper execution-3',
        'other execution-2',
      ])
      expect((await store.check()).problems).toEqual([])
    })

    it('gives executions back as they were, from a number on, also beyond a page', async () => {
      const executions = Array.from({ length: 2_100 }, (_, number) =>
        executionRecord(number, { quantity: (number % 2 === 0 ? number : -number) as Quantity }),
      )
      const foreign = executionRecord(2_100, {
        clientId: null,
        instrument: null,
        fee: null,
        shares: null,
        corrects: 'execution-7',
        quantity: (2 ** 52) as Quantity,
      })
      await store.commit('one', lease, { rows: [], executions: [...executions, foreign] })
      expect(await all(store.executionsFrom('one', 0))).toEqual([...executions, foreign])
      expect(await all(store.executionsFrom('one', 2_099))).toEqual([executions[2_099], foreign])
      expect(await store.executionOf('one', 'paper', foreign.id)).toEqual(foreign)
      expect(await store.executionOf('one', 'other', foreign.id)).toBeUndefined()
      const { clientId } = executions[5]!
      const own = executions.filter((one) => one.clientId === clientId)
      expect(await store.executionsOf('one', clientId!)).toEqual(own)
      expect(await store.executionsOf('other', clientId!)).toEqual([])
    })

    it('moves the place of a broker with the executions that it stands for, or not at all', async () => {
      expect(await store.placeOf('one', 'paper')).toBeNull()
      const first = brokerPlace('paper', 'c1', { counted: { orders: [1, 2] }, notional: { day: 3, amount: 4.5 } })
      await store.commit('one', lease, { rows: [], executions: [executionRecord(1)], place: first })
      await store.commit('one', lease, { rows: [], place: brokerPlace('other', 'x') })
      expect(await store.placeOf('one', 'paper')).toEqual(first)
      const again = { rows: [], executions: [executionRecord(1)], place: brokerPlace('paper', 'c2') }
      await expect(store.commit('one', lease, again)).rejects.toThrow('was booked before')
      expect(await store.placeOf('one', 'paper')).toEqual(first)
      const third = { ...brokerPlace('paper', 'c3'), events: 'e7' }
      await store.commit('one', lease, { rows: [], place: third })
      const other = await under.open()
      expect(await other.placeOf('one', 'paper')).toEqual(third)
      expect(await other.placeOf('one', 'other')).toEqual(brokerPlace('other', 'x'))
      expect(await other.placeOf('two', 'paper')).toBeNull()
      await other.close()
    })

    it('knows every event of an account that was told, and tells none twice', async () => {
      const ids = Array.from({ length: 12_000 }, (_, number) => `event-${number}`)
      await store.commit('one', lease, { rows: rowsFrom(0, 1), accountEvents: { broker: 'paper', ids } })
      expect(await store.hasAccountEvents('one', 'paper', ['event-0', 'event-12000', 'event-11999'])).toEqual(
        expect.arrayContaining(['event-0', 'event-11999']),
      )
      expect(await store.hasAccountEvents('one', 'paper', ['event-12000'])).toEqual([])
      expect(await store.hasAccountEvents('one', 'other', ['event-0'])).toEqual([])
      expect(await store.hasAccountEvents('two', 'paper', ['event-0'])).toEqual([])
      const again = { rows: rowsFrom(1, 1), accountEvents: { broker: 'paper', ids: ['event-12000', 'event-0'] } }
      await expect(store.commit('one', lease, again)).rejects.toThrow()
      expect(await store.hasAccountEvents('one', 'paper', ['event-12000'])).toEqual([])
      expect((await store.extents())[0]?.rows).toBe(1)
    })
  })
}

/** Where a broker stands, up to a place of its executions. */
export function brokerPlace(broker: string, executions: string, counts: BreakerCounts = NONE): BrokerPlace {
  return { broker, executions, events: '', counts }
}

const NONE: BreakerCounts = { counted: {}, notional: { day: 0, amount: 0 } }
