import { AssertionError } from '../../domain/assert.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { structuresToCome } from '../orders/working-structures.ts'
import type { Runtime } from '../runtime.ts'

/** Value of a currency's cash counts in the base currency. */
function valueOfCash(runtime: Runtime, currency: number, counts: number): number {
  if (counts === 0) return 0
  const { state } = runtime
  const value = (counts / countsOfUnit(runtime, currency)) * state.rate[currency]!
  if (Number.isNaN(value))
    throw new AssertionError(`money is held in "${state.currencies[currency]}", which has no rate`)
  return value
}

/** Money counts in one unit of a currency of the books. */
export function countsOfUnit(runtime: Runtime, currency: number): number {
  return runtime.countsOf[currency] ?? rememberCounts(runtime, currency)
}

function rememberCounts(runtime: Runtime, currency: number): number {
  const perUnit = countsPerUnit(runtime.state.currencies[currency] as CurrencyCode)
  runtime.countsOf[currency] = perUnit
  return perUnit
}

/** All cash of a sleeve in the base currency. */
export function cashValue(runtime: Runtime, sleeve: number): number {
  const { books } = runtime.state
  if (books.currencies === 1) return valueOfCash(runtime, 0, books.cash[sleeve]!)
  let total = 0
  for (let currency = 0; currency < books.currencies; currency += 1) {
    total += valueOfCash(runtime, currency, books.cash[sleeve * books.currencies + currency]!)
  }
  return total
}

const LANES = 8

/**
 * Values every sleeve and the portfolio at the last marks. Positions are summed over eight interleaved lanes, joined
 * pairwise: the stated order of operations, the same in every implementation.
 */
export function valueAll(runtime: Runtime): void {
  const { state, unitValue, roster } = runtime
  const { books } = state
  const width = books.width
  const count = state.instruments.length
  const lanes = roster.over.length > 0 ? new Float64Array(LANES) : null
  let equity = 0
  let cash = 0
  for (let sleeve = 0; sleeve < runtime.sleeves.length; sleeve += 1) {
    const purse = cashValue(runtime, sleeve)
    const positions =
      lanes === null
        ? positionsValue(books.quantity, sleeve * width, unitValue, count)
        : liveValue(books.quantity, sleeve * width, unitValue, { live: roster.live, count, lanes })
    const value = purse + positions
    runtime.sleeves[sleeve]!.equity = value
    equity += value
    cash += purse
  }
  runtime.equity = equity
  runtime.cash = cash
}

/** Sum of quantity x unit value; a quantity of zero counts nothing, whatever its mark. */
function positionsValue(quantity: Float64Array, offset: number, unitValue: Float64Array, count: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let e = 0
  let f = 0
  let g = 0
  let h = 0
  let index = 0
  for (; index + 8 <= count; index += 8) {
    const at = offset + index
    a += quantity[at]! * unitValue[index]!
    b += quantity[at + 1]! * unitValue[index + 1]!
    c += quantity[at + 2]! * unitValue[index + 2]!
    d += quantity[at + 3]! * unitValue[index + 3]!
    e += quantity[at + 4]! * unitValue[index + 4]!
    f += quantity[at + 5]! * unitValue[index + 5]!
    g += quantity[at + 6]! * unitValue[index + 6]!
    h += quantity[at + 7]! * unitValue[index + 7]!
  }
  let total = a + b + (c + d) + (e + f + (g + h))
  for (; index < count; index += 1) total += quantity[offset + index]! * unitValue[index]!
  return total
}

/** The same over those columns alone that are not over: those count nothing, in whichever lane. */
function liveValue(
  quantity: Float64Array,
  offset: number,
  unitValue: Float64Array,
  { live, count, lanes }: { readonly live: readonly number[]; readonly count: number; readonly lanes: Float64Array },
): number {
  const inLanes = count - (count % LANES)
  lanes.fill(0)
  let place = 0
  for (; place < live.length && live[place]! < inLanes; place += 1) {
    const index = live[place]!
    lanes[index % LANES]! += quantity[offset + index]! * unitValue[index]!
  }
  const [a, b, c, d, e, f, g, h] = [
    lanes[0]!,
    lanes[1]!,
    lanes[2]!,
    lanes[3]!,
    lanes[4]!,
    lanes[5]!,
    lanes[6]!,
    lanes[7]!,
  ]
  let total = a + b + (c + d) + (e + f + (g + h))
  for (; place < live.length; place += 1) total += quantity[offset + live[place]!]! * unitValue[live[place]!]!
  return total
}

/** Cash that a sleeve may still spend: settled, less waiting purchases at their mark and the collateral of structures. */
export function cashOf(runtime: Runtime, sleeve: number): number {
  const { state, unitValue, roster } = runtime
  const width = state.books.width
  let free = cashValue(runtime, sleeve)
  for (const index of roster.live) {
    const buys = state.pendingBuys[sleeve * width + index]!
    if (buys > 0) free -= buys * unitValue[index]!
  }
  return free - collateral(runtime, sleeve)
}

/**
 * Cash of the instrument's currency that a sleeve may still spend, valued in the base currency. Waiting purchases bind
 * their own currency; structures are kept in the base currency and bind that.
 */
export function spendableFor(runtime: Runtime, sleeve: number, instrument: number): number {
  const { state, unitValue } = runtime
  const { books } = state
  if (books.currencies === 1) return cashOf(runtime, sleeve)
  const currency = books.currency[instrument]!
  let free = valueOfCash(runtime, currency, books.cash[sleeve * books.currencies + currency]!)
  for (const index of runtime.roster.live) {
    const buys = state.pendingBuys[sleeve * books.width + index]!
    if (buys > 0 && books.currency[index] === currency) free -= buys * unitValue[index]!
  }
  return currency === 0 ? free - collateral(runtime, sleeve) : free
}

/** Settled cash of a cash account less what waits. */
export function freeCash(runtime: Runtime): number {
  const { state } = runtime
  let waiting = 0
  for (const index of runtime.roster.live) {
    const buys = state.accountBuys[index]!
    if (buys > 0) waiting += buys * runtime.unitValue[index]!
  }
  for (const index of runtime.recorded) waiting -= state.accountSells[index]! * runtime.unitValue[index]!
  return runtime.cash - waiting - collateral(runtime, null)
}

/** Money that open and waiting structures may still cost: maximum loss plus the premium already in the cash. */
export function collateral(runtime: Runtime, sleeve: number | null): number {
  const { state } = runtime
  let total = 0
  for (const structure of state.structures) {
    if ((sleeve !== null && structure.sleeve !== sleeve) || structure.covered === true) continue
    const multiplier = state.instruments[structure.contracts[0]!]!.multiplier
    total += structure.quantity * (structure.maximumLoss + Math.max(0, structure.credit) * multiplier)
  }
  for (const waiting of structuresToCome(state)) {
    if (sleeve !== null && waiting.sleeve !== sleeve) continue
    if (waiting.structure === 0) total += waiting.quantity * waiting.maximumLoss
  }
  return total
}
