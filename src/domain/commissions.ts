/** What brokers charge. */

/** What a broker charges for one order; all amounts in the account's currency. Undefined parts cost nothing. */
export interface CommissionSchedule {
  readonly name: string
  readonly perShare: number
  readonly perContract: number
  /** Basis points of traded value. */
  readonly bps: number
  readonly minimumPerOrder: number
  /** Cap as a fraction of traded value; null: none. */
  readonly maximumFraction: number | null
  /** Monthly volume tiers: from `above` shares traded this month, `perShare` applies. */
  readonly tiers: readonly { readonly above: number; readonly perShare: number }[]
  /** Regulatory fees on sales: fraction of sale value, and per share sold with a cap per order. */
  readonly saleFraction: number
  readonly salePerShare: number
  readonly salePerShareMax: number
  /** Fees are rounded half up to this money step. */
  readonly step: number
}
