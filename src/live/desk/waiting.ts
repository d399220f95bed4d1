/** What is due when: requests, questions, cancels and sweeps, and what the passing of time means for an order. */
import type { OrderRequest } from '../../domain/broker.ts'
import type { OrderRecord } from '../../domain/order-records.ts'
import type { Instant, InstrumentId } from '../../domain/units.ts'
import { ask, becomeUnknown, isStillMeant } from './answers.ts'
import { judgeLeaving, type Leaving } from './breakers.ts'
import { finish } from './endings.ts'
import { releaseAt, releaseLegs } from './executions.ts'
import type { DeskAction } from './order-desk.ts'
import { isAskable, takeRecalls } from './recall-queue.ts'
import { endTakeover, sweepLater } from './sweeps.ts'
import { alertOnce, change, type Desk, opposes, type Retry, type Tracked } from './tracked.ts'

/** Hands out what is due: cancels first, then what brings evidence, then requests. */
export function takeDue(desk: Desk, now: Instant): readonly DeskAction[] {
  const actions: DeskAction[] = []
  for (const tracked of desk.open) {
    if (!isDue(tracked.cancel, now) || tracked.isSending || tracked.pendingEnd !== null) continue
    begin(tracked.cancel)
    actions.push({ kind: 'cancel', clientId: tracked.record.clientId })
  }
  if (isDue(desk.sweep, now)) {
    begin(desk.sweep)
    actions.push({ kind: 'sweep', cursor: desk.cursor })
  }
  takeRecalls(desk, now, actions)
  for (const tracked of desk.open) {
    if (!isDue(tracked.query, now) || tracked.isSending) continue
    begin(tracked.query)
    actions.push({ kind: 'query', clientId: tracked.record.clientId })
  }
  if (desk.catchUp === null) takeSubmits(desk, now, actions)
  return actions
}

function isDue({ at, isAsked }: Retry, now: Instant): boolean {
  return at !== null && at <= now && !isAsked
}

function begin(retry: Retry): void {
  retry.isAsked = true
  retry.at = null
  retry.tries += 1
}

function takeSubmits(desk: Desk, now: Instant, actions: DeskAction[]): void {
  const out = outOf(desk)
  let stopped: string | null = null
  for (const tracked of desk.open) {
    if (!isReady(desk, tracked, out, now)) continue
    const { record } = tracked
    const judgement: Leaving = stopped === null ? judgeLeaving(desk, tracked, now) : { refuse: stopped, all: true }
    if (judgement !== 'leave') {
      if (judgement.all) stopped = judgement.refuse
      stay(desk, tracked, judgement.refuse, now)
      continue
    }
    tracked.isSending = true
    tracked.isOut = true
    tracked.sendAt = null
    tracked.lastSentAt = now
    tracked.answerBy = (now + desk.policy.answerWithin) as Instant
    putOut(out, tracked)
    change(desk, tracked, now, { sends: record.sends + 1 })
    actions.push({ kind: 'submit', request: requestOf(record) })
  }
}

/** An order that a breaker keeps here ends; one that may be there already waits for evidence. */
function stay(desk: Desk, tracked: Tracked, reason: string, now: Instant): void {
  tracked.sendAt = null
  if (tracked.isDoubtful) ask(tracked, now)
  else finish(desk, tracked, 'unsent', reason, now)
}

/** Orders that may be at the venue, by each of their instruments. */
type Out = Map<InstrumentId, Tracked[]>

function outOf(desk: Desk): Out {
  const out: Out = new Map()
  for (const tracked of desk.open) if (tracked.isOut) putOut(out, tracked)
  return out
}

function putOut(out: Out, tracked: Tracked): void {
  for (const { instrument } of tracked.record.legs) {
    const there = out.get(instrument)
    if (there === undefined) out.set(instrument, [tracked])
    else there.push(tracked)
  }
}

/** An order leaves only as it was committed, and never against one of the same instrument that is still out, where the venue minds. */
function isReady(desk: Desk, tracked: Tracked, out: Out, now: Instant): boolean {
  const { sendAt, isSending, durable, version, query, record } = tracked
  if (sendAt === null || sendAt > now || isSending || query.isAsked || durable !== version) return false
  if (!isStillMeant(desk, tracked, now)) return false
  if (desk.options.capabilities.takesOpposing === true) return true
  return !record.legs.some(({ instrument }) =>
    out.get(instrument)?.some((other) => other !== tracked && opposes(record, other.record)),
  )
}

function requestOf({ clientId, order, account, legs, terms, quantity, reducing }: OrderRecord): OrderRequest {
  return { clientId, order, account, legs, terms, quantity, reducing }
}

/** What time alone decides. */
export function passTime(desk: Desk, now: Instant): void {
  endTakeover(desk, now)
  if (desk.sweep.at === null && !desk.sweep.isAsked) sweepLater(desk, now)
  for (const tracked of desk.open) {
    if (tracked.answerBy !== null && tracked.answerBy <= now) {
      tracked.answerBy = null
      tracked.isSending = false
      tracked.isDoubtful = true
      becomeUnknown(desk, tracked, `no answer within ${desk.policy.answerWithin} ms`, now)
    }
    if (tracked.sendAt !== null && !isStillMeant(desk, tracked, now)) dropUnmeant(desk, tracked, now)
    pageOver(desk, tracked, now)
  }
  renew(desk, now)
  releaseLegs(desk, now)
  forget(desk, now)
}

/** What is about to leave and was written down long ago is part of the next commit, and leaves after it. */
function renew(desk: Desk, now: Instant): void {
  if (desk.catchUp !== null) return
  let out: Out | null = null
  for (const tracked of desk.open) {
    const { sendAt, record } = tracked
    if (sendAt === null || sendAt > now || now <= record.changedAt + desk.policy.renewAfter) continue
    out ??= outOf(desk)
    if (isReady(desk, tracked, out, now)) change(desk, tracked, now, {})
  }
}

/** Taken back, or prices have moved on: what never left ends, what may have left is asked for until the venue denies it. */
function dropUnmeant(desk: Desk, tracked: Tracked, now: Instant): void {
  tracked.sendAt = null
  if (tracked.isDoubtful) {
    ask(tracked, now)
    return
  }
  const isOld = !tracked.record.isCancelling
  const evidence = isOld ? `it was intended more than ${desk.policy.intentLife} ms ago` : 'taken back before it left'
  finish(desk, tracked, 'unsent', evidence, now)
}

function pageOver(desk: Desk, tracked: Tracked, now: Instant): void {
  const { policy } = desk
  const { record, cancelSince, unknownSince } = tracked
  if (cancelSince !== null && cancelSince + policy.stuckAfter <= now) {
    const text = `the cancel of order ${record.order} has no end since ${policy.stuckAfter} ms; what it may fill stays reserved`
    alertOnce(desk, now, 'stuckCancel', tracked, text)
  }
  if (unknownSince !== null && unknownSince + policy.unresolvedAfter <= now) {
    const text = `nobody knows since ${policy.unresolvedAfter} ms whether the broker has order ${record.order}: ${record.evidence}`
    alertOnce(desk, now, 'unresolved', tracked, text)
  }
}

/** Ended orders and executions leave memory; the store is asked for them where they are named again. */
function forget(desk: Desk, now: Instant): void {
  const until = now - desk.policy.forgetAfter
  desk.recalled = desk.recalled.filter((tracked) => !letGo(desk, tracked))
  const young = desk.ended.findIndex(({ endedAt }) => endedAt > until)
  const old = young < 0 ? desk.ended.length : young
  if (old > 0) {
    const kept = desk.ended.slice(0, old).filter((tracked) => !letGo(desk, tracked))
    desk.ended.splice(0, old, ...kept)
  }
  for (const [id, at] of desk.booked) {
    if (at > until) break
    desk.booked.delete(id)
  }
}

/** Lets an order leave memory; false: it stays, because it waits for something or is not written down as it stands. */
function letGo(desk: Desk, tracked: Tracked): boolean {
  const { record, heldLegs, version, durable } = tracked
  if (heldLegs.length > 0 || version !== durable || desk.open.has(tracked)) return false
  if (desk.orders.get(record.clientId) !== tracked) return true
  desk.orders.delete(record.clientId)
  desk.byNumber.delete(record.order)
  return true
}

/** The earliest moment at which `passTime` or `takeDue` would do something; null where nothing is waited for. */
export function nextMoment(desk: Desk): Instant | null {
  const { policy } = desk
  let next = Number.POSITIVE_INFINITY
  const take = (at: number | null): void => {
    if (at !== null && at < next) next = at
  }
  const out = outOf(desk)
  take(desk.catchUp?.clearAt ?? null)
  if (!desk.sweep.isAsked) take(desk.sweep.at)
  for (const recall of desk.recalls.values()) if (isAskable(desk, recall)) take(recall.at)
  for (const tracked of desk.incomplete) take(releaseAt(desk, tracked))
  for (const tracked of desk.open) {
    const { query, cancel, isSending, answerBy, sendAt, record, paged } = tracked
    take(answerBy)
    if (isSending) continue
    if (!query.isAsked) take(query.at)
    if (!cancel.isAsked && tracked.pendingEnd === null) take(cancel.at)
    if (sendAt !== null) {
      take(record.intendedAt + policy.intentLife + 1)
      // Held back by another order, or by a commit: that is news, and no moment.
      if (isReady(desk, tracked, out, sendAt) && desk.catchUp === null) take(sendAt)
    }
    if (tracked.cancelSince !== null && !paged.has('stuckCancel')) take(tracked.cancelSince + policy.stuckAfter)
    if (tracked.unknownSince !== null && !paged.has('unresolved')) take(tracked.unknownSince + policy.unresolvedAfter)
  }
  return Number.isFinite(next) ? (next as Instant) : null
}
