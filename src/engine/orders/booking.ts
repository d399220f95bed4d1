/** One place where a sleeve's part of anything reaches its book, its guard and the observer. */
import type { Protection } from '../../domain/orders.ts'
import { postTrade } from '../../pipeline/ledger/books.ts'
import { takeBooking } from '../capital/trades.ts'
import { realiseForeign } from '../positions/foreign.ts'
import { arrived, countRolled, ROLL } from '../positions/rolling.ts'
import type { Posting } from '../records/observer.ts'
import type { Runtime } from '../runtime.ts'
import { countClosing } from '../watch/closings.ts'

/** A posting in the making, and what protects the position that it opens. */
export interface Part extends Writable<Posting> {
  protection: Protection | null
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] }

const NUMBERS = ['order', 'execution', 'quantity', 'price', 'cash', 'fee', 'realised', 'gain', 'before'] as const

/** A part to be reused: `bookPart` itself fills in what was held before and what was realised. */
export function blankPart(): Part {
  const part: Part = {
    kind: 'fill',
    order: Number.NaN,
    execution: Number.NaN,
    sleeve: 0,
    instrument: 0,
    quantity: Number.NaN,
    price: Number.NaN,
    cash: Number.NaN,
    fee: Number.NaN,
    realised: Number.NaN,
    gain: Number.NaN,
    before: Number.NaN,
    reason: '',
    protection: null,
  }
  // A field that began as no small whole number has room for any other: later ones are stored in place.
  for (const field of NUMBERS) part[field] = 0
  return part
}

/** Books the part and keeps the position's opening and guard in step with it. */
export function bookPart(runtime: Runtime, part: Part): void {
  const { state } = runtime
  const at = part.sleeve * state.books.width + part.instrument
  const before = state.books.quantity[at]!
  let realised = postTrade(state.books, part.sleeve, part.instrument, part.quantity, part.price, part.cash, part.fee)
  const after = state.books.quantity[at]!
  part.gain = realised
  if (state.books.currency[part.instrument] !== 0) realised = realisedAbroad(runtime, part, before, realised)
  // Contracts are counted with their structures.
  if (before !== 0 && before * after <= 0 && runtime.isOption[part.instrument] === 0) countClosing(state, part.sleeve)
  if (after === 0) {
    if (before !== 0) dropGuard(runtime, part.sleeve, part.instrument)
  } else if (before === 0 || before > 0 !== after > 0) {
    const rolled = part.reason === ROLL ? arrived(runtime, part.sleeve, part.instrument) : null
    state.openedBar[at] = rolled?.openedBar ?? state.sleeves[part.sleeve]!.bars
    state.openedAt[at] = rolled?.openedAt ?? state.at
    if (rolled !== null && rolled.guard !== null) state.guards.push({ ...rolled.guard })
    if (before !== 0) dropGuard(runtime, part.sleeve, part.instrument)
    if (part.protection !== null) {
      state.guards.push({
        sleeve: part.sleeve,
        instrument: part.instrument,
        protection: part.protection,
        extreme: part.price * state.factor[part.instrument]!,
        sentBar: -1,
      })
    }
  }
  if (state.fronts !== undefined) countRolled(runtime, part)
  part.realised = realised
  part.before = before
  const trades = state.capital?.trades
  if (trades !== undefined) takeBooking(runtime, trades, part)
  runtime.observer?.posting(part)
}

function realisedAbroad(runtime: Runtime, part: Part, before: number, realised: number): number {
  const { sleeve, instrument, quantity, fee } = part
  const isClosing = before !== 0 && before > 0 !== quantity > 0
  const closed = isClosing ? Math.min(1, Math.abs(quantity / before)) : 0
  return realiseForeign(runtime, { sleeve, instrument, realised, closed, fee, dividend: 0 })
}

/** Ends the exits kept for a position that is gone. */
export function dropGuard(runtime: Runtime, sleeve: number, instrument: number): void {
  const { guards } = runtime.state
  if (guards.length === 0) return
  const at = guards.findIndex((guard) => guard.sleeve === sleeve && guard.instrument === instrument)
  if (at >= 0) guards.splice(at, 1)
}
