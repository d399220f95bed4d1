/** From wishes to allowed changes: sizing, then risk. Reducing first, then entries in the order sleeves are declared. */
import { FORCE_CODE, TYPE_CODE } from '../domain/columns.ts'
import type { Protection, Terms } from '../domain/orders.ts'
import type { Change, RuleName } from '../domain/risk.ts'
import { toDays, utcDate, WEEKDAY, weekday } from '../domain/sessions.ts'
import { toTick } from '../domain/ticks.ts'
import type { Instant, SleeveId, TradeDate } from '../domain/units.ts'
import { judge, type Verdict } from '../pipeline/risk/judge.ts'
import { sizeOf } from '../pipeline/sizing/size.ts'
import type { RefusalRecord } from './result.ts'
import type { ProjectedBooks } from './risk-view.ts'
import type { Runtime, SleeveRuntime } from './runtime.ts'
import { projectedOf, reserve } from './state.ts'
import { findStructure, listContract } from './structures.ts'
import { WISH, type WishColumns } from './view.ts'

const MARKET: Terms = { type: 'market', force: 'day' }
/** A wish that finds no auction for this long lapses: a market that stays shut, or a symbol that is gone. */
const WAIT_MS_MAX = 10 * 86_400_000

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
      return 0 - projectedOf(runtime.state, sleeve, instrument)
    case WISH.target:
      return wishes.value[row]! - projectedOf(runtime.state, sleeve, instrument)
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
    const projected = projectedOf(runtime.state, sleeve, instrument)
    // Turning around: the old side closes whatever the limits say about the new one.
    wanted = projected * wishes.value[row]! < 0 ? 0 - projected : 0
  }
  if (wanted === 0 || Number.isNaN(wanted)) return
  const reducing = reducingPart(runtime, sleeve, instrument, wanted)
  if (reducing === 0) return
  wishes.taken[row] = reducing
  const before = projectedOf(runtime.state, sleeve, instrument)
  wait(runtime, row, wishes, reducing, true)
  runtime.observer?.reduced(reducing, projectedOf(runtime.state, sleeve, instrument) - before)
}

/** How much of a change shrinks what the sleeve will hold, without crossing zero. */
export function reducingPart(runtime: Runtime, sleeve: number, instrument: number, wanted: number): number {
  const projected = projectedOf(runtime.state, sleeve, instrument)
  if (projected === 0 || projected > 0 === wanted > 0) return 0
  return Math.abs(wanted) <= Math.abs(projected) ? wanted : 0 - projected
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
  const reducing = reducingPart(runtime, sleeve.ordinal, instrument, wanted)
  if (reducing !== 0) {
    wait(runtime, row, wishes, reducing, true)
    wanted -= reducing
    if (wanted === 0) return
  }
  judgeEntry(runtime, sleeve, instrument, wanted, books, (quantity) => wait(runtime, row, wishes, quantity, false))
}

/** What is left of a target or change once its reducing part is on its way. */
function restOfWish(runtime: Runtime, wishes: WishColumns, row: number): number {
  if (wishes.kind[row] === WISH.change) return wishes.value[row]! - wishes.taken[row]!
  return wishes.value[row]! - projectedOf(runtime.state, wishes.sleeve[row]!, wishes.instrument[row]!)
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
  const weekendFactor = isWeekend(state.at) ? (sleeve.config.limits.weekend?.sizeFactor ?? 1) : 1
  const size = sizeOf(sleeve.config.sizing, {
    price,
    unitValue: runtime.unitValue[index]!,
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
  const missing = size * side - projectedOf(state, sleeve.ordinal, index)
  return missing * side > 0 ? missing : 0
}

export function isWeekend(at: number): boolean {
  const day = weekday(utcDate(at as Instant))
  return day === WEEKDAY.saturday || day === WEEKDAY.sunday
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
export function refuse(
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

export interface WaitingWish {
  readonly sleeve: number
  readonly instrument: number
  readonly quantity: number
  readonly terms: Terms
  readonly reducing: boolean
  readonly reason: string
  readonly protection: Protection | null
}

export function waitFor(runtime: Runtime, wish: WaitingWish): void {
  const { state } = runtime
  const instrument = state.instruments[wish.instrument]!
  const buys = wish.quantity > 0
  reserve(state, wish.sleeve, wish.instrument, wish.quantity)
  state.waiting.push({
    intent: state.nextIntent,
    sleeve: wish.sleeve,
    instrument: wish.instrument,
    quantity: wish.quantity,
    type: TYPE_CODE[wish.terms.type],
    force: FORCE_CODE[wish.terms.force],
    limit: toTick(instrument, wish.terms.limit ?? Number.NaN, buys ? 'down' : 'up'),
    stop: toTick(instrument, wish.terms.stop ?? Number.NaN, buys ? 'up' : 'down'),
    activeFrom: state.at,
    expires: state.at + WAIT_MS_MAX,
    reducing: wish.reducing,
    reason: wish.reason,
    protection: wish.protection,
  })
  state.nextIntent += 1
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
  const count = sizeOf(sleeve.config.sizing, {
    price: wish.credit,
    unitValue: wish.maximumLoss,
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
