import type { ExecutionRecord, OrderRecord } from '../../domain/order-records.ts'
import type { Instant } from '../../domain/units.ts'

/** How an order went to its broker, as the store has the last word on it. */
export interface Route {
  readonly broker: string
  readonly account: string
  readonly clientId: string
  readonly brokerId: string | null
  readonly state: string
  readonly isCancelling: boolean
  readonly evidence: string
  readonly sends: number
  readonly intendedAt: Instant
  readonly changedAt: Instant
  readonly executions: readonly { readonly id: string; readonly at: Instant; readonly corrects: string | null }[]
}

export function routeOf(record: OrderRecord, executions: readonly ExecutionRecord[]): Route {
  const { broker, account, clientId, brokerId, state, isCancelling, evidence, sends, intendedAt, changedAt } = record
  return {
    broker,
    account,
    clientId,
    brokerId,
    state,
    isCancelling,
    evidence,
    sends,
    intendedAt,
    changedAt,
    executions: executions.map(({ id, at, corrects }) => ({ id, at, corrects })),
  }
}
