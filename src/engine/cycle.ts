import { type QuoteColumns, TYPE_CODE } from '../domain/columns.ts'
import type { Command, EngineEvent } from '../domain/events.ts'
import type { OptionChain, Slice } from '../domain/market.ts'
import { type Sessions, sessionOf } from '../domain/sessions.ts'
import type { Instant, TradeDate } from '../domain/units.ts'
import { countsUp, hasGap } from '../numerics/counting.ts'
import { capitalDay } from './capital/day.ts'
import { beginScores } from './capital/scores.ts'
import { advanceClock, createClock, setColumns } from './clock.ts'
import { stepApprovals } from './gates/approvals.ts'
import { gateRule, holdsBack } from './gates/gates.ts'
import { stepFlattening } from './gates/operator.ts'
import { activateAuction, activateClose } from './orders/activate.ts'
import { beginCycle } from './orders/batch.ts'
import { listPlain } from './orders/plain.ts'
import { activatePlain } from './orders/plain-auction.ts'
import { activateStructures, expireStructures } from './orders/structure-orders.ts'
import type { Parts } from './parts.ts'
import { closeLeftovers } from './positions/corporate.ts'
import { takeDeltas } from './positions/deltas.ts'
import { guardAuction, guardClose, guardRange } from './positions/protect.ts'
import { markContracts } from './positions/structures.ts'
import { valueAll } from './positions/valuation.ts'
import { moneyDay } from './rebalance/rebalance.ts'
import type { Runtime } from './runtime.ts'
import type { Waiting } from './state.ts'
import { stepAccountSize } from './universe/change-tier.ts'
import { withdrawLeaver } from './universe/leavers.ts'
import { judgeUniverse, takeFundamentals } from './universe/membership.ts'
import { endWatchDay } from './watch/day.ts'
import { takeRegimeDay } from './watch/regimes.ts'
import { stepWatches } from './watch/step.ts'
import { decide } from './wishes/decide.ts'
import { keepCover } from './wishes/keep-cover.ts'
import { endWaiting } from './wishes/waiting.ts'
import { takeWishes } from './wishes/wishes.ts'

const NO_SLICES: readonly Slice[] = []

/** One cycle at a close: marks, guards, breaker, every due sleeve's decision, sizing and risk; closes net at once. */
export function onSlices(
  parts: Parts,
  slices: readonly Slice[],
  faults?: Extract<EngineEvent, { readonly kind: 'slices' }>['faults'],
): void {
  const { runtime, wishes } = parts
  const { state } = runtime
  wishes.count = 0
  runtime.closing = slices
  for (const slice of slices) takeSlice(parts, slice)
  if (runtime.contracts > 0) {
    markContracts(runtime)
    takeDeltas(runtime)
  }
  valueAll(runtime)
  runtime.shadows?.takeCloses(state.at as Instant, slices)
  stepWatches(runtime)
  const ending = endingSlice(runtime, slices)
  if (ending !== null) {
    takeRegimeDay(runtime)
    capitalDay(parts, ending.tradeDate)
    endWatchDay(runtime)
    moneyDay(parts, ending.tradeDate)
    stepAccountSize(parts, ending.tradeDate)
  } else beginScores(runtime)
  for (const slice of slices) guardClose(runtime, slice)
  for (const screen of parts.screens) {
    if (screen === null) continue
    for (const index of judgeUniverse(runtime, screen, slices))
      withdrawLeaver(runtime, screen.sleeve.ordinal, index, 'universe')
  }
  if (state.flattening !== undefined) stepFlattening(parts)
  if (state.approvals !== undefined) stepApprovals(runtime)
  for (const sleeve of runtime.sleeves) {
    for (const slice of slices)
      if (slice.clock === sleeve.config.clock) decide(parts, sleeve.ordinal, slice, faults?.[sleeve.config.id])
  }
  takeWishes(runtime, wishes, parts.books)
  if (ending !== null) runtime.observer?.day(ending.tradeDate, state.at)
  endClose(runtime, slices)
}

/** What waits beyond the decisions of a close: some of it lapses, some acts at this very close. */
export function endClose(runtime: Runtime, slices: readonly Slice[]): void {
  const { state } = runtime
  runtime.closing = NO_SLICES
  if (state.waiting.length === 0 && state.waitingStructures.length === 0) return
  expireWaiting(runtime)
  if (state.gates !== undefined) lapseAtClose(runtime, hasClosed(slices))
  if (state.structures.length > 0 && waitsForClose(state.waiting)) keepCover(runtime, isClosing(slices), false)
  if (waitsForClose(state.waiting)) {
    beginCycle(runtime)
    for (const slice of slices) activateClose(runtime, slice.instruments, slice.close)
    sendBatch(runtime)
  }
}

/** Whether an instrument has a price at this close. */
function hasClosed(slices: readonly Slice[]): (instrument: number) => boolean {
  return (instrument) =>
    slices.some(({ instruments, close }) => !Number.isNaN(close[instruments.indexOf(instrument)] ?? Number.NaN))
}

function isClosing(slices: readonly Slice[]): (instrument: number) => boolean {
  return (instrument) => slices.some((slice) => slice.instruments.includes(instrument))
}

function waitsForClose(waiting: readonly Waiting[]): boolean {
  for (let row = 0; row < waiting.length; row += 1) if (waiting[row]!.type === TYPE_CODE.close) return true
  return false
}

function sendBatch(runtime: Runtime): void {
  if (runtime.batch.count === 0) return
  const submit: Command = { kind: 'submit', orders: runtime.batch }
  // Written as a whole, a row of one takes no room for more.
  if (runtime.commands.length === 0) runtime.commands = [submit]
  else runtime.commands.push(submit)
}

function takeSlice(parts: Parts, slice: Slice): void {
  const { runtime } = parts
  const { state } = runtime
  runtime.tradeDate = slice.tradeDate
  let clock = runtime.clocks.get(slice.clock)
  if (clock === undefined) {
    clock = createClock(slice.clock)
    runtime.clocks.set(slice.clock, clock)
  }
  const { beside } = runtime
  if (beside === null) setColumns(clock, slice.instruments)
  if (beside !== null && isMarketFirst(runtime) && isMarketFirst(beside)) copyMarks(runtime, beside, runtime.market)
  else takeMarks(runtime, slice)
  takeChains(runtime, slice.chains)
  if (slice.records.length > 0 && parts.screens.some((screen) => screen?.membership.asksSnapshots))
    takeFundamentals(runtime, slice)
  if (beside === null) advanceClock(clock, slice)
  for (const sleeve of runtime.sleeves)
    if (sleeve.config.clock === slice.clock) state.sleeves[sleeve.ordinal]!.bars += 1
}

function takeMarks({ state, unitValue }: Runtime, slice: Slice): void {
  const { instruments, close } = slice
  const { mark, factor, rate } = state
  const { scale, currency, currencies } = state.books
  if (countsUp(instruments) && !hasGap(close)) {
    mark.set(close)
    factor.set(slice.factor)
    for (let index = 0; index < close.length; index += 1) unitValue[index] = close[index]! * scale[index]!
  } else markEach(state, unitValue, slice)
  // One unit of the base currency is worth one.
  if (currencies === 1) return
  for (let column = 0; column < instruments.length; column += 1) {
    if (Number.isNaN(close[column]!)) continue
    const index = instruments[column]!
    const value = unitValue[index]! * rate[currency[index]!]!
    // Without a rate it is worth nothing yet: nobody may hold it.
    unitValue[index] = Number.isNaN(value) ? 0 : value
  }
}

/** Takes the prices of those that have one. */
function markEach(
  { mark, factor, books }: Runtime['state'],
  unitValue: Float64Array,
  { instruments, close, factor: factors }: Slice,
): void {
  for (let column = 0; column < instruments.length; column += 1) {
    const price = close[column]!
    if (Number.isNaN(price)) continue
    const index = instruments[column]!
    mark[index] = price
    unitValue[index] = price * books.scale[index]!
    factor[index] = factors[column]!
  }
}

/** A shadow's market is that of the kernel beside it, which has marked it; contracts are each kernel's own. */
function copyMarks({ state, unitValue }: Runtime, beside: Runtime, count: number): void {
  state.mark.set(beside.state.mark.subarray(0, count))
  state.factor.set(beside.state.factor.subarray(0, count))
  unitValue.set(beside.unitValue.subarray(0, count))
}

/** Whether a kernel's contracts all stand behind everything else, so that what is before them is the market's. */
function isMarketFirst({ market, contracts, state }: Runtime): boolean {
  return market + contracts === state.instruments.length
}

export function takeChains(runtime: Runtime, chains: readonly OptionChain[]): void {
  // A chain speaks of its own instant: an older one is no quote any more.
  for (const [underlying, chain] of runtime.chains) if (chain.at !== runtime.state.at) runtime.chains.delete(underlying)
  for (const chain of chains) runtime.chains.set(chain.underlying, chain)
}

/** The slice with whose close the portfolio's day ends: that of its day calendar. Null while the day goes on. */
function endingSlice(runtime: Runtime, slices: readonly Slice[]): Slice | null {
  const sessions = runtime.sessions.get(runtime.state.config!.dayCalendar)
  for (const slice of slices) if (sessions === undefined || closesDay(runtime, slice, sessions)) return slice
  return null
}

function closesDay(runtime: Runtime, slice: Slice, sessions: Sessions): boolean {
  for (const { config } of runtime.sleeves) {
    if (config.clock !== slice.clock) continue
    if (config.calendar !== sessions.calendar) return false
    const closesAt = dayCloseOf(runtime, sessions, slice.tradeDate)
    return Number.isNaN(closesAt) || closesAt === slice.at
  }
  return false
}

/** When the session of a day closes; NaN where the calendar has none. */
export function dayCloseOf({ dayClose }: Runtime, sessions: Sessions, tradeDate: number): number {
  if (dayClose.sessions !== sessions || dayClose.tradeDate !== tradeDate) {
    const at = sessionOf(sessions, tradeDate as TradeDate)
    dayClose.sessions = sessions
    dayClose.tradeDate = tradeDate
    dayClose.at = at < 0 ? Number.NaN : sessions.closes[at]!
  }
  return dayClose.at
}

function anyExpires(waiting: readonly { readonly expires: number }[], at: number): boolean {
  for (let row = 0; row < waiting.length; row += 1) if (waiting[row]!.expires <= at) return true
  return false
}

/** What found no auction for too long lapses. */
function expireWaiting(runtime: Runtime): void {
  const { state } = runtime
  if (anyExpires(state.waitingStructures, state.at)) expireStructures(runtime)
  if (!anyExpires(state.waiting, state.at)) return
  const lapsed = state.waiting.filter((wish) => wish.expires <= state.at)
  state.waiting = state.waiting.filter((wish) => wish.expires > state.at)
  for (const wish of lapsed) endWaiting(runtime, wish, 'lapsed', lapseOf(runtime, wish))
}

function lapseOf(runtime: Runtime, wish: Waiting): string {
  const gate = holdsBack(runtime, wish)
  return gate === null ? 'noAuction' : gateRule(gate)
}

/** A wish for this very close that a gate holds back has missed its moment. */
function lapseAtClose(runtime: Runtime, closes: (instrument: number) => boolean): void {
  const { state } = runtime
  const misses = (wish: Waiting): boolean =>
    wish.type === TYPE_CODE.close &&
    wish.activeFrom <= state.at &&
    closes(wish.instrument) &&
    holdsBack(runtime, wish) !== null
  const gone = state.waiting.filter(misses)
  if (gone.length === 0) return
  state.waiting = state.waiting.filter((wish) => !gone.includes(wish))
  for (const wish of gone) endWaiting(runtime, wish, 'lapsed', lapseOf(runtime, wish))
}

export function onAuction(parts: Parts, quotes: QuoteColumns): void {
  const { runtime } = parts
  const { state } = runtime
  // What they wish for comes after what waited before.
  if (state.leftovers.length + state.guards.length > 0) listPlain(runtime)
  if (state.leftovers.length > 0) {
    const opened = openedOf(quotes)
    closeLeftovers(runtime, (index) => {
      const terms = state.instruments[index]!.option
      return opened(terms === null ? index : runtime.byId.get(terms.underlying)!)
    })
  }
  if (state.flattening !== undefined) stepFlattening(parts)
  if (state.guards.length > 0) guardAuction(runtime, quotes)
  if (state.structures.length + state.waitingStructures.length > 0) keepCover(runtime, openedOf(quotes), true)
  if (runtime.plain.count + state.waiting.length + state.waitingStructures.length === 0) return
  beginCycle(runtime)
  if (!activatePlain(runtime, quotes)) activateAuction(runtime, quotes)
  if (state.waitingStructures.length > 0) {
    activateStructures(runtime, openedOf(quotes))
  }
  sendBatch(runtime)
}

/** Whether an instrument has its auction now. */
function openedOf(quotes: QuoteColumns): (instrument: number) => boolean {
  const opened = new Set(Array.from(quotes.instrument).filter((_, row) => !Number.isNaN(quotes.first[row]!)))
  return (instrument) => opened.has(instrument)
}

export function onRange(parts: Parts, quotes: QuoteColumns): void {
  const { runtime } = parts
  if (runtime.state.guards.length === 0) return
  // One trigger per instrument and event: a second one is found when the event is given again after the first is settled.
  if (guardRange(runtime, quotes)) sendBatch(runtime)
}
