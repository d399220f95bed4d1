/** What other currencies did to each sleeve, in the base currency: each booking at the rate of its moment. */
export interface ForeignLedger {
  /** Change in value of foreign cash and positions that came from rates alone. */
  readonly currencyGain: Float64Array
  /** Of instruments in other currencies; those in the base currency are in the books. */
  readonly realised: Float64Array
  readonly fees: Float64Array
  readonly dividends: Float64Array
  /** Per sleeve and instrument: the part of the currency gain that fell on gains still open. */
  onGains: Float64Array
}

export function foreignLedger(sleeves: number, width: number): ForeignLedger {
  return {
    currencyGain: new Float64Array(sleeves),
    realised: new Float64Array(sleeves),
    fees: new Float64Array(sleeves),
    dividends: new Float64Array(sleeves),
    onGains: new Float64Array(sleeves * width),
  }
}
