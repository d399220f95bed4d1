import { createAuditor } from '../../src/engine/invariants.ts'
import { createRecorder } from '../../src/engine/records/recorder.ts'
import { it, expect } from 'vitest'
import fc from 'fast-check'
import { openStore } from '../../src/adapters/store/open.ts'
import { storeFolder } from '../store.ts'
import { runEngine } from '../../src/live/engine.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import { drawnMoves, withMoves } from './drawn-moves.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { runAudited } from '../../src/engine/run/run.ts'
it('parity', async () => {
  const folder = storeFolder()
  let n=0, fills=0, diff=0
  await fc.assert(fc.asyncProperty(drawnPortfolio, drawnMoves, async (drawn, moves) => {
    n+=1
    const played = runInputOf(drawn)
    const input = { ...played, config: withMoves(played.config, moves) }
    const back = runAudited(input, createAuditor(), createRecorder())
    const store = await openStore(folder.path(`p-${n}.db`), { create: true })
    const lease = (await store.lease('x'))!
    const live = await runEngine(input, { store, lease, storeName:'s', portfolio:'x', snapshotEvery: 1000, venue: paperVenueFor(input.config, store.id), sha256, clock: null, isStopped: () => false })
    const strip = (k: any) => { const s = JSON.parse(new TextDecoder().decode(k.canonical())); delete s.seq; return s }
    fills += back.kernel.runtime.state.executions
    expect(strip(live.run.kernel)).toEqual(strip(back.kernel))
    await lease.release(); await store.close()
  }), { numRuns: 60 })
  console.log(n, fills, diff)
  folder.remove()
}, 200000)
