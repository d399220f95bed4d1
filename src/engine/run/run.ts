/** Backtest: a synchronous loop that gives the kernel bars and the simulated exchange's answers. No promise, no clock. */

import type { PortfolioConfig } from '../../domain/config.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { ClockBlock, CorporateAction, DatedAction, MarketData, OptionChain } from '../../domain/market.ts'
import type { Parameters } from '../../domain/parameters.ts'
import { nextSession } from '../../domain/sessions.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { Instant, InstrumentId, Memory, Price, TradeDate } from '../../domain/units.ts'
import { simulatedExchange } from '../../exchange/simulated.ts'
import { fixedAllocation } from '../../pipeline/allocation/fixed.ts'
import { type Auditor, createAuditor } from '../invariants.ts'
import { createKernel, type Kernel, restoreKernel } from '../kernel.ts'
import type { Observer } from '../records/observer.ts'
import { createRecorder } from '../records/recorder.ts'
import type { RunResult } from '../records/result.ts'
import { resultOf } from '../records/result-of.ts'
import type { Runtime } from '../runtime.ts'
import { bookNeedsChains, bookWaits } from '../shadows/shadow.ts'
import { adjustContracts, endContracts, endOptionDay, forceReduction } from './broker-side.ts'
import { endCrossedOn, expireCrossed } from './crossed-ends.ts'
import { datesOf, takeDated } from './dated.ts'
import { act, answer, give, giveAuction, giveEvent, type Run, sidesOf } from './drive.ts'
import { answerMarginCalls } from './margin-calls.ts'
import { ratesOf, takeRates } from './rates.ts'
import { exchangeOf, type RunState } from './run-state.ts'
import { playQuietBars, shortLaneOf } from './stretch.ts'
import { type BlockCursor, cursorsOf, endsSession, nextInstant, quotesAt, sliceAt } from './timeline.ts'

export interface RunInput {
  readonly config: PortfolioConfig
  readonly market: MarketData
  readonly strategies: readonly Strategy<Parameters, Memory>[]
  /** Checks every invariant after every event; off only where time is measured. */
  readonly checks: boolean
  /** Plays every bar as an event of its own, also where a stretch of quiet ones could be taken at once: the same result. */
  readonly everyBar?: boolean
  /** Told of every event before the kernel takes it: what a journal keeps. Every bar is then an event of its own. */
  readonly journal?: (event: EngineEvent) => void
  /** Told after each instant how much of the run is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void
}

const NO_CHAINS: readonly OptionChain[] = []
const NO_CURSORS: readonly BlockCursor[] = []

export function runBacktest(input: RunInput): RunResult {
  const recorder = createRecorder()
  const auditor = input.checks ? createAuditor() : null
  const run = startRun(input, auditor === null ? recorder : audited(recorder, auditor), auditor)
  recorder.attach(run.kernel.runtime)
  openBooks(run, input)
  playMarket(run, input)
  return resultOf(run, recorder)
}

/** A run without reports: the same loop for benches and sweeps. An observer may be shown the kernel before the first bar. */
export function runBare(
  input: Omit<RunInput, 'checks'>,
  observer?: Observer & { attach?(runtime: Runtime): void },
): Run {
  const run = startRun({ ...input, checks: false }, observer, null)
  observer?.attach?.(run.kernel.runtime)
  openBooks(run, input)
  playMarket(run, input)
  return run
}

/** A run under somebody else's eyes: the auditor sees the books after every event, the observer every booking. */
export function runAudited(
  input: Omit<RunInput, 'checks'>,
  auditor: Auditor,
  observer: Observer & { attach?(runtime: Runtime): void },
): Run {
  const run = startRun({ ...input, checks: true }, audited(observer, auditor), auditor)
  observer.attach?.(run.kernel.runtime)
  openBooks(run, input)
  playMarket(run, input)
  return run
}

/** A run before its first event, or where another one stood. */
export function startRun(
  input: RunInput,
  observer: Observer | undefined,
  auditor: Auditor | null,
  from?: RunState,
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
    kernel: input.journal === undefined ? kernel : journalled(kernel, input.journal),
    exchange: simulatedExchange({
      account: config.account,
      currency: config.currency,
      cash: config.capital,
      parity: config.parity,
      costs: config.costs,
      checks: input.checks,
      ...(from === undefined ? {} : { from: exchangeOf(from) }),
    }),
    market,
    auditor,
    cursors,
    slices: cursors.map(({ slice }) => slice),
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

function journalled(kernel: Kernel, keep: (event: EngineEvent) => void): Kernel {
  const apply: Kernel['apply'] = (event) => {
    keep(event)
    return kernel.apply(event)
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
  const { config, market } = input
  give(run, { kind: 'configured', config, codes: {} })
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

/** The next instant with all that it brings; false at the end of the market. */
export function takeInstant(run: Run): boolean {
  const at = nextInstant(run.cursors)
  if (at === null) return false
  run.at = at
  run.cycle += 1
  closeBars(run)
  takeActions(run)
  if (run.dates.flows.length > 0 || run.dates.operations.length > 0) takeDatesAtOpen(run)
  openBars(run)
  return true
}

/** Every clock that closes now: what happened within the bars, then one cycle, then the night's exercises and margin. */
function closeBars(run: Run): void {
  const closing = dueOf(run.cursors, closesAt, run.at)
  if (closing.length === 0) return
  for (const cursor of closing) rangeOf(run, cursor)
  let chains = NO_CHAINS
  run.moment = 'close'
  for (const cursor of closing) {
    run.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
    const own = chainsAt(run, cursor, 'close')
    if (own.length > 0) chains = [...chains, ...own]
    answer(run, run.exchange.close(run.at, run.tradeDate, cursor.bars(), own, endsSession(cursor)))
  }
  if (run.rates.sources.length > 0) takeRates(run, closing)
  for (const cursor of closing) sliceAt(cursor, run.at, chainsFor(cursor, chains))
  const slices = closing === run.cursors ? run.slices : closing.map(({ slice }) => slice)
  if (run.kernel.runtime.shadows !== null && run.market.chains !== null)
    announceDividends(run, closing.filter(endsSession))
  giveEvent(run, { seq: run.seq, at: run.at, kind: 'slices', cycle: run.cycle, slices })
  weighSleeves(run)
  for (const cursor of closing) {
    if (run.market.chains !== null && endsSession(cursor)) {
      endOptionDay(sidesOf(run), run.tradeDate, (underlying) => nextDividend(run, cursor.block, underlying))
      expireCrossed(run, run.tradeDate)
    }
    cursor.isOpen = false
    cursor.row += 1
  }
  run.auditor?.closed?.(run.kernel)
  run.called = answerMarginCalls(run)
}

/** The cursors for which something is due; without an array of its own where that is all of them or none. */
function dueOf(
  cursors: readonly BlockCursor[],
  isDue: (cursor: BlockCursor, at: number) => boolean,
  at: number,
): readonly BlockCursor[] {
  let due = 0
  for (let index = 0; index < cursors.length; index += 1) if (isDue(cursors[index]!, at)) due += 1
  if (due === cursors.length) return cursors
  return due === 0 ? NO_CURSORS : cursors.filter((cursor) => isDue(cursor, at))
}

function closesAt(cursor: BlockCursor, at: number): boolean {
  return cursor.isOpen && cursor.block.closes[cursor.row] === at
}

function opensAt(cursor: BlockCursor, at: number): boolean {
  return !cursor.isOpen && cursor.row < cursor.block.opens.length && cursor.block.opens[cursor.row] === at
}

function weighSleeves(run: Run): void {
  if (run.auditor === null) return
  // With leverage the stated weights add up to more than one; what is handed out never does.
  const config = run.kernel.runtime.state.config!
  const invested = config.sleeves.filter((sleeve) => sleeve.strategy !== null)
  const { weights, cash } = fixedAllocation(invested.map((sleeve) => sleeve.capital / config.capital))
  run.auditor.weights(weights, cash)
}

function chainsFor(cursor: BlockCursor, chains: readonly OptionChain[]): readonly OptionChain[] {
  return chains.length === 0 ? chains : chains.filter((chain) => cursor.block.instruments.includes(chain.underlying))
}

/** Within the bar: what rests at the exchange, then the kernel's own exits, one trigger per instrument at a time. */
function rangeOf(run: Run, cursor: BlockCursor): void {
  if (run.exchange.restingCount() === 0 && run.kernel.runtime.state.guards.length === 0) return
  if (cursor.bars().instrument.length === 0) return
  run.moment = 'range'
  run.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
  answer(run, run.exchange.range(run.at, cursor.bars()))
  for (let orders = run.kernel.runtime.state.executions - 1; orders !== run.kernel.runtime.state.executions; ) {
    if (run.kernel.runtime.state.guards.length === 0) return
    orders = run.kernel.runtime.state.executions
    give(run, {
      kind: 'quotes',
      cycle: run.cycle,
      phase: 'range',
      tradeDate: run.tradeDate,
      quotes: quotesAt(cursor, 'range'),
      chains: [],
    })
  }
}

/** Corporate actions of this instant, before any auction. The price for fractions is the day's first. */
function takeActions(run: Run): void {
  const { actions } = run.market
  while (run.nextAction < actions.length && actions[run.nextAction]!.at <= run.at) {
    const dated = actions[run.nextAction]!
    run.nextAction += 1
    run.tradeDate = dated.tradeDate
    if (dated.action.kind === 'split') adjustContracts(sidesOf(run), dated.action)
    if (dated.action.kind === 'ended') {
      endContracts(sidesOf(run), dated.action)
      endCrossedOn(run, dated.action.instrument, dated.action.price)
    }
    act(run, priced(run, dated.action))
  }
}

/** Broker and kernel reckon with one price, whichever mark each of them took last. */
function priced(run: Run, action: CorporateAction): CorporateAction {
  if (action.kind === 'split') return pricedSplit(run, action)
  if (action.kind !== 'funding' && action.kind !== 'borrow') return action
  const mark = run.kernel.runtime.state.mark[run.kernel.runtime.byId.get(action.instrument)!]!
  return action.price !== null || Number.isNaN(mark) ? action : { ...action, price: mark as Price }
}

function pricedSplit(run: Run, action: Extract<CorporateAction, { kind: 'split' }>): CorporateAction {
  if (action.priceAfter !== null) return action
  for (const cursor of run.cursors) {
    const column = cursor.block.instruments.indexOf(action.instrument)
    if (column < 0 || cursor.row >= cursor.block.tradeDates.length) continue
    const open = cursor.block.open[cursor.row * cursor.block.instruments.length + column]!
    if (!Number.isNaN(open)) return { ...action, priceAfter: open as Price }
  }
  const mark = run.kernel.runtime.state.mark[run.kernel.runtime.byId.get(action.instrument)!]!
  return Number.isNaN(mark)
    ? action
    : { ...action, priceAfter: ((mark * action.denominator) / action.numerator) as Price }
}

/** What the configuration dates comes before the first bar of its day, on whichever clock that opens. */
function takeDatesAtOpen(run: Run): void {
  let latest = 0
  for (const { block, row } of dueOf(run.cursors, opensAt, run.at)) latest = Math.max(latest, block.tradeDates[row]!)
  if (latest > 0) takeDated(run, latest as TradeDate)
}

function openBars(run: Run): void {
  const opening = dueOf(run.cursors, opensAt, run.at)
  if (opening.length === 0) return
  run.moment = 'auction'
  let chains = NO_CHAINS
  for (const cursor of opening) {
    cursor.isOpen = true
    run.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
    const own = needsChains(run) ? chainsAt(run, cursor, 'open') : NO_CHAINS
    if (own.length > 0) chains = [...chains, ...own]
    answer(run, run.exchange.open(run.at, run.tradeDate, cursor.bars(), own))
  }
  if (run.called) {
    run.called = false
    forceReduction(sidesOf(run))
  }
  if (!waits(run)) return
  for (const cursor of opening) {
    if (cursor.bars().instrument.length === 0) continue
    run.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
    giveAuction(run, cursor, chainsFor(cursor, chains))
  }
}

/** Whether an auction can concern anybody, shadows included. */
function waits({ kernel: { runtime } }: Run): boolean {
  return bookWaits(runtime) || (runtime.shadows?.waits() ?? false)
}

function needsChains({ kernel: { runtime } }: Run): boolean {
  return bookNeedsChains(runtime) || (runtime.shadows?.needsChains() ?? false)
}

function chainsAt(run: Run, cursor: BlockCursor, phase: 'open' | 'close'): readonly OptionChain[] {
  const source = run.market.chains
  if (source === null) return NO_CHAINS
  const { block } = cursor
  const prices = phase === 'open' ? block.open : block.close
  // What a day's close says of volatility nobody knows while its session goes on.
  const known = phase === 'close' && endsSession(cursor) ? 'close' : 'open'
  const found: OptionChain[] = []
  for (const underlying of source.underlyings) {
    const column = block.instruments.indexOf(underlying)
    if (column < 0 || !cursor.bars().instrument.includes(cursor.instruments[column]!)) continue
    const spot = prices[cursor.row * block.instruments.length + column]!
    if (Number.isNaN(spot)) continue
    const chain = source.chain(underlying, run.at, block.tradeDates[cursor.row] as TradeDate, known, spot)
    if (chain !== null) found.push(chain)
  }
  return found
}

/** Shadows keep contracts of their own, on which their broker decides tonight by what goes ex tomorrow. */
function announceDividends(run: Run, closing: readonly BlockCursor[]): void {
  const dividends: { instrument: InstrumentId; amount: number }[] = []
  for (const { block } of closing) {
    for (const instrument of run.market.chains!.underlyings) {
      const amount = block.instruments.includes(instrument) ? nextDividend(run, block, instrument) : 0
      if (amount > 0) dividends.push({ instrument, amount })
    }
  }
  if (dividends.length > 0) give(run, { kind: 'announced', dividends })
}

function nextDividend(run: Run, block: ClockBlock, underlying: InstrumentId): number {
  const sessions = run.market.sessions.find((table) => table.calendar === block.calendar)
  const next = sessions === undefined ? null : nextSession(sessions, run.tradeDate)
  let amount = 0
  for (const { tradeDate, action } of run.actionsOf.get(underlying) ?? []) {
    if (action.kind === 'dividend' && tradeDate === next) amount += action.amount
  }
  return amount
}
