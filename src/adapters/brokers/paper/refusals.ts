/** What the paper venue refuses on sight, without asking the market. */
import type { OrderRequest } from '../../../domain/broker.ts'
import type { Instrument } from '../../../domain/instruments.ts'
import type { Terms } from '../../../domain/orders.ts'

/** Why no venue would take the request; null where one would. */
export function malformation(
  { legs, quantity, terms }: OrderRequest,
  instrumentOf: (id: string) => Instrument | undefined,
): string | null {
  if (legs.length === 0) return 'an order must name what it trades'
  for (const { instrument, ratio } of legs) {
    if (instrumentOf(instrument) === undefined) return `the venue does not list "${instrument}"`
    if (!Number.isInteger(ratio) || ratio === 0) return `a leg's ratio must be a whole number, was "${ratio}"`
  }
  if (!Number.isSafeInteger(quantity) || quantity === 0)
    return `quantity must be a whole number of units, was "${quantity}"`
  return levelFault(terms, legs.length > 1)
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
