import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { Clock } from '../../src/domain/clock.ts'
import type { ControlBody, ControlCommand } from '../../src/domain/control.ts'
import type { Lease } from '../../src/domain/store.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import type { LiveEngine } from '../../src/live/engine.ts'
import type { EngineEnd, EngineOptions, Look, Told } from '../../src/live/engine-options.ts'
import { createHelm, type Helm } from '../../src/live/helm/helm.ts'
import { openEngine } from '../../src/live/open-engine.ts'
import { handRun, SHARE } from '../simulation/hand-run.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

const NAME = 'p'
const BARS = 6
const END_OF_TIME = Date.UTC(2099, 0, 1) as Instant

/** A clock that stands still: what waits for it is never woken. */
const standing = (at: Instant): Clock => ({ now: () => at, monotonic: () => 0, wait: () => new Promise(() => {}) })

/** Buys and sells in turn, so that every bar has its events. */
function trading(bars = BARS): RunInput {
  const prices = Array.from({ length: bars }, (_, bar) => ({ open: 100 + bar }))
  return handRun({
    prices: { A: prices },
    sleeves: {
      one: { capital: 10_000, act: (_, out, bar) => out.target(0, ((bar % 2) * 10 * SHARE) as never, 'own') },
    },
  })
}

interface Desk {
  readonly store: OpenedStore
  readonly lease: Lease
  close(): Promise<void>
}

async function desk(name: string): Promise<Desk> {
  const store = await openStore(folder.path(name), { create: true })
  const lease = (await store.lease(NAME))!
  return {
    store,
    lease,
    async close() {
      await lease.release()
      await store.close()
    },
  }
}

function opened({ store, lease }: Desk, input: RunInput, more: Partial<EngineOptions>): Promise<LiveEngine> {
  return openEngine(input, {
    store,
    lease,
    storeName: 'test.db',
    portfolio: NAME,
    snapshotEvery: 100,
    venue: paperVenueFor(input.config, store.id),
    sha256,
    clock: null,
    isStopped: () => false,
    ...more,
  })
}

const helm = (): Helm =>
  createHelm({
    role: 'paper',
    accountSuffix: '',
    isPaced: false,
    freshness: { graceMs: 1, barsMissed: 1 },
  })

/** Asked and taken up, as a process that steers the engine does. */
async function taken({ store }: Desk, own: Helm, id: string, body: ControlBody): Promise<Told> {
  const at = 0 as Instant
  await store.control.ask({ id, portfolio: NAME, actor: 'ann', at, seen: 0, until: null, body })
  const command = (await store.control.begin(NAME)).find((one) => one.id === id)!
  return { turn: (kernel, now) => own.obey(command, kernel.runtime, { wall: now, monotonic: now }) }
}

/** Whatever is under way comes to its end; what sleeps goes on sleeping. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((done) => setImmediate(done))
}

async function journal({ store }: Desk): Promise<readonly unknown[]> {
  const rows: unknown[] = []
  for await (const row of store.read(NAME, 0)) rows.push(row)
  return rows
}

const text = ({ run }: Pick<EngineEnd, 'run'>): string => new TextDecoder().decode(run.kernel.canonical())
const found = async ({ store }: Desk, id: string): Promise<ControlCommand> => (await store.control.find(NAME, id))!

describe.skipIf(!HAS_STORE)(`a cycle at once ${STORE_NEED}`, () => {
  it('is the next instant, one for each that asks after the other, and what is written is what would have been', async () => {
    const [calm, hurried] = [await desk('calm.db'), await desk('hurried.db')]
    const input = trading()
    const { closes } = input.market.blocks[0]!
    const whole = await (await opened(calm, input, {})).play()
    let instants = 0
    const engine = await opened(hurried, input, {
      clock: standing(closes[0] as Instant),
      onInstant: () => (instants += 1),
    })
    const own = helm()
    const playing = engine.play()
    await settled()
    const before = instants
    const both = [
      await taken(hurried, own, 'first', { kind: 'update' }),
      await taken(hurried, own, 'meanwhile', { kind: 'update' }),
    ]
    for (const told of both) engine.tell(told)
    await settled()
    expect(instants).toBe(before + 1)
    const answer = expect.stringContaining(`ended with event ${engine.seq}`)
    expect(await found(hurried, 'first')).toMatchObject({ state: 'done', answer })
    expect(await found(hurried, 'meanwhile')).toMatchObject({ state: 'done', answer })
    let asked = 0
    const end = await (async () => {
      for (;;) {
        const at = instants
        engine.tell(await taken(hurried, own, `next ${asked}`, { kind: 'update' }))
        asked += 1
        await settled()
        if (instants === at) return playing
        // Nothing goes on that nobody asked for.
        expect(instants).toBe(at + 1)
        if (engine.run.cursors.every(({ row, block }) => row >= block.closes.length)) return playing
      }
    })()
    expect(asked).toBeGreaterThan(2)
    expect(text(end)).toBe(text(whole))
    expect(await journal(hurried)).toEqual(await journal(calm))
    await calm.close()
    await hurried.close()
  })

  it('is declined by an engine that is killed, and says where every sleeve is paused', async () => {
    const own = await desk('killed.db')
    const input = trading()
    const steer = helm()
    let instants = 0
    const clock = standing(input.market.blocks[0]!.closes[1] as Instant)
    const engine = await opened(own, input, { clock, latch: steer.latch, onInstant: () => (instants += 1) })
    const playing = engine.play()
    await settled()
    const before = instants
    engine.tell(await taken(own, steer, 'pause', { kind: 'pause', sleeve: null }))
    engine.tell(await taken(own, steer, 'paused', { kind: 'update' }))
    await settled()
    expect(instants).toBe(before + 1)
    expect((await found(own, 'paused')).answer).toMatch(/ended with event \d+; every sleeve is paused/)
    engine.tell(await taken(own, steer, 'kill', { kind: 'kill', reason: 'enough' }))
    engine.tell(await taken(own, steer, 'killed', { kind: 'update' }))
    await settled()
    expect(await found(own, 'killed')).toMatchObject({
      state: 'declined',
      answer: expect.stringContaining('it is killed'),
    })
    expect(instants).toBe(before + 1)
    engine.stop()
    expect((await playing).ended).toBe('stopped')
    await own.close()
  })

  it('is a look for bars where they come as time goes on: no new ones is an answer, and new ones are played', async () => {
    const own = await desk('followed.db')
    const steer = helm()
    const [some, all] = [trading(BARS - 2), trading(BARS)]
    const looks: ((look: Look) => void)[] = []
    let come: () => void = () => {}
    const following: Partial<EngineOptions> = {
      clock: standing(END_OF_TIME),
      more: () => new Promise((done) => (come = done)),
      lookNow: () => new Promise((done) => looks.push(done)),
    }
    const engine = await opened(own, some, following)
    const playing = engine.play()
    await settled()
    const last = engine.seq
    engine.tell(await taken(own, steer, 'early', { kind: 'update' }))
    engine.tell(await taken(own, steer, 'early too', { kind: 'update' }))
    await settled()
    // Whoever asks during a look waits for that one.
    expect(looks).toHaveLength(1)
    looks.shift()!({ isMore: false, trouble: '' })
    await settled()
    const nothing = { state: 'done', answer: `no new bars: event ${last} is the last one` }
    expect(await found(own, 'early')).toMatchObject(nothing)
    expect(await found(own, 'early too')).toMatchObject(nothing)
    engine.tell(await taken(own, steer, 'broken', { kind: 'update' }))
    await settled()
    looks.shift()!({ isMore: false, trouble: 'the folder cannot be read' })
    await settled()
    expect(await found(own, 'broken')).toMatchObject({ state: 'declined', answer: 'the folder cannot be read' })

    engine.tell(await taken(own, steer, 'late', { kind: 'update' }))
    await settled()
    looks.shift()!({ isMore: true, trouble: '' })
    come()
    const { waiting, ended } = await playing
    expect([ended, waiting.length, (await found(own, 'late')).state]).toEqual(['market', 1, 'begun'])
    const next = await opened(own, all, following)
    for (const told of waiting) next.tell(told)
    const going = next.play()
    await settled()
    const answered = await found(own, 'late')
    expect(answered).toMatchObject({ state: 'done', answer: expect.stringMatching(/ended with event \d+$/) })
    expect(Number(/\d+$/.exec(answered.answer)![0])).toBeGreaterThan(last)
    next.stop()
    await going
    await own.close()
  })
})
