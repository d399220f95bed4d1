/** The part of the allocation that trades: live trading starts small, and an operator raises it step by step. */
import type { OperatorCommand } from '../../domain/events.ts'
import { listPlain } from '../orders/plain.ts'
import type { Runtime } from '../runtime.ts'

/** What the part leaves is cash that nobody sizes by. Positions stay: only new sizes are smaller or larger. */
export function setLiveFraction(
  runtime: Runtime,
  command: Extract<OperatorCommand, { readonly kind: 'fraction' }>,
): void {
  const { state } = runtime
  const { fraction } = command
  if (!(fraction > 0 && fraction <= 1)) {
    runtime.commands.push({ kind: 'declined', command, reason: 'the part that trades is above 0 and at most 1' })
    return
  }
  listPlain(runtime)
  if (fraction === 1) delete state.liveFraction
  else state.liveFraction = fraction
}
