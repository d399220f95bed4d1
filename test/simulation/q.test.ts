import { it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { storeFolder } from '../store.ts'
import { runEngine } from '../../src/live/engine.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import { withMoves } from './drawn-moves.ts'
import { runInputOf } from './drawn-portfolio.ts'
import { createAuditor } from '../../src/engine/invariants.ts'
import { createRecorder } from '../../src/engine/records/recorder.ts'
import { runAudited } from '../../src/engine/run/run.ts'
it('one', async () => {
  const [drawn, moves] = [{"seed":1,"sleeves":1,"bars":3,"wild":false,"instruments":[{"form":"share","price":150,"firstBar":0,"lastBar":99,"split":null,"dividend":null,"funding":null,"borrow":null,"quietBar":-1}],"netting":true,"margin":false,"reserve":false,"tight":true,"schedule":"none","slips":false,"participationMax":0.1,"wishes":[{"sleeve":0,"bar":0,"column":0,"want":"enter","side":1,"size":1,"type":"market","force":"day","offset":-60,"protection":{"target":0.03},"mirror":null},{"sleeve":0,"bar":0,"column":0,"want":"enter","side":1,"size":1,"type":"market","force":"day","offset":-60,"protection":null,"mirror":null}]},{"moves":[{"bar":0,"kind":"deposit","sleeve":0,"size":1,"isDealt":false}],"every":1,"threshold":0.001,"by":"transfer","triggers":[],"weights":[0,0,0,0,0,0,0,0],"awaited":false}] as any
  const folder = storeFolder()
    const played = runInputOf(drawn)
    const input = { ...played, config: withMoves(played.config, moves) }
    const log: string[] = []
    const show = (e: any) => { const x = {...e}; if (x.slices) x.slices = 0; if (x.quotes) x.quotes = [x.quotes.first[0], x.quotes.low[0], x.quotes.high[0]]; if (x.fills) x.fills = [x.fills.order[0], x.fills.quantity[0]]; delete x.config; delete x.instrument; delete x.sessions; log.push(JSON.stringify(x)) }
    const rec = createRecorder()
    runAudited({ ...input, journal: show }, createAuditor(), rec)
    log.push('----')
    const store = await openStore(folder.path(`p.db`), { create: true })
    const lease = (await store.lease('x'))!
    await runEngine(input, { store, lease, storeName:'s', portfolio:'x', snapshotEvery: 1000, venue: paperVenueFor(input.config, store.id), sha256, clock: null, isStopped: () => false, onAlerts: (a) => console.log(a) })
    const { decodeEvent } = await import('../../src/engine/journal/codec.ts')
    for await (const r of store.read('x', 0)) show(decodeEvent(r.payload, () => 'x' as never))
    console.log(log.join('\n'))
    folder.remove()
})
