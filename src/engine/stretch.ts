/** A run's side of the short lane: how far nothing from outside can happen, and where the clock stands afterwards. */

import type { Instant, TradeDate } from '../domain/units.ts'
import { answer, type Run } from './drive.ts'
import { endOfDay, hasShortLane, isQuiet, type Stretch } from './quiet.ts'

/** The only clock of a run, whose bars may be taken many at a time. */
export interface ShortLane {
  readonly stretch: Stretch
  /** No bar before this one is eventful, none opens later than its predecessor closes, and no action falls before it. */
  plainUntil: number
  /** Lowest and highest close of those bars. */
  low: number
  high: number
}

/** Bars looked at ahead. */
const REACH = 1_024

/** The run's short lane; null where its market, its configuration or an auditor needs every bar. */
export function shortLaneOf(run: Run): ShortLane | null {
  const { runtime } = run.kernel
  const cursor = run.cursors[0]
  if (run.cursors.length !== 1 || cursor === undefined || run.auditor !== null) return null
  if (run.market.chains !== null || run.rates.sources.length > 0 || !hasShortLane(runtime, cursor.block)) return null
  const stretch = { block: cursor.block, instrument: cursor.instruments[0]!, tradeDate: 0, from: 0, count: 0 }
  return { stretch, plainUntil: 0, low: 0, high: 0 }
}

/**
 * Skips the open bar and those after it while nothing happens: nothing rests or waits, no action is due, no margin call
 * can come, no day ends, and no sleeve wants to decide. Afterwards a later bar stands open, as if each had been played.
 *
 * @returns how many bars closed
 */
export function skipQuietBars(run: Run, lane: ShortLane): number {
  const cursor = run.cursors[0]!
  if (!cursor.isOpen || run.called || run.exchange.restingCount() > 0 || !isQuiet(run.kernel.runtime)) return 0
  const { stretch } = lane
  const { block } = stretch
  const first = cursor.row
  for (;;) {
    if (cursor.row >= lane.plainUntil) lookAhead(run, lane, cursor.row)
    stretch.from = cursor.row
    stretch.count = lane.plainUntil - cursor.row
    if (stretch.count <= 0 || !isSafe(run, lane)) break
    const count = run.kernel.skip(stretch)
    cursor.row += count
    if (count < stretch.count) break
  }
  const skipped = cursor.row - first
  if (skipped === 0) return 0
  run.seq += skipped
  run.cycle += skipped
  run.at = block.opens[cursor.row] as Instant
  run.tradeDate = block.tradeDates[cursor.row] as TradeDate
  run.moment = 'auction'
  answer(run, run.exchange.open(run.at, run.tradeDate, cursor.bars(), []))
  return skipped
}

function isSafe(run: Run, lane: ShortLane): boolean {
  if (run.kernel.runtime.state.config!.account.kind !== 'margin') return true
  return run.exchange.bears(lane.stretch.instrument, lane.low, lane.high)
}

/**
 * Finds how far the bars are plain: of one day, with a price, on the raw scale, and each opens at the instant at which the
 * one before it closes.
 */
function lookAhead(run: Run, lane: ShortLane, from: number): void {
  const { block } = lane.stretch
  const { opens, closes, close, factor } = block
  const action = run.market.actions[run.nextAction]
  const actionAt = action === undefined ? Number.POSITIVE_INFINITY : action.at
  const until = endOfDay(run.kernel.runtime, block, from, Math.min(from + REACH, close.length - 1))
  let low = close[from]!
  let high = low
  let bar = from
  for (; bar < until; bar += 1) {
    const closesAt = closes[bar]!
    if (opens[bar + 1] !== closesAt || closesAt >= actionAt || factor[bar] !== 1) break
    const price = close[bar]!
    if (price < low) low = price
    else if (price > high) high = price
    else if (Number.isNaN(price)) break
  }
  lane.stretch.tradeDate = block.tradeDates[from]!
  lane.plainUntil = bar
  lane.low = low
  lane.high = high
}
