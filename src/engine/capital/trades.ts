/** Bookings as round trips: positions from flat to flat, in the base currency. */
import { countsPerUnit } from '../../domain/currencies.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import type { Posting } from '../records/observer.ts'
import type { Runtime } from '../runtime.ts'
import { type TradeTally, takeTrade } from './trade-tally.ts'

/** Takes a booking after it was made. Contracts are counted with their structure; a new size of a stream is no trade. */
export function takeBooking(runtime: Runtime, tally: TradeTally, part: Posting): void {
  const { sleeve, instrument } = part
  const { books, currencies, rate } = runtime.state
  if (runtime.isOption[instrument] === 1 || runtime.recorded.has(instrument)) return
  const at = sleeve * books.width + instrument
  const currency = books.currency[instrument]!
  const fee = (part.fee / countsPerUnit(currencies[currency] as CurrencyCode)) * rate[currency]!
  tally.open[at] = tally.open[at]! + part.realised - fee
  const after = part.before + part.quantity
  if (part.before === 0 || (after !== 0 && after > 0 === part.before > 0)) return
  takeTrade(tally, sleeve, tally.open[at]!)
  tally.open[at] = 0
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
