import { tradedCash } from '../domain/traded-cash.ts'
import { type Listings, listedInstrument, movePosition } from './account.ts'
import { contribution, type Desk, feeOf, moneyText, type WorkingOrder } from './desk.ts'
import { type MarginState, marginState } from './margin.ts'

/** Money counts below which a lack is the rounding of a valuation, not a lack. */
const DUST = 1

const standing: MarginState = { available: 0, required: 0 }

/** What buying power left of an order: the signed units that fit, and why no more do. */
export interface Admission {
  units: number
  evidence: string
}

const admission: Admission = { units: 0, evidence: '' }

function admitted(units: number, evidence: string): Admission {
  admission.units = units
  admission.evidence = evidence
  return admission
}

/**
 * What an order in the instrument may bind, in counts of the base: a cash account pays out of the purse of the
 * instrument's currency and no other.
 */
function freeFor(desk: Desk, index: number): number {
  const { listings } = desk
  const place = listings.currencyOf[index]!
  if (place === 0 || desk.rules.kind === 'margin') return freeMargin(desk)
  return listings.account.purses[place]! * listings.toBase[place]!
}

/** Free initial margin (free cash in a cash account) in counts of the base. Reckoned once, then followed fill by fill. */
export function freeMargin(desk: Desk): number {
  if (Number.isNaN(desk.excess)) {
    const { available, required } = marginState(desk.listings, desk.rules, 'initial', standing)
    desk.excess = available - required
  }
  return desk.excess
}

/**
 * How much of a share or coin order the account can carry. The part that shrinks the account's position always passes;
 * the rest must leave free margin at zero or above after price and fee. One reused object is returned.
 */
export function admit(
  desk: Desk,
  order: WorkingOrder,
  index: number,
  units: number,
  price: number,
  reference: number,
): Admission {
  const { listings } = desk
  const position = listings.account.positions[index]!
  const closing = position !== 0 && position > 0 !== units > 0 ? Math.min(Math.abs(units), Math.abs(position)) : 0
  const size = Math.abs(units)
  if (closing === size) return admitted(units, '')
  const side = units > 0 ? 1 : -1
  if (side < 0) {
    const refusal = shortRefusal(desk, index)
    if (refusal !== null) return admitted(-closing, refusal)
  }
  const free = freeFor(desk, index)
  const left = (wanted: number): number => marginAfter(desk, order, index, wanted * side, price, reference, free)
  const after = left(size)
  if (after >= -DUST) return admitted(units, '')
  const step = listings.step[index]!
  const fits = largestFit(closing, size, step, (wanted) => left(wanted) >= -DUST)
  return admitted(fits * side, shortfall(desk, index, free - after, free, wholeText(listings, index, size, fits)))
}

function shortRefusal(desk: Desk, index: number): string | null {
  const instrument = listedInstrument(desk.listings, index)
  if (desk.rules.kind === 'cash') return `a cash account cannot hold "${instrument.symbol}" short`
  return instrument.shortable && !desk.listings.unborrowable.has(index)
    ? null
    : `"${instrument.symbol}" cannot be borrowed, so it cannot be held short`
}

function marginAfter(
  desk: Desk,
  order: WorkingOrder,
  index: number,
  units: number,
  price: number,
  reference: number,
  free: number,
): number {
  if (units === 0) return free
  const { account, scale } = desk.listings
  const position = account.positions[index]!
  const cash = tradedCash(units, price, scale[index]!)
  const paid = (units > 0 ? cash : -cash) + feeOf(desk, order, index, units, price)
  const before = contribution(desk, index, position, account.marks[index]!)
  const worth = paid * desk.listings.toBase[desk.listings.currencyOf[index]!]!
  return free + contribution(desk, index, position + units, reference) - before - worth
}

/** The largest count between `sure` and `most`, in steps above `sure`, that fits; fitting must be monotone. */
function largestFit(sure: number, most: number, step: number, fits: (count: number) => boolean): number {
  let low = 0
  let high = Math.floor((most - sure) / step)
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2)
    if (fits(sure + middle * step)) low = middle
    else high = middle - 1
  }
  return sure + low * step
}

/**
 * How much of an option order the account can carry: each count is tried on the books and taken back. Single contracts
 * are cut to what fits; a structure fits whole or not at all.
 *
 * @param prices per leg, as they would fill
 */
export function admitQuoted(
  desk: Desk,
  order: WorkingOrder,
  wanted: number,
  legs: readonly { readonly index: number; readonly ratio: number }[],
  prices: Float64Array,
): Admission {
  const free = freeMargin(desk)
  const side = wanted > 0 ? 1 : -1
  const left = (count: number): number => {
    let paid = 0
    legs.forEach((leg, place) => {
      const units = leg.ratio * count * side
      const cash = tradedCash(units, prices[place]!, desk.listings.scale[leg.index]!)
      paid += (units > 0 ? cash : -cash) + feeOf(desk, order, leg.index, units, prices[place]!)
      movePosition(desk.listings, leg.index, units)
    })
    const { available, required } = marginState(desk.listings, desk.rules, 'initial', standing)
    for (const leg of legs) movePosition(desk.listings, leg.index, -leg.ratio * count * side)
    return available - paid - required
  }
  const size = Math.abs(wanted)
  const after = left(size)
  if (after >= -DUST || after >= free) return admitted(wanted, '')
  const fits = legs.length > 1 ? 0 : largestFit(0, size, 1, (count) => count === 0 || left(count) >= -DUST)
  return admitted(fits * side, shortfall(desk, legs[0]!.index, free - after, free, `${size} to ${fits}`))
}

function wholeText(listings: Listings, index: number, from: number, to: number): string {
  const perWhole = listings.perWhole[index]!
  return `${from / perWhole} to ${to / perWhole}`
}

function shortfall(desk: Desk, index: number, binds: number, free: number, cut: string): string {
  const isCash = desk.rules.kind === 'cash'
  const { currencies, currencyOf, toBase } = desk.listings
  const place = isCash ? currencyOf[index]! : 0
  const text = (counts: number): string => moneyText(counts / toBase[place]!, currencies[place]!)
  const needed = binds < Number.POSITIVE_INFINITY ? `needs ${text(binds)}` : 'needs cover by shares'
  return `${needed} of ${isCash ? 'cash' : 'initial margin'}, ${text(Math.max(0, free))} is free: cut from ${cut}`
}
