/** From wishes to allowed changes: sizing, then risk. Reducing first, then entries in the order sleeves are declared. */
import type { Terms } from '../domain/orders.ts'
import type { Change, RuleName } from '../domain/risk.ts'
import { toDays, utcDate, WEEKDAY, weekday } from '../domain/sessions.ts'
import { type Instant, MAGNITUDE_MAX, type SleeveId, type TradeDate } from '../domain/units.ts'
import { judge, type Verdict } from '../pipeline/risk/judge.ts'
import { sizeOf } from '../pipeline/sizing/size.ts'
import type { RefusalRecord } from './result.ts'
import type { ProjectedBooks } from './risk-view.ts'
import type { Runtime, SleeveRuntime } from './runtime.ts'
import { projectedOf } from './state.ts'
import { findStructure, listContract, worstLoss } from './structures.ts'
import { WISH, type WishColumns } from './view.ts'
import { exitRoom, WAIT_MS_MAX, waitFor } from './waiting.ts'
import { cancelWorking, withdrawWaiting } from './withdraw.ts'

const MARKET: Terms = { type: 'market', force: 'day' }

interface Scratch extends Change {
  sleeve: number
  instrument: number
  quantity: number
  reducing: boolean
  unitExposure: number
  step: number
  structure: boolean
}

const change: Scratch = {
  sleeve: 0,
  instrument: 0,
  quantity: 0,
  reducing: false,
  unitExposure: 0,
  step: 1,
  structure: false,
}
const verdict: Verdict = { quantity: 0, rule: null, limit: Number.NaN }

/** Turns the cycle's wishes into waiting changes. */
export function takeWishes(runtime: Runtime, wishes: WishColumns, books: ProjectedBooks): void {
  if (wishes.count === 0) return
  cancelling.clear()
  for (let row = 0; row < wishes.count; row += 1) reducePart(runtime, wishes, row)
  books.refresh()
  for (let row = 0; row < wishes.count; row += 1) growPart(runtime, wishes, row, books)
}

/** Units that a plain wish would change the projected position by; NaN for structures and refusals. */
function wishedChange(runtime: Runtime, wishes: WishColumns, row: number): number {
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  switch (wishes.kind[row]) {
    case WISH.exit:
      return 0 - expectedOf(runtime, sleeve, instrument)
    case WISH.target:
      return wishes.value[row]! - expectedOf(runtime, sleeve, instrument)
    case WISH.change:
      return wishes.value[row]!
    default:
      return Number.NaN
  }
}

/** The part of a wish that shrinks the sleeve's own position without crossing zero: never held back by a limit. */
function reducePart(runtime: Runtime, wishes: WishColumns, row: number): void {
  if (wishes.kind[row] === WISH.closeStructure) {
    closeStructure(runtime, wishes.sleeve[row]!, wishes.value[row]!, wishes.reason[row]!)
    return
  }
  let wanted = wishedChange(runtime, wishes, row)
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  if (wishes.kind[row] === WISH.enter) {
    const expected = expectedOf(runtime, sleeve, instrument)
    // Turning around: the old side closes whatever the limits say about the new one.
    wanted = expected * wishes.value[row]! < 0 ? 0 - expected : 0
  }
  if (wanted === 0 || Number.isNaN(wanted)) return
  wishes.taken[row] = reduce(runtime, wishes, row, wanted)
}

/** Units of orders that were asked to be cancelled in this cycle, signed as ordered, by sleeve and instrument. */
const cancelling = new Map<number, number>()

/** Filled plus waiting and working, without what is about to be cancelled. */
function expectedOf(runtime: Runtime, sleeve: number, instrument: number): number {
  const leaving = cancelling.get(sleeve * runtime.state.books.width + instrument) ?? 0
  return projectedOf(runtime.state, sleeve, instrument) - leaving
}

/**
 * Carries out the reducing part of a wished change: first what is held for certain is closed, then entries that still
 * wait are taken back, then entries that work at the broker are cancelled. An entry that may never fill is never sold.
 *
 * @returns signed units by which the expected position moved; beyond the wish where a whole order had to be cancelled
 */
function reduce(runtime: Runtime, wishes: WishColumns, row: number, wanted: number): number {
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  const expected = expectedOf(runtime, sleeve, instrument)
  if (expected === 0 || expected > 0 === wanted > 0) return 0
  const side = wanted > 0 ? 1 : -1
  const size = Math.min(Math.abs(wanted), Math.abs(expected))
  const before = projectedOf(runtime.state, sleeve, instrument)
  const closed = Math.min(size, exitRoom(runtime.state, sleeve, instrument, side))
  if (closed > 0) wait(runtime, row, wishes, closed * side, true)
  const taken = size > closed ? withdrawWaiting(runtime, sleeve, instrument, side, size - closed) : 0
  runtime.observer?.reduced((closed + taken) * side, projectedOf(runtime.state, sleeve, instrument) - before)
  if (closed + taken === size) return size * side
  const cancelled = cancelWorking(runtime, sleeve, instrument, side)
  const at = sleeve * runtime.state.books.width + instrument
  cancelling.set(at, (cancelling.get(at) ?? 0) - cancelled * side)
  return (closed + taken + cancelled) * side
}

function growPart(runtime: Runtime, wishes: WishColumns, row: number, books: ProjectedBooks): void {
  const kind = wishes.kind[row]!
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  const instrument = wishes.instrument[row]!
  if (kind === WISH.closeStructure || kind === WISH.exit) return
  if (kind === WISH.refuse) {
    refuse(runtime, sleeve, instrument, wishes.reason[row] as RuleName, 0, null, null)
    return
  }
  if (kind === WISH.openStructure) {
    openStructure(runtime, wishes, row, books)
    return
  }
  let wanted = kind === WISH.enter ? sizedChange(runtime, sleeve, wishes, row) : restOfWish(runtime, wishes, row)
  if (wanted === 0) return
  // Against what this cycle already allowed it may be a reduction after all.
  wanted -= reduce(runtime, wishes, row, wanted)
  if (wanted === 0) return
  judgeEntry(runtime, sleeve, instrument, wanted, books, (quantity) => wait(runtime, row, wishes, quantity, false))
}

/** What is left of a target or change once its reducing part is on its way. */
function restOfWish(runtime: Runtime, wishes: WishColumns, row: number): number {
  if (wishes.kind[row] === WISH.change) return wishes.value[row]! - wishes.taken[row]!
  return wishes.value[row]! - expectedOf(runtime, wishes.sleeve[row]!, wishes.instrument[row]!)
}

function sizedChange(runtime: Runtime, sleeve: SleeveRuntime, wishes: WishColumns, row: number): number {
  const { state } = runtime
  const index = wishes.instrument[row]!
  const instrument = state.instruments[index]!
  const price = state.mark[index]!
  const side = wishes.value[row]!
  if (Number.isNaN(price) || runtime.unitValue[index] === 0) {
    refuse(runtime, sleeve, index, Number.isNaN(price) ? 'priceMissing' : 'rateMissing', 0, null, null)
    return 0
  }
  const { weekend } = sleeve.config.limits
  const weekendFactor = weekend !== null && isWeekend(state.at) ? weekend.sizeFactor : 1
  const size = sizeOf(sleeve.config.sizing, {
    price,
    unitValue: runtime.unitValue[index]!,
    ownValue: price * state.books.scale[index]!,
    unitsPerWhole: instrument.unitsPerWhole,
    step: instrument.step,
    sleeveEquity: sleeve.equity,
    portfolioEquity: runtime.equity,
    factor: wishes.factor[row]! * weekendFactor,
    maximumLoss: 0,
  })
  if (size === 0) {
    refuse(
      runtime,
      sleeve,
      index,
      'belowStep',
      0,
      sleeve.config.sizing.kind === 'notional' ? sleeve.config.sizing.amount : null,
      price,
    )
    return 0
  }
  const missing = size * side - expectedOf(runtime, sleeve.ordinal, index)
  return missing * side > 0 ? missing : 0
}

function isWeekend(at: number): boolean {
  const day = weekday(utcDate(at as Instant))
  return day === WEEKDAY.saturday || day === WEEKDAY.sunday
}

/** The books count to 2^52; a sixteenth of it is left to the many small positions that are not added up here. */
const REACH_MAX = MAGNITUDE_MAX - MAGNITUDE_MAX / 16

/**
 * Most units that all sleeves together might come to hold on the side of the change; 0 where the sleeve's own are few.
 * Peers on the other side are not counted against them: they may leave at any time.
 */
function largestReach(runtime: Runtime, sleeve: number, instrument: number, wanted: number): number {
  const { books, pendingBuys, pendingSells } = runtime.state
  const side = wanted > 0 ? 1 : -1
  const pending = wanted > 0 ? pendingBuys : pendingSells
  const reachOf = (one: number): number => {
    const at = one * books.width + instrument
    const held = books.quantity[at]! * side
    return (held > 0 ? held : 0) + pending[at]!
  }
  const size = Math.abs(wanted)
  if (reachOf(sleeve) + size <= MAGNITUDE_MAX / 16 / books.sleeves) return 0
  let reach = size
  for (let one = 0; one < books.sleeves; one += 1) reach += reachOf(one)
  return reach
}

/** Rules that need more than projected books; null where none objects. */
function forbidden(
  runtime: Runtime,
  sleeve: SleeveRuntime,
  instrument: number,
  wanted: number,
): { rule: RuleName; value: number | null; limit: number | null } | null {
  const { state } = runtime
  const own = state.sleeves[sleeve.ordinal]!
  if (own.paused !== '' || sleeve.config.status === 'paused') return { rule: 'paused', value: null, limit: null }
  if (state.delisted[instrument] === 1) return { rule: 'notListed', value: null, limit: null }
  if (wanted < 0 && !state.instruments[instrument]!.shortable) return { rule: 'notHoldable', value: null, limit: null }
  const reach = largestReach(runtime, sleeve.ordinal, instrument, wanted)
  if (reach > REACH_MAX) return { rule: 'notHoldable', value: reach, limit: REACH_MAX }
  // Without a mark no limit can say what the change is worth.
  if (runtime.unitValue[instrument] === 0)
    return { rule: Number.isNaN(state.mark[instrument]!) ? 'priceMissing' : 'rateMissing', value: null, limit: null }
  if (!eligible(runtime, sleeve, instrument)) return { rule: 'universe', value: null, limit: null }
  const weekend = sleeve.config.limits.weekend
  if (weekend !== null && isWeekend(state.at)) {
    const dayReturn = own.dayStartEquity > 0 ? sleeve.equity / own.dayStartEquity - 1 : 0
    if (dayReturn < -weekend.dayLossMax) return { rule: 'weekend', value: -dayReturn, limit: weekend.dayLossMax }
    const opened = openedThisWeekend(runtime, sleeve.ordinal)
    if (opened >= weekend.positionsMax) return { rule: 'weekend', value: opened, limit: weekend.positionsMax }
  }
  return null
}

/** Positions opened since Saturday began (UTC), waiting entries included. */
function openedThisWeekend(runtime: Runtime, sleeve: number): number {
  const { state } = runtime
  const today = utcDate(state.at as Instant)
  const since = (toDays(today) - (weekday(today) === WEEKDAY.sunday ? 1 : 0)) * 86_400_000
  let opened = 0
  for (let index = 0; index < state.instruments.length; index += 1) {
    const at = sleeve * state.books.width + index
    if (
      state.books.quantity[at] !== 0
        ? state.openedAt[at]! >= since
        : state.pendingBuys[at] !== 0 || state.pendingSells[at] !== 0
    )
      opened += 1
  }
  return opened
}

function eligible(runtime: Runtime, sleeve: SleeveRuntime, instrument: number): boolean {
  return runtime.eligible === null || runtime.eligible(sleeve.ordinal, instrument)
}

function judgeEntry(
  runtime: Runtime,
  sleeve: SleeveRuntime,
  instrument: number,
  wanted: number,
  books: ProjectedBooks,
  allow: (quantity: number) => void,
): void {
  const no = forbidden(runtime, sleeve, instrument, wanted)
  if (no !== null) {
    refuse(runtime, sleeve, instrument, no.rule, wanted, no.limit, no.value)
    return
  }
  const whole = runtime.state.instruments[instrument]!
  change.sleeve = sleeve.ordinal
  change.instrument = instrument
  change.quantity = wanted
  change.reducing = false
  change.unitExposure = runtime.unitValue[instrument]!
  change.step = whole.step
  change.structure = false
  judge(change, books.view, sleeve.rules, verdict)
  if (verdict.rule !== null) {
    const unit = whole.unitsPerWhole
    if (verdict.quantity !== 0) endBorn(runtime, 'trimmed')
    note(
      runtime,
      sleeve,
      instrument,
      verdict.quantity === 0 ? 'refused' : 'trimmed',
      verdict.rule,
      wanted / unit,
      verdict.quantity / unit,
      null,
      verdict.limit,
    )
    if (verdict.quantity === 0) {
      endBorn(runtime, 'refused')
      return
    }
  }
  const quantity = verdict.quantity
  books.take(change, quantity)
  allow(quantity)
}

/** A wish, or the part of one that was cut, ends as soon as it was made. */
function endBorn(runtime: Runtime, end: 'refused' | 'trimmed'): void {
  runtime.state.nextIntent += 1
  runtime.state.ended[end] += 1
}

/** Counts and records a wish that ends before it becomes a change. */
function refuse(
  runtime: Runtime,
  sleeve: SleeveRuntime,
  instrument: number,
  rule: string,
  wanted: number,
  limit: number | null,
  value: number | null,
): void {
  endBorn(runtime, 'refused')
  const unit = runtime.state.instruments[instrument]!.unitsPerWhole
  note(runtime, sleeve, instrument, 'refused', rule, wanted / unit, 0, value, limit)
}

function note(
  runtime: Runtime,
  sleeve: SleeveRuntime,
  instrument: number,
  end: RefusalRecord['end'],
  rule: string,
  wanted: number,
  allowed: number,
  value: number | null,
  limit: number | null,
): void {
  if (runtime.observer === null) return
  runtime.observer.refused({
    at: runtime.state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    sleeve: sleeve.config.id as SleeveId,
    instrument: runtime.state.instruments[instrument]!.symbol,
    end,
    rule,
    wanted,
    allowed,
    value,
    limit: limit !== null && Number.isNaN(limit) ? null : limit,
  })
}

/** Puts an allowed change where its moment will find it. */
function wait(runtime: Runtime, row: number, wishes: WishColumns, quantity: number, reducing: boolean): void {
  const options = wishes.options[row]!
  waitFor(runtime, {
    sleeve: wishes.sleeve[row]!,
    instrument: wishes.instrument[row]!,
    quantity,
    terms: options?.terms ?? MARKET,
    reducing,
    reason: wishes.reason[row]!,
    protection: reducing ? null : (options?.protection ?? null),
  })
}

function openStructure(runtime: Runtime, wishes: WishColumns, row: number, books: ProjectedBooks): void {
  const { state } = runtime
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  const underlying = wishes.instrument[row]!
  const wish = wishes.structure[row]!
  const no = forbidden(runtime, sleeve, underlying, 1)
  if (no !== null) {
    refuse(runtime, sleeve, underlying, no.rule, 1, no.limit, no.value)
    return
  }
  // Legs that can lose without end need cover that a structure does not have.
  if (!Number.isFinite(worstLoss(wish.legs, wish.credit, 1))) {
    refuse(runtime, sleeve, underlying, 'notHoldable', 1, null, null)
    return
  }
  const count = sizeOf(sleeve.config.sizing, {
    price: wish.credit,
    unitValue: wish.maximumLoss,
    ownValue: wish.maximumLoss,
    unitsPerWhole: 1,
    step: 1,
    sleeveEquity: sleeve.equity,
    portfolioEquity: runtime.equity,
    factor: wishes.factor[row]!,
    maximumLoss: wish.maximumLoss,
  })
  change.sleeve = sleeve.ordinal
  change.instrument = underlying
  change.quantity = count
  change.reducing = false
  change.unitExposure = wish.maximumLoss
  change.step = 1
  change.structure = true
  judge(change, books.view, sleeve.rules, verdict)
  if (verdict.rule !== null) {
    note(
      runtime,
      sleeve,
      underlying,
      verdict.quantity === 0 ? 'refused' : 'trimmed',
      verdict.rule,
      count,
      verdict.quantity,
      null,
      verdict.limit,
    )
    if (verdict.quantity === 0) {
      endBorn(runtime, 'refused')
      return
    }
  }
  const quantity = verdict.quantity
  books.take(change, quantity)
  const parent = state.instruments[underlying]!
  state.waitingStructures.push({
    intent: state.nextIntent,
    sleeve: sleeve.ordinal,
    underlying,
    structure: 0,
    quantity,
    legs: wish.legs,
    contracts: wish.legs.map((leg) => listContract(runtime, parent, leg)),
    maximumLoss: wish.maximumLoss,
    activeFrom: state.at,
    expires: state.at + WAIT_MS_MAX,
    reason: wish.reason,
  })
  state.nextIntent += 1
}

/** Wishes to close a structure; one that is already closing is left alone. */
function closeStructure(runtime: Runtime, sleeve: number, id: number, reason: string): void {
  const { state } = runtime
  const position = findStructure(runtime, id)
  if (position === undefined || position.pending || position.sleeve !== sleeve) return
  position.pending = true
  state.waitingStructures.push({
    intent: state.nextIntent,
    sleeve,
    underlying: position.underlying,
    structure: id,
    quantity: position.quantity,
    legs: position.legs,
    contracts: position.contracts,
    maximumLoss: position.maximumLoss,
    activeFrom: state.at,
    expires: state.at + WAIT_MS_MAX,
    reason,
  })
  state.nextIntent += 1
}
