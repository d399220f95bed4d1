import { type Netted, netWishes } from './net.ts'

/** What all sleeves wish in one instrument. */
export interface InstrumentWishes {
  /** Signed units per sleeve; 0 where a sleeve wishes nothing. */
  readonly wanted: Float64Array
  readonly price: number
}

export interface OrderCosts {
  readonly perUnit: number
  readonly perOrder: number
}

export interface OrderLoad {
  readonly orders: number
  readonly units: number
  readonly notional: number
  readonly fees: number
}

/** The orders of one cycle, each sleeve for itself and netted: instruments that net to nothing are saved whole. */
export interface NettingBenefit {
  readonly separate: OrderLoad
  readonly netted: OrderLoad
}

/** Compares separate orders with netted ones, in whole units. */
export function nettingBenefit(instruments: readonly InstrumentWishes[], costs: OrderCosts): NettingBenefit {
  let separate = { orders: 0, units: 0, notional: 0 }
  let netted = separate
  for (const { wanted, price } of instruments) {
    const result: Netted = { net: 0, crossed: 0 }
    netWishes(wanted, wanted.length, { step: 1, roundLot: 1 }, new Float64Array(wanted.length), result)
    for (const quantity of wanted) separate = withOrder(separate, quantity, price)
    netted = withOrder(netted, result.net, price)
  }
  const load = (sum: typeof separate): OrderLoad => ({
    ...sum,
    fees: sum.units * costs.perUnit + sum.orders * costs.perOrder,
  })
  return { separate: load(separate), netted: load(netted) }
}

function withOrder(
  sum: { orders: number; units: number; notional: number },
  quantity: number,
  price: number,
): { orders: number; units: number; notional: number } {
  if (quantity === 0) return sum
  const units = Math.abs(quantity)
  return { orders: sum.orders + 1, units: sum.units + units, notional: sum.notional + units * price }
}
