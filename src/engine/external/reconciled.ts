/** What the kernel remembers of comparisons with the broker: the account that it was, and what is still not explained. */
import type { Reconciliation } from '../../domain/discrepancies.ts'
import type { OperatorCommand } from '../../domain/events.ts'
import type { Instant } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'

export function takeReconciliation(runtime: Runtime, { accountNumber, discrepancies }: Reconciliation): void {
  const { state } = runtime
  const { open = [], dust = {} } = state.reconciliation ?? {}
  const changed = new Map(discrepancies.map((one) => [one.id, one]))
  const known = open.map((one) => changed.get(one.id) ?? one)
  const fresh = discrepancies.filter(({ id }) => open.every((one) => one.id !== id))
  const grains = discrepancies.filter(({ kind }) => kind === 'dust').map(({ subject, theirs }) => [subject, theirs])
  state.reconciliation = {
    accountNumber,
    at: state.at,
    open: [...known, ...fresh].filter((one) => one.state === 'open'),
    dust: { ...dust, ...Object.fromEntries(grains) },
  }
  for (const one of discrepancies) runtime.observer?.discrepancy?.(one)
}

/** An operator's word on a discrepancy: what it was about is the sleeve's, or stays external. */
export function resolveDiscrepancy(runtime: Runtime, id: string, resolution: string): void {
  const { state } = runtime
  const { reconciliation } = state
  const found = reconciliation?.open.find((one) => one.id === id)
  if (reconciliation === undefined || found === undefined) return
  state.reconciliation = { ...reconciliation, open: reconciliation.open.filter((one) => one !== found) }
  runtime.observer?.discrepancy?.({ ...found, state: 'resolved', resolution, changedAt: state.at as Instant })
}

export function isOpenDiscrepancy({ state }: Runtime, id: string): boolean {
  return state.reconciliation?.open.some((one) => one.id === id) === true
}

/** What was found stays where it is: in the external sleeve. */
export function acceptDiscrepancy(
  runtime: Runtime,
  command: Extract<OperatorCommand, { kind: 'acceptDiscrepancy' }>,
): void {
  const { id, note } = command
  if (isOpenDiscrepancy(runtime, id)) resolveDiscrepancy(runtime, id, note === '' ? 'accepted' : `accepted: ${note}`)
  else runtime.commands.push({ kind: 'declined', command, reason: `there is no open discrepancy "${id}"` })
}
