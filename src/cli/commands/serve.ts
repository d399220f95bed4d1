import { type ChildProcess, spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { backupState } from '../../adapters/store/backup-state.ts'
import { openStore } from '../../adapters/store/open.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Jobs } from '../../domain/jobs.ts'
import { isEnded, PROTOCOL_STATES } from '../../domain/order-records.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { owedTo } from '../../live/outbox.ts'
import { type AlertFollower, followAlerts } from '../alerts/follow.ts'
import type { AlertConfiguration } from '../config/alerts.ts'
import { loadPortfolio } from '../config/load.ts'
import type { MeteredSteps } from '../live/engine-meter.ts'
import { REDIS_BUS } from '../live/outbox-to.ts'
import { listenForStop } from '../live/stopping.ts'
import { backupDocument, statusDocument } from '../operate/status-text.ts'
import { packageVersion } from '../package-root.ts'
import { type Log, type LogLevel, openLog } from '../serve/log.ts'
import { createMetrics, type Metrics } from '../serve/metrics.ts'
import { readinessOf } from '../serve/readiness.ts'
import { runJob } from '../serve/run-job.ts'
import { json, type Listening, listen, type Routes } from '../serve/server.ts'
import { SUPERVISOR_RULES, supervise } from '../serve/supervise.ts'

export const ROLES = ['engine', 'api', 'worker', 'all'] as const
export type Role = (typeof ROLES)[number]

export interface ServeOptions {
  readonly role: Role
  readonly store: string
  readonly bus?: string
  readonly jobs?: string
  readonly port: number
  readonly data?: string
  readonly seed?: number
  readonly from?: string
  readonly to?: string
  readonly speed?: number
  readonly speedFrom?: TradeDate
  readonly every?: number
  readonly log?: string
  readonly logLevel: LogLevel
}

/** Milliseconds between two looks of a process at itself, and at the copies of its store. */
const LOOK_MS = 1_000
const COPIES_MS = 600_000

interface Serving {
  readonly options: ServeOptions
  /** By portfolio that this process runs: whoever tells people of it. */
  readonly alerts: Map<string, AlertFollower>
  /** Names of the portfolios that this process runs. */
  readonly own: readonly string[]
  readonly store: OpenedStore
  readonly log: Log
  readonly metrics: Metrics
  readonly signal: AbortSignal
  readonly startedAt: number
}

/** `polyfolio serve`: engines under supervision, what is shown of them, and workers; each in one process, or in its own. */
export async function serve(configs: readonly string[], options: ServeOptions): Promise<void> {
  const has = (role: Role): boolean => options.role === role || options.role === 'all'
  if (has('engine') && configs.length === 0) {
    throw new FaultError(
      fault('OPTION_INVALID', { option: '--role', reason: `${options.role} runs portfolios; name their files` }),
    )
  }
  const loaded = has('engine') ? await Promise.all(configs.map((config) => loadPortfolio(config))) : []
  const own = loaded.map(({ config }) => config.name)
  const log = openLog({
    level: options.logLevel,
    environment: process.env,
    ...(options.log === undefined ? {} : { file: options.log }),
  })
  const stopping = listenForStop(() => log.info('stopping: what is under way ends in order'))
  const store = await openStore(options.store, { create: true })
  const serving: Serving = {
    options,
    alerts: new Map(),
    own,
    store,
    log,
    metrics: createMetrics(),
    signal: stopping.signal,
    startedAt: Date.now(),
  }
  let listening: Listening | null = null
  try {
    listening = await listen(options.port, routesOf(serving, has('api')))
    log.info('serving', { role: options.role, port: listening.port, version: packageVersion(), store: options.store })
    process.stderr.write(`note: ${options.role} on http://127.0.0.1:${listening.port}/health\n`)
    const ends = await Promise.all([
      watchItself(serving),
      watchCopies(serving),
      ...loaded.map(({ config, alerts }) => tellOf(config.name, alerts, serving)),
      ...(has('engine') ? configs.map((config, index) => superviseEngine(config, own[index]!, serving)) : []),
      ...(has('worker') ? [work(serving)] : []),
    ])
    if (ends.includes('failed')) process.exitCode = 1
  } finally {
    await listening?.close()
    await store.close()
    stopping.close()
    log.info('stopped')
    log.close()
  }
}

/** How many orders of a portfolio have not ended, by state. */
async function openOrders(store: OpenedStore, portfolio: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(PROTOCOL_STATES.filter((state) => !isEnded(state)).map((state) => [state as string, 0]))
  for (const { state } of await store.openOrders(portfolio)) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

function routesOf({ options, own, store, metrics, log, startedAt }: Serving, isApi: boolean): Routes {
  const heard = async () => {
    const beats = await store.control.beats()
    metrics.heard(beats, Date.now())
    metrics.dropped(log.dropped)
    return beats
  }
  const routes: (readonly [string, Routes extends ReadonlyMap<string, infer Route> ? Route : never])[] = [
    [
      '/health',
      async () => {
        const now = Date.now()
        const backup = backupDocument(await backupState(store.tables.db, now))
        const uptime = (now - startedAt) / 1_000
        return json({ status: backup?.overdue === true ? 'overdue' : 'ok', version: packageVersion(), uptime, backup })
      },
    ],
    [
      '/ready',
      async () => {
        const readiness = readinessOf(await heard(), own, Date.now())
        return json(readiness, readiness.ready ? 200 : 503)
      },
    ],
    [
      '/metrics',
      async () => {
        for (const beat of await heard()) {
          const { portfolio } = beat
          metrics.orders(portfolio, await openOrders(store, portfolio))
          if (options.bus !== undefined) metrics.backlog(portfolio, await owedTo(REDIS_BUS, store, portfolio))
        }
        return { status: 200, type: metrics.contentType, body: await metrics.text() }
      },
    ],
  ]
  if (isApi) {
    routes.push([
      '/api/status',
      async () => {
        const extents = await store.extents()
        const beats = await heard()
        const names = [...new Set([...extents, ...beats].map(({ portfolio }) => portfolio))]
        const portfolios = names.map((portfolio) =>
          statusDocument(
            {
              portfolio,
              events: extents.find((extent) => extent.portfolio === portfolio)?.rows ?? 0,
              heartbeat: beats.find((beat) => beat.portfolio === portfolio) ?? null,
            },
            Date.now(),
          ),
        )
        return json({ at: new Date().toISOString(), portfolios })
      },
    ])
  }
  return new Map(routes)
}

/** How late its own timers are. */
async function watchItself({ metrics, signal }: Serving): Promise<'ended'> {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  while (!signal.aborted) {
    metrics.lag(Math.max(0, delay.max / 1e6 - 20) / 1_000)
    delay.reset()
    await wait(LOOK_MS, undefined, { signal }).catch(() => {})
  }
  delay.disable()
  return 'ended'
}

/** A copy that is overdue is said again and again until there is one. */
async function watchCopies({ store, log, signal }: Serving): Promise<'ended'> {
  while (!signal.aborted) {
    const state = await backupState(store.tables.db, Date.now()).catch(() => null)
    if (state?.isOverdue === true) {
      log.error('the daily copy of the store is overdue', { alert: true, ...backupDocument(state) })
    }
    await wait(COPIES_MS, undefined, { signal }).catch(() => {})
  }
  return 'ended'
}

/** People are told of what a portfolio says, and of what is seen around its engine. */
function tellOf(portfolio: string, configuration: AlertConfiguration, serving: Serving): Promise<'ended'> {
  const { store, log, signal, alerts } = serving
  const follower = followAlerts({ portfolio, store, alertLog: store.alertLog, configuration, log, signal })
  alerts.set(portfolio, follower)
  return follower.running
}

async function superviseEngine(config: string, portfolio: string, serving: Serving): Promise<'ended' | 'failed'> {
  const { metrics, signal } = serving
  const log = serving.log.with({ config })
  const end = await supervise(
    () => startEngine(config, serving, log),
    SUPERVISOR_RULES,
    {
      onAlert(exit) {
        log.error('the engine failed', { alert: true, ...exit })
        serving.alerts.get(portfolio)?.failed(exit)
      },
      onRestart(exit, afterMs) {
        metrics.restarted(portfolio)
        // One that was killed did not fail: it says nothing of its cycle.
        if (exit.code !== null) metrics.cycleFailed(portfolio)
        log.warn('the engine is started again', { ...exit, afterMs })
      },
    },
    signal,
  )
  log.info('the engine is done', { end })
  return end === 'ended' ? 'ended' : 'failed'
}

/** Engines are processes of their own: one that dies takes nobody along. They end with this one. */
function startEngine(config: string, { options, metrics }: Serving, log: Log): ChildProcess {
  const { store, bus, data, seed, from, to, speed, speedFrom, every } = options
  const given = {
    store,
    bus,
    data,
    seed,
    from,
    to,
    speed,
    'speed-from': speedFrom === undefined ? undefined : formatDate(speedFrom),
    every,
  }
  const args = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  )
  const child = spawn(
    process.execPath,
    [...process.execArgv, process.argv[1]!, 'paper', config, ...args, '--standby', '--json'],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // A signal of the terminal reaches this process alone, which then tells its engines once.
      detached: true,
    },
  )
  log.info('the engine is started', { pid: child.pid })
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => log.info(line))
  child.on('message', (word: MeteredSteps) => {
    if (word.kind !== 'metered') return
    for (const [step, seconds] of Object.entries(word.steps))
      for (const one of seconds) metrics.took(word.portfolio, step, one)
    for (const events of word.commits) metrics.committed(word.portfolio, events)
  })
  return child
}

async function work({ options, store, log, metrics, signal }: Serving): Promise<'ended'> {
  const jobs: Jobs =
    options.jobs === undefined
      ? store.jobs()
      : (await import('../../adapters/jobs/bullmq.ts')).bullJobs(options.jobs, process.env['REDIS_PASSWORD'])
  try {
    await jobs.work(
      `${hostname()} ${process.pid}`,
      async (job) => {
        log.info('a job is begun', { id: job.id, kind: job.kind })
        const outcome = await runJob(job)
        metrics.job(job.kind, outcome.state)
        log.info('a job has ended', { id: job.id, kind: job.kind, state: outcome.state })
        return outcome
      },
      signal,
    )
  } finally {
    await jobs.close()
  }
  return 'ended'
}
