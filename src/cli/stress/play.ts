import type { StressedSleeve, StressOutcome, StressView } from '../../api/contract/stress.ts'
import { formatDate, utcDate } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { runBacktest } from '../../engine/run/run.ts'
import { sampleDeviation } from '../../numerics/statistics.ts'
import { FLAT, futureOf, type StressedInstrument, type StressedMarket } from '../../research/stress/futures.ts'
import type { StressScenario } from '../../research/stress/scenarios.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import type { History, Reach } from '../market/market.ts'
import { type MarketPast, marketOfPast } from '../market/past.ts'
import { finite, known } from '../report/numbers.ts'
import { returnsOf } from '../report/returns.ts'
import { extendPast, rowsUntil, sessionsAfter } from './extend.ts'

/** A portfolio's book today, with the past that led there. */
export interface Stressed {
  readonly loaded: LoadedPortfolio
  readonly past: MarketPast
  readonly reach: Reach
  /** The run up to today. */
  readonly result: RunResult
  readonly today: TradeDate
}

/** Still sessions after a shock, in which what was decided is carried out. */
const SESSIONS_AFTER = 2

/** Runs a portfolio up to today. */
export function runOf(
  loaded: LoadedPortfolio,
  past: MarketPast,
  reach: Reach,
  onProgress?: (done: number) => void,
): RunResult {
  return runBacktest({
    config: loaded.config,
    market: marketOfPast(loaded, past, reach),
    strategies: [...loaded.strategies.values()],
    checks: false,
    ...(onProgress === undefined ? {} : { onProgress }),
  })
}

/** The market as scenarios see it: pasts, what is held, and what stands for the whole. */
function stressedMarket({ loaded, past, result, today }: Stressed): StressedMarket {
  const instruments = past.histories.map((history) => stressedInstrument(history, result, today))
  const named = instruments.find(({ id }) => id === loaded.benchmark)
  // The chain of a future stands for its contracts.
  const contracts = new Set<string>(
    past.histories.flatMap(({ instrument: { id, future } }) => (future === undefined ? [] : [id])),
  )
  return {
    instruments,
    benchmark:
      named ??
      average(
        instruments.filter(({ id }) => !contracts.has(id)),
        today,
      ),
    equity: new Map(result.sleeves.map(({ id, equity }) => [id, equity.at(-1) ?? 0])),
  }
}

function stressedInstrument({ instrument, series }: History, result: RunResult, today: TradeDate): StressedInstrument {
  const exposure = new Map<string, number>()
  for (const position of result.positions) {
    const held = result.instruments.find(({ symbol }) => symbol === position.instrument)
    if (held === undefined || (held.option?.underlying ?? held.id) !== instrument.id) continue
    const side = held.option?.right === 'put' ? -1 : 1
    exposure.set(position.sleeve, (exposure.get(position.sleeve) ?? 0) + position.value * side)
  }
  const { dates, open, high, low, close } = series
  return { id: instrument.id, dates, open, high, low, close, rows: rowsUntil(series, today), exposure }
}

/** Where no benchmark is named: all instruments in equal parts, on the days of the one with the fewest days a year. */
function average(instruments: readonly StressedInstrument[], today: TradeDate): StressedInstrument {
  const rowsOf = instruments.map(({ dates }) => new Map(Array.from(dates, (date, row) => [date, row] as const)))
  const days = [...new Set(instruments.flatMap(({ dates }) => Array.from(dates)))]
    .filter((day) => rowsOf.filter((rows) => rows.has(day)).length * 2 > instruments.length)
    .sort((left, right) => left - right)
  const close = new Float64Array(days.length).fill(1)
  for (let day = 1; day < days.length; day += 1) {
    const moves = instruments.flatMap((one, index) => {
      const [now, before] = [rowsOf[index]!.get(days[day]!), rowsOf[index]!.get(days[day - 1]!)]
      return now === undefined || before === undefined ? [] : [one.close[now]! / one.close[before]!]
    })
    const mean = moves.reduce((sum, move) => sum + move, 0) / moves.length
    close[day] = close[day - 1]! * (Number.isFinite(mean) ? mean : 1)
  }
  const open = close.map((value, row) => close[Math.max(0, row - 1)] ?? value)
  return {
    id: 'the mean of all instruments',
    dates: Int32Array.from(days),
    open,
    high: close.map((value, row) => Math.max(value, open[row]!)),
    low: close.map((value, row) => Math.min(value, open[row]!)),
    close,
    rows: days.filter((day) => day <= today).length,
    exposure: new Map(),
  }
}

/** Plays a scenario on today's book through the engine: strategies, stops, limits and reactions act as they would. */
function playScenario(stressed: Stressed, market: StressedMarket, scenario: StressScenario): StressOutcome {
  const { loaded, past, reach, today, result } = stressed
  const future = futureOf(scenario, market)
  if (!future.possible) return impossible(scenario, future.reason)
  const still = market.instruments.map(() => FLAT)
  const bars = [...future.bars, ...Array.from({ length: SESSIONS_AFTER }, () => still)]
  const days = sessionsAfter(loaded.config.dayCalendar, today, bars.length)
  const impliedFactor = scenario.kind === 'volatility' ? scenario.factor : 1
  const extended = extendPast(past, today, { days, bars, impliedFactor })
  const played = runOf(loaded, extended, { from: reach.from, to: days.at(-1)! })
  return outcomeOf(scenario, played, result.days.length - 1)
}

function impossible({ name, kind }: StressScenario, reason: string): StressOutcome {
  const nothing = { days: null, before: null, after: null, change: null, worst: null, maxDrawdown: null, orders: null }
  return { name, kind, impossible: reason, ...nothing, exits: {}, violations: [], sleeves: [] }
}

function outcomeOf({ name, kind }: StressScenario, played: RunResult, todayAt: number): StressOutcome {
  const { equity, days, orders, trades, violations, sleeves, config } = played
  const before = equity[todayAt]!
  const today = days[todayAt]!
  let worst = before
  let peak = before
  let deepest = 0
  for (let day = todayAt; day < equity.length; day += 1) {
    worst = Math.min(worst, equity[day]!)
    peak = Math.max(peak, equity[day]!)
    deepest = Math.max(deepest, 1 - equity[day]! / peak)
  }
  const after = equity.at(-1)!
  const since = trades.filter(({ exitDate }) => exitDate > today)
  const exits = new Map<string, number>()
  for (const { exitReason } of since) exits.set(exitReason, (exits.get(exitReason) ?? 0) + 1)
  return {
    name,
    kind,
    impossible: null,
    days: equity.length - 1 - todayAt,
    before: known(before),
    after: known(after),
    change: finite(after / before - 1),
    worst: finite(worst / before - 1),
    maxDrawdown: finite(0 - deepest),
    orders: orders.filter((order) => order.tradeDate > today).length,
    exits: Object.fromEntries(exits),
    violations: violations
      // A close at midnight ends the day before.
      .filter(({ at }) => utcDate((at - 1) as Instant) > today)
      .map(({ rule, subject, action }) => ({ rule, subject, action })),
    sleeves: sleeves.map((sleeve, index): StressedSleeve => {
      const own = { before: known(sleeve.equity[todayAt]!), after: known(sleeve.equity.at(-1)!) }
      const { id, title } = config.sleeves[index]!
      return { name: id, title, ...own, contribution: finite((own.after - own.before) / before) ?? 0 }
    }),
  }
}

/** The whole document: today's book, and every scenario played on it. */
export function stressOf(
  stressed: Stressed,
  scenarios: readonly StressScenario[],
  onScenario: (done: number, name: string) => void,
): StressView {
  const { loaded, result, today } = stressed
  const market = stressedMarket(stressed)
  const outcomes = scenarios.map((scenario, index) => {
    onScenario(index / scenarios.length, scenario.name)
    return playScenario(stressed, market, scenario)
  })
  return {
    name: loaded.config.name,
    currency: loaded.config.currency,
    today: formatDate(today),
    value: known(result.equity.at(-1)!),
    benchmark: market.benchmark.id,
    grossExposure: known(result.grossExposure.at(-1)!),
    netExposure: known(result.netExposure.at(-1)!),
    ...volatilities(result),
    outcomes,
    notes: notesOn(stressed),
  }
}

/** Annual, at the values that the sleeves have today: as measured, and were every correlation one. */
function volatilities(result: RunResult): Pick<StressView, 'volatility' | 'volatilityTogether'> {
  const { sleeves } = returnsOf(result)
  const whole = result.equity.at(-1)!
  const weights = result.sleeves.map(({ equity }) => equity.at(-1)! / whole)
  const year = Math.sqrt(result.config.periods)
  const clean = sleeves.map((returns) => returns.map((value) => (Number.isNaN(value) ? 0 : value)))
  const mixed = Float64Array.from(result.days, (_, day) =>
    clean.reduce((sum, returns, index) => sum + weights[index]! * returns[day]!, 0),
  )
  const together = clean.reduce((sum, returns, index) => sum + weights[index]! * sampleDeviation(returns), 0)
  return { volatility: finite(sampleDeviation(mixed) * year), volatilityTogether: finite(together * year) }
}

function notesOn({ loaded, past }: Stressed): readonly string[] {
  return [
    ...past.notesFirst,
    ...(loaded.benchmark === null
      ? ['no benchmark is named: the mean of all instruments stands for the market; name one by `benchmark:`']
      : []),
    ...(past.volatilities === null
      ? []
      : [
          'implied volatilities rise by five times the fall of their underlying below its high of 20 days, at most fourfold',
        ]),
    'an instrument without prices in a window moves by its beta of the last 250 days',
  ]
}
