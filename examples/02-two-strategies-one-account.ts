/* What is gained by running two strategies in one account?   node --import tsx examples/02-two-strategies-one-account.ts */
import { fileURLToPath } from 'node:url'
import { runBacktest, tradeDate } from '../src/index.ts'
import { loadPortfolio, reportOf, simulatedMarketData } from '../src/node.ts'

const file = fileURLToPath(new URL('02-two-strategies-one-account.yaml', import.meta.url))
const portfolio = await loadPortfolio(file)
const market = simulatedMarketData(portfolio, 7, { from: tradeDate(20200101), to: tradeDate(20241231) })
const strategies = [...portfolio.strategies.values()]

// 1. Both strategies want what they want; neither knows the other. Netting sends the difference.
const netted = reportOf(runBacktest({ config: portfolio.config, market, strategies, checks: true }))
console.log('with netting')
console.log(`  wishes ${netted.netting.ordersGross}, orders ${netted.netting.ordersNet}`)
console.log(
  `  crossed inside ${netted.netting.crosses} times, ${netted.netting.savings.toFixed(0)} of value not traded`,
)

// 2. The same two strategies, each sending its own orders, as if they had never met.
const apart = reportOf(
  runBacktest({ config: { ...portfolio.config, netting: false }, market, strategies, checks: true }),
)
console.log('without netting')
console.log(`  wishes ${apart.netting.ordersGross}, orders ${apart.netting.ordersNet}`)

// 3. The books know to the cent who owns what: the sleeves add up to the account.
const sum = netted.sleeves.reduce((total, sleeve) => total + sleeve.final, 0)
console.log(`sleeves ${sum.toFixed(6)}, portfolio ${netted.portfolio.final.toFixed(6)}`)
console.log(`fees with netting ${netted.portfolio.fees.toFixed(2)}, without ${apart.portfolio.fees.toFixed(2)}`)

// 4. Two strategies that disagree are two different risks: together they move less than apart.
const correlation = netted.correlation.matrix[0]?.[1] ?? null
console.log(`correlation of the two: ${correlation === null ? 'undefined' : correlation.toFixed(2)}`)
for (const part of [...netted.sleeves, netted.portfolio]) {
  console.log(
    `  ${part.name}: volatility ${((part.volatility ?? 0) * 100).toFixed(1)} %, drawdown ${((part.maxDrawdown ?? 0) * 100).toFixed(1)} %`,
  )
}
