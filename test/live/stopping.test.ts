import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { Clock } from '../../src/domain/clock.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { LiveEngine } from '../../src/live/engine.ts'
import type { EngineOptions } from '../../src/live/engine-options.ts'
import { engineAlert } from '../../src/live/engine-rules.ts'
import { openEngine } from '../../src/live/open-engine.ts'
import { handRun } from '../simulation/hand-run.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

/** So late that every bar is over, and nothing that waits is ever woken by it. */
const END_OF_TIME: Clock = {
  now: () => Date.UTC(2099, 0, 1) as Instant,
  monotonic: () => 0,
  wait: () => new Promise(() => {}),
}

interface Stoppable {
  readonly engine: LiveEngine
  readonly store: OpenedStore
  close(): Promise<void>
}

async function stoppable(name: string, more: (engine: () => LiveEngine) => Partial<EngineOptions>): Promise<Stoppable> {
  const bars = Array.from({ length: 3 }, () => ({ open: 100 }))
  const input = handRun({ prices: { A: bars }, sleeves: { one: { capital: 1_000, act: () => {} } } })
  const store = await openStore(folder.path(name), { create: true })
  const lease = (await store.lease('p'))!
  const engine: LiveEngine = await openEngine(input, {
    store,
    lease,
    storeName: name,
    portfolio: 'p',
    snapshotEvery: 100,
    venue: paperVenueFor(input.config, store.id),
    sha256,
    clock: END_OF_TIME,
    isStopped: () => false,
    more: () => new Promise(() => {}),
    ...more(() => engine),
  })
  return {
    engine,
    store,
    async close() {
      await lease.release()
      await store.close()
    },
  }
}

/** How it ended, if it did before long. */
async function endOf(playing: Promise<{ readonly ended: string }>): Promise<string> {
  let ended = 'it sleeps'
  void playing.then((end) => {
    ended = end.ended
  })
  for (let turn = 0; turn < 200 && ended === 'it sleeps'; turn += 1) await new Promise((done) => setImmediate(done))
  return ended
}

describe.skipIf(!HAS_STORE)(`an engine that is told to stop ${STORE_NEED}`, () => {
  it('ends where it waits for bars', async () => {
    const { engine, close } = await stoppable('waits.db', () => ({}))
    const playing = engine.play()
    expect(await endOf(playing)).toBe('it sleeps')
    engine.stop()
    expect(await endOf(playing)).toBe('stopped')
    await close()
  })

  it('while it writes does not fall asleep over it', async () => {
    let isTold = false
    const { engine, store, close } = await stoppable('writes.db', (own) => ({
      // Something to be written down once there is nothing else to do.
      onInstant: () => own().tell({ body: engineAlert('cycleFails', 'somebody looks') }),
    }))
    const { commit } = store
    const writing: OpenedStore['commit'] = async (...given) => {
      const isLast = given[2].rows.some(({ kind }) => kind === 'alert') && engine.run.cursors.every(isOver)
      if (isLast) {
        isTold = true
        engine.stop()
      }
      await commit(...given)
    }
    Object.assign(store, { commit: writing })
    const ended = await endOf(engine.play())
    expect([isTold, ended]).toEqual([true, 'stopped'])
    await close()
  })
})

const isOver = ({ row, block }: LiveEngine['run']['cursors'][number]): boolean => row >= block.closes.length
