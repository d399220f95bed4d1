import type { IndicatorRequest } from './indicator-request.ts'
import type { Instrument } from './instruments.ts'
import type { OptionChain, Slice } from './market.ts'
import type { MarketRecord, RecordKind } from './market-records.ts'
import type { Protection, Terms } from './orders.ts'
import type { Parameters, ParameterTable } from './parameters.ts'
import type { Sessions } from './sessions.ts'
import type { CalendarId, Instant, InstrumentId, Memory, Price, Quantity, TradeDate } from './units.ts'

/** What a sleeve knows of a position it holds, on the bar being decided. */
export interface Holding {
  readonly quantity: Quantity
  /** Average entry price on today's share count (raw). */
  readonly entryPrice: number
  /** Bars of the sleeve's clock since the first fill; the entry bar itself counts 1 at its close. */
  readonly bars: number
  /** Profit per share at the last mark, as a fraction of the entry price; positive is a gain on either side. */
  readonly gain: number
  readonly openedAt: Instant
}

export interface OptionLeg {
  readonly right: 'call' | 'put'
  readonly strike: number
  readonly expiry: TradeDate
  /** Contracts per structure; negative is sold. */
  readonly ratio: number
}

/** A multi-leg position that opens and closes as a unit. */
export interface StructureHolding {
  readonly id: number
  readonly underlying: InstrumentId
  readonly legs: readonly OptionLeg[]
  readonly quantity: Quantity
  /** Net premium received per share when it was opened; negative is a debit. */
  readonly credit: number
  /** Net premium per share that closing costs now at mid prices; null where a leg has no price. */
  readonly costToClose: number | null
  /** Largest possible loss per structure in money. */
  readonly maximumLoss: number
  readonly expiry: TradeDate
  readonly openedAt: Instant
  /** An order of this structure is on its way. */
  readonly pending: boolean
}

/** What a sleeve sees when a slice of its clock closes. One object per sleeve, reused: never keep it. */
export interface View<P = Parameters, M = Memory> {
  readonly parameters: P
  readonly memory: M
  /** Its records are seen through `records`. */
  readonly slice: Omit<Slice, 'records'>
  /** Columns of `slice` that this sleeve trades, in its declared order. */
  readonly universe: Int32Array
  /** The sleeve's own equity, and what it may still spend after worst-case reservations, in the base currency. */
  readonly equity: number
  readonly available: number
  /** What entries are sized on: the sleeve's equity, or its part of the portfolio's, times the factor of the overlays. */
  readonly capital: number
  /** This row of an indicator, one value per column, on signal prices; outputs are named 'band.lower'. NaN = undefined. */
  indicator(name: string): Float64Array
  /** The value `bars` bars before this one. Throws beyond the declared lookback. */
  ago(name: string, column: number, bars: number): number
  /** Filled; and filled plus working and waiting. */
  position(column: number): Quantity
  projected(column: number): Quantity
  holding(column: number): Holding | null
  /** Whether the symbol meets the sleeve's universe rules on this bar. */
  eligible(column: number): boolean
  structures(): readonly StructureHolding[]
  chain(column: number): OptionChain | null
  /**
   * What became known of the column's instrument since the previous slice, earliest first, of the kinds that the strategy
   * `reads`. Never keep it.
   */
  records(column: number): readonly MarketRecord[]
  /** A price on the signal scale as a raw one of today. */
  toRaw(column: number, signalPrice: number): Price
  /** What the column is: unit, step, multiplier, kind, and whether it may be held short. */
  instrument(column: number): Instrument
  /** Worth of one unit at the last mark, in the base currency; 0 where there is no mark or no rate yet. */
  unitValue(column: number): number
  sessions(calendar: CalendarId): Sessions
}

export interface WishOptions {
  readonly terms?: Terms
  readonly protection?: Protection
  /** Factor on the size: 2 enters twice what the sizing gives. */
  readonly strength?: number
  /** How sure the strategy is, 0 to 1: a factor on the size as well, recorded with the signal, its stop and its target. */
  readonly confidence?: number
}

/** Where a sleeve puts its wishes. Two targets for one instrument in one cycle are a fault. */
export interface IntentSink {
  /** Enter with the size that the sleeve's sizing gives; from flat, or adding to the same side up to that size. */
  enter(column: number, side: 1 | -1, reason: string, options?: WishOptions): void
  /** Close the whole position. */
  exit(column: number, reason: string, options?: WishOptions): void
  target(column: number, quantity: Quantity, reason: string, options?: WishOptions): void
  change(column: number, quantity: Quantity, reason: string, options?: WishOptions): void
  /** Open a structure on the column's underlying, sized by maximum loss, filled as a unit. */
  openStructure(column: number, wish: StructureWish): void
  closeStructure(structure: number, reason: string): void
  /** A wish that the strategy itself gives up, with the rule's name: counted among the refused. */
  refuse(column: number, rule: string): void
}

export interface StructureWish {
  readonly legs: readonly OptionLeg[]
  /** Net premium per share expected from the chain's quotes; negative is a debit. */
  readonly credit: number
  /** Largest possible loss per structure in money, from strikes and credit; 0 for calls that shares cover. */
  readonly maximumLoss: number
  readonly reason: string
  /** Structures wished for. Absent: what the sleeve's sizing gives. */
  readonly quantity?: number
  /** Calls sold against shares that the sleeve holds, which stay until the calls are gone: no more than they cover. */
  readonly coveredByShares?: true
  /** Shares that an exercise or assignment brings stay with the sleeve. Absent: they are sold at the next open. */
  readonly keepsShares?: true
}

/** What `idle` is told: the declared indicators of the coming bars, should nothing happen before them. */
export interface Outlook<P = Parameters, M = Memory> {
  readonly parameters: P
  readonly memory: M
  /** The coming bars that are known stand at places `first` to `first + count - 1` of the indicators. */
  readonly first: number
  readonly count: number
  /** An indicator's value on each of those bars; the array holds more. */
  indicator(name: string): Float64Array
}

/** A trading strategy: plain functions over a reused view. Built-in, user-written and generated ones share this contract. */
export interface Strategy<P extends Parameters = Parameters, M extends Memory = Memory> {
  readonly name: string
  /** One sentence for lists: what it buys and when it lets go. */
  readonly summary?: string
  readonly parameters: ParameterTable<P>
  /** Instruments of the universe that belong together, in its declared order: 2 for pairs. Left out: each stands for itself. */
  readonly group?: number
  /** `own`: divides the capital itself and names every quantity, so that a sleeve states no sizing. Left out: it asks for one. */
  readonly sizes?: 'own'
  /** `capital`: its explicit quantities follow from the capital that it is shown. Left out: they stand for themselves. */
  readonly targets?: 'capital'
  /** What is wrong with parameters that are each within their bounds, as text for the user; null when nothing is. */
  check?(parameters: P): string | null
  indicators(parameters: P): Readonly<Record<string, IndicatorRequest>>
  /** Kinds of records that the view shows: a report names those among them that are synthetic. Left out: none. */
  readonly reads?: readonly RecordKind[]
  /** Bars that `ago` may look back. */
  lookback(parameters: P): number
  start(parameters: P): M
  /** Once a slice, for all instruments; returns the next memory. A throw, a promise or nonsense pauses the sleeve. */
  decide(view: View<P, M>, out: IntentSink): M
  /**
   * How many of the coming bars, counted from the first, need no decision, on a clock of one instrument: on each of them
   * `decide` would wish nothing and return the very memory it was given, unchanged. Too few is slow, too many is wrong.
   * Left out: every bar is decided.
   */
  idle?(outlook: Outlook<P, M>): number
}
