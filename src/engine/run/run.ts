/** Backtest: a synchronous loop that gives the kernel bars and the simulated exchange's answers. No promise, no clock. */

import type { PortfolioConfig } from '../../domain/config.ts'
import type { Command, EngineEvent } from '../../domain/events.ts'
import type { DatedAction, MarketData } from '../../domain/market.ts'
import type { Parameters } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { Instant, InstrumentId, Memory, TradeDate } from '../../domain/units.ts'
import { type SimulatedExchange, simulatedExchange } from '../../exchange/simulated.ts'
import { withoutApprovals } from '../gates/approvals.ts'
import { type Auditor, createAuditor } from '../invariants.ts'
import { createKernel, type Kernel, restoreKernel } from '../kernel.ts'
import type { Observer } from '../records/observer.ts'
import { createRecorder } from '../records/recorder.ts'
import type { RunResult } from '../records/result.ts'
import { resultOf } from '../records/result-of.ts'
import type { Runtime } from '../runtime.ts'
import { datesOf } from './dated.ts'
import { give, type Run } from './drive.ts'
import { takeInstant } from './instant.ts'
import { ratesOf } from './rates.ts'
import { exchangeOf, type RunState } from './run-state.ts'
import { playQuietBars, shortLaneOf } from './stretch.ts'
import { cursorsOf, noProgress } from './timeline.ts'

export interface RunInput {
  readonly config: PortfolioConfig
  readonly market: MarketData
  readonly strategies: readonly Strategy<Parameters, Memory>[]
  /** By strategy, what tells its code from another of its name. Absent: nobody asks. */
  readonly codes?: Readonly<Record<string, string>>
  /** Checks every invariant after every event; off only where time is measured. */
  readonly checks: boolean
  /** Plays every bar as an event of its own, also where a stretch of quiet ones could be taken at once: the same result. */
  readonly everyBar?: boolean
  /** Told of every event before the kernel takes it: what a journal keeps. Every bar is then an event of its own. */
  readonly journal?: (event: EngineEvent) => void
  /** The same for a run that may be played again: gives the event as it happened the first time, and that is taken. */
  readonly again?: (event: EngineEvent) => EngineEvent
  /** Told what the kernel commands after an event, before it is carried out. */
  readonly commanded?: (commands: readonly Command[]) => void
  /** Told after each instant how much of the run is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void
}

/** Nobody sits beside a backtest to be asked. */
const UNASKED = 'approvals are not asked for in a backtest: every entry that the limits allow passes'

export function runBacktest(given: RunInput): RunResult {
  const input = unasked(given)
  const recorder = createRecorder()
  const auditor = input.checks ? createAuditor() : null
  const run = startRun(input, auditor === null ? recorder : audited(recorder, auditor), auditor)
  recorder.attach(run.kernel.runtime)
  if (input !== given) run.dates.notes.push(UNASKED)
  openBooks(run, input)
  playMarket(run, input)
  return resultOf(run, recorder)
}

function unasked<Input extends Omit<RunInput, 'checks'>>(input: Input): Input {
  const config = withoutApprovals(input.config)
  return config === input.config ? input : { ...input, config }
}

/** A run without reports: the same loop for benches and sweeps. An observer may be shown the kernel before the first bar. */
export function runBare(
  given: Omit<RunInput, 'checks'>,
  observer?: Observer & { attach?(runtime: Runtime): void },
): Run {
  const input = unasked(given)
  const run = startRun({ ...input, checks: false }, observer, null)
  observer?.attach?.(run.kernel.runtime)
  openBooks(run, input)
  playMarket(run, input)
  return run
}

/** A run under somebody else's eyes: the auditor sees the books after every event, the observer every booking. */
export function runAudited(
  given: Omit<RunInput, 'checks'>,
  auditor: Auditor,
  observer: Observer & { attach?(runtime: Runtime): void },
): Run {
  const input = unasked(given)
  const run = startRun({ ...input, checks: true }, audited(observer, auditor), auditor)
  observer.attach?.(run.kernel.runtime)
  openBooks(run, input)
  playMarket(run, input)
  return run
}

/**
 * A run before its first event, or where another one stood.
 *
 * @param exchange left out: one is made that answers at once, or goes on where the other run's stood
 */
export function startRun(
  input: RunInput,
  observer: Observer | undefined,
  auditor: Auditor | null,
  from?: RunState,
  exchange: SimulatedExchange = exchangeFor(input, from),
): Run {
  const { config, market } = input
  const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
  const actionsOf = new Map<InstrumentId, DatedAction[]>()
  for (const dated of market.actions) {
    const list = actionsOf.get(dated.action.instrument)
    if (list === undefined) actionsOf.set(dated.action.instrument, [dated])
    else list.push(dated)
  }
  const cursors = cursorsOf(market)
  const options = { strategies, checks: input.checks, ...(observer === undefined ? {} : { observer }) }
  const kernel = from === undefined ? createKernel(options) : restoreKernel(from.kernel, options)
  return {
    kernel: input.journal === undefined && input.again === undefined ? kernel : journalled(kernel, input),
    exchange,
    market,
    auditor,
    strategies,
    cursors,
    slices: cursors.map(({ slice }) => slice),
    progress: noProgress(),
    rates: ratesOf(market, config),
    dates: datesOf(config),
    actionsOf,
    nextAction: 0,
    seq: 0,
    cycle: 0,
    at: 0 as Instant,
    tradeDate: 0 as TradeDate,
    moment: 'auction',
    called: false,
  }
}

function exchangeFor({ config, checks }: RunInput, from: RunState | undefined): SimulatedExchange {
  return simulatedExchange({
    account: config.account,
    currency: config.currency,
    cash: config.capital,
    parity: config.parity,
    costs: config.costs,
    checks,
    ...(from === undefined ? {} : { from: exchangeOf(from) }),
  })
}

function journalled(kernel: Kernel, { journal, again, commanded }: RunInput): Kernel {
  const apply: Kernel['apply'] = (event) => {
    const taken = again?.(event) ?? event
    journal?.(taken)
    const commands = kernel.apply(taken)
    commanded?.(commands)
    return commands
  }
  return { ...kernel, apply }
}

/** Passes everything on to the recorder and shows the auditor what it needs. */
function audited(recorder: Observer, auditor: Auditor): Observer {
  let parts = 0
  return {
    ...recorder,
    posting: (posting) => {
      if (posting.kind === 'fill') parts += posting.quantity
      if (posting.kind === 'cross') auditor.crossed?.(posting.sleeve, posting.instrument)
      recorder.posting(posting)
    },
    executed: (instrument, filled) => {
      auditor.fill(filled, parts)
      parts = 0
      recorder.executed(instrument, filled)
    },
    transferred: (before, after) => {
      auditor.transferred(before, after)
      recorder.transferred?.(before, after)
    },
    reduced: (asked, moved) => {
      auditor.reducingJudged(asked, moved)
      recorder.reduced(asked, moved)
    },
  }
}

/** The events before the first instant: configuration, calendars, instruments. */
export function openBooks(run: Run, input: Omit<RunInput, 'checks'>): void {
  const { config, market, codes = {} } = input
  give(run, { kind: 'configured', config, codes })
  for (const sessions of market.sessions) give(run, { kind: 'sessions', calendar: sessions.calendar, sessions })
  for (const instrument of market.instruments) {
    run.exchange.list(instrument)
    give(run, { kind: 'listed', instrument })
  }
}

function playMarket(run: Run, { onProgress, everyBar, journal }: Omit<RunInput, 'checks'>): void {
  const isWhole = everyBar === true || journal !== undefined
  let total = 0
  for (const { block } of run.cursors) total += block.tradeDates.length
  const lane = isWhole ? null : shortLaneOf(run)
  run.kernel.runtime.plain.isOpen = !isWhole
  for (;;) {
    if (lane !== null) playQuietBars(run, lane)
    if (!takeInstant(run)) break
    onProgress?.(total === 0 ? 1 : barsTaken(run) / total)
  }
}

function barsTaken({ cursors }: Run): number {
  let bars = 0
  for (const { row } of cursors) bars += row
  return bars
}
