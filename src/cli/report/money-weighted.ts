import { daysBetween } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { moneyWeightedReturn, paymentsOf } from '../../pipeline/metrics/money-weighted.ts'
import { finite } from './numbers.ts'

/** The money-weighted return per year of a book, and where it has none the reason. */
export interface MoneyWeightedFigures {
  readonly moneyWeightedReturn: number | null
  readonly moneyWeightedNote: string | null
}

/** @param days trade dates, one for each flow; what was there at the start came on the first of them */
export function moneyWeightedFigures(
  days: Int32Array,
  book: { readonly initial: number; readonly flows: Float64Array; readonly final: number },
): MoneyWeightedFigures {
  const since = Array.from(days, (day) => daysBetween(days[0] as TradeDate, day as TradeDate))
  const { payments, years } = paymentsOf(book.initial, book.flows, since)
  const { rate, problem } = moneyWeightedReturn(payments, book.final, years)
  return { moneyWeightedReturn: finite(rate), moneyWeightedNote: problem }
}
