/* What does a split do to prices, positions and money?          node --import tsx examples/05-what-a-split-does.ts */
import { defineStrategy, marketByHand, portfolioByHand, runBacktest, sma } from '../src/index.ts'

// A share at 90 is split 7:2 before the third day: seven new shares for two old ones, each worth 2/7 of the old one.
// On the fourth day each share pays 0.50.
const day = (date: string, price: number, more: { split?: number; dividend?: number } = {}) => ({
  date,
  open: price,
  high: price,
  low: price,
  close: price,
  ...more,
})
const market = marketByHand({
  ACME: [
    day('2024-06-03', 84),
    day('2024-06-04', 84),
    day('2024-06-05', 24, { split: 7 / 2 }),
    day('2024-06-06', 24, { dividend: 0.5 }),
    day('2024-06-07', 24),
  ],
})

// The strategy sees prices on the signal scale, raw price x forward factor: there the split is no fall.
const seen: number[] = []
const holder = defineStrategy({
  name: 'holder',
  parameters: {},
  indicators: () => ({ average: sma(2) }),
  decide(view, out) {
    for (const column of view.universe) {
      seen.push(view.indicator('average')[column]!)
      if (view.projected(column) === 0) out.enter(column, 1, 'first day')
    }
    return {}
  },
})
const portfolio = portfolioByHand({
  capital: 10_000,
  sleeves: [
    { id: 'hold', strategy: holder, weight: 1, universe: ['ACME'], sizing: { kind: 'quantity', quantity: 101 } },
  ],
})
const result = runBacktest({ ...portfolio, market, checks: true })

console.log(`the average it sees: ${seen.map((value) => (Number.isNaN(value) ? '-' : value.toFixed(2))).join(', ')}`)

// 101 shares become 353.5: the broker keeps 353 and pays the half one out.
for (const { tradeDate, kind, quantity, price, cash } of result.attribution) {
  if (quantity !== 0 || cash !== 0) {
    console.log(
      `${tradeDate} ${kind}: ${quantity >= 0 ? '+' : ''}${quantity} shares at ${price}, cash ${cash.toFixed(2)}`,
    )
  }
}
console.log(`equity: ${[...result.equity].map((value) => value.toFixed(2)).join(', ')}`)
const [position] = result.positions
console.log(`at the end ${position?.quantity} shares, bought at ${position?.averagePrice} in shares of today`)
