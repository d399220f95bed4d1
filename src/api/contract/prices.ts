/** The price chart of one instrument: bars, and what sleeves saw and did in it. */
import type { Amount } from './answers.ts'

export interface PriceBars {
  /** Epoch milliseconds, oldest first. */
  readonly at: readonly number[]
  /** Trade dates of daily bars; null for finer ones. */
  readonly dates: readonly string[] | null
  readonly open: readonly number[]
  readonly high: readonly number[]
  readonly low: readonly number[]
  readonly close: readonly number[]
  readonly volume: readonly (number | null)[]
}

export interface PriceMarker {
  readonly at: number
  readonly kind: 'signal' | 'entry' | 'exit'
  readonly side: 'buy' | 'sell'
  readonly sleeve: string
  readonly price: number
  readonly quantity: Amount
  readonly text: string
  readonly order: number | null
}

export interface PriceChart {
  readonly instrument: string
  readonly symbol: string
  readonly currency: string
  readonly decimals: number
  readonly zone: string
  readonly bars: PriceBars
  /** Several bars are drawn as one where more were asked for than fit. */
  readonly barsPerPoint: number
  readonly markers: readonly PriceMarker[]
  /** Levels that would close what is held now. */
  readonly levels: readonly {
    readonly sleeve: string
    readonly kind: 'stop' | 'target' | 'entry'
    readonly price: number
  }[]
  /** Curves below the price, on the bars' axis; null: not defined yet. */
  readonly oscillators: readonly {
    readonly name: string
    readonly sleeve: string
    readonly values: readonly (number | null)[]
  }[]
  /** Why there are no bars; empty where there are. */
  readonly why: string
}
