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
import type { TradeDate } from '../../domain/units.ts'
import { alertDesk } from '../alerts/desk.ts'
import { type AlertFollower, followAlerts } from '../alerts/follow.ts'
import { openAnalyst } from '../analyst/analyst.ts'
import { backtestsIn } from '../compare/beside.ts'
import type { AlertConfiguration } from '../config/alerts.ts'
import { loadPortfolio } from '../config/load.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { openExplainer } from '../explain/explainer.ts'
import { openExports } from '../exports/exports.ts'
import { type PortfolioJobs, portfolioJobs } from '../jobs/desk.ts'
import type { QuestionPlace } from '../jobs/questions.ts'
import type { MeteredSteps } from '../live/engine-meter.ts'
import { listenForStop } from '../live/stopping.ts'
import { backupDocument } from '../operate/status-text.ts'
import { packageVersion } from '../package-root.ts'
import { openConfigurations } from '../serve/configurations.ts'
import { configureEngine } from '../serve/configure-engine.ts'
import { entryLines, type OpenDashboard, openDashboard, type WebOptions } from '../serve/dashboard.ts'
import { engineStart } from '../serve/engine-start.ts'
import { type Log, type LogLevel, openLog } from '../serve/log.ts'
import { createMetrics, type Metrics } from '../serve/metrics.ts'
import { apiPorts, type Desks } from '../serve/ports.ts'
import { runJob } from '../serve/run-job.ts'
import { SUPERVISOR_RULES, supervise } from '../serve/supervise.ts'
import { vitalsOf } from '../serve/vitals.ts'

export const ROLES = ['engine', 'api', 'worker', 'all'] as const
export type Role = (typeof ROLES)[number]

export interface ServeOptions extends WebOptions {
  readonly role: Role
  readonly store: string
  readonly bus?: string
  readonly jobs?: string
  readonly data?: string
  readonly seed?: number
  readonly from?: string
  readonly to?: string
  readonly speed?: number
  readonly speedFrom?: TradeDate
  readonly follow?: boolean
  readonly every?: number
  /** Folder of results of backtests, to be seen beside the portfolios. */
  readonly backtests?: string
  readonly log?: string
  readonly logLevel: LogLevel
  /** Every figure is made up, and is marked so wherever it is shown. */
  readonly isDemo?: boolean
  /** Says how to get in, in place of the notes on stderr. */
  onOpen?(dashboard: OpenDashboard): void
}

/** Milliseconds between two looks of a process at itself, and at the copies of its store. */
const LOOK_MS = 1_000
const COPIES_MS = 600_000

/** A demonstration shares a machine with other things: its engine collects garbage early. */
const SMALL = ['--max-semi-space-size=2', '--max-old-space-size=256']

interface Serving {
  readonly options: ServeOptions
  /** By portfolio that this process runs: whoever tells people of it. */
  readonly alerts: Map<string, AlertFollower>
  /** By portfolio, what its file says of alerts: as it stands now. */
  readonly alertFiles: Map<string, AlertConfiguration>
  /** Names of the portfolios that this process runs. */
  readonly own: readonly string[]
  readonly store: OpenedStore
  /** Address of the bus; left out: there is none. */
  readonly bus?: string
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
    alertFiles: new Map(loaded.map(({ config, alerts }) => [config.name as string, alerts])),
    own,
    store,
    log,
    metrics: createMetrics(),
    signal: stopping.signal,
    ...(options.bus === undefined ? {} : { bus: options.bus }),
    startedAt: Date.now(),
  }
  const jobs = await openJobs(options, store)
  const questions = portfolioJobs(jobs)
  let dashboard: OpenDashboard | null = null
  let desks: OpenDesks | null = null
  try {
    desks = has('api') ? openDesks(configs, loaded, questions, serving) : null
    dashboard = await openDashboard(
      apiPorts({
        store,
        log,
        vitals: vitalsOf(serving),
        own,
        demos: new Set(options.isDemo === true ? own : []),
        ...desks?.desks,
      }),
      options.store,
      options,
      has('api'),
    )
    const { port, origin } = dashboard.server
    log.info('serving', { role: options.role, port, version: packageVersion(), store: options.store })
    if (options.onOpen === undefined) sayEntry(`note: ${options.role} on ${origin}/health`, dashboard)
    else options.onOpen(dashboard)
    const ends = await Promise.all([
      watchItself(serving),
      watchCopies(serving),
      ...loaded.map(({ config }) => tellOf(config.name, serving)),
      ...(has('engine') ? configs.map((config, index) => superviseEngine(config, own[index]!, serving)) : []),
      ...(has('worker') ? [work(jobs, questions, configs, serving)] : []),
    ])
    if (ends.includes('failed')) process.exitCode = 1
  } finally {
    await dashboard?.server.close()
    await desks?.close()
    await jobs.close()
    await store.close()
    stopping.close()
    log.info('stopped')
    log.close()
  }
}

function sayEntry(note: string, dashboard: OpenDashboard): void {
  for (const line of [note, ...entryLines(dashboard)]) process.stderr.write(`${line}\n`)
}

interface OpenDesks {
  readonly desks: Desks
  close(): Promise<void>
}

/** Those who compute for the API what the store's tables do not say. */
function openDesks(
  configs: readonly string[],
  loaded: readonly LoadedPortfolio[],
  jobs: PortfolioJobs,
  { options, store, alertFiles }: Serving,
): OpenDesks {
  const analyst = openAnalyst({ store: options.store, configs })
  const desks = {
    analyses: analyst,
    alerts: alertDesk(store.alertLog, alertFiles),
    exports: openExports(analyst, store.notes),
    ...(options.backtests === undefined ? {} : { backtests: backtestsIn(options.backtests) }),
    explainer: openExplainer({ store: options.store, configs }),
    configurations: openConfigurations({
      projections: store.projections,
      files: new Map(loaded.map(({ config, file }) => [config.name as string, file])),
      configure: (portfolio, asked) => configureEngine(store.control, portfolio, asked),
      onSaved: (portfolio, { alerts }) => alertFiles.set(portfolio, alerts),
      now: Date.now,
    }),
    jobs,
  }
  return { desks, close: () => analyst.close() }
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
function tellOf(portfolio: string, serving: Serving): Promise<'ended'> {
  const { store, log, signal, alerts, alertFiles } = serving
  const configuration = current(() => alertFiles.get(portfolio)!)
  const follower = followAlerts({ portfolio, store, alertLog: store.alertLog, configuration, log, signal })
  alerts.set(portfolio, follower)
  return follower.running
}

/** What is saved while people are told holds from the next look on. */
function current(file: () => AlertConfiguration): AlertConfiguration {
  return {
    get dashboard() {
      return file().dashboard
    },
    get heartbeat() {
      return file().heartbeat
    },
    get channels() {
      return file().channels
    },
    get rules() {
      return file().rules
    },
    get thresholds() {
      return file().thresholds
    },
  }
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
  serving.alerts.get(portfolio)?.done(end)
  log.info('the engine is done', { end })
  return end === 'ended' ? 'ended' : 'failed'
}

/** Engines are processes of their own: one that dies takes nobody along. They end with this one. */
function startEngine(config: string, { options, metrics }: Serving, log: Log): ChildProcess {
  const { args, environment } = engineStart(config, options)
  const child = spawn(
    process.execPath,
    [...process.execArgv, ...(options.isDemo === true ? SMALL : []), process.argv[1]!, ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...environment },
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

/** Where questions wait: in the store, or in a queue of its own. */
async function openJobs({ jobs }: ServeOptions, store: OpenedStore): Promise<Jobs> {
  if (jobs === undefined) return store.jobs()
  return (await import('../../adapters/jobs/bullmq.ts')).bullJobs(jobs, process.env['REDIS_PASSWORD'])
}

async function work(jobs: Jobs, own: PortfolioJobs, configs: readonly string[], serving: Serving): Promise<'ended'> {
  const { options, log, metrics, signal } = serving
  const place = placeOf(configs, options)
  await jobs.work(
    `${hostname()} ${process.pid}`,
    async (job, underWay) => {
      log.info('a job is begun', { id: job.id, kind: job.kind })
      const outcome = await (own.isOwn(job) ? own.answer(job, place, underWay) : runJob(job, underWay))
      metrics.job(job.kind, outcome.state)
      log.info('a job has ended', { id: job.id, kind: job.kind, state: outcome.state })
      return outcome
    },
    signal,
  )
  return 'ended'
}

function placeOf(configs: readonly string[], { store, data, seed, from, to }: ServeOptions): QuestionPlace {
  return {
    store,
    configs,
    ...(data === undefined ? {} : { data }),
    ...(seed === undefined ? {} : { seed }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
}
