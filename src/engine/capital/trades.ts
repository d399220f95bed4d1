/** Round trips of each sleeve, from flat to flat: what Kelly and lifecycle sizes know of its trades. */
import { countsPerUnit } from '../../domain/currencies.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import type { Part } from '../booking.ts'
import type { Runtime } from '../runtime.ts'

/** Plain data; arrays by sleeve ordinal, money in the base currency. */
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

/** Takes a booking after it was made. Contracts are counted with their structure. */
export function takeBooking(runtime: Runtime, tally: TradeTally, part: Part): void {
  const { sleeve, instrument } = part
  const { books, currencies, rate } = runtime.state
  if (runtime.isOption[instrument] === 1) return
  const at = sleeve * books.width + instrument
  const currency = books.currency[instrument]!
  const fee = (part.fee / countsPerUnit(currencies[currency] as CurrencyCode)) * rate[currency]!
  tally.open[at] = tally.open[at]! + part.realised - fee
  const after = part.before + part.quantity
  if (part.before === 0 || (after !== 0 && after > 0 === part.before > 0)) return
  takeTrade(tally, sleeve, tally.open[at]!)
  tally.open[at] = 0
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

/** Part of a sleeve's trades that win, and a mean winner over a mean loser; null while not known. */
export function tradeRecord(
  { state }: Runtime,
  sleeve: number,
): { readonly winRate: number | null; readonly payoff: number | null } {
  const tally = state.capital?.trades
  if (tally === undefined) return { winRate: null, payoff: null }
  const [winners, losers] = [tally.winners[sleeve]!, tally.losers[sleeve]!]
  if (winners + losers === 0) return { winRate: null, payoff: null }
  const winRate = winners / (winners + losers)
  const [gained, lost] = [tally.gained[sleeve]!, tally.lost[sleeve]!]
  return { winRate, payoff: winners > 0 && lost > 0 ? gained / winners / (lost / losers) : null }
}
