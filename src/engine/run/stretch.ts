/** A run's side of the short lane: how far nothing from outside can happen, and where the clock stands afterwards. */

import type { ClockBlock, OptionChain } from '../../domain/market.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { bookWaits } from '../shadows/shadow.ts'
import { forceReduction } from './broker-side.ts'
import { answer, carryOutAll, type Run, sidesOf } from './drive.ts'
import { answerMarginCalls } from './margin-calls.ts'
import { dayEndsAt, hasShortLane, isQuiet, type Stretch } from './quiet.ts'
import { quotesAt, sliceAt } from './timeline.ts'

/** The only clock of a run, whose bars may be taken many at a time. */
export interface ShortLane {
  readonly stretch: Stretch
  /** No bar before this one is eventful, none opens later than its predecessor closes, and no action falls before it. */
  plainUntil: number
  /** Lowest and highest close up to bar `boundedUntil`, once somebody asked. */
  low: number
  high: number
  boundedUntil: number
  /** The last bar that the exchange was shown. */
  opened: number
}

/** Bars looked at ahead. */
const REACH = 1_024

const NO_CHAINS: readonly OptionChain[] = []

/** The run's short lane; null where its market, its configuration or an auditor needs every bar. */
export function shortLaneOf(run: Run): ShortLane | null {
  const { runtime } = run.kernel
  const cursor = run.cursors[0]
  if (run.cursors.length !== 1 || cursor === undefined || run.auditor !== null) return null
  if (
    cursor.records.length > 0 ||
    run.market.chains !== null ||
    run.rates.sources.length > 0 ||
    !hasShortLane(runtime, cursor.block)
  )
    return null
  const stretch = { block: cursor.block, instrument: cursor.instruments[0]!, tradeDate: 0, from: 0, count: 0 }
  return { stretch, plainUntil: 0, low: 0, high: 0, boundedUntil: -1, opened: -1 }
}

/**
 * Takes the open bar and those after it: nothing rests or waits, no action is due, no margin call can come, and no day ends.
 * Many at a time while no sleeve wants to decide, else a close and the auction after it. Afterwards a later bar stands
 * open, as if each had been played.
 *
 * @returns how many bars closed
 */
export function playQuietBars(run: Run, lane: ShortLane): number {
  const cursor = run.cursors[0]!
  const { stretch } = lane
  const first = cursor.row
  lane.opened = first
  while (cursor.isOpen && isStill(run)) {
    if (cursor.row >= lane.plainUntil) lookAhead(run, lane, cursor.row)
    stretch.from = cursor.row
    stretch.count = lane.plainUntil - cursor.row
    if (stretch.count <= 0 || !isSafe(run, lane)) break
    const count = run.kernel.skip(stretch)
    if (count < 0) break
    cursor.row += count
    run.seq += count
    run.cycle += count
    if (count < stretch.count) playClose(run, lane)
  }
  if (cursor.row === first) return 0
  const { block } = stretch
  if (lane.opened !== cursor.row) markAtBroker(run)
  run.at = block.opens[cursor.row] as Instant
  run.tradeDate = block.tradeDates[cursor.row] as TradeDate
  run.moment = 'auction'
  openBar(run, lane)
  return cursor.row - first
}

/** The broker's marks are those of the last close taken: a bar without a price may come next. */
function markAtBroker(run: Run): void {
  const cursor = run.cursors[0]!
  const { closes, tradeDates } = cursor.block
  cursor.row -= 1
  run.exchange.close(closes[cursor.row] as Instant, tradeDates[cursor.row] as TradeDate, cursor.bars())
  answerMarginCalls(run)
  cursor.row += 1
}

/** Whether nothing rests at the exchange and nothing waits in the books. */
function isStill(run: Run): boolean {
  return !run.called && run.exchange.restingCount() === 0 && isQuiet(run.kernel.runtime)
}

/** Shows the exchange the open bar, once. Nothing rests, so it answers nothing. */
function openBar(run: Run, lane: ShortLane): void {
  const cursor = run.cursors[0]!
  if (lane.opened === cursor.row) return
  lane.opened = cursor.row
  run.exchange.open(lane.stretch.block.opens[cursor.row] as Instant, run.tradeDate, cursor.bars())
}

/** The close of the open bar, on which a sleeve may decide, and the auction after it. */
function playClose(run: Run, lane: ShortLane): void {
  const cursor = run.cursors[0]!
  const { stretch } = lane
  run.at = stretch.block.closes[cursor.row] as Instant
  // The day of this bar and of the next: a stretch ends before the first bar of another.
  run.tradeDate = stretch.tradeDate as TradeDate
  run.cycle += 1
  run.seq += 1
  sliceAt(cursor, run.at, NO_CHAINS)
  const commands = run.kernel.close(stretch, run.slices)
  const { runtime } = run.kernel
  if (commands.length === 0 && !bookWaits(runtime)) {
    cursor.row += 1
    return
  }
  if (commands.length > 0) openBar(run, lane)
  run.moment = 'close'
  run.exchange.close(run.at, run.tradeDate, cursor.bars())
  carryOutAll(run, commands)
  run.called = answerMarginCalls(run)
  cursor.row += 1
  const rests = run.exchange.restingCount() > 0
  run.moment = 'auction'
  if (rests) {
    lane.opened = cursor.row
    answer(run, run.exchange.open(run.at, run.tradeDate, cursor.bars()))
  } else openBar(run, lane)
  if (run.called) {
    run.called = false
    forceReduction(sidesOf(run))
  }
  if (!bookWaits(runtime)) return
  run.seq += 1
  carryOutAll(run, run.kernel.auction(quotesAt(cursor, 'auction'), run.tradeDate))
}

function isSafe({ kernel, exchange }: Run, lane: ShortLane): boolean {
  if (kernel.runtime.state.config!.account.kind !== 'margin' || exchange.owesNothing()) return true
  if (lane.boundedUntil !== lane.plainUntil) boundPrices(lane)
  return exchange.bears(lane.stretch.instrument, lane.low, lane.high)
}

function boundPrices(lane: ShortLane): void {
  const { block, from } = lane.stretch
  const { close } = block
  let low = close[from]!
  let high = low
  for (let bar = from; bar < lane.plainUntil; bar += 1) {
    const price = close[bar]!
    if (price < low) low = price
    else if (price > high) high = price
  }
  lane.low = low
  lane.high = high
  lane.boundedUntil = lane.plainUntil
}

/**
 * Finds how far the bars are plain: of one day, with a price, on the raw scale, and each opens at the instant at which the
 * one before it closes.
 */
function lookAhead(run: Run, lane: ShortLane, from: number): void {
  const { block } = lane.stretch
  const { tradeDates } = block
  const action = run.market.actions[run.nextAction]
  const actionAt = action === undefined ? Number.POSITIVE_INFINITY : action.at
  const stopAt = Math.min(actionAt, dayEndsAt(run.kernel.runtime, block, from))
  let until = plainBars(block, from, Math.min(from + REACH, tradeDates.length - 1), stopAt)
  // What is dated for a day comes before its first bar opens: that open is no part of the stretch.
  while (until > from && tradeDates[until] !== tradeDates[from]) until -= 1
  lane.stretch.tradeDate = tradeDates[from]!
  lane.plainUntil = until
}

/** Where the plain bars from `from` on end, before `until` and before the first close at `stopAt` or later. */
function plainBars({ opens, closes, close, factor }: ClockBlock, from: number, until: number, stopAt: number): number {
  let bar = from
  // Four at a time until one of them is not plain.
  for (; bar + 4 <= until; bar += 4) {
    const last = closes[bar + 3]!
    if (last >= stopAt || opens[bar + 4] !== last) break
    if (opens[bar + 1] !== closes[bar] || opens[bar + 2] !== closes[bar + 1] || opens[bar + 3] !== closes[bar + 2])
      break
    if (factor[bar] !== 1 || factor[bar + 1] !== 1 || factor[bar + 2] !== 1 || factor[bar + 3] !== 1) break
    if (Number.isNaN(close[bar]! + close[bar + 1]! + close[bar + 2]! + close[bar + 3]!)) break
  }
  for (; bar < until; bar += 1) {
    const at = closes[bar]!
    if (at >= stopAt || opens[bar + 1] !== at || factor[bar] !== 1 || Number.isNaN(close[bar]!)) break
  }
  return bar
}
