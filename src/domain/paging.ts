/** Reads of the readable tables as screens need them: filtered, sorted, a page at a time. Moments are milliseconds since 1970. */
import type {
  AlertRow,
  AllocationRow,
  CapitalRow,
  EquityRange,
  EquityRow,
  InstrumentRow,
  MembershipRow,
  NetOrderRow,
  PostingRow,
  ProjectedRows,
  SignalRow,
  ViolationRow,
} from './projections.ts'

/** What an instrument is called. */
export interface Named {
  readonly instrument: string | null
  /** As it is shown; of an option or structure its label, '' where money alone moves. */
  readonly symbol: string
}

/**
 * A position from flat to flat, or a structure from opening to closing; while it is open, what is of its end is null and
 * the rest is so far.
 */
export interface TripRow extends Named {
  /** `sleeve/instrument/number`. */
  readonly id: string
  readonly sleeve: string
  /** '' for a structure. */
  readonly instrument: string
  readonly kind: 'position' | 'structure'
  readonly direction: 'long' | 'short'
  /** Whole shares, contracts or coins that came out; of an open one, that went in. */
  readonly quantity: number
  readonly openedAt: number
  readonly closedAt: number | null
  /** Trade dates. */
  readonly entryDate: number
  readonly exitDate: number | null
  readonly holdMs: number | null
  readonly entryPrice: number | null
  readonly exitPrice: number | null
  /** What the entries were worth in the base currency: what a profit is a fraction of. */
  readonly worth: number
  /** After costs, with dividends and what it cost to hold; base currency. */
  readonly profit: number
  readonly cost: number
  readonly entryReason: string
  readonly exitReason: string
  /** Net orders: what `explain` and a chart go by. */
  readonly openedBy: number | null
  readonly closedBy: number | null
}

/** A net order with what became of it. */
export interface OrderPageRow extends NetOrderRow, Named {
  readonly instrument: string | null
  readonly unitsPerWhole: number
  readonly currency: string
  /** Units. */
  readonly filled: number
  /** Of what was filled; null: nothing. */
  readonly averagePrice: number | null
  /** Counts of its currency. */
  readonly fee: number
  readonly state: string
  readonly endedAt: number | null
  readonly evidence: string
  /** Sleeves that have a part in it. */
  readonly sleeves: readonly string[]
}

/** The sleeve that a violation is about; null: another thing. */
export interface ViolationPageRow extends ViolationRow {
  readonly sleeve: string | null
}

export interface PostingPageRow extends PostingRow, Named {
  readonly instrument: string | null
  readonly unitsPerWhole: number
}

export interface SignalPageRow extends SignalRow, Named {
  readonly instrument: string
}

export interface MembershipPageRow extends MembershipRow, Named {
  readonly instrument: string
}

export interface PagedRows {
  readonly trips: TripRow
  readonly orders: OrderPageRow
  readonly violations: ViolationPageRow
  readonly alerts: AlertRow
  readonly capitalChanges: CapitalRow
  readonly allocations: AllocationRow
  readonly memberships: MembershipPageRow
  readonly signals: SignalPageRow
  readonly postings: PostingPageRow
}
export type PagedTable = keyof PagedRows

/** Columns by which each can be sorted; the first one is what it is sorted by, newest first, where nothing is said. */
export const SORTED_BY = {
  trips: ['closedAt', 'openedAt', 'profit', 'holdMs', 'symbol', 'sleeve', 'quantity'],
  orders: ['order', 'symbol', 'quantity', 'type'],
  violations: ['at', 'severity', 'rule', 'resolvedAt'],
  alerts: ['at', 'severity', 'rule'],
  capitalChanges: ['at', 'sleeve', 'cause', 'moved'],
  allocations: ['at', 'sleeve'],
  memberships: ['at', 'sleeve', 'symbol'],
  signals: ['at', 'sleeve', 'symbol', 'confidence'],
  postings: ['at', 'sleeve', 'symbol', 'kind', 'realised'],
} as const satisfies Readonly<Record<PagedTable, readonly string[]>>
export type SortColumn<Table extends PagedTable> = (typeof SORTED_BY)[Table][number]

/** What is left out selects nothing away; what a table does not have selects nothing. */
export interface PageFilter {
  readonly sleeve?: string
  /** Its id. */
  readonly instrument?: string
  /** Begins with it, without regard to case. */
  readonly symbol?: string
  /** One, or any of several. */
  readonly severity?: string | readonly string[]
  /** `kind` of postings, `type` of orders, `cause` of capital changes, `rule` of violations and alerts, `direction` of trips. */
  readonly kind?: string
  /**
   * Trips that were not closed, orders that did not end, violations that were not resolved; false: those that were. Of trips,
   * left out: those that were closed.
   */
  readonly open?: boolean
  /** Both ends in it, by the first column that the table is sorted by, or the moment of an order. */
  readonly from?: number
  readonly to?: number
}

/** One of `offset` and `after`; neither: from the start. */
export interface PageQuery<Table extends PagedTable> extends PageFilter {
  readonly sort?: SortColumn<Table>
  /** Left out: true, the newest or largest first. */
  readonly descending?: boolean
  readonly offset?: number
  /** `next` of the page before, asked in the same way: holds its place while rows come in. */
  readonly after?: string
  readonly limit: number
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Of all pages. */
  readonly total: number
  /** Null: this was the last page. */
  readonly next: string | null
}

export const ACTIVITY_KINDS = ['trade', 'violation', 'rebalancing', 'status', 'alert'] as const
export type ActivityKind = (typeof ACTIVITY_KINDS)[number]

/** One thing that happened, of whatever table: null where its kind does not have it. */
export interface ActivityEntry {
  /** Of the table and row; two entries never share one. */
  readonly id: string
  readonly at: number
  readonly kind: ActivityKind
  /** `buy`, `sell`; `opened`, `resolved`; the cause of a change of capital; `paused`, `shut`, `opened` ...; rule of an alert. */
  readonly what: string
  readonly severity: string | null
  readonly sleeve: string | null
  readonly instrument: string | null
  readonly symbol: string
  /** Net order behind it, for `explain`. */
  readonly order: number | null
  /** Whole shares, contracts or coins. */
  readonly quantity: number | null
  readonly price: number | null
  /** Of a trade its worth in the base currency, of a violation what was measured. */
  readonly value: number | null
  readonly limit: number | null
  readonly text: string
}

export interface ActivityQuery {
  readonly kinds?: readonly ActivityKind[]
  readonly sleeve?: string
  /** `next` of the page before. */
  readonly before?: string
  readonly limit: number
}

/** What is held at the last closes. Amounts of the base currency, prices of the instrument's. */
export interface PositionRow extends Named {
  readonly sleeve: string
  readonly instrument: string
  readonly name: string
  readonly kind: string
  readonly assetClass: string
  readonly sector: string
  readonly currency: string
  /** Whole shares, contracts or coins; short ones negative. */
  readonly quantity: number
  readonly averagePrice: number | null
  readonly openedAt: number | null
  readonly stop: number | null
  readonly target: number | null
  /** Null: no close was seen yet. */
  readonly price: number | null
  readonly markedAt: number | null
  /** Of the market; null without a price. */
  readonly value: number | null
  readonly unrealised: number | null
  readonly realised: number
}

/** All sleeves' parts of one instrument. */
export interface NetPosition extends Omit<PositionRow, 'sleeve' | 'averagePrice' | 'openedAt' | 'stop' | 'target'> {
  readonly long: number
  readonly short: number
  /** Sum of absolute values. */
  readonly gross: number | null
  readonly parts: readonly PositionRow[]
}

export interface Positions {
  readonly bySleeve: readonly PositionRow[]
  /** Largest gross value first. */
  readonly netted: readonly NetPosition[]
}

/** Prices in one stretch of time as the portfolio was given them. */
export interface PriceBar {
  /** When the stretch begins. */
  readonly bucket: number
  /** Of the last close in it. */
  readonly at: number
  readonly tradeDate: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Whole shares, contracts or coins. */
  readonly volume: number
}

/** All of it by portfolio. */
/** The event in which an order was made or a moment began, and the last one that is of it. */
export interface OrderSpan {
  readonly first: number
  readonly last: number
}

/** Lists that are shown from their end alone. */
export type LatestTable = 'approval' | 'discrepancy' | 'gateChange'

export interface Paging {
  /** @throws RangeError a limit below 1 or above {@link PAGE_MAX}, or an `after` that is no answer of the same question */
  page<Table extends PagedTable>(
    portfolio: string,
    table: Table,
    query: PageQuery<Table>,
  ): Promise<Page<PagedRows[Table]>>
  /** The newest rows of a list that is shown from its end alone; approvals that wait for a word come first. */
  latest<Table extends LatestTable>(
    portfolio: string,
    table: Table,
    limit: number,
  ): Promise<readonly ProjectedRows[Table][]>
  /** Instruments by their ids or symbols; who is not listed is left out. */
  instruments(portfolio: string, names: readonly string[]): Promise<readonly InstrumentRow[]>
  /** Null where no order has that number, or the tables are not that far yet. */
  orderSpan(portfolio: string, order: number): Promise<OrderSpan | null>
  /** The events of one moment; null where there was none. */
  momentSpan(portfolio: string, at: number): Promise<OrderSpan | null>
  activity(portfolio: string, query: ActivityQuery): Promise<Omit<Page<ActivityEntry>, 'total'>>
  positions(portfolio: string): Promise<Positions>
  /** Bars of one instrument, as coarse as is enough for so many points, oldest first. */
  priceBars(portfolio: string, instrument: string, range: EquityRange): Promise<readonly PriceBar[]>
  /** Equity of the whole (''), and of every sleeve, over the same stretch, in the same grain. */
  equityOfAll(portfolio: string, range: EquityRange): Promise<ReadonlyMap<string, readonly EquityRow[]>>
  /** Number of the last event that the tables show; -1: none. With its moment. */
  standing(portfolio: string): Promise<{ readonly seq: number; readonly at: number | null }>
}
export const PAGE_MAX = 1_000
