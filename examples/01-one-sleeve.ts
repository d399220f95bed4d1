/* How do I run one strategy and read its result?        node --import tsx examples/01-one-sleeve.ts */
import { fileURLToPath } from 'node:url'
import { runBacktest, tradeDate } from '../src/index.ts'
import { loadPortfolio, reportOf, simulatedMarketData } from '../src/node.ts'

// A portfolio is a YAML file. Reading it checks every value; what is wrong is said with line and column.
const portfolio = await loadPortfolio(fileURLToPath(new URL('01-one-sleeve.yaml', import.meta.url)))

// A market: here simulated from a seed; `loadMarket(portfolio, folder, reach)` reads files in the same form.
const market = simulatedMarketData(portfolio, 7, { from: tradeDate(20200101), to: tradeDate(20241231) })

// One call runs it, and checks after every event that the books agree.
const result = runBacktest({
  config: portfolio.config,
  market,
  strategies: [...portfolio.strategies.values()],
  checks: true,
})

// The result is columns and records; the report is the figures in it.
const { portfolio: whole, sleeves } = reportOf(result)
console.log(`${whole.start} to ${whole.end}: ${whole.initial} became ${whole.final.toFixed(2)}`)
for (const sleeve of sleeves) {
  console.log(`${sleeve.name}: ${sleeve.roundTrips} round trips, ${sleeve.capital} became ${sleeve.final.toFixed(2)}`)
}

// Every trade is a record with its reasons.
const best = [...result.trades].sort((left, right) => right.pnl - left.pnl)[0]
if (best !== undefined) {
  console.log(
    `best trade: ${best.quantity} ${best.instrument} from ${best.entryDate} to ${best.exitDate}, ${best.exitReason}`,
  )
}
