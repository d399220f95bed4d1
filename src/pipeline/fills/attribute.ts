/**
 * Fills: an execution of the account becomes each sleeve's part of it.
 * In:    a fill and what every share still wants   Out: quantities, cash and fees per share
 * Keeps: signed parts add up to the fill; cash and fees add up to the account's, to the last count
 */
import { splitByLargestRemainderInto } from '../../numerics/exact.ts'

/**
 * Deals a fill over what each share still wants, by largest remainder in whole steps; ties to the share declared first.
 *
 * @param filled signed units of the fill
 * @param open what each share still wants outside, signed; those of the other sign get nothing
 * @param out receives signed units
 */
export function dealFill(filled: number, open: Float64Array, count: number, step: number, out: Float64Array): void {
  if (count === 1) {
    out[0] = filled
    return
  }
  const side = filled < 0 ? -1 : 1
  if (takesAll(filled, open, count, side)) {
    for (let index = 0; index < count; index += 1) out[index] = open[index]! * side > 0 ? open[index]! : 0
    return
  }
  let measure = isWhole(filled, step) ? step : 1
  for (let index = 0; index < count; index += 1) if (!isWhole(open[index]!, measure)) measure = 1
  for (let index = 0; index < count; index += 1) {
    const wanted = open[index]! * side
    out[index] = wanted > 0 ? wanted / measure : 0
  }
  splitByLargestRemainderInto(Math.abs(filled) / measure, out, count, out)
  for (let index = 0; index < count; index += 1) out[index] = out[index]! * measure * side + 0
}

/** Whether a fill is all that the shares still want: then nothing is left to divide. */
function takesAll(filled: number, open: Float64Array, count: number, side: number): boolean {
  let wanted = 0
  for (let index = 0; index < count; index += 1) {
    const own = open[index]!
    if (!Number.isInteger(own)) return false
    if (own * side > 0) wanted += own
  }
  return wanted === filled && Math.abs(wanted) <= Number.MAX_SAFE_INTEGER
}

/** Whether a whole count is whole steps: the remainder of doubles says the same and costs ten times as much. */
function isWhole(count: number, step: number): boolean {
  return Math.floor(count / step) * step === count
}

/**
 * Splits an amount of whole counts over dealt quantities by largest remainder, in whole steps of the amount where it has
 * them (cents for fees), else count by count.
 */
export function dealAmount(
  amount: number,
  dealt: Float64Array,
  count: number,
  measure: { readonly quantityStep: number; readonly amountStep: number },
  out: Float64Array,
): void {
  if (count === 1) {
    out[0] = amount
    return
  }
  const amountStep = isWhole(amount, measure.amountStep) ? measure.amountStep : 1
  let quantityStep = measure.quantityStep
  for (let index = 0; index < count; index += 1) if (!isWhole(dealt[index]!, quantityStep)) quantityStep = 1
  for (let index = 0; index < count; index += 1) out[index] = Math.abs(dealt[index]!) / quantityStep
  splitByLargestRemainderInto(amount / amountStep, out, count, out)
  if (amountStep !== 1) for (let index = 0; index < count; index += 1) out[index] = out[index]! * amountStep
}
