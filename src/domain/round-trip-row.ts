/** One round trip as it stands. Amounts are of the base currency, prices of the instrument's, counts whole shares. */
export interface RoundTripRow {
  /** `sleeve/instrument/number`; of a structure `sleeve/structure number`. */
  readonly id: string
  readonly sleeve: string
  /** Null for a structure. */
  readonly instrument: string | null
  readonly label: string
  readonly kind: 'position' | 'structure'
  /** Counts those of a sleeve in an instrument; the number of a structure. */
  readonly number: number
  /** `undone`: every booking of it was taken back. */
  readonly state: 'open' | 'closed' | 'undone'
  readonly side: 'long' | 'short'
  readonly openedAt: number
  readonly entryDate: number
  readonly entrySeq: number
  readonly entryOrder: number | null
  readonly entryReason: string
  readonly closedAt: number | null
  readonly exitDate: number | null
  readonly exitSeq: number | null
  readonly exitOrder: number | null
  readonly exitReason: string
  /** Milliseconds between entry and exit. */
  readonly held: number | null
  /** What went in and came out; counted as of now where there was a split. */
  readonly entered: number
  readonly exited: number
  /** Each with its price: over the count, the average price. */
  readonly entryValue: number
  readonly exitValue: number
  /** What the entries were worth in the base currency. */
  readonly worth: number
  /** After costs, with dividends and what it cost to hold. */
  readonly profit: number
  readonly cost: number
}
