/** Puts the part of a wish that is allowed where its moment will find it, with the exits that it must bring along. */
import type { StopLimit } from '../../domain/limits.ts'
import type { Protection, Terms } from '../../domain/orders.ts'
import { askForWaiting, needsApproval } from '../gates/approvals.ts'
import { listPlain, pushPlain, takesPlain } from '../orders/plain.ts'
import type { Runtime } from '../runtime.ts'
import { reserve } from '../state.ts'
import type { WishColumns } from '../view.ts'
import { currentRegime } from '../watch/regimes.ts'
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
  const protection = reducing ? null : protectionOf(runtime, sleeve, instrument, options?.protection ?? null)
  if (!reducing && options?.confidence !== undefined) tellSignal(runtime, wishes, row, quantity, protection)
  countOrder(runtime, sleeve)
  const isAsked = !reducing && needsApproval(runtime, sleeve, worthOf(runtime, instrument, quantity))
  if (!isAsked && options?.terms === undefined && protection === null && takesPlain(runtime, instrument)) {
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
  if (isAsked) askForWaiting(runtime, worthOf(runtime, instrument, quantity))
}

function worthOf({ unitValue }: Runtime, instrument: number, quantity: number): number {
  return Math.abs(quantity) * unitValue[instrument]!
}

/** What a strategy says that it is sure of to a degree, with what became of its size. */
function tellSignal(
  runtime: Runtime,
  wishes: WishColumns,
  row: number,
  quantity: number,
  protection: Protection | null,
): void {
  const { observer, state, tradeDate } = runtime
  const instrument = wishes.instrument[row]!
  const { stop, stopAt, target, targetAt } = protection ?? {}
  const price = state.mark[instrument]!
  const side = quantity > 0 ? 1 : -1
  const raw = (level: number | undefined, distance: number | undefined): number =>
    level === undefined ? price * (1 + side * (distance ?? Number.NaN)) : level / state.factor[instrument]!
  observer?.signalled?.({
    at: state.at,
    tradeDate,
    sleeve: wishes.sleeve[row]!,
    instrument,
    quantity,
    confidence: wishes.options[row]!.confidence!,
    price,
    stop: raw(stopAt, stop === undefined ? undefined : 0 - stop),
    target: raw(targetAt, target),
    regime: currentRegime(runtime, instrument),
    reason: wishes.reason[row]!,
  })
}

/** Largest loss, as a fraction of the price now on the signal scale, at which the protection closes the position. */
function lossOf(protection: Protection | null, price: number): number {
  if (protection === null) return Number.POSITIVE_INFINITY
  const { stop = Number.POSITIVE_INFINITY, stopAt, trail } = protection
  const fixed = stopAt === undefined ? stop : Math.min(stop, Math.abs(1 - stopAt / price))
  return trail === undefined ? fixed : Math.min(fixed, trail.fraction)
}

function hasStop(protection: Protection | null): boolean {
  return protection?.stopAt !== undefined || Number.isFinite(lossOf(protection, Number.NaN))
}

/** The wish's own exits within what the sleeve's limits ask of them. */
function protectionOf(
  { state, sleeves }: Runtime,
  sleeve: number,
  instrument: number,
  own: Protection | null,
): Protection | null {
  const limit = sleeves[sleeve]!.config.limits.position?.stop ?? null
  if (limit === null) return own
  const { standard, widest } = limit
  const loss = lossOf(own, state.mark[instrument]! * state.factor[instrument]!)
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
  if (!limit.required || limit.standard !== null || hasStop(entry.protection)) return false
  return !state.guards.some(
    (guard) => guard.sleeve === entry.sleeve && guard.instrument === entry.instrument && hasStop(guard.protection),
  )
}
