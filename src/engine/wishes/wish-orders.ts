/** Puts the part of a wish that is allowed where its moment will find it, with the exits that it must bring along. */
import type { StopLimit } from '../../domain/limits.ts'
import type { Protection, Terms } from '../../domain/orders.ts'
import { listPlain, pushPlain, takesPlain } from '../orders/plain.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import { reserve } from '../state.ts'
import type { WishColumns } from '../view.ts'
import { countOrder } from './order-rate.ts'
import { waitFor } from './waiting.ts'

const MARKET: Terms = { type: 'market', force: 'day' }

export function placeWish(
  runtime: Runtime,
  wishes: WishColumns,
  row: number,
  quantity: number,
  reducing: boolean,
): void {
  const options = wishes.options[row]!
  const sleeve = wishes.sleeve[row]!
  const instrument = wishes.instrument[row]!
  const protection = reducing ? null : protectionOf(runtime.sleeves[sleeve]!, options?.protection ?? null)
  countOrder(runtime, sleeve)
  if (options?.terms === undefined && protection === null && takesPlain(runtime, instrument)) {
    reserve(runtime.state, sleeve, instrument, quantity)
    pushPlain(runtime, sleeve, instrument, quantity, reducing, wishes.reason[row]!)
    return
  }
  listPlain(runtime)
  waitFor(runtime, {
    sleeve,
    instrument,
    quantity,
    terms: options?.terms ?? MARKET,
    reducing,
    reason: wishes.reason[row]!,
    protection,
  })
}

/** Largest loss, as a fraction of the entry price, at which the protection closes the position. */
function lossOf(protection: Protection | null): number {
  if (protection === null) return Number.POSITIVE_INFINITY
  const { stop = Number.POSITIVE_INFINITY, trail } = protection
  return trail === undefined ? stop : Math.min(stop, trail.fraction)
}

/** The wish's own exits within what the sleeve's limits ask of them. */
function protectionOf(sleeve: SleeveRuntime, own: Protection | null): Protection | null {
  const limit = sleeve.config.limits.position?.stop ?? null
  if (limit === null) return own
  const { standard, widest } = limit
  const loss = lossOf(own)
  const wanted = Number.isFinite(loss) ? loss : (standard ?? loss)
  const stop = widest === null ? wanted : Math.min(wanted, widest)
  return stop < loss ? { ...own, stop } : own
}

/** Whether an entry must be refused for bringing no stop along: none of its own, none kept already, none by default. */
export function lacksStop(
  { state }: Runtime,
  limit: StopLimit,
  entry: { readonly sleeve: number; readonly instrument: number; readonly protection: Protection | null },
): boolean {
  if (!limit.required || limit.standard !== null || Number.isFinite(lossOf(entry.protection))) return false
  return !state.guards.some(
    (guard) =>
      guard.sleeve === entry.sleeve &&
      guard.instrument === entry.instrument &&
      Number.isFinite(lossOf(guard.protection)),
  )
}
