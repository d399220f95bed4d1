/** Prices of an instrument in one stretch of time, as the portfolio was given them. */
export interface PriceBarRow {
  readonly instrument: string
  /** A timeframe of a clock; of shorter ones also `hour` and `day` of UTC, as they add up. */
  readonly grain: string
  /** When the stretch ends; of an hour and a day, begins. */
  readonly bucket: number
  /** Of the last close in it. */
  readonly at: number
  readonly tradeDate: number
  /** Raw prices as traded. */
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  /** Signal price = raw price x factor: what it is compared by over a split. */
  readonly factor: number
}
