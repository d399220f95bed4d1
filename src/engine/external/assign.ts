/** An operator's word on what is external: it becomes a sleeve's, or a sleeve gives it back. Nothing is made or lost. */

import { countsPerUnit } from '../../domain/currencies.ts'
import type { OperatorCommand } from '../../domain/events.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { blankPart, bookPart } from '../orders/booking.ts'
import { valueAll } from '../positions/valuation.ts'
import { bookTransfer } from '../rebalance/move-money.ts'
import { currencyColumn, type Runtime } from '../runtime.ts'
import { held } from '../state.ts'
import { exitRoom } from '../wishes/waiting.ts'
import { endExternalAlerts } from './alerts.ts'
import { isOpenDiscrepancy, resolveDiscrepancy } from './reconciled.ts'
import { externalOf, externalUnits } from './sleeve.ts'

type Assign = Extract<OperatorCommand, { kind: 'assign' }>
type AssignCash = Extract<OperatorCommand, { kind: 'assignCash' }>

const part = blankPart()

export function assign(runtime: Runtime, command: Assign | AssignCash): void {
  const { discrepancy } = command
  const reason =
    discrepancy !== undefined && !isOpenDiscrepancy(runtime, discrepancy)
      ? `there is no open discrepancy "${discrepancy}"`
      : command.kind === 'assign'
        ? objectionTo(runtime, command)
        : objectionToCash(runtime, command)
  if (reason !== null) {
    runtime.commands.push({ kind: 'declined', command, reason })
    return
  }
  if (command.kind === 'assign') movePosition(runtime, command)
  else moveCash(runtime, command)
  if (discrepancy !== undefined) resolveDiscrepancy(runtime, discrepancy, `assigned to ${command.to}`)
  valueAll(runtime)
}

/** Why it cannot be done; null where it can. Neither side may turn over: what is moved is there. */
function objectionTo(runtime: Runtime, { to, instrument, quantity, price }: Assign): string | null {
  const [external, sleeve, index] = [externalOf(runtime), runtime.sleeveOrdinal.get(to), runtime.byId.get(instrument)]
  const missing = objectionToSleeve(runtime, to)
  if (missing !== null || sleeve === undefined) return missing
  if (index === undefined) return `no instrument "${instrument}" is listed`
  const { state } = runtime
  const { step, symbol, unitsPerWhole, shortable } = state.instruments[index]!
  if (quantity === 0) return 'nothing is moved: say a quantity other than 0'
  if (!(Number.isFinite(price) && price >= 0)) return `the price must be 0 or more, was "${price}"`
  if (quantity % step !== 0)
    return `"${symbol}" is dealt in steps of ${step / unitsPerWhole}: ${quantity / unitsPerWhole} is none of them, and what is finer is never traded`
  const outside = externalUnits(runtime, index)
  const own = held(state, sleeve, index)
  const takes = outside * quantity > 0 && Math.abs(quantity) <= Math.abs(outside)
  const side = quantity > 0 ? 1 : -1
  const gives = own * quantity < 0 && Math.abs(quantity) <= exitRoom(state, sleeve, index, side)
  if (!takes && !gives)
    return `external holds ${outside / unitsPerWhole} and "${to}" ${own / unitsPerWhole} of "${symbol}", not all of it free: ${quantity / unitsPerWhole} cannot move between them`
  if (takes && own * quantity < 0 && Math.abs(quantity) > Math.abs(own))
    return `"${to}" holds ${own / unitsPerWhole} of "${symbol}": ${quantity / unitsPerWhole} would turn it over`
  if (own + quantity < 0 && !shortable) return `"${to}" cannot be short "${symbol}", which is not shortable`
  return external < 0 ? 'the portfolio has no external sleeve' : null
}

function objectionToCash(runtime: Runtime, { to, currency, amount }: AssignCash): string | null {
  const missing = objectionToSleeve(runtime, to)
  if (missing !== null) return missing
  const { state } = runtime
  const code = state.config!.parity[currency] ?? currency
  const column = state.currencies.indexOf(code)
  if (column < 0) return `the books hold no ${currency}`
  if (amount === 0) return 'nothing is moved: say an amount other than 0'
  const giver = amount > 0 ? externalOf(runtime) : runtime.sleeveOrdinal.get(to)!
  const purse = state.books.cash[giver * state.books.currencies + column]!
  // Either side may also be freed of a debt.
  const takes = Math.abs(amount) <= purse
  const receiver = amount > 0 ? runtime.sleeveOrdinal.get(to)! : externalOf(runtime)
  const owes = 0 - state.books.cash[receiver * state.books.currencies + column]!
  if (takes || Math.abs(amount) <= owes) return null
  const whole = countsPerUnit(code)
  return `${Math.abs(amount) / whole} ${currency} cannot move: ${amount > 0 ? 'external' : `"${to}"`} has ${purse / whole}`
}

function objectionToSleeve(runtime: Runtime, to: string): string | null {
  const sleeve = runtime.sleeveOrdinal.get(to)
  if (externalOf(runtime) < 0) return 'the portfolio has no external sleeve'
  if (sleeve === undefined) return `there is no sleeve "${to}"`
  if (sleeve === externalOf(runtime)) return 'it is external already: name the sleeve that it goes to, or comes from'
  return runtime.state.sleeves[sleeve]!.standing === 'closed' ? `"${to}" is closed` : null
}

function movePosition(runtime: Runtime, { to, instrument, quantity, price, cash }: Assign): void {
  const index = runtime.byId.get(instrument)!
  const sleeve = runtime.sleeveOrdinal.get(to)!
  const worth = tradedCash(quantity, price, runtime.perPrice[index]!)
  const paid = quantity > 0 ? worth : 0 - worth
  book(runtime, { sleeve: externalOf(runtime), index, quantity: 0 - quantity, price, cash: paid })
  book(runtime, { sleeve, index, quantity, price, cash: 0 - paid })
  // What was agreed beyond the price is money that changes hands for nothing.
  if (cash !== undefined && cash !== paid)
    transfer(
      runtime,
      { from: sleeve, to: externalOf(runtime), amount: cash - paid },
      runtime.state.books.currency[index]!,
    )
  endExternalAlerts(runtime, index)
}

function book(
  runtime: Runtime,
  own: {
    readonly sleeve: number
    readonly index: number
    readonly quantity: number
    readonly price: number
    readonly cash: number
  },
): void {
  part.kind = 'assigned'
  part.order = 0
  part.execution = 0
  part.sleeve = own.sleeve
  part.instrument = own.index
  part.quantity = own.quantity
  part.price = own.price
  part.cash = own.cash + 0
  part.fee = 0
  part.reason = 'assigned by the operator'
  part.protection = null
  bookPart(runtime, part)
}

function moveCash(runtime: Runtime, { to, currency, amount }: AssignCash): void {
  const sleeve = runtime.sleeveOrdinal.get(to)!
  transfer(
    runtime,
    { from: externalOf(runtime), to: sleeve, amount },
    currencyColumn(runtime, currency as CurrencyCode),
  )
}

/** A negative amount moves the other way. */
function transfer(
  runtime: Runtime,
  { from, to, amount }: { readonly from: number; readonly to: number; readonly amount: number },
  currency: number,
): void {
  const told = { kind: 'transfer', reason: 'assigned by the operator' } as const
  if (amount > 0) bookTransfer(runtime, { from, to, amount }, currency, told)
  if (amount < 0) bookTransfer(runtime, { from: to, to: from, amount: 0 - amount }, currency, told)
}
