/**
 * Netting: the wishes of all sleeves in one instrument become one order and the crosses inside.
 * In:    allowed quantities per sleeve, in declared order   Out: the broker order, each sleeve's crossed part
 * Keeps: what is bought inside is sold inside; order and crosses never exceed what was wished
 */
import { splitByLargestRemainderInto } from '../../numerics/exact.ts'

/** Reused by the caller: the result of one instrument. */
export interface Netted {
  /** Signed units for the broker, truncated toward zero to round lots; 0 = no order. */
  net: number
  /** Units crossed on each side. */
  crossed: number
}

let weights = new Float64Array(16)
let parts = new Float64Array(16)

/**
 * Nets one instrument. The smaller side is filled in full by the cross; the larger one shares it by largest remainder,
 * in whole steps, ties to the sleeve declared first.
 *
 * @param wanted signed units per sleeve
 * @param crossed receives the signed crossed units per sleeve
 */
export function netWishes(
  wanted: Float64Array,
  count: number,
  lot: { readonly step: number; readonly roundLot: number },
  crossed: Float64Array,
  result: Netted,
): void {
  let bought = 0
  let sold = 0
  for (let index = 0; index < count; index += 1) {
    const quantity = wanted[index]!
    if (quantity > 0) bought += quantity
    else sold -= quantity
  }
  const inside = bought < sold ? bought : sold
  const surplus = bought - sold
  const magnitude = Math.abs(surplus)
  const { roundLot } = lot
  const sent =
    Math.floor(magnitude / roundLot) * roundLot === magnitude ? magnitude : magnitude - (magnitude % roundLot)
  result.net = surplus < 0 ? 0 - sent : sent
  result.crossed = inside
  if (inside === 0) {
    for (let index = 0; index < count; index += 1) crossed[index] = 0
    return
  }
  const side = surplus >= 0 ? 1 : -1
  shareCross(wanted, count, { inside, side, step: lot.step }, crossed)
}

function shareCross(
  wanted: Float64Array,
  count: number,
  cross: { readonly inside: number; readonly side: number; readonly step: number },
  crossed: Float64Array,
): void {
  if (weights.length < count) {
    weights = new Float64Array(count * 2)
    parts = new Float64Array(count * 2)
  }
  const measure = wholeSteps(wanted, count, cross.step) ? cross.step : 1
  for (let index = 0; index < count; index += 1) {
    const onSide = wanted[index]! * cross.side
    weights[index] = onSide > 0 ? onSide / measure : 0
  }
  splitByLargestRemainderInto(cross.inside / measure, weights, count, parts)
  for (let index = 0; index < count; index += 1) {
    const quantity = wanted[index]!
    crossed[index] = quantity * cross.side > 0 ? parts[index]! * measure * cross.side : quantity
  }
}

function wholeSteps(quantities: Float64Array, count: number, step: number): boolean {
  if (step === 1) return true
  // The remainder of doubles says the same and costs ten times as much.
  for (let index = 0; index < count; index += 1) {
    const quantity = quantities[index]!
    if (Math.floor(quantity / step) * step !== quantity) return false
  }
  return true
}
