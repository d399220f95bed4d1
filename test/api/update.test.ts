import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSecret } from '../../src/api/access/secrets.ts'
import type { Problem } from '../../src/api/contract/answers.ts'
import type { UpdateView } from '../../src/api/contract/commands.ts'
import type { Heartbeat } from '../../src/domain/control.ts'
import { start } from '../cli/command.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { PORTFOLIO, type Served, serving, type Visitor } from './served.ts'

const folder = storeFolder()
const at = `/api/v1/p/${encodeURIComponent(PORTFOLIO)}`

describe.skipIf(!HAS_STORE)(`"Update now" ${STORE_NEED}`, () => {
  let served: Served
  let operator: Visitor
  let engine: ChildProcess
  beforeAll(async () => {
    const path = folder.path('update.db')
    served = await serving(path)
    await served.addUser('ann', 'operator')
    operator = await served.visitor('ann')
  }, 120_000)
  afterAll(async () => {
    engine?.kill('SIGKILL')
    await served.stop()
    folder.remove()
  })

  const post = async (): Promise<UpdateView> => {
    const answered = await operator.ask('/api/update', { method: 'POST' })
    expect(answered.status).toBe(202)
    return answered.json as UpdateView
  }
  const over = async ({ id }: UpdateView): Promise<UpdateView> => {
    for (;;) {
      const view = (await operator.ask(`/api/update/${id}`)).json as UpdateView
      if (view.state !== 'running') return view
      await wait(50)
    }
  }
  const beatUntil = async (is: (beat: Heartbeat) => boolean): Promise<Heartbeat> => {
    for (;;) {
      const beat = (await served.store.control.beats()).find(({ portfolio }) => portfolio === PORTFOLIO)
      if (beat !== undefined && is(beat)) return beat
      await wait(50)
    }
  }

  it('says so where no engine runs', async () => {
    const answered = await operator.ask('/api/update', { method: 'POST' })
    expect([answered.status, (answered.json as Problem).code]).toEqual([503, 'unavailable'])
  })

  it('has an engine that sleeps for an hour play its next bar, once for those who ask at once', async () => {
    const preset = new URL('../../presets/six-bots.yaml', import.meta.url).pathname
    const run = ['--seed', '26', '--from', '2024-01-02', '--to', '2024-03-28', '--every', '3600']
    engine = start(folder.path('.'), ['paper', preset, ...run, '--store', folder.path('update.db')])
    const asleep = await beatUntil(({ ended }) => ended === '')
    const [one, other] = await Promise.all([post(), post()])
    expect(other.id).toBe(one.id)
    const first = await over(one)
    expect(first).toMatchObject({
      state: 'done',
      text: expect.stringMatching(/^the cycle of .* UTC ended with event \d+$/),
    })
    expect(Date.parse(first.endedAt!)).toBeGreaterThanOrEqual(Date.parse(first.askedAt))
    const [event] = /\d+$/.exec(first.text)!
    const after = await beatUntil(({ seq }) => seq >= Number(event))
    expect(after.seq).toBe(Number(event))
    expect(after.seq).toBeGreaterThan(asleep.seq)

    const [next, same] = await Promise.all([post(), post()])
    expect(same.id).toBe(next.id)
    const again = await over(next)
    expect(again.id).not.toBe(one.id)
    expect(again.state).toBe('done')
    expect(await beatUntil(({ seq }) => seq > after.seq)).toMatchObject({ ended: '' })
  })

  it('is declined plainly by an engine that is killed', async () => {
    const kill = { id: newSecret(), seen: 0, body: { kind: 'kill', reason: 'enough' } }
    const killed = await operator.ask(`${at}/commands`, { method: 'POST', body: kill })
    expect(killed.json).toMatchObject({ state: 'done' })
    const refused = await over(await post())
    expect(refused).toMatchObject({ state: 'declined', text: 'it is killed (enough): revive it first' })
    engine.kill('SIGTERM')
    await once(engine, 'close')
  })
})
