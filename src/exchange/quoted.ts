import { TYPE_CODE } from '../domain/columns.ts'
import type { OptionChain, OptionQuote } from '../domain/market.ts'
import { listedInstrument } from './account.ts'
import { admitQuoted } from './buying-power.ts'
import { type Desk, execute, type OrderLeg, say, type WorkingOrder } from './desk.ts'
import type { Moment } from './matching.ts'

/** A worthless contract still costs one cent to buy back. */
const BUY_BACK_MIN = 0.01

let prices = new Float64Array(8)
let middles = new Float64Array(8)

/** The chain that the exchange was given for this very instant; null where there is none. */
function chainNow(desk: Desk, index: number): OptionChain | null {
  const terms = listedInstrument(desk.listings, index).option
  const known = terms === null ? undefined : desk.chains.get(terms.underlying)
  return known !== undefined && known.at === desk.now ? known.chain : null
}

export function quoteNow(desk: Desk, index: number): OptionQuote | null {
  const terms = listedInstrument(desk.listings, index).option
  const chain = chainNow(desk, index)
  return terms === null || chain === null ? null : chain.quote(terms.expiry, terms.right, terms.strike)
}

/**
 * Tries an option order or a structure: every leg at the bid (sold) or ask (bought) of the chain of this instant, all
 * legs or none, without further slippage. Options trade at auctions and closes only, when chains are known.
 *
 * @returns why nothing was filled; null when it was, or when the order died
 */
export function tryQuoted(desk: Desk, order: WorkingOrder, moment: Moment): string | null {
  const early = wrongMoment(order.type, moment)
  if (early !== null) return early
  const legs = order.legs ?? [{ index: order.instrument, ratio: 1 }]
  const obstacle = priceLegs(desk, order, legs)
  if (obstacle !== null) return obstacle
  let wanted = order.remaining
  let evidence = ''
  for (let place = 0; place < legs.length; place += 1) {
    desk.listings.account.marks[legs[place]!.index] = middles[place]!
  }
  if (desk.checks && !order.reducing && !shrinks(desk, order, legs)) {
    const allowed = admitQuoted(desk, order, wanted, legs, prices)
    wanted = allowed.units
    evidence = allowed.evidence
  }
  if (wanted !== 0) {
    legs.forEach((leg, place) => {
      execute(desk, order, leg.index, leg.ratio * wanted, prices[place]!, middles[place]!)
    })
    order.remaining -= wanted
  }
  if (order.remaining !== 0) {
    order.dead = true
    say(desk, order.id, wanted === 0 ? 'rejected' : 'cancelled', evidence)
  }
  return null
}

function wrongMoment(type: number, moment: Moment): string | null {
  if (moment === 'range') return 'options are quoted at the open and at the close'
  if (type === TYPE_CODE.close) return moment === 'close' ? null : 'waits for the close'
  if (type === TYPE_CODE.limit) return null
  return moment === 'auction' ? null : 'waits for the open'
}

/** Fills `prices` and `middles`; says what is missing. */
function priceLegs(desk: Desk, order: WorkingOrder, legs: readonly OrderLeg[]): string | null {
  if (legs.length > prices.length) {
    prices = new Float64Array(legs.length)
    middles = new Float64Array(legs.length)
  }
  const side = order.remaining > 0 ? 1 : -1
  let net = 0
  for (let place = 0; place < legs.length; place += 1) {
    const leg = legs[place]!
    const direction = leg.ratio * side
    const price = legPrice(desk, leg.index, direction, order.reducing, place)
    if (Number.isNaN(price)) {
      return `"${listedInstrument(desk.listings, leg.index).symbol}" has no two-sided quote now`
    }
    prices[place] = price
    net += direction * price
  }
  if (order.type === TYPE_CODE.limit && net > order.limit * (order.legs === null ? side : 1)) {
    return `the net price ${net.toFixed(2)} is beyond the limit`
  }
  return null
}

function legPrice(desk: Desk, index: number, direction: number, closing: boolean, place: number): number {
  const quote = quoteNow(desk, index)
  if (quote !== null) {
    middles[place] = quote.mid
    return direction > 0 ? Math.max(quote.ask, closing ? BUY_BACK_MIN : 0) : Math.max(quote.bid, 0)
  }
  // A held contract that is out of the money and finds no bid any more is given away.
  if (!closing || direction > 0 || !isOutOfTheMoney(desk, index)) return Number.NaN
  middles[place] = 0
  return 0
}

function isOutOfTheMoney(desk: Desk, index: number): boolean {
  const terms = listedInstrument(desk.listings, index).option
  const chain = chainNow(desk, index)
  if (terms === null || chain === null) return false
  return terms.right === 'put' ? chain.spot > terms.strike : chain.spot < terms.strike
}

/** Whether every leg shrinks what the account holds of it. */
function shrinks(desk: Desk, order: WorkingOrder, legs: readonly OrderLeg[]): boolean {
  const { positions } = desk.listings.account
  return legs.every((leg) => {
    const units = leg.ratio * order.remaining
    const held = positions[leg.index]!
    return held !== 0 && held > 0 !== units > 0 && Math.abs(units) <= Math.abs(held)
  })
}
