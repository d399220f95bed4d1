/**
 * The short lane: closes of a single instrument at which nothing can happen, taken many at a time. For each of them
 * `onSlices` would mark, value, count the bar and ask every sleeve, which would wish nothing; what remains of all of them
 * is what remains of the last one. Bit for bit the same state as an event for each.
 */
import type { ClockBlock } from '../../domain/market.ts'
import { utcDate } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import { readAhead, takeAhead } from '../clock.ts'
import { dayCloseOf } from '../cycle.ts'
import { isBareState } from '../orders/plain.ts'
import type { Parts } from '../parts.ts'
import { valueAll } from '../positions/valuation.ts'
import { type Runtime, setMark } from '../runtime.ts'

/** Bars `from` to `from + count - 1` of a block of one instrument, all of one day. */
export interface Stretch {
  readonly block: ClockBlock
  /** The instrument's index. */
  readonly instrument: number
  tradeDate: number
  from: number
  count: number
}

const DAY_MS = 86_400_000

/**
 * Whether this kernel has a short lane over the block at all: one instrument, one clock for all sleeves, a day that the
 * calendar ends, no watched limits, no capital plan, no reserve, no screens; and strategies that say when they are idle.
 */
export function hasShortLane(runtime: Runtime, block: ClockBlock): boolean {
  const { state, sleeves } = runtime
  const { dayCalendar, capitalPlan } = state.config!
  return (
    block.instruments.length === 1 &&
    state.instruments.length === 1 &&
    state.books.currencies === 1 &&
    isBareState(state) &&
    runtime.shadows === null &&
    capitalPlan === undefined &&
    runtime.sessions.has(dayCalendar) &&
    sleeves.length > 0 &&
    sleeves.every(
      ({ config, strategy, screened }) =>
        config.clock === block.clock &&
        config.calendar === dayCalendar &&
        strategy !== null &&
        strategy.idle !== undefined &&
        !screened,
    )
  )
}

/** Whether nothing waits, works, or is kept for a position: then only a sleeve's wish can make something happen. */
export function isQuiet({ state, plain, chains }: Runtime): boolean {
  return (
    plain.count === 0 &&
    state.waiting.length === 0 &&
    state.waitingStructures.length === 0 &&
    state.workingStructures === undefined &&
    state.working.length === 0 &&
    state.guards.length === 0 &&
    state.structures.length === 0 &&
    state.leftovers.length === 0 &&
    chains.size === 0
  )
}

/**
 * The instant from which on a close is no more of the bar's day, or ends the portfolio's day. Negative infinity where the
 * calendar has no such day.
 */
export function dayEndsAt(runtime: Runtime, { closes, tradeDates }: ClockBlock, bar: number): number {
  const sessions = runtime.sessions.get(runtime.state.config!.dayCalendar)!
  const dayClose = dayCloseOf(runtime, sessions, tradeDates[bar]!)
  if (Number.isNaN(dayClose)) return Number.NEGATIVE_INFINITY
  const at = closes[bar]!
  // A close at midnight belongs to the day before.
  const afterMidnight = (Math.floor((at - 1) / DAY_MS) + 1) * DAY_MS + 1
  return dayClose < at ? afterMidnight : Math.min(dayClose, afterMidnight)
}

/**
 * Takes as many bars of the stretch as no sleeve wants to decide on. The stretch holds no eventful bar, and the kernel is
 * quiet.
 *
 * @returns how many were taken; -1 where the bars cannot be read ahead, as before the clock's first slice
 */
export function skipBars(parts: Parts, { block, instrument, tradeDate, from, count: most }: Stretch): number {
  const { runtime } = parts
  const { state } = runtime
  // All sleeves are on the one clock.
  const { clock } = parts.views[0]!
  if (clock.width !== 1 || clock.bars === 0) return -1
  const place = readAhead(clock, block, from, from + most)
  if (place < 0) return -1
  let count = most
  for (let ordinal = 0; ordinal < runtime.sleeves.length; ordinal += 1) count = idleBars(parts, ordinal, place, count)
  if (count === 0) return 0
  const last = from + count - 1
  takeAhead(clock, place, count)
  parts.wishes.count = 0
  if (runtime.commands.length > 0) runtime.commands = []
  runtime.tradeDate = tradeDate
  state.seq += count
  state.at = block.closes[last]!
  setMark(runtime, instrument, block.close[last]!)
  state.factor[instrument] = 1
  valueAll(runtime)
  const day = utcDate((block.closes[from]! - 1) as Instant)
  for (let ordinal = 0; ordinal < runtime.sleeves.length; ordinal += 1) {
    const own = state.sleeves[ordinal]!
    own.bars += count
    if (own.day !== day) {
      own.day = day
      own.dayStartEquity = own.equityBefore
    }
    own.equityBefore = runtime.sleeves[ordinal]!.equity
  }
  return count
}

/** How many of `count` bars a sleeve needs no decision on; a faulty one decides on none, an answer that is none counts as 0. */
function idleBars({ runtime, views }: Parts, ordinal: number, place: number, count: number): number {
  if (runtime.state.sleeves[ordinal]!.paused.startsWith('fault')) return count
  const { strategy } = runtime.sleeves[ordinal]!
  let answer = 0
  try {
    answer = strategy!.idle!(views[ordinal]!.ahead(place, count))
  } catch {
    // The decision on the bar itself will meet the same fault, and name it.
    return 0
  }
  return Number.isInteger(answer) && answer > 0 ? Math.min(answer, count) : 0
}
