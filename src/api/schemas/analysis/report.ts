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
import { attributionFigures } from './attribution.ts'
import { capitalFigures } from './capital.ts'
import { riskFigures } from './risk.ts'
import { same } from './same.ts'
import { violationView } from './violations.ts'

const returnFigures = same<ReturnFigures>()(
  z
    .object({
      totalReturn: z.number().nullable(),
      annualReturn: z.number().nullable(),
      volatility: z.number().nullable(),
      sharpe: z.number().nullable(),
      sortino: z.number().nullable(),
      calmar: z.number().nullable(),
      maxDrawdown: z.number().nullable(),
      meanDailyReturn: z.number().nullable(),
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
      moneyWeightedReturn: z.number().nullable(),
      moneyWeightedNote: z.string().nullable(),
      leverageGross: z.number().nullable(),
      leverageNet: z.number().nullable(),
      positionsGross: z.number(),
      positionsNet: z.number(),
      roundTrips: z.number(),
      fees: z.number(),
    })
    .meta({ id: 'PortfolioFigures' }),
)
const expectedRange = same<ExpectedRange>()(
  z
    .object({ low: z.number(), high: z.number(), actual: z.number().nullable(), within: z.boolean().nullable() })
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
      final: z.number().nullable(),
      totalReturn: z.number().nullable(),
      volatility: z.number().nullable(),
      sharpe: z.number().nullable(),
      maxDrawdown: z.number().nullable(),
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
      moneyWeightedReturn: z.number().nullable(),
      moneyWeightedNote: z.string().nullable(),
      winRate: z.number().nullable(),
      profitFactor: z.number().nullable(),
      averageTrade: z.number().nullable(),
      averageWinner: z.number().nullable(),
      averageLoser: z.number().nullable(),
      tradesPerMonth: z.number().nullable(),
      maxPositionWeight: z.number(),
      fees: z.number(),
      realised: z.number(),
      unrealised: z.number(),
      dividends: z.number(),
      currencyGain: z.number().nullable(),
      exposure: z.number(),
      leverage: z.number().nullable(),
      positions: z.number(),
      contribution: z.number().nullable(),
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
      savingsPct: z.number().nullable(),
      feesSaved: z.number(),
      crosses: z.number(),
      shadow: nettingShadow.nullable(),
      cycles: z.array(nettingCycleView),
    })
    .meta({ id: 'NettingFigures' }),
)
const correlationView = same<CorrelationView>()(
  z
    .object({ names: z.array(z.string()), matrix: z.array(z.array(z.number().nullable())) })
    .meta({ id: 'CorrelationView' }),
)
const diversificationFigures = same<DiversificationFigures>()(
  z
    .object({
      ratio: z.number().nullable(),
      volatilityOverSum: z.number().nullable(),
      volatilityOverWeighted: z.number().nullable(),
    })
    .meta({ id: 'DiversificationFigures' }),
)
const allocationView = same<AllocationView>()(
  z
    .object({
      names: z.array(z.string()),
      weights: z.array(z.number().nullable()),
      matrix: z.array(z.array(z.number().nullable())),
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
      totalReturn: z.number().nullable(),
      volatility: z.number().nullable(),
      sharpe: z.number().nullable(),
      maxDrawdown: z.number().nullable(),
      sleeves: z.array(z.object({ name: z.string(), totalReturn: z.number().nullable() })),
    })
    .meta({ id: 'PeriodFigures' }),
)
const monthReturn = same<MonthReturn>()(
  z.object({ month: z.string(), totalReturn: z.number().nullable() }).meta({ id: 'MonthReturn' }),
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
      value: z.number().nullable(),
      limit: z.number().nullable(),
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
      beta: z.number().nullable(),
      alpha: z.number().nullable(),
      alphaPerPeriod: z.number().nullable(),
      correlation: z.number().nullable(),
      trackingError: z.number().nullable(),
      informationRatio: z.number().nullable(),
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
