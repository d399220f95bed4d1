/** Entries that wait for an operator's word are over when their time is, also while nothing else happens. */
import type { Instant } from '../../domain/units.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import type { KernelState } from '../../engine/state.ts'
import { engineAlert } from '../engine-rules.ts'

type Asking = Pick<KernelState, 'approvals'>

/** When the first of them is; null: none is, or bars are counted. */
export function firstExpiry({ approvals = [] }: Asking): Instant | null {
  let first: number | null = null
  for (const { expires } of approvals)
    if (!Number.isNaN(expires) && (first === null || expires < first)) first = expires
  return first as Instant | null
}

/** One for each: with the event the kernel rejects it. */
export function unanswered({ approvals = [] }: Asking, now: Instant): readonly EventBody[] {
  return approvals
    .filter(({ expires }) => expires <= now)
    .map(({ intent, label, reason }) =>
      engineAlert('unanswered', `nobody answered whether ${label} may be entered (approval ${intent}, ${reason})`),
    )
}
