/*
 * Where a portfolio's result comes from. Amounts in the portfolio's currency, contributions and effects as fractions; an
 * undefined figure is null.
 */

type Figure = number | null

/** One sleeve under netting. `realised` to `financing` less `fees` add up to `profit`; the last two are part of the prices. */
export interface SleeveAttribution {
  readonly name: string
  readonly realised: number
  readonly unrealised: number
  readonly dividends: number
  readonly currencyGain: Figure
  readonly financing: number
  readonly fees: number
  readonly profit: number
  /** What its orders lost against the price before slippage. */
  readonly slippage: number
  /** What crossing inside spared it in fees and slippage. */
  readonly crossingGain: number
  /** To the portfolio's time-weighted return, on drifted weights; the parts add up. */
  readonly contribution: Figure
  /** Part of the volatility that it carried; the parts add up to 1. */
  readonly riskShare: Figure
}

export interface EffectsView {
  /** What other weights than the policy's brought. */
  readonly allocation: Figure
  /** What being invested otherwise than the policy's benchmarks brought. */
  readonly selection: Figure
  readonly interaction: Figure
}

export interface PolicyView {
  readonly name: string
  readonly weight: number
  /** Null: the sleeve itself, so only its weight is judged. */
  readonly benchmark: string | null
}

/** Brinson attribution day by day, linked over the run so that the effects add up to the excess. */
export interface BrinsonView extends EffectsView {
  readonly policy: readonly PolicyView[]
  readonly linking: string
  readonly portfolioReturn: Figure
  readonly policyReturn: Figure
  readonly excess: Figure
  readonly sleeves: readonly (EffectsView & { readonly name: string })[]
}

export interface AttributionFigures {
  readonly sleeves: readonly SleeveAttribution[]
  /** Sum of the contributions: the portfolio's time-weighted return. */
  readonly totalReturn: Figure
  readonly brinson: BrinsonView
}
