/**
 * What a running portfolio leaves in tables that anybody can read: written in the same transaction as the journal, and
 * made again from the journal alone. The place of a row within its event (`seq`, `place`) names it for ever.
 *
 * Units are signed whole counts of an instrument's unit; counts are signed whole counts of a currency's book unit; every
 * other amount is of the base currency. Prices are of the instrument's currency. Moments are milliseconds since 1970.
 */
import type { PriceBarRow } from './price-bar-row.ts'
import type { RoundTripRow } from './round-trip-row.ts'

/** One sleeve as it stands. */
export interface SleeveRow {
  readonly sleeve: string
  readonly ordinal: number
  readonly title: string
  /** Null for a reserve. */
  readonly strategy: string | null
  /** JSON. */
  readonly parameters: string
  /** Symbols, JSON. */
  readonly universe: string
  readonly calendar: string
  readonly clock: string
  /** Length of its bars. */
  readonly timeframe: string
  /** Part of the portfolio's capital as configured. */
  readonly weight: number
  readonly capital: number
  readonly status: 'active' | 'paused'
  /** Why it takes no new positions; '' while it does. */
  readonly reason: string
  /** Null where stages are not used. */
  readonly stage: string | null
  /** What was known when it was configured: Sharpe ratio, share of winners. Null where nothing is said. */
  readonly knownSharpe: number | null
  readonly knownWinRate: number | null
  /** Regimes in which it enters, JSON; null: in all. */
  readonly regimes: string | null
  /** Of the first close. */
  readonly createdAt: number | null
}

/** A configuration under which the portfolio ran from one event on. */
export interface ConfigurationRow {
  readonly seq: number
  readonly at: number
  readonly currency: string
  readonly capital: number
  /** Portfolio days in a year. */
  readonly periods: number
  /** JSON. */
  readonly document: string
}

export interface InstrumentRow {
  readonly instrument: string
  /** Its column in the journal's slices. */
  readonly column: number
  readonly symbol: string
  readonly name: string
  readonly kind: string
  readonly assetClass: string
  readonly sector: string
  readonly currency: string
  readonly multiplier: number
  readonly unitsPerWhole: number
}

interface Placed {
  readonly seq: number
  readonly place: number
  readonly at: number
}

/** One sleeve's part of a booking. */
export interface PostingRow extends Placed {
  readonly tradeDate: number
  readonly kind: string
  /** Null where no order stands behind it. */
  readonly order: number | null
  readonly execution: number | null
  readonly sleeve: string
  /** Null where money alone moves. */
  readonly instrument: string | null
  readonly currency: string
  /** Units. */
  readonly quantity: number
  readonly price: number
  /** Counts before the fee, and of the fee. */
  readonly cash: number
  readonly fee: number
  /** The same in the base currency at the rate of the moment. */
  readonly value: number
  readonly cost: number
  readonly realised: number
  /** Units held before. */
  readonly before: number
  /** Levels that closed the position when it was booked; null where there is none. */
  readonly stop: number | null
  readonly target: number | null
  /** Money that came or went and is no gain or cost. */
  readonly isFlow: boolean
  readonly reason: string
}

/** One net order, or a cross that needed none (quantity 0). */
export interface NetOrderRow {
  readonly order: number
  readonly seq: number
  readonly at: number
  readonly tradeDate: number
  readonly cycle: number
  /** Null for a structure. */
  readonly instrument: string | null
  readonly label: string
  readonly type: string
  /** Units; of a structure, how many. */
  readonly quantity: number
  readonly crossed: number
  /** Price at which it was netted; null where there was none. */
  readonly reference: number | null
}

/** One sleeve's part of a net order: an intent that limits let pass. */
export interface IntentRow {
  readonly order: number
  readonly place: number
  readonly sleeve: string
  /** Number of the intent. */
  readonly intent: number
  readonly wanted: number
  readonly crossed: number
  readonly reason: string
}

export interface OrderFillRow extends Placed {
  readonly order: number
  readonly quantity: number
  readonly price: number
  /** Counts of the instrument's currency. */
  readonly fee: number
}

export interface OrderEndRow extends Placed {
  readonly order: number
  readonly state: string
  readonly evidence: string
}

/** An intent, or a part of one, that limits, time or the broker kept from being filled. Whole shares. */
export interface IntentEndRow extends Placed {
  readonly tradeDate: number
  readonly sleeve: string
  readonly instrument: string
  /** Number of the intent; null in rows that are older than it. */
  readonly intent: number | null
  readonly how: string
  readonly rule: string
  readonly wanted: number
  readonly allowed: number
  readonly value: number | null
  readonly limit: number | null
}

/** An entry with what its strategy said of it. Whole shares. */
export interface SignalRow extends Placed {
  readonly tradeDate: number
  readonly sleeve: string
  readonly instrument: string
  readonly quantity: number
  readonly confidence: number
  readonly price: number
  readonly stop: number | null
  readonly target: number | null
  readonly regime: string
  readonly reason: string
}

/** What a sleeve holds of an instrument, and has realised in it. */
export interface HoldingRow {
  readonly sleeve: string
  readonly instrument: string
  /** Units. */
  readonly quantity: number
  /** Null where nothing is held. */
  readonly averagePrice: number | null
  readonly openedAt: number | null
  /** Levels that close it now. */
  readonly stop: number | null
  readonly target: number | null
  /** In the base currency where that is the instrument's; else in the instrument's. */
  readonly realised: number
}

/** Money of one currency in a sleeve: counts. */
export interface PurseRow {
  readonly sleeve: string
  readonly currency: string
  readonly cash: number
  readonly fees: number
  readonly dividends: number
}

/** The last close of what somebody holds. */
export interface MarkRow {
  readonly instrument: string
  readonly price: number
  /** Of the instrument's currency in the base currency. */
  readonly rate: number
  readonly at: number
}

/** `cycle`: one row per close; the others by UTC hour, day, week from Monday, and month. */
export const EQUITY_GRAINS = ['cycle', 'hour', 'day', 'week', 'month'] as const
export type EquityGrain = (typeof EQUITY_GRAINS)[number]

/** Equity in one stretch of time. */
export interface EquityRow {
  /** '' for the whole portfolio. */
  readonly sleeve: string
  readonly grain: EquityGrain
  /** When the stretch begins. */
  readonly bucket: number
  /** Of the last close in it, with its event. */
  readonly at: number
  readonly seq: number
  readonly first: number
  readonly minimum: number
  readonly maximum: number
  readonly equity: number
  readonly cash: number
  /** Exposure: positions by value, structures by maximum loss. */
  readonly gross: number
  readonly net: number
  readonly positions: number
  /** Money that came (negative: went) within it, in counts of the base currency. */
  readonly flow: number
  /** What one unit of money put in at the start has become, flows taken out, and the highest that it was. */
  readonly growth: number
  readonly peak: number
  /** Annual, of up to 60 days that had ended; null with fewer than 20. */
  readonly volatility: number | null
  readonly closes: number
}

/** A stretch of time, both ends in it, and how many points whoever draws it can show. */
export interface EquityRange {
  readonly from: number
  readonly to: number
  readonly points: number
}

export interface AllocationRow extends Placed {
  readonly tradeDate: number
  readonly sleeve: string
  readonly weight: number
  /** Of the overlays: 1 is full size. */
  readonly factor: number
  readonly isComputed: boolean
}

/** One change of what a sleeve may use: transfers, loans, cuts. */
export interface CapitalRow extends Placed {
  readonly tradeDate: number
  readonly cause: string
  /** Null: the whole portfolio. */
  readonly sleeve: string | null
  readonly before: number | null
  readonly after: number | null
  /** Counts of the base currency. */
  readonly moved: number
  readonly reason: string
}

/** One figure of the end of a portfolio day. */
export interface MetricRow {
  readonly tradeDate: number
  readonly at: number
  /** '' for the whole portfolio. */
  readonly sleeve: string
  readonly name: string
  readonly value: number
}

export interface ViolationRow {
  readonly id: number
  readonly at: number
  readonly severity: string
  readonly rule: string
  readonly about: string
  readonly subject: string
  readonly value: number | null
  readonly limit: number | null
  readonly action: string
  readonly resolvedAt: number | null
  readonly how: string | null
  readonly note: string
  /** JSON. */
  readonly review: string | null
  readonly parameters: string | null
}

export interface ApprovalRow {
  readonly id: number
  readonly sleeve: string
  readonly instrument: string
  readonly label: string
  /** Units; of a structure, how many. */
  readonly quantity: number
  readonly allowed: number
  readonly value: number
  readonly reason: string
  readonly askedAt: number
  readonly expires: number | null
  readonly state: string
  readonly changedAt: number
}

/** Where a broker's account and the books differed: units, counts, or parts of a unit, as its kind has it. */
export interface DiscrepancyRow {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly ours: number
  readonly theirs: number
  readonly difference: number
  /** Held by the external sleeve for it. */
  readonly adopted: number
  readonly isForeign: boolean
  readonly since: number
  readonly changedAt: number
  readonly state: string
  readonly resolution: string
}

/** What an operator asked for, as it was given to the kernel. */
export interface OperationRow {
  readonly seq: number
  readonly at: number
  readonly id: string
  readonly actor: string
  /** JSON. */
  readonly command: string
}

/** A gate that was shut or opened, or the account's mode. */
export interface GateRow {
  readonly seq: number
  readonly at: number
  readonly gate: string
  readonly instrument: string | null
  readonly isOpen: boolean
  readonly reason: string
}

/** Somebody must look: what was noticed of orders while they were out. */
export interface AlertRow {
  readonly seq: number
  readonly at: number
  readonly severity: string
  readonly rule: string
  /** The order as the broker was told it, or the instrument; '' where it is about neither. */
  readonly subject: string
  readonly text: string
}

/** A structure that was opened or closed. */
export interface StructureRow extends Placed {
  readonly structure: number
  readonly sleeve: string
  readonly label: string
  readonly isOpening: boolean
  readonly quantity: number
  /** Net premium per share taken in, and of all of it in money. */
  readonly premium: number
  readonly money: number
  readonly order: number
  readonly reason: string
}

/** A name that entered a sleeve's universe or left it. */
export interface MembershipRow extends Placed {
  readonly tradeDate: number
  readonly sleeve: string
  readonly instrument: string
  readonly isMember: boolean
  readonly reasons: string
}

export interface ProjectedRows {
  readonly sleeve: SleeveRow
  readonly configuration: ConfigurationRow
  readonly instrument: InstrumentRow
  readonly posting: PostingRow
  readonly netOrder: NetOrderRow
  readonly intent: IntentRow
  readonly orderFill: OrderFillRow
  readonly orderEnd: OrderEndRow
  readonly intentEnd: IntentEndRow
  readonly signal: SignalRow
  readonly holding: HoldingRow
  readonly purse: PurseRow
  readonly mark: MarkRow
  readonly equity: EquityRow
  readonly allocation: AllocationRow
  readonly capitalChange: CapitalRow
  readonly metric: MetricRow
  readonly violation: ViolationRow
  readonly approval: ApprovalRow
  readonly discrepancy: DiscrepancyRow
  readonly operation: OperationRow
  readonly gateChange: GateRow
  readonly alert: AlertRow
  readonly structureChange: StructureRow
  readonly membership: MembershipRow
  readonly roundTrip: RoundTripRow
  readonly priceBar: PriceBarRow
}

export type ProjectedTable = keyof ProjectedRows

/** Rows by table; a table that has none may be left out. */
export type Projected = { readonly [Table in ProjectedTable]?: readonly ProjectedRows[Table][] }

/** What the next close is measured against. */
export interface EquityMemory {
  /** The last event that is in them; -1: none. */
  readonly seq: number
  /** The last close of each sleeve, and of the whole. */
  readonly last: readonly EquityRow[]
  /** Growth at the end of the last days, oldest first, by sleeve; the last one may still go on. */
  readonly days: ReadonlyMap<string, readonly { readonly bucket: number; readonly growth: number }[]>
  /** Money that came since the last close, in counts of the base currency, by sleeve. */
  readonly flows: ReadonlyMap<string, number>
}

/** What whoever goes on with the rows must know of those that are there. */
export interface ProjectionMemory extends EquityMemory {
  /** The last round trip of every sleeve in every instrument, and the structures that are open. */
  readonly trips: readonly RoundTripRow[]
  /** The last hour and day of every instrument whose bars are shorter, and all whose bars are kept. */
  readonly bars: readonly PriceBarRow[]
  readonly charted: readonly string[]
}
