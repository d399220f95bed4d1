/**
 * The kernel: a deterministic state machine over events. Read `apply` first, then `onSlices`: one closed slice through
 * the whole system. Nothing here waits, reads a clock, or touches disk or network.
 */
import { assert, unreachable } from '../domain/assert.ts'
import { orderColumns, type QuoteColumns } from '../domain/columns.ts'
import type { PortfolioConfig } from '../domain/config.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import type { Command, EngineEvent } from '../domain/events.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { OptionChain, Slice } from '../domain/market.ts'
import type { Intent } from '../domain/orders.ts'
import type { Parameters } from '../domain/parameters.ts'
import type { Violation } from '../domain/risk.ts'
import { sessionOf, utcDate } from '../domain/sessions.ts'
import type { Strategy } from '../domain/strategy.ts'
import type { Instant, InstrumentId, Memory, TradeDate } from '../domain/units.ts'
import { volatility } from '../indicators/volatility/volatility.ts'
import { volumeAverage } from '../indicators/volume-average/volume-average.ts'
import { advanceMoments, createRollingMoments } from '../pipeline/allocation/rolling.ts'
import { dealFill } from '../pipeline/fills/attribute.ts'
import { createBooks, postFlow, postTransfer } from '../pipeline/ledger/books.ts'
import { acknowledgeBreaker, drawdownOf, endBreakerDay, startBreaker, stepBreaker } from '../pipeline/risk/breaker.ts'
import { activateAuction, activateClose } from './activate.ts'
import { beginCycle, retireBatch } from './batch.ts'
import { canonicalBytes, freeze, revive } from './canonical.ts'
import {
  advanceClock,
  type ClockRuntime,
  createClock,
  type IndicatorRows,
  requestIndicator,
  setColumns,
} from './clock.ts'
import { applyAction, closeLeftovers } from './corporate.ts'
import type { Observer } from './observer.ts'
import { guardAuction, guardClose, guardRange } from './protect.ts'
import { type ProjectedBooks, projectedBooks } from './risk-view.ts'
import { buildSleeves, indexInstrument, type Runtime, setMark } from './runtime.ts'
import { settleFills, settleState } from './settle.ts'
import { emptyState, type KernelState, projectedOf, release, shareColumns, widenState } from './state.ts'
import { activateStructures } from './structure-orders.ts'
import { addInstrument, markContracts } from './structures.ts'
import { valueAll } from './valuation.ts'
import { pushWish, type SleeveView, sleeveView, WISH, type WishColumns, wishColumns } from './view.ts'
import { takeWishes, waitFor } from './wishes.ts'

/** Snapshots of another version are refused: a state is only continued by the code that wrote it. */
export const KERNEL_VERSION = 1

export interface Snapshot {
  readonly kernelVersion: number
  readonly seq: number
  /** Plain JSON data. */
  readonly state: unknown
  readonly indicators: Readonly<Record<string, unknown>>
  readonly sessions: unknown
}

export interface Kernel {
  /** Takes one event; returns what the outside must do now. One shared empty array when there is nothing to do. */
  apply(event: EngineEvent): readonly Command[]
  snapshot(): Snapshot
  /** Canonical bytes of the state: equal states, equal bytes. */
  canonical(): Uint8Array
  /** Read-only: what a run and its invariants look at. */
  readonly runtime: Runtime
}

export interface KernelOptions {
  readonly strategies: ReadonlyMap<string, Strategy<Parameters, Memory>>
  readonly observer?: Observer
}

const NOTHING: readonly Command[] = []

/** What one kernel holds beside its state. */
interface Parts {
  readonly runtime: Runtime
  readonly wishes: WishColumns
  readonly books: ProjectedBooks
  views: (SleeveView | null)[]
  screens: { volatility: IndicatorRows | null; volume: IndicatorRows | null }[]
}

export function createKernel(options: KernelOptions): Kernel {
  return assemble(emptyState(), options)
}

/** A kernel that continues from a snapshot: equal state, equal future. */
export function restoreKernel(snapshot: Snapshot, options: KernelOptions): Kernel {
  assert(
    snapshot.kernelVersion === KERNEL_VERSION,
    `the snapshot is of kernel version ${snapshot.kernelVersion}, this is ${KERNEL_VERSION}; start that version once to close it`,
  )
  const state = revive(snapshot.state) as KernelState
  const kernel = assemble(state, options, revive(snapshot.sessions) as Map<string, never>)
  const { runtime } = kernel
  for (const [id, data] of Object.entries(snapshot.indicators)) {
    restoreClock(runtime.clocks.get(id)!, data as ClockSnapshot)
  }
  return kernel
}

interface ClockSnapshot {
  readonly bars: number
  readonly columns: readonly number[]
  readonly states: Readonly<
    Record<string, { readonly state: unknown; readonly rows: unknown; readonly rings: unknown }>
  >
}

function restoreClock(clock: ClockRuntime, data: ClockSnapshot): void {
  setColumns(clock, Int32Array.from(data.columns))
  clock.bars = data.bars
  for (const [key, saved] of Object.entries(data.states)) {
    const entry = clock.indicators.get(key)!
    entry.state.restore(saved.state)
    const rows = revive(saved.rows) as Float64Array[]
    const rings = revive(saved.rings) as Float64Array[]
    for (const [output, row] of rows.entries()) entry.rows[output]!.set(row)
    for (const [output, ring] of rings.entries()) entry.rings[output]!.set(ring)
  }
}

function assemble(state: KernelState, options: KernelOptions, sessions?: unknown): Kernel {
  const runtime: Runtime = {
    state,
    strategies: options.strategies,
    observer: options.observer ?? null,
    sleeves: [],
    sleeveOrdinal: new Map(),
    clocks: new Map(),
    sessions: new Map(),
    byId: new Map(),
    perPrice: new Float64Array(0),
    unitValue: new Float64Array(0),
    batch: orderColumns('' as never, { instrumentId: (index) => state.instruments[index]!.id, shares: () => [] }),
    shares: shareColumns(),
    shareStart: new Int32Array(64),
    shareCount: new Int32Array(64),
    filled: new Float64Array(64),
    rowEnded: new Uint8Array(64),
    rowOfSequence: new Int32Array(64),
    sequence: 0,
    structureOrders: new Map(),
    chains: new Map(),
    tradeDate: 0,
    commands: [],
    equity: 0,
    cash: 0,
    eligible: null,
  }
  const parts: Parts = { runtime, wishes: wishColumns(), books: projectedBooks(runtime), views: [], screens: [] }
  if (state.config !== null) {
    for (const [id, table] of Object.entries((sessions ?? {}) as Record<string, never>)) runtime.sessions.set(id, table)
    takeConfig(parts, state.config)
    for (const instrument of state.instruments) indexAgain(runtime, instrument)
    valueAll(runtime)
  }
  return {
    runtime,
    apply: (event) => apply(parts, event),
    snapshot: () => snapshotOf(parts),
    canonical: () => canonicalOf(parts),
  }
}

function apply(parts: Parts, event: EngineEvent): readonly Command[] {
  const { runtime } = parts
  const { state } = runtime
  assert(event.seq === state.seq + 1, `event ${event.seq} must follow ${state.seq}`)
  state.seq = event.seq
  state.at = event.at
  runtime.commands = []
  switch (event.kind) {
    case 'configured':
      configure(parts, event.config, event.codes)
      break
    case 'listed':
      list(runtime, event.instrument)
      break
    case 'sessions':
      runtime.sessions.set(event.calendar, event.sessions)
      break
    case 'slices':
      onSlices(parts, event.slices)
      break
    case 'quotes':
      runtime.tradeDate = event.tradeDate
      takeChains(runtime, event.chains)
      if (event.phase === 'auction') onAuction(parts, event.quotes)
      else onRange(parts, event.quotes)
      break
    case 'decided':
      onDecided(parts, event)
      break
    case 'order':
      settleState(runtime, event.order, event.state, event.evidence)
      break
    case 'fills':
      settleFills(runtime, event.fills)
      break
    case 'corporateAction':
      runtime.tradeDate = event.tradeDate
      applyAction(runtime, event.action)
      break
    case 'cash':
      onCash(parts, event)
      break
    case 'operator':
      onOperator(runtime, event.command)
      break
    default:
      return unreachable(event)
  }
  return runtime.commands.length === 0 ? NOTHING : runtime.commands
}

function configure(parts: Parts, config: PortfolioConfig, codes: Readonly<Record<string, string>>): void {
  const { state } = parts.runtime
  assert(state.config === null, 'a kernel is configured once')
  state.config = config
  state.codes = codes
  state.currencies = [config.currency]
  state.rate = Float64Array.of(1)
  state.books = createBooks(config.sleeves.length, 1, 0)
  state.sleeves = config.sleeves.map((sleeve) => ({
    memory: {},
    paused: sleeve.status === 'paused' ? 'paused in the configuration' : '',
    bars: 0,
    dayStartEquity: 0,
    day: 0,
  }))
  widenState(state, 16)
  takeConfig(parts, config)
  for (const sleeve of parts.runtime.sleeves) {
    const { strategy, config: own, ordinal } = sleeve
    if (strategy !== null) state.sleeves[ordinal]!.memory = strategy.start(own.parameters)
    postFlow(state.books, 0, ordinal, own.capital)
  }
  valueAll(parts.runtime)
  for (const sleeve of parts.runtime.sleeves) state.sleeves[sleeve.ordinal]!.dayStartEquity = sleeve.equity
  if (config.limits.drawdown !== null) state.breaker = startBreaker(parts.runtime.equity)
  state.moments = createRollingMoments(config.sleeves.length)
  state.previousEquity = Float64Array.from(parts.runtime.sleeves, (sleeve) => sleeve.equity)
}

/** Builds what the configuration gives: sleeves, their clocks, indicators and views. */
function takeConfig(parts: Parts, config: PortfolioConfig): void {
  const { runtime } = parts
  runtime.batch = orderColumns(config.account.id, {
    instrumentId: (index) => runtime.state.instruments[index]!.id,
    shares: () => [],
  })
  runtime.sleeves = buildSleeves(runtime, config)
  for (const sleeve of runtime.sleeves) runtime.sleeveOrdinal.set(sleeve.config.id, sleeve.ordinal)
  const any = runtime.sleeves.some((sleeve) => sleeve.screened)
  parts.views = runtime.sleeves.map((sleeve) => {
    const id = sleeve.config.clock
    let clock = runtime.clocks.get(id)
    if (clock === undefined) {
      clock = createClock(id)
      runtime.clocks.set(id, clock)
    }
    const rules = sleeve.config.universeRules
    const screens = {
      volatility: rules.volatilityMin === null ? null : requestIndicator(clock, volatility(rules.volatilityBars), 0),
      volume: rules.volumeMin === null ? null : requestIndicator(clock, volumeAverage(rules.volumeBars), 0),
    }
    parts.screens.push(screens)
    if (sleeve.strategy === null) return null
    const named = new Map<string, { entry: IndicatorRows; output: number }>()
    for (const [name, request] of Object.entries(sleeve.strategy.indicators(sleeve.config.parameters))) {
      const entry = requestIndicator(clock, request, sleeve.lookback)
      for (const [index, output] of request.outputs.entries()) {
        named.set(output === '' ? name : `${name}.${output}`, { entry, output: index })
      }
    }
    return sleeveView(runtime, sleeve, clock, named, screens, parts.wishes)
  })
  runtime.eligible = any
    ? (sleeve, instrument) => {
        const view = parts.views[sleeve]
        if (view === null || view === undefined) return true
        const column = view.clock.columnOf[instrument] ?? -1
        return column < 0 || view.view.eligible(column)
      }
    : null
}

function list(runtime: Runtime, instrument: Instrument): void {
  assert(
    instrument.index === runtime.state.instruments.length,
    `instrument "${instrument.id}" must take index ${runtime.state.instruments.length}`,
  )
  addInstrument(runtime, instrument)
}

/** Takes a restored instrument's constants and value again; it is listed already. */
function indexAgain(runtime: Runtime, instrument: Instrument): void {
  indexInstrument(runtime, instrument)
  const mark = runtime.state.mark[instrument.index]!
  if (!Number.isNaN(mark)) setMark(runtime, instrument.index, mark)
}

/** One cycle at a close: marks, guards, breaker, every due sleeve's decision, sizing and risk; closes net at once. */
function onSlices(parts: Parts, slices: readonly Slice[]): void {
  const { runtime, wishes } = parts
  const { state } = runtime
  wishes.count = 0
  for (const slice of slices) takeSlice(parts, slice)
  markContracts(runtime)
  valueAll(runtime)
  stepPortfolio(runtime)
  for (const slice of slices) guardClose(runtime, slice)
  for (const sleeve of runtime.sleeves) {
    const slice = slices.find((candidate) => candidate.clock === sleeve.config.clock)
    if (slice !== undefined) decide(parts, sleeve.ordinal, slice)
  }
  takeWishes(runtime, wishes, parts.books)
  endDay(parts, slices)
  expireWaiting(runtime)
  if (state.waiting.some((wish) => wish.type === 5)) {
    beginCycle(runtime)
    for (const slice of slices) activateClose(runtime, slice.instruments, slice.close)
    sendBatch(runtime)
  }
}

function sendBatch(runtime: Runtime): void {
  if (runtime.batch.count > 0) runtime.commands.push({ kind: 'submit', orders: runtime.batch })
}

function takeSlice(parts: Parts, slice: Slice): void {
  const { runtime } = parts
  const { state } = runtime
  runtime.tradeDate = slice.tradeDate
  let clock = runtime.clocks.get(slice.clock)
  if (clock === undefined) {
    clock = createClock(slice.clock)
    runtime.clocks.set(slice.clock, clock)
  }
  setColumns(clock, slice.instruments)
  const { books } = state
  for (let column = 0; column < slice.instruments.length; column += 1) {
    const close = slice.close[column]!
    if (Number.isNaN(close)) continue
    const index = slice.instruments[column]!
    state.mark[index] = close
    const value = close * books.scale[index]! * state.rate[books.currency[index]!]!
    runtime.unitValue[index] = value
    state.factor[index] = slice.factor[column]!
  }
  takeChains(runtime, slice.chains)
  advanceClock(clock, slice)
  for (const sleeve of runtime.sleeves)
    if (sleeve.config.clock === slice.clock) state.sleeves[sleeve.ordinal]!.bars += 1
}

function takeChains(runtime: Runtime, chains: readonly OptionChain[]): void {
  for (const chain of chains) runtime.chains.set(chain.underlying, chain)
}

/** Breaker and day start: every cycle. */
function stepPortfolio(runtime: Runtime): void {
  const { state } = runtime
  const rule = state.config!.limits.drawdown
  if (rule !== null && state.breaker !== null) {
    const drawdown = Math.max(drawdownOf(state.breaker, runtime.equity), 0)
    const move = stepBreaker(state.breaker, rule, runtime.equity)
    if (move === 'halt') breach(runtime, drawdown, rule.halt)
    else if (move === 'resume') resolveBreach(runtime)
  }
  const day = utcDate(state.at as Instant)
  for (const sleeve of runtime.sleeves) {
    const own = state.sleeves[sleeve.ordinal]!
    // Equity at the first look of a UTC day is what the day's loss is measured from.
    if (own.day === day) continue
    own.day = day
    own.dayStartEquity = sleeve.equity
  }
}

function breach(runtime: Runtime, value: number, limit: number): void {
  const violation: Violation = {
    at: runtime.state.at as Instant,
    severity: 'critical',
    rule: 'drawdownBreaker',
    subject: 'portfolio',
    value,
    limit,
    action: 'halt new positions',
    resolvedAt: null,
  }
  runtime.state.violations.push(violation)
  runtime.commands.push({ kind: 'alert', violation })
}

function resolveBreach(runtime: Runtime): void {
  const { state } = runtime
  state.violations = state.violations.map((violation) =>
    violation.resolvedAt === null && violation.rule === 'drawdownBreaker'
      ? { ...violation, resolvedAt: state.at as Instant }
      : violation,
  )
}

/** One sleeve's decision. A throw, a promise or nonsense pauses it: its positions are managed, it takes no new ones. */
function decide(parts: Parts, ordinal: number, slice: Slice): void {
  const { runtime, wishes } = parts
  const sleeve = runtime.sleeves[ordinal]!
  const own = runtime.state.sleeves[ordinal]!
  const target = parts.views[ordinal]
  if (sleeve.strategy === null || target === null || target === undefined || own.paused.startsWith('fault')) return
  const before = wishes.count
  target.aim(slice)
  let cause: string | null = null
  try {
    const next: unknown = sleeve.strategy.decide(target.view, target.sink)
    cause = memoryProblem(next) ?? wishProblem(wishes, before)
    if (cause === null) own.memory = next as Memory
  } catch (error) {
    cause = error instanceof Error ? error.message : String(error)
  }
  if (cause === null) return
  wishes.count = before
  pauseFor(parts, ordinal, cause)
}

function memoryProblem(next: unknown): string | null {
  if (next === null || typeof next !== 'object' || Array.isArray(next)) return 'decide returned no memory object'
  if (typeof (next as { then?: unknown }).then === 'function')
    return 'decide returned a promise; it must answer at once'
  return null
}

function wishProblem(wishes: WishColumns, from: number): string | null {
  for (let row = from; row < wishes.count; row += 1) {
    const value = wishes.value[row]!
    const kind = wishes.kind[row]!
    if (!Number.isFinite(value) || !(wishes.factor[row]! >= 0)) return `a wish of "${value}" is no quantity`
    if (kind === WISH.enter && value !== 1 && value !== -1) return `an entry's side must be 1 or -1, was "${value}"`
    if ((kind === WISH.target || kind === WISH.change) && !Number.isInteger(value))
      return `a quantity must be whole units, was "${value}"`
    if (kind !== WISH.target) continue
    for (let other = from; other < row; other += 1) {
      if (wishes.kind[other] === WISH.target && wishes.instrument[other] === wishes.instrument[row])
        return 'two targets for one instrument in one cycle'
    }
  }
  return null
}

function pauseFor(parts: Parts, ordinal: number, cause: string): void {
  const { runtime } = parts
  const { state } = runtime
  const sleeve = runtime.sleeves[ordinal]!
  state.sleeves[ordinal]!.paused = `fault: ${cause}`
  const violation: Violation = {
    at: state.at as Instant,
    severity: 'medium',
    rule: 'sleeveFault',
    subject: sleeve.config.id,
    value: runtime.tradeDate,
    limit: 0,
    action: 'pause sleeve (manage-only)',
    resolvedAt: null,
  }
  state.violations.push(violation)
  runtime.commands.push({ kind: 'alert', violation })
  if (sleeve.config.onFault === 'flatten') flatten(parts, ordinal)
}

function flatten(parts: Parts, ordinal: number): void {
  const { runtime } = parts
  for (const instrument of runtime.state.instruments) {
    if (instrument.kind === 'option') continue
    pushWish(parts.wishes, ordinal, instrument.index, WISH.exit, 0, 'fault', null, null)
  }
  for (const position of runtime.state.structures) {
    if (position.sleeve === ordinal)
      pushWish(parts.wishes, ordinal, -1, WISH.closeStructure, position.id, 'fault', null, null)
  }
}

/** The portfolio's day ends with the close of its day calendar. */
function endDay(parts: Parts, slices: readonly Slice[]): void {
  const { runtime } = parts
  const { state } = runtime
  const calendar = state.config!.dayCalendar
  const ending = slices.find((slice) => {
    const sessions = runtime.sessions.get(calendar)
    return sessions === undefined ? true : closesDay(runtime, slice, calendar)
  })
  if (ending === undefined) return
  const rule = state.config!.limits.drawdown
  if (rule !== null && state.breaker !== null) {
    const flat = runtime.equity === runtime.cash
    if (endBreakerDay(state.breaker, rule, runtime.equity, flat) === 'resume') resolveBreach(runtime)
  }
  advanceAllocation(runtime)
  runtime.observer?.day(ending.tradeDate, state.at)
}

let dayReturns = new Float64Array(0)

/** The sleeves' returns of the day enter the rolling weights and correlations; flows are no returns. */
function advanceAllocation(runtime: Runtime): void {
  const { state, sleeves } = runtime
  if (dayReturns.length !== sleeves.length) dayReturns = new Float64Array(sleeves.length)
  for (let ordinal = 0; ordinal < sleeves.length; ordinal += 1) {
    const equity = sleeves[ordinal]!.equity
    const previous = state.previousEquity[ordinal]!
    dayReturns[ordinal] = previous > 0 ? equity / previous - 1 : 0
    state.previousEquity[ordinal] = equity
  }
  advanceMoments(state.moments, dayReturns)
  runtime.observer?.allocated(state.moments.weights, state.moments.correlation)
}

function closesDay(runtime: Runtime, slice: Slice, calendar: string): boolean {
  const clock = runtime.sleeves.find((sleeve) => sleeve.config.clock === slice.clock)
  if (clock?.config.calendar !== calendar) return false
  const sessions = runtime.sessions.get(calendar)!
  const at = sessionOf(sessions, slice.tradeDate)
  return at < 0 || sessions.closes[at] === slice.at
}

/** What found no auction for too long lapses. */
function expireWaiting(runtime: Runtime): void {
  const { state } = runtime
  if (!state.waiting.some((wish) => wish.expires <= state.at)) return
  const lapsed = state.waiting.filter((wish) => wish.expires <= state.at)
  state.waiting = state.waiting.filter((wish) => wish.expires > state.at)
  for (const wish of lapsed) {
    release(state, wish.sleeve, wish.instrument, wish.quantity)
    state.ended.lapsed += 1
    const unit = state.instruments[wish.instrument]!.unitsPerWhole
    runtime.observer?.refused({
      at: state.at as Instant,
      tradeDate: runtime.tradeDate as TradeDate,
      sleeve: runtime.sleeves[wish.sleeve]!.config.id,
      instrument: state.instruments[wish.instrument]!.symbol,
      end: 'lapsed',
      rule: 'noAuction',
      wanted: wish.quantity / unit,
      allowed: 0,
      value: null,
      limit: null,
    })
  }
}

function onAuction(parts: Parts, quotes: QuoteColumns): void {
  const { runtime } = parts
  const { state } = runtime
  if (state.leftovers.length > 0) {
    const opened = new Set(Array.from(quotes.instrument).filter((_, row) => !Number.isNaN(quotes.first[row]!)))
    closeLeftovers(runtime, (index) => {
      const terms = state.instruments[index]!.option
      return opened.has(terms === null ? index : runtime.byId.get(terms.underlying)!)
    })
  }
  if (state.guards.length > 0) guardAuction(runtime, quotes)
  if (state.waiting.length === 0 && state.waitingStructures.length === 0) return
  beginCycle(runtime)
  activateAuction(runtime, quotes)
  if (state.waitingStructures.length > 0) {
    const opened = new Set(Array.from(quotes.instrument).filter((_, row) => !Number.isNaN(quotes.first[row]!)))
    activateStructures(runtime, (underlying) => opened.has(underlying))
  }
  sendBatch(runtime)
}

function onRange(parts: Parts, quotes: QuoteColumns): void {
  const { runtime } = parts
  if (runtime.state.guards.length === 0) return
  // One trigger per instrument and event: a second one is found when the event is given again after the first is settled.
  if (guardRange(runtime, quotes)) sendBatch(runtime)
}

/** Intents of a sleeve that decides elsewhere, sized and judged like any other. */
function onDecided(parts: Parts, event: Extract<EngineEvent, { kind: 'decided' }>): void {
  const { runtime, wishes } = parts
  const ordinal = runtime.sleeveOrdinal.get(event.sleeve)
  assert(ordinal !== undefined, `a decision names sleeve "${event.sleeve}", which is not configured`)
  if (event.fault !== undefined) {
    pauseFor(parts, ordinal, event.fault)
    return
  }
  wishes.count = 0
  for (const intent of event.intents) pushIntent(parts, ordinal, intent)
  runtime.state.sleeves[ordinal]!.memory = event.memory
  takeWishes(runtime, wishes, parts.books)
}

function pushIntent({ runtime, wishes }: Parts, ordinal: number, intent: Intent): void {
  assert(intent.legs.length === 1, 'intents from elsewhere name one instrument')
  const instrument = runtime.byId.get(intent.legs[0]!.instrument)
  assert(instrument !== undefined, `an intent names "${intent.legs[0]!.instrument}", which is not listed`)
  const { want } = intent
  const options = { terms: intent.terms, ...(intent.protection === undefined ? {} : { protection: intent.protection }) }
  if (want.kind === 'sized') {
    pushWish(
      wishes,
      ordinal,
      instrument,
      WISH.enter,
      want.side,
      intent.reason,
      { ...options, strength: want.strength * want.confidence },
      null,
    )
  } else {
    const kind = want.kind === 'target' ? WISH.target : WISH.change
    pushWish(wishes, ordinal, instrument, kind, want.quantity, intent.reason, options, null)
  }
}

function onCash({ runtime }: Parts, event: Extract<EngineEvent, { kind: 'cash' }>): void {
  const { state } = runtime
  const currency = state.currencies.indexOf(state.config!.parity[event.currency] ?? event.currency)
  assert(currency >= 0, `no books are kept in "${event.currency}"`)
  const before = runtime.tradeDate
  if (event.transfer !== undefined) {
    const { from, to, amount } = event.transfer
    const source = runtime.sleeveOrdinal.get(from)!
    const target = runtime.sleeveOrdinal.get(to)!
    postTransfer(state.books, currency, source, target, amount)
    shiftPrevious(runtime, source, 0 - amount)
    shiftPrevious(runtime, target, amount)
    const kind = event.cause === 'marginCall' ? 'marginCall' : 'transfer'
    runtime.observer?.posting(kind, 0, 0, source, -1, 0, 0, 0 - amount, 0, 0, 0, event.cause)
    runtime.observer?.posting(kind, 0, 0, target, -1, 0, 0, amount, 0, 0, 0, event.cause)
  } else {
    const sleeve = event.sleeve === undefined ? 0 : runtime.sleeveOrdinal.get(event.sleeve)!
    postFlow(state.books, currency, sleeve, event.amount)
    shiftPrevious(runtime, sleeve, event.amount)
    runtime.observer?.posting('transfer', 0, 0, sleeve, -1, 0, 0, event.amount, 0, 0, 0, event.cause)
  }
  runtime.tradeDate = before
  valueAll(runtime)
}

/** A flow moves what the next return is measured from, so that it is none itself. */
function shiftPrevious(runtime: Runtime, sleeve: number, amount: number): void {
  const { state } = runtime
  state.previousEquity[sleeve] = state.previousEquity[sleeve]! + amount / countsPerUnit(state.config!.currency)
}

function onOperator(runtime: Runtime, command: Extract<EngineEvent, { kind: 'operator' }>['command']): void {
  const { state } = runtime
  switch (command.kind) {
    case 'pause':
      state.sleeves[runtime.sleeveOrdinal.get(command.sleeve)!]!.paused = 'paused by the operator'
      return
    case 'resume':
      state.sleeves[runtime.sleeveOrdinal.get(command.sleeve)!]!.paused = ''
      return
    case 'acknowledgeDrawdown':
      if (state.breaker !== null && acknowledgeBreaker(state.breaker, runtime.equity) === 'resume')
        resolveBreach(runtime)
      return
    case 'reduce':
      reduceAll(runtime, command)
      return
    default:
      unreachable(command)
  }
}

/** Closes a part of the account's position, shared by the sleeves that hold that side: what a margin call forces. */
function reduceAll(
  runtime: Runtime,
  command: { readonly instrument: InstrumentId; readonly quantity: number; readonly reason: string },
): void {
  const { state } = runtime
  const index = runtime.byId.get(command.instrument)
  assert(index !== undefined, `a reduction names "${command.instrument}", which is not listed`)
  const open = Float64Array.from(runtime.sleeves, (_, sleeve) => {
    const reducible = 0 - projectedOf(state, sleeve, index)
    return reducible * command.quantity > 0 ? reducible : 0
  })
  let most = 0
  for (const quantity of open) most += quantity
  const wanted = Math.abs(command.quantity) < Math.abs(most) ? command.quantity : most
  if (wanted === 0) return
  const parts = new Float64Array(open.length)
  dealFill(wanted, open, open.length, state.instruments[index]!.step, parts)
  parts.forEach((quantity, sleeve) => {
    if (quantity === 0) return
    const terms = { type: 'market', force: 'day' } as const
    waitFor(runtime, {
      sleeve,
      instrument: index,
      quantity,
      terms,
      reducing: true,
      reason: command.reason,
      protection: null,
    })
  })
}

function snapshotOf({ runtime }: Parts): Snapshot {
  retireBatch(runtime)
  const indicators: Record<string, unknown> = {}
  for (const [id, clock] of runtime.clocks) {
    indicators[id] = {
      bars: clock.bars,
      columns: Array.from(clock.columns),
      states: Object.fromEntries(
        [...clock.indicators].map(([key, entry]) => [
          key,
          { state: entry.state.snapshot(), rows: freeze(entry.rows), rings: freeze(entry.rings) },
        ]),
      ),
    }
  }
  return {
    kernelVersion: KERNEL_VERSION,
    seq: runtime.state.seq,
    state: freeze(runtime.state),
    indicators,
    sessions: freeze(Object.fromEntries(runtime.sessions)),
  }
}

function canonicalOf(parts: Parts): Uint8Array {
  retireBatch(parts.runtime)
  return canonicalBytes(parts.runtime.state)
}
