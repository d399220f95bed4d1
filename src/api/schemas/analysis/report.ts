/** Schemas of the document of report.json. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type {
  AllocationView,
  BacktestReport,
  BenchmarkFigures,
  CorrelationView,
  DiversificationFigures,
  ExpectedFigures,
  ExpectedRange,
  MembershipView,
  MonthReturn,
  NettingCycleView,
  NettingFigures,
  NettingShadow,
  PauseView,
  PeriodFigures,
  PortfolioFigures,
  RefusalCount,
  ReportFiles,
  ReturnFigures,
  RuleCount,
  ShadowFigures,
  SleeveFigures,
  UniverseFigures,
} from '../../contract/report.ts'
import { figure } from '../answers.ts'
import { attributionFigures } from './attribution.ts'
import { capitalFigures } from './capital.ts'
import { riskFigures } from './risk.ts'
import { same } from './same.ts'
import { violationView } from './violations.ts'

const returnFigures = same<ReturnFigures>()(
  z
    .object({
      totalReturn: figure,
      annualReturn: figure,
      volatility: figure,
      sharpe: figure,
      sortino: figure,
      calmar: figure,
      maxDrawdown: figure,
      meanDailyReturn: figure,
    })
    .meta({ id: 'ReturnFigures' }),
)
const portfolioFigures = same<PortfolioFigures>()(
  z
    .object({
      ...returnFigures.shape,
      name: z.string(),
      currency: z.string(),
      start: z.string().nullable(),
      end: z.string().nullable(),
      days: z.number(),
      initial: z.number(),
      final: z.number(),
      flows: z.number(),
      moneyWeightedReturn: figure,
      moneyWeightedNote: z.string().nullable(),
      leverageGross: figure,
      leverageNet: figure,
      positionsGross: z.number(),
      positionsNet: z.number(),
      roundTrips: z.number(),
      fees: z.number(),
    })
    .meta({ id: 'PortfolioFigures' }),
)
const expectedRange = same<ExpectedRange>()(
  z
    .object({ low: z.number(), high: z.number(), actual: figure, within: z.boolean().nullable() })
    .meta({ id: 'ExpectedRange' }),
)
const expectedFigures = same<ExpectedFigures>()(
  z
    .object({
      sharpe: expectedRange.nullable(),
      winRate: expectedRange.nullable(),
      tradesPerMonth: expectedRange.nullable(),
    })
    .meta({ id: 'ExpectedFigures' }),
)
const pauseView = same<PauseView>()(
  z.object({ at: z.string(), tradeDate: z.string(), cause: z.string() }).meta({ id: 'PauseView' }),
)
const shadowFigures = same<ShadowFigures>()(
  z
    .object({
      final: figure,
      totalReturn: figure,
      volatility: figure,
      sharpe: figure,
      maxDrawdown: figure,
      roundTrips: z.number(),
      fees: z.number(),
      fault: z.string().nullable(),
    })
    .meta({ id: 'ShadowFigures' }),
)
export const sleeveFigures = same<SleeveFigures>()(
  z
    .object({
      ...returnFigures.shape,
      name: z.string(),
      title: z.string(),
      strategy: z.string().nullable(),
      recorded: z.object({ file: z.string(), column: z.string() }).nullable(),
      capital: z.number(),
      weight: z.number(),
      trades: z.number(),
      roundTrips: z.number(),
      exits: z.record(z.string(), z.number()),
      final: z.number(),
      flows: z.number(),
      moneyWeightedReturn: figure,
      moneyWeightedNote: z.string().nullable(),
      winRate: figure,
      profitFactor: figure,
      averageTrade: figure,
      averageWinner: figure,
      averageLoser: figure,
      tradesPerMonth: figure,
      maxPositionWeight: z.number(),
      fees: z.number(),
      realised: z.number(),
      unrealised: z.number(),
      dividends: z.number(),
      currencyGain: figure,
      exposure: z.number(),
      leverage: figure,
      positions: z.number(),
      contribution: figure,
      expected: expectedFigures.nullable(),
      paused: pauseView.nullable(),
      synthetic: z.array(z.string()),
      shadow: shadowFigures.nullable(),
      notEvaluated: z.array(z.string()),
      fewRoundTrips: z.string().nullable(),
    })
    .meta({ id: 'SleeveFigures' }),
)
const nettingShadow = same<NettingShadow>()(
  z
    .object({
      orders: z.number(),
      units: z.number(),
      notional: z.number(),
      fees: z.number(),
      ordersSpared: z.number(),
      unitsSpared: z.number(),
      notionalSpared: z.number(),
      feesSpared: z.number(),
    })
    .meta({ id: 'NettingShadow' }),
)
const nettingCycleView = same<NettingCycleView>()(
  z
    .object({ cycle: z.number(), date: z.string(), savings: z.number(), savingsPct: z.number() })
    .meta({ id: 'NettingCycleView' }),
)
export const nettingFigures = same<NettingFigures>()(
  z
    .object({
      ordersGross: z.number(),
      ordersNet: z.number(),
      unitsGross: z.number(),
      unitsNet: z.number(),
      notionalGross: z.number(),
      notionalNet: z.number(),
      savings: z.number(),
      savingsPct: figure,
      feesSaved: z.number(),
      crosses: z.number(),
      shadow: nettingShadow.nullable(),
      cycles: z.array(nettingCycleView),
    })
    .meta({ id: 'NettingFigures' }),
)
const correlationView = same<CorrelationView>()(
  z.object({ names: z.array(z.string()), matrix: z.array(z.array(figure)) }).meta({ id: 'CorrelationView' }),
)
const diversificationFigures = same<DiversificationFigures>()(
  z
    .object({
      ratio: figure,
      volatilityOverSum: figure,
      volatilityOverWeighted: figure,
    })
    .meta({ id: 'DiversificationFigures' }),
)
const allocationView = same<AllocationView>()(
  z
    .object({
      names: z.array(z.string()),
      weights: z.array(figure),
      matrix: z.array(z.array(figure)),
    })
    .meta({ id: 'AllocationView' }),
)
const periodFigures = same<PeriodFigures>()(
  z
    .object({
      name: z.string(),
      from: z.string(),
      to: z.string(),
      first: z.string().nullable(),
      last: z.string().nullable(),
      covered: z.enum(['full', 'partial', 'none']),
      totalReturn: figure,
      volatility: figure,
      sharpe: figure,
      maxDrawdown: figure,
      sleeves: z.array(z.object({ name: z.string(), totalReturn: figure })),
    })
    .meta({ id: 'PeriodFigures' }),
)
const monthReturn = same<MonthReturn>()(
  z.object({ month: z.string(), totalReturn: figure }).meta({ id: 'MonthReturn' }),
)
const ruleCount = same<RuleCount>()(z.object({ rule: z.string(), count: z.number() }).meta({ id: 'RuleCount' }))
const refusalCount = same<RefusalCount>()(
  z
    .object({
      ...ruleCount.shape,
      end: z.string(),
      sleeve: z.string(),
      tradeDate: z.string(),
      instrument: z.string(),
      wanted: z.number(),
      allowed: z.number(),
      value: figure,
      limit: figure,
    })
    .meta({ id: 'RefusalCount' }),
)
const membershipView = same<MembershipView>()(
  z
    .object({ date: z.string(), symbol: z.string(), status: z.enum(['in', 'out']), reasons: z.array(z.string()) })
    .meta({ id: 'MembershipView' }),
)
const universeFigures = same<UniverseFigures>()(
  z
    .object({ sleeve: z.string(), names: z.number(), members: z.array(z.string()), changes: z.array(membershipView) })
    .meta({ id: 'UniverseFigures' }),
)
const reportFiles = same<ReportFiles>()(
  z
    .object({
      folder: z.string().nullable(),
      report: z.string().nullable(),
      equity: z.string().nullable(),
      trades: z.string().nullable(),
      orders: z.string().nullable(),
      attribution: z.string().nullable(),
      violations: z.string().nullable(),
      capital: z.string().nullable(),
      universe: z.string().nullable(),
      signals: z.string().nullable(),
      html: z.string().nullable(),
    })
    .meta({ id: 'ReportFiles' }),
)
const benchmarkFigures = same<BenchmarkFigures>()(
  z
    .object({
      ...returnFigures.shape,
      instrument: z.string(),
      days: z.number(),
      beta: figure,
      alpha: figure,
      alphaPerPeriod: figure,
      correlation: figure,
      trackingError: figure,
      informationRatio: figure,
    })
    .meta({ id: 'BenchmarkFigures' }),
)
export const backtestReport = same<BacktestReport>()(
  z
    .object({
      portfolio: portfolioFigures,
      benchmark: benchmarkFigures.nullable(),
      sleeves: z.array(sleeveFigures),
      netting: nettingFigures,
      correlation: correlationView,
      diversification: diversificationFigures,
      allocation: allocationView,
      capital: capitalFigures.nullable(),
      risk: riskFigures,
      attribution: attributionFigures,
      years: z.array(periodFigures),
      windows: z.array(periodFigures),
      months: z.array(monthReturn),
      refused: z.array(ruleCount),
      trimmed: z.array(ruleCount),
      unfilled: z.array(ruleCount),
      refusals: z.array(refusalCount),
      violations: z.array(violationView),
      universes: z.array(universeFigures),
      invariants: z.object({ checked: z.record(z.string(), z.number()), violated: z.array(z.string()) }),
      maxOrdersPerInstrumentCycle: z.number(),
      cycles: z.number(),
      events: z.number(),
      parity: z.record(z.string(), z.string()),
      notes: z.array(z.string()),
      booksHash: z.string(),
      files: reportFiles,
    })
    .meta({ id: 'BacktestReport' }),
)
