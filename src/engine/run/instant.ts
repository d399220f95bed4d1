/**
 * One instant of a market in its steps, in the one order that backtest, paper and live have. Between any two of them the
 * broker's answers may be awaited: in a backtest they are there at once.
 */
import type { ClockBlock, CorporateAction, OptionChain } from '../../domain/market.ts'
import { nextSession } from '../../domain/sessions.ts'
import type { InstrumentId, Price, TradeDate } from '../../domain/units.ts'
import { fixedAllocation } from '../../pipeline/allocation/fixed.ts'
import { bookNeedsChains, bookWaits } from '../shadows/shadow.ts'
import { adjustContracts, endContracts, endOptionDay, forceReduction } from './broker-side.ts'
import { endCrossedOn, expireCrossed } from './crossed-ends.ts'
import { takeDated } from './dated.ts'
import { act, answer, give, giveAuction, giveEvent, type Run, sidesOf } from './drive.ts'
import { answerMarginCalls } from './margin-calls.ts'
import { takeRates } from './rates.ts'
import { type BlockCursor, endsSession, type InstantProgress, nextInstant, quotesAt, sliceAt } from './timeline.ts'

const NO_CHAINS: readonly OptionChain[] = []
const NO_CURSORS: readonly BlockCursor[] = []

/** Each answers whether it has more to do before the next one's turn comes. */
export const INSTANT_STEPS: readonly ((run: Run) => boolean)[] = [
  playRanges,
  closeBars,
  giveSlices,
  endNight,
  callMargins,
  takeAction,
  takeDatesAtOpen,
  openBars,
  reduceByForce,
  openAuctions,
]

/** The next instant with all that it brings; false at the end of the market. */
export function takeInstant(run: Run): boolean {
  if (!beginInstant(run)) return false
  for (let step = 0; step < INSTANT_STEPS.length; step += 1) while (INSTANT_STEPS[step]!(run)) {}
  return true
}

/** Turns to the next instant; false at the end of the market. */
export function beginInstant(run: Run): boolean {
  const at = nextInstant(run.cursors)
  if (at === null) return false
  run.at = at
  run.cycle += 1
  const { progress } = run
  progress.closing = dueOf(run.cursors, closesAt, at)
  progress.opening = NO_CURSORS
  progress.chains = NO_CHAINS
  progress.turn = 0
  progress.looked = Number.NaN
  return true
}

/** Within each bar: what rests at the exchange, then the kernel's own exits, one trigger per instrument at a time. */
function playRanges(run: Run): boolean {
  const { progress, kernel, exchange } = run
  const cursor = progress.closing[progress.turn]
  if (cursor === undefined) return false
  const { state } = kernel.runtime
  if (Number.isNaN(progress.looked)) {
    if ((exchange.restingCount() === 0 && state.guards.length === 0) || cursor.bars().instrument.length === 0)
      return nextBar(progress)
    run.moment = 'range'
    run.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
    answer(run, exchange.range(run.at, cursor.bars()))
    // Whatever that fills, the exits are looked at once.
    progress.looked = state.executions - 1
    return true
  }
  if (progress.looked === state.executions || state.guards.length === 0) return nextBar(progress)
  progress.looked = state.executions
  give(run, {
    kind: 'quotes',
    cycle: run.cycle,
    phase: 'range',
    tradeDate: run.tradeDate,
    quotes: quotesAt(cursor, 'range'),
    chains: [],
  })
  return true
}

function nextBar(progress: InstantProgress): boolean {
  progress.turn += 1
  progress.looked = Number.NaN
  return progress.turn < progress.closing.length
}

/** What the exchange fills at the closes. */
function closeBars(run: Run): boolean {
  const { progress } = run
  if (progress.closing.length === 0) return false
  run.moment = 'close'
  for (const cursor of progress.closing) {
    run.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
    const own = chainsAt(run, cursor, 'close')
    if (own.length > 0) progress.chains = [...progress.chains, ...own]
    answer(run, run.exchange.close(run.at, run.tradeDate, cursor.bars(), own, endsSession(cursor)))
  }
  return false
}

/** Rates, and then one cycle: every clock that closes now. */
function giveSlices(run: Run): boolean {
  const { closing, chains } = run.progress
  if (closing.length === 0) return false
  if (run.rates.sources.length > 0) takeRates(run, closing)
  for (const cursor of closing) sliceAt(cursor, run.at, chainsFor(cursor, chains))
  const slices = closing === run.cursors ? run.slices : closing.map(({ slice }) => slice)
  if (run.kernel.runtime.shadows !== null && run.market.chains !== null)
    announceDividends(run, closing.filter(endsSession))
  giveEvent(run, { seq: run.seq, at: run.at, kind: 'slices', cycle: run.cycle, slices })
  weighSleeves(run)
  return false
}

/** The night's exercises; then the bars are over. */
function endNight(run: Run): boolean {
  for (const cursor of run.progress.closing) {
    if (run.market.chains !== null && endsSession(cursor)) {
      endOptionDay(sidesOf(run), run.tradeDate, (underlying) => nextDividend(run, cursor.block, underlying))
      expireCrossed(run, run.tradeDate)
    }
    cursor.isOpen = false
    cursor.row += 1
  }
  return false
}

function callMargins(run: Run): boolean {
  if (run.progress.closing.length === 0) return false
  run.auditor?.closed?.(run.kernel)
  run.called = answerMarginCalls(run)
  return false
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

/**
 * Where bars come as time goes on, one closes before anybody knows whether another opens at that very moment, and what is
 * dated for it: both have an instant of their own.
 */
function closesAlone({ market, progress }: Run): boolean {
  return market.isOngoing === true && progress.closing.length > 0
}

/** The next corporate action of this instant, before any auction. The price for fractions is the day's first. */
function takeAction(run: Run): boolean {
  const { actions } = run.market
  if (closesAlone(run)) return false
  const dated = actions[run.nextAction]
  if (dated === undefined || dated.at > run.at) return false
  run.nextAction += 1
  run.tradeDate = dated.tradeDate
  if (dated.action.kind === 'split') adjustContracts(sidesOf(run), dated.action)
  if (dated.action.kind === 'ended') {
    endContracts(sidesOf(run), dated.action)
    endCrossedOn(run, dated.action.instrument, dated.action.price)
  }
  act(run, priced(run, dated.action))
  return true
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
function takeDatesAtOpen(run: Run): boolean {
  const { progress, dates } = run
  progress.opening = closesAlone(run) ? NO_CURSORS : dueOf(run.cursors, opensAt, run.at)
  if (dates.flows.length === 0 && dates.operations.length === 0) return false
  let latest = 0
  for (const { block, row } of progress.opening) latest = Math.max(latest, block.tradeDates[row]!)
  if (latest > 0) takeDated(run, latest as TradeDate)
  return false
}

/** What rests at the exchange tries the auctions. */
function openBars(run: Run): boolean {
  const { progress } = run
  progress.chains = NO_CHAINS
  progress.turn = 0
  if (progress.opening.length === 0) return false
  run.moment = 'auction'
  for (const cursor of progress.opening) {
    cursor.isOpen = true
    run.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
    const own = needsChains(run) ? chainsAt(run, cursor, 'open') : NO_CHAINS
    if (own.length > 0) progress.chains = [...progress.chains, ...own]
    answer(run, run.exchange.open(run.at, run.tradeDate, cursor.bars(), own))
  }
  return false
}

function reduceByForce(run: Run): boolean {
  if (!run.called || run.progress.opening.length === 0) return false
  run.called = false
  forceReduction(sidesOf(run))
  return false
}

/** One auction after the other, where any can concern somebody. */
function openAuctions(run: Run): boolean {
  const { progress } = run
  if (progress.turn === 0 && (progress.opening.length === 0 || !waits(run))) return false
  const cursor = progress.opening[progress.turn]!
  progress.turn += 1
  if (cursor.bars().instrument.length > 0) {
    run.tradeDate = cursor.block.tradeDates[cursor.row] as TradeDate
    giveAuction(run, cursor, chainsFor(cursor, progress.chains))
  }
  return progress.turn < progress.opening.length
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
