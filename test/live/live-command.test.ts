import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { configApprove } from '../../src/cli/commands/config-approve.ts'
import { gatesRecord } from '../../src/cli/commands/gates.ts'
import { live } from '../../src/cli/commands/live.ts'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import type { LoadedPortfolio } from '../../src/cli/config/loaded.ts'
import { fingerprintOf } from '../../src/cli/live/configuring.ts'
import { followed, type MarketFollower } from '../../src/cli/live/run-on.ts'
import type { Venues } from '../../src/cli/live/venues.ts'
import { missingForLive } from '../../src/cli/operate/missing.ts'
import type { Broker, BrokerEvent, Execution, OrderRequest } from '../../src/domain/broker.ts'
import type { ControlBody, Heartbeat } from '../../src/domain/control.ts'
import type { Instant, InstrumentId, Money, Price } from '../../src/domain/units.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'

/* The command that trades with real money, from what it refuses to orders at a broker that is plugged in where adapters are. */

const folder = storeFolder()
afterAll(() => folder.remove())
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const MINUTE_MS = 60_000
const PRICE = 100
const CASH = 100_000
const ACCOUNT = 'U99887766'
const MICROS = 1_000_000

const FILE = `name: Own money
mode: live
capital: ${CASH}
day_calendar: continuous
live: {fraction: 0.1, gates: {fortnight: two weeks on paper, slippage: below 5 bp}}
engine: {cycle: 1s, stale_after: {grace: 1s, bars: 9}}
routing:
  brokers: {nearby: [short, fractional]}
  lower: {crypto: [nearby]}
  upper: {crypto: [nearby]}
sleeves:
  - {id: holder, weight: 0.9, strategy: buy-and-hold, timeframe: 1m, universe: [BTC], sizing: {kind: percent, fraction: 0.5}}
instruments:
  BTC: {file: data/BTC.csv, kind: crypto}
`

const file = folder.path('live.yaml')
const store = folder.path('live.db')

/** Bars of the last minutes, but for so many. */
function bars(heldBack: number): void {
  const end = Math.floor(Date.now() / MINUTE_MS) - heldBack
  const rows = Array.from({ length: 8 }, (_, bar) => {
    const at = new Date((end - 8 + bar) * MINUTE_MS).toISOString()
    return `${at},${PRICE},${PRICE},${PRICE},${PRICE},5000\n`
  })
  mkdirSync(folder.path('data'), { recursive: true })
  writeFileSync(folder.path('data/BTC.csv'), `date,open,high,low,close,volume\n${rows.join('')}`)
}

/** A broker that fills at once, and shows the account that follows from it. */
function nearby() {
  const sent: OrderRequest[] = []
  const executions: Execution[] = []
  let tell: (event: BrokerEvent) => void = () => {}
  let isClosed = false
  const held = (): number => executions.reduce((sum, { quantity }) => sum + quantity, 0)
  const spent = (): number => Math.round((held() / 1e8) * PRICE * MICROS)
  const place = (): string => String(executions.length)
  const broker: Broker = {
    name: 'nearby',
    capabilities: async () => ({
      kinds: ['crypto'],
      can: ['short', 'fractional'],
      clientIds: 'enforced',
      requestLife: null,
      isReal: true,
    }),
    snapshot: async () => ({
      at: Date.now() as Instant,
      accountNumber: ACCOUNT,
      cash: new Map([['USD' as never, (CASH * MICROS - spent()) as Money]]),
      positions:
        held() === 0
          ? []
          : [{ symbol: 'BTC', instrument: 'BTC' as InstrumentId, quantity: held() as never, price: PRICE as Price }],
      openOrders: [],
      cursor: place(),
      eventsCursor: '',
    }),
    async submit(request) {
      sent.push(request)
      const { clientId, quantity } = request
      const own = { clientId, brokerId: `N${sent.length}`, symbol: 'BTC', instrument: 'BTC' as InstrumentId }
      const execution: Execution = {
        id: `E${sent.length}`,
        kind: 'trade',
        corrects: null,
        ...own,
        quantity,
        price: PRICE as Price,
        fee: 0 as Money,
        at: Date.now() as Instant,
      }
      executions.push(execution)
      setTimeout(() => {
        tell({ kind: 'execution', execution })
        tell({ kind: 'order', order: { ...own, quantity, filled: quantity, state: 'filled', evidence: '' } })
      })
      return { state: 'accepted', brokerId: own.brokerId }
    },
    cancel: async () => ({ state: 'refused', evidence: 'filled' }),
    query: async (clientId) => {
      const at = sent.findIndex((one) => one.clientId === clientId)
      if (at < 0) return 'absent'
      const { quantity } = sent[at]!
      const own = { clientId, brokerId: `N${at + 1}`, symbol: 'BTC', instrument: 'BTC' as InstrumentId }
      return { ...own, quantity, filled: quantity, state: 'filled', evidence: '' }
    },
    executionsSince: async (cursor) => ({ executions: executions.slice(Number(cursor || '0')), cursor: place() }),
    accountEventsSince: async (cursor) => ({ events: [], cursor }),
    async *events(signal) {
      const heard: BrokerEvent[] = []
      let wake: () => void = () => {}
      signal.addEventListener('abort', () => wake(), { once: true })
      tell = (event) => {
        heard.push(event)
        wake()
      }
      while (!signal.aborted) {
        yield* heard.splice(0)
        await new Promise<void>((done) => {
          wake = done
        })
      }
    },
    time: async () => Date.now() as Instant,
    close: async () => {
      isClosed = true
    },
  }
  return { broker, sent, isClosed: () => isClosed }
}

/** Prices that are being followed. */
const followers = new Set<object>()

/** Where adapters are plugged in: this one's prices are those of a folder. */
function venuesOf(broker: Broker): Venues {
  const options = { data: folder.path('.'), seed: 0, every: 0, follow: true }
  const follow = async (loaded: LoadedPortfolio, signal: AbortSignal): Promise<MarketFollower> => {
    const own = await followed(loaded, options, signal)
    followers.add(own)
    const close = (): void => {
      followers.delete(own)
      own.close()
    }
    return Object.create(own, { close: { value: close } }) as MarketFollower
  }
  return new Map([
    ['nearby', { connect: async (_, signal) => ({ broker, follow: (loaded) => follow(loaded, signal) }) }],
  ])
}

const saidOf = async (from: Promise<void>): Promise<readonly string[]> => {
  const error = (await from.then(
    () => new Error('it was not refused'),
    (thrown: Error) => thrown,
  )) as Error & { readonly faults?: readonly { readonly values: { readonly what: string } }[] }
  if (error.faults === undefined) throw error
  return error.faults.map(({ values }) => values.what)
}

async function beatUntil({ control }: OpenedStore, isSo: (beat: Heartbeat) => boolean): Promise<Heartbeat> {
  for (let asked = 0; asked < 600; asked += 1) {
    const beat = (await control.beats())[0]
    if (beat !== undefined && isSo(beat)) return beat
    await wait(50)
  }
  throw new Error(`it did not happen: ${JSON.stringify((await control.beats())[0])}`)
}

async function fillsOf({ projections }: OpenedStore): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for await (const { quantity } of projections.projectedRows('Own money', 'orderFill')) found.push(quantity)
  return found
}

async function answerTo({ control }: OpenedStore, id: string, body: ControlBody): Promise<readonly unknown[]> {
  const at = Date.now() as Instant
  await control.ask({ id, portfolio: 'Own money', actor: 'ann', at, seen: 1_000_000, until: null, body })
  for (;;) {
    const { state, answer } = (await control.find('Own money', id))!
    if (state === 'done' || state === 'declined') return [state, answer]
    await wait(50)
  }
}

describe.skipIf(!HAS_STORE)(`polyfolio live ${STORE_NEED}`, () => {
  it('names all that is missing, and trades once it is there: disarmed first, then with a part', async () => {
    writeFileSync(file, FILE)
    bars(1)
    const kept = await openStore(store, { create: true })
    const options = { store, snapshotEvery: 5, json: true, confirm: '7766' }
    const { broker, sent, isClosed } = nearby()
    const stop = new AbortController()
    const stopping = { signal: stop.signal, close: () => {} }
    expect(await saidOf(live(file, { store, snapshotEvery: 5 }, new Map(), stopping))).toEqual([
      'an adapter for the venue "nearby": this version trades on paper only',
      "--confirm with at least the last four characters of the account's number",
      expect.stringMatching(/^the gate "fortnight" \(two weeks on paper\): it is not on record; /),
      expect.stringMatching(/^the gate "slippage" \(below 5 bp\): it is not on record; /),
      expect.stringMatching(/^an approval of this configuration: none is on record; /),
      expect.stringMatching(/^a clean reconciliation of "Own money"/),
      expect.stringMatching(/^fresh streams/),
    ])
    const judged = { store, portfolio: 'Own money', value: 'as asked', actor: 'ann' }
    await gatesRecord('fortnight', { ...judged, criterion: 'two weeks on paper', passed: true })
    await gatesRecord('slippage', { ...judged, criterion: 'below 5 bp', failed: true })
    await configApprove(file, { store, actor: 'ann', note: '' })
    expect(await saidOf(live(file, options, venuesOf(broker), stopping))).toEqual([
      expect.stringMatching(/^the gate "slippage" \(below 5 bp\): it was recorded as failed by ann: as asked; /),
      expect.anything(),
      expect.anything(),
    ])
    await gatesRecord('slippage', { ...judged, criterion: 'below 5 bp', passed: true })
    expect(await saidOf(live(file, { ...options, confirm: '1234' }, venuesOf(broker), stopping))).toEqual([
      expect.stringContaining('it does not end in "1234"'),
    ])
    expect(isClosed()).toBe(true)

    const trading = live(file, options, venuesOf(broker), stopping)
    const gates = ({ gates: shut }: Heartbeat): string => shut.map(({ gate }) => gate).join(' ')
    const begun = await beatUntil(kept, (beat) => beat.nextCycleAt !== null && gates(beat) === 'armed')
    expect([begun.role, begun.accountSuffix, begun.liveFraction]).toEqual(['live', '7766', 0.1])
    expect(await answerTo(kept, 'a', { kind: 'arm', account: '1234', until: null })).toEqual([
      'declined',
      expect.stringContaining('does not end in "1234"'),
    ])
    expect([sent, followers.size]).toEqual([[], 1])
    expect((await answerTo(kept, 'b', { kind: 'arm', account: '7766', until: null }))[0]).toBe('done')
    bars(0)
    while (sent.length === 0) await wait(50)
    // Nine tenths of the capital, half of that, and a tenth of it all.
    expect(sent[0]!.quantity / 1e8).toBeCloseTo((CASH * 0.9 * 0.5 * 0.1) / PRICE, 6)
    while ((await fillsOf(kept)).length === 0) await wait(50)
    expect(await fillsOf(kept)).toEqual([sent[0]!.quantity])
    // Another file is gone over to only where somebody approved it.
    writeFileSync(file, FILE.replace('fraction: 0.5', 'fraction: 0.6'))
    expect(await answerTo(kept, 'c', { kind: 'configure', file: fingerprintOf(file) })).toEqual([
      'declined',
      expect.stringMatching(/^it needs an approval of this configuration: allocation changed since ann approved it; /),
    ])
    stop.abort()
    await trading
    expect([isClosed(), followers.size]).toEqual([true, 0])
    expect((await kept.check()).problems).toEqual([])
    expect(await saidOf(live(file, options, venuesOf(broker), stopping))).toEqual([
      expect.stringMatching(/^an approval of this configuration: allocation changed since ann approved it; /),
      expect.anything(),
      expect.anything(),
    ])
    await kept.close()
  }, 120_000)

  it('takes up no journal of a portfolio that was traded on paper, and one venue for all of it', async () => {
    const two = FILE.replace('brokers: {', 'brokers: {other: [], ')
    writeFileSync(file, two)
    const beat = { portfolio: 'Own money', role: 'paper' } as Heartbeat
    const control = { gates: async () => [], approvals: async () => [], beats: async () => [beat] }
    const extents = async () => [{ portfolio: 'Own money', rows: 7 } as never]
    const { broker } = nearby()
    const loaded = await loadPortfolio(file)
    const missing = await missingForLive(loaded, { extents, control } as never, venuesOf(broker), '7766')
    expect(missing).toContain('an adapter for the venue "other": there is one for "nearby"')
    expect(missing.join('\n')).toMatch(/^one venue: .* names other, nearby, and an engine has one account$/m)
    expect(missing.join('\n')).toMatch(/^a journal of its own: "Own money" was traded on paper in this store; /m)
    const own = { ...control, beats: async () => [{ ...beat, role: 'live' }] }
    const again = await missingForLive(loaded, { extents, control: own } as never, venuesOf(broker), '7766')
    expect(again.join('\n')).not.toContain('a journal of its own')
  })
})
