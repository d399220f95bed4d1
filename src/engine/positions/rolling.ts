/**
 * Futures: strategies name the chain, books hold contracts. A roll sells the old contract and buys the new one at one
 * auction; what the sleeve knows of its position (how long it is open, where its exits lie) goes over.
 */
import { assert } from '../../domain/assert.ts'
import { TYPE_CODE } from '../../domain/columns.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { CorporateAction } from '../../domain/market.ts'
import { toTick } from '../../domain/ticks.ts'
import { averagePrice } from '../../pipeline/ledger/books.ts'
import { barredEntries } from '../gates/gates.ts'
import type { Runtime } from '../runtime.ts'
import { type Guard, held, type RollingPosition, release, reserve, type Waiting } from '../state.ts'
import { endWaiting, waitFor } from '../wishes/waiting.ts'
import { workingUnits } from '../wishes/withdraw.ts'

/** Why both orders of a roll were sent. */
export const ROLL = 'roll'

/** Whether this is a chain of contracts: named by strategies, never held. */
export function isChain({ kind, future }: Instrument): boolean {
  return kind === 'future' && future === undefined
}

/** The contract that stands for an instrument now; the instrument itself where it is no chain, or has no contract yet. */
export function tradedFor({ state }: Runtime, instrument: number): number {
  const { fronts } = state
  if (fronts === undefined) return instrument
  for (let place = 0; place < fronts.length; place += 1)
    if (fronts[place]!.chain === instrument) return fronts[place]!.contract
  return instrument
}

/** The chain that a contract belongs to; the instrument itself where it is none. */
export function chainOf({ state, byId }: Runtime, instrument: number): number {
  const { future } = state.instruments[instrument]!
  return future === undefined ? instrument : byId.get(future.root)!
}

/**
 * Contracts of the chain that a sleeve holds, the one of the day first; that one alone where it holds none. An instrument
 * that is no chain stands for itself.
 */
export function heldFor(runtime: Runtime, sleeve: number, instrument: number): readonly number[] {
  const { state } = runtime
  const front = tradedFor(runtime, instrument)
  if (state.fronts === undefined || !isChain(state.instruments[instrument]!)) return [front]
  const root = state.instruments[instrument]!.id
  const others: number[] = []
  for (const { index, future } of state.instruments)
    if (future?.root === root && index !== front && held(state, sleeve, index) !== 0) others.push(index)
  return held(state, sleeve, front) === 0 && others.length > 0 ? others : [front, ...others]
}

/** From this auction on the chain stands for another contract; whoever holds the old one changes over. */
export function applyRoll(
  runtime: Runtime,
  chain: Instrument,
  action: Extract<CorporateAction, { kind: 'roll' }>,
): void {
  const { state } = runtime
  const to = runtime.byId.get(action.to)
  assert(to !== undefined, `"${action.to}" must be listed before "${chain.id}" rolls into it`)
  const isNew = tradedFor(runtime, chain.index) !== to
  if (isNew && state.rolledAhead !== undefined)
    state.rolledAhead = state.rolledAhead.filter((one) => one.chain !== chain.index)
  const others = (state.fronts ?? []).filter((front) => front.chain !== chain.index)
  state.fronts = [...others, { chain: chain.index, contract: to }]
  const from = action.from === null ? undefined : runtime.byId.get(action.from)
  if (from === undefined) return
  // What was to follow an earlier roll and never came is forgotten.
  state.rolling = (state.rolling ?? []).filter(({ contract }) => contract !== to)
  redirect(runtime, from, to)
  withdrawLevels(runtime, from)
  for (let sleeve = 0; sleeve < runtime.sleeves.length; sleeve += 1) rollPosition(runtime, sleeve, from, to)
}

/** Entries that wait for the old contract are for the new one, at prices that mean the same. */
function redirect(runtime: Runtime, from: number, to: number): void {
  const { state } = runtime
  const ratio = state.factor[from]! / state.factor[to]!
  for (const wish of state.waiting) {
    if (wish.instrument !== from || wish.reducing) continue
    release(state, wish.sleeve, from, wish.quantity)
    reserve(state, wish.sleeve, to, wish.quantity)
    wish.instrument = to
    const [instrument, buys] = [state.instruments[to]!, wish.quantity > 0]
    if (!Number.isNaN(wish.limit)) wish.limit = toTick(instrument, wish.limit * ratio, buys ? 'down' : 'up')
    if (!Number.isNaN(wish.stop)) wish.stop = toTick(instrument, wish.stop * ratio, buys ? 'up' : 'down')
  }
}

/** Exits that wait for a price of the old contract end with it, as those do that rest at the broker. */
function withdrawLevels(runtime: Runtime, from: number): void {
  const { state } = runtime
  const isLevel = (wish: Waiting): boolean =>
    wish.instrument === from && wish.reducing && wish.type !== TYPE_CODE.market
  const gone = state.waiting.filter(isLevel)
  if (gone.length === 0) return
  state.waiting = state.waiting.filter((wish) => !isLevel(wish))
  for (const wish of gone) endWaiting(runtime, wish, 'cancelled', ROLL)
}

function rollPosition(runtime: Runtime, sleeve: number, from: number, to: number): void {
  const { state } = runtime
  const position = held(state, sleeve, from)
  const side = position > 0 ? 1 : -1
  if (position === 0) return
  // What rests at the broker is cancelled with this very action: it will sell nothing.
  const resting = workingUnits(runtime, sleeve, from, 0 - side, () => {})
  const exits = (side > 0 ? state.pendingSells : state.pendingBuys)[sleeve * state.books.width + from]! - resting
  const closing = Math.abs(position) - exits
  if (closing <= 0) return
  const terms = { type: 'market', force: 'day' } as const
  const both = { sleeve, terms, reason: ROLL, protection: null }
  waitFor(runtime, { ...both, instrument: from, quantity: 0 - closing * side, reducing: true })
  // Where nothing may be opened the position ends with its contract.
  if (barredEntries(state) !== null) return
  // What an earlier auction bought of the new one, and could not sell of the old one, is there already.
  const opening = closing - Math.max(0, aheadOf(runtime, sleeve, chainOf(runtime, to)) * side)
  if (opening <= 0) return
  waitFor(runtime, { ...both, instrument: to, quantity: opening * side, reducing: false })
  state.rolling = [...(state.rolling ?? []), leaving(runtime, sleeve, from, to)]
}

function leaving(runtime: Runtime, sleeve: number, from: number, to: number): RollingPosition {
  const { state } = runtime
  const at = sleeve * state.books.width + from
  const guard = state.guards.find((one) => one.sleeve === sleeve && one.instrument === from)
  const entry = guard?.entry ?? averagePrice(state.books, sleeve, from) * state.factor[from]!
  return {
    sleeve,
    contract: to,
    openedBar: state.openedBar[at]!,
    openedAt: state.openedAt[at]!,
    guard: guard === undefined ? null : { ...guard, instrument: to, entry },
  }
}

function aheadOf({ state }: Runtime, sleeve: number, chain: number): number {
  return state.rolledAhead?.find((one) => one.sleeve === sleeve && one.chain === chain)?.units ?? 0
}

/** Keeps count of how far a roll's purchases are ahead of its sales; whatever else moves the position, it stands as it is. */
export function countRolled(
  runtime: Runtime,
  {
    sleeve,
    instrument,
    quantity,
    reason,
  }: {
    readonly sleeve: number
    readonly instrument: number
    readonly quantity: number
    readonly reason: string
  },
): void {
  const { state } = runtime
  const chain = chainOf(runtime, instrument)
  if (chain === instrument || (reason !== ROLL && state.rolledAhead === undefined)) return
  const units = reason === ROLL ? aheadOf(runtime, sleeve, chain) + quantity : 0
  const others = (state.rolledAhead ?? []).filter((one) => one.sleeve !== sleeve || one.chain !== chain)
  state.rolledAhead = units === 0 ? others : [...others, { sleeve, chain, units }]
}

/** A position that a roll opens is the old one; null where the booking is of no roll. */
export function arrived(runtime: Runtime, sleeve: number, contract: number): RollingPosition | null {
  const { state } = runtime
  const known = state.rolling
  const place = known?.findIndex((one) => one.sleeve === sleeve && one.contract === contract) ?? -1
  if (known === undefined || place < 0) return null
  state.rolling = known.filter((_, other) => other !== place)
  return known[place]!
}

/** What a guard's distances are measured from, on the price scale of now. */
export function entryOf({ state }: Runtime, { sleeve, instrument, entry }: Guard): number {
  return entry === undefined ? averagePrice(state.books, sleeve, instrument) : entry / state.factor[instrument]!
}
