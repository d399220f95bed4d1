/** What an answer of the venue, or the lack of one, means for an order. Nothing but evidence ends one. */
import type { BrokerOrder, CancelAnswer, SubmitAnswer } from '../../domain/broker.ts'
import type { Instant } from '../../domain/units.ts'
import { countTaken } from './breakers.ts'
import { endByVenue, finish, hasArrived, isLive, leaveAlone } from './endings.ts'
import { alertOnce, change, type Desk, isEnded, later, type Tracked, tell } from './tracked.ts'

export function takeSubmitAnswer(desk: Desk, tracked: Tracked, answer: SubmitAnswer | null, now: Instant): void {
  tracked.isSending = false
  tracked.answerBy = null
  tracked.lastSentAt = now
  if (isEnded(tracked) && answer?.state !== 'accepted') return
  if (answer === null || answer.state === 'unknown') {
    tracked.isDoubtful = true
    becomeUnknown(desk, tracked, answer?.evidence ?? 'the broker could not be asked', now)
    return
  }
  switch (answer.state) {
    case 'accepted':
      takeAccepted(desk, tracked, answer.brokerId, now)
      return
    case 'deferred':
      tracked.sendAt = (now + answer.retryAfter) as Instant
      if (!tracked.isDoubtful) tracked.isOut = false
      change(desk, tracked, now, { evidence: answer.evidence })
      return
    case 'rejected':
      takeRejected(desk, tracked, answer.evidence, now)
  }
}

function takeAccepted(desk: Desk, tracked: Tracked, brokerId: string, now: Instant): void {
  if (isEnded(tracked)) {
    // A conclusion that it never arrived was wrong, or its fills came before the answer.
    if (tracked.record.brokerId === null) change(desk, tracked, now, { brokerId })
    if (!tracked.isVenueEnd) recover(desk, tracked, 'it was accepted after all', now)
    return
  }
  becomeAcked(desk, tracked, brokerId, 'accepted', now)
}

/** A first request that was refused is over. One that was made again may be refused because the first one arrived. */
function takeRejected(desk: Desk, tracked: Tracked, evidence: string, now: Instant): void {
  const isSeen = tracked.record.state === 'acked' || tracked.record.filled !== 0
  if (!tracked.isDoubtful && !isSeen) {
    tracked.isVenueEnd = true
    finish(desk, tracked, 'rejected', evidence, now)
    return
  }
  tracked.refusal = evidence
  ask(tracked, now)
}

/** The broker may or may not have it: its instrument is frozen until evidence says which. */
export function becomeUnknown(desk: Desk, tracked: Tracked, evidence: string, now: Instant): void {
  if (isEnded(tracked)) return
  tracked.isOut = true
  tracked.sendAt = null
  tracked.query.tries = 0
  tracked.query.at = (now + desk.policy.resolveAfter) as Instant
  // What was heard of it since is better evidence than a lost answer.
  if (tracked.record.state !== 'acked') markUnknown(desk, tracked, evidence, now)
}

function markUnknown(desk: Desk, tracked: Tracked, evidence: string, now: Instant): void {
  tracked.unknownSince ??= now
  change(desk, tracked, now, { state: 'unknown', evidence })
  if (tracked.isFrozen) return
  tracked.isFrozen = true
  tell(desk, tracked, 'unknown', evidence)
}

export function becomeAcked(
  desk: Desk,
  tracked: Tracked,
  brokerId: string | null,
  evidence: string,
  now: Instant,
): void {
  const { record } = tracked
  if (record.state !== 'acked' || record.brokerId === null)
    change(desk, tracked, now, { state: 'acked', brokerId, evidence })
  else if (brokerId !== null && record.brokerId !== brokerId) alertTwice(desk, tracked, brokerId, now)
  tracked.isOut = true
  tracked.isDoubtful = false
  tracked.refusal = null
  tracked.sendAt = null
  tracked.unknownSince = null
  tracked.absences = 0
  countTaken(desk, tracked)
  noteNews(desk, tracked, now)
  if (tracked.record.isCancelling && tracked.cancel.at === null && !tracked.cancel.isAsked) tracked.cancel.at = now
  if (!tracked.isFrozen) return
  tracked.isFrozen = false
  tell(desk, tracked, 'working', evidence)
}

function alertTwice(desk: Desk, tracked: Tracked, brokerId: string, now: Instant): void {
  const text = `order ${tracked.record.order} is at the broker as "${tracked.record.brokerId}" and as "${brokerId}"`
  alertOnce(desk, now, 'orphan', tracked, text)
}

/** Something was heard of it: the next question can wait. */
function noteNews(desk: Desk, tracked: Tracked, now: Instant): void {
  tracked.query.tries = 0
  if (!isEnded(tracked)) tracked.query.at = (now + desk.policy.queryAfter) as Instant
}

/** Asks for it at once. */
export function ask(tracked: Tracked, at: Instant): void {
  tracked.query.at = at
}

/** What the venue shows of an order, asked for or by itself. Old news changes nothing. */
export function takeOrder(desk: Desk, tracked: Tracked, order: BrokerOrder, now: Instant): void {
  tracked.heardFilled = Math.max(tracked.heardFilled, Math.abs(order.filled))
  tracked.absences = 0
  tracked.isOut = true
  if (order.quantity !== tracked.record.quantity) {
    const text = `order ${tracked.record.order} of ${tracked.record.quantity} units is one of ${order.quantity} at the broker`
    alertOnce(desk, now, 'misfit', tracked, text)
  }
  if (isEnded(tracked)) {
    takeOrderAfterEnd(desk, tracked, order, now)
  } else if (isLive(order.state)) {
    becomeAcked(desk, tracked, order.brokerId, `the broker shows it as ${order.state}`, now)
  } else {
    if (tracked.record.brokerId === null) change(desk, tracked, now, { brokerId: order.brokerId })
    endByVenue(desk, tracked, order.state, order.evidence, now)
  }
  if (!hasArrived(tracked)) sweepSoon(desk, now)
  if (tracked.pendingEnd !== null) {
    sweepSoon(desk, now)
    ask(tracked, later(now, desk.policy.resolveAfter, desk.policy.resolveAtMost, tracked.fruitless))
  }
}

function takeOrderAfterEnd(desk: Desk, tracked: Tracked, order: BrokerOrder, now: Instant): void {
  if (tracked.record.brokerId === null) change(desk, tracked, now, { brokerId: order.brokerId })
  if (!isLive(order.state)) {
    tracked.isVenueEnd = true
    leaveAlone(desk, tracked, now)
  } else if (!tracked.isVenueEnd) recover(desk, tracked, `the broker shows it as ${order.state}`, now)
}

/** It was thought never to have arrived, and lives: it is taken back, and what it filled is booked. */
function recover(desk: Desk, tracked: Tracked, evidence: string, now: Instant): void {
  const { order, state } = tracked.record
  alertOnce(desk, now, 'orphan', tracked, `order ${order} ended as ${state}, yet ${evidence}: it is cancelled`)
  desk.open.add(tracked)
  if (!tracked.record.isCancelling) change(desk, tracked, now, { isCancelling: true })
  tracked.cancel.at ??= now
  tracked.cancelSince ??= now
  tracked.query.at = (now + desk.policy.queryAfter) as Instant
}

/** The venue says that it does not have it. */
export function takeAbsence(desk: Desk, tracked: Tracked, now: Instant): void {
  const { record } = tracked
  const { policy } = desk
  if (tracked.isSending) return
  tracked.absences += 1
  tracked.query.at = later(now, policy.resolveAfter, policy.resolveAtMost, tracked.absences)
  if (isEnded(tracked)) {
    // It was concluded to be absent, and is.
    leaveAlone(desk, tracked, now)
    return
  }
  if (record.brokerId !== null || record.filled !== 0) {
    loseByVenue(desk, tracked, now)
    return
  }
  if (record.state === 'intended') becomeUnknown(desk, tracked, 'the broker does not show it yet', now)
  if (tracked.absences < policy.absencesMin) return
  conclude(desk, tracked, now)
}

/** An order that the venue had and denies now: no conclusion is drawn, whatever it says. */
function loseByVenue(desk: Desk, tracked: Tracked, now: Instant): void {
  if (tracked.absences < desk.policy.absencesMin) return
  const evidence = 'the broker had it and says that it does not'
  sweepSoon(desk, now)
  if (tracked.record.state !== 'unknown') markUnknown(desk, tracked, evidence, now)
  alertOnce(
    desk,
    now,
    'lostByVenue',
    tracked,
    `order ${tracked.record.order}: ${evidence}; an operator must say what it is`,
  )
}

/**
 * Absent often enough: where ids are enforced the same request may be made again, for what is late can only be refused;
 * elsewhere absence is proof once a request can no longer arrive.
 */
function conclude(desk: Desk, tracked: Tracked, now: Instant): void {
  const { grace } = desk.policy
  const { clientIds, requestLife } = desk.options.capabilities
  const since = now - (tracked.lastSentAt ?? Number.NEGATIVE_INFINITY)
  const mayAgain = clientIds === 'enforced' && isStillMeant(desk, tracked, now)
  if (mayAgain && since >= grace) {
    tracked.sendAt = now
    tracked.query.at = null
    tracked.absences = 0
    return
  }
  if (mayAgain) return
  if (clientIds === 'none' && requestLife === null) {
    const text = `order ${tracked.record.order} may still arrive at the broker at any time: an operator must decide`
    alertOnce(desk, now, 'unresolved', tracked, text)
    return
  }
  if (since >= (requestLife ?? 0) + grace) endAbsent(desk, tracked, now)
}

/** Whether the order would still be sent. */
export function isStillMeant(desk: Desk, { record, refusal }: Tracked, now: Instant): boolean {
  const age = now - record.intendedAt
  // Younger than nothing: the clock was set back between two processes, and nobody knows how old it is.
  return refusal === null && !record.isCancelling && age >= 0 && age <= desk.policy.intentLife
}

function endAbsent(desk: Desk, tracked: Tracked, now: Instant): void {
  const { record, refusal } = tracked
  const evidence = `the broker said ${tracked.absences} times that it does not have it`
  if (refusal !== null) finish(desk, tracked, 'rejected', refusal, now)
  else if (record.isCancelling) finish(desk, tracked, 'cancelled', evidence, now)
  else finish(desk, tracked, record.sends === 0 ? 'unsent' : 'expired', evidence, now)
}

export function takeCancelAnswer(desk: Desk, tracked: Tracked, answer: CancelAnswer | null, now: Instant): void {
  const { policy } = desk
  tracked.cancel.isAsked = false
  if (isEnded(tracked) && !desk.open.has(tracked)) return
  tracked.cancel.at = later(now, policy.cancelAgainAfter, policy.queryAtMost, tracked.cancel.tries - 1)
  if (answer?.state === 'requested') {
    tracked.query.at = earlier(tracked.query.at, (now + policy.queryAfter) as Instant)
    return
  }
  // Not active any more, or nobody knows: it may just have been filled.
  ask(tracked, now)
  sweepSoon(desk, now)
}

function earlier(one: Instant | null, other: Instant): Instant {
  return one === null || other < one ? other : one
}

/** Executions are asked for at once, and once more where that is being done already. */
export function sweepSoon(desk: Desk, now: Instant): void {
  if (desk.sweep.isAsked) desk.sweep.isWantedAgain = true
  else desk.sweep.at = earlier(desk.sweep.at, now)
}
