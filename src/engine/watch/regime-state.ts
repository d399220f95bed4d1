import type { MarketRegime } from '../../domain/regimes.ts'

/** Persisted: plain numbers and text. */
export interface RegimeState {
  /** Instrument.index of each row. */
  readonly instruments: number[]
  /** Closes on the signal scale at the end of portfolio days, oldest first: as many as a regime is made of. */
  readonly closes: number[][]
  /** '' before there are enough. */
  readonly current: (MarketRegime | '')[]
}
