import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { machineClock } from '../../src/cli/live/clocks.ts'
import { sha256 } from '../../src/cli/live/paper-venue.ts'
import { openSteering } from '../../src/cli/live/steering.ts'
import type { Broker, OrderRequest } from '../../src/domain/broker.ts'
import type { Clock } from '../../src/domain/clock.ts'
import type { Instant, InstrumentId, Money, Price, Quantity } from '../../src/domain/units.ts'
import { DESK_POLICY, type DeskPolicy } from '../../src/live/desk/policy.ts'
import type { LiveEngine } from '../../src/live/engine.ts'
import { createHelm } from '../../src/live/helm/helm.ts'
import { openEngine } from '../../src/live/open-engine.ts'
import { RECONCILE_POLICY } from '../../src/live/reconcile/policy.ts'
import { command } from '../cli/command.ts'
import { type Act, handRun, SHARE } from '../simulation/hand-run.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

const PAST = 'c7'
const DESK = {
  ...DESK_POLICY,
  resolveAfter: 20,
  resolveAtMost: 50,
  absencesMin: 2,
  grace: 50,
  intentLife: 600_000,
  takeoverWait: 50,
}
const RECONCILE = { ...RECONCILE_POLICY, againMs: 50, quietMs: 0 }

/** A broker that loses what it is sent, and has an account with a past. */
function forgetful() {
  const sent: OrderRequest[] = []
  const cursors: string[] = []
  const broker: Broker = {
    name: 'forgetful',
    capabilities: async () => ({ kinds: ['equity'], can: [], clientIds: 'none', requestLife: null, isReal: false }),
    snapshot: async () => ({
      at: 0 as Instant,
      accountNumber: 'U1234',
      cash: new Map([['USD' as never, (20_000 * 1_000_000) as Money]]),
      positions: [
        { symbol: 'B', instrument: 'B' as InstrumentId, quantity: (3 * SHARE) as Quantity, price: 100 as Price },
      ],
      openOrders: [],
      cursor: PAST,
      eventsCursor: PAST,
    }),
    accountEventsSince: async () => ({ events: [], cursor: PAST }),
    submit: async (request) => {
      sent.push(request)
      return { state: 'unknown', evidence: 'no answer' }
    },
    cancel: async () => ({ state: 'unknown', evidence: 'no answer' }),
    query: async () => 'absent',
    executionsSince: async (cursor) => {
      cursors.push(cursor)
      return { executions: [], cursor: PAST }
    },
    events: (signal) => ({
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((done) => {
            signal.addEventListener('abort', () => done({ done: true, value: undefined }), { once: true })
          }),
      }),
    }),
    time: async () => Date.now() as Instant,
    close: () => Promise.resolve(),
  }
  return { broker, sent, cursors }
}

interface Trading {
  readonly engine: LiveEngine
  /** Sets the clock on by so many milliseconds. */
  step(milliseconds: number): void
  end(): Promise<void>
  /** The process dies: nothing is written any more. */
  die(): Promise<void>
}

interface TradingSetting {
  readonly bars?: number
  readonly desk?: DeskPolicy
  readonly act?: Act
  readonly snapshotEvery?: number
}

const enters: Act = (_, out) => out.target(0, (10 * SHARE) as never, 'entry')

async function trade(
  store: OpenedStore,
  file: string,
  broker: Broker,
  { bars: length = 4, desk = DESK, act = enters, snapshotEvery = 2 }: TradingSetting = {},
): Promise<Trading> {
  const bars = Array.from({ length }, () => ({ open: 100 }))
  const input = handRun({
    prices: { A: bars, B: bars },
    sleeves: { one: { capital: 20_000, act } },
  })
  const portfolio = input.config.name
  const lease = (await store.lease(portfolio))!
  let skew = 0
  const clock: Clock = { ...machineClock, now: () => (Date.now() + skew) as Instant }
  const accountSuffix = input.config.account.id.slice(-4)
  const helm = createHelm({
    role: 'paper',
    accountSuffix,
    isPaced: false,
    freshness: { graceMs: 30_000, barsMissed: 2 },
  })
  let engine: LiveEngine | null = null
  const steering = openSteering({
    control: store.control,
    portfolio,
    helm,
    lookEvery: 20,
    lag: { take: () => 0, close: () => {} },
    facts: { owner: 'test 1', role: 'paper', startedAt: clock.now(), epoch: lease.epoch, accountSuffix },
    engine: () =>
      engine === null
        ? null
        : {
            tell: (told) => engine!.tell(told),
            isLive: engine.isLive,
            kernel: engine.run.kernel,
            marketAt: engine.run.at,
            now: () => ({ wall: clock.now(), monotonic: clock.monotonic() }),
          },
    cycles: () => ({ last: null, next: null }),
  })
  let isDead = false
  const commit: OpenedStore['commit'] = async (...given) => {
    if (isDead) throw new Error('the process died')
    return store.commit(...given)
  }
  engine = await openEngine(input, {
    store: { ...store, commit },
    lease,
    storeName: file,
    portfolio,
    snapshotEvery,
    venue: { kind: 'elsewhere', broker },
    sha256,
    clock,
    desk,
    reconcile: RECONCILE,
    watches: [steering.watch],
    latch: helm.latch,
    due: () => wait(60),
    more: () => new Promise(() => {}),
    isStopped: () => false,
  })
  await steering.first()
  const playing = engine.play()
  return {
    engine,
    step: (milliseconds) => {
      skew += milliseconds
    },
    async end() {
      engine!.stop()
      await playing
      await steering.close('stopped as asked')
      await lease.release()
    },
    async die() {
      isDead = true
      engine!.stop()
      await playing.catch(() => {})
      await steering.close('it died')
      await lease.release()
    },
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(10)
}

describe.skipIf(!HAS_STORE)(`an account elsewhere ${STORE_NEED}`, () => {
  it('takes an operator’s word on an order that its broker cannot tell, over restarts', {
    timeout: 120_000,
  }, async () => {
    const file = folder.path('elsewhere.db')
    const store = await openStore(file, { create: true })
    const { broker, sent, cursors } = forgetful()
    const first = await trade(store, file, broker)
    const { engine } = first
    const { name } = engine.run.kernel.runtime.state.config!
    await until(() => engine.desk.unknowns === 1)
    // What the account did before is in its positions, and asked for by nobody.
    expect(cursors).not.toContain('')
    const { state, sleeveOrdinal } = engine.run.kernel.runtime
    const { books } = state
    const external = sleeveOrdinal.get('external' as never)!
    expect(books.quantity[external * books.width + 1]).toBe(3 * SHARE)

    const alerts = async (): Promise<unknown[]> => {
      const rows: unknown[] = []
      for await (const { rule } of store.projections.projectedRows(name, 'alert')) rows.push(rule)
      return rows
    }
    // The clock is set back: what is waited for comes all the same.
    first.step(-600_000)
    while ((await alerts()).length === 0) await wait(20)
    first.step(1_200_000)
    expect(await alerts()).toEqual(['unresolved'])
    const told: unknown[] = []
    for await (const { channel, body } of store.messages(name, 1))
      if (channel === 'risk_alerts') told.push((body as { rule: string }).rule)
    expect(told).toContain('unresolved')

    const listed = JSON.parse((await command(folder.path('.'), ['orders', '--store', file, '--json'])).out)
    expect(listed.orders).toMatchObject([{ instrument: 'A', quantity: 10, filled: 0, state: 'unknown', sends: 1 }])
    const { clientId } = listed.orders[0]
    const asked = ['--store', file, '--actor', 'ann', '--wait', '60']
    const confirm = ['--confirm', engine.run.kernel.runtime.state.config!.account.id.slice(-4)]
    const odd = await command(folder.path('.'), ['decide', clientId, 'filled', ...asked, ...confirm])
    expect([odd.code, odd.err]).toEqual([2, expect.stringContaining('absent, working')])
    const done = await command(folder.path('.'), ['decide', clientId, 'absent', ...asked, ...confirm])
    expect([done.code, done.out, done.err]).toEqual([0, expect.stringContaining('is absent from now on'), ''])
    const again = await command(folder.path('.'), ['decide', clientId, 'absent', ...asked, ...confirm])
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('it is expired already: ann says')])
    expect(await store.orderOf(name, clientId)).toMatchObject({ state: 'expired' })
    expect(state.gates?.unknown ?? []).toEqual([])
    const sends = sent.filter((one) => one.clientId === clientId).length
    await first.end()
    const status = await command(folder.path('.'), ['status', '--store', file])
    expect(status.out).toMatch(/no engine runs it; test 1 ended at .*: stopped as asked/)
    // Not when the gates were shut, which is now.
    expect(status.out).toContain('market at 2024-01-05')

    const second = await trade(store, file, broker)
    await until(() => second.engine.isLive)
    await wait(200)
    expect(await store.orderOf(name, clientId)).toMatchObject({
      state: 'expired',
      evidence: 'ann says that it is absent',
    })
    expect(sent.filter((one) => one.clientId === clientId)).toHaveLength(sends)
    expect(sends).toBe(1)
    await second.end()
    expect((await store.check()).problems).toEqual([])
    await store.close()
  })

  it('counts rejections over restarts, so that a loop of crashes trips its breaker', { timeout: 60_000 }, async () => {
    const file = folder.path('rejecting.db')
    const store = await openStore(file, { create: true })
    const { broker, sent } = forgetful()
    const rejecting: Broker = {
      ...broker,
      async submit(request) {
        sent.push(request)
        return { state: 'rejected', evidence: 'not today' }
      },
    }
    const desk = { ...DESK, takeoverWait: 0, breakers: { ...DESK.breakers, rejects: 3 } }
    for (let life = 1; life <= 3; life += 1) {
      // One bar more each time, and with it one more order.
      const { engine, die } = await trade(store, file, rejecting, { bars: life + 1, desk, snapshotEvery: 1_000 })
      await until(() => sent.length === life)
      const shut = (): readonly string[] =>
        (engine.run.kernel.runtime.state.gates?.shut ?? []).map(({ gate }) => gate).filter((gate) => gate === 'armed')
      if (life === 3) await until(() => shut().length > 0)
      else await wait(100)
      expect(shut()).toEqual(life === 3 ? ['armed'] : [])
      await die()
    }
    await store.close()
  })
})
