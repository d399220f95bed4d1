/** Figures for Prometheus: of the engines, as they say of themselves, and of this process. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Heartbeat } from '../../domain/control.ts'
import { GATES } from '../../domain/gates.ts'
import { isRunning } from '../operate/status-text.ts'

const STEP_SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30]

export interface Metrics {
  /** In the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
  /** The last words of every engine that the store knows. */
  heard(beats: readonly Heartbeat[], now: number): void
  /** A step of an engine of this process took so long. */
  took(portfolio: string, step: string, seconds: number): void
  committed(portfolio: string, events: number): void
  /** Orders of an engine of this process, by state. */
  orders(portfolio: string, counts: ReadonlyMap<string, number>): void
  backlog(portfolio: string, messages: number): void
  cycleFailed(portfolio: string): void
  restarted(portfolio: string): void
  job(kind: string, outcome: 'done' | 'failed'): void
  lag(seconds: number): void
  dropped(lines: number): void
  /** Seconds since the last daily copy of the store; null where none are asked for. */
  backupAge(store: string, seconds: number | null): void
}

export function createMetrics(): Metrics {
  const registers = [new Registry()]
  const labelNames = ['portfolio'] as const
  const gauge = (name: string, help: string): Gauge<'portfolio'> =>
    new Gauge({ name: `polyfolio_${name}`, help, labelNames, registers })
  const counter = (name: string, help: string): Counter<'portfolio'> =>
    new Counter({ name: `polyfolio_${name}`, help, labelNames, registers })
  const running = gauge('engine_running', '1 where an engine was heard within the last seconds')
  const epoch = gauge('lease_epoch', 'how often the right to run the portfolio was taken')
  const seq = gauge('last_event', 'number of the last committed event')
  const equity = gauge('equity', 'in the base currency')
  const age = gauge('data_age_seconds', 'trading time since the oldest price that is traded by')
  const open = gauge('orders_open', 'orders that work at the broker')
  const unknown = gauge('orders_unknown', 'orders of which nobody knows whether the broker has them')
  const lag = gauge('engine_lag_seconds', 'how late the timers of the engine are')
  const armed = gauge('armed_until_seconds', 'when leave to trade ends, seconds since 1970; 0 disarmed')
  const waiting = gauge('approvals_waiting', "entries that wait for an operator's word")
  const gates = new Gauge({
    name: 'polyfolio_gates_shut',
    help: 'how many gates of this name are shut',
    labelNames: ['portfolio', 'gate'] as const,
    registers,
  })
  const orders = new Gauge({
    name: 'polyfolio_orders',
    help: 'orders of the running engine by state',
    labelNames: ['portfolio', 'state'] as const,
    registers,
  })
  const steps = new Histogram({
    name: 'polyfolio_step_seconds',
    help: 'how long an instant takes, each step of one with what the broker answers meanwhile, and a commit',
    labelNames: ['portfolio', 'step'] as const,
    buckets: STEP_SECONDS,
    registers,
  })
  const commits = counter('commits_total', 'durable transactions')
  const events = counter('events_total', 'events in them')
  const failed = counter('cycles_failed_total', 'cycles that failed and were tried again')
  const restarts = counter('restarts_total', 'engines that were started again after they had ended')
  const backlog = gauge('bus_backlog', 'messages that the bus is owed')
  const jobs = new Counter({
    name: 'polyfolio_jobs_total',
    help: 'jobs that workers of this process ended',
    labelNames: ['kind', 'outcome'] as const,
    registers,
  })
  const ownLag = new Gauge({
    name: 'polyfolio_process_lag_seconds',
    help: 'how late timers of this process are',
    registers,
  })
  const dropped = new Gauge({ name: 'polyfolio_log_lines_dropped', help: 'lines that nobody took in time', registers })
  const backupAge = new Gauge({
    name: 'polyfolio_backup_age_seconds',
    help: 'since the last daily copy of the store, or since copies were first asked for',
    // Without copies it is not there: nobody is told that one is due.
    labelNames: ['store'] as const,
    registers,
  })
  return {
    contentType: registers[0]!.contentType,
    text: () => registers[0]!.metrics(),
    heard(beats, now) {
      gates.reset()
      for (const beat of beats) {
        const { portfolio } = beat
        running.set({ portfolio }, isRunning(beat, now) ? 1 : 0)
        epoch.set({ portfolio }, beat.epoch)
        seq.set({ portfolio }, beat.seq)
        if (beat.equity !== null) equity.set({ portfolio }, beat.equity)
        if (beat.dataAge !== null) age.set({ portfolio }, beat.dataAge / 1_000)
        open.set({ portfolio }, beat.openOrders)
        unknown.set({ portfolio }, beat.unknownOrders)
        lag.set({ portfolio }, beat.loopLag / 1_000)
        armed.set({ portfolio }, (beat.armedUntil ?? 0) / 1_000)
        waiting.set({ portfolio }, beat.approvals.length)
        for (const gate of GATES) {
          gates.set({ portfolio, gate }, beat.gates.filter((one) => one.gate === gate).length)
        }
      }
    },
    took: (portfolio, step, seconds) => steps.observe({ portfolio, step }, seconds),
    committed(portfolio, count) {
      commits.inc({ portfolio })
      events.inc({ portfolio }, count)
    },
    orders(portfolio, counts) {
      for (const [state, count] of counts) orders.set({ portfolio, state }, count)
    },
    backlog: (portfolio, messages) => backlog.set({ portfolio }, messages),
    cycleFailed: (portfolio) => failed.inc({ portfolio }),
    restarted: (portfolio) => restarts.inc({ portfolio }),
    job: (kind, outcome) => jobs.inc({ kind, outcome }),
    lag: (seconds) => ownLag.set(seconds),
    dropped: (lines) => dropped.set(lines),
    backupAge(store, seconds) {
      backupAge.reset()
      if (seconds !== null) backupAge.set({ store }, seconds)
    },
  }
}
