/** The order protocol as a state machine: what is heard and how time passes go in, what is due and to be told comes out. */
import { assert } from '../../domain/assert.ts'
import type { BrokerOrder, CancelAnswer, SubmitAnswer } from '../../domain/broker.ts'
import type { OrderRecord } from '../../domain/order-records.ts'
import type { Instant } from '../../domain/units.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import { becomeUnknown, takeAbsence, takeCancelAnswer, takeOrder, takeSubmitAnswer } from './answers.ts'
import { clientOrderId } from './client-id.ts'
import { decideByHand, undecidable } from './decide.ts'
import { finish } from './endings.ts'
import { takeExecutions } from './executions.ts'
import type { DeskAction, DeskAnswer, DeskEvent, DeskState, OrderDesk, Recalled, Swept } from './order-desk.ts'
import { recallStranger } from './recall-queue.ts'
import { takeRecalled } from './recalls.ts'
import { restoreDesk, resumeDesk } from './resume.ts'
import { beginCatchUp, endCatchUp, keepCursor, noteAsked, takeSweepFailed, takeSwept } from './sweeps.ts'
import { change, type Desk, type DeskOptions, isEnded, later, recordOf, type Tracked, track } from './tracked.ts'
import { nextMoment, passTime, takeDue } from './waiting.ts'

export function createDesk(options: DeskOptions): OrderDesk {
  const desk: Desk = {
    options,
    policy: options.policy,
    orders: new Map(),
    byNumber: new Map(),
    open: new Set(),
    changed: new Set(),
    ended: [],
    recalled: [],
    incomplete: new Set(),
    booked: new Map(),
    recalls: new Map(),
    executions: [],
    nextExecution: 1,
    sweep: { at: null, isAsked: false, tries: 0, isWantedAgain: false },
    cursor: '',
    safeCursor: '',
    catchUp: null,
    resumedAt: null,
    counted: new Map(),
    notional: { day: 0, amount: 0 },
    mark: 0,
    said: [],
    alerts: [],
  }
  let inCommit: Tracked[] = []
  const flush = (): readonly EventBody[] => {
    const { said } = desk
    desk.said = []
    return said
  }
  return {
    intend(orders, at) {
      for (const order of orders) {
        const clientId = clientOrderId(options.hash, options.store, order)
        assert(!desk.orders.has(clientId), `order ${order.id} was intended before`)
        const route = options.routeOf(order)
        const broker = route?.kind === 'broker' ? route.broker : options.broker
        const tracked = track(desk, recordOf(broker, clientId, order, at))
        tracked.sendAt = at
        tracked.version = 1
        desk.changed.add(tracked)
        desk.open.add(tracked)
        if (route?.kind === 'refused') finish(desk, tracked, 'unsent', route.reason, at)
      }
    },
    askCancel: (order, at) => askCancel(desk, desk.byNumber.get(order), at),
    takeRecords() {
      const taken = [...desk.changed]
      for (const tracked of taken) tracked.taken = tracked.version
      inCommit = [...inCommit, ...taken]
      desk.changed.clear()
      const { executions } = desk
      desk.executions = []
      return { orders: taken.map(({ record }) => record), executions }
    },
    committed() {
      for (const tracked of inCommit) tracked.durable = tracked.taken
      inCommit = []
    },
    due: (now) => takeDue(desk, now),
    elapsed(now) {
      passTime(desk, now)
      return flush()
    },
    refuse(clientId, reason, now) {
      const tracked = desk.orders.get(clientId)
      if (tracked !== undefined && !isEnded(tracked)) refuse(desk, tracked, reason, now)
      return flush()
    },
    answered(action, answer, now) {
      takeAnswer(desk, action, answer, now)
      return flush()
    },
    heard(event, now) {
      for (const one of 'length' in event ? event : [event]) hear(desk, one, now)
      return flush()
    },
    nextAt: () => nextMoment(desk),
    resume: (legacy, now) => resumeDesk(desk, legacy, now),
    restore: (records, state) => restoreDesk(desk, records, state),
    undecidable: (clientId, verdict) => undecidable(desk.orders.get(clientId), verdict),
    decide(clientId, verdict, actor, now) {
      decideByHand(desk, desk.orders.get(clientId), verdict, actor, now)
      return flush()
    },
    takeAlerts() {
      const { alerts } = desk
      desk.alerts = []
      return alerts
    },
    state: () => stateOf(desk),
    get mark() {
      return desk.mark
    },
    get awaitsCommit() {
      if (desk.recalls.size > 0) return true
      for (const { sendAt } of desk.changed) if (sendAt !== null) return true
      return false
    },
    get unknowns() {
      let unknowns = 0
      for (const { record } of desk.open) if (record.state === 'unknown') unknowns += 1
      return unknowns
    },
    get held() {
      return { orders: desk.orders.size, executions: desk.booked.size }
    },
    get open() {
      const records: OrderRecord[] = []
      for (const tracked of desk.open) if (!isEnded(tracked)) records.push(tracked.record)
      return records
    },
  }
}

function askCancel(desk: Desk, tracked: Tracked | undefined, now: Instant): void {
  if (tracked === undefined || isEnded(tracked) || tracked.record.isCancelling) return
  if (!tracked.isOut) {
    finish(desk, tracked, 'unsent', 'taken back before it left', now)
    return
  }
  change(desk, tracked, now, { isCancelling: true })
  tracked.cancelSince = now
  if (tracked.record.state === 'acked') tracked.cancel.at = now
}

/** Between commit and send a gate was shut: an order that was never sent ends, one that may be there waits for evidence. */
function refuse(desk: Desk, tracked: Tracked, reason: string, now: Instant): void {
  tracked.isSending = false
  tracked.answerBy = null
  if (!tracked.isDoubtful) {
    finish(desk, tracked, 'unsent', reason, now)
    return
  }
  becomeUnknown(desk, tracked, reason, now)
}

function takeAnswer(desk: Desk, action: DeskAction, answer: DeskAnswer, now: Instant): void {
  const failed = answer instanceof Error
  switch (action.kind) {
    case 'submit': {
      const tracked = desk.orders.get(action.request.clientId)
      if (tracked !== undefined) takeSubmitAnswer(desk, tracked, failed ? null : (answer as SubmitAnswer), now)
      return
    }
    case 'cancel': {
      const tracked = desk.orders.get(action.clientId)
      if (tracked !== undefined) takeCancelAnswer(desk, tracked, failed ? null : (answer as CancelAnswer), now)
      return
    }
    case 'query': {
      const tracked = desk.orders.get(action.clientId)
      if (tracked !== undefined) takeQueryAnswer(desk, tracked, failed ? 'unknown' : (answer as QueryAnswer), now)
      return
    }
    case 'sweep':
      if (failed) takeSweepFailed(desk, answer.message, now)
      else takeSwept(desk, answer as Swept, now)
      return
    case 'recall':
      takeRecalled(desk, action, failed ? null : (answer as Recalled), now)
      keepCursor(desk)
      endCatchUp(desk)
  }
}

type QueryAnswer = BrokerOrder | 'absent' | 'unknown'

function takeQueryAnswer(desk: Desk, tracked: Tracked, answer: QueryAnswer, now: Instant): void {
  tracked.query.isAsked = false
  if (answer === 'unknown') {
    retryQuery(desk, tracked, now)
    return
  }
  noteAsked(desk, tracked)
  if (answer === 'absent') takeAbsence(desk, tracked, now)
  else takeOrder(desk, tracked, answer, now)
}

/** A question without an answer is evidence of nothing: it is asked again, each time later. */
function retryQuery(desk: Desk, tracked: Tracked, now: Instant): void {
  const { policy } = desk
  const { query, record } = tracked
  if (isEnded(tracked) && !desk.open.has(tracked)) return
  query.at = later(now, policy.resolveAfter, policy.resolveAtMost, query.tries)
  if (record.state === 'intended') becomeUnknown(desk, tracked, 'the broker could not be asked', now)
}

function hear(desk: Desk, event: DeskEvent, now: Instant): void {
  switch (event.kind) {
    case 'execution':
      takeExecutions(desk, [event.execution], now)
      return
    case 'order': {
      const tracked = event.order.clientId === null ? undefined : desk.orders.get(event.order.clientId)
      if (tracked === undefined) recallStranger(desk, event.order, now)
      else takeOrder(desk, tracked, event.order, now)
      return
    }
    case 'gap':
      beginCatchUp(desk, event.evidence, now)
  }
}

function stateOf({ safeCursor, nextExecution, counted, notional }: Desk): DeskState {
  const windows = [...counted].sort(([left], [right]) => (left < right ? -1 : 1))
  return { cursor: safeCursor, nextExecution, counted: Object.fromEntries(windows), notional: { ...notional } }
}
