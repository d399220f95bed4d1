/**
 * State under one configuration becomes state under the next. Sleeves keep their ordinals, so every row stays where it is and
 * new sleeves have rows behind them. Books, reservations, peaks, breakers and open violations are carried over whatever the
 * new configuration says of them: a limit that is loosened forgets nothing.
 */
import type { PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import type { Memory } from '../../domain/units.ts'
import type { Books } from '../../pipeline/ledger/books.ts'
import { startBreaker } from '../../pipeline/risk/breaker.ts'
import { membershipOf } from '../../pipeline/universe/membership.ts'
import { isSameData } from '../canonical.ts'
import type { ForeignLedger } from '../positions/foreign-ledger.ts'
import type { KernelState, SleeveMemory } from '../state.ts'
import { longestWindow, violationRules, watchesAnything } from '../watch/rules.ts'
import { startWatch, type WatchState } from '../watch/state.ts'
import { noOrders } from '../wishes/order-rate.ts'
import { carriedCapital } from './carry-capital.ts'
import { carriedMoments } from './carry-moments.ts'
import { lengthened, relaidRing } from './rows.ts'

const PAUSED = 'paused in the configuration'

/** What the state itself does not say. */
export interface CarryFacts {
  /** By sleeve ordinal, new sleeves too: equity at the last marks in the base currency. */
  readonly equity: Float64Array
  /** The memory that a sleeve's strategy begins with. */
  start(sleeve: SleeveConfig): Memory
}

/** Whether a sleeve's strategy begins anew: what it decides by has changed. Its positions stay. */
function beginsAnew(before: SleeveConfig, after: SleeveConfig): boolean {
  return !(
    before.strategy === after.strategy &&
    isSameData(before.parameters, after.parameters) &&
    isSameData(before.universe, after.universe) &&
    isSameData(before.universeBelow, after.universeBelow)
  )
}

/**
 * The state under `after`; nothing of the one that is given is changed. What the configuration does not concern is shared.
 *
 * @param after in force from now on: every sleeve of the one before in its place, new ones behind
 */
export function carriedOver(state: KernelState, after: PortfolioConfig, facts: CarryFacts): KernelState {
  const before = state.config!
  const [from, to] = [before.sleeves.length, after.sleeves.length]
  const { width } = state.books
  const { sleeveBreakers: _breakers, watch: _watch, capital: _capital, ...others } = state
  const { breaker, foreign, rebalance, loans, regimes, ...rest } = others
  const rows = (values: Float64Array): Float64Array => lengthened(values, to * width)
  const ownBreakers = carriedBreakers(state, after, facts)
  const ownWatch = carriedWatch(state, after, facts)
  const ownCapital = carriedCapital(state, after)
  const total = facts.equity.reduce((sum, equity) => sum + equity, 0)
  const isRegimeKept = isSameData(regimesAsked(before), regimesAsked(after))
  return {
    ...rest,
    config: after,
    books: carriedBooks(state.books, to),
    pendingBuys: rows(state.pendingBuys),
    pendingSells: rows(state.pendingSells),
    openedBar: rows(state.openedBar),
    openedAt: rows(state.openedAt),
    sleeves: after.sleeves.map((sleeve, ordinal) => carriedSleeve(state, sleeve, ordinal, facts)),
    breaker: breaker ?? (after.limits.drawdown === null ? null : startBreaker(total)),
    ...(ownBreakers === undefined ? {} : { sleeveBreakers: ownBreakers }),
    ...(ownWatch === undefined ? {} : { watch: ownWatch }),
    ...carriedMeasures(state, after),
    ...(regimes === undefined || !isRegimeKept ? {} : { regimes }),
    moments: from === to ? state.moments : carriedMoments(state.moments, to),
    previousEquity: lengthened(state.previousEquity, to),
    ...(ownCapital === undefined ? {} : { capital: ownCapital }),
    ...(foreign === undefined ? {} : { foreign: carriedForeign(foreign, to, width) }),
    ...(rebalance === undefined ? {} : { rebalance: { ...rebalance, unfunded: lengthened(rebalance.unfunded, to) } }),
    ...(loans === undefined
      ? {}
      : { loans: { ...loans, lent: lengthened(loans.lent, to), recalled: bytes(loans.recalled, to) } }),
  }
}

function carriedBooks(books: Books, sleeves: number): Books {
  const { width, currencies } = books
  return {
    ...books,
    sleeves,
    quantity: lengthened(books.quantity, sleeves * width),
    cost: lengthened(books.cost, sleeves * width),
    realised: lengthened(books.realised, sleeves * width),
    cash: lengthened(books.cash, sleeves * currencies),
    fees: lengthened(books.fees, sleeves * currencies),
    dividends: lengthened(books.dividends, sleeves * currencies),
  }
}

function carriedForeign(foreign: ForeignLedger, sleeves: number, width: number): ForeignLedger {
  return {
    currencyGain: lengthened(foreign.currencyGain, sleeves),
    realised: lengthened(foreign.realised, sleeves),
    fees: lengthened(foreign.fees, sleeves),
    dividends: lengthened(foreign.dividends, sleeves),
    onGains: lengthened(foreign.onGains, sleeves * width),
  }
}

function bytes(values: Uint8Array, length: number): Uint8Array {
  const next = new Uint8Array(length)
  next.set(values)
  return next
}

function carriedSleeve(state: KernelState, after: SleeveConfig, ordinal: number, facts: CarryFacts): SleeveMemory {
  const former = state.sleeves[ordinal]
  const before = state.config!.sleeves[ordinal]
  if (former === undefined || before === undefined) return newSleeve(after, facts)
  const { orders, membership, ...rest } = former
  const isAnew = beginsAnew(before, after)
  return {
    ...rest,
    ...(isAnew ? { memory: facts.start(after) } : {}),
    paused: pausedAs(former.paused, before, after),
    ...(after.limits.orders === undefined ? {} : { orders: orders ?? noOrders() }),
    ...(membership === undefined || membershipOf(after.universeRules) === null ? {} : { membership }),
  }
}

function newSleeve(sleeve: SleeveConfig, facts: CarryFacts): SleeveMemory {
  return {
    memory: facts.start(sleeve),
    paused: sleeve.status === 'paused' ? PAUSED : '',
    ...(sleeve.awaited === true ? ({ standing: 'awaited' } as const) : {}),
    bars: 0,
    dayStartEquity: 0,
    equityBefore: 0,
    day: 0,
    ...(sleeve.limits.orders === undefined ? {} : { orders: noOrders() }),
  }
}

/** The file pauses and resumes what the file paused; what an operator or a fault stopped stays stopped. */
function pausedAs(paused: string, before: SleeveConfig, after: SleeveConfig): string {
  if (before.status === after.status) return paused
  if (after.status === 'paused') return paused === '' ? PAUSED : paused
  return paused === PAUSED ? '' : paused
}

/** A breaker that was ever there keeps its peak, and whether it is halted. */
function carriedBreakers(state: KernelState, after: PortfolioConfig, facts: CarryFacts): KernelState['sleeveBreakers'] {
  const { sleeveBreakers: former } = state
  if (former === undefined && after.sleeves.every(({ limits }) => limits.drawdown === undefined)) return undefined
  return after.sleeves.map(({ limits }, ordinal) => {
    const own = former?.[ordinal] ?? null
    return own ?? (limits.drawdown === undefined ? null : startBreaker(facts.equity[ordinal]!))
  })
}

function carriedWatch(state: KernelState, after: PortfolioConfig, facts: CarryFacts): WatchState | undefined {
  const { watch, config } = state
  const window = longestWindow(after)
  if (watch === undefined) return watchesAnything(after) ? startWatch(facts.equity, window, state.at) : undefined
  const [from, to] = [config!.sleeves.length, after.sleeves.length]
  // Days that were measured are kept while nothing asks for more.
  const capacity = Math.max(window, watch.capacity)
  const reentries = carriedReentries(watch, after)
  if (from === to && capacity === watch.capacity) return { ...watch, reentries }
  // The portfolio's own column stands behind those of the sleeves.
  const returns = relaidRing(
    watch.returns,
    watch.days,
    { capacity: watch.capacity, columns: from + 1 },
    {
      capacity,
      columns: to + 1,
      at: (column) => (column === from ? to : column),
      empty: 0,
    },
  )
  return {
    ...watch,
    reentries,
    dayStart: lengthened(watch.dayStart, to),
    peakEquity: lengthened(watch.peakEquity, to),
    closed: lengthened(watch.closed, to),
    peakClosed: lengthened(watch.peakClosed, to),
    returns,
    capacity,
    days: capacity === watch.capacity ? watch.days : Math.min(watch.days, watch.capacity),
  }
}

/** A return that has fewer steps now is at its last one at most. */
function carriedReentries({ reentries }: WatchState, after: PortfolioConfig): WatchState['reentries'] {
  const { reentry } = violationRules(after)
  if (reentry === null) return reentries
  const last = Math.max(0, reentry.steps.length - 1)
  return reentries.map((one) => (one.step > last ? { ...one, step: last } : one))
}

function carriedMeasures({ measured, config }: KernelState, after: PortfolioConfig): Pick<KernelState, 'measured'> {
  const to = after.sleeves.length
  if (measured === undefined) {
    if (!watchesAnything(after) || longestWindow(after) === 0) return {}
    const unknown = Number.NaN
    const none = (): Float64Array => new Float64Array(to).fill(unknown)
    const own = { volatility: unknown, valueAtRisk: unknown, diversification: unknown }
    return { measured: { ...own, sleeveVolatility: none(), closeness: none() } }
  }
  if (config!.sleeves.length === to) return { measured }
  const { sleeveVolatility, closeness } = measured
  return {
    measured: {
      ...measured,
      sleeveVolatility: lengthened(Float64Array.from(sleeveVolatility), to, Number.NaN),
      closeness: lengthened(Float64Array.from(closeness), to, Number.NaN),
    },
  }
}

/** Of which instruments regimes are judged: where these are others, they are begun anew at the day's end. */
function regimesAsked({ sleeves }: PortfolioConfig): unknown {
  return sleeves.map(({ regimes, universe, universeBelow }) =>
    regimes === undefined ? null : [universe, universeBelow ?? []],
  )
}
