import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import type { Dated } from '../../src/api/contract/answers.ts'
import type { SleeveTable } from '../../src/api/contract/overview.ts'
import type { ControlBody, ControlCommand, Heartbeat } from '../../src/domain/control.ts'
import type { Instant } from '../../src/domain/units.ts'
import { isNightly } from '../profile.ts'
import { POSTGRES_NEED, postgresServer } from '../servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { command, start } from './command.ts'

const server = await postgresServer()
const folder = storeFolder()
const here = folder.path('.')
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

const ACCOUNT = 'paper-0042'
const NAME = 'Steered'
/** Two sleeves of one strategy; the entries of the second are asked about. */
const steeredFile = (sleeves = '', capital = 100_000): string =>
  `name: ${NAME}
capital: ${capital}
account: {id: ${ACCOUNT}}
instruments:
  AAA: {file: a.csv, simulation: {price: 50, volatility: 0.4, drift: 0.1, average_volume: 2000000}}
  BBB: {file: b.csv, simulation: {price: 80, volatility: 0.4, drift: 0.1, average_volume: 2000000}}
approvals: {sleeves: [asked], expires_after: {bars: 100}}
rebalancing: manual
sleeves:
  - {id: free, weight: 0.5, strategy: sma-crossover, universe: [AAA], sizing: {kind: percent, fraction: 0.5}, parameters: {fast: 3, slow: 8}}
  - {id: asked, weight: 0.4, strategy: sma-crossover, universe: [BBB], sizing: {kind: percent, fraction: 0.5}, parameters: {fast: 3, slow: 8}}
${sleeves}`
writeFileSync(folder.path('steered.yaml'), steeredFile())
const RUN = ['--seed', '26', '--from', '2016-01-01', '--to', '2023-12-31', '--every', '0.05']
/** Prices of two months without a holiday, for a question that a worker answers. */
function prices(): string {
  const rows = Array.from({ length: 60 }, (_, day) => new Date(Date.UTC(2016, 2, 28 + day)))
    .filter((date) => date.getUTCDay() % 6 !== 0)
    .map(
      (date, row) =>
        `${date.toISOString().slice(0, 10)},${50 + (row % 9)},${60 + (row % 9)},${45},${51 + (row % 9)},100000`,
    )
  return ['date,open,high,low,close,volume', ...rows, ''].join('\n')
}
mkdirSync(folder.path('prices'))
for (const name of ['a.csv', 'b.csv']) writeFileSync(folder.path(`prices/${name}`), prices())

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>
  said(): string
  /** What it printed. */
  out(): string
}

/** A process of the command line that goes on until it is told to end. */
function run(args: readonly string[]): Running {
  const child = start(here, args)
  children.add(child)
  let [said, out] = ['', '']
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'close').then(([code, signal]) => [code, signal] as const)
  return { child, ended, said: () => said, out: () => out }
}

/** Looks until it is so: how long that takes is the machine's. */
async function until<T>(look: () => Promise<T | undefined | null | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== null && found !== false) return found
    await wait(100)
  }
}

const beatOf = async (store: OpenedStore): Promise<Heartbeat | undefined> =>
  (await store.control.beats()).find(({ portfolio }) => portfolio === NAME)

/** The engine's word, once it is as expected. */
function heard(store: OpenedStore, is: (beat: Heartbeat) => boolean): Promise<Heartbeat> {
  return until(async () => {
    const beat = await beatOf(store)
    return beat !== undefined && is(beat) && beat
  })
}

/** Asked by this process, of the engine in another one. */
async function ask(
  store: OpenedStore,
  body: ControlBody,
  given: { readonly id?: string; readonly seen?: number } = {},
): Promise<ControlCommand> {
  const { id = randomUUID(), seen = (await store.extents())[0]!.rows - 1 } = given
  await store.control.ask({
    id,
    portfolio: NAME,
    actor: 'tester',
    at: Date.now() as Instant,
    seen,
    until: null,
    body,
  })
  return until(async () => {
    const found = await store.control.find(NAME, id)
    return (found?.state === 'done' || found?.state === 'declined') && found
  })
}

/** Reduces what waits for an approval. The market goes on meanwhile: where it ended the wish first, the next one is asked. */
function answered(store: OpenedStore): Promise<string> {
  const tried = new Set<string>()
  return until(async () => {
    const approval = (await beatOf(store))?.approvals.find(({ id }) => !tried.has(id))
    if (approval === undefined) return null
    expect(approval).toMatchObject({ sleeve: 'asked' })
    tried.add(approval.id)
    const { state } = await ask(store, { kind: 'approve', approval: approval.id, decision: 'reduce', quantity: 3 })
    return state === 'done' && approval.id
  })
}

const gatesOf = ({ gates }: Heartbeat): readonly string[] => gates.map(({ gate }) => gate)
const account = ACCOUNT.slice(-4)

/** Every word of an operator, each of which an engine in a process of its own carries out. */
async function steered(address: string): Promise<void> {
  writeFileSync(folder.path('steered.yaml'), steeredFile())
  const engine = run(['paper', 'steered.yaml', ...RUN, '--store', address])
  const store = await openStore(address.includes(':') ? address : folder.path(address), { create: true })
  try {
    await heard(store, ({ seq, ended }) => seq > 0 && ended === '')
    const cli = (...words: readonly string[]) => command(here, [...words, '--store', address])
    expect(await cli('pause', '--sleeve', 'free')).toMatchObject({ code: 0, out: `${NAME}: paused: free\n` })
    expect((await cli('pause', '--sleeve', 'none')).err).toContain('no sleeve "none"; there are "free", "asked"')

    expect((await cli('update')).out).toMatch(/^Steered: the cycle of 20\S+ \S+ UTC ended with event \d+\n$/)

    // The file as it stands: a sleeve more, and then what cannot be.
    const late =
      '  - {id: late, weight: 0.05, strategy: sma-crossover, universe: [AAA], sizing: {kind: percent, fraction: 0.5}, parameters: {fast: 3, slow: 8}}\n'
    writeFileSync(folder.path('steered.yaml'), steeredFile(late, 200_000))
    const other = await cli('config', 'apply', 'steered.yaml')
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('capital: 100000 -> 200000: ')])
    writeFileSync(folder.path('steered.yaml'), steeredFile(late))
    const applied = await cli('config', 'apply', 'steered.yaml')
    expect([applied.err, applied.out]).toEqual([
      '',
      expect.stringMatching(/^Steered: in force from event \d+: \d+ settings? changed\n$/),
    ])
    expect((await cli('config', 'apply', 'steered.yaml')).out).toBe(
      `${NAME}: nothing changed: it is in force already\n`,
    )
    const log = await store.audit.entries(NAME, 1)
    expect(log.find(({ action }) => action === 'configured')).toMatchObject({ before: { 'sleeves.late': null } })

    // The same id is carried out once, however often it is asked.
    const id = randomUUID()
    const once = await ask(store, { kind: 'resume', sleeve: 'free' }, { id })
    expect(once).toMatchObject({ state: 'done', answer: 'resumed: free' })
    expect(await ask(store, { kind: 'resume', sleeve: 'free' }, { id })).toEqual(once)
    expect(await ask(store, { kind: 'resume', sleeve: 'free' })).toMatchObject({ state: 'declined' })

    const approved = await answered(store)
    await heard(store, ({ approvals }) => approvals.every(({ id: waits }) => waits !== approved))

    expect(await ask(store, { kind: 'rebalance', by: 'transfer' })).toMatchObject({ state: 'done' })
    expect(await ask(store, { kind: 'fraction', fraction: 0.5, account: '' })).toMatchObject({
      state: 'declined',
      answer: 'on paper all of the allocation trades: a part is for live trading',
    })

    expect(await ask(store, { kind: 'disarm', reason: 'lunch' })).toMatchObject({ state: 'done' })
    const shut = await heard(store, (beat) => gatesOf(beat).includes('armed'))
    expect(await ask(store, { kind: 'arm', account, until: null }, { seen: 1 })).toMatchObject({
      state: 'declined',
      answer: expect.stringContaining('something changed since'),
    })
    expect(await ask(store, { kind: 'arm', account, until: null }, { seen: shut.seq })).toMatchObject({ state: 'done' })
    await heard(store, (beat) => !gatesOf(beat).includes('armed'))

    expect(await cli('flatten')).toMatchObject({ code: 2 })
    expect((await cli('flatten', '--confirm', 'nain')).err).toContain('does not end in "nain"')
    expect(await ask(store, { kind: 'flatten', sleeve: null, account })).toMatchObject({ state: 'done' })
    expect(await cli('kill', '--reason', 'enough')).toMatchObject({ code: 0 })
    await heard(store, (beat) => gatesOf(beat).includes('alive'))
    expect((await cli('revive', '--confirm', account, '--seen', '1')).err).toContain('something changed since')
    expect(await ask(store, { kind: 'revive', reason: 'again', account })).toMatchObject({ state: 'done' })
    await heard(store, (beat) => !gatesOf(beat).includes('alive'))

    engine.child.kill('SIGTERM')
    const [code] = await engine.ended
    expect({ code, said: engine.said() }).toMatchObject({ code: 0, said: expect.stringContaining('stopped as asked') })
    expect(await beatOf(store)).toMatchObject({ ended: 'stopped as asked' })
    const { problems } = await store.check()
    expect(problems).toEqual([])
    const lease = await store.lease(NAME)
    expect(lease).not.toBeNull()
    await lease!.release()
  } finally {
    await store.close()
  }
}

/** An engine that is alone with its account, ends in order and goes on where it ended. */
async function alone(address: string): Promise<void> {
  const args = ['paper', 'steered.yaml', ...RUN, '--store', address]
  const first = run(args)
  const store = await openStore(address.includes(':') ? address : folder.path(address), { create: true })
  try {
    await heard(store, ({ seq }) => seq > 20)
    const second = await command(here, args)
    expect(second.code).toBe(1)
    expect(second.err).toContain('is run by another process')
    first.child.kill('SIGTERM')
    expect((await first.ended)[0], first.said()).toBe(0)
    const { seq, epoch, owner } = (await beatOf(store))!

    expect(await command(here, ['kill', '--store', address, '--wait', '0.1'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('it stays written down'),
    })
    expect(await command(here, ['pause', '--store', address, '--wait', '0.1'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('nothing was done, and nothing will be'),
    })
    const next = run(args)
    const beat = await heard(store, (one) => one.owner !== owner && gatesOf(one).includes('alive'))
    expect(beat.epoch).toBe(epoch + 1)
    // Nothing of its own came before it: the first event behind those of the one before is the kill.
    const added: string[] = []
    for await (const { kind } of store.read(NAME, seq + 1)) added.push(kind)
    expect(added.slice(0, 1)).toEqual(['operator'])
    next.child.kill('SIGTERM')
    expect((await next.ended)[0], next.said()).toBe(0)
    expect((await store.check()).problems).toEqual([])
  } finally {
    await store.close()
  }
}

interface Serving extends Running {
  readonly url: string
}

async function serve(role: string, address: string, ...args: readonly string[]): Promise<Serving> {
  const running = run(['serve', '--role', role, '--store', address, '--port', '0', ...args])
  const url = await until(async () => {
    if (running.child.exitCode !== null) throw new Error(running.said())
    return /http:\/\/127\.0\.0\.1:\d+/.exec(running.said())?.[0]
  })
  return { ...running, url }
}

const read = async (url: string): Promise<{ readonly status: number; readonly body: string }> => {
  const answer = await fetch(url)
  return { status: answer.status, body: await answer.text() }
}

const OTHER = 'Other'
/** Of its own name and account; a sleeve of it is called as one of the first. */
const otherFile = `name: ${OTHER}
capital: 50000
account: {id: paper-0043}
instruments:
  CCC: {file: c.csv, simulation: {price: 20, volatility: 0.4, drift: 0.1, average_volume: 2000000}}
sleeves:
  - {id: free, weight: 0.9, strategy: sma-crossover, universe: [CCC], sizing: {kind: percent, fraction: 0.5}, parameters: {fast: 3, slow: 8}}
`

/** Answers of a server on this machine to whoever has its link. */
async function enteredBy({ said }: Running): Promise<(path: string) => Promise<unknown>> {
  const { origin, hash } = new URL(await until(async () => /http:\S+#link=\S+/.exec(said())?.[0]))
  const entered = await fetch(`${origin}/api/v1/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ secret: hash.slice('#link='.length) }),
  })
  const cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(';')[0]!)
    .join('; ')
  return async (path) => (await fetch(`${origin}${path}`, { headers: { cookie } })).json()
}

/** Of each table that rows of portfolios are in, whose they are. */
async function portfoliosIn({ tables: { db } }: OpenedStore): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (const { name, columns } of await db.introspection.getTables()) {
    if (!columns.some((column) => column.name === 'portfolio')) continue
    const { rows } = await sql<{ portfolio: string }>`SELECT DISTINCT portfolio FROM ${sql.table(name)}`.execute(db)
    found.set(name, rows.map(({ portfolio }) => portfolio).sort())
  }
  return found
}

/** Two configurations in one process that serves: nothing of one is the other's. */
async function both(address: string): Promise<void> {
  writeFileSync(folder.path('steered.yaml'), steeredFile())
  writeFileSync(folder.path('other.yaml'), otherFile)
  const serving = await serve('all', address, 'steered.yaml', 'other.yaml', ...RUN)
  const store = await openStore(folder.path(address), { create: false })
  try {
    const beats = () =>
      until(async () => {
        const all = await store.control.beats()
        return all.length === 2 && all.every(({ seq, ended }) => seq > 20 && ended === '') && all
      })
    const [other, steeredBeat] = (await beats()).toSorted((one, next) => (one.portfolio < next.portfolio ? -1 : 1))
    expect([other, steeredBeat]).toMatchObject([
      { portfolio: OTHER, role: 'paper', epoch: 1, accountSuffix: '0043' },
      { portfolio: NAME, role: 'paper', epoch: 1, accountSuffix: '0042' },
    ])
    expect(other!.owner).not.toBe(steeredBeat!.owner)
    expect(JSON.parse((await read(`${serving.url}/api/status`)).body)).toMatchObject({
      portfolios: [
        { portfolio: OTHER, running: true, sleeves: 2, lease: { owner: other!.owner } },
        { portfolio: NAME, running: true, sleeves: 3, lease: { owner: steeredBeat!.owner } },
      ],
    })

    const ordered = async (portfolio: string) =>
      new Set((await store.paging.page(portfolio, 'orders', { limit: 200 })).rows.map(({ instrument }) => instrument))
    await until(async () => (await ordered(OTHER)).size > 0 && (await ordered(NAME)).size > 0)

    const seen = await enteredBy(serving)
    expect(await seen('/api/v1/portfolios')).toMatchObject([{ name: OTHER }, { name: NAME }])
    const statusOf = async (portfolio: string) => {
      const { data } = (await seen(`/api/v1/p/${portfolio}/sleeves`)) as Dated<SleeveTable>
      return Object.fromEntries(data.rows.map(({ sleeve, status }) => [sleeve, status]))
    }
    expect(await ask(store, { kind: 'pause', sleeve: 'free' })).toMatchObject({ state: 'done' })
    await until(async () => (await statusOf(NAME))['free'] === 'paused')
    expect(await statusOf(NAME)).toMatchObject({ free: 'paused', asked: 'active' })
    expect(await ask(store, { kind: 'kill', reason: 'enough' })).toMatchObject({ state: 'done' })
    await heard(store, (beat) => gatesOf(beat).includes('alive'))
    // The other one goes on, and nobody asked anything of it.
    const { seq } = (await store.control.beats()).find(({ portfolio }) => portfolio === OTHER)!
    const later = await until(async () => {
      const beat = (await store.control.beats()).find(({ portfolio }) => portfolio === OTHER)!
      return beat.seq > seq && beat
    })
    expect(later).toMatchObject({ gates: [], ended: '' })
    expect(await statusOf(OTHER)).toMatchObject({ free: 'active' })

    serving.child.kill('SIGTERM')
    expect((await serving.ended)[0], serving.said()).toBe(0)
    for (const { ended } of await store.control.beats()) expect(ended).toBe('stopped as asked')
    const tables = await portfoliosIn(store)
    for (const [table, portfolios] of tables) {
      // A process keeps its alerts under a lease of their own, and who came in beside all portfolios.
      const known = [NAME, OTHER, `alerts of ${NAME}`, `alerts of ${OTHER}`, '']
      expect({ table, strange: portfolios.filter((name) => !known.includes(name)) }).toEqual({ table, strange: [] })
    }
    for (const table of ['journal', 'net_order', 'posting', 'sleeve', 'message'])
      expect([table, tables.get(table)]).toEqual([table, [OTHER, NAME]])
    expect([...tables.get('control_command')!, ...tables.get('operation')!]).toEqual([NAME, NAME])
    expect([...(await ordered(OTHER))]).toEqual(['CCC'])
    expect(await ordered(NAME)).not.toContain('CCC')
    expect((await store.check()).problems).toEqual([])
  } finally {
    await store.close()
  }
}

describe.skipIf(!HAS_STORE)(`an engine and its operators, each in a process of its own ${STORE_NEED}`, () => {
  it('serve two configurations from one process, and keep them apart', { timeout: 300_000 }, () => both('both.db'))
  it('talk through a file', { timeout: 300_000 }, () => steered('steered.db'))
  it('know of one engine at a time, and of a kill that nobody heard', { timeout: 300_000 }, () => alone('alone.db'))
})

describe.skipIf(server === null)(`an engine and its operators over a server ${POSTGRES_NEED}`, () => {
  it.skipIf(!isNightly)('talk through PostgreSQL (needs the nightly profile)', { timeout: 300_000 }, async () =>
    steered(await server!.database('steered')),
  )

  it('serve: engine, readers and workers in processes of their own', { timeout: 300_000 }, async () => {
    const address = await server!.database('served')
    const engine = await serve('engine', address, 'steered.yaml', ...RUN)
    const api = await serve('api', address)
    const worker = await serve('worker', address)
    const store = await openStore(address, { create: false })
    try {
      const { owner } = await heard(store, ({ seq }) => seq > 20)
      expect(JSON.parse((await read(`${api.url}/api/status`)).body)).toMatchObject({
        portfolios: [{ portfolio: NAME, running: true, engine: { owner }, lease: { owner, epoch: 1 } }],
      })
      expect(await read(`${api.url}/ready`)).toMatchObject({ status: 200 })
      expect((await read(`${worker.url}/api/status`)).status).toBe(404)

      const asked = await command(here, [
        'jobs',
        'add',
        'backtest',
        '--store',
        address,
        '--',
        'steered.yaml',
        '--data',
        'prices',
      ])
      const jobs = store.jobs()
      const done = await until(async () => {
        const job = await jobs.find(asked.out.trim())
        return (job?.state === 'done' || job?.state === 'failed') && job
      })
      expect(done).toMatchObject({ state: 'done', error: '' })
      expect(JSON.parse(done.result!)).toMatchObject({
        allocation: { names: ['free', 'asked', 'late', 'cash'] },
      })
      expect((await read(`${worker.url}/metrics`)).body).toContain(
        'polyfolio_jobs_total{kind="backtest",outcome="done"} 1',
      )

      // An engine that was killed is started again, and takes the next number of the lease.
      process.kill(Number(owner.split(' ').at(-1)), 'SIGKILL')
      const again = await heard(store, (beat) => beat.epoch === 2)
      expect(again.owner).not.toBe(owner)
      const metrics = await until(async () => {
        const { body } = await read(`${engine.url}/metrics`)
        return body.includes('polyfolio_step_seconds_count{') && body
      })
      expect(metrics).toContain(`polyfolio_restarts_total{portfolio="${NAME}"} 1`)
      expect(metrics).toMatch(/polyfolio_orders\{portfolio="Steered",state="acked"\} \d/)
      expect(metrics).toMatch(/polyfolio_step_seconds_count\{[^}]*step="commit"[^}]*\} [1-9]/)
      expect(metrics).toMatch(/polyfolio_step_seconds_count\{[^}]*step="giveSlices"[^}]*\} [1-9]/)
      expect(metrics).toMatch(/polyfolio_commits_total\{portfolio="Steered"\} [1-9]/)

      expect(await ask(store, { kind: 'disarm', reason: 'lunch' })).toMatchObject({ state: 'done' })
      await heard(store, (beat) => gatesOf(beat).includes('armed'))
      const shut = await read(`${api.url}/ready`)
      expect(shut.status).toBe(503)
      expect(JSON.parse(shut.body)).toMatchObject({
        ready: false,
        engines: [{ reasons: [expect.stringContaining('lunch')] }],
      })

      for (const { child } of [engine, api, worker]) child.kill('SIGTERM')
      for (const running of [engine, api, worker]) expect((await running.ended)[0], running.said()).toBe(0)
      expect(await beatOf(store)).toMatchObject({ ended: 'stopped as asked' })
      expect((await store.check()).problems).toEqual([])
    } finally {
      await store.close()
    }
  })

  it('hand over to the one that stands by when it is killed: the same books, no order twice', {
    timeout: 300_000,
  }, async () => {
    const quarter = ['--seed', '26', '--from', '2016-01-01', '--to', '2016-04-30', '--json']
    const [calmAt, sharedAt] = [await server!.database('calm'), await server!.database('shared')]
    const calm = await command(here, ['paper', 'steered.yaml', ...quarter, '--store', calmAt])
    const shared = ['paper', 'steered.yaml', ...quarter, '--store', sharedAt, '--standby']
    const first = run([...shared, '--every', '0.1'])
    const [calmStore, store] = [await openStore(calmAt, { create: false }), await openStore(sharedAt, { create: true })]
    try {
      await heard(store, ({ seq }) => seq > 20)
      const second = run(shared)
      await until(() => Promise.resolve(second.said().includes('waiting for it to end')))
      const asked = await store.control.beats()
      first.child.kill('SIGKILL')
      expect((await second.ended)[0], second.said()).toBe(0)
      expect(second.out()).toBe(calm.out)
      expect(second.said()).toMatch(/note: [1-9]\d* events were there already/)
      expect(await beatOf(store)).toMatchObject({ epoch: asked[0]!.epoch + 1 })
      const books = async (one: OpenedStore) => {
        const { journals, problems } = await one.check()
        const executions: string[] = []
        for await (const { number, symbol, quantity, price } of one.executionsFrom(NAME, 0))
          executions.push(`${number} ${symbol} ${quantity} ${price}`)
        return { journals, problems, executions }
      }
      const found = await books(store)
      expect(found).toEqual(await books(calmStore))
      expect(found.executions.length).toBeGreaterThan(0)
      expect(new Set(found.executions).size).toBe(found.executions.length)
    } finally {
      await store.close()
      await calmStore.close()
    }
  })
})
