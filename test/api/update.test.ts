import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { newSecret } from '../../src/api/access/secrets.ts'
import type { Dated, Problem } from '../../src/api/contract/answers.ts'
import type { UpdateView } from '../../src/api/contract/commands.ts'
import type { ConfigurationView } from '../../src/api/contract/configuration.ts'
import type { SleeveTable, StatusView } from '../../src/api/contract/overview.ts'
import { openConfigurations } from '../../src/cli/serve/configurations.ts'
import { configureEngine } from '../../src/cli/serve/configure-engine.ts'
import type { Heartbeat } from '../../src/domain/control.ts'
import { start } from '../cli/command.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { type Answered, PORTFOLIO, type Served, serving, type Visitor } from './served.ts'

const folder = storeFolder()
const NEWCOMER = '{id: newcomer, strategy: sma-crossover, universe: [SPY], sizing: {kind: percent, fraction: 0.2}}'
const at = `/api/v1/p/${encodeURIComponent(PORTFOLIO)}`

describe.skipIf(!HAS_STORE)(`"Update now" and a changed configuration ${STORE_NEED}`, () => {
  const path = folder.path('update.db')
  const file = join(folder.path('presets'), 'six-bots.yaml')
  let served: Served
  let operator: Visitor
  let engine: ChildProcess
  let store: OpenedStore
  beforeAll(async () => {
    cpSync(new URL('../../presets', import.meta.url).pathname, folder.path('presets'), { recursive: true })
    store = await openStore(path, { create: true })
    const { projections, control } = store
    const configurations = openConfigurations({
      projections,
      files: new Map([[PORTFOLIO, file]]),
      configure: (portfolio, asked) => configureEngine(control, portfolio, asked),
      now: Date.now,
    })
    served = await serving(path, {}, { configurations })
    await served.addUser('ann', 'operator')
    await served.addUser('ada', 'admin')
    operator = await served.visitor('ann')
  }, 120_000)
  afterAll(async () => {
    engine?.kill('SIGKILL')
    await served.stop()
    await store.close()
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

  const updatedSince = async (before: number): Promise<number> => {
    for (;;) {
      const { portfolios } = (await operator.ask('/api/status')).json as StatusView
      const last = Date.parse(portfolios[0]?.engine?.lastUpdate ?? '')
      if (last > before) return last
      await wait(50)
    }
  }

  it('has an engine that sleeps for an hour play its next bar, once for those who ask at once', async () => {
    const run = ['--seed', '26', '--from', '2024-01-02', '--to', '2024-03-28', '--every', '3600']
    engine = start(folder.path('.'), ['paper', file, ...run, '--store', path])
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

    // The figures of the pages follow, and the status says when they were completed.
    expect(await updatedSince(Date.parse(first.askedAt))).toBeLessThanOrEqual(Date.now())
    const [next, same] = await Promise.all([post(), post()])
    expect(same.id).toBe(next.id)
    const again = await over(next)
    expect(again.id).not.toBe(one.id)
    expect(again.state).toBe('done')
    expect(await beatUntil(({ seq }) => seq > after.seq)).toMatchObject({ ended: '' })
  })

  it('gives a running engine a limit and a sleeve more, tells who saved them, and takes the sleeve away again', async () => {
    const ada = await served.visitor('ada')
    const view = async (): Promise<ConfigurationView> =>
      (await ada.ask(`${at}/configuration`)).json as ConfigurationView
    const before = await view()
    const save = (text: string, now: ConfigurationView, more: object = {}): Promise<Answered> => {
      const body = { id: newSecret(), text, seen: now.version, fingerprint: now.fingerprint, ...more }
      return ada.ask(`${at}/configuration`, { method: 'POST', body })
    }
    const text = before
      .text!.replace('flow: 0.14}', 'flow: 0.14, newcomer: 0.14}')
      .replace('six-bots/flow.yaml}\n', `six-bots/flow.yaml}\n  - ${NEWCOMER}\n`)
      .replace(/^limits:\n/m, 'limits:\n  position_weight_max: 0.5\n')
    const check = await ada.ask(`${at}/configuration/check`, { method: 'POST', body: { text } })
    expect(check.json).toMatchObject({ valid: true, problems: [] })
    const saved = await save(text, before)
    expect(saved.json).toMatchObject({ text })
    const after = saved.json as ConfigurationView
    expect(after.version).toBeGreaterThan(before.version)
    expect(after.history[0]).toMatchObject({ seq: after.version, by: 'ada', isKept: true })
    expect(after.history[0]!.changes.map((change) => change.path)).toContain('limits.position_weight_max')
    const { rows } = ((await ada.ask(`${at}/sleeves`)).json as Dated<SleeveTable>).data
    expect(rows.map(({ sleeve }) => sleeve)).toContain('newcomer')
    expect((await ada.ask(`${at}/configuration/versions/${before.version}`)).json).toMatchObject({ text: before.text })

    const fixed = await save(text.replace(/^capital: .*$/m, 'capital: 7'), after)
    expect([fixed.status, (fixed.json as Problem).details![0]!.at]).toEqual([400, 'capital'])
    const late = await save(before.text!, before, { confirm: 'newcomer' })
    expect([late.status, (late.json as Problem).conflict!.now]).toMatchObject([409, { version: after.version }])
    expect((await save(before.text!, after)).status).toBe(400)
    const gone = await save(before.text!, after, { confirm: 'newcomer' })
    expect(gone.json).toMatchObject({ text: before.text })
    expect(readFileSync(file, 'utf8')).toBe(before.text)
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
