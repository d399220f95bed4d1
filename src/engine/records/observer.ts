import type { ApprovalRecord } from '../../domain/approvals.ts'
import type { CapitalRecord } from '../../domain/capital.ts'
import type { Amendment, BookedShare } from '../../domain/corrections.ts'
import type { Discrepancy } from '../../domain/discrepancies.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { OrderOutcome } from '../../pipeline/orders/order-state.ts'
import type { RefusalRecord } from './result.ts'
import type { Witness } from './witness.ts'

export const POSTING_KINDS = [
  'fill',
  'cross',
  'dividend',
  'funding',
  'borrow',
  'split',
  'expiry',
  'assignment',
  'ended',
  'transfer',
  'marginCall',
  'conversion',
  'external',
  'assigned',
  'reversal',
  'correction',
] as const
export type PostingKind = (typeof POSTING_KINDS)[number]

/** One sleeve's part of a booking, in plain numbers. */
export interface Posting {
  readonly kind: PostingKind
  /** 0 where no order stands behind it. */
  readonly order: number
  /** The exchange's number of the execution; 0 where there was none. */
  readonly execution: number
  readonly sleeve: number
  /** -1 where money alone moves. */
  readonly instrument: number
  /** Signed units. */
  readonly quantity: number
  readonly price: number
  /** Signed counts before the fee, of the instrument's currency; of the base currency where there is no instrument. */
  readonly cash: number
  /** Counts of the same currency. */
  readonly fee: number
  /** In the base currency. */
  readonly realised: number
  /** The same in the instrument's own currency. Absent where money alone moves. */
  readonly gain?: number
  /** The sleeve's position before it, in units. */
  readonly before: number
  readonly reason: string
}

/**
 * What wants to know of every booking: a recorder for reports, counters for benches. Called synchronously inside the
 * kernel with plain numbers, so that nothing is built where nobody listens.
 */
export interface Observer {
  /** One sleeve's part of a booking. The record is reused: read it at once, never keep it. */
  posting(posting: Posting): void
  /** One side of a change of currency: signed counts of the currency in that column of the books. */
  converted?(sleeve: number, currency: number, amount: number, reason: string): void
  /** The broker's account and the books differ, or what is known of that has changed. */
  discrepancy?(discrepancy: Discrepancy): void
  /** An execution was corrected: how it stands from now on, and under which number. */
  amended?(amended: AmendedExecution): void
  /** An execution has been dealt: its signed units, after the postings of its parts. */
  executed(instrument: number, quantity: number): void
  /** A reducing wish was judged: units asked, and how far the projected position moved. */
  reduced(asked: number, moved: number): void
  /**
   * A net order or a cross without one, when it is made. Shares stand at [start, start + count) of the columns. The row
   * is reused: read it at once, never keep it.
   */
  ordered(row: OrderRow): void
  /** What became of it: filled units are added per fill; the state when it ends. */
  orderFilled(order: number, quantity: number, price: number, fee: number): void
  orderEnded(order: number, state: OrderOutcome, evidence: string): void
  refused(record: RefusalRecord): void
  /** An entry that a strategy is sure of to a degree was allowed, in that size. */
  signalled?(signal: Signal): void
  /** A sleeve was asked and answered with so many wishes; none is to hold what it has. */
  decided?(sleeve: number, wishes: number): void
  /** An entry waits for an operator's word, or that wait is over. */
  approval?(record: ApprovalRecord): void
  structureOpened(opened: StructureEvent): void
  structureClosed(closed: StructureEvent & { readonly exitReason: string }): void
  /** The end of a portfolio day, after marking. */
  day(tradeDate: number, at: number): void
  /** This day's inverse-volatility weights and correlations of the sleeves, row by row; reused arrays. */
  allocated(weights: Float64Array, correlation: Float64Array): void
  /** Money went from one sleeve to another: cash of all sleeves in that currency before and after, in counts. */
  transferred?(before: number, after: number): void
  /** A name entered a sleeve's universe or left it. */
  membership?(judged: JudgedName): void
  /** One change of what a sleeve may use. */
  capital?(record: CapitalRecord): void
  /** Weights and the overlays' factors by sleeve whenever one of them has changed; reused arrays. */
  weighed?(weighing: Weighing): void
  /** The portfolio goes on under another configuration: there may be more sleeves than before. */
  configured?(): void
  /** Asks how entries come to their sizes. */
  readonly witness?: Witness
}

export interface AmendedExecution {
  readonly number: number
  readonly corrects: number
  readonly kind: Amendment['kind']
  /** Nothing where it was busted. */
  readonly shares: readonly BookedShare[]
}

/** An entry with what the strategy said of it; prices raw, NaN where it named none. */
export interface Signal {
  readonly at: number
  readonly tradeDate: number
  readonly sleeve: number
  readonly instrument: number
  /** Signed units that limits left of it. */
  readonly quantity: number
  /** 0 to 1. */
  readonly confidence: number
  /** The mark on which it was sized. */
  readonly price: number
  readonly stop: number
  readonly target: number
  /** '' where no sleeve asks for it. */
  readonly regime: string
  readonly reason: string
}

/** From this close on a name is a member of a sleeve's universe, or is none, for every reason given. */
export interface JudgedName {
  readonly sleeve: number
  readonly instrument: number
  readonly tradeDate: TradeDate
  readonly isMember: boolean
  readonly reasons: readonly string[]
}

/** What each sleeve may use from now on: its weight times its factor; by sleeve ordinal. */
export interface Weighing {
  readonly tradeDate: number
  /** Whether the weights were computed anew; otherwise an overlay has moved. */
  readonly isComputed: boolean
  readonly weights: Float64Array
  readonly factors: Float64Array
}

export interface OrderRow {
  readonly id: number
  readonly cycle: number
  readonly at: number
  readonly tradeDate: number
  /** -1 for a structure. */
  readonly instrument: number
  readonly label: string
  readonly type: string
  readonly net: number
  readonly crossed: number
  readonly reference: number
  readonly sleeves: Int32Array
  /** Numbers of the intents behind the shares. */
  readonly intents: Float64Array
  readonly wanted: Float64Array
  readonly crosses: Float64Array
  readonly reasons: readonly string[]
  readonly start: number
  readonly count: number
}

export interface StructureEvent {
  readonly structure: number
  readonly sleeve: number
  readonly label: string
  readonly quantity: number
  /** Net premium per share taken in; paid where negative. */
  readonly premium: number
  /** The same for all of it, in money: unchanged by a split in between. */
  readonly money: number
  readonly order: number
  readonly reason: string
  readonly at: number
  readonly tradeDate: number
}
