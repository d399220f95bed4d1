/** From wishes to allowed changes: sizing, then risk. Reducing first, then entries in the order sleeves are declared. */
import type { Terms } from '../domain/orders.ts'
import type { Change, RuleName } from '../domain/risk.ts'
import type { Instant, SleeveId, TradeDate } from '../domain/units.ts'
import { judge, type Verdict } from '../pipeline/risk/judge.ts'
import { sizeOf } from '../pipeline/sizing/size.ts'
import { capitalFactor, sizingBase } from './capital/sizing-capital.ts'
import { forbidden, isWeekend } from './entry-rules.ts'
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
const asked = {
  price: 0,
  unitValue: 0,
  ownValue: 0,
  unitsPerWhole: 1,
  step: 1,
  sleeveEquity: 0,
  portfolioEquity: 0,
  factor: 1,
  maximumLoss: 0,
}

/** Turns the cycle's wishes into waiting changes. */
export function takeWishes(runtime: Runtime, wishes: WishColumns, books: ProjectedBooks): void {
  if (wishes.count === 0) return
  cancelling.clear()
  for (let row = 0; row < wishes.count; row += 1) reducePart(runtime, wishes, row)
  if (!anyGrows(wishes)) return
  books.refresh()
  for (let row = 0; row < wishes.count; row += 1) growPart(runtime, wishes, row, books)
}

/** Whether any wish is more than an exit: only then are limits asked. */
function anyGrows({ kind, count }: WishColumns): boolean {
  for (let row = 0; row < count; row += 1) if (kind[row] !== WISH.exit && kind[row] !== WISH.closeStructure) return true
  return false
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
  if (cancelling.size === 0) return projectedOf(runtime.state, sleeve, instrument)
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
  if (kind === WISH.closeStructure || kind === WISH.exit) return
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  const instrument = wishes.instrument[row]!
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
  const allowed = judgeEntry(runtime, sleeve, instrument, wanted, books)
  if (allowed !== 0) wait(runtime, row, wishes, allowed, false)
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
  asked.price = price
  asked.unitValue = runtime.unitValue[index]!
  asked.ownValue = price * state.books.scale[index]!
  asked.unitsPerWhole = instrument.unitsPerWhole
  asked.step = instrument.step
  asked.sleeveEquity = sizingBase(runtime, sleeve.ordinal)
  asked.portfolioEquity = runtime.equity
  asked.factor = wishes.factor[row]! * weekendFactor * capitalFactor(runtime, sleeve.ordinal)
  const size = sizeOf(sleeve.config.sizing, asked)
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

/** Signed units of an entry that the limits allow; 0 where it is refused, which is noted here. */
function judgeEntry(
  runtime: Runtime,
  sleeve: SleeveRuntime,
  instrument: number,
  wanted: number,
  books: ProjectedBooks,
): number {
  const no = forbidden(runtime, sleeve, instrument, wanted)
  if (no !== null) {
    refuse(runtime, sleeve, instrument, no.rule, wanted, no.limit, no.value)
    return 0
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
      return 0
    }
  }
  const quantity = verdict.quantity
  books.take(change, quantity)
  return quantity
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
  // Legs that can lose without end need cover that a structure does not have; structures are kept in the base currency.
  if (!Number.isFinite(worstLoss(wish.legs, wish.credit, 1)) || state.books.currency[underlying] !== 0) {
    refuse(runtime, sleeve, underlying, 'notHoldable', 1, null, null)
    return
  }
  const count = sizeOf(sleeve.config.sizing, {
    price: wish.credit,
    unitValue: wish.maximumLoss,
    ownValue: wish.maximumLoss,
    unitsPerWhole: 1,
    step: 1,
    sleeveEquity: sizingBase(runtime, sleeve.ordinal),
    portfolioEquity: runtime.equity,
    factor: wishes.factor[row]! * capitalFactor(runtime, sleeve.ordinal),
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
export function closeStructure(runtime: Runtime, sleeve: number, id: number, reason: string): void {
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
