/** What the kernel commanded goes to the desk, and what the desk has to send leaves while no gate holds it back. */
import type { Instant } from '../domain/units.ts'
import { stopOf } from '../engine/gates/leaving.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { BrokerLine } from './broker-line.ts'
import type { Outgoing } from './deferred.ts'
import type { OrderDesk } from './desk/order-desk.ts'

export interface Sending {
  readonly desk: OrderDesk
  readonly line: BrokerLine
  readonly runtime: Runtime
  /** The kill switch was used, and the kernel does not know it yet. */
  readonly isTripped: boolean
  /** When an answer is given up; null: it always comes. */
  readonly by: Instant | null
}

/** @returns what the kernel is to be told of that which did not leave */
export function sendDue({ desk, line, runtime, isTripped, by }: Sending, now: Instant): readonly EventBody[] {
  const said: EventBody[] = []
  for (const action of desk.due(now)) {
    if (action.kind === 'submit') {
      const gate = isTripped ? 'alive' : stopOf(runtime, action.request.order)
      if (gate !== null) {
        said.push(...desk.refuse(action.request.clientId, gate, now))
        continue
      }
    }
    line.send(action, by)
  }
  // What keeps one of them back shuts more than that: it is said in a round of its own.
  return [...said, ...desk.elapsed(now)]
}

/** @returns whether there was anything */
export function takeCommanded(desk: OrderDesk, outgoing: readonly Outgoing[], now: Instant): boolean {
  for (const one of outgoing) {
    if (one.kind === 'submit') desk.intend(one.orders, now)
    else desk.askCancel(one.order, now)
  }
  return outgoing.length > 0
}
