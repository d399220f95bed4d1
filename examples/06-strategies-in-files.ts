/* How do I name strategies of my own in a portfolio file?   node --import tsx examples/06-strategies-in-files.ts */
import { fileURLToPath } from 'node:url'
import { runBacktest, tradeDate } from '../src/index.ts'
import { loadPortfolio, simulatedMarketData } from '../src/node.ts'

// The file names ./strategies/dip-buyer.ts and ./strategies/best-of-all.js: loading it reads, checks and starts both.
const portfolio = await loadPortfolio(fileURLToPath(new URL('06-strategies-in-files.yaml', import.meta.url)))
const market = simulatedMarketData(portfolio, 7, { from: tradeDate(20200101), to: tradeDate(20241231) })
const result = runBacktest({
  config: portfolio.config,
  market,
  strategies: [...portfolio.strategies.values()],
  checks: true,
})

for (const { id, strategy } of portfolio.config.sleeves) {
  if (strategy === null) continue // the reserve
  const { paused } = result.sleeves.find((sleeve) => sleeve.id === id)!
  const trades = result.trades.filter(({ sleeve }) => sleeve === id)
  const reasons = [...new Set(trades.map(({ exitReason }) => exitReason))].sort((a, b) => (a < b ? -1 : 1))
  console.log(`${id}: ${strategy}, ${trades.length} trades, sold because: ${reasons.join(', ')}`)
  console.log(paused === null ? '  decided to the end' : `  paused: ${paused.cause}`)
}
console.log(`broken invariants: ${result.invariants.violated.length}`)
