/**
 * Portfolios and markets written down in a program: for a notebook, a test, a question. They take the same way as files
 * do: the series is adjusted and laid on a clock by the market stage, and the run is the run.
 */
import type { PortfolioConfig, Sizing, SleeveConfig } from '../domain/config.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import { FaultError, fault, type Result } from '../domain/faults.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { PortfolioLimits, SleeveLimits } from '../domain/limits.ts'
import type { DatedAction, MarketData } from '../domain/market.ts'
import {
  defaultsOf,
  type Parameter,
  type Parameters,
  type ParameterValue,
  parameterProblem,
} from '../domain/parameters.ts'
import type { Series } from '../domain/series.ts'
import { parseDate, type Sessions, sessionsFrom, startOfDay } from '../domain/sessions.ts'
import type { Strategy } from '../domain/strategy.ts'
import {
  accountId,
  calendarId,
  clockId,
  currencyCode,
  type Instant,
  instrumentId,
  type Memory,
  money,
  quantity,
  sleeveId,
  type TradeDate,
} from '../domain/units.ts'
import type { ViolationRules } from '../domain/violations.ts'
import { splitByLargestRemainder } from '../numerics/exact.ts'
import { adjustSeries, corporateActions } from '../pipeline/market/adjust.ts'
import { alignClock } from '../pipeline/market/align.ts'

/** One day of one instrument, at prices as they were traded on that day. */
export interface DayBar {
  /** 'YYYY-MM-DD' */
  readonly date: string
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Left out: unknown, so that no volume caps a fill. */
  readonly volume?: number
  /** New shares per old one, effective at this open: 7 for a 7:1 split. */
  readonly split?: number
  /** Cash per share, with this day as the ex-date. */
  readonly dividend?: number
}

export interface SleeveByHand {
  readonly id: string
  // biome-ignore lint/suspicious/noExplicitAny: a list holds strategies of different parameters and memories
  readonly strategy: Strategy<any, any>
  readonly parameters?: Readonly<Record<string, ParameterValue>>
  /** Part of the capital. What the sleeves leave over is a reserve named `cash`. */
  readonly weight: number
  readonly universe: readonly string[]
  readonly sizing: Sizing
  readonly limits?: Partial<SleeveLimits>
}

export interface PortfolioByHand {
  readonly name?: string
  /** In US dollars. */
  readonly capital: number
  readonly sleeves: readonly SleeveByHand[]
  readonly limits?: Partial<PortfolioLimits>
  readonly costs?: PortfolioConfig['costs']
  /** What happens when a limit is exceeded while positions are held; with it sizes are watched, too. */
  readonly violations?: ViolationRules
  /** False: every sleeve sends its own orders. */
  readonly netting?: boolean
}

const CALENDAR = calendarId('by hand')
const CLOCK = clockId('by hand/1d')
const CURRENCY = currencyCode('USD')
const SESSIONS_A_YEAR = 252
const HOUR_MS = 3_600_000
/** Weights are read as billionths, so that three thirds written as 0.333333333 are still told from 1. */
const WEIGHT_SCALE = 1_000_000_000
const UNITS_PER_SHARE = 1_000_000

/**
 * A market of shares from days written down: one session for each date that any instrument has.
 *
 * @throws FaultError naming the instrument, the row (counted from 1) and what is wrong with it
 * @example marketByHand({ ACME: [{ date: '2024-01-02', open: 10, high: 11, low: 9, close: 10.5 }] })
 */
export function marketByHand(histories: Readonly<Record<string, readonly DayBar[]>>): MarketData {
  const named = Object.entries(histories).map(([symbol, bars]) => ({ symbol, series: seriesOf(symbol, bars) }))
  const dates = [...new Set(named.flatMap(({ series }) => [...series.dates]))].sort((one, other) => one - other)
  const first = dates[0] as TradeDate | undefined
  const last = dates.at(-1) as TradeDate | undefined
  if (first === undefined || last === undefined) {
    throw new FaultError(fault('FILE_EMPTY', { file: Object.keys(histories).join(', ') }))
  }
  const sessions = sessionsOf(dates as TradeDate[])
  const actions: DatedAction[] = []
  const members = named.map(({ symbol, series }) => {
    const adjusted = settled(adjustSeries(series, 'raw', null))
    const range = { firstDate: first, lastDate: last }
    actions.push(...corporateActions({ instrument: instrumentId(symbol), ...adjusted, sessions, ...range }).actions)
    return { instrument: instrumentId(symbol), series, factors: adjusted.factors }
  })
  const aligned = alignClock({ clock: CLOCK, sessions, members, from: first, to: last, barMs: null, dataEnd: last })
  actions.push(...aligned.actions)
  return {
    instruments: named.map(({ symbol }, index) => shareOf(symbol, index)),
    blocks: [aligned.block],
    actions: actions.sort((one, other) => one.at - other.at),
    sessions: [sessions],
    chains: null,
    notes: aligned.notes.map(({ text }) => text),
  }
}

function settled<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.error)
  return result.value
}

function sessionsOf(dates: readonly TradeDate[]): Sessions {
  const hour = (date: TradeDate, hours: number): Instant => (startOfDay(date) + hours * HOUR_MS) as Instant
  return sessionsFrom(
    CALENDAR,
    dates.map((date) => ({ date, open: hour(date, 14.5), close: hour(date, 21) })),
  )
}

function seriesOf(symbol: string, bars: readonly DayBar[]): Series {
  const dates = Int32Array.from(bars, (_, index) => dateOf(symbol, bars, index))
  const column = (pick: (bar: DayBar) => number): Float64Array => Float64Array.from(bars, pick)
  return {
    source: symbol,
    layout: 'by hand',
    resolution: 'day',
    dates,
    times: Float64Array.from(dates, (date) => startOfDay(date as TradeDate)),
    open: column((bar) => bar.open),
    high: column((bar) => bar.high),
    low: column((bar) => bar.low),
    close: column((bar) => bar.close),
    volume: column((bar) => bar.volume ?? Number.NaN),
    adjustedClose: null,
    dividend: column((bar) => bar.dividend ?? 0),
    split: column((bar) => bar.split ?? 1),
    lines: Int32Array.from(bars, (_, index) => index + 1),
    findings: [],
  }
}

/** The date of a row whose prices make sense; anything else is refused by name and row. */
function dateOf(symbol: string, bars: readonly DayBar[], index: number): TradeDate {
  const bar = bars[index]!
  const refuse = (reason: string): never => {
    throw new FaultError(fault('DATA_REFUSED', { file: symbol, line: index + 1, reason }))
  }
  const date = parseDate(bar.date)
  if (date === null) return refuse(`"${bar.date}" is no date; write it as 2024-01-31`)
  const before = bars[index - 1]
  if (before !== undefined && before.date >= bar.date) return refuse(`"${bar.date}" must come after "${before.date}"`)
  const { open, high, low, close } = bar
  const ordered = low > 0 && low <= open && low <= close && high >= open && high >= close && high < Infinity
  if (!ordered) return refuse(`open ${open}, high ${high}, low ${low}, close ${close} are no bar; low must be lowest`)
  return date
}

function shareOf(symbol: string, index: number): Instrument {
  return {
    id: instrumentId(symbol),
    index,
    symbol,
    name: symbol,
    kind: 'equity',
    assetClass: 'equity',
    sector: 'unknown',
    industry: 'unknown',
    currency: CURRENCY,
    calendar: CALENDAR,
    clocks: [CLOCK],
    multiplier: 1,
    unit: 1 / UNITS_PER_SHARE,
    unitsPerWhole: UNITS_PER_SHARE,
    step: quantity(UNITS_PER_SHARE),
    roundLot: quantity(UNITS_PER_SHARE),
    ticks: [{ from: 0, tick: 0.01 }],
    shortable: true,
    option: null,
  }
}

/**
 * A portfolio in a Regulation T margin account, with the strategies it names: both go to `runBacktest`. What is left
 * out has its plain meaning: no costs, no limits but a gross exposure of at most the equity.
 *
 * @example runBacktest({ ...portfolioByHand({ capital: 10_000, sleeves }), market, checks: true })
 */
export function portfolioByHand(given: PortfolioByHand): {
  readonly config: PortfolioConfig
  readonly strategies: readonly Strategy<Parameters, Memory>[]
} {
  const capital = money(Math.floor(given.capital * countsPerUnit(CURRENCY) + 0.5)) // half up, to the book unit
  const weights = given.sleeves.map(({ weight }) => Math.floor(weight * WEIGHT_SCALE + 0.5))
  const rest = WEIGHT_SCALE - weights.reduce((sum, weight) => sum + weight, 0)
  if (rest < 0) {
    const reason = `add up to ${1 - rest / WEIGHT_SCALE}, above 1; lower them`
    throw new FaultError(fault('OPTION_INVALID', { option: 'weights', reason }))
  }
  const shares = splitByLargestRemainder(capital, [...weights, rest])
  const sleeves = given.sleeves.map((sleeve, index) => sleeveOf(sleeve, shares[index]!))
  const reserve = sleeveOf({ ...RESERVE, weight: rest / WEIGHT_SCALE }, shares[sleeves.length]!)
  const { limits = {}, costs = {} } = given
  return {
    config: {
      name: given.name ?? 'by hand',
      currency: CURRENCY,
      capital,
      sleeves: rest === 0 ? sleeves : [...sleeves, reserve],
      limits: {
        positionsMax: null,
        assetClassWeightMax: null,
        positionWeightMax: null,
        leverageMax: 1,
        drawdown: null,
        ...limits,
      },
      netting: given.netting ?? true,
      account: {
        id: accountId('main'),
        kind: 'margin',
        initialMargin: 0.5,
        maintenanceMargin: 0.25,
        shortMaintenanceMargin: 0.3,
      },
      costs,
      parity: {},
      dayCalendar: CALENDAR,
      periods: SESSIONS_A_YEAR,
      groups: {},
      ...(given.violations === undefined ? {} : { violations: given.violations }),
    },
    strategies: strategiesOf(given.sleeves),
  }
}

const RESERVE = { id: 'cash', strategy: null, universe: [], sizing: { kind: 'notional', amount: 0 } } as const

function sleeveOf(
  given: Omit<SleeveByHand, 'strategy'> & { readonly strategy: SleeveByHand['strategy'] | null },
  capital: number,
): SleeveConfig {
  const { id, strategy, parameters = {}, weight, universe, sizing, limits = {} } = given
  return {
    id: sleeveId(id),
    title: id,
    strategy: strategy === null ? null : strategy.name,
    parameters: strategy === null ? {} : parametersOf(strategy, parameters),
    capital: money(capital),
    weight,
    clock: CLOCK,
    calendar: CALENDAR,
    periods: SESSIONS_A_YEAR,
    universe: universe.map(instrumentId),
    universeRules: { volatilityMin: null, volatilityBars: 60, volumeMin: null, volumeBars: 20, notEvaluated: [] },
    sizing,
    limits: { positionsMax: null, positionWeightMax: null, weekend: null, ...limits },
    status: 'active',
    onFault: 'hold',
    expected: null,
  }
}

function parametersOf(strategy: SleeveByHand['strategy'], given: Readonly<Record<string, ParameterValue>>): Parameters {
  const table = strategy.parameters as Readonly<Record<string, Parameter>>
  const refuse = (reason: string): never => {
    throw new FaultError(fault('OPTION_INVALID', { option: `parameters of "${strategy.name}":`, reason }))
  }
  for (const [name, value] of Object.entries(given)) {
    const parameter = table[name]
    if (parameter === undefined) return refuse(`"${name}" is none of ${Object.keys(table).join(', ')}`)
    const problem = parameterProblem(parameter, value)
    if (problem !== null) return refuse(`"${name}" ${problem}, was "${value}"`)
  }
  const parameters: Parameters = { ...defaultsOf(table), ...given }
  const problem = strategy.check?.(parameters) ?? null
  return problem === null ? parameters : refuse(problem)
}

/** A run finds strategies by name, so two of one name would be taken for one. */
function strategiesOf(sleeves: readonly SleeveByHand[]): SleeveByHand['strategy'][] {
  const byName = new Map<string, SleeveByHand['strategy']>()
  for (const { strategy } of sleeves) {
    const known = byName.get(strategy.name)
    if (known !== undefined && known !== strategy) {
      const reason = `name two strategies "${strategy.name}"; give each a name of its own`
      throw new FaultError(fault('OPTION_INVALID', { option: 'sleeves', reason }))
    }
    byName.set(strategy.name, strategy)
  }
  return [...byName.values()]
}
