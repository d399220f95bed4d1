import { tradedCash } from '../../domain/traded-cash.ts'
import { splitByLargestRemainderInto } from '../../numerics/exact.ts'

/**
 * Shares after a split, dealt to the sleeves: the broker keeps whole steps of the net entitlement (truncated toward
 * zero); each sleeve gets its own whole steps, and what is missing to the broker's count goes by largest fraction. The
 * rest of every entitlement is settled in cash at the price after the split. Sums are conserved.
 *
 * @param held old quantities per sleeve, in units
 * @param whole receives the new quantities
 * @param fraction receives entitlement - new quantity, in (fractional) units, to be settled in cash
 * @returns the broker's new net quantity
 */
export function splitEntitlements(
  held: Float64Array,
  ratio: { readonly numerator: number; readonly denominator: number; readonly step: number },
  whole: Float64Array,
  fraction: Float64Array,
): number {
  const { numerator, denominator, step } = ratio
  const unit = denominator * step
  let net = 0
  for (const quantity of held) net += quantity
  // Counted in numerators over (denominator x step), so that no fraction is ever rounded.
  const brokerSteps = truncatedDivision(net, numerator, unit)
  let dealt = 0
  for (let sleeve = 0; sleeve < held.length; sleeve += 1) {
    const steps = truncatedDivision(held[sleeve]!, numerator, unit)
    whole[sleeve] = steps
    fraction[sleeve] = remainderOf(held[sleeve]!, numerator, unit)
    dealt += steps
  }
  let missing = brokerSteps - dealt
  const direction = missing < 0 ? -1 : 1
  for (; missing !== 0; missing -= direction) {
    let best = -1
    for (let sleeve = 0; sleeve < held.length; sleeve += 1) {
      if (held[sleeve] !== 0 && (best < 0 || fraction[sleeve]! * direction > fraction[best]! * direction)) best = sleeve
    }
    whole[best] = whole[best]! + direction
    fraction[best] = fraction[best]! - direction * unit
  }
  for (let sleeve = 0; sleeve < held.length; sleeve += 1) {
    whole[sleeve] = whole[sleeve]! * step
    fraction[sleeve] = fraction[sleeve]! / denominator
  }
  return brokerSteps * step
}

function truncatedDivision(quantity: number, numerator: number, unit: number): number {
  const product = quantity * numerator
  if (Number.isSafeInteger(product) && Number.isSafeInteger(unit)) return (product - (product % unit)) / unit + 0
  return Number((BigInt(quantity) * BigInt(numerator)) / BigInt(unit))
}

function remainderOf(quantity: number, numerator: number, unit: number): number {
  const product = quantity * numerator
  if (Number.isSafeInteger(product) && Number.isSafeInteger(unit)) return (product % unit) + 0
  return Number((BigInt(quantity) * BigInt(numerator)) % BigInt(unit))
}

/**
 * A cash amount per unit paid on signed holdings: every sleeve gets its own part, shorts pay, and the parts add up to
 * what the broker pays on the net. Longs and shorts are each rounded once and split by largest remainder; a last count
 * between the two sides goes to the largest holder.
 *
 * @param perWhole cash for one whole share
 * @param scale money counts of one unit at a price of one
 * @param out receives signed money counts per sleeve
 * @returns the broker's payment on the net, in money counts
 */
export function cashEntitlements(
  held: Float64Array,
  payment: { readonly perWhole: number; readonly scale: number; readonly step: number },
  out: Float64Array,
): number {
  const { perWhole, scale, step } = payment
  const paid = (units: number): number =>
    units < 0 ? 0 - tradedCash(units, perWhole, scale) : tradedCash(units, perWhole, scale)
  const count = held.length
  const long = new Float64Array(count)
  const short = new Float64Array(count)
  let net = 0
  let longs = 0
  let shorts = 0
  let largest = 0
  for (let sleeve = 0; sleeve < count; sleeve += 1) {
    const quantity = held[sleeve]!
    net += quantity
    const weight = Math.abs(quantity) % step === 0 ? Math.abs(quantity) / step : Math.abs(quantity)
    if (quantity > 0) {
      longs += quantity
      long[sleeve] = weight
    } else if (quantity < 0) {
      shorts -= quantity
      short[sleeve] = weight
    }
    if (Math.abs(quantity) > Math.abs(held[largest]!)) largest = sleeve
  }
  const brokerCash = paid(net)
  const longCash = paid(longs)
  const shortCash = paid(shorts)
  splitByLargestRemainderInto(longCash, weightsFor(held, long, 1, step), count, long)
  splitByLargestRemainderInto(shortCash, weightsFor(held, short, -1, step), count, short)
  for (let sleeve = 0; sleeve < count; sleeve += 1) out[sleeve] = long[sleeve]! - short[sleeve]!
  out[largest] = out[largest]! + (brokerCash - (longCash - shortCash))
  return brokerCash
}

/**
 * A charge per unit on what is held short: every short pays on its own count, the broker charges the net. What a sleeve
 * borrows from a long of another sleeve it pays to that one; the parts add up to the broker's charge.
 *
 * @param payment as in `cashEntitlements`, `perWhole` being the charge on one whole share
 * @param out receives signed money counts per sleeve
 * @returns what the broker takes, in money counts: zero or negative
 */
export function borrowCharges(
  held: Float64Array,
  payment: { readonly perWhole: number; readonly scale: number; readonly step: number },
  out: Float64Array,
): number {
  const { perWhole, scale, step } = payment
  const count = held.length
  let longs = 0
  let shorts = 0
  for (let sleeve = 0; sleeve < count; sleeve += 1) {
    if (held[sleeve]! > 0) longs += held[sleeve]!
    else shorts -= held[sleeve]!
  }
  const charge = tradedCash(shorts, perWhole, scale)
  const broker = shorts > longs ? tradedCash(shorts - longs, perWhole, scale) : 0
  const sideOf = (side: 1 | -1): Float64Array => {
    const ragged = held.some((quantity) => quantity * side > 0 && Math.abs(quantity) % step !== 0)
    const measure = ragged ? 1 : step
    return Float64Array.from(held, (quantity) => (quantity * side > 0 ? Math.abs(quantity) / measure : 0))
  }
  const paid = new Float64Array(count)
  const lent = new Float64Array(count)
  if (charge > 0) splitByLargestRemainderInto(charge, sideOf(-1), count, paid)
  if (charge > broker) splitByLargestRemainderInto(charge - broker, sideOf(1), count, lent)
  for (let sleeve = 0; sleeve < count; sleeve += 1) out[sleeve] = lent[sleeve]! - paid[sleeve]!
  return 0 - broker
}

/** One measure for all of a side: steps where everybody holds whole steps, else units. */
function weightsFor(held: Float64Array, weights: Float64Array, side: 1 | -1, step: number): Float64Array {
  const ragged = held.some((quantity) => quantity * side > 0 && Math.abs(quantity) % step !== 0)
  if (!ragged) return weights
  return Float64Array.from(held, (quantity) => (quantity * side > 0 ? Math.abs(quantity) : 0))
}
