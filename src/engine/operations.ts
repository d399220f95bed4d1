/** Money movements and the operator's commands. */

import { assert, unreachable } from '../domain/assert.ts'
import type { EngineEvent } from '../domain/events.ts'
import { EXTERNAL } from '../domain/external.ts'
import type { CashTransfer } from '../domain/risk.ts'
import type { InstrumentId } from '../domain/units.ts'
import { roundHalfUp } from '../numerics/exact.ts'
import { dealFill } from '../pipeline/fills/attribute.ts'
import { confirmStage } from './capital/lifecycle.ts'
import { setLiveFraction } from './capital/live-fraction.ts'
import { assign } from './external/assign.ts'
import { acceptDiscrepancy } from './external/reconciled.ts'
import { externalOf } from './external/sleeve.ts'
import { answerApproval } from './gates/approvals.ts'
import { flatten, kill, reviveAccount } from './gates/operator.ts'
import type { Parts } from './parts.ts'
import { baseCounts, convert } from './positions/foreign.ts'
import { valueAll } from './positions/valuation.ts'
import { onFlow } from './rebalance/flows.ts'
import { lendByOperator, takeBackByOperator } from './rebalance/loans.ts'
import { bookTransfer, recordMove } from './rebalance/move-money.ts'
import { rebalance } from './rebalance/rebalance.ts'
import { onSleeveCommand } from './rebalance/standing.ts'
import { currencyColumn, type Runtime } from './runtime.ts'
import { acknowledgeDrawdown, closeViolation } from './watch/operator.ts'
import { closeStructure } from './wishes/structure-wishes.ts'
import { exitRoom, waitFor } from './wishes/waiting.ts'

export function onCash({ runtime }: Parts, event: Extract<EngineEvent, { kind: 'cash' }>): void {
  if (event.conversion !== undefined) convert(runtime, event.conversion)
  else if (event.transfer !== undefined) moveBetween(runtime, event, event.transfer)
  else onFlow(runtime, event)
  valueAll(runtime)
}

/** Money that the outside moves between two sleeves: what the reserve lends in a margin call, or an operator's transfer. */
function moveBetween(
  runtime: Runtime,
  { cause, currency }: Extract<EngineEvent, { kind: 'cash' }>,
  transfer: CashTransfer,
): void {
  const from = runtime.sleeveOrdinal.get(transfer.from)!
  const to = runtime.sleeveOrdinal.get(transfer.to)!
  const isLoan = cause === 'marginCall'
  const column = currencyColumn(runtime, currency)
  const booking = { kind: isLoan ? 'marginCall' : 'transfer', reason: cause } as const
  bookTransfer(runtime, { from, to, amount: transfer.amount }, column, booking)
  valueAll(runtime)
  const worth = roundHalfUp(transfer.amount * baseCounts(runtime, column))
  const reason = isLoan ? 'lent: margin call' : cause
  recordMove(runtime, from, 0 - worth, isLoan ? 'loan' : 'transfer', reason)
  recordMove(runtime, to, worth, isLoan ? 'loan' : 'transfer', reason)
}

export function onOperator(parts: Parts, command: Extract<EngineEvent, { kind: 'operator' }>['command']): void {
  const { runtime } = parts
  if ('sleeve' in command && command.sleeve === EXTERNAL && externalOf(runtime) >= 0) {
    runtime.commands.push({ kind: 'declined', command, reason: 'what is external is held, and never traded' })
    return
  }
  switch (command.kind) {
    case 'pause':
    case 'resume':
    case 'remove':
    case 'add':
      onSleeveCommand(parts, command)
      return
    case 'rebalance':
      rebalance(parts, command.by, 'manual')
      return
    case 'confirmStage':
      confirmStage(runtime, runtime.sleeveOrdinal.get(command.sleeve)!, command.stage)
      return
    case 'lend':
      lendByOperator(runtime, runtime.sleeveOrdinal.get(command.sleeve)!, command.amount)
      return
    case 'takeBack':
      takeBackByOperator(runtime, runtime.sleeveOrdinal.get(command.sleeve)!)
      return
    case 'acknowledgeDrawdown':
      valueAll(runtime)
      acknowledgeDrawdown(runtime)
      return
    case 'closeViolation':
      valueAll(runtime)
      closeViolation(runtime, command)
      return
    case 'reduce':
      reduceAll(runtime, command)
      return
    case 'kill':
      kill(runtime, command)
      return
    case 'revive':
      reviveAccount(runtime, command)
      return
    case 'flatten':
      flatten(parts, command)
      return
    case 'assign':
    case 'assignCash':
      assign(runtime, command)
      return
    case 'acceptDiscrepancy':
      acceptDiscrepancy(runtime, command)
      return
    case 'approve':
      answerApproval(runtime, command)
      return
    case 'fraction':
      setLiveFraction(runtime, command)
      return
    default:
      unreachable(command)
  }
}

/** Closes a part of the account's position, shared by the sleeves that hold that side: what a margin call forces. */
function reduceAll(
  runtime: Runtime,
  command: { readonly instrument: InstrumentId; readonly quantity: number; readonly reason: string },
): void {
  const { state } = runtime
  const index = runtime.byId.get(command.instrument)
  assert(index !== undefined, `a reduction names "${command.instrument}", which is not listed`)
  // A structure closes as a unit: without one of its legs the others would be uncovered.
  const whole = state.structures.filter((position) => position.contracts.includes(index))
  for (const position of whole) closeStructure(runtime, position.sleeve, position.id, command.reason)
  if (whole.length > 0) return
  const side = command.quantity > 0 ? 1 : -1
  const open = Float64Array.from(runtime.sleeves, (_, sleeve) => exitRoom(state, sleeve, index, side) * side)
  let most = 0
  for (const quantity of open) most += quantity
  const wanted = Math.abs(command.quantity) < Math.abs(most) ? command.quantity : most
  if (wanted === 0) return
  const parts = new Float64Array(open.length)
  dealFill(wanted, open, open.length, state.instruments[index]!.step, parts)
  parts.forEach((quantity, sleeve) => {
    if (quantity === 0) return
    const terms = { type: 'market', force: 'day' } as const
    waitFor(runtime, {
      sleeve,
      instrument: index,
      quantity,
      terms,
      reducing: true,
      reason: command.reason,
      protection: null,
    })
  })
}
