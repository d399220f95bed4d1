import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { Message } from '../../src/domain/bus.ts'
import type { Lease, Store } from '../../src/domain/store.ts'
import { INSTANT_STEPS } from '../../src/engine/run/instant.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import type { EngineEnd, EngineOptions } from '../../src/live/engine-options.ts'
import { runEngine } from '../../src/live/open-engine.ts'
import { replay } from '../../src/live/replay.ts'
import { propertyRuns } from '../profile.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { drawnMoves, withMoves } from './drawn-moves.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { type Act, handRun, SHARE } from './hand-run.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

const textOf = ({ run }: EngineEnd): string => new TextDecoder().decode(run.kernel.canonical())
const NAME = 'drawn'

function options({ store, lease }: Leased, more: Partial<EngineOptions> = {}): Omit<EngineOptions, 'venue'> {
  return {
    store,
    lease,
    storeName: 'test.db',
    portfolio: NAME,
    snapshotEvery: 4,
    clock: null,
    sha256,
    isStopped: () => false,
    ...more,
  }
}

function play(input: RunInput, given: Omit<EngineOptions, 'venue'>): Promise<EngineEnd> {
  return runEngine(input, { ...given, venue: paperVenueFor(input.config, given.store.id) })
}

/** A store whose process dies at one of its commits: right before it is on the disk, or right after. */
function dying({ store, lease }: Leased, at: number, isWritten: boolean): Leased {
  let commits = 0
  const commit: Store['commit'] = async (...given) => {
    commits += 1
    if (commits < at) return store.commit(...given)
    if (isWritten) await store.commit(...given)
    throw new Error('the process died')
  }
  return { store: { ...store, commit }, lease }
}

interface Leased {
  readonly store: Store
  readonly lease: Lease
}

async function freshStore(): Promise<Leased> {
  made += 1
  const store = await openStore(folder.path(`run-${made}.db`), { create: true })
  return { store, lease: (await store.lease(NAME))! }
}
let made = 0

async function close({ store, lease }: Leased): Promise<void> {
  await lease.release()
  await store.close()
}

async function messagesOf({ store }: Leased): Promise<Message[]> {
  const messages: Message[] = []
  for await (const message of store.messages(NAME, 1)) messages.push(message)
  expect(messages.map(({ number }) => number)).toEqual(messages.map((_, place) => place + 1))
  return messages
}

describe.skipIf(!HAS_STORE)(`a run that is written down as it happens ${STORE_NEED}`, () => {
  it('ends with the same journal and the same bytes however often its process died', async () => {
    let deaths = 0
    const places = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(drawnPortfolio, drawnMoves, places, async (drawn, moves, dies) => {
        const played = runInputOf(drawn)
        const input: RunInput = { ...played, config: withMoves(played.config, moves) }
        const [calm, stormy] = [await freshStore(), await freshStore()]
        const whole = await play(input, options(calm))
        for (const [at, isWritten] of dies) {
          await play(input, options(dying(stormy, at, isWritten))).catch((error: Error) => {
            expect(error.message).toBe('the process died')
            deaths += 1
          })
        }
        const end = await play(input, options(stormy))
        expect(textOf(end)).toBe(textOf(whole))
        expect(await stormy.store.extents()).toEqual(await calm.store.extents())
        expect((await stormy.store.check()).problems).toEqual([])
        expect(await messagesOf(stormy)).toEqual(await messagesOf(calm))
        const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
        const rebuilt = await replay(stormy.store, NAME, strategies, Number.MAX_SAFE_INTEGER)
        expect(new TextDecoder().decode(rebuilt!.canonical())).toBe(textOf(whole))
        await close(calm)
        await close(stormy)
      }),
      propertyRuns(25, 500),
    )
    expect(deaths).toBeGreaterThan(15)
  })

  it('measures its commits, its instants and each of their steps', async () => {
    const leased = await freshStore()
    const bars = Array.from({ length: 3 }, () => ({ open: 100 }))
    const input = handRun({ prices: { A: bars }, sleeves: { one: { capital: 1_000, act: () => {} } } })
    let took: Record<string, number> = {}
    let [now, commits] = [0, 0]
    const meter: EngineOptions['meter'] = {
      now: () => (now += 1),
      took(step, since) {
        expect(since).toBeLessThanOrEqual(now)
        took[step] = (took[step] ?? 0) + 1
      },
      committed: () => (commits += 1),
    }
    await play(input, options(leased, { meter }))
    const instants = 2 * bars.length
    const steps = Object.fromEntries(INSTANT_STEPS.map(({ name }) => [name, instants]))
    expect(INSTANT_STEPS.map(({ name }) => name)).toContain('giveSlices')
    expect(took).toEqual({ ...steps, instant: instants, commit: commits })
    // What the journal holds was measured when it was played first.
    took = {}
    expect((await play(input, options(leased, { meter }))).resumed).toBeGreaterThan(0)
    expect(took).toEqual({})
    await close(leased)
  })

  it('goes on where it was asked to stop, and refuses another configuration and another market', async () => {
    const input = runInputOf(fc.sample(drawnPortfolio, { seed: 7, numRuns: 1 })[0]!)
    const store = await freshStore()
    let instants = 0
    const stopped = await play(
      input,
      options(store, { snapshotEvery: 1_000, isStopped: () => instants >= 5, onInstant: () => (instants += 1) }),
    )
    expect(stopped.ended).toBe('stopped')
    const richer = { ...input, config: { ...input.config, name: 'another name' } }
    await expect(play(richer, options(store))).rejects.toThrow('name: drawn -> ')
    const end = await play(input, options(store))
    expect(end.ended).toBe('market')
    expect(end.resumed).toBe(stopped.added)
    const again = await play(input, options(store))
    expect(again).toMatchObject({ added: 0, resumed: end.resumed + end.added })
    await close(store)

    const other = await freshStore()
    const cut = await play(input, options(dying(other, 15, true), { snapshotEvery: 1_000 })).catch(
      (error: Error) => error.message,
    )
    expect(cut).toBe('the process died')
    const dearer = { ...input, market: { ...input.market, blocks: input.market.blocks.map(doubled) } }
    await expect(play(dearer, options(other))).rejects.toThrow(/event \d+ \((slices|quotes|fills)\).*another one/)
    await close(other)
  })

  it('goes on after a death on a market that had gone on since the last state was kept', async () => {
    const [calm, stormy] = [await freshStore(), await freshStore()]
    const begun = await play(risingFor(5), options(stormy, { snapshotEvery: 1_000 }))
    expect(begun.ended).toBe('market')
    const died = play(risingFor(10), options(dying(stormy, 4, false), { snapshotEvery: 1_000 }))
    await expect(died).rejects.toThrow('the process died')
    const end = await play(risingFor(10), options(stormy, { snapshotEvery: 1_000 }))
    await play(risingFor(5), options(calm))
    const whole = await play(risingFor(10), options(calm))
    expect(textOf(end)).toBe(textOf(whole))
    expect(await stormy.store.extents()).toEqual(await calm.store.extents())
    await close(calm)
    await close(stormy)
  })

  it('keeps its state when it is asked to stop, and names another configuration before it takes it up', async () => {
    const store = await freshStore()
    let instants = 0
    const few = { snapshotEvery: 1_000, isStopped: () => instants >= 3, onInstant: () => (instants += 1) }
    const { added } = await play(risingFor(5), options(store, few))
    expect((await store.store.snapshotBefore(NAME, added))?.seq).toBe(added - 1)
    const input = risingFor(5)
    const without = { ...input, config: { ...input.config, name: 'other' }, market: { ...input.market, blocks: [] } }
    await expect(play(without, options(store))).rejects.toThrow('name: by hand -> ')
    await close(store)
  })

  it('finds prices that were restated behind it, where the journal ends with a state, too', async () => {
    const store = await freshStore()
    await play(risingFor(5), options(store, { snapshotEvery: 1_000 }))
    const restated = (bars: number): RunInput => {
      const input = risingFor(bars)
      return { ...input, market: { ...input.market, blocks: input.market.blocks.map(doubled) } }
    }
    await expect(play(restated(5), options(store))).rejects.toThrow(/cannot be played again: the market/)
    await play(risingFor(8), options(store, { snapshotEvery: 1_000 }))
    await expect(play(restated(9), options(store))).rejects.toThrow(/cannot be played again: the market/)
    expect((await play(risingFor(9), options(store))).ended).toBe('market')
    await close(store)
  })

  it('goes on after a death before its first state, on a market that has gone on since', async () => {
    const store = await freshStore()
    const rare = { snapshotEvery: 1_000 }
    await expect(play(risingFor(5), options(dying(store, 4, true), rare))).rejects.toThrow('the process died')
    const end = await play(risingFor(10), options(store, rare))
    expect(end.ended).toBe('market')
    expect(textOf(await play(risingFor(10), options(store, rare)))).toBe(textOf(end))
    expect((await store.store.check()).problems).toEqual([])
    await close(store)
  })

  it('keeps a decision that failed once, where it would not fail again', async () => {
    let isSlow = true
    const slow: Act = (view, out, bar) => {
      if (bar === 4 && isSlow) throw new Error('time budget: took longer than 100 ms')
      buysOn(view, out, bar)
    }
    const input = handRun({
      prices: { A: Array.from({ length: 12 }, (_, bar) => ({ open: 100 + bar })) },
      sleeves: { one: { capital: 100_000, act: slow }, two: { capital: 100_000, act: buysOn } },
    })
    const [calm, stormy] = [await freshStore(), await freshStore()]
    const whole = await play(input, options(calm))
    await expect(play(input, options(dying(stormy, 9, true), { snapshotEvery: 1_000 }))).rejects.toThrow('died')
    isSlow = false
    const end = await play(input, options(stormy))
    expect(textOf(end)).toBe(textOf(whole))
    expect(end.run.kernel.runtime.state.sleeves[0]!.paused).toBe('fault: time budget: took longer than 100 ms')
    const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
    const rebuilt = await replay(stormy.store, NAME, strategies, Number.MAX_SAFE_INTEGER)
    expect(new TextDecoder().decode(rebuilt!.canonical())).toBe(textOf(whole))
    await close(calm)
    await close(stormy)
  })

  it('forgets nothing of its calendars on a market that is told up to an earlier day', async () => {
    const store = await freshStore()
    const whole = await play(risingFor(9), options(store, { snapshotEvery: 3 }))
    const input = risingFor(9)
    const sessions = input.market.sessions.map((one) => ({ ...one, dates: one.dates.slice(0, 7) }))
    const again = await play({ ...input, market: { ...input.market, sessions } }, options(store))
    expect([again.added, textOf(again)]).toEqual([0, textOf(whole)])
    await close(store)
  })
})

const buysOn: Act = (_, out, bar) => {
  if (bar % 2 === 0) out.target(0, (bar * SHARE) as never, 'more')
}

function risingFor(bars: number): RunInput {
  const prices = { A: Array.from({ length: bars }, (_, bar) => ({ open: 100 + bar })) }
  return handRun({ prices, sleeves: { one: { capital: 100_000, act: buysOn } } })
}

function doubled(block: RunInput['market']['blocks'][number]): typeof block {
  return { ...block, close: block.close.map((price) => price * 2), open: block.open.map((price) => price * 2) }
}
