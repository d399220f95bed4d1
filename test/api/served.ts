/** A store with a run in it, and the server of the API over it. */
import { request as overHttp } from 'node:http'
import { dirname } from 'node:path'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { passphraseHash } from '../../src/api/access/passphrases.ts'
import type { SessionView } from '../../src/api/contract/session.ts'
import type { ApiPorts } from '../../src/api/ports.ts'
import { type Readings, readingsOf } from '../../src/api/readings.ts'
import { type ApiServer, openServer } from '../../src/api/server.ts'
import type { ServerOptions } from '../../src/api/server-options.ts'
import { alertDesk } from '../../src/cli/alerts/desk.ts'
import { type Analyst, openAnalyst } from '../../src/cli/analyst/analyst.ts'
import { backtestsIn } from '../../src/cli/compare/beside.ts'
import { openExplainer } from '../../src/cli/explain/explainer.ts'
import { openExports } from '../../src/cli/exports/exports.ts'
import { portfolioJobs } from '../../src/cli/jobs/desk.ts'
import { openConfigurations } from '../../src/cli/serve/configurations.ts'
import { configureEngine } from '../../src/cli/serve/configure-engine.ts'
import { openLog } from '../../src/cli/serve/log.ts'
import { createMetrics } from '../../src/cli/serve/metrics.ts'
import { apiPorts, type Desks } from '../../src/cli/serve/ports.ts'
import { vitalsOf } from '../../src/cli/serve/vitals.ts'
import type { Role } from '../../src/domain/access.ts'
import type { Instant } from '../../src/domain/units.ts'
import { command } from '../cli/command.ts'

export const PORTFOLIO = 'Six bots'
export const PASSPHRASE = 'violet harbour ladder 27'

/** A quarter of the six bots on the simulated market, on paper. */
export async function recorded(
  folder: string,
  store: string,
  to = '2024-03-28',
  preset = new URL('../../presets/six-bots.yaml', import.meta.url).pathname,
): Promise<unknown> {
  const run = ['paper', preset, '--store', store, '--seed', '26', '--from', '2024-01-02', '--to', to, '--json']
  const ended = await command(folder, run)
  if (ended.code !== 0) throw new Error(ended.err)
  return JSON.parse(ended.out)
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly json: unknown
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Visitor {
  readonly cookie: string
  readonly csrf: string
  ask(path: string, asked?: Asked): Promise<Answered>
}

export interface Served {
  readonly store: OpenedStore
  readonly server: ApiServer
  readonly analyst: Analyst
  readonly log: string
  readonly inside: { readonly ports: ApiPorts; readonly readings: Readings }
  ask(path: string, asked?: Asked): Promise<Answered>
  addUser(name: string, role: Role): Promise<void>
  /** Signed in by name, as a page is. */
  visitor(name: string): Promise<Visitor>
  stop(): Promise<void>
}

export async function serving(
  path: string,
  options: Partial<ServerOptions> = {},
  desks: Desks | ((store: OpenedStore, analyst: Analyst) => Desks) = {},
): Promise<Served> {
  const store = await openStore(path, { create: true })
  const logFile = `${path}.log`
  const log = openLog({ level: 'debug', file: logFile, environment: {} })
  const analyst = openAnalyst({ store: path, configs: [] })
  const vitals = vitalsOf({ store, metrics: createMetrics(), log, own: [], startedAt: Date.now() })
  const ports = apiPorts({
    store,
    vitals,
    log,
    analyses: analyst,
    ...(typeof desks === 'function' ? desks(store, analyst) : desks),
  })
  const server = await openServer(ports, {
    address: '127.0.0.1',
    port: 0,
    tls: null,
    trustedProxy: null,
    names: [],
    isAuthRequired: false,
    isApi: true,
    dashboard: null,
    version: '0.0.0-test',
    storeName: 'test',
    checksAnswers: true,
    ...options,
  })
  const ask = (asked: string, how: Asked = {}): Promise<Answered> => answerOf(server.port, asked, how)

  async function addUser(name: string, role: Role): Promise<void> {
    const user = { name, role, passphraseHash: await passphraseHash(PASSPHRASE), totpSecret: null }
    await store.access.addUser(user, Date.now() as Instant)
  }

  async function visitor(name: string): Promise<Visitor> {
    const answered = await ask('/api/v1/session', { method: 'POST', body: { name, passphrase: PASSPHRASE } })
    if (answered.status !== 200) throw new Error(answered.text)
    const set = answered.headers['set-cookie']
    const cookie = (Array.isArray(set) ? set[0]! : set!).split(';')[0]!
    return visitorOf(server.port, cookie, (answered.json as SessionView).csrf!)
  }

  return {
    store,
    server,
    analyst,
    log: logFile,
    inside: { ports, readings: readingsOf(ports) },
    ask,
    addUser,
    visitor,
    async stop() {
      await server.close()
      await analyst.close()
      await store.close()
      log.close()
    },
  }
}

/** Everything that the API can be asked, over this store and this file. */
export function allDesks(path: string, file: string) {
  return (store: OpenedStore, analyst: Analyst): Desks => ({
    jobs: portfolioJobs(store.jobs()),
    exports: openExports(analyst, store.notes),
    backtests: backtestsIn(dirname(path)),
    explainer: openExplainer({ store: path, configs: [] }),
    alerts: alertDesk(store.alertLog, new Map()),
    configurations: openConfigurations({
      projections: store.projections,
      files: new Map([[PORTFOLIO, file]]),
      configure: (portfolio, asked) => configureEngine(store.control, portfolio, asked),
      onSaved: () => {},
      now: Date.now,
    }),
  })
}

export function visitorOf(port: number, cookie: string, csrf: string): Visitor {
  return {
    cookie,
    csrf,
    ask: (path, { headers, ...asked } = {}) =>
      answerOf(port, path, { ...asked, headers: { cookie, 'x-polyfolio-csrf': csrf, ...headers } }),
  }
}

const SENT_MOST = 60_000

/** As it is asked, to the letter: no address is tidied up. */
function answerOf(port: number, path: string, { method = 'GET', headers = {}, body }: Asked): Promise<Answered> {
  return new Promise((done, refuse) => {
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    const said =
      text === null ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
    const asked = overHttp(
      {
        agent: false,
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: { host: `127.0.0.1:${port}`, ...said, ...headers },
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (chunk: Buffer) => parts.push(chunk))
        response.on('end', () => {
          if (!asked.writableEnded) asked.destroy()
          const answer = Buffer.concat(parts).toString()
          done({ status: response.statusCode!, headers: response.headers, text: answer, json: jsonOf(answer) })
        })
        response.on('error', refuse)
      },
    )
    asked.on('error', refuse)
    // What is refused by its length is not sent: the answer comes before it would be.
    if (text !== null && text.length > SENT_MOST) asked.write(text.slice(0, 1_000))
    else asked.end(text ?? undefined)
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
