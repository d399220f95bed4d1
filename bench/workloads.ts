/** The workloads as the product runs them: a configuration, a market and the recipe of its prices. */
import type { CostRules, PortfolioConfig, SleeveConfig } from '../src/domain/config.ts'
import type { Instrument } from '../src/domain/instruments.ts'
import type { ClockBlock, MarketData } from '../src/domain/market.ts'
import { addDays, tradeDate, WEEKDAY, weekday } from '../src/domain/sessions.ts'
import {
  accountId,
  calendarId,
  clockId,
  currencyCode,
  instrumentId,
  money,
  type Quantity,
  sleeveId,
  type TradeDate,
} from '../src/domain/units.ts'
import { byTime, type Series, type SeriesRecipe } from './generate.ts'

export interface Workload {
  readonly name: string
  readonly title: string
  readonly recipe: SeriesRecipe
  /** Bars of one session. */
  readonly sessionBars: number
  readonly barMs: number
  /** Fast and slow bars of each sleeve's averages. */
  readonly pairs: readonly (readonly [number, number])[]
  readonly capital: number
  /** Part of a sleeve's equity that one entry takes. */
  readonly fraction: number
  readonly positionWeightMax: number | null
  /** Source of the C loop, and its macros. */
  readonly limit: { readonly source: string; readonly macros: Readonly<Record<string, number>> }
  /** Further C loops, printed for information. */
  readonly others: readonly string[]
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const PAIRS: Workload['pairs'] = [
  [5, 20],
  [5, 50],
  [10, 30],
  [10, 50],
  [10, 100],
  [20, 50],
  [20, 100],
  [20, 200],
  [50, 100],
  [50, 200],
]

/** `symbols` x `bars` daily bars under ten sleeves; 500 x 2,520 is the workload, smaller ones are for tests. */
export function dailyPortfolio(symbols = 500, bars = 2_520): Workload {
  return {
    name: 'w1',
    title: `${symbols} symbols x ${bars} daily bars x ${PAIRS.length} sleeves`,
    recipe: { name: 'w1', symbols, bars, seed: 1_234_567, volatility: 0.02, drift: 0.0002 },
    sessionBars: 1,
    barMs: 23_400_000,
    pairs: PAIRS,
    capital: 100_000_000,
    fraction: 1 / symbols,
    positionWeightMax: 0.05,
    limit: { source: 'w1.c', macros: { SYMBOLS: symbols, BARS: bars } },
    others: symbols === 500 && bars === 2_520 ? ['w1_full.c'] : [],
  }
}

/** One-minute bars of one symbol that trades around the clock, one sleeve: the cost of a bar. */
export function minuteSeries(bars = 1_000_000): Workload {
  return {
    name: 'w2',
    title: `one symbol x ${bars} one-minute bars x one sleeve`,
    recipe: { name: 'w2', symbols: 1, bars, seed: 7_654_321, volatility: 0.0006, drift: 0 },
    sessionBars: 1_440,
    barMs: MINUTE_MS,
    pairs: [[20, 100]],
    capital: 1_000_000,
    fraction: 0.99,
    positionWeightMax: null,
    limit: { source: 'w2.c', macros: { BARS: bars, DAY: 1_440 } },
    others: [],
  }
}

/** Twice the ten pairs: the second ten begin half a turn later. */
const TWENTY_PAIRS = [...PAIRS, ...PAIRS.map(([fast, slow]) => [fast + 3, slow + 7] as const)]

/** One-minute bars of many symbols in sessions of the exchange's length, under twenty sleeves: what a live engine is given. */
export function livePortfolio(symbols = 500, bars = 780): Workload {
  return {
    name: 'live',
    title: `${symbols} symbols x ${bars} one-minute bars x ${TWENTY_PAIRS.length} sleeves`,
    recipe: { name: `live_${symbols}_${bars}`, symbols, bars, seed: 2_468_013, volatility: 0.0006, drift: 0 },
    sessionBars: 390,
    barMs: MINUTE_MS,
    pairs: TWENTY_PAIRS,
    capital: 100_000_000,
    fraction: 1 / symbols,
    positionWeightMax: 0.05,
    limit: { source: '', macros: {} },
    others: [],
  }
}

const CLOCK = clockId('bench')
const CALENDAR = calendarId('bench')
const CURRENCY = currencyCode('USD')

/** Ten basis points of the traded value, half up to cents; at most a tenth of a bar's volume. */
const COSTS: CostRules = {
  commission: {
    name: 'ten basis points',
    perShare: 0,
    perContract: 0,
    bps: 10,
    minimumPerOrder: 0,
    maximumFraction: null,
    tiers: [],
    saleFraction: 0,
    salePerShare: 0,
    salePerShareMax: 0,
    step: 0.01,
  },
  slippage: { kind: 'none' },
  participationMax: 0.1,
}

export function configOf(workload: Workload): PortfolioConfig {
  const universe = symbolsOf(workload)
  const weight = 1 / workload.pairs.length
  const sleeves = workload.pairs.map(
    ([fast, slow]): SleeveConfig => ({
      id: sleeveId(`sma_${fast}_${slow}`),
      title: `${fast} over ${slow}`,
      strategy: 'sma-crossover',
      parameters: { fast, slow },
      capital: money((workload.capital / workload.pairs.length) * 1_000_000),
      weight,
      clock: CLOCK,
      calendar: CALENDAR,
      periods: 252,
      universe,
      universeRules: { volatilityMin: null, volatilityBars: 60, volumeMin: null, volumeBars: 20, notEvaluated: [] },
      sizing: { kind: 'percent', fraction: workload.fraction, of: 'sleeve' },
      limits: { positionsMax: null, positionWeightMax: null, weekend: null },
      status: 'active',
      onFault: 'hold',
      expected: null,
    }),
  )
  return {
    name: workload.name,
    currency: CURRENCY,
    capital: money(workload.capital * 1_000_000),
    sleeves,
    limits: {
      positionsMax: null,
      assetClassWeightMax: null,
      positionWeightMax: workload.positionWeightMax,
      leverageMax: 1.5,
      drawdown: null,
    },
    netting: true,
    account: {
      id: accountId('bench'),
      kind: 'margin',
      initialMargin: 0.5,
      maintenanceMargin: 0.25,
      shortMaintenanceMargin: 0.3,
    },
    costs: { equity: COSTS },
    parity: {},
    dayCalendar: CALENDAR,
    periods: 252,
    groups: {},
  }
}

function symbolsOf({ recipe }: Workload) {
  return Array.from({ length: recipe.symbols }, (_, index) => instrumentId(`S${index}`))
}

export function marketOf(workload: Workload, series: Series): MarketData {
  const { recipe } = workload
  const turned = (column: Float64Array): Float64Array => byTime(column, recipe.symbols, recipe.bars)
  const days = daysOf(workload)
  const block: ClockBlock = {
    clock: CLOCK,
    calendar: CALENDAR,
    instruments: symbolsOf(workload),
    ...days.bars,
    open: turned(series.open),
    high: turned(series.high),
    low: turned(series.low),
    close: turned(series.close),
    volume: turned(series.volume),
    factor: new Float64Array(recipe.symbols * recipe.bars).fill(1),
  }
  return {
    instruments: block.instruments.map(
      (id, index): Instrument => ({
        id,
        index,
        symbol: id,
        name: id,
        kind: 'equity',
        assetClass: 'equity',
        sector: '',
        industry: '',
        currency: CURRENCY,
        calendar: CALENDAR,
        clocks: [CLOCK],
        multiplier: 1,
        unit: 0.000001,
        unitsPerWhole: 1_000_000,
        step: 1_000_000 as Quantity,
        roundLot: 1_000_000 as Quantity,
        ticks: [{ from: 0, tick: 0.01 }],
        shortable: true,
        option: null,
      }),
    ),
    blocks: [block],
    actions: [],
    sessions: [days.sessions],
    chains: null,
    notes: [],
  }
}

/** Sessions on weekdays where a session is one bar, else on every day around the clock; and the bars within them. */
function daysOf({ recipe, sessionBars, barMs }: Workload) {
  const { bars } = recipe
  const count = Math.ceil(bars / sessionBars)
  const isDaily = sessionBars === 1
  const dates = new Int32Array(count)
  const opens = new Float64Array(count)
  const closes = new Float64Array(count)
  let date: TradeDate = tradeDate(20100104)
  for (let day = 0; day < count; day += 1) {
    dates[day] = date
    opens[day] = Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100, isDaily ? 14 : 0)
    closes[day] = opens[day]! + (isDaily ? barMs : DAY_MS)
    do date = addDays(date, 1)
    while (isDaily && (weekday(date) === WEEKDAY.saturday || weekday(date) === WEEKDAY.sunday))
  }
  const tradeDates = new Int32Array(bars)
  const barOpens = new Float64Array(bars)
  const barCloses = new Float64Array(bars)
  for (let bar = 0; bar < bars; bar += 1) {
    const day = Math.floor(bar / sessionBars)
    tradeDates[bar] = dates[day]!
    barOpens[bar] = opens[day]! + (bar - day * sessionBars) * barMs
    barCloses[bar] = barOpens[bar]! + barMs
  }
  return {
    sessions: { calendar: CALENDAR, dates, opens, closes },
    bars: { tradeDates, opens: barOpens, closes: barCloses },
  }
}
