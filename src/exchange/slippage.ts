import type { SlippageModel } from '../domain/config.ts'

/**
 * How much worse than the reference price an order fills, as a fraction of that price; never negative.
 *
 * `bps` is fixed; `spread` states half the quoted spread; `participation` is impact x (order / bar volume), the order
 * counted at most as the whole bar. Where the volume is not known (NaN) participation costs nothing.
 *
 * @param shares whole shares or coins of the order, as a magnitude
 * @param volume of the bar it trades in
 */
export function slippageFraction(model: SlippageModel, shares: number, volume: number): number {
  switch (model.kind) {
    case 'none':
      return 0
    case 'bps':
      return model.bps / 10_000
    case 'spread':
      return model.fraction
    default:
      return volume > 0 ? model.impact * Math.min(1, shares / volume) : 0
  }
}

/** The reference price moved against the trader; a sale never below zero. */
export function slipped(price: number, side: number, fraction: number): number {
  return side > 0 ? price * (1 + fraction) : price * Math.max(0, 1 - fraction)
}
