/** Counts of round trips, from flat to flat, as plain data: what Kelly and lifecycle sizes know of a sleeve's trades. */

/** Arrays by sleeve ordinal, money in the base currency. */
export interface TradeTally {
  readonly winners: Int32Array
  readonly losers: Int32Array
  /** Sums over winners and over losers, both above zero. */
  readonly gained: Float64Array
  readonly lost: Float64Array
  /** Per sleeve and instrument: profit of the position that is open, realised so far, after fees. */
  open: Float64Array
}

export function startTrades(sleeves: number, width: number): TradeTally {
  return {
    winners: new Int32Array(sleeves),
    losers: new Int32Array(sleeves),
    gained: new Float64Array(sleeves),
    lost: new Float64Array(sleeves),
    open: new Float64Array(sleeves * width),
  }
}

/** One round trip; one that neither gains nor loses counts as lost. */
export function takeTrade(tally: TradeTally, sleeve: number, profit: number): void {
  if (profit > 0) {
    tally.winners[sleeve] = tally.winners[sleeve]! + 1
    tally.gained[sleeve] = tally.gained[sleeve]! + profit
  } else {
    tally.losers[sleeve] = tally.losers[sleeve]! + 1
    tally.lost[sleeve] = tally.lost[sleeve]! - profit
  }
}

/** Round trips that a sleeve has closed. */
export function closedTrades(tally: TradeTally, sleeve: number): number {
  return tally.winners[sleeve]! + tally.losers[sleeve]!
}
