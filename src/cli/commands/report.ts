import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { hashOf, newSecret } from '../../api/access/secrets.ts'
import { openServer } from '../../api/server.ts'
import type { Instant } from '../../domain/units.ts'
import { openAnalyst } from '../analyst/analyst.ts'
import { openExplainer } from '../explain/explainer.ts'
import { homeFolder } from '../home.ts'
import type { QuestionPlace } from '../jobs/questions.ts'
import { listenForStop } from '../live/stopping.ts'
import { type Addressed, type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { print, writePage } from '../output.ts'
import { packageVersion } from '../package-root.ts'
import { fileUrl } from '../run.ts'
import { openLog } from '../serve/log.ts'
import { createMetrics } from '../serve/metrics.ts'
import { apiPorts } from '../serve/ports.ts'
import { vitalsOf } from '../serve/vitals.ts'
import { type Answers, type Ask, keptAnswers } from '../still/answers.ts'
import { futuresOf, stressesOf } from '../still/futures.ts'
import { stillPage } from '../still/page.ts'

interface ReportOptions extends StoreOptions {
  readonly out: string
  readonly watch?: boolean
  /** Newest orders whose whole chain the page carries. */
  readonly explain: number
  readonly stress?: boolean
  readonly data?: string
  readonly seed: number
  readonly from?: string
  readonly to?: string
}

/** Seconds after which an open report is read again while somebody keeps writing it. */
const REFRESH_S = 60
/** Milliseconds between two looks whether something has happened. */
const LOOK_MS = 1_000
const SECRET_MS = 60_000

/** `polyfolio report`: the dashboard's pages of a store's portfolio as one file that works without any network. */
export async function report(configs: readonly string[], options: ReportOptions): Promise<void> {
  const stopping = listenForStop()
  try {
    await withPortfolio(options, async (found) => {
      const { store, portfolio } = found
      let written = -1
      do {
        const seq = await lengthOf(store, portfolio)
        if (seq !== written) {
          const futures = await futuresOf(portfolio, options.store, configs)
          const stresses = options.stress === true ? await stressesOf(portfolio, placeOf(configs, options)) : {}
          const answers = { ...(await answersOf(found, configs, options)), ...futures, ...stresses }
          await writePage(options.out, await stillPage(answers, options.watch === true ? REFRESH_S : null))
          if (written === -1) print(`Report: ${fileUrl(resolve(options.out))}`)
          written = seq
        }
        if (options.watch === true) await wait(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => {})
      } while (options.watch === true && !stopping.signal.aborted)
    })
  } finally {
    stopping.close()
  }
}

/** Scenarios are played on the market that the portfolio's file is run on. */
function placeOf(configs: readonly string[], { store, data, seed, from, to }: ReportOptions): QuestionPlace {
  const reach = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return { store, configs, ...(data === undefined ? { seed } : { data }), ...reach }
}

async function lengthOf(store: Addressed['store'], portfolio: string): Promise<number> {
  return (await store.extents()).find((extent) => extent.portfolio === portfolio)?.rows ?? 0
}

/** By the API itself, on a port of this machine that is closed again: the same answers as those of a served dashboard. */
async function answersOf(
  { store, portfolio }: Addressed,
  configs: readonly string[],
  options: ReportOptions,
): Promise<Answers> {
  const log = openLog({ level: 'silent', environment: process.env })
  const analyst = openAnalyst({ store: options.store, configs })
  const own = { store, metrics: createMetrics(), log, own: [], startedAt: Date.now() }
  const isDemo = dirname(resolve(options.store)) === join(homeFolder(), 'demo')
  const ports = apiPorts({
    store,
    log,
    vitals: vitalsOf(own),
    demos: new Set(isDemo ? [portfolio] : []),
    analyses: analyst,
    explainer: options.explain === 0 ? null : openExplainer({ store: options.store, configs }),
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
    version: packageVersion(),
    storeName: options.store,
  })
  try {
    return await keptAnswers(await signedIn(server.origin, ports.store.access), portfolio, options.explain)
  } finally {
    await server.close()
    await analyst.close()
    log.close()
  }
}

async function signedIn(origin: string, access: Addressed['store']['access']): Promise<Ask> {
  const secret = newSecret()
  const at = Date.now() as Instant
  const expiresAt = (at + SECRET_MS) as Instant
  await access.offerSecret({ kind: 'link', hash: hashOf(secret), user: 'report', role: 'viewer', at, expiresAt })
  const entered = await fetch(`${origin}/api/v1/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ secret }),
  })
  if (!entered.ok) throw new Error(`the server answered ${entered.status} to its own report`)
  const cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(';')[0]!)
    .join('; ')
  return async (path) => {
    const answer = await fetch(`${origin}${path}`, { headers: { cookie } })
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return answer.json()
  }
}
