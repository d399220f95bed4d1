import type { PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import type { Instrument } from '../../domain/instruments.ts'
import { addDays, startOfDay, weekday } from '../../domain/sessions.ts'
import {
  accountId,
  calendarId,
  clockId,
  currencyCode,
  type Instant,
  instant,
  instrumentId,
  money,
  type OrderId,
  quantity,
  sleeveId,
  type TradeDate,
} from '../../domain/units.ts'
import type {
  AttributionRecord,
  OrderRecord,
  RefusalRecord,
  RunResult,
  SleeveResult,
  TradeRecord,
} from '../../engine/result.ts'
import { createRandom, type Random } from '../../numerics/random.ts'

/*
 * A run made up from one seed, shaped as the engine leaves it: four sleeves that trade and a reserve, crosses, structures,
 * refusals, a transfer between sleeves. For tests of the report only.
 */

interface SleevePlan {
  readonly id: string
  readonly title: string
  readonly strategy: string | null
  readonly capital: number
  readonly drift: number
  readonly noise: number
  readonly tradesPerYear: number
  readonly symbols: readonly string[]
  readonly exits: readonly string[]
  readonly expected: SleeveConfig['expected']
}

const CASH = { drift: 0, noise: 0, tradesPerYear: 0, symbols: [], exits: [], expected: null }
export const SLEEVE_PLANS: readonly SleevePlan[] = [
  {
    ...{ id: 'large_cap', title: 'Large-cap mean reversion', strategy: 'mean-reversion', capital: 24_750 },
    ...{ drift: 0.00035, noise: 0.007, tradesPerYear: 30, symbols: ['AAPL', 'NVDA', 'TSLA', 'AMD'] },
    exits: ['above SMA 20', 'RSI above 63', 'profit after 5 days', 'stop 12 %'],
    expected: { sharpe: [0.08, 0.6], winRate: [0.6, 0.7], tradesPerMonth: [2, 3] },
  },
  {
    ...{ id: 'micro_cap', title: 'Micro-cap breakout', strategy: 'momentum-breakout', capital: 19_800 },
    ...{ drift: 0.0002, noise: 0.012, tradesPerYear: 44, symbols: ['GSIT', 'PLUG', 'FCEL'] },
    exits: ['trail 15 %', '10 days held'],
    expected: { sharpe: [0.2, 0.9], winRate: [0.4, 0.5], tradesPerMonth: [5, 8] },
  },
  {
    ...{ id: 'options', title: 'Theta decay', strategy: 'theta-decay', capital: 24_750 },
    ...{ drift: 0.00028, noise: 0.0032, tradesPerYear: 18, symbols: ['SPY', 'QQQ'] },
    exits: ['50 % of credit', '200 % stop', '21 days to expiry'],
    expected: { sharpe: [0.8, 1.5], winRate: [0.7, 0.85], tradesPerMonth: [4, 6] },
  },
  {
    ...{ id: 'crypto', title: 'Crypto trend', strategy: 'trend-following', capital: 14_850 },
    ...{ drift: 0.0006, noise: 0.019, tradesPerYear: 22, symbols: ['BTC/USD', 'ETH/USD'] },
    exits: ['below SMA 20', 'trail 20 %'],
    expected: { sharpe: [0.2, 1.2], winRate: [0.35, 0.5], tradesPerMonth: [2, 4] },
  },
  { id: 'cash', title: 'Cash reserve', strategy: null, capital: 14_850, ...CASH },
]

function sleeveConfig(plan: SleevePlan, capital: number): SleeveConfig {
  return {
    id: sleeveId(plan.id),
    title: plan.title,
    strategy: plan.strategy,
    parameters: {},
    capital: money(plan.capital * 1_000_000),
    weight: plan.capital / capital,
    clock: clockId('daily'),
    calendar: calendarId(plan.id === 'crypto' ? 'continuous' : 'NYSE'),
    periods: plan.id === 'crypto' ? 365 : 252,
    universe: plan.symbols.map(instrumentId),
    universeRules: {
      volatilityMin: null,
      volatilityBars: 60,
      volumeMin: null,
      volumeBars: 20,
      notEvaluated: plan.id === 'micro_cap' ? ['market cap 50 to 300 million', 'float below 20 million'] : [],
    },
    sizing: { kind: 'notional', amount: 673 },
    limits: { positionsMax: 6, positionWeightMax: null, weekend: null },
    status: 'active',
    onFault: 'hold',
    expected: plan.expected,
  }
}

export function sampleConfig(plans: readonly SleevePlan[] = SLEEVE_PLANS): PortfolioConfig {
  const capital = plans.reduce((sum, plan) => sum + plan.capital, 0)
  return {
    name: 'Four channels',
    currency: currencyCode('USD'),
    capital: money(capital * 1_000_000),
    sleeves: plans.map((plan) => sleeveConfig(plan, capital)),
    limits: {
      positionsMax: 13,
      assetClassWeightMax: 0.5,
      positionWeightMax: 0.1,
      leverageMax: 1,
      drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: null },
    },
    netting: true,
    account: {
      id: accountId('main'),
      kind: 'margin',
      initialMargin: 0.5,
      maintenanceMargin: 0.25,
      shortMaintenanceMargin: 0.3,
    },
    costs: {},
    parity: { USDT: currencyCode('USD') },
    dayCalendar: calendarId('NYSE'),
    periods: 252,
    groups: {},
  }
}

function sampleInstrument(symbol: string, index: number): Instrument {
  const isCoin = symbol.includes('/')
  return {
    id: instrumentId(symbol),
    index,
    symbol,
    name: symbol,
    kind: isCoin ? 'crypto' : 'equity',
    assetClass: isCoin ? 'crypto' : 'equity',
    sector: 'unknown',
    industry: 'unknown',
    currency: currencyCode('USD'),
    calendar: calendarId(isCoin ? 'continuous' : 'NYSE'),
    clocks: [clockId('daily')],
    multiplier: 1,
    unit: isCoin ? 1e-8 : 1e-6,
    unitsPerWhole: isCoin ? 100_000_000 : 1_000_000,
    step: quantity(1_000_000),
    roundLot: quantity(1_000_000),
    ticks: [
      { from: 0, tick: 0.0001 },
      { from: 1, tick: 0.01 },
    ],
    shortable: false,
    option: null,
  }
}

/** Weekdays from the first date on. */
function weekdays(first: TradeDate, count: number): TradeDate[] {
  const days: TradeDate[] = []
  for (let date = first; days.length < count; date = addDays(date, 1)) {
    if (weekday(date) !== 0 && weekday(date) !== 6) days.push(date)
  }
  return days
}

function closeOf(date: TradeDate): Instant {
  return instant(startOfDay(date) + 21 * 3_600_000)
}

/** Six decimals, as books in dollars are kept. */
function cents(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

function sleeveResult(
  plan: SleevePlan,
  days: readonly TradeDate[],
  shocks: Float64Array,
  random: Random,
): SleeveResult {
  const equity = new Float64Array(days.length)
  const flows = new Float64Array(days.length)
  let value = plan.capital
  for (let day = 0; day < days.length; day += 1) {
    const shock = 0.35 * shocks[day]! + 0.94 * random.normal()
    if (day === 300 && plan.id === 'cash') flows[day] = -2_000
    if (day === 300 && plan.id === 'crypto') flows[day] = 2_000
    value = cents((value + flows[day]!) * (1 + (plan.strategy === null ? 0 : plan.drift + plan.noise * shock)))
    equity[day] = value
  }
  const invested = plan.strategy === null ? 0 : 0.42
  return {
    id: sleeveId(plan.id),
    equity,
    flows,
    cash: equity.map((amount) => cents(amount * (1 - invested))),
    exposure: equity.map((amount) => cents(amount * invested)),
    openPositions: Int32Array.from(days, (_, day) => (plan.strategy === null ? 0 : (day % 3) + 1)),
    maxPositionWeight: plan.strategy === null ? 0 : 0.093,
    fees: plan.strategy === null ? 0 : 41.37,
    realised: plan.strategy === null ? 0 : 1_234.5,
    unrealised: plan.strategy === null ? 0 : -87.25,
    dividends: plan.id === 'large_cap' ? 63.1 : 0,
    paused: null,
  }
}

interface Book {
  readonly trades: TradeRecord[]
  readonly orders: OrderRecord[]
  readonly attribution: AttributionRecord[]
}

function order(book: Book, trade: TradeRecord, isEntry: boolean): OrderRecord {
  const wanted = (isEntry ? 1 : -1) * (trade.side === 'long' ? 1 : -1) * trade.quantity
  const price = isEntry ? trade.entryPrice : trade.exitPrice
  // Every ninth order meets a wish of another sleeve in the same instrument.
  const isCross = book.orders.length % 9 === 8
  const other = sleeveId(trade.sleeve === 'crypto' ? 'large_cap' : 'crypto')
  const own = { sleeve: trade.sleeve, wanted, crossed: isCross ? wanted : 0, filled: isCross ? 0 : wanted }
  const shares = [
    { ...own, fee: isCross ? 0 : 0.35, reason: isEntry ? trade.entryReason : trade.exitReason },
    ...(isCross
      ? [{ sleeve: other, wanted: -wanted, crossed: -wanted, filled: 0, fee: 0, reason: 'rebalanced, "half" out' }]
      : []),
  ]
  return {
    id: (isEntry ? trade.entryOrder : trade.exitOrder) as OrderId,
    cycle: book.orders.length,
    at: isEntry ? trade.openedAt : trade.closedAt,
    tradeDate: isEntry ? trade.entryDate : trade.exitDate,
    instrument: trade.instrument,
    type: 'open',
    grossLong: isCross ? Math.abs(wanted) : Math.max(0, wanted),
    grossShort: isCross ? Math.abs(wanted) : Math.max(0, -wanted),
    net: isCross ? 0 : wanted,
    crossed: isCross ? Math.abs(wanted) : 0,
    filled: isCross ? 0 : wanted,
    price,
    fee: isCross ? 0 : 0.35,
    state: isCross ? 'crossed' : 'filled',
    shares,
  }
}

function attributed(record: OrderRecord): AttributionRecord[] {
  return record.shares.map((share) => ({
    at: record.at,
    tradeDate: record.tradeDate,
    order: record.id,
    execution: `sim-${record.id}`,
    sleeve: share.sleeve,
    instrument: record.instrument,
    kind: record.state === 'crossed' ? 'cross' : 'fill',
    quantity: share.filled + share.crossed,
    price: record.price ?? 0,
    cash: cents(-(share.filled + share.crossed) * (record.price ?? 0)),
    fee: share.fee,
    realised: 0,
    reason: share.reason,
  }))
}

function trade(plan: SleevePlan, days: readonly TradeDate[], random: Random, number: number): TradeRecord {
  const bars = random.integer(2, 15)
  const opened = random.integer(0, Math.max(1, days.length - bars - 1))
  const entryDate = days[opened]!
  const exitDate = days[Math.min(days.length - 1, opened + bars)]!
  const symbol = plan.symbols[random.integer(0, plan.symbols.length - 1)]!
  const isStructure = plan.id === 'options'
  const entryPrice = cents(
    isStructure
      ? 0.9 + random.uniform()
      : plan.id === 'crypto'
        ? 20_000 + 900 * random.normal()
        : 40 + 90 * random.uniform(),
  )
  const change = 0.012 + 0.06 * random.normal()
  const count = plan.id === 'crypto' ? 0.05 : Math.max(1, Math.floor(673 / entryPrice))
  return {
    sleeve: sleeveId(plan.id),
    instrument: isStructure ? `${symbol} 2024-01-19 -470P +455P` : symbol,
    kind: isStructure ? 'structure' : 'position',
    side: isStructure ? 'short' : 'long',
    quantity: isStructure ? 2 : count,
    openedAt: closeOf(entryDate),
    closedAt: closeOf(exitDate),
    entryDate,
    exitDate,
    entryPrice,
    exitPrice: cents(entryPrice * (1 + change)),
    pnl: cents((isStructure ? 200 : count) * entryPrice * change - 0.7),
    fees: 0.7,
    bars,
    entryReason: 'RSI below 27, close below the lower band',
    exitReason: plan.exits[random.integer(0, plan.exits.length - 1)]!,
    entryOrder: (number * 2 + 1) as OrderId,
    exitOrder: (number * 2 + 2) as OrderId,
  }
}

function bookOf(plans: readonly SleevePlan[], days: readonly TradeDate[], random: Random): Book {
  const trades: TradeRecord[] = []
  for (const plan of plans) {
    const count = days.length < 2 ? 0 : Math.ceil((plan.tradesPerYear * days.length) / 252)
    for (let index = 0; index < count; index += 1) trades.push(trade(plan, days, random, trades.length))
  }
  trades.sort((left, right) => left.closedAt - right.closedAt || left.entryOrder - right.entryOrder)
  const book: Book = { trades, orders: [], attribution: [] }
  for (const closed of trades) {
    for (const isEntry of [true, false]) {
      const record = order(book, closed, isEntry)
      book.orders.push(record)
      book.attribution.push(...attributed(record))
    }
  }
  return book
}

const REFUSALS = [
  {
    sleeve: 'micro_cap',
    rule: 'belowStep',
    end: 'refused',
    instrument: 'GSIT',
    wanted: 0.4,
    allowed: 0,
    value: null,
    limit: null,
  },
  {
    sleeve: 'large_cap',
    rule: 'portfolioPositions',
    end: 'refused',
    instrument: 'TSLA',
    wanted: 3,
    allowed: 0,
    value: 13,
    limit: 13,
  },
  {
    sleeve: 'options',
    rule: 'positionWeight',
    end: 'trimmed',
    instrument: 'SPY',
    wanted: 2,
    allowed: 1,
    value: 0.1261,
    limit: 0.1,
  },
  {
    sleeve: 'crypto',
    rule: 'weekend',
    end: 'refused',
    instrument: 'ETH/USD',
    wanted: 0.25,
    allowed: 0,
    value: -0.0131,
    limit: -0.01,
  },
  {
    sleeve: 'crypto',
    rule: 'participation',
    end: 'lapsed',
    instrument: 'BTC/USD',
    wanted: 0.05,
    allowed: 0.02,
    value: null,
    limit: null,
  },
] as const

function refusals(days: readonly TradeDate[], random: Random): RefusalRecord[] {
  if (days.length < 2) return []
  return Array.from({ length: 60 }, (_, index): RefusalRecord => {
    const tradeDate = days[Math.floor((index * days.length) / 60)]!
    const chosen = REFUSALS[random.integer(0, REFUSALS.length - 1)]!
    return { ...chosen, at: closeOf(tradeDate), tradeDate, sleeve: sleeveId(chosen.sleeve) }
  })
}

function total(
  sleeves: readonly SleeveResult[],
  days: readonly TradeDate[],
  pick: (sleeve: SleeveResult) => Float64Array,
): Float64Array {
  return Float64Array.from(days, (_, day) => cents(sleeves.reduce((sum, sleeve) => sum + pick(sleeve)[day]!, 0)))
}

export interface SampleRun {
  readonly days: number
  readonly first?: number
  readonly seed?: number
  readonly plans?: readonly SleevePlan[]
}

/** A whole run of `days` weekdays; the same arguments give the same run. */
export function sampleRun({ days: length, first = 20200102, seed = 7, plans = SLEEVE_PLANS }: SampleRun): RunResult {
  const random = createRandom(seed)
  const days = weekdays(first as TradeDate, length)
  const shocks = Float64Array.from(days, () => random.normal())
  const sleeves = plans.map((plan) => sleeveResult(plan, days, shocks, random))
  const book = bookOf(
    plans.filter((plan) => plan.strategy !== null),
    days,
    random,
  )
  const exposure = total(sleeves, days, (sleeve) => sleeve.exposure)
  const symbols = [...new Set(plans.flatMap((plan) => plan.symbols))]
  const isLong = length > 1
  return {
    config: sampleConfig(plans),
    instruments: symbols.map(sampleInstrument),
    days: Int32Array.from(days),
    equity: total(sleeves, days, (sleeve) => sleeve.equity),
    cash: total(sleeves, days, (sleeve) => sleeve.cash),
    grossExposure: exposure,
    netExposure: exposure.map((value) => cents(value * 0.8)),
    sleeves,
    ...book,
    refusals: refusals(days, random),
    violations: isLong
      ? [
          {
            ...{ at: closeOf(days[1]!), severity: 'high', rule: 'assetClassWeight', subject: sleeveId('crypto') },
            ...{ value: 0.5312, limit: 0.5, action: 'no new entries in the class', resolvedAt: closeOf(days.at(-1)!) },
          },
          {
            ...{ at: closeOf(days.at(-1)!), severity: 'medium', rule: 'drawdownBreaker', subject: 'portfolio' },
            ...{ value: 0.1523, limit: 0.15, action: 'new positions halted', resolvedAt: null },
          },
        ]
      : [],
    positions: isLong
      ? [
          {
            sleeve: sleeveId('large_cap'),
            instrument: 'AAPL',
            quantity: 3,
            averagePrice: 180,
            mark: 190,
            value: 570,
            unrealised: 30,
          },
          {
            sleeve: sleeveId('crypto'),
            instrument: 'AAPL',
            quantity: -3,
            averagePrice: 180,
            mark: 190,
            value: -570,
            unrealised: -30,
          },
          {
            sleeve: sleeveId('micro_cap'),
            instrument: 'PLUG',
            quantity: 90,
            averagePrice: 4,
            mark: 5,
            value: 450,
            unrealised: 90,
          },
        ]
      : [],
    netting: isLong
      ? {
          ...{
            ordersGross: 1_204,
            ordersNet: 1_096,
            unitsGross: 48_210.5,
            unitsNet: 45_120.25,
            notionalGross: 812_450.13,
          },
          ...{
            notionalNet: 768_120.4,
            savings: 44_329.73,
            savingsPct: 44_329.73 / 812_450.13,
            feesSaved: 37.8,
            crosses: 54,
          },
        }
      : {
          ...{ ordersGross: 0, ordersNet: 0, unitsGross: 0, unitsNet: 0, notionalGross: 0 },
          ...{ notionalNet: 0, savings: 0, savingsPct: null, feesSaved: 0, crosses: 0 },
        },
    maxOrdersPerInstrumentCycle: isLong ? 1 : 0,
    invariants: {
      checked: isLong
        ? { quantityConserved: 48_210, moneyConserved: 48_210, fillConserved: 2_204, transfersConserve: 0 }
        : {},
      violated: [],
    },
    notes: isLong
      ? [
          'PLTR lists on 2020-09-30: no signal before, no error.',
          'GSIT ends on 2024-03-08: its position was closed at the last close.',
          'Option chains of SPY and QQQ are priced by Black-Scholes-Merton off ^VIX and a fixed skew.',
          'The micro-cap list was drawn up afterwards: it holds survivors only.',
        ]
      : [],
    canonical: Uint8Array.from(days, (_, day) => day % 251),
    cycles: length,
    events: length * 9,
  }
}
