/** Five years of sessions for tests on the simulated market: every day, and the weekdays but for some holidays. */
import { addDays, fromDays, toDays, tradeDate } from '../src/domain/sessions.ts'
import type { MarketSession } from '../src/exchange/generator/options.ts'
import { isWeekend } from '../src/exchange/generator/timeline.ts'

const HOLIDAY_EVERY = 41

export function fiveYears(): Record<'exchange' | 'always', MarketSession[]> {
  const start = toDays(tradeDate(20200101))
  const end = toDays(tradeDate(20241231))
  const always = Array.from({ length: end - start + 1 }, (_, index) => ({ date: addDays(fromDays(start), index) }))
  const exchange = always.filter((_, index) => !isWeekend(start + index) && index % HOLIDAY_EVERY !== 0)
  return { exchange, always }
}
