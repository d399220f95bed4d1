import { FORCE_CODE, type OrderColumns, TYPE_CODE } from '../domain/columns.ts'
import type { Leg } from '../domain/orders.ts'
import { listedInstrument } from './account.ts'
import { admit } from './buying-power.ts'
import { nothingTraded } from './commission.ts'
import { type BarSlot, type Desk, execute, type OrderLeg, say, type WorkingOrder } from './desk.ts'
import { atLimit, type Moment, matchAround, slid, slips, trades } from './matching.ts'
import { tryQuoted } from './quoted.ts'
import { slippageFraction, slipped } from './slippage.ts'

/** An order with nothing traded yet. One is reused for every order tried; what rests is a copy. */
export function blankOrder(): WorkingOrder {
  return {
    id: 0,
    instrument: -1,
    type: 0,
    force: 0,
    limit: Number.NaN,
    stop: Number.NaN,
    triggered: false,
    remaining: 0,
    reducing: false,
    legs: null,
    traded: nothingTraded(),
    charged: 0,
    tapped: -1,
    taken: 0,
    dead: false,
  }
}

/** Reads one row of the kernel's orders into the reused order. */
export function readOrder(desk: Desk, orders: OrderColumns, row: number, order: WorkingOrder): void {
  order.id = orders.id[row]!
  order.instrument = orders.instrument[row]!
  order.type = orders.type[row]!
  order.force = orders.force[row]!
  order.limit = orders.limit[row]!
  order.stop = orders.stop[row]!
  order.triggered = false
  order.remaining = orders.quantity[row]!
  order.reducing = orders.reducing[row] === 1
  const legs = orders.legs[row]
  order.legs = order.instrument < 0 && legs !== null && legs !== undefined ? resolved(desk, legs) : null
  order.traded.shares = 0
  order.traded.value = 0
  order.traded.soldShares = 0
  order.traded.soldValue = 0
  order.charged = 0
  order.tapped = -1
  order.taken = 0
  order.dead = false
}

function resolved(desk: Desk, legs: readonly Leg[]): OrderLeg[] {
  return legs.map((leg) => ({ index: desk.listings.indexOf.get(leg.instrument) ?? -1, ratio: leg.ratio }))
}

/** A copy that rests until its price comes. */
export function resting(order: WorkingOrder): WorkingOrder {
  return { ...order, traded: { ...order.traded } }
}

/** What is wrong with an order that no market could take; null when nothing is. */
export function refusalOf(desk: Desk, order: WorkingOrder): string | null {
  const { listings } = desk
  if (order.legs !== null) {
    if (order.legs.some((leg) => listings.instruments[leg.index] === undefined)) return 'a leg is not listed'
    return order.type === TYPE_CODE.stop || order.type === TYPE_CODE.stopLimit ? 'structures take no stop orders' : null
  }
  if (listings.instruments[order.instrument] === undefined) return 'the instrument is not listed'
  const place = listings.currencyOf[order.instrument]!
  if (Number.isNaN(listings.toBase[place]!) && !order.reducing)
    return `no rate of ${listings.currencies[place]} is known`
  const stops = order.type === TYPE_CODE.stop || order.type === TYPE_CODE.stopLimit
  if (stops && listings.isOption[order.instrument] === 1) return 'options take no stop orders'
  if (stops && Number.isNaN(order.stop)) return 'a stop order must name its stop price'
  const limits = order.type === TYPE_CODE.limit || order.type === TYPE_CODE.stopLimit
  return limits && Number.isNaN(order.limit) ? 'a limit order must name its limit price' : null
}

/** Whether the order trades at quotes instead of bars. */
export function isQuoted(desk: Desk, order: WorkingOrder): boolean {
  return order.legs !== null || desk.listings.isOption[order.instrument] === 1
}

/** The instrument's bars that stand at this moment now; null when its market is not there. */
export function slotFor(desk: Desk, index: number, moment: Moment): BarSlot | null {
  const { slots } = desk
  for (let place = 0; place < slots.length; place += 1) {
    const slot = slots[place]!
    if (slot.moment !== moment || slot.at !== desk.now) continue
    const row = index < slot.rowOf.length ? slot.rowOf[index]! : -1
    if (row >= 0) return slot
  }
  return null
}

/**
 * Tries an order once at this moment and books what fills.
 *
 * @returns why something of it is still open; null when nothing is left or it died (`order.dead`)
 */
export function tryOrder(desk: Desk, order: WorkingOrder, moment: Moment): string | null {
  if (isQuoted(desk, order)) return tryQuoted(desk, order, moment)
  const slot = slotFor(desk, order.instrument, moment)
  return slot === null ? 'no bar now' : tryAtBar(desk, order, slot, moment)
}

function tryAtBar(desk: Desk, order: WorkingOrder, slot: BarSlot, moment: Moment): string | null {
  const index = order.instrument
  const row = slot.rowOf[index]!
  const { bar } = desk
  bar.open = slot.bars.open[row]!
  bar.high = slot.bars.high[row]!
  bar.low = slot.bars.low[row]!
  bar.close = slot.bars.close[row]!
  bar.volume = slot.bars.volume[row]!
  if (!trades(bar)) return Number.isNaN(bar.open) ? 'no bar now' : 'the bar has no volume'
  const side = order.remaining > 0 ? 1 : -1
  const { listings } = desk
  const { slippage: model, halfSpread: half = 0 } = listings.costs[index]!
  const matched = matchAround(order, side, bar, meetsAs(desk, order, moment), half)
  if (Number.isNaN(matched)) return 'its price or moment has not come'
  const reference = desk.slide > 0 ? slid(matched, side, bar, desk.slide) : matched
  if (desk.slide > 0 && isGone(desk, order, side, reference, moment, half)) return 'its price has gone'
  const units = withinVolume(desk, order, slot)
  if (units === 0) return 'the volume cap leaves nothing'
  const fraction =
    model.kind === 'none' || !slips(order.type)
      ? half
      : half + slippageFraction(model, Math.abs(units) / listings.perWhole[index]!, bar.volume)
  const price = fraction === 0 ? reference : slipped(reference, side, fraction)
  return fill(desk, order, units, slips(order.type) ? price : atLimit(price, order.limit, side), reference)
}

/** Signed units that the cap on the bar's volume lets this order take, in whole steps. */
function withinVolume(desk: Desk, order: WorkingOrder, slot: BarSlot): number {
  const index = order.instrument
  const cap = desk.listings.costs[index]!.participationMax
  const { volume } = desk.bar
  if (cap === null || Number.isNaN(volume)) return order.remaining
  if (order.tapped !== slot.serial) {
    order.tapped = slot.serial
    order.taken = 0
  }
  const step = desk.listings.step[index]!
  const most = Math.floor((cap * volume * desk.listings.perWhole[index]!) / step) * step - order.taken
  if (Math.abs(order.remaining) <= most) return order.remaining
  return most <= 0 ? 0 : order.remaining > 0 ? most : -most
}

function fill(desk: Desk, order: WorkingOrder, units: number, price: number, reference: number): string | null {
  let allowed = units
  let evidence = ''
  if (desk.checks && !order.reducing) {
    const admission = admit(desk, order, order.instrument, units, price, reference)
    allowed = admission.units
    evidence = admission.evidence
  }
  if (allowed !== 0) {
    execute(desk, order, order.instrument, allowed, price, reference)
    order.remaining -= allowed
    order.taken += Math.abs(allowed)
  }
  if (allowed !== units) {
    order.dead = true
    say(desk, order.id, allowed === 0 && order.traded.shares === 0 ? 'rejected' : 'cancelled', evidence)
    return null
  }
  return order.remaining === 0 ? null : 'the volume cap leaves a rest'
}

/** The moment by whose rules an order is matched: one that missed its auction meets the bar as if it were there. */
export function meetsAs({ slide }: Desk, { type, force }: WorkingOrder, moment: Moment): Moment {
  if (slide === 0 || moment !== 'range') return moment
  const atAuction = type === TYPE_CODE.market || type === TYPE_CODE.open || force === FORCE_CODE.cycle
  return atAuction ? 'auction' : moment
}

/** Whether a limit that takes what is there at once came too late for it. */
function isGone(
  desk: Desk,
  order: WorkingOrder,
  side: number,
  reference: number,
  moment: Moment,
  half: number,
): boolean {
  if (slips(order.type) || meetsAs(desk, order, moment) !== 'auction') return false
  return (order.limit / (1 + side * half) - reference) * side < 0
}

/** Whether an order of this force lapses after this moment has been tried. */
export function lapses(order: WorkingOrder, moment: Moment): boolean {
  if (order.force === FORCE_CODE.gtc) return false
  // A close order has one moment only, whatever its force.
  if (order.type === TYPE_CODE.close) return moment === 'close'
  if (order.force !== FORCE_CODE.cycle) return false
  const atAuction = order.type === TYPE_CODE.market || order.type === TYPE_CODE.open
  return atAuction ? moment === 'auction' : true
}

/** Name of the order's instrument, or of its legs, for evidence. */
export function orderName(desk: Desk, order: WorkingOrder): string {
  if (order.legs === null) return listedInstrument(desk.listings, order.instrument).symbol
  return order.legs.map((leg) => `${leg.ratio} ${listedInstrument(desk.listings, leg.index).symbol}`).join(' ')
}
