import type { Instrument } from '../../domain/instruments.ts'
import type { DividendRecords } from '../../domain/recorded.ts'
import type { Series } from '../../domain/series.ts'
import type { PriceBasis, Split } from '../../pipeline/market/adjust.ts'
import type { ChainContract, ChainRoll } from '../../pipeline/market/futures-chain.ts'

/** What the chain of a future is made of, beside its continuous series. */
interface ChainHistory {
  readonly contracts: readonly ChainContract[]
  readonly rolls: readonly ChainRoll[]
}

/** One instrument's past, read or simulated: the same form, so that both take the same way from here. */
export interface History {
  readonly instrument: Instrument
  /** A row per session. */
  readonly series: Series
  /** The bars that the days are made of, where the history has finer ones. */
  readonly intraday: Series | null
  readonly splits: readonly Split[]
  readonly basis: PriceBasis
  readonly dividends: DividendRecords | null
  /** At-the-money implied volatility per row, where the history comes with one. */
  readonly impliedVolatility: Float64Array | null
  /** Forward factor per row, where splits do not say it: of futures and their contracts. */
  readonly factors?: Float64Array
  readonly chain?: ChainHistory
}
