/** What the benchmarks of a portfolio returned on each of its days. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { MarketData } from '../../domain/market.ts'
import type { InstrumentId } from '../../domain/units.ts'
import type { BenchmarkRecord } from './result.ts'

/** Every benchmark that the portfolio or its policy names, each once. */
export function benchmarksOf(config: PortfolioConfig, market: MarketData, days: Int32Array): BenchmarkRecord[] {
  const named = [config.benchmark ?? null, ...(config.policy ?? []).map(({ benchmark }) => benchmark)]
  const instruments = new Set(named.filter((instrument) => instrument !== null))
  return [...instruments].map((instrument) => ({ instrument, returns: dailyReturns(market, instrument, days) }))
}

/**
 * Returns from the last close known at each portfolio day, splits and dividends counted in; NaN until there are two. A day
 * on which the instrument did not trade returns 0.
 */
function dailyReturns(market: MarketData, instrument: InstrumentId, days: Int32Array): Float64Array {
  const returns = new Float64Array(days.length).fill(Number.NaN)
  const block = market.blocks.find(({ instruments }) => instruments.includes(instrument))
  if (block === undefined) return returns
  const column = block.instruments.indexOf(instrument)
  const width = block.instruments.length
  const dividends = market.actions.flatMap(({ tradeDate, action }) =>
    action.kind === 'dividend' && action.instrument === instrument ? [{ tradeDate, amount: action.amount }] : [],
  )
  let row = 0
  let paid = 0
  let price = Number.NaN
  let factor = 1
  for (let day = 0; day < days.length; day += 1) {
    const before = price * factor
    let income = 0
    for (; row < block.tradeDates.length && block.tradeDates[row]! <= days[day]!; row += 1) {
      const close = block.close[row * width + column]!
      if (Number.isNaN(close)) continue
      price = close
      factor = block.factor[row * width + column]!
    }
    for (; paid < dividends.length && dividends[paid]!.tradeDate <= days[day]!; paid += 1)
      income += dividends[paid]!.amount * factor
    if (before > 0) returns[day] = (price * factor + income) / before - 1
  }
  return returns
}
