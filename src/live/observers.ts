/** Several that want to know of every booking, told one after the other. */
import type { Observer } from '../engine/records/observer.ts'
import type { Runtime } from '../engine/runtime.ts'

export type Attached = Observer & { attach(runtime: Runtime): void }

export function toldAll(listeners: readonly Attached[]): Attached {
  const each = (tell: (one: Attached) => void): void => {
    for (const one of listeners) tell(one)
  }
  return {
    attach: (runtime) => each((one) => one.attach(runtime)),
    posting: (posting) => each((one) => one.posting(posting)),
    converted: (...told) => each((one) => one.converted?.(...told)),
    executed: (...told) => each((one) => one.executed(...told)),
    reduced: (...told) => each((one) => one.reduced(...told)),
    ordered: (row) => each((one) => one.ordered(row)),
    orderFilled: (...told) => each((one) => one.orderFilled(...told)),
    orderEnded: (...told) => each((one) => one.orderEnded(...told)),
    refused: (record) => each((one) => one.refused(record)),
    signalled: (signal) => each((one) => one.signalled?.(signal)),
    structureOpened: (opened) => each((one) => one.structureOpened(opened)),
    structureClosed: (closed) => each((one) => one.structureClosed(closed)),
    day: (...told) => each((one) => one.day(...told)),
    allocated: (...told) => each((one) => one.allocated(...told)),
    transferred: (...told) => each((one) => one.transferred?.(...told)),
    membership: (judged) => each((one) => one.membership?.(judged)),
    approval: (record) => each((one) => one.approval?.(record)),
    capital: (record) => each((one) => one.capital?.(record)),
    weighed: (weighing) => each((one) => one.weighed?.(weighing)),
  }
}
