/* The public names of the package's pure part: what runs in any JavaScript machine. Listed by hand. */

export { AssertionError } from './domain/assert.ts'
export type { CommissionSchedule } from './domain/commissions.ts'
export type {
  AccountRules,
  CostRules,
  PortfolioConfig,
  Sizing,
  SleeveConfig,
  SlippageModel,
} from './domain/config.ts'
export type { Command, EngineEvent } from './domain/events.ts'
export { describeFault, type Fault, FaultError } from './domain/faults.ts'
export type { IndicatorRequest } from './domain/indicator-request.ts'
export type { Instrument, OptionTerms } from './domain/instruments.ts'
export type {
  DrawdownBreaker,
  Group,
  LifecycleLimits,
  PortfolioLimits,
  PositionLimits,
  SleeveLimits,
} from './domain/limits.ts'
export type {
  ChainSource,
  ClockBlock,
  CorporateAction,
  DatedAction,
  MarketData,
  OptionChain,
  OptionQuote,
  Slice,
} from './domain/market.ts'
export type {
  BorrowRecord,
  DividendRecord,
  EarningsRecord,
  FlowRecord,
  FundingRecord,
  MarketRecord,
  NewsRecord,
  RecordKind,
  SplitRecord,
} from './domain/market-records.ts'
export type { Protection, Terms } from './domain/orders.ts'
export {
  choice,
  flag,
  integer,
  optional,
  type Parameters,
  type ParameterTable,
  type ParameterValue,
  real,
} from './domain/parameters.ts'
export type { RuleName, Violation } from './domain/risk.ts'
export { formatDate, parseDate, type Sessions, tradeDate } from './domain/sessions.ts'
export type {
  Holding,
  IntentSink,
  OptionLeg,
  Outlook,
  Strategy,
  StructureHolding,
  StructureWish,
  View,
  WishOptions,
} from './domain/strategy.ts'
export {
  accountId,
  type CalendarId,
  type ClockId,
  type CurrencyCode,
  calendarId,
  clockId,
  currencyCode,
  type Instant,
  type InstrumentId,
  instant,
  instrumentId,
  type Memory,
  type Money,
  money,
  type Price,
  price,
  type Quantity,
  quantity,
  type SleeveId,
  sleeveId,
  type TradeDate,
} from './domain/units.ts'
export type { ViolationRules } from './domain/violations.ts'
export {
  type DayBar,
  marketByHand,
  type PortfolioByHand,
  portfolioByHand,
  type SleeveByHand,
} from './engine/by-hand.ts'
export type {
  AttributionRecord,
  OrderRecord,
  PositionRecord,
  RefusalRecord,
  RunResult,
  SleeveResult,
  TradeRecord,
} from './engine/records/result.ts'
export { type RunInput, runBacktest } from './engine/run/run.ts'
export { SCHEDULES } from './exchange/schedules.ts'
export { adx } from './indicators/adx/adx.ts'
export { atr } from './indicators/atr/atr.ts'
export { bollinger } from './indicators/bollinger/bollinger.ts'
export { donchian, highest, lowest } from './indicators/donchian/donchian.ts'
export { ema } from './indicators/ema/ema.ts'
export { macd } from './indicators/macd/macd.ts'
export { obv } from './indicators/obv/obv.ts'
export { previous } from './indicators/previous/previous.ts'
export { roc } from './indicators/roc/roc.ts'
export { rsi } from './indicators/rsi/rsi.ts'
export { sma } from './indicators/sma/sma.ts'
export { volatility } from './indicators/volatility/volatility.ts'
export { volumeAverage } from './indicators/volume-average/volume-average.ts'
export { vwap } from './indicators/vwap/vwap.ts'
export { wma } from './indicators/wma/wma.ts'
export { zScore } from './indicators/z-score/z-score.ts'
export { allMetrics, computeMetric, METRICS, metricInput, metricNames } from './pipeline/metrics/catalogue.ts'
export type { Metric, MetricInput, MetricValue } from './pipeline/metrics/metric.ts'
export { summariseReturns, summariseTrades } from './pipeline/metrics/summary.ts'
export { defineStrategy, type One, type OneSink, perInstrument } from './pipeline/strategies/define.ts'
export { STRATEGIES } from './pipeline/strategies/registry.ts'
export { above, atLeast, below } from './pipeline/strategies/thresholds.ts'
