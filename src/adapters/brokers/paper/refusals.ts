/** What the paper venue refuses on sight, without asking the market. */
import type { BrokerCapabilities, OrderRequest } from '../../../domain/broker.ts'
import type { Instrument } from '../../../domain/instruments.ts'
import { isStructure, type Terms } from '../../../domain/orders.ts'
import type { PaperRules } from '../../../domain/paper.ts'
import { toTick } from '../../../domain/ticks.ts'

type InstrumentOf = (id: string) => Instrument | undefined

/** Why no venue would take the request; null where one would. */
export function malformation({ legs, quantity, terms }: OrderRequest, instrumentOf: InstrumentOf): string | null {
  if (legs.length === 0) return 'an order must name what it trades'
  for (const { instrument, ratio } of legs) {
    if (instrumentOf(instrument) === undefined) return `the venue does not list "${instrument}"`
    if (!Number.isInteger(ratio) || ratio === 0) return `a leg's ratio must be a whole number, was "${ratio}"`
  }
  if (!Number.isSafeInteger(quantity) || quantity === 0)
    return `quantity must be a whole number of units, was "${quantity}"`
  return levelFault(terms, isStructure(legs))
}

/** The net price of a structure may be below zero: money that is received. */
function levelFault({ type, limit, stop }: Terms, isStructure: boolean): string | null {
  if ((type === 'limit' || type === 'stopLimit') && !isLevel(limit, isStructure))
    return `a limit order must name its limit price, was "${limit ?? ''}"`
  if ((type === 'stop' || type === 'stopLimit') && !isLevel(stop, false))
    return `a stop order must name its stop price, was "${stop ?? ''}"`
  return null
}

function isLevel(level: number | undefined, mayBeBelowZero: boolean): boolean {
  return level !== undefined && Number.isFinite(level) && (mayBeBelowZero || level > 0)
}

/** What the broker that the venue stands for cannot do; null where it can. */
export function incapacity(
  { kinds, can }: BrokerCapabilities,
  { legs }: OrderRequest,
  instrumentOf: InstrumentOf,
): string | null {
  for (const { instrument } of legs) {
    const { kind, symbol } = instrumentOf(instrument)!
    if (!kinds.includes(kind)) return `the broker does not trade "${symbol}", of kind ${kind}`
  }
  return legs.length > 1 && !can.includes('structure') ? 'the broker trades no structures' : null
}

/**
 * Odd sizes, odd prices and orders too small for the broker; null where nothing is odd. Sizes are looked at alone: what
 * closes may be as small as what is left.
 *
 * @param price last one known of each instrument; NaN before the first
 */
export function oddity(
  { legs, quantity, terms, reducing }: OrderRequest,
  { orderMinimum }: Pick<PaperRules, 'orderMinimum'>,
  canFractions: boolean,
  instrumentOf: InstrumentOf,
  price: (index: number) => number,
): string | null {
  for (const { instrument, ratio } of legs) {
    const { symbol, step, unitsPerWhole } = instrumentOf(instrument)!
    const lot = canFractions || isStructure(legs) ? step : Math.max(step, unitsPerWhole)
    const units = quantity * ratio
    if (units % lot !== 0)
      return `${Math.abs(units) / unitsPerWhole} of "${symbol}" are not a whole number of lots of ${lot / unitsPerWhole}`
  }
  if (isStructure(legs)) return null
  const own = instrumentOf(legs[0]!.instrument)!
  for (const level of [terms.limit, terms.stop]) {
    if (level === undefined || toTick(own, level, 'down') === toTick(own, level, 'up')) continue
    return `price ${level} of "${own.symbol}" lies between two ticks`
  }
  const least = orderMinimum[own.kind] ?? 0
  const value = (Math.abs(quantity) / own.unitsPerWhole) * own.multiplier * (terms.limit ?? price(own.index))
  if (!reducing && value < least) return `an order of ${value.toFixed(2)} is below the least of ${least}`
  return null
}
