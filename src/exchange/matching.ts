import { TYPE_CODE } from '../domain/columns.ts'

/** One instrument's bar, as matching reads it. */
export interface BarPrices {
  open: number
  high: number
  low: number
  close: number
  volume: number
}

export const MOMENTS = ['auction', 'range', 'close'] as const
/** Where in the bar an order meets the market. */
export type Moment = (typeof MOMENTS)[number]

/** What matching needs to know of an order. */
export interface Resting {
  readonly type: number
  limit: number
  readonly stop: number
  /** The stop has been reached: a market order from then on, or a limit where it names one. */
  triggered: boolean
}

/** Whether anything can trade: a bar without volume is locked limit up, limit down, or suspended. NaN volume: unknown, trades. */
export function trades(bar: BarPrices): boolean {
  return !Number.isNaN(bar.open) && bar.volume !== 0
}

/** Whether an order of this type pays slippage: limits fill at their price or better, all others cross the spread. */
export function slips(type: number): boolean {
  return type !== TYPE_CODE.limit && type !== TYPE_CODE.stopLimit
}

/**
 * The price at which an order meets the bar at this moment, before slippage; NaN where it does not.
 *
 * Auction: market and open orders at the open; a limit that the open satisfies at the open; a stop that was gapped
 * through at the open. Range: a limit that low or high reaches at the limit (at the open where that was better), a stop
 * at the stop, or at the open where it was gapped through. Close: close orders at the close, a limit that it satisfies.
 */
function matchPrice(order: Resting, side: number, bar: BarPrices, moment: Moment): number {
  switch (order.type) {
    case TYPE_CODE.market:
    case TYPE_CODE.open:
      return moment === 'auction' ? bar.open : Number.NaN
    case TYPE_CODE.close:
      return moment === 'close' ? bar.close : Number.NaN
    case TYPE_CODE.limit:
      return limitPrice(order.limit, side, bar, moment)
    case TYPE_CODE.stop: {
      // What the volume cap left of a triggered stop is a market order from then on.
      if (order.triggered) return moment === 'auction' ? bar.open : Number.NaN
      const reached = stopPrice(order.stop, side, bar, moment)
      if (!Number.isNaN(reached)) order.triggered = true
      return reached
    }
    default:
      return stopLimitPrice(order, side, bar, moment)
  }
}

/**
 * `matchPrice` of a bar that is the middle of a spread: a limit meets the quote on its side, so the middle must go beyond
 * it by half the spread. Stops are reached by the middle.
 *
 * @param half of the spread, as a fraction of price
 */
export function matchAround(order: Resting, side: number, bar: BarPrices, moment: Moment, half: number): number {
  if (half === 0 || slips(order.type)) return matchPrice(order, side, bar, moment)
  const { limit } = order
  order.limit = limit / (1 + side * half)
  const matched = matchPrice(order, side, bar, moment)
  order.limit = limit
  return matched
}

/**
 * Where the price has gone by the time that an order reaches it: so much of the way to the bar's worst.
 *
 * @param slide from 0 to 1
 */
export function slid(price: number, side: number, bar: BarPrices, slide: number): number {
  const worst = side > 0 ? Math.max(price, bar.high) : Math.min(price, bar.low)
  return price + (worst - price) * slide
}

/** A limit's fill: never beyond the limit, whatever rounding and waiting made of the price. */
export function atLimit(price: number, limit: number, side: number): number {
  return side > 0 ? Math.min(price, limit) : Math.max(price, limit)
}

function limitPrice(limit: number, side: number, bar: BarPrices, moment: Moment): number {
  const first = moment === 'close' ? bar.close : bar.open
  if ((limit - first) * side >= 0) return first
  if (moment !== 'range') return Number.NaN
  const best = side > 0 ? bar.low : bar.high
  return (limit - best) * side >= 0 ? limit : Number.NaN
}

function stopPrice(stop: number, side: number, bar: BarPrices, moment: Moment): number {
  const first = moment === 'close' ? bar.close : bar.open
  if ((first - stop) * side >= 0) return first
  if (moment !== 'range') return Number.NaN
  const worst = side > 0 ? bar.high : bar.low
  return (worst - stop) * side >= 0 ? stop : Number.NaN
}

/** The stop first; from then on a limit. Within the bar that triggers it, what trades next is known only at the stop. */
function stopLimitPrice(order: Resting, side: number, bar: BarPrices, moment: Moment): number {
  if (order.triggered) return limitPrice(order.limit, side, bar, moment)
  const reached = stopPrice(order.stop, side, bar, moment)
  if (Number.isNaN(reached)) return Number.NaN
  order.triggered = true
  if ((order.limit - reached) * side >= 0) return reached
  // Gapped beyond the limit at the open: the rest of the bar is still ahead of it.
  return moment === 'range' && reached === bar.open ? limitPrice(order.limit, side, bar, moment) : Number.NaN
}
