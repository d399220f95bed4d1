/** A run in the making: what it holds, and how events reach the kernel and commands the exchange. */
import type { CapitalAbroad, RateSource } from '../../domain/currencies.ts'
import type { Command, EngineEvent } from '../../domain/events.ts'
import type { CorporateAction, DatedAction, MarketData, OptionChain, Slice } from '../../domain/market.ts'
import type { DatedFlow, DatedOperation } from '../../domain/money-moves.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { CurrencyCode, Instant, InstrumentId, TradeDate } from '../../domain/units.ts'
import type { OrderAnswer } from '../../exchange/desk.ts'
import type { ExchangeAnswer, SimulatedExchange } from '../../exchange/simulated.ts'
import type { Auditor } from '../invariants.ts'
import type { Kernel } from '../kernel.ts'
import type { BookAndBroker, EventBody } from './broker-side.ts'
import { type BlockCursor, type InstantProgress, quotesAt } from './timeline.ts'

/** Where a run has its rates from, the last ones, and capital that waits for its first. */
export interface RunRates {
  readonly sources: readonly RateSource[]
  readonly known: Map<CurrencyCode, number>
  pending: readonly CapitalAbroad[]
}

/** What the configuration dates and is still to come, earliest first, and what of it a reader of the result must know. */
export interface RunDates {
  flows: readonly DatedFlow[]
  operations: readonly DatedOperation[]
  readonly notes: string[]
}

/** Everything one run holds. */
export interface Run {
  readonly kernel: Kernel
  readonly exchange: SimulatedExchange
  readonly market: MarketData
  readonly auditor: Auditor | null
  /** By name; another configuration brings others. */
  readonly strategies: Map<string, Strategy>
  readonly cursors: readonly BlockCursor[]
  /** The slices of all cursors: what an instant gives at which every clock closes. */
  readonly slices: readonly Slice[]
  readonly progress: InstantProgress
  readonly rates: RunRates
  readonly dates: RunDates
  readonly actionsOf: ReadonlyMap<InstrumentId, readonly DatedAction[]>
  nextAction: number
  seq: number
  cycle: number
  at: Instant
  tradeDate: TradeDate
  moment: 'auction' | 'range' | 'close'
  /** A margin call was open at the last close: the broker acts at the next auction. */
  called: boolean
}

/** The kernel, the exchange that it talks with, and where the talk stands. */
export type Dialogue = Pick<Run, 'kernel' | 'exchange' | 'auditor' | 'seq' | 'at' | 'moment'>

/** Gives the kernel one event, carries its commands out and looks at the invariants. */
export function give(run: Dialogue, body: EventBody): void {
  giveEvent(run, { seq: run.seq, at: run.at, ...body } as EngineEvent)
}

/** As `give`, for an event that is already numbered and dated. */
export function giveEvent(run: Dialogue, event: EngineEvent): void {
  run.seq += 1
  const { state } = run.kernel.runtime
  const before = state.executions
  const commands = run.kernel.apply(event)
  if (run.auditor !== null) {
    if (event.kind === 'fills')
      run.auditor.executed?.(event.fills.execution, event.fills.count, state.executions - before)
    else if (event.kind === 'correction')
      run.auditor.executed?.([event.correction.number], 1, state.executions - before)
    run.auditor.check(run.kernel, run.exchange.account)
  }
  carryOutAll(run, commands)
}

export function carryOutAll(run: Dialogue, commands: readonly Command[]): void {
  for (let index = 0; index < commands.length; index += 1) carryOut(run, commands[index]!)
}

/** The auction of the cursor's row. */
export function giveAuction(run: Run, cursor: BlockCursor, chains: readonly OptionChain[]): void {
  giveEvent(run, {
    seq: run.seq,
    at: run.at,
    kind: 'quotes',
    cycle: run.cycle,
    phase: 'auction',
    tradeDate: run.tradeDate,
    quotes: quotesAt(cursor, 'auction'),
    chains,
  })
}

function carryOut(run: Dialogue, command: Command): void {
  switch (command.kind) {
    case 'list':
      run.exchange.list(command.instrument)
      return
    case 'submit':
      answer(run, run.exchange.submit(command.orders, run.moment))
      return
    case 'cancel':
      answer(run, run.exchange.cancel(command.order))
      return
    case 'alert':
      if (command.violation.rule === 'sleeveFault') judgeFault(run)
      return
    default:
  }
}

function judgeFault(run: Dialogue): void {
  const { sleeves } = run.kernel.runtime.state
  const faulty = sleeves.filter((sleeve) => sleeve.paused.startsWith('fault')).length
  run.auditor?.faultIsolated(
    faulty > 0,
    faulty <= run.kernel.runtime.state.violations.filter((violation) => violation.rule === 'sleeveFault').length,
  )
}

const NO_STATES: readonly OrderAnswer[] = []

/** The exchange's word: fills first, then what fills do not say. */
export function answer(run: Dialogue, said: ExchangeAnswer): void {
  if (said.fills === null && said.states.length === 0) return
  const states =
    said.states.length === 0
      ? NO_STATES
      : said.states.filter(({ state }) => state !== 'working').map((state) => ({ ...state }))
  if (said.fills !== null) giveEvent(run, { seq: run.seq, at: run.at, kind: 'fills', fills: said.fills })
  if (states.length === 0) return
  for (const { order, state, evidence } of states) give(run, { kind: 'order', order, state, evidence })
}

/** The broker books an action on its account, the kernel on its own. */
export function act(run: Run, action: CorporateAction): void {
  const said = run.exchange.apply(action)
  const states = said.states.map((state) => ({ ...state }))
  give(run, { kind: 'corporateAction', tradeDate: run.tradeDate, action })
  for (const { order, state, evidence } of states) give(run, { kind: 'order', order, state, evidence })
}

/** The run's book and broker, for what happens without a wish. */
export function sidesOf(run: Run): BookAndBroker {
  const { kernel, exchange } = run
  return { runtime: kernel.runtime, exchange, give: (body) => give(run, body), act: (action) => act(run, action) }
}
