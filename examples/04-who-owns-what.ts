/* Two sleeves disagree about one share: what reaches the broker, and who owns what?
   node --import tsx examples/04-who-owns-what.ts */
import { defineStrategy, marketByHand, portfolioByHand, quantity, runBacktest } from '../src/index.ts'

const UNITS_PER_SHARE = 1_000_000 // a quantity counts millionths of a share, so that it is always whole

/** Holds so many shares, day by day: a strategy that shows what sleeves do, and nothing else. */
const plan = (name: string, shares: readonly number[]) =>
  defineStrategy({
    name,
    parameters: {},
    start: () => ({ day: 0 }),
    decide(view, out) {
      const wanted = shares[view.memory.day]
      for (const column of view.universe) {
        if (wanted !== undefined) out.target(column, quantity(wanted * UNITS_PER_SHARE), 'plan')
      }
      return { day: view.memory.day + 1 }
    },
  })

const market = marketByHand({
  ACME: [50, 50, 52, 51].map((price, day) => ({
    date: `2024-03-0${day + 4}`,
    open: price,
    high: price,
    low: price,
    close: price,
  })),
})
const sizing = { kind: 'quantity', quantity: 0 } as const // targets state their size themselves
const portfolio = portfolioByHand({
  capital: 20_000,
  sleeves: [
    { id: 'trend', strategy: plan('trend', [100, 100, 0]), weight: 0.5, universe: ['ACME'], sizing },
    { id: 'news', strategy: plan('news', [-60, 20, 20]), weight: 0.5, universe: ['ACME'], sizing },
  ],
})
const result = runBacktest({ ...portfolio, market, checks: true })

// One order per day and share: what is left when the sleeves have met each other.
for (const order of result.orders) {
  console.log(`${order.tradeDate}  wished to buy ${order.grossLong} and to sell ${order.grossShort}, sent ${order.net}`)
  for (const share of order.shares) {
    const { sleeve, wanted, crossed, filled } = share
    console.log(`  ${sleeve} wanted ${wanted}: ${crossed} from the other sleeve, ${filled} from the broker`)
  }
}

// The books at the end: the sleeves' positions and money add up to the account's.
let shares = 0
let equity = 0
for (const { sleeve, quantity: held } of result.positions) {
  shares += held
  console.log(`${sleeve} holds ${held} ACME`)
}
for (const { id, equity: curve } of result.sleeves) {
  equity += curve.at(-1)!
  console.log(`${id} is worth ${curve.at(-1)!.toFixed(2)}`)
}
console.log(`together ${shares} ACME and ${equity.toFixed(2)}, account ${result.equity.at(-1)!.toFixed(2)}`)
const { ordersGross, ordersNet, savings } = result.netting
console.log(`${ordersGross} wishes, ${ordersNet} orders, ${savings.toFixed(2)} not traded`)
