import fc from 'fast-check'
import type { Instrument } from '../../src/domain/instruments.ts'
import type { ClockBlock, MarketData } from '../../src/domain/market.ts'
import { sessionsFrom } from '../../src/domain/sessions.ts'
import { calendarId, clockId, currencyCode, instrumentId, quantity } from '../../src/domain/units.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { createRandom } from '../../src/numerics/random.ts'
import { type DrawnPortfolio, drawnPortfolio, runInputOf } from '../simulation/drawn-portfolio.ts'

/*
 * The drawn portfolios of the simulation, moved abroad: their instruments trade in dollars, euro and yen, rates jump and
 * have gaps, sleeves begin with money of several currencies. Kernel, exchange and run loop are the real ones.
 */

const CURRENCIES = ['USD', 'EUR', 'JPY'] as const

export interface Abroad {
  readonly drawn: DrawnPortfolio
  readonly offset: number
  readonly rateSeed: number
  /** Bars before the first rate, per pair. */
  readonly late: readonly [number, number]
  /** Part of each sleeve's capital, in tenths, for euro and yen. */
  readonly tenths: readonly [number, number]
}

export const abroad: fc.Arbitrary<Abroad> = fc.record({
  drawn: drawnPortfolio,
  offset: fc.nat(2),
  rateSeed: fc.integer({ min: 1, max: 1_000_000 }),
  late: fc.tuple(fc.constantFrom(0, 0, 0, 2, 99), fc.constantFrom(0, 0, 1, 99)),
  tenths: fc.tuple(fc.nat(5), fc.nat(5)),
})

const PAIRS = [
  { symbol: 'EUR/USD', price: 1.1, currency: 'USD' },
  { symbol: 'USD/JPY', price: 150, currency: 'JPY' },
] as const

function pairOf(place: number, index: number): Instrument {
  const { symbol, currency } = PAIRS[place]!
  return {
    id: instrumentId(symbol),
    index,
    symbol,
    name: symbol,
    kind: 'fx',
    assetClass: 'fx',
    sector: '',
    industry: '',
    currency: currencyCode(currency),
    calendar: calendarId('rates'),
    clocks: [clockId('rates')],
    multiplier: 1,
    unit: 0.01,
    unitsPerWhole: 100,
    step: quantity(100),
    roundLot: quantity(100),
    ticks: [],
    shortable: true,
    option: null,
  }
}

/** Closes of both pairs an hour before the drawn markets close: walks with gaps. */
function ratesBlock({ drawn, rateSeed, late }: Abroad, like: ClockBlock): ClockBlock {
  const random = createRandom(rateSeed)
  const prices: number[] = PAIRS.map(({ price }) => price)
  const close: number[] = []
  for (let bar = 0; bar < drawn.bars; bar += 1) {
    prices.forEach((price, place) => {
      prices[place] = price * (1 + 0.3 * (random.uniform() - 0.5))
      close.push(bar < late[place]! || random.uniform() < 0.3 ? Number.NaN : prices[place]!)
    })
  }
  const values = (): Float64Array => Float64Array.from(close)
  return {
    clock: clockId('rates'),
    calendar: calendarId('rates'),
    instruments: PAIRS.map(({ symbol }) => instrumentId(symbol)),
    tradeDates: like.tradeDates,
    opens: like.opens.map((at) => at - 1_000),
    closes: like.closes.map((at) => at - 3_600_000),
    open: values(),
    high: values(),
    low: values(),
    close: values(),
    volume: values().fill(1e9),
    factor: values().fill(1),
  }
}

export function inputAbroad(plan: Abroad): RunInput {
  const input = runInputOf(plan.drawn)
  const { market, config } = input
  const moved = market.instruments.map((instrument, index) => ({
    ...instrument,
    currency: currencyCode(CURRENCIES[(index + plan.offset) % 3]!),
  }))
  const rates = ratesBlock(plan, market.blocks[0]!)
  const sessions = sessionsFrom(
    calendarId('rates'),
    Array.from(rates.tradeDates, (date, bar) => ({
      date: date as never,
      open: rates.opens[bar]! as never,
      close: rates.closes[bar]! as never,
    })),
  )
  const abroadMarket: MarketData = {
    ...market,
    instruments: [...moved, ...PAIRS.map((_, place) => pairOf(place, moved.length + place))],
    blocks: [...market.blocks, rates],
    sessions: [...market.sessions, sessions],
  }
  const capitalIn = plan.tenths.flatMap((tenths, place) =>
    tenths === 0 ? [] : [{ currency: currencyCode(CURRENCIES[place + 1]!), fraction: tenths / 10 }],
  )
  const sleeves = config.sleeves.map((sleeve) => (capitalIn.length === 0 ? sleeve : { ...sleeve, capitalIn }))
  return { ...input, market: abroadMarket, config: { ...config, sleeves } }
}
