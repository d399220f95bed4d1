/** Exits that the kernel keeps for a position: stop, target, trail, bars held. One-cancels-other; the stop comes first. */
import type { QuoteColumns } from '../../domain/columns.ts'
import type { Slice } from '../../domain/market.ts'
import { toTick } from '../../domain/ticks.ts'
import { stepTrail } from '../../pipeline/risk/trail.ts'
import { holdsBack } from '../gates/gates.ts'
import { placeTriggered } from '../orders/activate.ts'
import { beginCycle } from '../orders/batch.ts'
import { isQuotedOn } from '../run/quoted.ts'
import type { Runtime } from '../runtime.ts'
import { type Guard, held } from '../state.ts'
import { exitRoom, waitFor } from '../wishes/waiting.ts'
import { pledgedUnits } from './cover.ts'
import { entryOf } from './rolling.ts'

interface Levels {
  /** Raw price at which the loss side closes; NaN where there is none. */
  readonly stop: number
  readonly stopReason: 'stop' | 'trail'
  readonly target: number
}

/** Where a guard closes its position as things stand. */
export function levelsOf(runtime: Runtime, guard: Guard): Levels {
  const { state } = runtime
  const { protection } = guard
  const long = held(state, guard.sleeve, guard.instrument) > 0
  const entry = entryOf(runtime, guard)
  const instrument = state.instruments[guard.instrument]!
  const away = (fraction: number): number =>
    toTick(instrument, entry * (long ? 1 - fraction : 1 + fraction), fraction < 0 === long ? 'up' : 'down')
  const level = (signal: number, direction: 'up' | 'down'): number =>
    toTick(instrument, signal / state.factor[guard.instrument]!, direction)
  const { stop, stopAt, target: gain, targetAt } = protection
  const stops = [
    ...(stop === undefined ? [] : [away(stop)]),
    ...(stopAt === undefined ? [] : [level(stopAt, long ? 'down' : 'up')]),
  ]
  const targets = [
    ...(gain === undefined ? [] : [away(-gain)]),
    ...(targetAt === undefined ? [] : [level(targetAt, long ? 'up' : 'down')]),
  ]
  const fixed = nearest(stops, long ? Math.max : Math.min)
  const target = nearest(targets, long ? Math.min : Math.max)
  if (protection.trail?.intrabar !== true) return { stop: fixed, stopReason: 'stop', target }
  const trail = trailLevel(runtime, guard, long)
  const trailFirst = Number.isNaN(fixed) || (long ? trail > fixed : trail < fixed)
  return { stop: trailFirst ? trail : fixed, stopReason: trailFirst ? 'trail' : 'stop', target }
}

function nearest(levels: readonly number[], pick: (one: number, other: number) => number): number {
  return levels.length === 0 ? Number.NaN : levels.reduce((one, other) => pick(one, other))
}

function trailLevel(runtime: Runtime, guard: Guard, long: boolean): number {
  const fraction = guard.protection.trail!.fraction
  const raw = guard.extreme / runtime.state.factor[guard.instrument]!
  const level = raw * (long ? 1 - fraction : 1 + fraction)
  return toTick(runtime.state.instruments[guard.instrument]!, level, long ? 'down' : 'up')
}

/** At the auction: a level that the first price has already passed closes the position there, netted with the others. */
export function guardAuction(runtime: Runtime, quotes: QuoteColumns): void {
  const { state } = runtime
  for (const guard of state.guards) {
    const row = rowOf(quotes, guard.instrument)
    if (row < 0 || isHeldBack(runtime, guard)) continue
    const first = quotes.first[row]!
    const long = held(state, guard.sleeve, guard.instrument) > 0
    const levels = levelsOf(runtime, guard)
    if (long ? first <= levels.stop : first >= levels.stop) exitAtMarket(runtime, guard, levels.stopReason)
    else if (long ? first >= levels.target : first <= levels.target) exitAtMarket(runtime, guard, 'target')
  }
}

/**
 * Within the bar: each trigger is an order of its own at its level, at most one per instrument and call.
 *
 * @returns whether anything was placed: settle it and call again until nothing is
 */
export function guardRange(runtime: Runtime, quotes: QuoteColumns): boolean {
  const { state } = runtime
  const placed = new Set<number>()
  for (const guard of state.guards) {
    const bar = barOf(runtime, guard)
    if (placed.has(guard.instrument) || guard.sentBar === bar || isHeldBack(runtime, guard)) continue
    const row = rowOf(quotes, guard.instrument)
    if (row < 0) continue
    const quantity = 0 - uncoveringUnits(runtime, guard)
    if (quantity === 0) continue
    const long = held(state, guard.sleeve, guard.instrument) > 0
    const levels = levelsOf(runtime, guard)
    const stopped = long ? quotes.low[row]! <= levels.stop : quotes.high[row]! >= levels.stop
    const reached = long ? quotes.high[row]! >= levels.target : quotes.low[row]! <= levels.target
    if (!stopped && !reached) continue
    if (placed.size === 0) beginCycle(runtime)
    placed.add(guard.instrument)
    guard.sentBar = bar
    placeTriggered(runtime, {
      sleeve: guard.sleeve,
      instrument: guard.instrument,
      quantity,
      type: stopped ? 'stop' : 'limit',
      level: stopped ? levels.stop : levels.target,
      reason: stopped ? levels.stopReason : 'target',
    })
  }
  return placed.size > 0
}

/**
 * What tells one bar that stops are judged on from the next: the count of the sleeve's own, the instant of the close where
 * the instrument is quoted on a finer clock.
 */
function barOf({ state, sleeves }: Runtime, { sleeve, instrument }: Guard): number {
  return isQuotedOn(state.instruments[instrument]!, sleeves[sleeve]!.config.clock)
    ? state.sleeves[sleeve]!.bars
    : state.at
}

/** Before a shut gate an exit stays where it is: the next look once it is open judges it anew. */
function isHeldBack(runtime: Runtime, { sleeve, instrument }: Guard): boolean {
  return holdsBack(runtime, { sleeve, instrument, reducing: true }) !== null
}

/** Units still to be closed, signed as held: what is held less the exits already on their way. */
function openUnits(runtime: Runtime, guard: Guard): number {
  const long = held(runtime.state, guard.sleeve, guard.instrument) > 0
  const room = exitRoom(runtime.state, guard.sleeve, guard.instrument, long ? -1 : 1)
  return long ? room : 0 - room
}

/**
 * At the close of a bar: sends what is judged on closes out at the next auction, then moves the trails. Closes and bars
 * held are those of the sleeve's clock, extremes those of the instrument's finest.
 */
export function guardClose(runtime: Runtime, slice: Slice): void {
  const { state } = runtime
  if (state.guards.length === 0) return
  for (const guard of state.guards) {
    const column = slice.instruments.indexOf(guard.instrument)
    if (column < 0 || Number.isNaN(slice.close[column]!)) continue
    const { trail, bars } = guard.protection
    const long = held(state, guard.sleeve, guard.instrument) > 0
    const isOwn = runtime.sleeves[guard.sleeve]!.config.clock === slice.clock
    if (
      trail !== undefined &&
      (trail.intrabar ? isQuotedOn(state.instruments[guard.instrument]!, slice.clock) : isOwn)
    ) {
      // Within a bar nobody knows which came first: an intrabar trail follows the bar's extreme once the bar is over.
      const raw = trail.intrabar ? (long ? slice.high[column]! : slice.low[column]!) : slice.close[column]!
      const signal = raw * slice.factor[column]!
      const moved = stepTrail(guard.extreme, signal, trail.fraction, long)
      guard.extreme = moved.extreme
      if (!trail.intrabar && moved.hit && !isHeldBack(runtime, guard)) {
        exitAtMarket(runtime, guard, 'trail')
        continue
      }
    }
    const at = guard.sleeve * state.books.width + guard.instrument
    if (
      isOwn &&
      bars !== undefined &&
      !isHeldBack(runtime, guard) &&
      state.sleeves[guard.sleeve]!.bars - state.openedBar[at]! >= bars
    )
      exitAtMarket(runtime, guard, 'time')
  }
}

/** The same without the shares that cover a sold call: options do not trade within a bar, so both leave at the auction. */
function uncoveringUnits(runtime: Runtime, guard: Guard): number {
  const open = openUnits(runtime, guard)
  if (open <= 0 || runtime.contracts === 0) return open
  return Math.max(0, open - pledgedUnits(runtime, guard.sleeve, guard.instrument))
}

function exitAtMarket(runtime: Runtime, guard: Guard, reason: string): void {
  const quantity = 0 - openUnits(runtime, guard)
  if (quantity === 0) return
  waitFor(runtime, {
    sleeve: guard.sleeve,
    instrument: guard.instrument,
    quantity,
    terms: { type: 'market', force: 'day' },
    reducing: true,
    reason,
    protection: null,
  })
}

function rowOf(quotes: QuoteColumns, instrument: number): number {
  for (let row = 0; row < quotes.count; row += 1) {
    if (quotes.instrument[row] === instrument) return Number.isNaN(quotes.first[row]!) ? -1 : row
  }
  return -1
}
