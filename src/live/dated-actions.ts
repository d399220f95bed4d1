/** What the market dates ahead: splits before which nothing may rest at a venue, and whatever the books have not been through. */
import type { CorporateAction } from '../domain/market.ts'
import type { OrderRecord } from '../domain/order-records.ts'
import type { OrderId } from '../domain/units.ts'
import type { Run } from '../engine/run/drive.ts'
import { nextInstant } from '../engine/run/timeline.ts'

export interface Recall {
  readonly kind: 'cancel'
  readonly order: OrderId
}

/** Of what is out: the orders that are to be asked back before these actions. */
export function recallsOver(open: readonly OrderRecord[], actions: readonly CorporateAction[]): readonly Recall[] {
  const split = new Set(actions.flatMap(({ kind, instrument }) => (kind === 'split' ? [instrument] : [])))
  if (split.size === 0) return []
  return open
    .filter(({ isCancelling, legs }) => !isCancelling && legs.some(({ instrument }) => split.has(instrument)))
    .map(({ order }) => ({ kind: 'cancel', order }))
}

/** A clock that is not trusted may be wrong by this much. */
const DOUBT_MS = 86_400_000

/** Whether something is dated that was not played yet: its bars are late, or this process is. */
export function isBehind({ market, nextAction, kernel }: Run, now: number): boolean {
  const { gates } = kernel.runtime.state
  const isDoubtful = gates?.shut.some(({ gate }) => gate === 'clock') === true
  const next = market.actions[nextAction]?.at ?? Number.POSITIVE_INFINITY
  return next <= (isDoubtful ? now + DOUBT_MS : now)
}

/** What is dated for the instant that comes next: known behind the last bar before it. */
export function actionsAhead({ market, nextAction, cursors }: Run): readonly CorporateAction[] {
  const ahead: CorporateAction[] = []
  const next = market.actions.length > nextAction ? nextInstant(cursors) : null
  for (let at = nextAction; next !== null && (market.actions[at]?.at ?? next + 1) <= next; at += 1)
    ahead.push(market.actions[at]!.action)
  return ahead
}
