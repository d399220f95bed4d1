import { afterAll, describe, expect, it } from 'vitest'
import { differences } from '../../src/adapters/store/compare.ts'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { PortfolioConfig } from '../../src/domain/config.ts'
import type { ControlAnswer } from '../../src/domain/control.ts'
import type { Lease, Store } from '../../src/domain/store.ts'
import { decodeEvent } from '../../src/engine/journal/codec.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { type ChangeOutcome, outcomeText } from '../../src/live/change-over.ts'
import type { EngineEnd, EngineOptions } from '../../src/live/engine-options.ts'
import { openEngine, runEngine } from '../../src/live/open-engine.ts'
import { projectedAgain } from '../../src/live/projections/rebuild.ts'
import { recordedMarket } from '../../src/live/recorded/market.ts'
import { recordedRun } from '../../src/live/recorded/result.ts'
import { replay } from '../../src/live/replay.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { ALONE, JOINED, JOINED_BY_MEAN, MEAN_BARS, NAME, NEWCOMER } from './joined-run.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

interface Leased {
  readonly store: OpenedStore
  readonly lease: Lease
}

let made = 0
async function freshStore(): Promise<Leased> {
  made += 1
  const store = await openStore(folder.path(`changed-${made}.db`), { create: true })
  return { store, lease: (await store.lease(NAME))! }
}

function options({ store, lease }: Leased, config: PortfolioConfig, more: Partial<EngineOptions> = {}): EngineOptions {
  return {
    store,
    lease,
    storeName: 'test.db',
    portfolio: NAME,
    snapshotEvery: 3,
    clock: null,
    sha256,
    isStopped: () => false,
    venue: paperVenueFor(config, store.id),
    ...more,
  }
}

const play = (input: RunInput, leased: Leased, more: Partial<EngineOptions> = {}): Promise<EngineEnd> =>
  runEngine(input, options(leased, input.config, more))

/** Stops after so many instants. */
function untilInstant(count: number): Partial<EngineOptions> {
  let instants = 0
  return { isStopped: () => instants >= count, onInstant: () => (instants += 1) }
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

/** The change is the first commit of the process that is started with it. */
const DEATHS = [
  [1, false],
  [1, true],
  [2, true],
] as const

const textOf = ({ run }: EngineEnd): string => new TextDecoder().decode(run.kernel.canonical())
const strategies = new Map([...ALONE.strategies, ...JOINED.strategies].map((one) => [one.name, one]))

async function configurationsOf({ store }: Leased): Promise<readonly number[]> {
  const found: number[] = []
  for await (const { seq, kind } of store.read(NAME, 0)) if (kind === 'configured') found.push(seq)
  return found
}

/** What a journal says by itself: the bytes of its kernel, and books that keep every invariant. */
async function demandSound(leased: Leased, end: EngineEnd, { strategies: own } = JOINED): Promise<void> {
  const strategies = new Map([...ALONE.strategies, ...own].map((one) => [one.name, one]))
  expect((await leased.store.check()).problems).toEqual([])
  const rebuilt = await replay(leased.store, NAME, strategies, Number.MAX_SAFE_INTEGER)
  expect(new TextDecoder().decode(rebuilt!.canonical())).toBe(textOf(end))
  const recorded = recordedRun(strategies)
  for await (const row of leased.store.read(NAME, 0)) recorded.take(row)
  expect(recorded.result().invariants.violated).toEqual([])
  expect(new TextDecoder().decode(recorded.kernel!.canonical())).toBe(textOf(end))
  expect(await differences(leased.store, NAME, projectedAgain(leased.store, NAME, strategies))).toEqual([])
}

const quantityOf = ({ run }: EngineEnd, sleeve: string, symbol: string): number => {
  const { state, sleeveOrdinal } = run.kernel.runtime
  const { index } = state.instruments.find((one) => one.symbol === symbol)!
  return state.books.quantity[sleeveOrdinal.get(sleeve)! * state.books.width + index]!
}

describe.skipIf(!HAS_STORE)(`a configuration that changes under a journal ${STORE_NEED}`, () => {
  it('holds from the next start on: what was there stays, what is new joins behind it', async () => {
    const leased = await freshStore()
    await play(ALONE, leased, untilInstant(6))
    const end = await play(JOINED, leased)
    const { state, sleeves } = end.run.kernel.runtime
    expect(sleeves.map(({ config }) => config.id)).toEqual(['one', 'reserve', 'external', 'newcomer'])
    expect(state.instruments.map(({ symbol }) => symbol)).toEqual(['A', 'B'])
    expect(quantityOf(end, 'one', 'A')).toBeGreaterThan(0)
    expect(quantityOf(end, NEWCOMER, 'B')).toBeGreaterThan(0)
    expect(await configurationsOf(leased)).toHaveLength(2)
    await demandSound(leased, end)
    // The same file once more changes nothing.
    expect((await play(JOINED, leased)).added).toBe(0)
    // What is held cannot lose its prices.
    await expect(play(ALONE, leased)).rejects.toThrow('instruments.B: there -> gone: it is held')
    // Without it the sleeve is closed, and keeps its place.
    const last = await play({ ...JOINED, config: ALONE.config }, leased)
    expect(last.run.kernel.runtime.state.sleeves.at(-1)!.standing).toMatch(/clos/)
    expect(await configurationsOf(leased)).toHaveLength(3)
    await demandSound(leased, last)
    await leased.lease.release()
    await leased.store.close()
  })

  it('holds wholly or not at all wherever a process dies around it, and nothing is lost or done twice', async () => {
    const calm = await freshStore()
    await play(ALONE, calm, untilInstant(7))
    const before = await calm.store.extents()
    const whole = await play(JOINED, calm)
    let [deaths, halves] = [0, 0]
    for (const [at, isWritten] of DEATHS) {
      const stormy = await freshStore()
      await play(ALONE, stormy, untilInstant(7))
      expect(await stormy.store.extents()).toEqual(before)
      await play(JOINED, dying(stormy, at, isWritten)).catch((error: Error) => {
        expect(error.message).toBe('the process died')
        deaths += 1
      })
      const held = await configurationsOf(stormy)
      const { rows } = (await stormy.store.extents())[0]!
      // Right after it the journal ends with who joined; never with the event alone.
      if (held.length === 2 && rows - held[1]! < 3) halves += 1
      const end = await play(JOINED, stormy)
      expect(textOf(end)).toBe(textOf(whole))
      expect(await stormy.store.extents()).toEqual(await calm.store.extents())
      await demandSound(stormy, end)
      await stormy.lease.release()
      await stormy.store.close()
    }
    expect([deaths, halves]).toEqual([DEATHS.length, 0])
    await calm.lease.release()
    await calm.store.close()
  })

  it('goes on after a death before its last state: the rest is played again under the configuration of then', async () => {
    const leased = await freshStore()
    await expect(play(ALONE, dying(leased, 9, true), { snapshotEvery: 4 })).rejects.toThrow('the process died')
    const end = await play(JOINED, leased)
    expect(quantityOf(end, NEWCOMER, 'B')).toBeGreaterThan(0)
    await demandSound(leased, end)
    await leased.lease.release()
    await leased.store.close()
  })

  it('has a sleeve that joins decide nothing before its indicators have seen their bars since, on known prices too', async () => {
    const leased = await freshStore()
    await play(ALONE, leased, untilInstant(7))
    const end = await play(JOINED_BY_MEAN, leased)
    const [, joined] = await configurationsOf(leased)
    let [bars, decided] = [0, 0]
    for await (const { kind, sleeve, seq } of leased.store.projections.projectedRows(NAME, 'posting'))
      if ((kind === 'fill' || kind === 'cross') && sleeve === NEWCOMER && decided === 0) decided = Number(seq)
    for await (const { seq, kind } of leased.store.read(NAME, joined!))
      if (kind === 'slices' && seq < decided) bars += 1
    expect([decided > 0, bars]).toEqual([true, MEAN_BARS])
    await demandSound(leased, end, JOINED_BY_MEAN)
    await leased.lease.release()
    await leased.store.close()
  })

  it('is gone over to while the engine runs, and what cannot be is refused with the reason', async () => {
    const leased = await freshStore()
    const told: ChangeOutcome[] = []
    const answers = (outcome: ChangeOutcome): ControlAnswer | null => {
      told.push(outcome)
      return null
    }
    const change = (input: RunInput) => ({
      change: { ...input, actor: 'ann', id: `change-${told.length}`, seen: 0, told: answers },
    })
    let instants = 0
    const given: Partial<EngineOptions> = {
      onInstant: () => {
        instants += 1
        if (instants === 4) engine.tell(change({ ...JOINED, config: { ...JOINED.config, name: 'other' } }))
        if (instants === 5) engine.tell(change(ALONE))
        if (instants === 6) engine.tell(change(JOINED))
      },
    }
    let engine = await openEngine(ALONE, options(leased, ALONE.config, given))
    const first = await engine.play()
    expect(first.ended).toBe('configured')
    engine = await openEngine(JOINED, options(leased, JOINED.config, given))
    const end = await engine.play()
    expect(end.ended).toBe('market')
    expect(told.map(({ kind }) => kind)).toEqual(['refused', 'same', 'taken'])
    expect(outcomeText(told[0]!)).toContain('name: by hand -> other: ')
    const [, seq] = await configurationsOf(leased)
    expect(told[2]).toMatchObject({ kind: 'taken', seq })
    expect(quantityOf(end, NEWCOMER, 'B')).toBeGreaterThan(0)
    await demandSound(leased, end)
    await leased.lease.release()
    await leased.store.close()
  })

  it('knows by which code its strategies decided, and tells where it is another one, wherever a process dies around it', async () => {
    const [name] = [...ALONE.strategies].map((one) => one.name)
    const by = (code: string): RunInput => ({ ...ALONE, codes: { [name!]: code } })
    const codesOf = async ({ store }: Leased): Promise<readonly unknown[]> => {
      const found: unknown[] = []
      for await (const { payload, kind } of store.read(NAME, 0)) {
        const event = kind === 'configured' || kind === 'alert' ? decodeEvent(payload, () => 'A' as never) : null
        if (event?.kind === 'configured') found.push(event.codes[name!])
        if (event?.kind === 'alert') found.push(event.rule)
      }
      return found
    }
    const calm = await freshStore()
    await play(by('old'), calm, untilInstant(5))
    await play(by('old'), calm, untilInstant(2))
    expect(await codesOf(calm)).toEqual(['old'])
    const whole = await play(by('new'), calm)
    expect(await codesOf(calm)).toEqual(['old', 'new', 'codeDiffers'])
    expect((await play(by('new'), calm)).added).toBe(0)
    // The same configuration: nobody has changed one.
    expect(await differences(calm.store, NAME, projectedAgain(calm.store, NAME, strategies))).toEqual([])
    expect((await recordedMarket(calm.store, NAME))!.changes).toBe(0)
    await demandSound(calm, whole)
    for (const [at, isWritten] of DEATHS.slice(1)) {
      const stormy = await freshStore()
      await play(by('old'), stormy, untilInstant(5))
      await play(by('old'), stormy, untilInstant(2))
      await expect(play(by('new'), dying(stormy, at, isWritten))).rejects.toThrow('the process died')
      expect(textOf(await play(by('new'), stormy))).toBe(textOf(whole))
      expect(await codesOf(stormy)).toEqual(['old', 'new', 'codeDiffers'])
      await stormy.lease.release()
      await stormy.store.close()
    }
    // A journal that is played again from its first event begins with the code of then.
    const early = await freshStore()
    await expect(play(by('old'), dying(early, 4, true), { snapshotEvery: 100 })).rejects.toThrow('the process died')
    await play(by('new'), early)
    expect(await codesOf(early)).toEqual(['old', 'new', 'codeDiffers'])
    // Another configuration brings its own.
    await play({ ...JOINED, codes: { [name!]: 'third', other: 'first' } }, early)
    expect((await codesOf(early)).slice(3)).toEqual(['third', 'codeDiffers', 'third'])
    for (const { lease, store } of [calm, early]) {
      await lease.release()
      await store.close()
    }
  })
})
