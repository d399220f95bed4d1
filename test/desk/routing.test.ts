import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { OrderRecord } from '../../src/domain/order-records.ts'
import type { RoutingTable } from '../../src/domain/routing.ts'
import { runEngine } from '../../src/live/open-engine.ts'
import { type Act, handRun } from '../simulation/hand-run.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'

const TABLE: RoutingTable = {
  brokers: { alpaca: [], ibkr: ['short'], ccxt: ['fractional'] },
  upgradeAt: 25_000,
  downgradeBelow: 22_500,
  lower: { equity: ['alpaca'], crypto: ['ccxt'] },
  upper: { equity: ['alpaca', 'ibkr'], crypto: ['ccxt'] },
}

const folder = storeFolder()
afterAll(() => folder.remove())

/** Buys both on the first bar, and sells the shares short on the third. */
const act: Act = (_, out, bar) => {
  if (bar === 0) for (const column of [0, 1]) out.enter(column, 1, 'in')
  if (bar === 1) out.exit(0, 'out')
  if (bar === 2) out.enter(0, -1, 'short')
}

async function played(capital: number): Promise<readonly OrderRecord[]> {
  const bars = [100, 100, 100, 100, 100].map((close) => ({ open: close, close }))
  const input = handRun({
    prices: { SPY: bars, COIN: bars },
    instruments: { COIN: { kind: 'crypto' } },
    sleeves: { one: { capital, act } },
  })
  const sleeves = input.config.sleeves.map((sleeve) => ({
    ...sleeve,
    sizing: { kind: 'percent', fraction: 0.3, of: 'sleeve' } as const,
  }))
  const config = { ...input.config, sleeves, routing: TABLE }
  const store = await openStore(folder.path(`routing-${capital}.db`), { create: true })
  const lease = (await store.lease('one'))!
  const orders: OrderRecord[] = []
  await runEngine(
    { ...input, config },
    {
      store,
      lease,
      storeName: 'routing.db',
      portfolio: 'one',
      snapshotEvery: 100,
      clock: null,
      sha256,
      isStopped: () => false,
      venue: paperVenueFor(config, store.id),
    },
  )
  const seen = new Set<string>()
  for await (const { clientId } of store.executionsFrom('one', 0)) {
    const record = await store.orderOf('one', clientId!)
    if (!seen.has(clientId!)) orders.push(record!)
    seen.add(clientId!)
  }
  await lease.release()
  await store.close()
  return orders
}

describe.skipIf(!HAS_STORE)(`a portfolio with several brokers${STORE_NEED}`, () => {
  it('sends each order to the broker that its table names, on paper under that broker’s name', async () => {
    const orders = await played(100_000)
    const said = orders.map(({ instrument, quantity, broker }) => [instrument, Math.sign(quantity), broker])
    expect(said).toEqual([
      ['SPY', 1, 'alpaca'],
      ['COIN', 1, 'ccxt'],
      ['SPY', -1, 'alpaca'],
      ['SPY', -1, 'ibkr'],
    ])
  })

  it('sends nothing that no broker of an account of its size can do', async () => {
    const orders = await played(10_000)
    expect(orders.map(({ quantity, broker }) => [Math.sign(quantity), broker])).toEqual([
      [1, 'alpaca'],
      [1, 'ccxt'],
      [-1, 'alpaca'],
    ])
  })
})
