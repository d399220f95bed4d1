/* How do I write a strategy of my own, and see what it did?       node --import tsx examples/03-your-own-strategy.ts */
import {
  defineStrategy,
  integer,
  marketByHand,
  perInstrument,
  portfolioByHand,
  runBacktest,
  sma,
} from '../src/index.ts'

// Ten days of one share, written down. The prices are those of the day: nothing is adjusted.
const closes = [10, 10, 10, 10, 9, 8.5, 9.5, 10.5, 11, 11]
const market = marketByHand({
  ACME: closes.map((close, day) => {
    const open = closes[day - 1] ?? close // every day opens where the last one closed
    const date = `2024-01-${String(day + 8).padStart(2, '0')}`
    return { date, open, high: Math.max(open, close) + 0.1, low: Math.min(open, close) - 0.1, close }
  }),
})

// The strategy: buy a close 7 % below the average of the last days, sell when the price is back above it.
const dipBuyer = defineStrategy({
  name: 'dip-buyer',
  parameters: { period: integer(4, { min: 2, max: 200 }) },
  indicators: (parameters) => ({ average: sma(parameters.period) }),
  decide: perInstrument<{ readonly period: number }>((one, out) => {
    const average = one.indicator('average') // NaN until there are enough days; a comparison with NaN is false
    if (one.holding !== null && one.close > average) out.exit('back above')
    else if (one.projected === 0 && one.close < 0.93 * average) out.enter(1, 'dip', { protection: { stop: 0.2 } })
    return undefined
  }),
})

// The portfolio: half of the money in the one sleeve, which puts 4,000 into a position; the rest is a reserve.
const portfolio = portfolioByHand({
  capital: 10_000,
  sleeves: [
    { id: 'dips', strategy: dipBuyer, weight: 0.5, universe: ['ACME'], sizing: { kind: 'notional', amount: 4_000 } },
  ],
})

const result = runBacktest({ ...portfolio, market, checks: true })

// A decision at a close acts at the next open: the dip of the 12th is bought at the open of the 13th.
for (const order of result.orders) {
  console.log(`${order.tradeDate}: ${order.net > 0 ? 'buy' : 'sell'} ${Math.abs(order.net)} at ${order.price}`)
}
for (const trade of result.trades) {
  console.log(`${trade.entryReason} -> ${trade.exitReason} after ${trade.bars} bars: ${trade.pnl.toFixed(2)}`)
}
result.days.forEach((day, row) => {
  console.log(`${day} ${result.equity[row]!.toFixed(2)}`)
})
console.log(`broken invariants: ${result.invariants.violated.length}`)
