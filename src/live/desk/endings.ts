/** How an order ends: by its fills, by the venue's word, or by a conclusion that evidence allows. */
import type { BrokerOrderState } from '../../domain/broker.ts'
import type { ProtocolState } from '../../domain/order-records.ts'
import type { OrderState } from '../../domain/orders.ts'
import type { Instant, InstrumentId } from '../../domain/units.ts'
import { countReject } from './breakers.ts'
import { change, type Desk, isEnded, type Tracked, tell, type VenueEnd } from './tracked.ts'

type End = Exclude<ProtocolState, 'intended' | 'acked' | 'unknown'>

/** What the kernel calls it: an order that never left was taken back. */
const TOLD: Readonly<Record<End, OrderState>> = {
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
  unsent: 'cancelled',
}

/** The last word. The kernel knows an order to be filled by its fills, anything else is told. */
export function finish(desk: Desk, tracked: Tracked, state: End, evidence: string, now: Instant): void {
  const isFirst = !isEnded(tracked)
  change(desk, tracked, now, { state, evidence, isCancelling: false })
  tracked.pendingEnd = null
  tracked.sendAt = null
  tracked.unknownSince = null
  tracked.cancelSince = null
  tracked.isFrozen = false
  if (!isFirst) return
  rest(tracked)
  tracked.endedAt = now
  desk.ended.push(tracked)
  desk.open.delete(tracked)
  desk.catchUp?.pending.delete(tracked)
  const isByFills = tracked.record.filled === tracked.record.quantity
  if (!isByFills) tell(desk, tracked, TOLD[state], evidence)
  if (state === 'rejected') countReject(desk, tracked, evidence, now)
}

/** Nothing more is asked of the venue. */
function rest(tracked: Tracked): void {
  tracked.query.at = null
  tracked.cancel.at = null
  tracked.answerBy = null
}

/** Whether the executions that belong to the end that was heard are booked. */
export function hasArrived(tracked: Tracked): boolean {
  return Math.max(Math.abs(tracked.record.filled), heldUnits(tracked)) >= expectedFilled(tracked)
}

/** Whole units of a structure of which every leg is here, and none is booked before all of it is. */
function heldUnits({ record, heldLegs }: Tracked): number {
  if (heldLegs.length === 0) return 0
  const units = record.legs.map(({ instrument, ratio }) => heldOf(heldLegs, instrument) / Math.abs(ratio))
  return Math.floor(Math.min(...units))
}

/** Without sign. */
export function heldOf(legs: Tracked['heldLegs'], of: InstrumentId): number {
  let sum = 0
  for (const { instrument, quantity } of legs) if (instrument === of) sum += Math.abs(quantity)
  return sum
}

/** Units, without sign, that the venue says were filled: it may have said so before it took some back. */
export function expectedFilled({ record, heardFilled, pendingEnd, takenBack }: Tracked): number {
  const heard = pendingEnd?.state === 'filled' ? Math.abs(record.quantity) : heardFilled
  return heard - Math.abs(takenBack)
}

/** The venue says that it is over: believed once the fills that it names are here. */
export function endByVenue(desk: Desk, tracked: Tracked, state: VenueEnd, evidence: string, now: Instant): void {
  tracked.isVenueEnd = true
  if (isEnded(tracked)) return
  tracked.pendingEnd = { state, evidence }
  if (hasArrived(tracked)) finish(desk, tracked, state, evidence, now)
}

/** Whether it can still be filled. */
export function isLive(state: BrokerOrderState): state is 'working' | 'pendingCancel' {
  return state === 'working' || state === 'pendingCancel'
}

/** An order that is over here is over at the venue, too. */
export function leaveAlone(desk: Desk, tracked: Tracked, now: Instant): void {
  desk.open.delete(tracked)
  tracked.query.at = null
  tracked.cancel.at = null
  tracked.cancelSince = null
  if (tracked.record.isCancelling) change(desk, tracked, now, { isCancelling: false })
}
