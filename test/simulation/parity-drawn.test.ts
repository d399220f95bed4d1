import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import { withExternal } from '../../src/domain/external.ts'
import { createAuditor } from '../../src/engine/invariants.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import { createRecorder } from '../../src/engine/records/recorder.ts'
import { type RunInput, runAudited } from '../../src/engine/run/run.ts'
import { runEngine } from '../../src/live/open-engine.ts'
import { propertyRuns } from '../profile.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { drawnMoves, withMoves } from './drawn-moves.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

const folder = storeFolder()
afterAll(() => folder.remove())
let made = 0

/** Everything but the count of events: orders that a broker has taken are said by one event more or less. */
function stateOf({ canonical }: Kernel): unknown {
  const { seq: _, ...state } = JSON.parse(new TextDecoder().decode(canonical())) as Record<string, unknown>
  return state
}

async function onPaper(input: RunInput): Promise<Kernel> {
  made += 1
  const store = await openStore(folder.path(`paper-${made}.db`), { create: true })
  const lease = (await store.lease('drawn'))!
  const { run } = await runEngine(input, {
    store,
    lease,
    storeName: 'paper.db',
    portfolio: 'drawn',
    snapshotEvery: 1_000,
    venue: paperVenueFor(input.config, store.id),
    sha256,
    clock: null,
    isStopped: () => false,
  })
  await lease.release()
  await store.close()
  return run.kernel
}

describe.skipIf(!HAS_STORE)(`a portfolio on paper ${STORE_NEED}`, () => {
  it('comes to the very state that a backtest of the same bars comes to', async () => {
    let executions = 0
    await fc.assert(
      fc.asyncProperty(drawnPortfolio, drawnMoves, async (drawn, moves) => {
        const played = runInputOf({ ...drawn, netting: true })
        const input = {
          ...played,
          config: withExternal({ ...withMoves(played.config, moves), paper: { fills: 'backtest' } }),
        }
        const own = { ...input, config: withExternal(input.config) }
        const backtest = runAudited(own, createAuditor(), createRecorder()).kernel
        executions += backtest.runtime.state.executions
        expect(stateOf(await onPaper(input))).toEqual(stateOf(backtest))
      }),
      propertyRuns(40, 1_000),
    )
    expect(executions).toBeGreaterThan(60)
  })
})
