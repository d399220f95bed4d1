import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { Broker } from '../../src/domain/broker.ts'
import type { OrderRecord } from '../../src/domain/order-records.ts'
import type { Capability, RoutingTable } from '../../src/domain/routing.ts'
import type { VenueSource } from '../../src/live/engine-options.ts'
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

/** @param can of the one broker that there is then, which trades shares alone; left out: brokers are those of the table */
async function played(capital: number, can?: readonly Capability[]): Promise<readonly OrderRecord[]> {
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
  const config = { ...input.config, sleeves, ...(can === undefined ? { routing: TABLE } : {}) }
  const store = await openStore(folder.path(`routing-${capital}-${can?.length ?? 'table'}.db`), { create: true })
  const lease = (await store.lease('one'))!
  const written = new Map<string, OrderRecord>()
  const commit: typeof store.commit = async (...given) => {
    for (const record of given[2].orders ?? []) written.set(record.clientId, record)
    await store.commit(...given)
  }
  await runEngine(
    { ...input, config },
    {
      store: { ...store, commit },
      lease,
      storeName: 'routing.db',
      portfolio: 'one',
      snapshotEvery: 100,
      clock: null,
      sha256,
      isStopped: () => false,
      venue: can === undefined ? paperVenueFor(config, store.id) : limited(paperVenueFor(config, store.id), can),
    },
  )
  await lease.release()
  await store.close()
  return [...written.values()]
}

function limited(source: VenueSource, can: readonly Capability[]): VenueSource {
  if (source.kind === 'elsewhere') throw new Error('it is in this process')
  return {
    kind: 'here',
    open(from) {
      const venue = source.open(from)
      const capabilities: Broker['capabilities'] = async () => ({
        ...(await venue.broker.capabilities()),
        kinds: ['equity'],
        can,
      })
      return { ...venue, broker: { ...venue.broker, capabilities } }
    },
  }
}

describe.skipIf(!HAS_STORE)(`a portfolio with several brokers${STORE_NEED}`, () => {
  it('sends each order to the broker that its table names, on paper under that broker’s name', async () => {
    const orders = await played(100_000)
    const said = orders
      .filter(({ filled }) => filled !== 0)
      .map(({ instrument, quantity, broker }) => [instrument, Math.sign(quantity), broker])
    expect(said).toEqual([
      ['SPY', 1, 'alpaca'],
      ['COIN', 1, 'ccxt'],
      ['SPY', -1, 'alpaca'],
      ['SPY', -1, 'ibkr'],
    ])
  })

  it('sends nothing that no broker of an account of its size can do', async () => {
    const orders = await played(10_000)
    const sent = orders.filter(({ filled }) => filled !== 0)
    expect(sent.map(({ quantity, broker }) => [Math.sign(quantity), broker])).toEqual([
      [1, 'alpaca'],
      [1, 'ccxt'],
      [-1, 'alpaca'],
    ])
  })

  it('sends the one broker that there is nothing that it cannot do, and every exit', async () => {
    const said = (await played(100_000, [])).map(({ instrument, state, evidence }) => [instrument, state, evidence])
    expect(said).toEqual([
      ['SPY', 'filled', expect.anything()],
      ['COIN', 'unsent', 'the broker does not trade crypto instruments'],
      ['SPY', 'filled', expect.anything()],
      ['SPY', 'unsent', 'the broker cannot do what it needs: short'],
    ])
    const able = await played(100_000, ['short'])
    expect(able.map(({ state }) => state)).toEqual(['filled', 'unsent', 'filled', 'filled'])
  })
})
