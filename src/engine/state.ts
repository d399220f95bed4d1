/**
 * Everything the kernel remembers. Plain numbers, strings, arrays and typed arrays only, so that a snapshot is a copy and
 * equal state has equal bytes. What is derived (strategies, views, scratch) lives in the kernel beside it.
 */
import type { PortfolioConfig } from '../domain/config.ts'
import type { CapitalAbroad } from '../domain/currencies.ts'
import type { EngineEvent } from '../domain/events.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { FundamentalsRecord } from '../domain/market-records.ts'
import type { Protection } from '../domain/orders.ts'
import type { MeasuredRisk, Violation } from '../domain/risk.ts'
import type { RoutingTier } from '../domain/routing.ts'
import type { OptionLeg } from '../domain/strategy.ts'
import type { Memory, Quantity } from '../domain/units.ts'
import type { ExchangeState } from '../exchange/state.ts'
import { createRollingMoments, type RollingMoments } from '../pipeline/allocation/rolling.ts'
import { type Books, createBooks, rewiden, widenBooks } from '../pipeline/ledger/books.ts'
import type { BreakerState } from '../pipeline/risk/breaker.ts'
import type { CapitalState } from './capital/state.ts'
import type { ReconciliationState } from './external/reconciliation-state.ts'
import type { AskedApproval, Flattening, GateState } from './gates/state.ts'
import type { ForeignLedger } from './positions/foreign-ledger.ts'
import type { LoanState, RebalanceState } from './rebalance/state.ts'
import type { RegimeState } from './watch/regime-state.ts'
import type { WatchState } from './watch/state.ts'

/** An allowed wish that waits for its moment: the next auction, or a resting price. */
export interface Waiting {
  intent: number
  sleeve: number
  instrument: number
  /** Signed units. Changed by splits only. */
  quantity: number
  type: number
  force: number
  limit: number
  stop: number
  activeFrom: number
  expires: number
  reducing: boolean
  reason: string
  protection: Protection | null
}

/** As Waiting, for a multi-leg structure; `structure` names the one being closed, 0 opens a new one. */
export interface WaitingStructure {
  readonly intent: number
  readonly sleeve: number
  readonly underlying: number
  readonly structure: number
  readonly quantity: number
  readonly legs: readonly OptionLeg[]
  /** Contract instruments of the legs. */
  readonly contracts: readonly number[]
  readonly maximumLoss: number
  /** Calls that shares of the sleeve cover. */
  readonly covered?: true
  /** Shares that come out of it stay. */
  readonly keepsShares?: true
  /** By leg, as the last chain that quoted it said; NaN where none did. Absent: no chain was known yet. */
  deltas?: number[]
  readonly activeFrom: number
  readonly expires: number
  readonly reason: string
}

/** A structure's order on its way, with each sleeve's part of it. Counts are structures. */
export interface StructureOrder {
  readonly id: number
  /** Positive opens. */
  readonly quantity: number
  readonly shares: readonly {
    readonly waiting: WaitingStructure
    readonly wanted: number
    readonly crossed: number
    /** By leg: how many of its structures have that leg. */
    readonly dealt: number[]
  }[]
  /** By leg: how many structures have it, and its average price so far. */
  readonly filled: number[]
  readonly price: number[]
}

/** One sleeve's part of an order that is on its way. */
export interface WorkingShare {
  readonly intent: number
  readonly sleeve: number
  readonly wanted: number
  readonly crossed: number
  filled: number
  readonly reason: string
  readonly protection: Protection | null
}

/** An order that outlives its cycle. */
export interface WorkingOrder {
  readonly id: number
  readonly instrument: number
  readonly quantity: number
  filled: number
  readonly type: number
  readonly force: number
  readonly limit: number
  readonly stop: number
  readonly shares: WorkingShare[]
}

export interface ClosedOrder extends WorkingOrder {
  readonly closedAt: number
}

/** Exits that the kernel keeps for one sleeve's position. */
export interface Guard {
  readonly sleeve: number
  readonly instrument: number
  readonly protection: Protection
  /** Highest (for shorts lowest) close or price since entry, on the signal scale. */
  extreme: number
  /** Entry price on the signal scale of a position that came by a roll. Absent: the books' average price. */
  readonly entry?: number
  /** Bar of the sleeve's clock in which its level last sent an order: what the bar's volume could not take waits. */
  sentBar: number
}

/** What goes over to the contract that a position is rolled into. */
export interface RollingPosition {
  readonly sleeve: number
  readonly contract: number
  readonly openedBar: number
  readonly openedAt: number
  readonly guard: Guard | null
}

/** A multi-leg position. */
export interface StructurePosition {
  readonly id: number
  readonly sleeve: number
  readonly underlying: number
  readonly legs: readonly OptionLeg[]
  readonly contracts: readonly number[]
  readonly quantity: number
  readonly credit: number
  readonly maximumLoss: number
  /** Calls that shares of the sleeve cover. */
  readonly covered?: true
  /** Shares that come out of it stay. */
  readonly keepsShares?: true
  /** By leg, as the last chain that quoted it said; NaN where none did. Absent: no chain was known yet. */
  deltas?: number[]
  readonly openedAt: number
  readonly openedBar: number
  pending: boolean
}

/** Orders of a sleeve on its last day and in its last minute with any. */
export interface OrderCount {
  day: number
  today: number
  minute: number
  inMinute: number
}

export interface SleeveMemory {
  memory: Memory
  /** Why the sleeve takes no new positions; '' while it does. */
  paused: string
  /** Waits to be added, is being closed, or is closed for good. Absent: it takes part. */
  standing?: 'awaited' | 'closing' | 'closed'
  /** Bars of its clock so far. */
  bars: number
  /** Equity with which the last UTC day ended, for the weekend's day-loss rule. */
  dayStartEquity: number
  /** Equity at the last look. */
  equityBefore: number
  day: number
  /** Absent where the sleeve's orders are not limited. */
  orders?: OrderCount
  /** By Instrument.index: 1 a member of the universe, 2 none, 0 not judged. Absent where every name always is. */
  membership?: number[]
}

/** What a shadow did, each order sent alone. Units in whole shares, contracts, coins or structures. */
export interface ShadowTally {
  readonly orders: number
  readonly units: number
  /** At the reference price of each order, in the base currency; structures, whose price is a premium, count nothing. */
  readonly notional: number
  /** Closed round trips. */
  readonly trades: number
}

/** A sleeve's shadow between two events. Its indicators are those of the kernel beside it. */
export interface ShadowState {
  readonly book: KernelState
  readonly tradeDate: number
  readonly exchange: ExchangeState
  readonly tally: ShadowTally
  /** Why it ended before the run did; '' while it goes on. */
  readonly fault: string
  /** A margin call was open at the last close: its broker acts at the next auction. */
  readonly called: boolean
  /** Capital that waits for the first rate of its currency. */
  readonly abroad: readonly CapitalAbroad[]
  /** Rates and announcements of a close whose bars have not come yet. */
  readonly rates: Pick<EventOf<'rates'>, 'tradeDate' | 'rates'> | null
  readonly dividends: EventOf<'announced'>['dividends']
}

type EventOf<Kind> = Extract<EngineEvent, { readonly kind: Kind }>

export interface KernelState {
  config: PortfolioConfig | null
  codes: Readonly<Record<string, string>>
  seq: number
  at: number
  cycle: number
  instruments: Instrument[]
  books: Books
  /** Units waiting and working per sleeve and instrument, and per account instrument. */
  pendingBuys: Float64Array
  pendingSells: Float64Array
  accountBuys: Float64Array
  accountSells: Float64Array
  /** Per sleeve and instrument: the sleeve's bar count and the instant when the position was opened. */
  openedBar: Float64Array
  openedAt: Float64Array
  /** Last raw price, and forward factor, per instrument. */
  mark: Float64Array
  factor: Float64Array
  delisted: Uint8Array
  /** Absent where the account's size decides nothing. */
  routing?: {
    tier: RoutingTier
    changes: readonly { readonly tradeDate: number; readonly tier: RoutingTier; readonly equity: number }[]
  }
  /** The contract that each chain of futures stands for. Absent: no chain has begun. */
  fronts?: readonly { readonly chain: number; readonly contract: number }[]
  /** Positions between the two orders of a roll. Absent where nothing was ever rolled. */
  rolling?: readonly RollingPosition[]
  /** What a roll bought of a new contract, signed, and has not sold of the old one. Absent where nothing was ever rolled. */
  rolledAhead?: readonly { readonly sleeve: number; readonly chain: number; readonly units: number }[]
  /** Instruments that nobody can sell short anew for now, lowest first. Absent where that never happened. */
  unborrowable?: readonly number[]
  /** What one unit of each currency is worth in the base currency; NaN where no rate is known yet. */
  rate: Float64Array
  /** The base currency first. */
  currencies: string[]
  /** Absent while the books keep one currency. */
  foreign?: ForeignLedger
  sleeves: SleeveMemory[]
  waiting: Waiting[]
  waitingStructures: WaitingStructure[]
  working: WorkingOrder[]
  /** Structures whose order outlives its cycle. Absent where none does. */
  workingStructures?: readonly StructureOrder[]
  /** Orders that ended short of their quantity, kept for the fills that may still come. */
  closed: ClosedOrder[]
  structures: StructurePosition[]
  guards: Guard[]
  /** Contracts and shares that an expiry or assignment left behind: closed at their next auction. */
  leftovers: {
    readonly instrument: number
    readonly sleeve: number
    /** Signed units that came to the sleeve. */
    readonly quantity: number
    readonly reason: 'expiry' | 'assignment' | 'unmatched leg'
  }[]
  breaker: BreakerState | null
  /** Drawdown breakers of the sleeves, null where one has none; absent where no sleeve has any. */
  sleeveBreakers?: (BreakerState | null)[]
  /** Absent where no limit is watched while positions are held. */
  watch?: WatchState
  /** Absent where no sleeve is limited to regimes. */
  regimes?: RegimeState | undefined
  /** Absent where no limit asks for what is measured at a day's end. */
  measured?: MeasuredRisk
  /** Rolling returns of the sleeves per portfolio day, and the equity they are measured from. */
  moments: RollingMoments
  previousEquity: Float64Array
  /** What the last snapshot said of each instrument; absent while no rule asks, or none has come. */
  fundamentals?: (FundamentalsRecord | null)[]
  /** Absent while capital is dealt once and never moved. */
  capital?: CapitalState
  /** Absent until something can make a rebalancing due, and until the reserve can lend. */
  rebalance?: RebalanceState
  loans?: LoanState
  violations: Violation[]
  /** Absent until a broker's account was compared with the books. */
  reconciliation?: ReconciliationState
  /** When each instrument was split last, by index. Absent before the first on an account that others touch. */
  splits?: Readonly<Record<number, number>>
  /** Ids of what a broker said without an order, oldest first. Absent until it says something. */
  told?: readonly string[]
  /** Part of the allocation that is traded, as an operator allowed it. Absent: all of it. */
  liveFraction?: number
  /** Absent while every gate is open and the account is active. */
  gates?: GateState
  /** By sleeve ordinal. Absent while nothing is being flattened. */
  flattening?: readonly Flattening[]
  /** In the order in which they were asked. Absent while nobody is asked. */
  approvals?: readonly AskedApproval[]
  /** By sleeve ordinal, null where there is none. In snapshots only: while a kernel lives they live beside it. */
  shadows?: readonly (ShadowState | null)[]
  nextIntent: number
  nextStructure: number
  /** Intents that ended, by how; with those alive they add up to all that were born. */
  ended: {
    filled: number
    crossed: number
    trimmed: number
    refused: number
    superseded: number
    lapsed: number
    expired: number
    cancelled: number
  }
  executions: number
}

export function emptyState(): KernelState {
  return {
    config: null,
    codes: {},
    seq: -1,
    at: 0,
    cycle: 0,
    instruments: [],
    books: createBooks(0, 1, 0),
    pendingBuys: new Float64Array(0),
    pendingSells: new Float64Array(0),
    accountBuys: new Float64Array(0),
    accountSells: new Float64Array(0),
    openedBar: new Float64Array(0),
    openedAt: new Float64Array(0),
    mark: new Float64Array(0),
    factor: new Float64Array(0),
    delisted: new Uint8Array(0),
    rate: new Float64Array(0),
    currencies: [],
    sleeves: [],
    waiting: [],
    waitingStructures: [],
    working: [],
    closed: [],
    structures: [],
    guards: [],
    leftovers: [],
    breaker: null,
    moments: createRollingMoments(0),
    previousEquity: new Float64Array(0),
    violations: [],
    nextIntent: 1,
    nextStructure: 1,
    ended: { filled: 0, crossed: 0, trimmed: 0, refused: 0, superseded: 0, lapsed: 0, expired: 0, cancelled: 0 },
    executions: 0,
  }
}

/** Makes room for `instruments` columns in every per-instrument array. */
export function widenState(state: KernelState, instruments: number): void {
  const from = state.books.width
  if (instruments <= from) return
  // Rows of a power of two of columns would all lie on the same few lines of a processor's cache.
  const to = Math.max(instruments, from < 16 ? 16 : from * 2 + 8)
  const sleeves = state.books.sleeves
  widenBooks(state.books, to)
  state.pendingBuys = rewiden(state.pendingBuys, sleeves, from, to)
  state.pendingSells = rewiden(state.pendingSells, sleeves, from, to)
  state.openedBar = rewiden(state.openedBar, sleeves, from, to)
  state.openedAt = rewiden(state.openedAt, sleeves, from, to)
  const trades = state.capital?.trades
  if (trades !== undefined) trades.open = rewiden(trades.open, sleeves, from, to)
  if (state.foreign !== undefined) state.foreign.onGains = rewiden(state.foreign.onGains, sleeves, from, to)
  state.accountBuys = rewiden(state.accountBuys, 1, from, to)
  state.accountSells = rewiden(state.accountSells, 1, from, to)
  state.mark = rewiden(state.mark, 1, from, to).fill(Number.NaN, from)
  state.factor = rewiden(state.factor, 1, from, to).fill(1, from)
  const delisted = new Uint8Array(to)
  delisted.set(state.delisted)
  state.delisted = delisted
}

/** Signed units a sleeve holds of an instrument. */
export function held(state: KernelState, sleeve: number, instrument: number): Quantity {
  return state.books.quantity[sleeve * state.books.width + instrument] as Quantity
}

/** Filled plus waiting and working. */
export function projectedOf(state: KernelState, sleeve: number, instrument: number): number {
  const at = sleeve * state.books.width + instrument
  return state.books.quantity[at]! + state.pendingBuys[at]! - state.pendingSells[at]!
}

/** Reserves an allowed change (sign as wished), or with the opposite sign of `release` frees it. */
export function reserve(state: KernelState, sleeve: number, instrument: number, quantity: number): void {
  const at = sleeve * state.books.width + instrument
  if (quantity > 0) {
    state.pendingBuys[at] = state.pendingBuys[at]! + quantity
    state.accountBuys[instrument] = state.accountBuys[instrument]! + quantity
  } else {
    state.pendingSells[at] = state.pendingSells[at]! - quantity
    state.accountSells[instrument] = state.accountSells[instrument]! - quantity
  }
}

export function release(state: KernelState, sleeve: number, instrument: number, quantity: number): void {
  const at = sleeve * state.books.width + instrument
  if (quantity > 0) {
    state.pendingBuys[at] = state.pendingBuys[at]! - quantity
    state.accountBuys[instrument] = state.accountBuys[instrument]! - quantity
  } else {
    state.pendingSells[at] = state.pendingSells[at]! + quantity
    state.accountSells[instrument] = state.accountSells[instrument]! + quantity
  }
}
