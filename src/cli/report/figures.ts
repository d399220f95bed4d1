import { createHash } from 'node:crypto'
import type {
  AllocationView,
  BacktestReport,
  ExpectedFigures,
  ExpectedRange,
  NettingFigures,
  PortfolioFigures,
  RefusalCount,
  ReportFiles,
  RuleCount,
  SleeveFigures,
} from '../../api/contract/report.ts'
import type { ExpectedRanges } from '../../domain/config.ts'
import { daysBetween, formatDate, formatInstant } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult, SleeveResult } from '../../engine/records/result.ts'
import { diversification } from '../../pipeline/metrics/diversification.ts'
import { summariseTrades } from '../../pipeline/metrics/summary.ts'
import { notEvaluated } from '../../pipeline/universe/membership.ts'
import { attributionFigures } from './attribution.ts'
import { benchmarkFigures } from './benchmark.ts'
import { capitalFigures } from './capital.ts'
import { fewRoundTrips } from './few-round-trips.ts'
import { moneyWeightedFigures } from './money-weighted.ts'
import { finite, known } from './numbers.ts'
import { monthsOf, windowsOf, yearsOf } from './periods.ts'
import { amountOf, configOf, outsideFlows, type Returns, returnFigures, returnsOf } from './returns.ts'
import { correlationsOf, riskFigures } from './risk.ts'
import { nettingShadow, shadowFigures } from './shadow-figures.ts'
import { universeFigures } from './universes.ts'
import { violationViews } from './violations.ts'

/*
 * From the columns and records of a run to the figures of its report.
 * In: RunResult. Out: BacktestReport. Every statistic comes from the metrics stage; here they are only put in place.
 */

const DAYS_PER_MONTH = 365.25 / 12
const NO_FILES: ReportFiles = {
  folder: null,
  report: null,
  equity: null,
  trades: null,
  orders: null,
  attribution: null,
  violations: null,
  capital: null,
  universe: null,
  signals: null,
  html: null,
}

interface Wealth {
  readonly result: RunResult
  readonly returns: Returns
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

function ratioOf(part: number, whole: number): number | null {
  return whole > 0 ? finite(part / whole) : null
}

function firstDay({ days }: RunResult): TradeDate | null {
  return days.length === 0 ? null : (days[0] as TradeDate)
}

function dateAt(result: RunResult, day: number): string | null {
  const date = result.days.at(day)
  return date === undefined ? null : formatDate(date as TradeDate)
}

function portfolioFigures({ result, returns }: Wealth): PortfolioFigures {
  const initial = amountOf(result, result.config.capital)
  const final = result.equity.at(-1) ?? initial
  const positionsGross = sum(result.sleeves.map((sleeve) => sleeve.openPositions.at(-1) ?? 0))
  return {
    name: result.config.name,
    currency: result.config.currency,
    start: dateAt(result, 0),
    end: dateAt(result, -1),
    days: result.days.length,
    initial: known(initial),
    final: known(final),
    flows: known(sum(outsideFlows(result))),
    ...moneyWeightedFigures(result.days, { initial, flows: outsideFlows(result), final }),
    ...returnFigures(returns.portfolio, result.config.periods),
    leverageGross: ratioOf(result.grossExposure.at(-1) ?? 0, final),
    leverageNet: ratioOf(result.netExposure.at(-1) ?? 0, final),
    positionsGross,
    positionsNet: Math.max(0, positionsGross - nettedAway(result)),
    roundTrips: result.trades.length,
    fees: known(sum(result.sleeves.map((sleeve) => sleeve.fees))),
  }
}

/** Positions that vanish when sleeves are netted: one for each further holder, all where the net is zero. */
function nettedAway(result: RunResult): number {
  const holders = new Map<string, { net: number; count: number }>()
  for (const { instrument, quantity } of result.positions) {
    const held = holders.get(instrument) ?? { net: 0, count: 0 }
    holders.set(instrument, { net: held.net + quantity, count: held.count + 1 })
  }
  return sum([...holders.values()].map(({ net, count }) => (Math.abs(net) < 1e-9 ? count : count - 1)))
}

function countsOf<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1)))
}

function expectedRange(range: readonly [number, number] | null, actual: number | null): ExpectedRange | null {
  if (range === null) return null
  const [low, high] = range
  return { low, high, actual, within: actual === null ? null : actual >= low && actual <= high }
}

function expectedFigures(
  ranges: ExpectedRanges | null,
  actual: { readonly [K in keyof ExpectedRanges]: number | null },
): ExpectedFigures | null {
  if (ranges === null) return null
  return {
    sharpe: expectedRange(ranges.sharpe, actual.sharpe),
    winRate: expectedRange(ranges.winRate, actual.winRate),
    tradesPerMonth: expectedRange(ranges.tradesPerMonth, actual.tradesPerMonth),
  }
}

/** Months from the first to the last portfolio day, both included. */
function monthsBetween(result: RunResult): number {
  const { days } = result
  if (days.length === 0) return 0
  return (daysBetween(days[0] as TradeDate, days.at(-1) as TradeDate) + 1) / DAYS_PER_MONTH
}

function sleeveFigures({ result, returns }: Wealth, sleeve: SleeveResult, index: number): SleeveFigures {
  const config = configOf(result, sleeve)
  const capital = amountOf(result, config.capital)
  const final = sleeve.equity.at(-1) ?? capital
  const flows = sum(sleeve.flows)
  const trades = result.trades.filter((trade) => trade.sleeve === sleeve.id)
  const figures = returnFigures(returns.sleeves[index]!, result.config.periods)
  const ofTrades = summariseTrades(Float64Array.from(trades, (trade) => trade.pnl))
  const months = monthsBetween(result)
  const tradesPerMonth = config.strategy === null ? null : ratioOf(trades.length, months)
  const { sharpe } = figures
  const exposure = sleeve.exposure.at(-1) ?? 0
  return {
    name: sleeve.id,
    title: config.title,
    strategy: config.strategy,
    recorded: config.recorded ?? null,
    capital: known(capital),
    weight: known(config.weight),
    trades: result.orders.filter((order) => hasFilled(order.shares, sleeve.id)).length,
    roundTrips: trades.length,
    exits: countsOf(trades, (trade) => trade.exitReason),
    final: known(final),
    flows: known(flows),
    ...moneyWeightedFigures(result.days, { initial: capital, flows: sleeve.flows, final }),
    ...figures,
    winRate: finite(ofTrades.winRate),
    profitFactor: typeof ofTrades.profitFactor === 'number' ? finite(ofTrades.profitFactor) : null,
    averageTrade: finite(ofTrades.averageTrade),
    averageWinner: finite(ofTrades.averageWinner),
    averageLoser: finite(ofTrades.averageLoser),
    tradesPerMonth,
    maxPositionWeight: known(sleeve.maxPositionWeight),
    fees: known(sleeve.fees),
    realised: known(sleeve.realised),
    unrealised: known(sleeve.unrealised),
    dividends: known(sleeve.dividends),
    currencyGain: finite(sleeve.currencyGain),
    exposure: known(exposure),
    leverage: ratioOf(Math.abs(exposure), final),
    positions: sleeve.openPositions.at(-1) ?? 0,
    contribution: ratioOf(final - capital - flows, amountOf(result, result.config.capital)),
    expected: expectedFigures(config.expected, { sharpe, winRate: finite(ofTrades.winRate), tradesPerMonth }),
    paused: pauseOf(sleeve),
    synthetic: sleeve.synthetic,
    shadow: shadowFigures(result, sleeve.id),
    notEvaluated: notEvaluated(config.universeRules, result.firstSnapshot, firstDay(result)),
    fewRoundTrips: fewRoundTrips(result, sleeve),
  }
}

function hasFilled(shares: RunResult['orders'][number]['shares'], sleeve: string): boolean {
  return shares.some((share) => share.sleeve === sleeve && (share.filled !== 0 || share.crossed !== 0))
}

function pauseOf({ paused }: SleeveResult): SleeveFigures['paused'] {
  if (paused === null) return null
  return { at: formatInstant(paused.at), tradeDate: formatDate(paused.tradeDate), cause: paused.cause }
}

function nettingFigures(result: RunResult): NettingFigures {
  const { netting } = result
  return {
    ordersGross: netting.ordersGross,
    ordersNet: netting.ordersNet,
    unitsGross: known(netting.unitsGross),
    unitsNet: known(netting.unitsNet),
    notionalGross: known(netting.notionalGross),
    notionalNet: known(netting.notionalNet),
    savings: known(netting.savings),
    savingsPct: finite(netting.savingsPct),
    feesSaved: known(netting.feesSaved),
    crosses: netting.crosses,
    shadow: nettingShadow(result),
    cycles: netting.cycles.map(({ cycle, tradeDate, savings, savingsPct }) => ({
      cycle,
      date: formatDate(tradeDate),
      savings: known(savings),
      savingsPct: known(savingsPct),
    })),
  }
}

function ruleCounts(result: RunResult, ends: readonly string[]): RuleCount[] {
  const found = result.refusals.filter((refusal) => ends.includes(refusal.end))
  return Object.entries(countsOf(found, (refusal) => refusal.rule)).map(([rule, count]) => ({ rule, count }))
}

/** Refusals by end, rule and sleeve, the most frequent first, each with its latest example. */
function refusalCounts(result: RunResult): RefusalCount[] {
  const groups = new Map<string, { last: RunResult['refusals'][number]; count: number }>()
  for (const refusal of result.refusals) {
    const key = [refusal.end, refusal.rule, refusal.sleeve].join('\n')
    groups.set(key, { last: refusal, count: (groups.get(key)?.count ?? 0) + 1 })
  }
  return [...groups]
    .sort(([one, many], [other, more]) => more.count - many.count || (one < other ? -1 : 1))
    .map(([, { last, count }]) => ({
      end: last.end,
      rule: last.rule,
      sleeve: last.sleeve,
      count,
      tradeDate: formatDate(last.tradeDate),
      instrument: last.instrument,
      wanted: known(last.wanted),
      allowed: known(last.allowed),
      value: finite(last.value),
      limit: finite(last.limit),
    }))
}

/** The last weights and correlations that the run recorded; none where it recorded none. */
function allocationFigures({ allocation, sleeves }: RunResult): AllocationView {
  const size = sleeves.length
  const weights = allocation.weights.length < size ? [] : allocation.weights.slice(-size)
  const isWhole = allocation.correlation.length === size * size
  return {
    names: sleeves.map((sleeve) => sleeve.id),
    weights: sleeves.map((_, index) => finite(weights[index])),
    matrix: sleeves.map((_, row) =>
      sleeves.map((__, column) => (isWhole ? finite(allocation.correlation[row * size + column]) : null)),
    ),
  }
}

/**
 * The figures of a run, every field present. Volatilities are annualised by the portfolio's periods, because all sleeves
 * are sampled on the portfolio's days. `files` names what was written; left out, nothing was.
 */
export function reportOf(
  result: RunResult,
  files: ReportFiles = NO_FILES,
  returns: Returns = returnsOf(result),
): BacktestReport {
  const wealth = { result, returns }
  const risk = riskFigures(result, returns)
  const portfolio = portfolioFigures(wealth)
  const sleeves = result.sleeves.map((sleeve, index) => sleeveFigures(wealth, sleeve, index))
  const input = {
    days: result.days,
    periods: result.config.periods,
    portfolio: returns.portfolio,
    sleeves: sleeves.map(({ name }, index) => ({ name, returns: returns.sleeves[index]! })),
  }
  const spread = diversification(
    sleeves.map((sleeve) => sleeve.volatility ?? Number.NaN),
    sleeves.map((sleeve) => sleeve.weight),
    portfolio.volatility ?? Number.NaN,
  )
  return {
    portfolio,
    benchmark: benchmarkFigures(result, returns),
    sleeves,
    netting: nettingFigures(result),
    correlation: correlationsOf(result, returns),
    diversification: {
      ratio: finite(spread.ratio),
      volatilityOverSum: finite(spread.volatilityOverSum),
      volatilityOverWeighted: finite(spread.volatilityOverWeighted),
    },
    allocation: allocationFigures(result),
    capital: capitalFigures(result),
    risk,
    attribution: attributionFigures(result, returns, risk),
    years: yearsOf(input),
    windows: windowsOf(input),
    months: monthsOf(input),
    refused: ruleCounts(result, ['refused']),
    trimmed: ruleCounts(result, ['trimmed']),
    unfilled: ruleCounts(result, ['lapsed', 'expired', 'cancelled', 'superseded']),
    refusals: refusalCounts(result),
    violations: violationViews(result.violations),
    universes: universeFigures(result),
    invariants: { checked: { ...result.invariants.checked }, violated: [...result.invariants.violated] },
    maxOrdersPerInstrumentCycle: result.maxOrdersPerInstrumentCycle,
    cycles: result.cycles,
    events: result.events,
    parity: { ...result.config.parity },
    notes: [...result.notes],
    booksHash: createHash('sha256').update(result.canonical).digest('hex'),
    files,
  }
}
