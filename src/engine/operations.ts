/** Money movements and the operator's commands. */

import { assert, unreachable } from '../domain/assert.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import type { EngineEvent } from '../domain/events.ts'
import type { InstrumentId } from '../domain/units.ts'
import { dealFill } from '../pipeline/fills/attribute.ts'
import { postFlow, postTransfer } from '../pipeline/ledger/books.ts'
import { acknowledgeBreaker } from '../pipeline/risk/breaker.ts'
import { resolveBreach } from './breaches.ts'
import { baseCounts, convert } from './foreign.ts'
import type { PostingKind } from './observer.ts'
import type { Parts } from './parts.ts'
import { currencyColumn, type Runtime } from './runtime.ts'
import { valueAll } from './valuation.ts'
import { exitRoom, waitFor } from './waiting.ts'
import { closeStructure } from './wishes.ts'

export function onCash({ runtime }: Parts, event: Extract<EngineEvent, { kind: 'cash' }>): void {
  const { state } = runtime
  const currency = currencyColumn(runtime, event.currency)
  const before = runtime.tradeDate
  if (event.conversion !== undefined) convert(runtime, event.conversion)
  else if (event.transfer !== undefined) {
    const { from, to, amount } = event.transfer
    const source = runtime.sleeveOrdinal.get(from)!
    const target = runtime.sleeveOrdinal.get(to)!
    const worth = amount * baseCounts(runtime, currency)
    postTransfer(state.books, currency, source, target, amount)
    shiftPrevious(runtime, source, 0 - worth)
    shiftPrevious(runtime, target, worth)
    const kind = event.cause === 'marginCall' ? 'marginCall' : 'transfer'
    tellMoney(runtime, kind, source, 0 - worth, event.cause)
    tellMoney(runtime, kind, target, worth, event.cause)
  } else {
    const sleeve = event.sleeve === undefined ? 0 : runtime.sleeveOrdinal.get(event.sleeve)!
    const worth = event.amount * baseCounts(runtime, currency)
    postFlow(state.books, currency, sleeve, event.amount)
    shiftPrevious(runtime, sleeve, worth)
    tellMoney(runtime, 'transfer', sleeve, worth, event.cause)
  }
  runtime.tradeDate = before
  valueAll(runtime)
}

/** Tells the observer of money that moves without a trade, in counts of the base currency. */
function tellMoney(runtime: Runtime, kind: PostingKind, sleeve: number, cash: number, reason: string): void {
  const none = { order: 0, execution: 0, instrument: -1, quantity: 0, price: 0, fee: 0, realised: 0, before: 0 }
  runtime.observer?.posting({ ...none, kind, sleeve, cash, reason })
}

/** A flow moves what the next return is measured from, so that it is none itself. Counts of the base currency. */
function shiftPrevious(runtime: Runtime, sleeve: number, amount: number): void {
  const { state } = runtime
  state.previousEquity[sleeve] = state.previousEquity[sleeve]! + amount / countsPerUnit(state.config!.currency)
}

export function onOperator(runtime: Runtime, command: Extract<EngineEvent, { kind: 'operator' }>['command']): void {
  const { state } = runtime
  switch (command.kind) {
    case 'pause': {
      const own = state.sleeves[runtime.sleeveOrdinal.get(command.sleeve)!]!
      // What a fault stopped stays stopped: only a resumption lets it decide again.
      if (!own.paused.startsWith('fault')) own.paused = 'paused by the operator'
      return
    }
    case 'resume':
      state.sleeves[runtime.sleeveOrdinal.get(command.sleeve)!]!.paused = ''
      return
    case 'acknowledgeDrawdown':
      valueAll(runtime)
      if (state.breaker !== null && acknowledgeBreaker(state.breaker, runtime.equity) === 'resume')
        resolveBreach(runtime)
      return
    case 'reduce':
      reduceAll(runtime, command)
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
