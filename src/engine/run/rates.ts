/** In a run: closes of currency pairs become rates, and capital meant for other currencies is changed at the first one. */
import type { PortfolioConfig } from '../../domain/config.ts'
import { type RateSource, rateSource } from '../../domain/currencies.ts'
import type { MarketData } from '../../domain/market.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { capitalAbroad, convertCapital } from './broker-side.ts'
import { give, type Run, type RunRates, sidesOf } from './drive.ts'
import type { BlockCursor } from './timeline.ts'

/** Where each currency in use gets its rate from: the first pair declared for it. */
export function ratesOf(market: MarketData, config: PortfolioConfig): RunRates {
  const codeOf = (currency: CurrencyCode): CurrencyCode => config.parity[currency] ?? currency
  const wanted = new Set(market.instruments.map(({ currency }) => codeOf(currency)))
  const pending = capitalAbroad(config)
  for (const { currency } of pending) wanted.add(currency)
  wanted.delete(config.currency)
  const sources: RateSource[] = []
  for (const instrument of market.instruments) {
    const source = rateSource(instrument, config.currency, config.parity)
    if (source !== null && wanted.delete(source.currency)) sources.push(source)
  }
  return { sources, known: new Map(), pending }
}

/** Before the cycle of a close: what the pairs that close now say about rates, to the broker and to the kernel. */
export function takeRates(run: Run, closing: readonly BlockCursor[]): void {
  const { sources, known } = run.rates
  const rates: { currency: CurrencyCode; rate: number }[] = []
  for (const { currency, instrument, inverse } of sources) {
    const price = closeOf(closing, instrument)
    if (!(price > 0)) continue
    const rate = inverse ? 1 / price : price
    if (known.get(currency) === rate) continue
    known.set(currency, rate)
    run.exchange.setRate(currency, rate)
    rates.push({ currency, rate })
  }
  if (rates.length === 0) return
  give(run, { kind: 'rates', tradeDate: run.tradeDate, rates })
  convertDue(run)
}

function closeOf(closing: readonly BlockCursor[], instrument: number): number {
  for (const cursor of closing) {
    const bars = cursor.bars()
    const column = bars.instrument.indexOf(instrument)
    if (column >= 0) return bars.close[column]!
  }
  return Number.NaN
}

/** Changes what the configuration wants in other currencies, once. */
function convertDue(run: Run): void {
  const { rates } = run
  const due = rates.pending.filter(({ currency }) => rates.known.has(currency))
  if (due.length === 0) return
  rates.pending = rates.pending.filter((one) => !due.includes(one))
  for (const one of due) convertCapital(sidesOf(run), one, rates.known.get(one.currency)!)
}
